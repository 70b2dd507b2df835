//! Whether a condition holds in a document, and which places make it so.
//!
//! A condition that can stand somewhere (a term, any of several, a relation) is a row of places; it
//! holds when the row is not empty. All rows are in text order, and every step is linear in them but
//! for a logarithm.

use super::condition::{Condition, Score};
use super::findings::{Findings, Occurrence};
use crate::rules::document::{Document, Scope};

/// A document with what was found in it.
#[derive(Clone, Copy)]
pub(in crate::rules) struct Evaluation<'a> {
    pub document: &'a Document,
    pub findings: &'a Findings,
}

impl Evaluation<'_> {
    /// Whether a condition holds.
    pub fn holds(&self, condition: &Condition, scope: Scope) -> bool {
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
            Condition::Score(score) => self.score(score, scope) >= score.at_least,
            Condition::Terms(terms) => self
                .findings
                .found_among(terms)
                .any(|term| self.in_scope(term, scope).next().is_some()),
            Condition::Related { .. } | Condition::Anchored { .. } => {
                !self.places(condition, scope).is_empty()
            }
            Condition::Fact(test) => test.holds(self.document.answers()),
        }
    }

    /// How many places a condition stands at.
    pub fn count(&self, condition: &Condition, scope: Scope) -> usize {
        let mut places = self.places(condition, scope);
        places.dedup_by_key(|place| place.place());
        places.len()
    }

    /// How many different terms stand where a condition does.
    pub fn distinct(&self, condition: &Condition, scope: Scope) -> usize {
        let places = self.places(condition, scope).into_iter();
        let mut terms: Vec<u32> = places.map(|place| place.term).collect();
        terms.sort_unstable();
        terms.dedup();
        terms.len()
    }

    /// The score of a list.
    pub fn score(&self, score: &Score, scope: Scope) -> f64 {
        self.findings
            .found_among(&score.terms)
            .filter(|term| self.in_scope(*term, scope).next().is_some())
            .map(|term| score.weight(term))
            .sum()
    }

    /// The highest score that a condition which holds reached; `None` where it has none.
    pub fn highest_score(&self, condition: &Condition, scope: Scope) -> Option<f64> {
        match condition {
            Condition::Any(parts) | Condition::All(parts) | Condition::Several { parts, .. } => {
                parts
                    .iter()
                    .filter_map(|part| self.highest_score(part, scope))
                    .max_by(f64::total_cmp)
            }
            Condition::Within { part, inner } => self.highest_score(inner, scope.within(*part)),
            Condition::Score(score) => Some(self.score(score, scope)),
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
    pub fn strength(&self, condition: &Condition, scope: Scope) -> usize {
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
    pub fn proof(&self, condition: &Condition, scope: Scope) -> Vec<Vec<Occurrence>> {
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
                vec![self.places(inner, scope)]
            }
            Condition::Score(score) => {
                let terms: Box<[_]> = score.positive().collect();
                vec![self.places(&Condition::Terms(terms), scope)]
            }
            Condition::Terms(_) | Condition::Anchored { .. } => {
                vec![self.places(condition, scope)]
            }
        }
    }
}
