//! What a watch has to say about a story.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AlertId, ArticleId, Mark, Said, SentenceSpan, StoryId};

/// How much it matters; the order is the order of importance.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nice to know.
    Low,
    /// The default.
    #[default]
    Medium,
    /// Look at it today.
    High,
    /// Wake somebody.
    Critical,
}

impl Severity {
    /// The word in config, JSON and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The next step; there is none above critical.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Low => Self::Medium,
            Self::Medium => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }
}

/// What must have been reported before a watch speaks: more than one article, or more than one feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Burst {
    /// Articles of the story that hit, copies included: what many print is no single report.
    pub articles: u64,
    /// Feeds that named them.
    pub feeds: u64,
    /// All within this time of each other.
    pub within: SignedDuration,
}

/// An article of an alert and a feed that named it, for a watch that waits until there are more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// When it was published, never later than it was seen.
    pub dated_at: Timestamp,
    /// Address of the feed.
    pub feed: String,
    /// The article.
    pub article: ArticleId,
}

/// Where an alert is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// Sent or to be sent, and nobody said anything about it.
    Open,
    /// Somebody has seen it.
    Acked,
    /// Quiet until a time.
    Snoozed,
    /// Quiet for good.
    Muted,
    /// The story has gone quiet.
    Ended,
    /// Found on a feed's first poll in entries that were old already, or by a backfill: listed, never sent.
    Backlog,
    /// Listed, not sent yet: fewer reports so far than the `burst` of its watch asks for, or held for a few minutes because
    /// it may tell what another alert of its watch has told.
    Waiting,
}

impl AlertState {
    /// Nobody has been told of the alert yet.
    #[must_use]
    pub fn is_untold(self) -> bool {
        matches!(self, Self::Backlog | Self::Waiting)
    }

    /// The word in JSON, SQL and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acked => "acked",
            Self::Snoozed => "snoozed",
            Self::Muted => "muted",
            Self::Ended => "ended",
            Self::Backlog => "backlog",
            Self::Waiting => "waiting",
        }
    }
}

/// Why something is said: the kind of a delivery and of an alert's event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertKind {
    /// The first thing said about the story.
    New,
    /// A further independent source.
    Update,
    /// The text of an alerted article changed.
    Correction,
    /// Far more is reported than usual.
    Burst,
    /// The story has gone quiet.
    Ended,
    /// A digest.
    Digest,
    /// About wirewatch or its feeds.
    Health,
    /// Asked for by a person who tries a channel.
    Test,
}

impl AlertKind {
    /// The word in JSON, SQL and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Correction => "correction",
            Self::Burst => "burst",
            Self::Ended => "ended",
            Self::Digest => "digest",
            Self::Health => "health",
            Self::Test => "test",
        }
    }
}

/// An article of an alert, as people and programs see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertArticle {
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Language, BCP 47.
    pub lang: Option<String>,
    /// Address of the feed that named it first.
    pub feed: String,
    /// Name of the feed or site, for people.
    pub source: String,
    /// When wirewatch first saw it.
    #[serde(with = "super::time")]
    pub first_seen: Timestamp,
    /// When it was published.
    #[serde(with = "super::time::option")]
    pub published: Option<Timestamp>,
    /// Address of the article whose text it repeats.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub copy_of: Option<String>,
}

/// A sentence that proves the alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertEvidence {
    /// The sentence in its own script.
    pub sentence: String,
    /// Its language.
    pub lang: Option<String>,
    /// Address of the article it stands in.
    pub url: String,
    /// `title`, `body`, `entry_title` or `entry_summary`.
    pub field: super::Field,
    /// Which story of the page.
    #[serde(default, skip_serializing_if = "super::PartNumber::is_first")]
    pub part: super::PartNumber,
    /// What matched; bytes of the sentence.
    pub spans: Vec<SentenceSpan>,
}

/// An alert as `alert list --json` prints it and as channels send it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertView {
    /// Id.
    pub id: AlertId,
    /// NAME of the watch.
    pub watch: String,
    /// Title of the watch, for people.
    pub watch_title: String,
    /// Labels of the watch, as the config gives them when it is sent; none in lists.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Severity.
    pub severity: Severity,
    /// State.
    pub state: AlertState,
    /// Story.
    pub story: StoryId,
    /// Headline: the title of the first article.
    pub title: String,
    /// Language of the headline.
    pub lang: Option<String>,
    /// When wirewatch first saw the story.
    #[serde(with = "super::time")]
    pub first_seen: Timestamp,
    /// When the alert last changed.
    #[serde(with = "super::time")]
    pub updated_at: Timestamp,
    /// Grows by one with everything that was said about it.
    pub revision: i64,
    /// True when its first article was seen long after it was published.
    pub late: bool,
    /// When a backfill raised it from stored articles.
    #[serde(
        with = "super::time::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub backfilled_at: Option<Timestamp>,
    /// What a person said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// Who acknowledged, snoozed or muted it, until when and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
    /// In a message: what it says besides the alert, such as why it is a burst.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Score of the strongest hit.
    pub score: f64,
    /// Articles, first seen first.
    pub articles: Vec<AlertArticle>,
    /// Evidence, from the first article first.
    pub evidence: Vec<AlertEvidence>,
}
