//! Whether a condition holds in a document, and which places make it so.
//!
//! A condition that can stand somewhere (a term, any of several, a relation) is a row of places; it
//! holds when the row is not empty. All rows are in text order, and every step is linear in them but
//! for a logarithm.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::condition::{Condition, Weights};
use super::findings::{Findings, Occurrence, with_room};
use super::near_miss::Conjunct;
use super::places::Standing;
use crate::rules::document::{Document, Scope};

/// Steps that one watch may take in one article; a step is a place or a few words that are looked at. Whatever a
/// rule asks, it takes no longer than some milliseconds. In an article of usual length no rule comes near.
pub(in crate::rules) const STEPS_MAX: u64 = 100_000;

/// What is known of conditions, by their addresses and the part of the document that they look at.
type ByCondition<T> = FxHashMap<(usize, Scope), T>;

/// A document with what was found in it.
pub(in crate::rules) struct Evaluation<'a> {
    pub document: &'a Document,
    pub findings: &'a Findings<'a>,
    /// Where conditions stand, by their address: a condition is asked for several times, a list by many watches.
    pub(super) standings: RefCell<ByCondition<Rc<Standing>>>,
    /// What is related within conditions, from its beginning to its end.
    pub(super) extents: RefCell<ByCondition<Rc<Vec<Occurrence>>>>,
    /// Taken for the watch that is being evaluated.
    steps: Cell<u64>,
    /// Nothing of what is being evaluated takes long to find.
    is_cheap: Cell<bool>,
}

impl<'a> Evaluation<'a> {
    pub fn new(document: &'a Document, findings: &'a Findings<'a>) -> Self {
        Self {
            document,
            findings,
            standings: RefCell::new(with_room()),
            extents: RefCell::default(),
            steps: Cell::default(),
            is_cheap: Cell::default(),
        }
    }

    /// The next watch begins with all its steps.
    pub fn begin(&self) {
        self.steps.set(0);
    }

    /// Whether a conjunct holds.
    pub fn conjunct_holds(&self, conjunct: &'a Conjunct) -> bool {
        self.is_cheap.set(!conjunct.is_dear);
        let holds = self.holds(&conjunct.condition, Scope::ALL);
        self.is_cheap.set(false);
        holds
    }

    /// Whether finding out where a condition stands may take long: it has terms that are looked for only when they are
    /// asked for.
    pub(super) fn is_dear(&self, condition: &Condition) -> bool {
        !self.is_cheap.get() && self.findings.is_dear(condition)
    }

    pub(super) fn spend(&self, steps: u64) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// The steps taken since `begin`.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// Whether the watch has taken all its steps: what it finds from then on is not to be relied on.
    pub fn is_exhausted(&self) -> bool {
        self.steps.get() > STEPS_MAX
    }

    /// Whether a condition holds.
    pub fn holds(&self, condition: &'a Condition, scope: Scope) -> bool {
        match condition {
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, scope)),
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, scope)),
            Condition::Several { at_least, parts } => {
                let held = parts.iter().filter(|part| self.holds(part, scope));
                held.take(*at_least as usize).count() == *at_least as usize
            }
            Condition::Not(inner) => !self.holds(inner, scope),
            Condition::Within { part, inner } => self.holds(inner, scope.within(*part)),
            Condition::Count { inner, at_least } => self.count(inner, scope) >= *at_least as usize,
            Condition::Distinct { inner, at_least } => {
                self.distinct(inner, scope) >= *at_least as usize
            }
            Condition::Score(weights, at_least) => self.score(weights, scope) >= *at_least,
            Condition::Terms(terms) => self
                .findings
                .found_among(terms)
                .take_while(|_| !self.is_exhausted())
                .any(|term| self.is_in_scope(term, scope)),
            Condition::Related { .. } | Condition::Anchored { .. } => {
                !self.standing(condition, scope).places.is_empty()
            }
            Condition::Fact(test) => test.holds(self.document.answers()),
        }
    }

    /// How many places a condition stands at.
    pub fn count(&self, condition: &'a Condition, scope: Scope) -> usize {
        let standing = self.standing(condition, scope);
        let places = standing.places.chunk_by(|a, b| a.place() == b.place());
        places.count()
    }

    /// How many different terms stand where a condition does.
    pub fn distinct(&self, condition: &'a Condition, scope: Scope) -> usize {
        let standing = self.standing(condition, scope);
        let mut terms: Vec<u32> = standing.places.iter().map(|place| place.term).collect();
        terms.sort_unstable();
        terms.dedup();
        terms.len()
    }

    /// The score of a list.
    pub fn score(&self, weights: &'a Weights, scope: Scope) -> f64 {
        self.findings
            .found_among(&weights.terms)
            .take_while(|_| !self.is_exhausted())
            .filter(|term| self.is_in_scope(*term, scope))
            .map(|term| weights.weight(term))
            .sum()
    }

    /// Where a term stands first in a scope.
    pub fn first_place(&self, term: u32, scope: Scope) -> Option<Occurrence> {
        let located = self.findings.located(term);
        let mut places = located.places.iter();
        places.find(|place| self.contains(scope, place)).copied()
    }

    /// The highest score that a condition which holds reached; `None` where it has none.
    pub fn highest_score(&self, condition: &'a Condition, scope: Scope) -> Option<f64> {
        match condition {
            Condition::Any(parts) | Condition::All(parts) | Condition::Several { parts, .. } => {
                parts
                    .iter()
                    .filter_map(|part| self.highest_score(part, scope))
                    .max_by(f64::total_cmp)
            }
            Condition::Within { part, inner } => self.highest_score(inner, scope.within(*part)),
            Condition::Score(weights, _) => Some(self.score(weights, scope)),
            Condition::Terms(_)
            | Condition::Not(_)
            | Condition::Related { .. }
            | Condition::Anchored { .. }
            | Condition::Fact(_)
            | Condition::Distinct { .. }
            | Condition::Count { .. } => None,
        }
    }

    /// How many things came together in a condition that holds.
    pub fn strength(&self, condition: &'a Condition, scope: Scope) -> usize {
        match condition {
            Condition::Any(parts) => parts
                .iter()
                .filter(|part| self.holds(part, scope))
                .map(|part| self.strength(part, scope))
                .max()
                .unwrap_or(0),
            Condition::All(parts) => parts.iter().map(|part| self.strength(part, scope)).sum(),
            Condition::Several { parts, .. } => parts
                .iter()
                .filter(|part| self.holds(part, scope))
                .map(|part| self.strength(part, scope))
                .sum(),
            Condition::Within { part, inner } => self.strength(inner, scope.within(*part)),
            _ => condition.demands(),
        }
    }

    /// The rows of places that make a condition true, one row for each thing that it asks for.
    pub fn proof(&self, condition: &'a Condition, scope: Scope) -> Vec<Vec<Occurrence>> {
        match condition {
            Condition::Any(parts) | Condition::Several { parts, .. } => {
                let parts = parts.iter().filter(|part| self.holds(part, scope));
                parts.flat_map(|part| self.proof(part, scope)).collect()
            }
            Condition::All(parts) => {
                let parts = parts.iter();
                parts.flat_map(|part| self.proof(part, scope)).collect()
            }
            Condition::Not(_) | Condition::Fact(_) => Vec::new(),
            Condition::Within { part, inner } => self.proof(inner, scope.within(*part)),
            Condition::Related {
                relation,
                left,
                right,
            } => {
                // Both of a pair go into one row after each other: they are shown together.
                let mut rows = vec![self.shown(*relation, left, right, scope)];
                // What a relation within this one relates must be shown too.
                for side in [left, right] {
                    if matches!(**side, Condition::Related { .. }) {
                        rows.extend(self.proof(side, scope));
                    }
                }
                rows
            }
            Condition::Count { inner, .. } | Condition::Distinct { inner, .. } => {
                vec![self.standing(inner, scope).places.clone()]
            }
            Condition::Score(weights, _) => {
                vec![self.standing_of(&weights.positive, scope).places.clone()]
            }
            Condition::Terms(_) | Condition::Anchored { .. } => {
                vec![self.standing(condition, scope).places.clone()]
            }
        }
    }
}
