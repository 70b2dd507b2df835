//! What is wrong with a rule, in words that say how to put it right.

use std::fmt;
use std::ops::Range;

use super::source::NamedKind;

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
    /// An entry of `include` of a list.
    Include {
        /// Name of the list.
        list: String,
        /// Index into [`ListSource::includes`](super::ListSource::includes).
        index: usize,
    },
    /// A part of a `[person.NAME]` or `[org.NAME]`.
    Named {
        /// Which of the two.
        kind: NamedKind,
        /// NAME.
        name: String,
        /// Which part.
        part: NamedPart,
    },
}

/// A part of a `[person.NAME]` or `[org.NAME]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NamedPart {
    /// All of `names`.
    Names,
    /// One of `names`.
    Name(usize),
    /// `context`.
    Context,
}

impl RulePlace {
    /// The kind of table that it stands in: `watch`, `list`, `person` or `org`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Watch(_) => "watch",
            Self::List { .. } | Self::Include { .. } => "list",
            Self::Named { kind, .. } => match kind {
                NamedKind::Person => "person",
                NamedKind::Org => "org",
            },
        }
    }
}

impl fmt::Display for RulePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Watch(name) => write!(f, "watch.{name}"),
            Self::List { name, .. } | Self::Include { list: name, .. } => {
                write!(f, "list.{name}")
            }
            Self::Named { kind, name, .. } => write!(f, "{kind}.{name}"),
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
pub(in crate::rules) struct Mistake {
    pub at: Range<usize>,
    pub message: String,
    pub help: Option<String>,
}

impl Mistake {
    pub(in crate::rules) fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
            help: None,
        }
    }

    #[must_use]
    pub(in crate::rules) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(in crate::rules) fn in_place(self, place: RulePlace) -> RuleError {
        RuleError {
            place,
            at: self.at,
            message: self.message,
            help: self.help,
        }
    }
}

/// The name in `known` that was probably meant by `name`.
pub(in crate::rules) fn nearest<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    /// Below this two names have little in common.
    const ALIKE_MIN: f64 = 0.75;
    known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(alike, _)| *alike >= ALIKE_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// The abbreviation and the word in small letters that a message is about which refuses `"US"`: it finds the
/// word "us", too.
#[must_use]
pub fn folded_abbreviation(message: &str) -> Option<(&str, &str)> {
    super::parse::folded_abbreviation(message)
}
