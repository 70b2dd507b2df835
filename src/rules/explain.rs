//! Why a watch hits an article or does not: its expression as a tree, each part with what was found.

use serde::Serialize;

use super::document::{Document, Scope};
use super::engine::condition::{Condition, Weights};
use super::engine::evaluate::Evaluation;
use super::engine::findings::Occurrence;
use super::engine::layer::Layer;
use super::parse::ast::{Expr, ExprKind};
use super::parse::parse;
use super::rule_set::{RuleSet, Watch};
use crate::model::Span;

/// Spans that are shown of one part.
const SPANS_MAX: usize = 12;

/// A part of a rule, and what an article says to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedPart {
    /// The part in its normal form; a condition that is made of others only by its name.
    pub part: String,
    /// Whether it holds.
    pub holds: bool,
    /// What it comes to: a sum, a number of places, a language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// Where it stands, with reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
    /// What it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ExplainedPart>,
}

impl RuleSet {
    /// Takes a watch apart for one article; `None` for a watch that there is not.
    #[must_use]
    pub fn explain(&self, watch: &str, document: &Document) -> Option<ExplainedPart> {
        let (layer, watch) = self.layer_of(watch)?;
        let findings = layer.index().find(document);
        let evaluation = Evaluation::new(document, &findings);
        let explaining = Explaining { layer, evaluation };
        Some(explaining.watch(watch))
    }
}

struct Explaining<'a> {
    layer: &'a Layer,
    evaluation: Evaluation<'a>,
}

impl<'a> Explaining<'a> {
    fn watch(&self, watch: &'a Watch) -> ExplainedPart {
        let mut parts: Vec<ExplainedPart> = watch
            .conjuncts
            .iter()
            .filter_map(|conjunct| {
                // It was compiled from this text.
                let expr = parse(&conjunct.written).ok()?;
                Some(self.part(&expr, &conjunct.condition, Scope::ALL))
            })
            .collect();
        match parts.len() {
            1 => parts.remove(0),
            _ => ExplainedPart {
                part: "all".to_owned(),
                holds: parts.iter().all(|part| part.holds),
                says: None,
                spans: Vec::new(),
                parts,
            },
        }
    }

    /// The tree and the condition have the same shape, but where terms were put together.
    fn part(&self, expr: &Expr, condition: &'a Condition, scope: Scope) -> ExplainedPart {
        let holds = self.evaluation.holds(condition, scope);
        let many = |exprs: &[Expr], conditions: &'a [Condition]| -> Vec<ExplainedPart> {
            let pairs = exprs.iter().zip(conditions);
            pairs
                .map(|(expr, condition)| self.part(expr, condition, scope))
                .collect()
        };
        let (part, parts) = match (&expr.kind, condition) {
            (ExprKind::All(exprs), Condition::All(parts)) => ("all".to_owned(), many(exprs, parts)),
            (ExprKind::Any(exprs), Condition::Any(parts)) => ("any".to_owned(), many(exprs, parts)),
            (ExprKind::Several { parts: exprs, .. }, Condition::Several { at_least, parts }) => {
                (format!("{at_least} of"), many(exprs, parts))
            }
            (ExprKind::Not(expr), Condition::Not(inner)) => {
                ("not".to_owned(), vec![self.part(expr, inner, scope)])
            }
            (ExprKind::Within { inner: expr, .. }, Condition::Within { part, inner }) => {
                let inside = self.part(expr, inner, scope.within(*part));
                (part.to_string(), vec![inside])
            }
            (
                ExprKind::Related {
                    left: a, right: b, ..
                },
                Condition::Related {
                    relation,
                    left,
                    right,
                },
            ) => {
                let sides = vec![self.part(a, left, scope), self.part(b, right, scope)];
                (relation.to_string(), sides)
            }
            _ => (expr.to_string(), Vec::new()),
        };
        let is_leaf = parts.is_empty();
        let spans = match is_leaf && holds {
            true => self.spans(condition, scope),
            false => Vec::new(),
        };
        ExplainedPart {
            part,
            holds,
            says: self.says(condition, scope),
            spans,
            parts,
        }
    }

    fn says(&self, condition: &'a Condition, scope: Scope) -> Option<String> {
        let evaluation = &self.evaluation;
        match condition {
            Condition::Score(score, _) => Some(self.sum(score, scope)),
            Condition::Count { inner, .. } => Some(evaluation.count(inner, scope).to_string()),
            Condition::Distinct { inner, .. } => {
                Some(evaluation.distinct(inner, scope).to_string())
            }
            Condition::Fact(test) => Some(test.told(evaluation.document.answers())),
            _ => None,
        }
    }

    /// The score, and what it is the sum of: `3 = talks 1 + summit 2`.
    fn sum(&self, score: &'a Weights, scope: Scope) -> String {
        let evaluation = &self.evaluation;
        let findings = evaluation.findings;
        let found = findings.found_among(&score.terms);
        let mut parts: Vec<(Occurrence, f64)> = found
            .filter_map(|term| Some((evaluation.first_place(term, scope)?, score.weight(term))))
            .collect();
        parts.sort_unstable_by(|(one, _), (other, _)| findings.compare(one, other));
        let told: Vec<String> = parts
            .iter()
            .map(|(place, weight)| {
                format!(
                    "{} {weight}",
                    self.layer.span(evaluation.document, place).text
                )
            })
            .collect();
        let sum = evaluation.score(score, scope);
        match told.is_empty() {
            true => sum.to_string(),
            false => format!("{sum} = {}", told.join(" + ")),
        }
    }

    fn spans(&self, condition: &'a Condition, scope: Scope) -> Vec<Span> {
        let mut places: Vec<Occurrence> = self.evaluation.proof(condition, scope).concat();
        let findings = self.evaluation.findings;
        places.sort_unstable_by(|one, other| findings.compare(one, other));
        places.dedup_by_key(|place| (place.place(), place.term));
        let places = places.iter().take(SPANS_MAX);
        places
            .map(|place| self.layer.span(self.evaluation.document, place))
            .collect()
    }
}
