//! The page behind an entry: what was taken from it, and how the store hands it to a stage.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ArticleId, EntryText, FailureKind, StoryId, Validators};

/// An instant together with the way the page wrote it (its offset is worth keeping).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// The instant.
    pub at: Timestamp,
    /// RFC 3339 with the page's own offset, e.g. `2026-11-22T14:05:00+07:00`.
    pub written: String,
}

/// Which part of a page a date was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateSource {
    /// JSON-LD.
    JsonLd,
    /// A meta element.
    Meta,
    /// Microdata or RDFa in the page's text.
    Microdata,
    /// A `time` element.
    Time,
    /// The address of the page.
    Url,
    /// Text that readers see.
    Visible,
}

/// Where the text of an article comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Extracted from the page.
    #[default]
    Page,
    /// The page shows no text; its JSON-LD says what it would.
    JsonLd,
    /// The page shows no text; a script of it holds what it would show.
    Script,
    /// The page's text was doubtful; its AMP version's was better.
    Amp,
    /// The page could not be had or had no body: made from what the feed said.
    Entry,
}

impl Origin {
    /// The text is the page's own, wherever on it it stood.
    #[must_use]
    pub fn is_page(self) -> bool {
        self != Self::Entry
    }
}

/// An article: one page, read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Headline, site name cut off.
    pub title: String,
    /// Body: plain text, paragraphs and subheadings separated by `\n`.
    pub body: String,
    /// Numbers of the lines of the body at which a further story of the page begins, ascending; mostly none.
    #[serde(default)]
    pub parts: Vec<usize>,
    /// Language of the text, shortest BCP 47 tag.
    pub lang: Option<String>,
    /// First published.
    pub published: Option<Dated>,
    /// What told it.
    #[serde(default)]
    pub published_from: Option<DateSource>,
    /// Last changed, as the page says; never before `published`.
    pub modified: Option<Dated>,
    /// What told it.
    #[serde(default)]
    pub modified_from: Option<DateSource>,
    /// Authors.
    pub authors: Vec<String>,
    /// `rel=canonical` or its equals, absolute.
    pub canonical_url: Option<String>,
    /// Lead image, absolute.
    pub image: Option<String>,
    /// Name of the site.
    pub site_name: Option<String>,
    /// Section of the site that it stands in.
    #[serde(default)]
    pub section: Option<String>,
    /// What the page says that it is about.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The page says that it is not free to read.
    #[serde(default)]
    pub paid: bool,
    /// A live blog: it changes while it is read.
    #[serde(default)]
    pub live: bool,
    /// Its AMP form, absolute.
    #[serde(default)]
    pub amp_url: Option<String>,
    /// Its next page, absolute.
    #[serde(default)]
    pub next_url: Option<String>,
    /// Its form for printers, absolute.
    #[serde(default)]
    pub print_url: Option<String>,
    /// Where the text comes from.
    pub origin: Origin,
    /// Why the page could not be had or only in part, in one word.
    #[serde(default)]
    pub failure: Option<FailureKind>,
    /// What was noticed on the way, in words.
    pub notes: Vec<String>,
}

/// An article whose page is to be fetched.
#[derive(Debug, Clone)]
pub struct WantedArticle {
    /// Row id.
    pub id: ArticleId,
    /// Address to fetch.
    pub url: String,
    /// Key of politeness.
    pub host: String,
    /// What its entries said.
    pub entry: EntryText,
    /// Addresses of the feeds that named it, first one first.
    pub feeds: Vec<String>,
    /// Language declared by the feed or the config.
    pub lang_hint: Option<String>,
    /// Failed tries so far.
    pub failures: u32,
    /// Validators of the page as last read.
    pub validators: Validators,
    /// Version that is stored; 0 before the first read.
    pub version: u32,
    /// It was told of, and its page is looked at again for corrections.
    pub reread: Option<WantedAgain>,
}

/// What is known of an article whose page is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedAgain {
    /// The stored text is the page's own: without the page there is nothing better.
    pub has_page: bool,
}

/// An article that waits to be judged.
#[derive(Debug, Clone)]
pub struct ReadArticle {
    /// Row id.
    pub id: ArticleId,
    /// Address.
    pub url: String,
    /// The page.
    pub article: Article,
    /// What its entries said.
    pub entry: EntryText,
    /// Addresses of the feeds that named it, first one first.
    pub feeds: Vec<String>,
    /// Tags of these feeds.
    pub tags: Vec<String>,
    /// Language declared by the feed or the config.
    pub lang_hint: Option<String>,
    /// When wirewatch first saw it.
    pub first_seen: Timestamp,
    /// When it was published, as far as that is known; never later than it was seen. Stories are
    /// put together by this time: an old article found today is no report of today's news.
    pub dated_at: Timestamp,
    /// Older than `max_age` on its feed's first poll: listed, not sent.
    pub backlog: bool,
    /// Seen long after it was published (a gap in polling): sent, marked late.
    pub late: bool,
    /// Version of the text; more than 1 after a correction.
    pub version: u32,
    /// The text that the publisher has changed since it was judged, for a correction.
    pub before: Option<Article>,
    /// Judged before, and nothing but our own reading of the page has changed since: nobody is told of a correction.
    pub reread: bool,
    /// The publisher has taken its page away since it was judged; the text is the last one there was.
    pub gone: bool,
    /// The story it joined when it was judged before.
    pub story: Option<StoryId>,
    /// Fingerprint of the rule set that judged it before.
    pub judged_by: Option<String>,
}
