//! Sources to a [`RuleSet`]: every expression parsed, every name looked up, every mistake told.

mod cases;
mod entity;
mod lower;
mod names;
mod version;

use std::collections::BTreeSet;

use super::engine::condition::Condition;
use super::engine::near_miss::Conjunct;
use super::engine::pattern::TermId;
use super::error::{Mistake, RuleError, RulePlace};
use super::parse::ast::{Expr, ExprKind};
use super::parse::parse;
use super::rule_set::{RuleSet, Watch};
use super::source::{RuleSource, WatchSource};
use lower::Lowering;
use names::{Names, given_twice};
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
                let needed = needed(&watch.conjuncts);
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

/// Terms of which a watch needs one to hit or to nearly hit: the smallest group of required terms,
/// and the second smallest, since the first may be what a near miss lacks.
fn needed(conjuncts: &[Conjunct]) -> BTreeSet<TermId> {
    let mut groups: Vec<Vec<TermId>> = conjuncts
        .iter()
        .filter_map(|conjunct| conjunct.condition.required())
        .collect();
    groups.sort_by_key(Vec::len);
    groups.into_iter().take(2).flatten().collect()
}
