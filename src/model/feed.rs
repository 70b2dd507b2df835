//! Feeds and entries: what the config says, what a document said, what the store remembers.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::FeedId;

/// What kind of address a `[[feed]]` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedKind {
    /// RSS, Atom or JSON Feed.
    #[default]
    Feed,
}

/// The part of a `[[feed]]` table that the store keeps. Headers stay in the config: they may be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedSpec {
    /// The address as configured.
    pub url: String,
    /// The key of politeness: registrable domain, or `address:port` (see `fetch::host_key`).
    pub host: String,
    /// Kind of the address.
    pub kind: FeedKind,
    /// Free tags, in the order given.
    pub tags: Vec<String>,
    /// Language of the feed (BCP 47), if the user named one.
    pub lang: Option<String>,
    /// Fixed interval between polls; `None` lets `schedule` choose.
    pub interval: Option<SignedDuration>,
}

/// The validators of a conditional request (RFC 9110, 8.8), byte for byte as the server sent them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// Value of `ETag`.
    pub etag: Option<Vec<u8>>,
    /// Value of `Last-Modified`.
    pub last_modified: Option<Vec<u8>>,
}

/// A feed as the store hands it to the `poll` stage.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Row id.
    pub id: FeedId,
    /// What the config says.
    pub spec: FeedSpec,
    /// Validators that belong to the last body that was read in full.
    pub validators: Validators,
    /// blake3 of that body, decoded.
    pub body_hash: Option<[u8; 32]>,
    /// When a poll first succeeded; `None` until then (entries of that poll may be backlog).
    pub first_success_at: Option<Timestamp>,
    /// When a poll last succeeded.
    pub last_success_at: Option<Timestamp>,
    /// When an entry was last new.
    pub last_new_at: Option<Timestamp>,
    /// Failures since the last success.
    pub failures: u32,
}

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
    /// The entries in document order.
    pub entries: Vec<ParsedEntry>,
    /// What was repaired or left out, in words.
    pub notes: Vec<String>,
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

/// How a feed is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedHealth {
    /// Never polled.
    New,
    /// The last poll succeeded.
    Ok,
    /// The last poll failed.
    Failing,
    /// No longer in the config; its data is kept and it is not polled.
    Removed,
}

/// A feed as `feed list` shows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FeedView {
    /// Row id.
    pub id: FeedId,
    /// Address.
    pub url: String,
    /// Title as the feed says.
    pub title: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Language, configured or declared.
    pub lang: Option<String>,
    /// State.
    pub health: FeedHealth,
    /// Failures since the last success.
    pub failures: u32,
    /// Last error in words.
    pub last_error: Option<String>,
    /// Last poll.
    #[serde(with = "super::time::option")]
    pub last_poll: Option<Timestamp>,
    /// Last successful poll.
    #[serde(with = "super::time::option")]
    pub last_success: Option<Timestamp>,
    /// Last new entry.
    #[serde(with = "super::time::option")]
    pub last_new: Option<Timestamp>,
    /// Next poll.
    #[serde(with = "super::time::option")]
    pub next_poll: Option<Timestamp>,
    /// Entries stored.
    pub entries: u64,
}
