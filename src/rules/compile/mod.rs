//! Sources to a [`RuleSet`]: every expression parsed, every name looked up, every mistake told.

mod base;
mod digest;
mod entity;
mod lower;
mod names;
pub(super) mod needs;
mod recompile;
mod version;

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::engine::condition::Condition;
use super::engine::layer::Layer;
use super::engine::near_miss::Conjunct;
use super::engine::rows::NumberSet;
use super::error::{Mistake, RuleError, RulePlace};
use super::parse::ast::{Expr, ExprKind};
use super::parse::parse;
use super::rule_set::{RuleSet, Watch};
use super::source::{RuleSource, WatchSource};
pub(super) use base::Base;
use lower::Lowering;
use names::given_twice;
pub(in crate::rules) use names::{Names, table_of};
pub(super) use recompile::recompile;
use version::{Meaning, Versions};

/// Compiles all watches and what they name.
pub(super) fn compile(source: &RuleSource) -> Result<RuleSet, Vec<RuleError>> {
    let mut errors = Vec::new();
    let names = Names::new(source, &mut errors);
    let compiled = compile_watches(&source.watches, names.clone(), errors)?;
    let base = Arc::new(Base::new(source, names, compiled));
    Ok(RuleSet::new(base, NumberSet::default(), Layer::default()))
}

/// Watches that were compiled together.
struct Compiled {
    layer: Layer,
    /// By watch: indices of what it names.
    named_by: Vec<Vec<u32>>,
    /// What the watches name.
    named: Vec<Meaning>,
}

/// Compiles watches with what they may name. `errors` were found before; those of watches come by their names.
fn compile_watches<'s>(
    watches: impl IntoIterator<Item = &'s WatchSource>,
    names: Names,
    mut errors: Vec<RuleError>,
) -> Result<Compiled, Vec<RuleError>> {
    let mut compiler = Compiler {
        lowering: Lowering::new(names),
        ..Compiler::default()
    };
    for watch in watches {
        compiler.add_watch(watch);
    }
    compiler
        .errors
        .sort_by(|(one, _), (other, _)| one.cmp(other));
    errors.extend(compiler.errors.into_iter().map(|(_, error)| error));
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Compiled {
        layer: Layer::new(compiler.watches, compiler.lowering.index),
        named_by: compiler.named_by,
        named: compiler.versions.into_named(),
    })
}

#[derive(Default)]
struct Compiler {
    watches: Vec<Watch>,
    named_by: Vec<Vec<u32>>,
    lowering: Lowering,
    versions: Versions,
    /// Names of watches, those with mistakes too.
    names: FxHashSet<String>,
    /// With the names of the watches.
    errors: Vec<(String, RuleError)>,
}

impl Compiler {
    fn add_watch(&mut self, source: &WatchSource) {
        let place = RulePlace::Watch(source.name.clone());
        let name = || source.name.clone();
        if !self.names.insert(name()) {
            self.errors.push((name(), given_twice(place, &source.name)));
            return;
        }
        match self.compile_watch(source) {
            Ok((watch, named)) => {
                self.watches.push(watch);
                self.named_by.push(named);
            }
            Err(mistake) => self.errors.push((name(), mistake.in_place(place))),
        }
    }

    /// A watch, and what it names.
    fn compile_watch(&mut self, source: &WatchSource) -> Result<(Watch, Vec<u32>), Mistake> {
        let expr = parse(&source.expression)?;
        let condition = self.lowering.rule(&expr)?;
        let conjuncts = conjuncts(&source.expression, &expr, condition);
        let version = self.versions.of(&expr, &mut self.lowering.names);
        let watch = Watch {
            name: source.name.clone(),
            title: source.title.clone(),
            severity: source.severity,
            channels: source.channels.clone(),
            labels: source.labels.clone(),
            burst: source.burst,
            version: version.hex,
            expression: source.expression.as_str().into(),
            conjuncts,
        };
        Ok((watch, version.names))
    }
}

/// The parts of an `and` at the top of a rule; the whole rule where there is none.
fn conjuncts(text: &str, expr: &Expr, condition: Condition) -> Vec<Conjunct> {
    let conjunct = |expr: &Expr, condition| Conjunct {
        written: text[expr.at.clone()].into(),
        condition,
        is_dear: false,
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
