//! What the life of an alert rests on, and what the `life` stage commits.

use jiff::Timestamp;

use super::{AlertId, AlertKind, AlertState, Severity, StoryId};

/// How far people have been told of an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// When last; `None` = nobody was ever told.
    pub at: Option<Timestamp>,
    /// How many of the marks of sources are used up: an alert has at most so many updates for further sources.
    pub updates: u32,
    /// Independent sources at that time.
    pub sources: u64,
    /// Independent sources before it was first told, or told again after its end: marks are counted from there.
    pub base: u64,
    /// Languages at that time.
    pub languages: Vec<String>,
    /// How severe it was.
    pub severity: Severity,
}

/// An alert whose life goes on by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct LifeFacts {
    /// Id.
    pub id: AlertId,
    /// NAME of the watch.
    pub watch: String,
    /// Story.
    pub story: StoryId,
    /// State.
    pub state: AlertState,
    /// Revision.
    pub revision: i64,
    /// How severe it is.
    pub severity: Severity,
    /// How far people have been told.
    pub told: Told,
    /// Independent sources.
    pub sources: u64,
    /// Languages of its articles.
    pub languages: Vec<String>,
    /// Something has joined it that nobody was told of.
    pub news: bool,
    /// When something last joined it.
    pub grown_at: Timestamp,
    /// When a snooze ends.
    pub until: Option<Timestamp>,
    /// While it is held because it may be told already: until when.
    pub settles_at: Option<Timestamp>,
    /// A burst is told; until then its single articles are told in no update.
    pub burst_until: Option<Timestamp>,
    /// Language of its newest article.
    pub lang: Option<String>,
    /// Tags of the feeds that named that.
    pub tags: Vec<String>,
}

/// What the `life` stage does to an alert. Stale, and nothing is written, when it is at another revision or in another
/// state meanwhile.
#[derive(Debug, Clone, PartialEq)]
pub struct LifeChange {
    /// Which.
    pub alert: AlertId,
    /// When.
    pub at: Timestamp,
    /// Revision that the decision was based on.
    pub seen_revision: i64,
    /// State that it was based on.
    pub seen_state: AlertState,
    /// The state from now on.
    pub state: AlertState,
    /// What is told; `None` = nothing.
    pub kind: Option<AlertKind>,
    /// Severity from now on.
    pub severity: Severity,
    /// Marks of sources that are used up.
    pub updates: u32,
    /// In words, what the message says besides the alert.
    pub note: Option<String>,
    /// NAMEs of the channels to tell it through.
    pub channels: Vec<String>,
    /// When it is looked at again.
    pub due_at: Option<Timestamp>,
    /// The burst that is told.
    pub burst: Option<BurstOutcome>,
}

/// A burst that is told, and until when its watch tells no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurstOutcome {
    /// End of the cool-down.
    pub until: Timestamp,
}

/// A watch that has many hits of late, and what is usual.
#[derive(Debug, Clone, PartialEq)]
pub struct BurstFacts {
    /// NAME of the watch.
    pub watch: String,
    /// Texts of the last hour, copies counted once.
    pub now: u64,
    /// Feeds that brought them.
    pub feeds: u64,
    /// The same hour of the days before, yesterday first, as far as the watch was there. Copies counted once.
    pub before: Vec<u64>,
    /// The alert of the story that carries most of them, among those that people were told of.
    pub alert: LifeFacts,
}
