//! Why a document is no feed.

use std::fmt;

use crate::model::FailureKind;

/// A document that cannot be read as a feed. None of these is "a feed without entries".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// The body holds nothing but white space.
    #[error("the body is empty")]
    Empty,
    /// The body is something else.
    #[error("not a feed but {what}")]
    NotAFeed {
        /// What it is.
        what: Foreign,
    },
}

impl FeedError {
    /// The same in one word.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Empty => FailureKind::Empty,
            Self::NotAFeed { what } => match what {
                Foreign::Page(_) => FailureKind::Page,
                Foreign::LoginPage => FailureKind::LoginPage,
                Foreign::BotCheck => FailureKind::BotCheck,
                Foreign::Xml(_) | Foreign::Json | Foreign::Text => FailureKind::NotAFeed,
            },
        }
    }
}

/// What was found where a feed was expected; the operator acts differently on each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    /// A web page, with its title if it has one.
    Page(Option<String>),
    /// A page that asks for a name and a password.
    LoginPage,
    /// A page that asks for a proof that a person reads it.
    BotCheck,
    /// XML of another kind, with the name of its root element.
    Xml(String),
    /// JSON without a list of items.
    Json,
    /// Text without any markup.
    Text,
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(Some(title)) => write!(f, "an HTML page (“{title}”)"),
            Self::Page(None) => f.write_str("an HTML page"),
            Self::LoginPage => f.write_str("a login page"),
            Self::BotCheck => f.write_str("a bot check"),
            Self::Xml(root) => write!(f, "an XML document with the root <{root}>"),
            Self::Json => f.write_str("JSON without a list of items"),
            Self::Text => f.write_str("plain text"),
        }
    }
}
