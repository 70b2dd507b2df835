//! Where a condition stands in a document, and what stands near to what.

use super::condition::Condition;
use super::evaluate::Evaluation;
use super::findings::Occurrence;
use crate::rules::document::Scope;
use crate::rules::parse::ast::Relation;
use crate::text::Token;

/// Two places in a relation, the earlier first.
type Pair = (Occurrence, Occurrence);

/// Where a condition stands.
#[derive(Default)]
struct Standing {
    /// The places of its terms, in text order.
    places: Vec<Occurrence>,
    /// What is related counts as one, from its beginning to its end; `None` where nothing is.
    extents: Option<Vec<Occurrence>>,
}

impl Standing {
    fn extents(&self) -> &[Occurrence] {
        self.extents.as_ref().unwrap_or(&self.places)
    }
}

impl Evaluation<'_> {
    /// Where a condition stands. What cannot stand anywhere (`not`, `and`) stands nowhere; the parser
    /// keeps it out of relations.
    pub(super) fn places(&self, condition: &Condition, scope: Scope) -> Vec<Occurrence> {
        self.standing(condition, scope).places
    }

    /// The places of a relation, those of a pair after each other.
    pub(super) fn shown(
        &self,
        relation: Relation,
        left: &Condition,
        right: &Condition,
        scope: Scope,
    ) -> Vec<Occurrence> {
        let (left, right) = (self.standing(left, scope), self.standing(right, scope));
        let pairs = self.pairs(relation, &left, &right);
        // What only is the extent of a relation is shown by that relation.
        let is_place =
            |one: &Occurrence| is_among(&left.places, one) || is_among(&right.places, one);
        let both = pairs.into_iter().flat_map(|(a, b)| [a, b]);
        both.filter(is_place).collect()
    }

    fn standing(&self, condition: &Condition, scope: Scope) -> Standing {
        match condition {
            Condition::Terms(terms) => {
                let found = self.findings.found_among(terms);
                let places = found.flat_map(|term| self.in_scope(term, scope));
                Standing {
                    places: ordered(places.collect()),
                    extents: None,
                }
            }
            Condition::Any(parts) => {
                let parts = parts.iter();
                together(parts.map(|part| self.standing(part, scope)).collect())
            }
            Condition::Within { part, inner } => self.standing(inner, scope.within(*part)),
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
                let inner = self.places(inner, scope);
                let context = self.places(context, scope);
                let pairs = self.partnered(Relation::Near(*words), &inner, &context);
                Standing {
                    places: ordered(pairs.into_iter().map(|(one, _)| one).collect()),
                    extents: None,
                }
            }
            Condition::All(_)
            | Condition::Several { .. }
            | Condition::Not(_)
            | Condition::Count { .. }
            | Condition::Distinct { .. }
            | Condition::Fact(_)
            | Condition::Score(_) => Standing::default(),
        }
    }

    fn related_standing(
        &self,
        relation: Relation,
        left: &Condition,
        right: &Condition,
        scope: Scope,
    ) -> Standing {
        let (left, right) = (self.standing(left, scope), self.standing(right, scope));
        let pairs = self.pairs(relation, &left, &right);
        let extents = pairs.iter().map(|(a, b)| Occurrence {
            last: a.last.max(b.last),
            ..*a
        });
        let extents = Some(ordered(extents.collect()));
        let places: Vec<Occurrence> = match relation {
            Relation::Before(_) => {
                let firsts = pairs.iter().map(|(a, _)| *a).collect();
                let seconds = pairs.iter().map(|(_, b)| *b).collect();
                let mut places = members(&left, firsts);
                places.extend(members(&right, seconds));
                places
            }
            _ => pairs.into_iter().flat_map(|(a, b)| [a, b]).collect(),
        };
        Standing {
            places: ordered(places),
            extents,
        }
    }

    pub(super) fn in_scope(&self, term: u32, scope: Scope) -> impl Iterator<Item = Occurrence> {
        let places = self.findings.places(term).iter().copied();
        places.filter(move |place| {
            let field = &self.document.fields()[place.field as usize];
            scope.contains(field, &field.analysis.tokens[place.first as usize])
        })
    }

    /// Every place of either side with its nearest partners, in text order.
    fn pairs(&self, relation: Relation, left: &Standing, right: &Standing) -> Vec<Pair> {
        let is_ordered = matches!(relation, Relation::Before(_));
        let (left, right) = match is_ordered {
            true => (left.extents(), right.extents()),
            false => (&left.places[..], &right.places[..]),
        };
        let mut pairs = self.partnered(relation, left, right);
        pairs.extend(self.partnered(relation, right, left));
        for pair in &mut pairs {
            if pair.1.place() < pair.0.place() {
                *pair = (pair.1, pair.0);
            }
        }
        if is_ordered {
            pairs.retain(|(first, second)| is_among(left, first) && is_among(right, second));
        }
        let key = |(a, b): &Pair| (a.place_of_term(), b.place_of_term());
        pairs.sort_unstable_by_key(key);
        pairs.dedup_by_key(|pair| key(pair));
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
}

/// Any of several.
fn together(mut parts: Vec<Standing>) -> Standing {
    if parts.len() == 1 {
        return parts.remove(0);
    }
    let is_related = parts.iter().any(|part| part.extents.is_some());
    let extents = is_related.then(|| {
        let all = parts.iter().flat_map(|part| part.extents().to_vec());
        ordered(all.collect())
    });
    let places = parts.into_iter().flat_map(|part| part.places);
    Standing {
        places: ordered(places.collect()),
        extents,
    }
}

/// In text order, each once.
fn ordered(mut places: Vec<Occurrence>) -> Vec<Occurrence> {
    places.sort_unstable_by_key(Occurrence::place_of_term);
    places.dedup_by_key(|place| place.place_of_term());
    places
}

/// Whether a place is one of these, which are in text order.
fn is_among(places: &[Occurrence], place: &Occurrence) -> bool {
    let key = place.place_of_term();
    places
        .binary_search_by_key(&key, Occurrence::place_of_term)
        .is_ok()
}

/// The places of a side that lie in one of these extents of it.
fn members(side: &Standing, extents: Vec<Occurrence>) -> Vec<Occurrence> {
    if side.extents.is_none() {
        return extents;
    }
    let extents = ordered(extents);
    // How far those reach that begin no later, in each field.
    let mut reach: Vec<(u32, u32)> = Vec::with_capacity(extents.len());
    for extent in &extents {
        let so_far = reach.last().filter(|(field, _)| *field == extent.field);
        let last = so_far.map_or(extent.last, |(_, last)| extent.last.max(*last));
        reach.push((extent.field, last));
    }
    let lies_in = |place: &&Occurrence| {
        let begun = extents.partition_point(|e| (e.field, e.first) <= (place.field, place.first));
        begun.checked_sub(1).is_some_and(|at| {
            let (field, last) = reach[at];
            field == place.field && last >= place.last
        })
    };
    side.places.iter().filter(lies_in).copied().collect()
}
