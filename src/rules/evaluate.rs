//! Whether a condition holds in a document, and which places make it so.
//!
//! A condition that can stand somewhere (a term, any of several, a relation) is a row of places; it
//! holds when the row is not empty. All rows are in text order, and every step is linear in them but
//! for a logarithm.

use super::ast::Relation;
use super::condition::{Condition, Score};
use super::document::{Document, Scope};
use super::findings::{Findings, Occurrence};
use crate::text::Token;

/// A document with what was found in it.
#[derive(Clone, Copy)]
pub(super) struct Evaluation<'a> {
    pub document: &'a Document,
    pub findings: &'a Findings,
}

/// Two places in a relation.
type Pair = (Occurrence, Occurrence);

impl Evaluation<'_> {
    /// Whether a condition holds.
    pub fn holds(&self, condition: &Condition, scope: Scope) -> bool {
        match condition {
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part, scope)),
            Condition::All(parts) => parts.iter().all(|part| self.holds(part, scope)),
            Condition::Not(inner) => !self.holds(inner, scope),
            Condition::Within { part, inner } => self.holds(inner, scope.within(*part)),
            Condition::Count { inner, at_least } => {
                self.places(inner, scope).len() >= *at_least as usize
            }
            Condition::Score(score) => self.score(score, scope) >= score.at_least,
            Condition::Terms(terms) => self
                .findings
                .found_among(terms)
                .any(|term| self.in_scope(term, scope).next().is_some()),
            Condition::Related { .. } => !self.places(condition, scope).is_empty(),
        }
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
            Condition::Any(parts) | Condition::All(parts) => parts
                .iter()
                .filter_map(|part| self.highest_score(part, scope))
                .max_by(f64::total_cmp),
            Condition::Within { part, inner } => self.highest_score(inner, scope.within(*part)),
            Condition::Score(score) => Some(self.score(score, scope)),
            Condition::Terms(_)
            | Condition::Not(_)
            | Condition::Related { .. }
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
            Condition::Within { part, inner } => self.strength(inner, scope.within(*part)),
            _ => condition.demands(),
        }
    }

    /// The rows of places that make a condition true, one row for each thing that it asks for.
    pub fn proof(&self, condition: &Condition, scope: Scope) -> Vec<Vec<Occurrence>> {
        match condition {
            Condition::Any(parts) => {
                let parts = parts.iter().filter(|part| self.holds(part, scope));
                parts.flat_map(|part| self.proof(part, scope)).collect()
            }
            Condition::All(parts) => {
                let parts = parts.iter();
                parts.flat_map(|part| self.proof(part, scope)).collect()
            }
            Condition::Not(_) => Vec::new(),
            Condition::Within { part, inner } => self.proof(inner, scope.within(*part)),
            Condition::Related {
                relation,
                left,
                right,
            } => {
                // Both of a pair go into one row after each other: they are shown together.
                let pairs = self.pairs(*relation, left, right, scope);
                let mut rows = vec![pairs.into_iter().flat_map(|(a, b)| [a, b]).collect()];
                // What a relation within this one relates must be shown too.
                for side in [left, right] {
                    if matches!(**side, Condition::Related { .. }) {
                        rows.extend(self.proof(side, scope));
                    }
                }
                rows
            }
            Condition::Count { inner, .. } => vec![self.places(inner, scope)],
            Condition::Score(score) => {
                let terms: Box<[_]> = score.positive().collect();
                vec![self.places(&Condition::Terms(terms), scope)]
            }
            Condition::Terms(_) => vec![self.places(condition, scope)],
        }
    }

    /// Where a condition stands. What cannot stand anywhere (`not`, `and`) stands nowhere; the parser
    /// keeps it out of relations.
    fn places(&self, condition: &Condition, scope: Scope) -> Vec<Occurrence> {
        let mut places: Vec<Occurrence> = match condition {
            Condition::Terms(terms) => self
                .findings
                .found_among(terms)
                .flat_map(|term| self.in_scope(term, scope))
                .collect(),
            Condition::Any(parts) => parts
                .iter()
                .flat_map(|part| self.places(part, scope))
                .collect(),
            Condition::Within { part, inner } => return self.places(inner, scope.within(*part)),
            Condition::Related {
                relation,
                left,
                right,
            } => {
                let pairs = self.pairs(*relation, left, right, scope);
                pairs.into_iter().flat_map(|(a, b)| [a, b]).collect()
            }
            Condition::All(_)
            | Condition::Not(_)
            | Condition::Count { .. }
            | Condition::Score(_) => Vec::new(),
        };
        places.sort_unstable_by_key(Occurrence::place);
        places.dedup_by_key(|place| place.place());
        places
    }

    fn in_scope(&self, term: u32, scope: Scope) -> impl Iterator<Item = Occurrence> {
        let places = self.findings.places(term).iter().copied();
        places.filter(move |place| {
            let field = &self.document.fields()[place.field as usize];
            scope.contains(field, &field.analysis.tokens[place.first as usize])
        })
    }

    /// Every place of either side with its nearest partner, in text order.
    fn pairs(
        &self,
        relation: Relation,
        left: &Condition,
        right: &Condition,
        scope: Scope,
    ) -> Vec<Pair> {
        let left = self.places(left, scope);
        let right = self.places(right, scope);
        let mut pairs = self.partnered(relation, &left, &right);
        pairs.extend(self.partnered(relation, &right, &left));
        for pair in &mut pairs {
            if pair.1.place() < pair.0.place() {
                *pair = (pair.1, pair.0);
            }
        }
        pairs.sort_unstable_by_key(|(a, b)| (a.place(), b.place()));
        pairs.dedup_by_key(|(a, b)| (a.place(), b.place()));
        pairs
    }

    /// Each of `ones` with the nearest of `others` before or after it that is related to it. The two
    /// never overlap. Looking at the nearest is enough: what is further off is never closer related.
    fn partnered(
        &self,
        relation: Relation,
        ones: &[Occurrence],
        others: &[Occurrence],
    ) -> Vec<Pair> {
        let mut by_end = others.to_vec();
        by_end.sort_unstable_by_key(|other| (other.field, other.last));
        let mut pairs = Vec::new();
        for one in ones {
            let ended = by_end.partition_point(|o| (o.field, o.last) < (one.field, one.first));
            let begun = others.partition_point(|o| (o.field, o.first) <= (one.field, one.last));
            let before = ended.checked_sub(1).map(|at| by_end[at]);
            let after = others.get(begun).copied();
            let partner = before
                .filter(|before| self.related(relation, before, one))
                .or_else(|| after.filter(|after| self.related(relation, one, after)));
            pairs.extend(partner.map(|partner| (*one, partner)));
        }
        pairs
    }

    /// Whether two places, the earlier first, are related.
    fn related(&self, relation: Relation, earlier: &Occurrence, later: &Occurrence) -> bool {
        if earlier.field != later.field {
            return false;
        }
        let field = &self.document.fields()[earlier.field as usize];
        let tokens = &field.analysis.tokens;
        let end: &Token = &tokens[earlier.last as usize];
        let start: &Token = &tokens[later.first as usize];
        match relation {
            Relation::Near(words) => {
                u64::from(start.pos.saturating_sub(end.pos)) <= 2 * u64::from(words)
                    && field.part(end) == field.part(start)
            }
            // A story begins with a paragraph: neither of these reaches into another.
            Relation::InSentence => end.sentence == start.sentence,
            Relation::InParagraph => end.paragraph == start.paragraph,
        }
    }
}
