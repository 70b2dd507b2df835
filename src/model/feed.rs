//! Feeds and entries: what the config says, what a document said, what the store remembers.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FeedId, TroubleView};

/// What kind of address a `[[feed]]` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FeedKind {
    /// RSS, Atom, JSON Feed, or a Google News sitemap: what is there is looked at.
    #[default]
    Feed,
    /// A sitemap (`<urlset>`), with or without the elements of Google News.
    Sitemap,
    /// A page that lists articles; CSS selectors in the config say where.
    Page,
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
    /// What its polls have taught, for the next ones.
    pub state: PollState,
    /// Until when a WebSub hub has promised to push what is new; `None` without a promise, and while
    /// the hub is not to be relied on: it has not pushed yet, or a poll found what it kept back.
    pub subscribed_until: Option<Timestamp>,
    /// When a hub's push was last accepted.
    pub pushed_at: Option<Timestamp>,
}

/// What a feed's polls have taught: committed with every outcome, given back with the next claim.
///
/// Facts that more than one poll is needed for (a redirect seen on three days, a 410 seen twice) live
/// here, so that a restart forgets none of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PollState {
    /// The address that is polled instead of the configured one: a permanent redirect seen often enough.
    pub poll_url: Option<String>,
    /// A permanent redirect that is being watched.
    pub moving: Option<Moving>,
    /// When the first 410 of a row was seen.
    #[serde(with = "super::time::option")]
    pub gone_seen_at: Option<Timestamp>,
    /// When the 410 was confirmed; the feed is not polled any more.
    #[serde(with = "super::time::option")]
    pub gone_at: Option<Timestamp>,
    /// When the first 404 of a row was seen.
    #[serde(with = "super::time::option")]
    pub missing_since: Option<Timestamp>,
    /// When the first failure of a row was seen, of whatever kind.
    #[serde(with = "super::time::option")]
    pub failing_since: Option<Timestamp>,
    /// Kind of the last failure; `None` after a success.
    pub failure: Option<FailureKind>,
    /// Since when polls succeed and bring no entries although there were some before.
    #[serde(with = "super::time::option")]
    pub empty_since: Option<Timestamp>,
    /// Entries of the last document that was read.
    pub entries_last: u32,
    /// When it was last seen that every entry of a document was new: entries may be lost between.
    #[serde(with = "super::time::option")]
    pub rolled_over_at: Option<Timestamp>,
    /// For a day after that: no longer than so many seconds between polls, half of what was too long.
    pub capped_s: Option<u64>,
    /// Older pages that could not be read to the end of a gap; later polls go on with them.
    pub gap: Option<OpenGap>,
    /// `ttl` of the last document that was read, in seconds: it holds for polls without one, too.
    pub ttl_s: Option<u64>,
    /// When new entries came, by hour of the week, and how far apart.
    pub rhythm: Rhythm,
    /// `rel=self`, hubs and pages that the feed named last.
    pub links: FeedLinks,
    /// When it publishes, as the feed says.
    pub syndication: Syndication,
    /// Address of the configured feed that this one is a duplicate of; it is not polled then.
    pub duplicate_of: Option<String>,
    /// Documents that a second reader read otherwise.
    pub discrepancies: Option<Discrepancies>,
}

/// How often the two feed readers differed over documents of one feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancies {
    /// How many documents.
    pub documents: u32,
    /// When it was last so.
    #[serde(with = "super::time")]
    pub last_at: Timestamp,
    /// What each of them found then, in words.
    pub last: String,
}

/// What is not known yet of what a feed had between two polls (RFC 5005).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenGap {
    /// The older page that could not be read.
    pub page: String,
    /// How often that happened.
    pub tries: u32,
    /// Pages that were read so far.
    pub pages: u32,
    /// The successful poll before the gap: what was published later belongs to it.
    #[serde(with = "super::time")]
    pub after: Timestamp,
    /// The poll that found the gap: what was first seen before it is the gap's other end.
    #[serde(with = "super::time")]
    pub found_at: Timestamp,
    /// True when entries may be lost if the gap is never closed.
    pub may_lose: bool,
}

/// A permanent redirect (301, 308), seen on some days but not yet believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// Where it leads.
    pub to: String,
    /// On how many different days (UTC) it was seen.
    pub days: u32,
    /// When it was last counted.
    #[serde(with = "super::time")]
    pub last_at: Timestamp,
}

/// When a feed's new entries come: learnt, and kept small.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// Weight of new entries in each hour of the week (UTC, Monday 0 h first), old weeks fading; empty or 168 long.
    pub hours: Vec<f32>,
    /// Weeks (fading as the hours do) that the weights were gathered over.
    pub weeks: f32,
    /// When the weights were last faded.
    #[serde(with = "super::time::option")]
    pub faded_at: Option<Timestamp>,
    /// Usual time between two polls' worth of new entries, in seconds: a running median; 0 = not known yet.
    pub gap_s: f64,
    /// Gaps that the median was taken over.
    pub gaps: u32,
}

/// Addresses that a feed names for itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedLinks {
    /// `rel=self`. A hint only: the polled address never follows it.
    pub itself: Option<String>,
    /// `rel=hub` (WebSub), in document order.
    pub hubs: Vec<String>,
    /// `rel=next` of a paged feed (RFC 5005, 3).
    pub next: Option<String>,
    /// `rel=prev-archive` of an archived feed (RFC 5005, 4).
    pub prev_archive: Option<String>,
}

/// When a feed says that it publishes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Syndication {
    /// `skipHours` of RSS 2.0: hours of the day (0 to 23, GMT) without news, ascending.
    pub skip_hours: Vec<u8>,
    /// `skipDays` of RSS 2.0: days without news (0 = Monday to 6 = Sunday, GMT), ascending.
    pub skip_days: Vec<u8>,
    /// `sy:updatePeriod` divided by `sy:updateFrequency`, in seconds.
    pub period_s: Option<u64>,
    /// `sy:updateBase`: updates come whole periods after it.
    #[serde(with = "super::time::option")]
    pub base: Option<Timestamp>,
}

/// Why a poll or the reading of a page failed, in one word that programs can rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The config cannot work as it is.
    Config,
    /// No connection, it broke off, or what came over it is no HTTP.
    Network,
    /// A certificate that is not trusted, or no common TLS.
    Tls,
    /// An answer to what was not asked (304 to a request without a condition).
    Protocol,
    /// No complete answer in time.
    Timeout,
    /// More bytes than allowed, after decompression.
    TooLarge,
    /// Nested deeper than any honest document.
    TooDeep,
    /// An address that wirewatch does not go to.
    BlockedAddress,
    /// A redirect in a loop, without end, without a target, or to what may not be fetched.
    BadRedirect,
    /// 401 or 403, 407: credentials are missing or refused.
    Forbidden,
    /// 404, or a page that says so with another status.
    NotFound,
    /// 410.
    Gone,
    /// 429, or 503 with a wish to be left alone.
    TooManyRequests,
    /// Any other status that is no success.
    Status,
    /// `robots.txt` asks not to fetch it.
    Robots,
    /// Nothing in the body.
    Empty,
    /// XML, JSON or text that is no feed.
    NotAFeed,
    /// A web page where a feed was expected.
    Page,
    /// A page that asks for a password.
    LoginPage,
    /// A page that wants to see a person.
    BotCheck,
    /// Something else than HTML where a page was expected.
    NotHtml,
    /// Consent, captcha or paywall in place of the article.
    SoftBlock,
    /// wirewatch itself failed on the document (a bug; the document is worth a report).
    Crash,
}

impl FailureKind {
    /// The word in JSON, SQL, lists and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Network => "network",
            Self::Tls => "tls",
            Self::Protocol => "protocol",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::BlockedAddress => "blocked_address",
            Self::BadRedirect => "bad_redirect",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Gone => "gone",
            Self::TooManyRequests => "too_many_requests",
            Self::Status => "status",
            Self::Robots => "robots",
            Self::Empty => "empty",
            Self::NotAFeed => "not_a_feed",
            Self::Page => "page",
            Self::LoginPage => "login_page",
            Self::BotCheck => "bot_check",
            Self::NotHtml => "not_html",
            Self::SoftBlock => "soft_block",
            Self::Crash => "crash",
        }
    }
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
    /// It answers, but its document lists nothing although it did before.
    Empty,
    /// It answers, but nothing was new for much longer than is usual for it.
    Silent,
    /// 410, confirmed: not polled any more.
    Gone,
    /// The same feed stands in the config under another address, which is polled.
    Duplicate,
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
    /// Kind of the last error.
    pub failure: Option<FailureKind>,
    /// The address that is polled instead, after a permanent redirect.
    pub moved_to: Option<String>,
    /// The configured feed that this one is a duplicate of.
    pub duplicate_of: Option<String>,
    /// Usual seconds between new entries, once learnt.
    pub usual_gap_s: Option<u64>,
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
    /// What is wrong with it, gravest first.
    #[serde(default)]
    pub troubles: Vec<TroubleView>,
}
