//! What is wrong with a rule, in words that say how to put it right.

use std::fmt;
use std::ops::Range;

/// Where the text that a [`RuleError`] points into stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RulePlace {
    /// The `match` of the watch of this name.
    Watch(String),
    /// A term of a list.
    List {
        /// Name of the list.
        name: String,
        /// Index into [`ListSource::terms`](super::ListSource::terms).
        term: usize,
    },
}

impl fmt::Display for RulePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Watch(name) => write!(f, "watch.{name}"),
            Self::List { name, .. } => write!(f, "list.{name}"),
        }
    }
}

/// A mistake in a watch rule or in a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct RuleError {
    /// Whose text it is.
    pub place: RulePlace,
    /// Bytes of that text.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to put it right.
    pub help: Option<String>,
}

/// A mistake before it is known whose text it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub at: Range<usize>,
    pub message: String,
    pub help: Option<String>,
}

impl Mistake {
    pub(super) fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
            help: None,
        }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn in_place(self, place: RulePlace) -> RuleError {
        RuleError {
            place,
            at: self.at,
            message: self.message,
            help: self.help,
        }
    }
}

/// The name in `known` that was probably meant by `name`.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Below this two names have little in common.
    const ALIKE_MIN: f64 = 0.75;
    known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(alike, _)| *alike >= ALIKE_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}
