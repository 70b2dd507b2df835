//! Why a document is no feed.

use std::fmt;

use crate::model::FailureKind;

/// Addresses that an error names; more are counted.
const NAMED_MAX: usize = 5;

/// A document that cannot be read as a feed. None of these is "a feed without entries".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// The body holds nothing but white space.
    #[error("not a feed: the body is empty")]
    Empty,
    /// A feed by its root, but everything in it is nested deeper than any honest document.
    #[error("nested too deep: no entry can be read")]
    TooDeep,
    /// A gzip file that holds more than a feed may.
    #[error("a gzip file of more than 8 MiB when it is unpacked")]
    TooLarge,
    /// The body is something else.
    #[error("not a feed but {what}")]
    NotAFeed {
        /// What it is.
        what: Foreign,
    },
    /// A list of sitemaps; the pages are in those.
    #[error("not a feed but a sitemap index; {}", advice(.sitemaps))]
    SitemapIndex {
        /// The sitemaps it lists, absolute.
        sitemaps: Vec<String>,
    },
    /// `kind = "page"`, and the document is a feed.
    #[error("this is a feed and no page: take `kind` and the selectors out of its [[feed]]")]
    FeedAsPage,
    /// `kind = "page"`, and the selector of the links selects none.
    #[error("the selector `{links}` finds nothing on the page")]
    NothingSelected {
        /// The selector.
        links: String,
    },
}

impl FeedError {
    /// The same in one word.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Empty => FailureKind::Empty,
            Self::TooDeep => FailureKind::TooDeep,
            Self::TooLarge => FailureKind::TooLarge,
            Self::NotAFeed { what } => what.kind(),
            Self::SitemapIndex { .. } | Self::NothingSelected { .. } | Self::FeedAsPage => {
                FailureKind::NotAFeed
            }
        }
    }
}

/// What was found where a feed was expected; the operator acts differently on each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    /// A web page.
    Page {
        /// Its title.
        title: Option<String>,
        /// Feeds that it links to, absolute.
        feeds: Vec<String>,
    },
    /// A page that says, with status 200, that there is nothing here (a soft 404); with its title.
    Missing(Option<String>),
    /// A page that asks for a name and a password.
    LoginPage,
    /// A page that asks for a proof that a person reads it.
    BotCheck,
    /// A page that shows nothing without JavaScript.
    Script,
    /// A page that asks for a consent first.
    Consent,
    /// A sitemap without the elements of Google News, under `kind = "feed"`.
    Sitemap,
    /// XML of another kind, with the name of its root element.
    Xml(String),
    /// JSON without a list of items.
    Json,
    /// Text without any markup.
    Text,
    /// Bytes that are no text.
    Binary,
}

impl Foreign {
    /// The same in one word.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Page { .. } => FailureKind::Page,
            Self::Missing(_) => FailureKind::NotFound,
            Self::LoginPage => FailureKind::LoginPage,
            Self::BotCheck | Self::Script => FailureKind::BotCheck,
            Self::Consent => FailureKind::SoftBlock,
            Self::Sitemap | Self::Xml(_) | Self::Json | Self::Text | Self::Binary => {
                FailureKind::NotAFeed
            }
        }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page { title, feeds } => {
                f.write_str("an HTML page")?;
                titled(f, title.as_deref())?;
                match feeds.as_slice() {
                    [] => Ok(()),
                    [feed] => write!(f, "; it names the feed {feed}"),
                    feeds => write!(f, "; it names the feeds {}", first_of(feeds)),
                }
            }
            Self::Missing(title) => {
                f.write_str("a page that says it is not there")?;
                titled(f, title.as_deref())
            }
            Self::LoginPage => f.write_str("a login page"),
            Self::BotCheck => f.write_str("a bot check"),
            Self::Script => f.write_str("a page that needs JavaScript"),
            Self::Consent => f.write_str("a page that asks for consent"),
            Self::Sitemap => {
                f.write_str("a sitemap without news; kind = \"sitemap\" takes it as it is")
            }
            Self::Xml(root) => write!(f, "an XML document with the root <{root}>"),
            Self::Json => f.write_str("JSON without a list of items"),
            Self::Text => f.write_str("plain text"),
            Self::Binary => f.write_str("binary data"),
        }
    }
}

fn titled(f: &mut fmt::Formatter<'_>, title: Option<&str>) -> fmt::Result {
    title.map_or(Ok(()), |title| write!(f, " (“{title}”)"))
}

fn advice(sitemaps: &[String]) -> String {
    match sitemaps {
        [] => "it lists none".to_owned(),
        sitemaps => format!("add one of these: {}", first_of(sitemaps)),
    }
}

/// The first addresses, and how many more there are.
fn first_of(addresses: &[String]) -> String {
    let named = &addresses[..addresses.len().min(NAMED_MAX)];
    let mut words = named.join(", ");
    if addresses.len() > NAMED_MAX {
        words.push_str(&format!(" and {} more", addresses.len() - NAMED_MAX));
    }
    words
}
