//! Feeds in trouble: what is wrong, since when, what is said about it and what is known of a feed's past.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FailureKind, FeedFormat, FeedId, FeedView, PollState, Validators};

/// What can be wrong with a feed, gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TroubleKind {
    /// No trouble of a feed: a channel does not take what it is sent.
    Channel,
    /// 410, confirmed: it is not polled any more.
    Gone,
    /// 404 for days.
    Missing,
    /// Every poll has failed for long.
    Failing,
    /// It answers, but its document lists nothing although it did before.
    Empty,
    /// It answers, but nothing was new for much longer than is usual for it.
    Silent,
    /// The bodies of its articles have become much shorter.
    Thin,
    /// It leads to another address for good; the config still names the old one.
    Moved,
    /// Every entry of a document was new: entries may have come and gone between two polls.
    Lost,
}

impl TroubleKind {
    /// All that feeds can have, gravest first.
    pub const ALL: [Self; 8] = [
        Self::Gone,
        Self::Missing,
        Self::Failing,
        Self::Empty,
        Self::Silent,
        Self::Thin,
        Self::Moved,
        Self::Lost,
    ];

    /// The word in JSON, SQL, lists and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Gone => "gone",
            Self::Missing => "missing",
            Self::Failing => "failing",
            Self::Empty => "empty",
            Self::Silent => "silent",
            Self::Thin => "thin",
            Self::Moved => "moved",
            Self::Lost => "lost",
        }
    }

    /// True when people are told through channels; the others stand in lists only.
    #[must_use]
    pub fn is_told(self) -> bool {
        self != Self::Lost
    }
}

/// A trouble as it was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong.
    pub kind: TroubleKind,
    /// Since when.
    pub since: Timestamp,
    /// What happened, in words.
    pub why: String,
    /// The measure that says when it is over: for [`TroubleKind::Thin`] the median length of the bodies before,
    /// in characters.
    pub measure: Option<u32>,
}

/// A trouble that was noticed and is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenTrouble {
    /// What is wrong.
    pub kind: TroubleKind,
    /// Since when.
    pub since: Timestamp,
    /// See [`Trouble::measure`].
    pub measure: Option<u32>,
}

/// What is known of an active feed, for deciding whether it is in trouble.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedFacts {
    /// Row id.
    pub feed: FeedId,
    /// Address as configured.
    pub url: String,
    /// Format of the last document.
    pub format: Option<FeedFormat>,
    /// Last poll, whatever came of it.
    pub polled_at: Option<Timestamp>,
    /// Last successful poll.
    pub last_success_at: Option<Timestamp>,
    /// Last new entry.
    pub last_new_at: Option<Timestamp>,
    /// Failures since the last success.
    pub failures: u32,
    /// Last error in words.
    pub last_error: Option<String>,
    /// What its polls have taught.
    pub state: PollState,
    /// Lengths of the bodies of its newest articles in characters, in the order they were read.
    pub body_chars: Vec<u32>,
    /// Troubles that are open.
    pub open: Vec<OpenTrouble>,
}

impl FeedFacts {
    /// The open trouble of a kind.
    #[must_use]
    pub fn open(&self, kind: TroubleKind) -> Option<OpenTrouble> {
        self.open.iter().copied().find(|open| open.kind == kind)
    }
}

/// What has changed since the last look at the feeds.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthChanges {
    /// When.
    pub at: Timestamp,
    /// Troubles that have begun.
    pub opened: Vec<(FeedId, Trouble)>,
    /// Troubles that are over.
    pub ended: Vec<(FeedId, TroubleKind)>,
    /// A trouble that begins again within this after its end is told only when it has lasted as long.
    pub damping: SignedDuration,
}

/// A trouble, or its end, that nobody was told of yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UntoldTrouble {
    /// Row of the trouble.
    pub id: i64,
    /// True when it is over: the recovery is what is to be told.
    pub is_over: bool,
    /// What is or was wrong.
    pub kind: TroubleKind,
    /// Key of politeness of the feed.
    pub host: String,
    /// The feed.
    pub feed: FeedInTrouble,
}

/// A feed in a message about feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedInTrouble {
    /// Address as configured.
    pub url: String,
    /// Title as the feed says.
    pub title: Option<String>,
    /// Since when.
    #[serde(with = "super::time")]
    pub since: Timestamp,
    /// When it was over.
    #[serde(
        with = "super::time::option",
        skip_serializing_if = "Option::is_none",
        default
    )]
    pub until: Option<Timestamp>,
    /// What happened, in words.
    pub why: String,
}

/// Feeds with the same trouble, told together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleGroup {
    /// What is or was wrong.
    pub kind: TroubleKind,
    /// Their hosts, in order of the alphabet.
    pub hosts: Vec<String>,
    /// Since when the first of them is in trouble.
    #[serde(with = "super::time")]
    pub since: Timestamp,
    /// What to do about it, in words; empty when it is over.
    pub advice: String,
    /// The feeds, in order of their addresses.
    pub feeds: Vec<FeedInTrouble>,
}

/// What people are told about their feeds in one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthNotice {
    /// When it was made.
    #[serde(with = "super::time")]
    pub at: Timestamp,
    /// Troubles that have begun, gravest first.
    pub begun: Vec<TroubleGroup>,
    /// Troubles that are over.
    pub over: Vec<TroubleGroup>,
}

/// What the `health` stage commits: a message, and whom it tells of what.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthOutcome {
    /// When.
    pub at: Timestamp,
    /// The message.
    pub notice: HealthNotice,
    /// Rows of the troubles whose begin it tells.
    pub begun: Vec<i64>,
    /// Rows of the troubles whose end it tells.
    pub over: Vec<i64>,
    /// NAMEs of channels that it says do not work.
    pub broken: Vec<String>,
    /// NAMEs of channels that it says work again.
    pub mended: Vec<String>,
    /// NAMEs of the channels it goes to.
    pub channels: Vec<String>,
}

/// A trouble as lists and digests show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleView {
    /// What is or was wrong.
    pub kind: TroubleKind,
    /// Since when.
    #[serde(with = "super::time")]
    pub since: Timestamp,
    /// When it was over; `None` while it lasts.
    #[serde(with = "super::time::option")]
    pub ended: Option<Timestamp>,
    /// When people were told of it.
    #[serde(with = "super::time::option")]
    pub told: Option<Timestamp>,
    /// What happened, in words.
    pub why: String,
}

/// One line of a feed's history: a poll that brought a document, or a row of failures for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollRecord {
    /// When it (or the first of the row) was.
    #[serde(with = "super::time")]
    pub at: Timestamp,
    /// When the last of the row was.
    #[serde(with = "super::time")]
    pub last: Timestamp,
    /// Polls in the row.
    pub polls: u64,
    /// `fetched`, `answered` (again, with nothing new) or `failed`.
    pub result: String,
    /// New entries.
    pub new_entries: u64,
    /// Why it failed, in one word.
    pub failure: Option<FailureKind>,
    /// Why it failed, in words.
    pub why: Option<String>,
    /// HTTP status, if it was a failure with an answer.
    pub status: Option<u16>,
}

/// One of a feed's newest entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryLine {
    /// Title.
    pub title: String,
    /// Address.
    pub link: Option<String>,
    /// When wirewatch first saw it.
    #[serde(with = "super::time")]
    pub first_seen: Timestamp,
}

/// All that is known of one feed, for `feed show`.
#[derive(Debug, Clone)]
pub struct FeedHistory {
    /// As the list shows it.
    pub view: FeedView,
    /// Key of politeness.
    pub host: String,
    /// Format of the last document.
    pub format: Option<FeedFormat>,
    /// When a poll first succeeded.
    pub first_success: Option<Timestamp>,
    /// Validators for the next poll.
    pub validators: Validators,
    /// Fixed interval between polls, if the config names one.
    pub interval: Option<SignedDuration>,
    /// What its polls have taught.
    pub state: PollState,
    /// Lengths of the bodies of its newest articles in characters, in the order they were read.
    pub body_chars: Vec<u32>,
    /// The last polls that said something, newest first.
    pub polls: Vec<PollRecord>,
    /// Its troubles, newest first.
    pub troubles: Vec<TroubleView>,
    /// Its newest entries, newest first.
    pub entries: Vec<EntryLine>,
    /// Addresses of configured feeds that are duplicates of this one.
    pub duplicates: Vec<String>,
}
