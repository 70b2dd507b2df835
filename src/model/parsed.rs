//! Feed documents, read.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FeedLinks, Syndication};

/// Format of a feed document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedFormat {
    /// RSS 0.91 to 2.0.
    Rss,
    /// RSS 0.90 and 1.0 (RDF).
    Rdf,
    /// Atom 0.3 and 1.0.
    Atom,
    /// JSON Feed 1.0 and 1.1.
    Json,
    /// Microsoft's Channel Definition Format.
    Cdf,
    /// Sitemap (sitemaps.org 0.9), with Google's `news:` elements or without.
    Sitemap,
    /// A page read with CSS selectors.
    Page,
}

/// A feed document, read. All text fields are plain text; instants are UTC.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParsedFeed {
    /// Format; `None` only for a default value.
    pub format: Option<FeedFormat>,
    /// Title of the feed.
    pub title: Option<String>,
    /// Address of the site.
    pub link: Option<String>,
    /// Language as declared (BCP 47 as written).
    pub language: Option<String>,
    /// Description or subtitle.
    pub description: Option<String>,
    /// When the feed says it was changed.
    pub updated: Option<Timestamp>,
    /// `ttl` of RSS.
    pub ttl: Option<SignedDuration>,
    /// When it says that it publishes.
    pub syndication: Syndication,
    /// Addresses it names for itself, absolute.
    pub links: FeedLinks,
    /// The entries in document order.
    pub entries: Vec<ParsedEntry>,
    /// The document ends before its end; its last entry may be half of one.
    pub cut: Option<Cut>,
    /// What was repaired or left out, in words.
    pub notes: Vec<String>,
    /// Where a second reader made something else of the document.
    pub discrepancy: Option<Discrepancy>,
}

/// What feed-rs, the cross-check, made of a document that wirewatch's own reader read otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// Entries that our own reader found.
    pub own: usize,
    /// Entries that feed-rs found, or why it gave up.
    pub feed_rs: Result<usize, String>,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.feed_rs {
            Ok(found) if *found < self.own => {
                write!(f, "feed-rs found {found} of {} entries", self.own)
            }
            Ok(found) => write!(
                f,
                "feed-rs found {found} entries, our own reader {}",
                self.own
            ),
            Err(why) => write!(f, "feed-rs found none of {} entries: {why}", self.own),
        }
    }
}

/// Where a document breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Between two entries, or behind the last.
    BetweenEntries,
    /// Inside the last entry.
    InsideEntry,
}

impl ParsedFeed {
    /// Takes out the entry that the document breaks off in: half of one has another identity than the whole.
    pub fn drop_half_entry(&mut self) {
        if self.cut == Some(Cut::InsideEntry) {
            self.entries.pop();
        }
    }
}

/// One entry of a feed document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParsedEntry {
    /// Identity within the feed: the id as sent, else the canonical link, else a hash of title and day.
    pub key: String,
    /// `guid` / `id` as sent.
    pub id: Option<String>,
    /// Title, plain text.
    pub title: Option<String>,
    /// Absolute address of the article, as given (tracking parameters kept).
    pub link: Option<String>,
    /// All links of the entry, absolute.
    pub links: Vec<String>,
    /// When the entry says it was published.
    pub published: Option<Timestamp>,
    /// When the entry says it was changed.
    pub updated: Option<Timestamp>,
    /// Names or addresses of authors.
    pub authors: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Addresses of enclosures.
    pub enclosures: Vec<String>,
    /// Summary, plain text.
    pub summary: Option<String>,
    /// Content, plain text, paragraphs separated by a newline.
    pub content: Option<String>,
}

/// What the entries of an article said about it: the text of last resort, and judged beside the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryText {
    /// Title, plain text.
    pub title: String,
    /// Summary, plain text.
    pub summary: String,
    /// Content, plain text.
    pub content: String,
    /// Published as the entry says.
    pub published: Option<Timestamp>,
    /// Authors.
    pub authors: Vec<String>,
}
