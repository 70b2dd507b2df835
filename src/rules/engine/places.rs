//! Where a condition stands in a document, and what stands near to what.

use std::rc::Rc;

use super::condition::{Condition, Group};
use super::evaluate::{Evaluation, STEPS_MAX};
use super::findings::Occurrence;
use crate::rules::document::Scope;
use crate::rules::parse::ast::Relation;
use crate::text::Token;

/// Two places in a relation, the earlier first.
type Pair = (Occurrence, Occurrence);

/// Where a condition stands.
#[derive(Debug, Default)]
pub(in crate::rules) struct Standing {
    /// The places of its terms, in text order.
    pub places: Vec<Occurrence>,
    /// What is related counts as one, from its beginning to its end; `None` where nothing is.
    extents: Option<Vec<Occurrence>>,
    /// Steps that looking up the terms took: each watch answers for them, whoever asked first.
    steps: u64,
}

impl Standing {
    fn extents(&self) -> &[Occurrence] {
        self.extents.as_ref().unwrap_or(&self.places)
    }
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
        let standing = Rc::new(self.stand(condition, scope));
        self.spend(standing.places.len() as u64);
        self.standings.borrow_mut().insert(key, Rc::clone(&standing));
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
        let mut found = self.findings.found_among(terms);
        while let Some(term) = found.next() {
            let located = self.findings.located(term);
            places.extend(located.places.iter().filter(|place| self.contains(scope, place)));
            steps += located.steps + located.places.len() as u64;
            if self.steps() + steps > STEPS_MAX {
                // Not kept: another watch may have steps left.
                self.spend(steps);
                return Rc::default();
            }
        }
        drop(found);
        self.spend(steps);
        let standing = Rc::new(Standing {
            places: self.ordered(places),
            extents: None,
            steps,
        });
        self.standings.borrow_mut().insert(key, Rc::clone(&standing));
        standing
    }

    /// The places of a relation, those of a pair after each other.
    pub(super) fn shown(
        &self,
        relation: Relation,
        left: &'a Condition,
        right: &'a Condition,
        scope: Scope,
    ) -> Vec<Occurrence> {
        let (left, right) = (self.standing(left, scope), self.standing(right, scope));
        let pairs = self.pairs(relation, &left, &right);
        // What only is the extent of a relation is shown by that relation.
        let is_place = |one: &Occurrence| {
            self.is_among(&left.places, one) || self.is_among(&right.places, one)
        };
        let both = pairs.into_iter().flat_map(|(a, b)| [a, b]);
        both.filter(is_place).collect()
    }

    fn stand(&self, condition: &'a Condition, scope: Scope) -> Standing {
        match condition {
            Condition::Any(parts) => {
                let parts = parts.iter();
                self.together(parts.map(|part| self.standing(part, scope)).collect())
            }
            Condition::Related {
                relation,
                left,
                right,
            } => self.related_standing(*relation, left, right, scope),
            Condition::Anchored {
                inner,
                context,
                words,
            } => {
                let inner = self.standing(inner, scope);
                let context = self.standing(context, scope);
                let near = Relation::Near(*words);
                let pairs = self.partnered(near, &inner.places, &context.places);
                Standing {
                    places: self.ordered(pairs.into_iter().map(|(one, _)| one).collect()),
                    ..Standing::default()
                }
            }
            Condition::Terms(_)
            | Condition::Within { .. }
            | Condition::All(_)
            | Condition::Several { .. }
            | Condition::Not(_)
            | Condition::Count { .. }
            | Condition::Distinct { .. }
            | Condition::Fact(_)
            | Condition::Score(..) => Standing::default(),
        }
    }

    fn related_standing(
        &self,
        relation: Relation,
        left: &'a Condition,
        right: &'a Condition,
        scope: Scope,
    ) -> Standing {
        // What is dear to find is not looked for where the other side is missing.
        let (left, right) = match self.findings.is_dear(left) {
            true => {
                let right = self.standing(right, scope);
                if right.places.is_empty() {
                    return Standing::default();
                }
                (self.standing(left, scope), right)
            }
            false => {
                let left = self.standing(left, scope);
                if left.places.is_empty() {
                    return Standing::default();
                }
                (left, self.standing(right, scope))
            }
        };
        let pairs = self.pairs(relation, &left, &right);
        let extents = pairs.iter().map(|(a, b)| Occurrence {
            last: a.last.max(b.last),
            ..*a
        });
        let extents = Some(self.ordered(extents.collect()));
        let places: Vec<Occurrence> = match relation {
            Relation::Before(_) => {
                let firsts = pairs.iter().map(|(a, _)| *a).collect();
                let seconds = pairs.iter().map(|(_, b)| *b).collect();
                let mut places = self.members(&left, firsts);
                places.extend(self.members(&right, seconds));
                places
            }
            _ => pairs.into_iter().flat_map(|(a, b)| [a, b]).collect(),
        };
        Standing {
            places: self.ordered(places),
            extents,
            steps: 0,
        }
    }

    /// Whether a term stands in this part of the document.
    pub(super) fn is_in_scope(&self, term: u32, scope: Scope) -> bool {
        let located = self.findings.located(term);
        self.spend(located.steps + 1);
        located.places.iter().any(|place| self.contains(scope, place))
    }

    fn contains(&self, scope: Scope, place: &Occurrence) -> bool {
        let field = &self.document.fields()[place.field as usize];
        scope.contains(field, &field.analysis.tokens[place.first as usize])
    }

    /// Every place of either side with its nearest partners, in text order.
    fn pairs(&self, relation: Relation, left: &Standing, right: &Standing) -> Vec<Pair> {
        let is_ordered = matches!(relation, Relation::Before(_));
        let (left, right) = match is_ordered {
            true => (left.extents(), right.extents()),
            false => (&left.places[..], &right.places[..]),
        };
        self.spend(2 * (left.len() + right.len()) as u64);
        if self.is_exhausted() {
            return Vec::new();
        }
        let mut pairs = self.partnered(relation, left, right);
        pairs.extend(self.partnered(relation, right, left));
        for pair in &mut pairs {
            if pair.1.place() < pair.0.place() {
                *pair = (pair.1, pair.0);
            }
        }
        if is_ordered {
            pairs.retain(|(first, second)| {
                self.is_among(left, first) && self.is_among(right, second)
            });
        }
        let compare = |one: &Occurrence, other: &Occurrence| self.findings.compare(one, other);
        pairs.sort_unstable_by(|(a, b), (c, d)| compare(a, c).then_with(|| compare(b, d)));
        let key = |one: &Occurrence| (one.place(), one.term);
        pairs.dedup_by_key(|(a, b)| (key(a), key(b)));
        pairs
    }

    /// Each of `ones` with the nearest of `others` before it and after it that is related to it. The two
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
            let before = before.filter(|before| self.related(relation, before, one));
            let after = after.filter(|after| self.related(relation, one, after));
            pairs.extend(before.into_iter().chain(after).map(|other| (*one, other)));
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
            Relation::Near(words) | Relation::Before(words) => {
                u64::from(start.pos.saturating_sub(end.pos)) <= 2 * u64::from(words)
                    && field.part(end) == field.part(start)
            }
            // A story begins with a paragraph: neither of these reaches into another.
            Relation::InSentence => end.sentence == start.sentence,
            Relation::InParagraph => end.paragraph == start.paragraph,
        }
    }

    /// Any of several.
    fn together(&self, parts: Vec<Rc<Standing>>) -> Standing {
        let is_related = parts.iter().any(|part| part.extents.is_some());
        let extents = is_related.then(|| {
            let all = parts.iter().flat_map(|part| part.extents().to_vec());
            self.ordered(all.collect())
        });
        let places = parts.iter().flat_map(|part| part.places.to_vec());
        Standing {
            places: self.ordered(places.collect()),
            extents,
            steps: 0,
        }
    }

    /// In text order, each once.
    fn ordered(&self, mut places: Vec<Occurrence>) -> Vec<Occurrence> {
        places.sort_unstable_by(|one, other| self.findings.compare(one, other));
        places.dedup_by_key(|place| (place.place(), place.term));
        places
    }

    /// Whether a place is one of these, which are in text order.
    fn is_among(&self, places: &[Occurrence], place: &Occurrence) -> bool {
        let found = places.binary_search_by(|one| self.findings.compare(one, place));
        found.is_ok()
    }

    /// The places of a side that lie in one of these extents of it.
    fn members(&self, side: &Standing, extents: Vec<Occurrence>) -> Vec<Occurrence> {
        if side.extents.is_none() {
            return extents;
        }
        let extents = self.ordered(extents);
        // How far those reach that begin no later, in each field.
        let mut reach: Vec<(u32, u32)> = Vec::with_capacity(extents.len());
        for extent in &extents {
            let so_far = reach.last().filter(|(field, _)| *field == extent.field);
            let last = so_far.map_or(extent.last, |(_, last)| extent.last.max(*last));
            reach.push((extent.field, last));
        }
        let lies_in = |place: &&Occurrence| {
            let begun =
                extents.partition_point(|e| (e.field, e.first) <= (place.field, place.first));
            begun.checked_sub(1).is_some_and(|at| {
                let (field, last) = reach[at];
                field == place.field && last >= place.last
            })
        };
        side.places.iter().filter(lies_in).copied().collect()
    }
}
