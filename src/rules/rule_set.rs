//! All watches, compiled into one structure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compile::{Base, compile, recompile};
use super::document::Document;
use super::engine::layer::Layer;
use super::engine::near_miss::Conjunct;
use super::engine::rows::NumberSet;
use super::error::RuleError;
use super::source::RuleSource;
use crate::model::{Burst, Hit, NearMiss, Severity};

/// A watch rule, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// NAME of `[watch.NAME]`.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// How much its alerts matter.
    pub severity: Severity,
    /// Channels its alerts go to; `None` for all.
    pub channels: Option<Vec<String>>,
    /// Labels, passed on to channels.
    pub labels: BTreeMap<String, String>,
    /// What must have been reported before it speaks.
    pub burst: Option<Burst>,
    /// Hex; changes when the meaning of its expression or of anything that it names does.
    pub version: String,
    /// The `match` expression.
    pub(super) expression: Box<str>,
    /// All of these must hold.
    pub(super) conjuncts: Vec<Conjunct>,
}

impl Watch {
    /// The score that it asks for: the lowest of those that its `score(...)` conditions name; `None` when it has none.
    #[must_use]
    pub fn threshold(&self) -> Option<f64> {
        let thresholds = self
            .conjuncts
            .iter()
            .filter_map(|c| c.condition.threshold());
        thresholds.min_by(f64::total_cmp)
    }
}

/// All watches, ready to judge documents. Sharing it between threads is fine.
///
/// It is made of the watches that were compiled together at first, and of those that were changed since
/// ([`RuleSet::recompile`]); nobody can tell from what it says.
#[derive(Debug, Default)]
pub struct RuleSet {
    base: Arc<Base>,
    /// Watches of the base that are gone or changed.
    replaced: NumberSet,
    /// Watches that are new or changed.
    patch: Layer,
    /// Indices of the watches of the patch, by name.
    patch_by_name: Vec<u32>,
    fingerprint: String,
}

/// What a rule set says of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Watches that hit, by name.
    pub hits: Vec<Hit>,
    /// Watches that failed by one condition, by name.
    pub near_misses: Vec<NearMiss>,
}

impl RuleSet {
    /// Compiles all watches, and what they name.
    ///
    /// # Errors
    /// Every mistake that was found: at most one for each expression and each term of a list.
    pub fn compile(source: &RuleSource) -> Result<Self, Vec<RuleError>> {
        compile(source)
    }

    /// Compiles all watches as [`RuleSet::compile`] does, but takes from the previous set what has not changed: after
    /// an edit this takes milliseconds however many watches there are. Says the same of every document, and has the
    /// same fingerprint. The previous set may go on judging.
    ///
    /// # Errors
    /// The same as [`RuleSet::compile`].
    pub fn recompile(previous: &Self, source: &RuleSource) -> Result<Self, Vec<RuleError>> {
        recompile(&previous.base, source)
    }

    /// A base, but for some of its watches, and others in their place.
    pub(super) fn new(base: Arc<Base>, replaced: NumberSet, patch: Layer) -> Self {
        let fingerprint = base.digest.without(base.replaced(&replaced));
        let fingerprint = fingerprint.with(patch.watches());
        Self {
            patch_by_name: by_name(patch.watches()),
            fingerprint: fingerprint.to_string(),
            base,
            replaced,
            patch,
        }
    }

    /// Judges a document: time grows with its length and with the watches that nearly hit.
    #[must_use]
    pub fn judge(&self, document: &Document) -> Verdict {
        let mut verdict = Verdict::default();
        let none = NumberSet::default();
        self.base
            .layer
            .judge(document, &self.replaced, &mut verdict);
        self.patch.judge(document, &none, &mut verdict);
        verdict.hits.sort_by(|a, b| a.watch.cmp(&b.watch));
        verdict.near_misses.sort_by(|a, b| a.watch.cmp(&b.watch));
        verdict
    }

    /// Steps that a watch takes in a document: a step is a place or a few words that are looked at, and at most so
    /// many are taken that none lasts longer than some milliseconds. `None` for a watch that there is not.
    #[must_use]
    pub fn steps(&self, watch: &str, document: &Document) -> Option<u64> {
        let (layer, watch) = self.layer_of(watch)?;
        layer.steps(watch, document)
    }

    /// Hex; changes when any watch or anything that one names does.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// A watch by its name.
    #[must_use]
    pub fn watch(&self, name: &str) -> Option<&Watch> {
        self.layer_of(name).map(|(_, watch)| watch)
    }

    /// A watch, and those it was compiled together with.
    pub(super) fn layer_of(&self, name: &str) -> Option<(&Layer, &Watch)> {
        let watches = self.patch.watches();
        let name_of = |at: &u32| watches[*at as usize].name.as_str();
        let found = self
            .patch_by_name
            .binary_search_by(|at| name_of(at).cmp(name));
        if let Ok(found) = found {
            let at = self.patch_by_name[found] as usize;
            return Some((&self.patch, &watches[at]));
        }
        let number = self.base.number_of(name)?;
        let is_there = !self.replaced.contains(number);
        is_there.then(|| {
            let layer = &self.base.layer;
            (layer, &layer.watches()[number as usize])
        })
    }

    /// All watches, by name.
    #[must_use]
    pub fn watches(&self) -> Watches<'_> {
        Watches { rules: self }
    }
}

/// All watches of a rule set, by name.
#[derive(Debug, Clone, Copy)]
pub struct Watches<'a> {
    rules: &'a RuleSet,
}

impl<'a> Watches<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let rules = self.rules;
        let kept = rules.base.layer.watches().len() - rules.replaced.count();
        kept + rules.patch.watches().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &'a Watch> + use<'a> {
        let rules = self.rules;
        let kept = rules.base.by_name.iter();
        let kept = kept.filter(|number| !rules.replaced.contains(**number));
        let mut kept = kept
            .map(|number| &rules.base.layer.watches()[*number as usize])
            .peekable();
        let patch = rules.patch_by_name.iter();
        let mut patch = patch
            .map(|at| &rules.patch.watches()[*at as usize])
            .peekable();
        std::iter::from_fn(move || {
            let next = patch.peek();
            match next.is_some_and(|next| kept.peek().is_none_or(|kept| next.name < kept.name)) {
                true => patch.next(),
                false => kept.next(),
            }
        })
    }
}

/// Indices of watches, by name.
pub(super) fn by_name(watches: &[Watch]) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..).take(watches.len()).collect();
    let name = |at: &u32| &watches[*at as usize].name;
    if !sorted.is_sorted_by_key(name) {
        sorted.sort_by_key(name);
    }
    sorted
}
