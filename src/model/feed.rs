//! Feeds: what the config says, what the store remembers, how lists show them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FailureKind, FeedId, PollState, TroubleView};

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

impl FeedHealth {
    /// All that a feed in the config can be.
    pub const IN_CONFIG: [Self; 7] = [
        Self::New,
        Self::Ok,
        Self::Failing,
        Self::Empty,
        Self::Silent,
        Self::Gone,
        Self::Duplicate,
    ];

    /// The word in JSON and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ok => "ok",
            Self::Failing => "failing",
            Self::Empty => "empty",
            Self::Silent => "silent",
            Self::Gone => "gone",
            Self::Duplicate => "duplicate",
            Self::Removed => "removed",
        }
    }
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
