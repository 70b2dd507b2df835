//! A changed source on top of what was compiled before.

use std::sync::Arc;

use super::base::Base;
use super::names::Names;
use super::version::Versions;
use super::{compile, compile_watches};
use crate::rules::engine::pattern::number;
use crate::rules::engine::rows::NumberSet;
use crate::rules::error::RuleError;
use crate::rules::rule_set::{RuleSet, Watch};
use crate::rules::source::{RuleSource, WatchSource};

/// Watches that may be changed against the base; each costs a look-up in every article more than it would there,
/// and all of them are compiled anew at every edit.
const PATCHED_MAX: usize = 1_000;
/// The part of the base that these may be.
const PATCHED_PART: usize = 4;

/// Compiles what differs from the base. Gives the same as `compile`, whose way it takes where much differs.
pub(in crate::rules) fn recompile(
    base: &Arc<Base>,
    source: &RuleSource,
) -> Result<RuleSet, Vec<RuleError>> {
    let mut errors = Vec::new();
    let same_tables = base.tables.are_of(source);
    let mut names = match same_tables {
        true => base.names.clone(),
        false => Names::new(source, &mut errors),
    };
    let renamed = match same_tables {
        true => NumberSet::default(),
        false => changed_names(base, &mut names),
    };
    let known = base.layer.watches();
    let is_kept = |at: u32, watch: &WatchSource| {
        let named = base.named_by.row(at).iter();
        is_same(&known[at as usize], watch) && !named.copied().any(|name| renamed.contains(name))
    };
    let most = PATCHED_MAX.min(known.len() / PATCHED_PART);
    let mut kept = NumberSet::below(known.len());
    let mut changed: Vec<&WatchSource> = Vec::new();
    let mut next = 0;
    for watch in &source.watches {
        // Most watches stand where they stood.
        let here = known
            .get(next as usize)
            .filter(|known| known.name == watch.name);
        let at = here.map_or_else(|| base.number_of(&watch.name), |_| Some(next));
        next = at.map_or(next, |at| at + 1);
        // A name that is given twice is a mistake, which is told by compiling both.
        match at.filter(|at| is_kept(*at, watch) && !kept.contains(*at)) {
            Some(at) => {
                kept.insert(at);
            }
            None => changed.push(watch),
        }
        if changed.len() > most {
            return compile(source);
        }
    }
    if changed
        .iter()
        .any(|watch| is_given_twice(base, &kept, watch))
    {
        return compile(source);
    }
    let mut replaced = NumberSet::below(known.len());
    for at in (0..number(known.len())).filter(|at| !kept.contains(*at)) {
        replaced.insert(at);
    }
    let patch = compile_watches(changed, names, errors)?;
    Ok(RuleSet::new(Arc::clone(base), replaced, patch.layer))
}

/// Whether a changed watch has the name of one that is kept.
fn is_given_twice(base: &Base, kept: &NumberSet, watch: &WatchSource) -> bool {
    let at = base.number_of(&watch.name);
    at.is_some_and(|at| kept.contains(at))
}

/// What means something else than it did, by index of what the base's watches name.
fn changed_names(base: &Base, names: &mut Names) -> NumberSet {
    let mut versions = Versions::default();
    let mut changed = NumberSet::below(base.named.len());
    for (at, known) in (0..).zip(&base.named) {
        if versions.meaning(&known.named, names) != known.meaning {
            changed.insert(at);
        }
    }
    changed
}

/// Whether a watch is as it was written.
fn is_same(known: &Watch, watch: &WatchSource) -> bool {
    let Watch {
        name,
        title,
        severity,
        channels,
        labels,
        burst,
        version: _,
        expression,
        conjuncts: _,
    } = known;
    **expression == *watch.expression
        && *name == watch.name
        && *title == watch.title
        && *severity == watch.severity
        && *channels == watch.channels
        && *labels == watch.labels
        && *burst == watch.burst
}
