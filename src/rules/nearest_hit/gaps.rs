//! What is missing for a condition to hold, part by part.

use std::ops::Range;

use super::Edit;
use super::wording::Wording;
use crate::model::{Field, Span};
use crate::rules::document::{Scope, Spot};
use crate::rules::engine::condition::{Condition, Weights};
use crate::rules::engine::evaluate::Evaluation;
use crate::rules::engine::findings::Occurrence;
use crate::rules::engine::layer::Layer;
use crate::rules::parse::ast::{Expr, ExprKind};

mod relation;

/// Ways that are followed of one part.
const WAYS_MAX: usize = 6;
/// Words of a list that are proposed: people know the rest.
const WORDS_MAX: usize = 2;
/// Words of a list that are put together for a score.
const TOGETHER_MAX: usize = 6;

/// One way to meet a condition.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    pub says: String,
    pub edits: Vec<Edit>,
    pub rule: Option<RuleChange>,
}

/// Another text for a part of a rule.
#[derive(Debug, Clone)]
pub(super) struct RuleChange {
    pub conjunct: usize,
    pub at: Range<usize>,
    pub text: String,
}

impl RuleChange {
    /// A text in place of a part; the conjunct is filled in by who knows it.
    fn of(part: &Expr, text: String) -> Self {
        Self {
            conjunct: 0,
            at: part.at.clone(),
            text,
        }
    }

    /// The text of the conjunct with the change.
    pub fn applied_to(&self, written: &str) -> String {
        let mut changed = written.to_owned();
        if written.get(self.at.clone()).is_some() {
            changed.replace_range(self.at.clone(), &self.text);
        }
        changed
    }
}

/// All gaps of one rule in one article.
pub(super) struct Gaps<'a> {
    pub layer: &'a Layer,
    pub evaluation: Evaluation<'a>,
    pub wording: &'a mut Wording,
}

/// The first way of each, all at once; `None` where one has none that changes the article.
pub(super) fn together(parts: Vec<Vec<Gap>>) -> Option<Gap> {
    let mut whole: Option<Gap> = None;
    for part in parts {
        let gap = part.into_iter().find(|gap| !gap.edits.is_empty())?;
        match &mut whole {
            None => whole = Some(gap),
            Some(whole) => {
                whole.says.push_str(&format!(", and {}", gap.says));
                whole.edits.extend(gap.edits);
            }
        }
    }
    whole
}

impl<'a> Gaps<'a> {
    /// Ways to meet a condition that does not hold, the smallest first.
    pub fn of(&mut self, expr: &Expr, condition: &'a Condition, scope: Scope) -> Vec<Gap> {
        match (&expr.kind, condition) {
            (ExprKind::All(exprs), Condition::All(parts)) => {
                let failed = self.failed(exprs, parts, scope);
                match <[_; 1]>::try_from(failed) {
                    Ok([one]) => one,
                    Err(failed) => together(failed).into_iter().collect(),
                }
            }
            (ExprKind::Any(exprs), Condition::Any(parts)) => {
                let mut ways = self.failed(exprs, parts, scope);
                // The first of each before the second of any.
                ways.iter_mut().for_each(|ways| ways.truncate(2));
                ways.into_iter().flatten().take(WAYS_MAX).collect()
            }
            (ExprKind::Several { parts: exprs, .. }, Condition::Several { at_least, parts }) => {
                let mut failed = self.failed(exprs, parts, scope);
                let held = parts.len() - failed.len();
                let missing = (*at_least as usize).saturating_sub(held);
                failed.retain(|ways| ways.iter().any(|way| !way.edits.is_empty()));
                if failed.len() < missing {
                    return Vec::new();
                }
                failed.truncate(missing);
                let mut gap: Vec<Gap> = together(failed).into_iter().collect();
                for gap in &mut gap {
                    gap.says = format!("{held} of {at_least} hold: {}", gap.says);
                }
                gap
            }
            (ExprKind::Not(_), Condition::Not(inner)) => self.excluded(inner, scope),
            (ExprKind::Within { inner: inside, .. }, Condition::Within { part, inner }) => {
                let mut ways = self.of(inside, inner, scope.within(*part));
                if self.evaluation.holds(inner, scope) {
                    let spans = self.spans(inner, scope);
                    let stands = spans.first().map_or_else(String::new, |span| {
                        format!(
                            "\u{201c}{}\u{201d} stands in the {}",
                            span.text,
                            span.field.name()
                        )
                    });
                    ways.push(Gap {
                        says: format!("{stands}, not in {part}(...): the rule without {part}(...)"),
                        edits: Vec::new(),
                        rule: Some(RuleChange::of(expr, inside.to_string())),
                    });
                }
                ways.truncate(WAYS_MAX);
                ways
            }
            (ExprKind::Related { .. }, Condition::Related { .. }) => {
                self.unrelated(expr, condition, scope)
            }
            (ExprKind::Count { inner: expr, .. }, Condition::Count { inner, at_least }) => {
                let found = self.evaluation.count(inner, scope);
                let missing = (*at_least as usize).saturating_sub(found);
                let told = format!("at {found} of {at_least} places: adding ");
                let words = self.found_first(expr, inner, scope);
                let ways = words.into_iter().take(WORDS_MAX);
                ways.filter_map(|word| self.adding(&told, &vec![word; missing], scope))
                    .collect()
            }
            (ExprKind::Distinct { inner: expr, .. }, Condition::Distinct { inner, at_least }) => {
                let found = self.evaluation.distinct(inner, scope);
                let missing = (*at_least as usize).saturating_sub(found);
                let told = format!("{found} of {at_least} different terms: adding ");
                let words = self.wording.words(expr);
                let words = unfound(words, &self.spans(inner, scope));
                let ways: Vec<Vec<String>> =
                    words.chunks(missing.max(1)).map(<[_]>::to_vec).collect();
                let ways = ways.into_iter().filter(|way| way.len() == missing);
                ways.take(WORDS_MAX)
                    .filter_map(|way| self.adding(&told, &way, scope))
                    .collect()
            }
            (ExprKind::Score { list, .. }, Condition::Score(score, at_least)) => {
                self.score(expr, list, (score, *at_least), scope)
            }
            (ExprKind::Fact(test), _) => vec![Gap {
                says: format!(
                    "`{test}` is asked, it is {}",
                    test.told(self.evaluation.document.answers())
                ),
                edits: Vec::new(),
                rule: None,
            }],
            _ => self.missing_words(expr, condition, scope),
        }
    }

    /// The ways of every part that does not hold.
    fn failed(&mut self, exprs: &[Expr], parts: &'a [Condition], scope: Scope) -> Vec<Vec<Gap>> {
        let mut failed = Vec::new();
        for (expr, part) in exprs.iter().zip(parts) {
            if !self.evaluation.holds(part, scope) {
                failed.push(self.of(expr, part, scope));
            }
        }
        failed
    }

    /// A term, a list, an entity: any of its words.
    fn missing_words(&mut self, expr: &Expr, condition: &'a Condition, scope: Scope) -> Vec<Gap> {
        let words = self.wording.words(expr).into_iter().take(WORDS_MAX);
        let mut ways: Vec<Gap> = words
            .filter_map(|word| self.adding("adding ", &[word], scope))
            .collect();
        if let Condition::Anchored { inner, words, .. } = condition
            && self.evaluation.holds(inner, scope)
        {
            ways.insert(
                0,
                Gap {
                    says: format!("its name stands there, its context not within {words} words"),
                    edits: Vec::new(),
                    rule: None,
                },
            );
        }
        ways
    }

    /// What a `not` asks to be absent.
    fn excluded(&self, inner: &'a Condition, scope: Scope) -> Vec<Gap> {
        let spans = self.spans(inner, scope);
        if spans.is_empty() {
            return Vec::new();
        }
        let mut told: Vec<String> = spans
            .iter()
            .map(|span| format!("\u{201c}{}\u{201d} ({})", span.text, span.field.name()))
            .collect();
        told.dedup();
        let edits = spans.iter().map(|span| Edit {
            field: span.field,
            start: span.start,
            end: span.end,
            text: String::new(),
        });
        vec![Gap {
            says: format!("excluded: the article without {}", told.join(", ")),
            edits: edits.collect(),
            rule: None,
        }]
    }

    fn score(
        &mut self,
        expr: &Expr,
        list: &str,
        (score, at_least): (&'a Weights, f64),
        scope: Scope,
    ) -> Vec<Gap> {
        let reached = self.evaluation.score(score, scope);
        let missing = at_least - reached;
        let told = format!(
            "score {reached} of {}: one more of ${list}, e.g. adding ",
            at_least
        );
        let words = self.wording.weighted(list);
        let found = self.evaluation.findings.found_among(&score.positive);
        let places = found.filter_map(|term| self.evaluation.first_place(term, scope));
        let spans: Vec<Span> = places.map(|place| self.span(&place)).collect();
        let names: Vec<String> = words.iter().map(|(word, _)| word.clone()).collect();
        let unfound = unfound(names, &spans);
        let words: Vec<(String, f64)> = words
            .into_iter()
            .filter(|(word, _)| unfound.contains(word))
            .collect();
        let mut ways: Vec<Gap> = words
            .iter()
            .filter(|(_, weight)| *weight >= missing)
            .take(WORDS_MAX)
            .filter_map(|(word, _)| self.adding(&told, std::slice::from_ref(word), scope))
            .collect();
        if ways.is_empty() {
            let told = format!(
                "score {reached} of {}: more of ${list}, e.g. adding ",
                at_least
            );
            let (mut sum, mut some) = (0.0, Vec::new());
            for (word, weight) in &words {
                if sum < missing && some.len() < TOGETHER_MAX {
                    sum += weight;
                    some.push(word.clone());
                }
            }
            ways.extend(self.adding(&told, &some, scope).filter(|_| sum >= missing));
        }
        if reached > 0.0 {
            ways.push(Gap {
                says: format!(
                    "score {reached} of {}: score(${list}) >= {reached}",
                    at_least
                ),
                edits: Vec::new(),
                rule: Some(RuleChange::of(expr, format!("score(${list}) >= {reached}"))),
            });
        }
        ways
    }

    /// Words for what is there already, so that it stands once more; else any.
    fn found_first(&mut self, expr: &Expr, inner: &'a Condition, scope: Scope) -> Vec<String> {
        let spans = self.spans(inner, scope).into_iter();
        let mut words: Vec<String> = spans.map(|span| span.text).take(1).collect();
        words.extend(self.wording.words(expr));
        words
    }

    /// Words put into the article, where the scope looks.
    fn adding(&self, told: &str, words: &[String], scope: Scope) -> Option<Gap> {
        let fields = self.evaluation.document.fields();
        let end_of = |field| {
            fields
                .iter()
                .find(|f| f.field == field)
                .map(|f| f.text.len())
        };
        let joined = words.join(". ");
        let (field, at, text) = match scope.spot()? {
            Spot::BodyEnd if end_of(Field::Body).is_some() => {
                (Field::Body, end_of(Field::Body)?, format!("\n{joined}."))
            }
            Spot::BodyStart => (Field::Body, 0, format!("{joined}. ")),
            Spot::BodyEnd | Spot::TitleEnd => (
                Field::Title,
                end_of(Field::Title).unwrap_or(0),
                format!(" {joined}"),
            ),
        };
        let marked: Vec<String> = words.iter().map(|word| format!("*{word}*")).collect();
        let place = match scope == Scope::ALL {
            true => "",
            false if field == Field::Title => " to the title",
            false => " to the beginning of the body",
        };
        (!words.is_empty()).then(|| Gap {
            says: format!("{told}{}{place}", marked.join(", ")),
            edits: vec![Edit {
                field,
                start: at,
                end: at,
                text,
            }],
            rule: None,
        })
    }

    /// Where a condition stands, in text order.
    fn spans(&self, condition: &'a Condition, scope: Scope) -> Vec<Span> {
        let mut places = self.places(condition, scope);
        let findings = self.evaluation.findings;
        places.sort_unstable_by(|one, other| findings.compare(one, other));
        places.dedup_by_key(|place| place.place());
        places.iter().map(|place| self.span(place)).collect()
    }

    fn span(&self, place: &Occurrence) -> Span {
        self.layer.span(self.evaluation.document, place)
    }

    fn places(&self, condition: &'a Condition, scope: Scope) -> Vec<Occurrence> {
        self.evaluation.proof(condition, scope).concat()
    }
}

/// Those of some words that are not in the article.
fn unfound(words: Vec<String>, spans: &[Span]) -> Vec<String> {
    let found: Vec<String> = spans
        .iter()
        .flat_map(|span| [crate::text::fold(&span.text), crate::text::fold(&span.why)])
        .collect();
    let mut words = words;
    words.retain(|word| {
        let word = crate::text::fold(word);
        !found
            .iter()
            .any(|found| *found == word || found.contains(&format!("\"{word}")))
    });
    words
}
