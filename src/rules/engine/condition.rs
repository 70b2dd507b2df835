//! A rule ready to be evaluated.

use std::sync::Arc;

use super::pattern::TermId;
use crate::rules::facts::FactTest;
use crate::rules::parse::ast::{Part, Relation};

/// How many words a term stands for.
pub(in crate::rules) type Breadth<'b> = &'b dyn Fn(TermId) -> usize;

/// Terms of which one must occur, ascending; rules that name the same list share them.
pub(in crate::rules) type Group = Arc<[TermId]>;

/// How many words a group of terms stands for.
fn width(group: &[TermId], breadth: Breadth<'_>) -> usize {
    group.iter().map(|term| breadth(*term)).sum()
}

/// A condition on a document.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) enum Condition {
    /// Any of these terms.
    Terms(Group),
    Any(Vec<Condition>),
    All(Vec<Condition>),
    /// So many of these.
    Several {
        at_least: u32,
        parts: Vec<Condition>,
    },
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
    /// So many different terms.
    Distinct {
        inner: Box<Condition>,
        at_least: u32,
    },
    Score(Arc<Weights>, f64),
    /// What stands within so many words of its context: a name that others bear too.
    Anchored {
        inner: Box<Condition>,
        context: Box<Condition>,
        words: u32,
    },
    Fact(FactTest),
}

/// What `score($list)` adds up: the weights of those terms of a list that occur, each counted once.
#[derive(Debug, PartialEq)]
pub(in crate::rules) struct Weights {
    /// Ascending.
    pub terms: Box<[TermId]>,
    /// By term.
    pub weights: Box<[f64]>,
    /// Those that add to the score.
    pub positive: Group,
}

impl Condition {
    /// The lowest score that it asks for, where it may be asked for at all.
    pub fn threshold(&self) -> Option<f64> {
        match self {
            Self::Score(_, at_least) => Some(*at_least),
            Self::Any(parts) | Self::All(parts) | Self::Several { parts, .. } => {
                let thresholds = parts.iter().filter_map(Self::threshold);
                thresholds.min_by(f64::total_cmp)
            }
            Self::Within { inner, .. } => inner.threshold(),
            _ => None,
        }
    }

    /// Adds groups of terms, of each of which one must occur for the condition to hold. None if it can hold
    /// without any.
    pub fn requirements(&self, breadth: Breadth<'_>, groups: &mut Vec<Group>) {
        match self {
            Self::Terms(terms) => groups.push(Arc::clone(terms)),
            Self::Any(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| part.required(breadth)).collect();
                groups.extend(one_of_all(parts));
            }
            Self::All(parts) => {
                for part in parts {
                    part.requirements(breadth, groups);
                }
            }
            Self::Several { at_least, parts } => {
                // All but so many may be missing: one of the others is there.
                let mut needed: Vec<_> = parts.iter().map(|part| part.required(breadth)).collect();
                let width = |group: &Option<Group>| {
                    let group = group.as_ref();
                    group.map_or(usize::MAX, |group| width(group, breadth))
                };
                needed.sort_by_key(width);
                needed.truncate(parts.len() + 1 - *at_least as usize);
                groups.extend(one_of_all(needed));
            }
            Self::Not(_) | Self::Fact(_) => {}
            Self::Related { left, right, .. } => {
                left.requirements(breadth, groups);
                right.requirements(breadth, groups);
            }
            Self::Within { inner, .. }
            | Self::Count { inner, .. }
            | Self::Distinct { inner, .. } => inner.requirements(breadth, groups),
            Self::Anchored { inner, context, .. } => {
                inner.requirements(breadth, groups);
                context.requirements(breadth, groups);
            }
            Self::Score(weights, _) => groups.push(Arc::clone(&weights.positive)),
        }
    }

    /// The narrowest of these groups.
    pub fn required(&self, breadth: Breadth<'_>) -> Option<Group> {
        let mut groups = Vec::new();
        self.requirements(breadth, &mut groups);
        groups.into_iter().min_by_key(|group| width(group, breadth))
    }

    /// How many things must come together for the condition to hold.
    pub fn demands(&self) -> usize {
        match self {
            Self::Terms(_) | Self::Score(..) | Self::Anchored { .. } => 1,
            Self::Several { at_least, parts } => {
                let mut demands: Vec<usize> = parts.iter().map(Self::demands).collect();
                demands.sort_unstable();
                demands.iter().take(*at_least as usize).sum()
            }
            Self::Distinct { at_least, .. } => *at_least as usize,
            Self::Any(parts) => parts.iter().map(Self::demands).min().unwrap_or(0),
            Self::All(parts) => parts.iter().map(Self::demands).sum(),
            Self::Not(_) | Self::Fact(_) => 0,
            Self::Related { left, right, .. } => left.demands() + right.demands(),
            Self::Within { inner, .. } | Self::Count { inner, .. } => inner.demands(),
        }
    }

    /// How many things can come together in it at most.
    pub fn strongest(&self) -> usize {
        match self {
            Self::Any(parts) => parts.iter().map(Self::strongest).max().unwrap_or(0),
            Self::All(parts) | Self::Several { parts, .. } => {
                parts.iter().map(Self::strongest).sum()
            }
            Self::Within { inner, .. } => inner.strongest(),
            _ => self.demands(),
        }
    }

    /// Whether it asks for a term that is so.
    pub fn has_term(&self, is_so: &impl Fn(TermId) -> bool) -> bool {
        match self {
            Self::Terms(terms) => terms.iter().any(|term| is_so(*term)),
            Self::Any(parts) | Self::All(parts) | Self::Several { parts, .. } => {
                parts.iter().any(|part| part.has_term(is_so))
            }
            Self::Related { left, right, .. } => left.has_term(is_so) || right.has_term(is_so),
            Self::Anchored { inner, context, .. } => {
                inner.has_term(is_so) || context.has_term(is_so)
            }
            Self::Not(inner)
            | Self::Within { inner, .. }
            | Self::Count { inner, .. }
            | Self::Distinct { inner, .. } => inner.has_term(is_so),
            Self::Score(weights, _) => weights.terms.iter().any(|term| is_so(*term)),
            Self::Fact(_) => false,
        }
    }

    /// The different terms that may stand where it does.
    pub fn terms(&self, found: &mut Vec<TermId>) {
        match self {
            Self::Terms(terms) => found.extend_from_slice(terms),
            Self::Any(parts) | Self::All(parts) | Self::Several { parts, .. } => {
                parts.iter().for_each(|part| part.terms(found));
            }
            Self::Related { left, right, .. } => {
                left.terms(found);
                right.terms(found);
            }
            Self::Within { inner, .. }
            | Self::Count { inner, .. }
            | Self::Distinct { inner, .. }
            | Self::Anchored { inner, .. } => inner.terms(found),
            Self::Score(weights, _) => found.extend_from_slice(&weights.positive),
            Self::Not(_) | Self::Fact(_) => {}
        }
    }
}

impl Weights {
    pub fn new(terms: &[(TermId, f64)]) -> Self {
        let positive = terms.iter().filter(|(_, weight)| *weight > 0.0);
        Self {
            terms: terms.iter().map(|(term, _)| *term).collect(),
            weights: terms.iter().map(|(_, weight)| *weight).collect(),
            positive: positive.map(|(term, _)| *term).collect(),
        }
    }

    pub fn weight(&self, term: TermId) -> f64 {
        let at = self.terms.binary_search(&term).ok();
        at.map_or(0.0, |at| self.weights[at])
    }
}

/// One group out of those that alternatives need; `None` if one of them needs none.
fn one_of_all(groups: Vec<Option<Group>>) -> Option<Group> {
    let groups: Vec<Group> = groups.into_iter().collect::<Option<_>>()?;
    if let [only] = &groups[..] {
        return Some(Arc::clone(only));
    }
    let mut terms: Vec<TermId> = groups
        .iter()
        .flat_map(|group| group.iter().copied())
        .collect();
    terms.sort_unstable();
    terms.dedup();
    Some(terms.into())
}
