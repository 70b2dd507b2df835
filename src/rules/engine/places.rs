//! Where a condition stands in a document.
//!
//! All rows of places are in text order, and every step is linear in them but for the sorting of what is not.

use std::rc::Rc;

use super::condition::{Condition, Group};
use super::evaluate::{Evaluation, STEPS_MAX};
use super::findings::Occurrence;
use super::pairs::Side;
use crate::rules::document::Scope;
use crate::rules::parse::ast::Relation;

/// Where a condition stands.
#[derive(Debug, Default)]
pub(in crate::rules) struct Standing {
    /// The places of its terms, in text order.
    pub places: Vec<Occurrence>,
    /// Steps that looking up the terms took: each watch answers for them, whoever asked first.
    steps: u64,
}

impl<'a> Evaluation<'a> {
    /// Where a condition stands. What cannot stand anywhere (`not`, `and`) stands nowhere; the parser
    /// keeps it out of relations.
    pub(super) fn standing(&self, condition: &'a Condition, scope: Scope) -> Rc<Standing> {
        if let Condition::Terms(terms) = condition {
            return self.standing_of(terms, scope);
        }
        if let Condition::Within { part, inner } = condition {
            return self.standing(inner, scope.within(*part));
        }
        let key = (std::ptr::from_ref(condition).addr(), scope);
        if let Some(known) = self.standings.borrow().get(&key) {
            return Rc::clone(known);
        }
        if self.is_exhausted() {
            return Rc::default();
        }
        let places = self.places(condition, scope);
        self.spend(places.len() as u64);
        let standing = Rc::new(Standing { places, steps: 0 });
        self.standings
            .borrow_mut()
            .insert(key, Rc::clone(&standing));
        standing
    }

    /// Where any of these terms stands.
    pub(super) fn standing_of(&self, terms: &'a Group, scope: Scope) -> Rc<Standing> {
        let key = (terms.as_ptr().addr(), scope);
        if let Some(known) = self.standings.borrow().get(&key) {
            self.spend(known.steps);
            return Rc::clone(known);
        }
        let (mut places, mut steps) = (Vec::new(), 0);
        for term in self.findings.found_among(terms) {
            let located = self.findings.located(term);
            places.extend(
                located
                    .places
                    .iter()
                    .filter(|place| self.contains(scope, place)),
            );
            steps += located.steps + located.places.len() as u64;
            if self.steps() + steps > STEPS_MAX {
                // Not kept: another watch may have steps left.
                self.spend(steps);
                return Rc::default();
            }
        }
        self.spend(steps);
        let standing = Rc::new(Standing {
            places: self.ordered(places),
            steps,
        });
        self.standings
            .borrow_mut()
            .insert(key, Rc::clone(&standing));
        standing
    }

    fn places(&self, condition: &'a Condition, scope: Scope) -> Vec<Occurrence> {
        match condition {
            Condition::Any(parts) => {
                let parts = parts.iter().map(|part| self.standing(part, scope));
                let places = parts.flat_map(|part| part.places.clone());
                self.ordered(places.collect())
            }
            Condition::Related {
                relation,
                left,
                right,
            } => self.related_places(*relation, left, right, scope),
            Condition::Anchored {
                inner,
                context,
                words,
            } => {
                let inner = self.standing(inner, scope);
                let context = self.standing(context, scope);
                self.with_partner(Relation::Near(*words), &inner.places, &context.places)
            }
            Condition::Terms(_)
            | Condition::Within { .. }
            | Condition::All(_)
            | Condition::Several { .. }
            | Condition::Not(_)
            | Condition::Count { .. }
            | Condition::Distinct { .. }
            | Condition::Fact(_)
            | Condition::Score(..) => Vec::new(),
        }
    }

    fn related_places(
        &self,
        relation: Relation,
        left: &'a Condition,
        right: &'a Condition,
        scope: Scope,
    ) -> Vec<Occurrence> {
        // What is dear to find is not looked for where the other side is missing.
        let (first, second) = match self.is_dear(left) {
            true => (right, left),
            false => (left, right),
        };
        let is_missing = |side| self.standing(side, scope).places.is_empty();
        if is_missing(first) || is_missing(second) {
            return Vec::new();
        }
        if matches!(relation, Relation::Before(_)) {
            let (left, right) = (self.side(left, scope, true), self.side(right, scope, true));
            let pairs = self.pairs(relation, &left, &right);
            let mut places = self.members(&left, pairs.iter().map(|(a, _)| *a).collect());
            places.extend(self.members(&right, pairs.iter().map(|(_, b)| *b).collect()));
            return self.ordered(places);
        }
        let (left, right) = (self.standing(left, scope), self.standing(right, scope));
        // What is the nearest of something has a nearest itself: no pair has a place that is in neither row.
        let of_left = self.with_partner(relation, &left.places, &right.places);
        let of_right = self.with_partner(relation, &right.places, &left.places);
        self.merged(of_left, of_right)
    }

    /// A side of a relation; for `before` what is related within it counts as one.
    pub(super) fn side(&self, condition: &'a Condition, scope: Scope, ordered: bool) -> Side {
        Side {
            extents: ordered.then(|| self.extents(condition, scope)).flatten(),
            standing: self.standing(condition, scope),
        }
    }

    /// What is related, from its beginning to its end; `None` where nothing is.
    fn extents(&self, condition: &'a Condition, scope: Scope) -> Option<Rc<Vec<Occurrence>>> {
        match condition {
            Condition::Within { part, inner } => self.extents(inner, scope.within(*part)),
            Condition::Any(parts) => {
                let extents: Vec<_> = parts.iter().map(|part| self.extents(part, scope)).collect();
                if extents.iter().all(Option::is_none) {
                    return None;
                }
                let mut all = Vec::new();
                for (part, extents) in parts.iter().zip(extents) {
                    match extents {
                        Some(extents) => all.extend_from_slice(&extents),
                        None => all.extend_from_slice(&self.standing(part, scope).places),
                    }
                }
                Some(Rc::new(self.ordered(all)))
            }
            Condition::Related {
                relation,
                left,
                right,
            } => {
                let key = (std::ptr::from_ref(condition).addr(), scope);
                if let Some(known) = self.extents.borrow().get(&key) {
                    return Some(Rc::clone(known));
                }
                let is_ordered = matches!(relation, Relation::Before(_));
                let left = self.side(left, scope, is_ordered);
                let right = self.side(right, scope, is_ordered);
                let pairs = self.pairs(*relation, &left, &right).into_iter();
                let extents = pairs.map(|(a, b)| Occurrence {
                    last: a.last.max(b.last),
                    ..a
                });
                let extents = Rc::new(self.ordered(extents.collect()));
                self.extents.borrow_mut().insert(key, Rc::clone(&extents));
                Some(extents)
            }
            _ => None,
        }
    }

    /// Whether a term stands in this part of the document.
    pub(super) fn is_in_scope(&self, term: u32, scope: Scope) -> bool {
        let located = self.findings.located(term);
        self.spend(located.steps + 1);
        located
            .places
            .iter()
            .any(|place| self.contains(scope, place))
    }

    pub(super) fn contains(&self, scope: Scope, place: &Occurrence) -> bool {
        let field = &self.document.fields()[place.field as usize];
        scope.contains(field, &field.analysis.tokens[place.first as usize])
    }

    /// In text order, each once.
    fn ordered(&self, mut places: Vec<Occurrence>) -> Vec<Occurrence> {
        let compare = |one: &Occurrence, other: &Occurrence| self.findings.compare(one, other);
        if !places.is_sorted_by(|one, other| compare(one, other).is_le()) {
            places.sort_unstable_by(compare);
        }
        places.dedup_by_key(|place| (place.place(), place.term));
        places
    }

    /// Two rows in text order as one, each place once.
    fn merged(&self, left: Vec<Occurrence>, right: Vec<Occurrence>) -> Vec<Occurrence> {
        let mut merged = Vec::with_capacity(left.len() + right.len());
        let mut rest = &right[..];
        for one in left {
            while let [first, more @ ..] = rest
                && self.findings.compare(first, &one).is_lt()
            {
                merged.push(*first);
                rest = more;
            }
            merged.push(one);
        }
        merged.extend_from_slice(rest);
        merged.dedup_by_key(|place| (place.place(), place.term));
        merged
    }
}
