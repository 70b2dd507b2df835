//! Whether one expression holds whenever another does, as far as their shape tells. It may miss an implication, but
//! never finds one that there is not.

use std::collections::BTreeSet;

use crate::rules::compile::Names;
use crate::rules::parse::ast::{Expr, ExprKind, Likeness, Part, Relation};

/// What expressions mean; lists are looked into.
pub(super) struct Meaning {
    names: Names,
}

impl Meaning {
    pub fn new(names: Names) -> Self {
        Self { names }
    }

    /// One spelling for all ways to write the same: parts of `and` and `or` sorted, each once; lists by their terms.
    pub fn normal(&mut self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::List(name) => match self.names.list(name) {
                Some(list) => format!("any of\n{}", list.text()),
                None => expr.to_string(),
            },
            ExprKind::Score { list, at_least } => match self.names.list(list) {
                Some(list) => format!("score {at_least} of\n{}", list.text()),
                None => expr.to_string(),
            },
            ExprKind::All(_) => self.several("all", expr),
            ExprKind::Any(_) => self.several("any", expr),
            ExprKind::Several { at_least, parts } => {
                let mut parts: Vec<String> = parts.iter().map(|part| self.normal(part)).collect();
                parts.sort_unstable();
                format!("{at_least} of ({})", parts.join(", "))
            }
            ExprKind::Not(inner) => format!("not({})", self.normal(inner)),
            ExprKind::Within { part, inner } => format!("{part}({})", self.normal(inner)),
            ExprKind::Count { inner, at_least } => {
                format!("count({}) {at_least}", self.normal(inner))
            }
            ExprKind::Distinct { inner, at_least } => {
                format!("distinct({}) {at_least}", self.normal(inner))
            }
            ExprKind::Related {
                relation,
                left,
                right,
            } => {
                let mut sides = [self.normal(left), self.normal(right)];
                // The order counts for `before` only.
                if !matches!(relation, Relation::Before(_)) {
                    sides.sort_unstable();
                }
                format!("({} {relation} {})", sides[0], sides[1])
            }
            ExprKind::Term(_) | ExprKind::Entity(_) | ExprKind::Fact(_) => expr.to_string(),
        }
    }

    fn several(&mut self, word: &str, expr: &Expr) -> String {
        let mut flat = Vec::new();
        flatten(expr, word == "all", &mut flat);
        let parts: BTreeSet<String> = flat.into_iter().map(|part| self.normal(part)).collect();
        let parts: Vec<String> = parts.into_iter().collect();
        match parts.as_slice() {
            [one] => one.clone(),
            _ => format!("{word}({})", parts.join(", ")),
        }
    }

    /// Whether `wide` holds whenever `narrow` does.
    pub fn implies(&mut self, narrow: &Expr, wide: &Expr) -> bool {
        if self.normal(narrow) == self.normal(wide) {
            return true;
        }
        match (&narrow.kind, &wide.kind) {
            (_, ExprKind::All(parts)) => parts.iter().all(|part| self.implies(narrow, part)),
            (ExprKind::Any(parts), _) => parts.iter().all(|part| self.implies(part, wide)),
            (ExprKind::Not(a), ExprKind::Not(b)) => self.implies(b, a),
            (_, ExprKind::Any(parts)) if parts.iter().any(|part| self.implies(narrow, part)) => {
                true
            }
            (ExprKind::All(parts), _) => parts.iter().any(|part| self.implies(part, wide)),
            (
                ExprKind::Within { part: a, inner },
                ExprKind::Within {
                    part: b,
                    inner: wide,
                },
            ) => {
                let is_narrower = a == b || (lies_within(*a, *b) && is_positive(wide));
                is_narrower && self.implies(inner, wide)
            }
            // Within a part of the article less is found: only what asks for presence is implied by it.
            (ExprKind::Within { inner, .. }, _) => is_positive(wide) && self.implies(inner, wide),
            (
                ExprKind::Related {
                    relation: a,
                    left,
                    right,
                },
                ExprKind::Related {
                    relation: b,
                    left: wide_left,
                    right: wide_right,
                },
            ) => {
                let same = self.implies(left, wide_left) && self.implies(right, wide_right);
                let turned = !matches!(b, Relation::Before(_))
                    && self.implies(left, wide_right)
                    && self.implies(right, wide_left);
                is_nearer(*a, *b) && (same || turned)
            }
            (ExprKind::Related { left, right, .. }, _) => {
                self.implies(left, wide) || self.implies(right, wide)
            }
            (
                ExprKind::Count { inner, at_least },
                ExprKind::Count {
                    inner: wide,
                    at_least: least,
                },
            ) => at_least >= least && self.implies(inner, wide),
            (
                ExprKind::Distinct { inner, at_least },
                ExprKind::Distinct {
                    inner: wide,
                    at_least: least,
                },
            ) => at_least >= least && self.normal(inner) == self.normal(wide),
            (ExprKind::Count { inner, .. } | ExprKind::Distinct { inner, .. }, _) => {
                self.implies(inner, wide)
            }
            (
                ExprKind::Score { list, at_least },
                ExprKind::Score {
                    list: wide,
                    at_least: least,
                },
            ) => list == wide && at_least >= least,
            (ExprKind::Score { list, at_least }, ExprKind::List(wide)) if *at_least > 0.0 => {
                self.is_part_of(list, wide)
            }
            (ExprKind::List(list), ExprKind::List(wide)) => self.is_part_of(list, wide),
            (ExprKind::Term(term), ExprKind::List(list)) => {
                let found = self.names.list(list);
                found.is_some_and(|list| {
                    let mut terms = list.terms.iter().filter(|(_, weight)| *weight > 0.0);
                    terms.any(|(known, _)| known == term)
                })
            }
            // Every other likeness of a word is stricter than its stem.
            (ExprKind::Term(a), ExprKind::Term(b)) => {
                b.likeness == Likeness::Stem
                    && matches!(a.likeness, Likeness::Exact | Likeness::Cased)
                    && a.text == b.text
            }
            _ => false,
        }
    }

    /// Whether every term of a list is one of another.
    fn is_part_of(&mut self, list: &str, wide: &str) -> bool {
        let (Some(list), Some(wide)) = (self.names.list(list), self.names.list(wide)) else {
            return false;
        };
        let positive = |(term, weight)| (weight > 0.0).then_some(term);
        let wide: Vec<_> = wide
            .terms
            .iter()
            .map(|(t, w)| (t, *w))
            .filter_map(positive)
            .collect();
        let mut terms = list.terms.iter().map(|(t, w)| (t, *w)).filter_map(positive);
        terms.all(|term| wide.contains(&term))
    }
}

/// Whether it only asks that something is there.
fn is_positive(expr: &Expr) -> bool {
    let mut positive = true;
    expr.walk(&mut |part| {
        positive &= !matches!(
            part.kind,
            ExprKind::Not(_) | ExprKind::Fact(_) | ExprKind::Score { .. } | ExprKind::Within { .. }
        );
    });
    positive
}

fn flatten<'e>(expr: &'e Expr, all: bool, flat: &mut Vec<&'e Expr>) {
    match &expr.kind {
        ExprKind::All(parts) if all => parts.iter().for_each(|part| flatten(part, all, flat)),
        ExprKind::Any(parts) if !all => parts.iter().for_each(|part| flatten(part, all, flat)),
        _ => flat.push(expr),
    }
}

fn lies_within(narrow: Part, wide: Part) -> bool {
    match (narrow, wide) {
        _ if narrow == wide => true,
        (Part::First(a), Part::First(b)) => a <= b,
        (Part::Title, Part::First(_) | Part::Main) | (Part::First(_) | Part::Lead, Part::Main) => {
            true
        }
        (Part::Lead | Part::Later, Part::Body) => true,
        _ => false,
    }
}

fn is_nearer(narrow: Relation, wide: Relation) -> bool {
    match (narrow, wide) {
        (Relation::Near(a) | Relation::Before(a), Relation::Near(b)) => a <= b,
        (Relation::Before(a), Relation::Before(b)) => a <= b,
        (Relation::InSentence, Relation::InParagraph) => true,
        _ => narrow == wide,
    }
}
