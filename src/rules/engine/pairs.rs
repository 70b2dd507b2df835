//! What stands near to what.

use std::borrow::Cow;
use std::rc::Rc;

use super::condition::Condition;
use super::evaluate::Evaluation;
use super::findings::Occurrence;
use super::places::Standing;
use crate::rules::document::Scope;
use crate::rules::parse::ast::Relation;
use crate::text::Token;

/// Two places in a relation, the earlier first.
type Pair = (Occurrence, Occurrence);

/// A side of a relation.
pub(super) struct Side {
    pub standing: Rc<Standing>,
    /// What is related within it, where that counts as one and there is any.
    pub extents: Option<Rc<Vec<Occurrence>>>,
}

impl Side {
    /// What is put in relation.
    fn row(&self) -> &[Occurrence] {
        match &self.extents {
            Some(extents) => extents,
            None => &self.standing.places,
        }
    }
}

impl<'a> Evaluation<'a> {
    /// The places of a relation, those of a pair after each other.
    pub(super) fn shown(
        &self,
        relation: Relation,
        left: &'a Condition,
        right: &'a Condition,
        scope: Scope,
    ) -> Vec<Occurrence> {
        let is_ordered = matches!(relation, Relation::Before(_));
        let left = self.side(left, scope, is_ordered);
        let right = self.side(right, scope, is_ordered);
        let pairs = self.pairs(relation, &left, &right);
        // What only is the extent of a relation is shown by that relation.
        let is_place = |one: &Occurrence| {
            self.is_among(&left.standing.places, one) || self.is_among(&right.standing.places, one)
        };
        let both = pairs.into_iter().flat_map(|(a, b)| [a, b]);
        both.filter(is_place).collect()
    }

    /// Every place of either side with its nearest partners, in text order.
    pub(super) fn pairs(&self, relation: Relation, left: &Side, right: &Side) -> Vec<Pair> {
        let (left, right) = (left.row(), right.row());
        // Both rows are gone through twice, and what comes of it is sorted.
        self.spend(4 * (left.len() + right.len()) as u64);
        if self.is_exhausted() {
            return Vec::new();
        }
        let mut pairs: Vec<Pair> = Vec::new();
        let ordered = matches!(relation, Relation::Before(_));
        // For `before` the first must be of the left side and the second of the right one.
        let turned = |first: &Occurrence, second: &Occurrence| {
            !ordered || (self.is_among(left, first) && self.is_among(right, second))
        };
        self.partners(relation, left, right, |one, before, after| {
            let before = before.filter(|before| turned(before, one));
            pairs.extend(before.map(|before| (*before, *one)));
            pairs.extend(after.map(|after| (*one, *after)));
        });
        self.partners(relation, right, left, |one, before, after| {
            let after = after.filter(|after| turned(one, after));
            pairs.extend(before.map(|before| (*before, *one)));
            pairs.extend(after.map(|after| (*one, *after)));
        });
        let compare = |one: &Occurrence, other: &Occurrence| self.findings.compare(one, other);
        pairs.sort_unstable_by(|(a, b), (c, d)| compare(a, c).then_with(|| compare(b, d)));
        let key = |one: &Occurrence| (one.place(), one.term);
        pairs.dedup_by_key(|(a, b)| (key(a), key(b)));
        pairs
    }

    /// Those of `ones` that have a related one among `others`.
    pub(super) fn with_partner(
        &self,
        relation: Relation,
        ones: &[Occurrence],
        others: &[Occurrence],
    ) -> Vec<Occurrence> {
        self.spend((ones.len() + others.len()) as u64);
        let mut found = Vec::new();
        if self.is_exhausted() {
            return found;
        }
        self.partners(relation, ones, others, |one, before, after| {
            if before.is_some() || after.is_some() {
                found.push(*one);
            }
        });
        found
    }

    /// Calls `found` with each of `ones` and the nearest of `others` before it and after it that are related to it.
    /// The two never overlap. Looking at the nearest is enough: what is further off is never closer related.
    fn partners(
        &self,
        relation: Relation,
        ones: &[Occurrence],
        others: &[Occurrence],
        mut found: impl FnMut(&Occurrence, Option<&Occurrence>, Option<&Occurrence>),
    ) {
        let end = |other: &Occurrence| (other.field, other.last);
        let mut by_end = Cow::Borrowed(others);
        if !others.is_sorted_by_key(end) {
            by_end.to_mut().sort_unstable_by_key(end);
        }
        let (mut ended, mut begun) = (0, 0);
        for one in ones {
            ended = boundary(&by_end, ended, |o| end(o) < (one.field, one.first));
            begun = boundary(others, begun, |o| (o.field, o.first) <= end(one));
            let before = ended.checked_sub(1).map(|at| &by_end[at]);
            let before = before.filter(|before| self.related(relation, before, one));
            let after = others.get(begun);
            let after = after.filter(|after| self.related(relation, one, after));
            found(one, before, after);
        }
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

    /// Whether a place is one of these, which are in text order.
    fn is_among(&self, places: &[Occurrence], place: &Occurrence) -> bool {
        let found = places.binary_search_by(|one| self.findings.compare(one, place));
        found.is_ok()
    }

    /// The places of a side that lie in one of these extents of it.
    pub(super) fn members(&self, side: &Side, extents: Vec<Occurrence>) -> Vec<Occurrence> {
        if side.extents.is_none() {
            return extents;
        }
        let mut extents = extents;
        extents.sort_unstable_by_key(Occurrence::place);
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
        side.standing
            .places
            .iter()
            .filter(lies_in)
            .copied()
            .collect()
    }
}

/// The first of a row that `is_before` does not hold for; mostly it is not far from `near`.
fn boundary(row: &[Occurrence], near: usize, is_before: impl Fn(&Occurrence) -> bool) -> usize {
    const STEPS: usize = 8;
    let (head, rest) = row.split_at(near);
    if head.last().is_some_and(|last| !is_before(last)) {
        return head.partition_point(is_before);
    }
    match rest.iter().take(STEPS).position(|next| !is_before(next)) {
        Some(at) => near + at,
        None => near + rest.partition_point(is_before),
    }
}
