//! A rule ready to be evaluated.

use super::pattern::TermId;
use crate::rules::facts::FactTest;
use crate::rules::parse::ast::{Part, Relation};

/// How many words a term stands for.
pub(in crate::rules) type Breadth<'b> = &'b dyn Fn(TermId) -> usize;

/// How many words a group of terms stands for.
pub(in crate::rules) fn width(group: &[TermId], breadth: Breadth<'_>) -> usize {
    group.iter().map(|term| breadth(*term)).sum()
}

/// A condition on a document.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) enum Condition {
    /// Any of these terms, ascending.
    Terms(Box<[TermId]>),
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
    Score(Score),
    /// What stands within so many words of its context: a name that others bear too.
    Anchored {
        inner: Box<Condition>,
        context: Box<Condition>,
        words: u32,
    },
    Fact(FactTest),
}

/// `score($list) >= x`: the sum of the weights of those terms of a list that occur, each counted once.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) struct Score {
    /// Ascending.
    pub terms: Box<[TermId]>,
    /// By term.
    pub weights: Box<[f64]>,
    pub at_least: f64,
}

impl Condition {
    /// Terms of which at least one must occur for the condition to hold: those that are least likely to.
    /// `None` if it can hold without any.
    pub fn required(&self, breadth: Breadth<'_>) -> Option<Vec<TermId>> {
        let of = |part: &Self| part.required(breadth);
        let width = |group: &Vec<TermId>| width(group, breadth);
        match self {
            Self::Terms(terms) => Some(terms.to_vec()),
            Self::Any(parts) => {
                let groups: Option<Vec<_>> = parts.iter().map(of).collect();
                groups.map(|groups| groups.concat())
            }
            Self::All(parts) => parts.iter().filter_map(of).min_by_key(width),
            Self::Several { at_least, parts } => {
                // All but so many may be missing: one of the others is there.
                let mut groups: Vec<_> = parts.iter().map(of).collect();
                groups.sort_by_key(|group| group.as_ref().map_or(usize::MAX, width));
                groups.truncate(parts.len() + 1 - *at_least as usize);
                let groups: Option<Vec<_>> = groups.into_iter().collect();
                groups.map(|groups| groups.concat())
            }
            Self::Not(_) | Self::Fact(_) => None,
            Self::Related { left, right, .. } => {
                let sides = [of(left), of(right)];
                sides.into_iter().flatten().min_by_key(width)
            }
            Self::Within { inner, .. }
            | Self::Count { inner, .. }
            | Self::Distinct { inner, .. }
            | Self::Anchored { inner, .. } => of(inner),
            Self::Score(score) => Some(score.positive().collect()),
        }
    }

    /// How many things must come together for the condition to hold.
    pub fn demands(&self) -> usize {
        match self {
            Self::Terms(_) | Self::Score(_) | Self::Anchored { .. } => 1,
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
            Self::Score(score) => found.extend(score.positive()),
            Self::Not(_) | Self::Fact(_) => {}
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
