//! What is missing for two things to be related.

use super::{Edit, Gap, Gaps, RuleChange};
use crate::model::Span;
use crate::rules::document::Scope;
use crate::rules::engine::condition::Condition;
use crate::rules::engine::findings::Occurrence;
use crate::rules::parse::ast::{Expr, ExprKind, Relation};

/// A wider distance than this relates nothing.
const DISTANCE_MAX: u32 = 100;

/// Two things that stand as near as they ever do.
struct Nearest {
    words: u32,
    /// The left one comes first.
    in_order: bool,
    same_sentence: bool,
    same_paragraph: bool,
}

impl<'a> Gaps<'a> {
    /// Ways to bring the sides of a relation together.
    pub(super) fn unrelated(
        &mut self,
        expr: &Expr,
        condition: &'a Condition,
        scope: Scope,
    ) -> Vec<Gap> {
        let (
            ExprKind::Related {
                left: l, right: r, ..
            },
            Condition::Related {
                relation,
                left,
                right,
            },
        ) = (&expr.kind, condition)
        else {
            return Vec::new();
        };
        let lefts = self.spans(left, scope);
        let rights = self.spans(right, scope);
        match (lefts.first(), rights.first()) {
            (Some(there), None) => self.beside(r, there, scope, false),
            (None, Some(there)) => self.beside(l, there, scope, true),
            (None, None) => {
                let (a, b) = (self.wording.words(l), self.wording.words(r));
                let both = a.first().zip(b.first()).map(|(a, b)| format!("{a} {b}"));
                let both = both.and_then(|both| self.adding("adding ", &[both], scope));
                both.into_iter().collect()
            }
            (Some(there), Some(_)) => {
                let mut ways = Vec::new();
                let nearest = self.nearest(left, right, scope);
                ways.extend(relaxed(expr, *relation, (l, r), nearest));
                ways.extend(self.beside(r, there, scope, false));
                ways
            }
        }
    }

    /// Words of a side put next to the other one, behind it or before it.
    fn beside(&mut self, missing: &Expr, there: &Span, scope: Scope, before: bool) -> Vec<Gap> {
        let words = self
            .wording
            .words(missing)
            .into_iter()
            .take(super::WORDS_MAX);
        let at = if before { there.start } else { there.end };
        let side = if before { "before" } else { "behind" };
        // What can stand nowhere in the scope cannot stand beside it either.
        let words = words.filter(|_| scope.spot().is_some());
        words
            .map(|word| Gap {
                says: format!("adding *{word}* {side} \u{201c}{}\u{201d}", there.text),
                edits: vec![Edit {
                    field: there.field,
                    start: at,
                    end: at,
                    text: match before {
                        true => format!("{word} "),
                        false => format!(" {word}"),
                    },
                }],
                rule: None,
            })
            .collect()
    }

    /// The pair of places that stand nearest to each other in one field; `None` where no field has both.
    fn nearest(&self, left: &'a Condition, right: &'a Condition, scope: Scope) -> Option<Nearest> {
        let lefts = self.places(left, scope);
        let rights = self.places(right, scope);
        let pairs = lefts
            .iter()
            .flat_map(|left| rights.iter().map(move |right| (left, right)));
        pairs
            .filter_map(|(left, right)| self.distance(left, right))
            .min_by_key(|nearest| (nearest.words, !nearest.in_order))
    }

    fn distance(&self, left: &Occurrence, right: &Occurrence) -> Option<Nearest> {
        let in_order = left.first <= right.first;
        let (earlier, later) = match in_order {
            true => (left, right),
            false => (right, left),
        };
        let overlap = later.first <= earlier.last;
        if left.field != right.field || overlap {
            return None;
        }
        let field = &self.evaluation.document.fields()[left.field as usize];
        let tokens = &field.analysis.tokens;
        let end = &tokens[earlier.last as usize];
        let start = &tokens[later.first as usize];
        (field.part(end) == field.part(start)).then(|| Nearest {
            words: start.pos.saturating_sub(end.pos).div_ceil(2),
            in_order,
            same_sentence: end.sentence == start.sentence,
            same_paragraph: end.paragraph == start.paragraph,
        })
    }
}

/// The relation made so wide that it holds.
fn relaxed(
    expr: &Expr,
    relation: Relation,
    (left, right): (&Expr, &Expr),
    nearest: Option<Nearest>,
) -> Option<Gap> {
    let Some(nearest) = nearest else {
        return Some(Gap {
            says: format!("they never stand in one field, `{relation}` asked: `and` in its place"),
            edits: Vec::new(),
            rule: Some(RuleChange::of(expr, format!("all({left}, {right})"))),
        });
    };
    let words = nearest.words;
    let near = Relation::Near(words);
    let (told, wider) = match relation {
        Relation::Before(asked) if !nearest.in_order => (
            format!("they stand the other way round, before/{asked} asked"),
            near,
        ),
        Relation::Before(asked) => (
            format!("{words} words apart, before/{asked} asked"),
            Relation::Before(words),
        ),
        Relation::Near(asked) => (format!("{words} words apart, near/{asked} asked"), near),
        Relation::InSentence if nearest.same_paragraph => (
            "in one paragraph, not in one sentence".to_owned(),
            Relation::InParagraph,
        ),
        Relation::InSentence | Relation::InParagraph => (
            format!("{words} words apart, not in one {}", unit(relation)),
            near,
        ),
    };
    let is_same = wider == relation || nearest.same_sentence && relation == Relation::InSentence;
    (words <= DISTANCE_MAX && !is_same).then(|| Gap {
        says: format!("{told}: {wider}"),
        edits: Vec::new(),
        rule: Some(RuleChange::of(expr, format!("({left} {wider} {right})"))),
    })
}

fn unit(relation: Relation) -> &'static str {
    match relation {
        Relation::InSentence => "sentence",
        _ => "paragraph",
    }
}
