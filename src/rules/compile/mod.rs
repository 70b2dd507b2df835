//! Sources to a [`RuleSet`]: every expression parsed, every name looked up, every mistake told.

mod cases;
mod entity;
mod lower;
mod names;
pub(super) mod needs;
mod version;

use std::collections::BTreeSet;

use super::engine::condition::{Breadth, Condition, width};
use super::engine::near_miss::Conjunct;
use super::engine::pattern::TermId;
use super::error::{Mistake, RuleError, RulePlace};
use super::parse::ast::{Expr, ExprKind};
use super::parse::parse;
use super::rule_set::{RuleSet, Watch};
use super::source::{RuleSource, WatchSource};
use lower::Lowering;
use names::given_twice;
pub(in crate::rules) use names::{Names, table_of};
use version::Versions;

/// Compiles all watches and what they name.
pub(super) fn compile(source: &RuleSource) -> Result<RuleSet, Vec<RuleError>> {
    let mut errors = Vec::new();
    let names = Names::new(source, &mut errors);
    let mut compiler = Compiler {
        lowering: Lowering::new(names),
        errors,
        ..Compiler::default()
    };
    let mut watches: Vec<&WatchSource> = source.watches.iter().collect();
    watches.sort_by(|a, b| a.name.cmp(&b.name));
    for watch in watches {
        compiler.add_watch(watch);
    }
    compiler.finish()
}

#[derive(Default)]
struct Compiler {
    rules: RuleSet,
    lowering: Lowering,
    versions: Versions,
    /// Names of watches, those with mistakes too.
    names: BTreeSet<String>,
    errors: Vec<RuleError>,
}

impl Compiler {
    fn add_watch(&mut self, source: &WatchSource) {
        let place = RulePlace::Watch(source.name.clone());
        if !self.names.insert(source.name.clone()) {
            self.errors.push(given_twice(place, &source.name));
            return;
        }
        match self.compile_watch(source) {
            Ok(watch) => {
                let index = &self.lowering.index;
                let needed = needed(&watch.conjuncts, &|term| index.breadth(term));
                self.rules.add(watch, needed);
            }
            Err(mistake) => self.errors.push(mistake.in_place(place)),
        }
    }

    fn compile_watch(&mut self, source: &WatchSource) -> Result<Watch, Mistake> {
        let expr = parse(&source.expression)?;
        let condition = self.lowering.rule(&expr)?;
        let conjuncts = conjuncts(&source.expression, &expr, condition);
        Ok(Watch {
            name: source.name.clone(),
            title: source.title.clone(),
            severity: source.severity,
            channels: source.channels.clone(),
            labels: source.labels.clone(),
            burst: source.burst,
            version: self.versions.of(&expr, &mut self.lowering.names),
            conjuncts,
        })
    }

    fn finish(self) -> Result<RuleSet, Vec<RuleError>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let mut rules = self.rules;
        rules.finish(self.lowering.index);
        Ok(rules)
    }
}

/// The parts of an `and` at the top of a rule; the whole rule where there is none.
fn conjuncts(text: &str, expr: &Expr, condition: Condition) -> Vec<Conjunct> {
    let conjunct = |expr: &Expr, condition| Conjunct {
        written: text[expr.at.clone()].to_owned(),
        condition,
    };
    match (&expr.kind, condition) {
        (ExprKind::All(exprs), Condition::All(conditions)) => {
            let pairs = exprs.iter().zip(conditions);
            pairs
                .map(|(expr, condition)| conjunct(expr, condition))
                .collect()
        }
        (_, condition) => vec![conjunct(expr, condition)],
    }
}

/// Terms of which a watch needs one to hit or to nearly hit: the group of required terms that is least likely
/// to occur, and the next one where the first may be what a near miss lacks.
fn needed(conjuncts: &[Conjunct], breadth: Breadth<'_>) -> BTreeSet<TermId> {
    let strongest = |conjunct: &Conjunct| conjunct.condition.strongest();
    let all: usize = conjuncts.iter().map(strongest).sum();
    let mut groups: Vec<(Vec<TermId>, &Conjunct)> = conjuncts
        .iter()
        .filter_map(|conjunct| Some((conjunct.condition.required(breadth)?, conjunct)))
        .collect();
    groups.sort_by_key(|(group, _)| width(group, breadth));
    // More must have been found than is missing.
    let may_nearly_hit = groups
        .first()
        .is_some_and(|(_, missing)| all - strongest(missing) > missing.condition.demands());
    let groups_needed = if may_nearly_hit { 2 } else { 1 };
    let groups = groups.into_iter().take(groups_needed);
    groups.flat_map(|(group, _)| group).collect()
}
