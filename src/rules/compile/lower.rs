//! The step from the syntax tree to what can be evaluated: looks up what an expression names.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::names::Names;
use crate::rules::document::{Clash, Scope};
use crate::rules::engine::condition::{Condition, Weights};
use crate::rules::engine::pattern::TermId;
use crate::rules::engine::term_index::TermIndex;
use crate::rules::error::Mistake;
use crate::rules::parse::ast::{Expr, ExprKind};

/// Looks up what expressions name.
#[derive(Debug, Default)]
pub(super) struct Lowering {
    pub index: TermIndex,
    pub names: Names,
    /// Lists that were named.
    lists: FxHashMap<String, Arc<Weights>>,
    /// Persons and organisations whose contexts are being looked up.
    pub(super) contexts: Vec<String>,
}

impl Lowering {
    pub fn new(names: Names) -> Self {
        Self {
            names,
            ..Self::default()
        }
    }

    /// The condition that `expr` stands for.
    pub fn rule(&mut self, expr: &Expr) -> Result<Condition, Mistake> {
        let condition = self.lower(expr, Scope::ALL)?;
        if condition.required(&|_| 1).is_some() {
            return Ok(condition);
        }
        Err(
            Mistake::new(expr.at.clone(), "nothing in this rule must be present").help(
                "it would be true for nearly every article; add a thing to look for: \"...\" and not ...",
            ),
        )
    }

    pub(super) fn lower(&mut self, expr: &Expr, scope: Scope) -> Result<Condition, Mistake> {
        let at = || expr.at.clone();
        Ok(match &expr.kind {
            ExprKind::Term(term) => match self.index.add_term(term) {
                Some(id) => Condition::Terms([id].into()),
                None => {
                    return Err(
                        Mistake::new(at(), format!("{term} has no word to look for"))
                            .help("only words are looked for, not signs"),
                    );
                }
            },
            ExprKind::List(name) => {
                // A term that only lowers a score is no reason to hit.
                Condition::Terms(Arc::clone(&self.list(name, at())?.positive))
            }
            ExprKind::Entity(entity) => self.entity(entity, at())?,
            ExprKind::All(parts) => {
                contradiction(parts)?;
                Condition::All(self.lower_all(parts, scope)?)
            }
            ExprKind::Any(parts) => any_of(self.lower_all(parts, scope)?),
            ExprKind::Several { at_least, parts } => Condition::Several {
                at_least: *at_least,
                parts: self.lower_all(parts, scope)?,
            },
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
                no_facts(inner)?;
                let inner = Box::new(self.lower(inner, scope)?);
                Condition::Within { part: *part, inner }
            }
            ExprKind::Count { inner, at_least } => Condition::Count {
                inner: Box::new(self.lower(inner, scope)?),
                at_least: *at_least,
            },
            ExprKind::Distinct { inner, at_least } => {
                let inner = self.lower(inner, scope)?;
                distinct(inner, *at_least, at())?
            }
            ExprKind::Score { list, at_least } => self.score(list, *at_least, at())?,
            ExprKind::Fact(test) => Condition::Fact(test.clone()),
        })
    }

    fn lower_all(&mut self, parts: &[Expr], scope: Scope) -> Result<Vec<Condition>, Mistake> {
        parts.iter().map(|part| self.lower(part, scope)).collect()
    }

    fn list(&mut self, name: &str, at: Range<usize>) -> Result<Arc<Weights>, Mistake> {
        if let Some(terms) = self.lists.get(name) {
            return Ok(Arc::clone(terms));
        }
        let Some(list) = self.names.list(name) else {
            return Err(self.no_list(name, at));
        };
        if list.terms.iter().all(|(_, weight)| *weight <= 0.0) {
            let message = format!("the list `{name}` has no terms that could be found");
            return Err(Mistake::new(at, message).help("add any = [\"...\"] to it"));
        }
        let terms = list.terms.iter();
        let mut terms: Vec<(TermId, f64)> = terms
            .filter_map(|(term, weight)| Some((self.index.add_term(term)?, *weight)))
            .collect();
        terms.sort_unstable_by_key(|(term, _)| *term);
        let weights = Arc::new(Weights::new(&terms));
        self.lists.insert(name.to_owned(), Arc::clone(&weights));
        Ok(weights)
    }

    /// What to say of a list that there is not.
    pub(super) fn no_list(&self, name: &str, at: Range<usize>) -> Mistake {
        let help = match self.names.nearest_list(name) {
            Some(near) => format!("did you mean `${near}`?"),
            None => format!("add [list.{name}] with any = [\"...\"]"),
        };
        Mistake::new(at, format!("there is no list `{name}`")).help(help)
    }

    fn score(&mut self, list: &str, at_least: f64, at: Range<usize>) -> Result<Condition, Mistake> {
        let weights = self.list(list, at.clone())?;
        let highest: f64 = weights.weights.iter().filter(|weight| **weight > 0.0).sum();
        if highest < at_least {
            return Err(Mistake::new(
                at,
                format!("this can never be true: the highest score of `${list}` is {highest}"),
            )
            .help("lower the number, or give terms a higher weight"));
        }
        Ok(Condition::Score(weights, at_least))
    }
}

fn distinct(inner: Condition, at_least: u32, at: Range<usize>) -> Result<Condition, Mistake> {
    let mut terms = Vec::new();
    inner.terms(&mut terms);
    terms.sort_unstable();
    terms.dedup();
    if terms.len() < at_least as usize {
        let highest = terms.len();
        let message = match highest {
            1 => "this can never be true: all of it is one term".to_owned(),
            _ => format!("this can never be true: there are only {highest} different terms"),
        };
        let help = match highest {
            1 => {
                "a country or a person is one term however it is written; count(...) counts places"
            }
            _ => "lower the number, or add terms",
        };
        return Err(Mistake::new(at, message).help(help));
    }
    let inner = Box::new(inner);
    Ok(Condition::Distinct { inner, at_least })
}

/// Looks for a part of an `and` that another part excludes.
fn contradiction(parts: &[Expr]) -> Result<(), Mistake> {
    let excluded = parts.iter().filter_map(|part| match &part.kind {
        ExprKind::Not(inner) => Some((part, inner)),
        _ => None,
    });
    for (part, inner) in excluded {
        let written = inner.to_string();
        if parts.iter().any(|other| other.to_string() == written) {
            return Err(Mistake::new(
                part.at.clone(),
                format!("this can never be true: {written} is asked for and excluded"),
            )
            .help("take one of the two out"));
        }
    }
    Ok(())
}

/// What is asked of the whole article is not asked of a part of it.
fn no_facts(inner: &Expr) -> Result<(), Mistake> {
    let mut found = None;
    inner.walk(&mut |part| {
        if let ExprKind::Fact(test) = &part.kind {
            found.get_or_insert((part.at.clone(), test));
        }
    });
    match found {
        Some((at, test)) => Err(Mistake::new(
            at,
            format!("`{test}` is asked of the whole article, not of a part of it"),
        )
        .help(format!("take it out of the brackets: ... and {test}"))),
        None => Ok(()),
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
pub(super) fn any_of(parts: Vec<Condition>) -> Condition {
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
