//! A rule ready to be evaluated, and the step from the syntax tree to it.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::ast::{Expr, ExprKind, Part, Relation};
use super::document::{Clash, Scope};
use super::error::{Mistake, nearest};
use super::pattern::TermId;
use super::term_index::TermIndex;
use crate::text::gazetteer;

/// A condition on a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// Any of these terms, ascending.
    Terms(Box<[TermId]>),
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Related {
        relation: Relation,
        left: Box<Condition>,
        right: Box<Condition>,
    },
    Within {
        part: Part,
        inner: Box<Condition>,
    },
    Count {
        inner: Box<Condition>,
        at_least: u32,
    },
    Score(Score),
}

/// `score($list) >= x`: the sum of the weights of those terms of a list that occur, each counted once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Score {
    /// Ascending.
    pub terms: Box<[TermId]>,
    /// By term.
    pub weights: Box<[f64]>,
    pub at_least: f64,
}

/// The terms of a list with their weights.
pub(super) type ListTerms = Vec<(TermId, f64)>;

impl Condition {
    /// Terms of which at least one must occur for the condition to hold: the fewest there are.
    /// `None` if it can hold without any.
    pub fn required(&self) -> Option<Vec<TermId>> {
        match self {
            Self::Terms(terms) => Some(terms.to_vec()),
            Self::Any(parts) => {
                let groups: Option<Vec<_>> = parts.iter().map(Self::required).collect();
                groups.map(|groups| groups.concat())
            }
            Self::All(parts) => parts.iter().filter_map(Self::required).min_by_key(Vec::len),
            Self::Not(_) => None,
            Self::Related { left, right, .. } => {
                let sides = [left.required(), right.required()];
                sides.into_iter().flatten().min_by_key(Vec::len)
            }
            Self::Within { inner, .. } | Self::Count { inner, .. } => inner.required(),
            Self::Score(score) => Some(score.positive().collect()),
        }
    }

    /// How many things must come together for the condition to hold.
    pub fn demands(&self) -> usize {
        match self {
            Self::Terms(_) | Self::Score(_) => 1,
            Self::Any(parts) => parts.iter().map(Self::demands).min().unwrap_or(0),
            Self::All(parts) => parts.iter().map(Self::demands).sum(),
            Self::Not(_) => 0,
            Self::Related { left, right, .. } => left.demands() + right.demands(),
            Self::Within { inner, .. } | Self::Count { inner, .. } => inner.demands(),
        }
    }
}

impl Score {
    /// Terms that add to the score.
    pub fn positive(&self) -> impl Iterator<Item = TermId> {
        let pairs = self.terms.iter().zip(&self.weights);
        pairs
            .filter(|(_, weight)| **weight > 0.0)
            .map(|(term, _)| *term)
    }

    pub fn weight(&self, term: TermId) -> f64 {
        let at = self.terms.binary_search(&term).ok();
        at.map_or(0.0, |at| self.weights[at])
    }
}

/// Looks up what an expression names.
pub(super) struct Lowering<'a> {
    pub index: &'a mut TermIndex,
    pub lists: &'a FxHashMap<String, ListTerms>,
}

impl Lowering<'_> {
    /// The condition that `expr` stands for.
    pub fn rule(&mut self, expr: &Expr) -> Result<Condition, Mistake> {
        let condition = self.lower(expr, Scope::ALL)?;
        if condition.required().is_some() {
            return Ok(condition);
        }
        Err(
            Mistake::new(expr.at.clone(), "nothing in this rule must be present").help(
                "it would be true for nearly every article; add a thing to look for: \"...\" and not ...",
            ),
        )
    }

    fn lower(&mut self, expr: &Expr, scope: Scope) -> Result<Condition, Mistake> {
        let at = || expr.at.clone();
        Ok(match &expr.kind {
            ExprKind::Term(term) => match self.index.add_term(term) {
                Some(id) => Condition::Terms(Box::new([id])),
                None => {
                    return Err(
                        Mistake::new(at(), format!("{term} has no word to look for"))
                            .help("only words are looked for, not signs"),
                    );
                }
            },
            ExprKind::List(name) => {
                let terms = self.list(name, at())?;
                // A term that only lowers a score is no reason to hit.
                let raising = terms.iter().filter(|(_, weight)| *weight > 0.0);
                Condition::Terms(raising.map(|(term, _)| *term).collect())
            }
            ExprKind::Country(code) => {
                check_country(code, at())?;
                Condition::Terms(Box::new([self.index.add_country(code)]))
            }
            ExprKind::All(parts) => Condition::All(self.lower_all(parts, scope)?),
            ExprKind::Any(parts) => any_of(self.lower_all(parts, scope)?),
            ExprKind::Not(inner) => Condition::Not(Box::new(self.lower(inner, scope)?)),
            ExprKind::Related {
                relation,
                left,
                right,
            } => Condition::Related {
                relation: *relation,
                left: Box::new(self.lower(left, scope)?),
                right: Box::new(self.lower(right, scope)?),
            },
            ExprKind::Within { part, inner } => {
                let scope = scope.within(*part);
                if let Some(clash) = scope.clash() {
                    return Err(nowhere(clash, at()));
                }
                let inner = Box::new(self.lower(inner, scope)?);
                Condition::Within { part: *part, inner }
            }
            ExprKind::Count { inner, at_least } => Condition::Count {
                inner: Box::new(self.lower(inner, scope)?),
                at_least: *at_least,
            },
            ExprKind::Score { list, at_least } => self.score(list, *at_least, at())?,
        })
    }

    fn lower_all(&mut self, parts: &[Expr], scope: Scope) -> Result<Vec<Condition>, Mistake> {
        parts.iter().map(|part| self.lower(part, scope)).collect()
    }

    fn list(&self, name: &str, at: Range<usize>) -> Result<&ListTerms, Mistake> {
        if let Some(terms) = self.lists.get(name) {
            if terms.iter().all(|(_, weight)| *weight <= 0.0) {
                let message = format!("the list `{name}` has no terms that could be found");
                return Err(Mistake::new(at, message).help("add any = [\"...\"] to it"));
            }
            return Ok(terms);
        }
        let help = match nearest(name, self.lists.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `${near}`?"),
            None => format!("add [list.{name}] with any = [\"...\"]"),
        };
        Err(Mistake::new(at, format!("there is no list `{name}`")).help(help))
    }

    fn score(&self, list: &str, at_least: f64, at: Range<usize>) -> Result<Condition, Mistake> {
        let terms = self.list(list, at.clone())?;
        let score = Score {
            terms: terms.iter().map(|(term, _)| *term).collect(),
            weights: terms.iter().map(|(_, weight)| *weight).collect(),
            at_least,
        };
        let highest: f64 = score.weights.iter().filter(|weight| **weight > 0.0).sum();
        if highest < at_least {
            return Err(Mistake::new(
                at,
                format!("this can never be true: the highest score of `${list}` is {highest}"),
            )
            .help("lower the number, or give terms a higher weight"));
        }
        Ok(Condition::Score(score))
    }
}

/// What to say of functions within each other that leave nothing to look at.
fn nowhere(clash: Clash, at: Range<usize>) -> Mistake {
    match clash {
        Clash::Fields => Mistake::new(at, "nothing stands in the title and in the body at once")
            .help("take one of the two functions out"),
        Clash::Stories => Mistake::new(
            at,
            "nothing stands in the first story of a page and in a later one at once",
        )
        .help("titles, lead(...) and first(n, ...) belong to the first story: take one of the two functions out"),
    }
}

/// One group of terms where every alternative is a group of terms.
fn any_of(parts: Vec<Condition>) -> Condition {
    let mut merged = Vec::new();
    for part in &parts {
        match part {
            Condition::Terms(terms) => merged.extend_from_slice(terms),
            _ => return Condition::Any(parts),
        }
    }
    merged.sort_unstable();
    merged.dedup();
    Condition::Terms(merged.into())
}

fn check_country(code: &str, at: Range<usize>) -> Result<(), Mistake> {
    if gazetteer::codes().any(|known| known == code) {
        return Ok(());
    }
    let upper = code.to_uppercase();
    if gazetteer::codes().any(|known| known == upper) {
        return Err(
            Mistake::new(at, "codes of countries are written in capitals")
                .help(format!("write `country:{upper}`")),
        );
    }
    let message = format!("`{code}` is not the code of a country");
    let help = match gazetteer::code_of(&code.replace(['-', '_'], " ")) {
        Some(meant) => format!("{code} is `country:{meant}`"),
        None => "codes are those of ISO 3166: country:CN, country:RU".to_owned(),
    };
    Err(Mistake::new(at, message).help(help))
}
