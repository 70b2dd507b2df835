//! What a feed's polls have taught, kept between them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::FailureKind;

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
