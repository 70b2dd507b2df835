//! What passes between the pipeline and the store besides the nouns of `model`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::model::{
    AlertId, AlertKind, ArticleId, FeedId, Keep, ReadArticle, Report, StoryId, Told,
};

/// Which feeds a claim may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedScope {
    /// Those that are due at the lessee's `now`.
    Due,
    /// Every active feed that has not been polled since the given time, whatever its due time
    /// (`run --once --all`, `feed poll`).
    All {
        /// Feeds with a poll at or after this are done.
        since: Timestamp,
    },
    /// One feed, under the same condition, even if it is gone or a duplicate.
    One {
        /// Which.
        feed: FeedId,
        /// Polls at or after this count as done.
        since: Timestamp,
    },
}

/// What the store changed when the config's feeds were synced into it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SyncReport {
    /// Feeds that were not known.
    pub added: u64,
    /// Feeds that were removed before and are back, or whose settings changed.
    pub changed: u64,
    /// Feeds that are no longer in the config; their data is kept.
    pub removed: u64,
}

/// A watch, as far as the store has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchSpec {
    /// NAME.
    pub name: String,
    /// Version of its rule, as hits bear it.
    pub version: String,
    /// NAME that it had before.
    pub renamed_from: Option<String>,
}

/// What the store changed when the config's watches were synced into it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WatchReport {
    /// Watches that were given the alerts of an old name.
    pub renamed: u64,
    /// Watches that are new, are back, or mean something else than before.
    pub changed: u64,
    /// Watches that are no longer in the config; their data is kept.
    pub removed: u64,
    /// Pending deliveries that were dropped with them.
    pub dropped: u64,
}

/// What the store knows of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchRecord {
    /// NAME.
    pub name: String,
    /// Since when it is as it is; `None` when it never ran under this name.
    pub since: Option<Timestamp>,
    /// When it was taken out of the config; `None` while it is there.
    pub removed_at: Option<Timestamp>,
    /// Articles hit in the last 24 hours.
    pub hits_24h: u64,
    /// Articles hit in the last 7 days.
    pub hits_7d: u64,
    /// Alerts marked relevant.
    pub relevant: u64,
    /// Alerts marked noise.
    pub noise: u64,
}

impl WatchRecord {
    /// How many of the marked alerts are relevant, from 0 to 1; `None` when none is marked.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        let marked = self.relevant + self.noise;
        (marked > 0).then(|| self.relevant as f64 / marked as f64)
    }
}

/// The config that the daemon works with, or last worked with.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct InForce {
    /// Fingerprint of its rule set.
    pub rule_set: String,
    /// Since when.
    #[serde(serialize_with = "crate::model::time::serialize")]
    pub loaded_at: Timestamp,
    /// When newer files were refused; `None` when there were none.
    #[serde(with = "crate::model::time::option")]
    pub refused_at: Option<Timestamp>,
    /// Why, in words.
    pub refusal: Option<String>,
}

/// What of a feed that was taken out is deleted, and what stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurgeReport {
    /// Entries deleted.
    pub entries: u64,
    /// Articles deleted.
    pub articles: u64,
    /// Entries that stay because an alert tells of their article.
    pub kept: u64,
}

/// An article of the past, to be judged anew.
#[derive(Debug, Clone)]
pub struct StoredArticle {
    /// As `judge` claims it. Neither a correction nor a reread: it is looked at for itself.
    pub article: ReadArticle,
    /// False when its body was dropped: nothing can be said of it.
    pub has_text: bool,
    /// NAMEs of the watches that hit it.
    pub watches: Vec<String>,
}

/// A text as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackedText {
    /// As it is.
    Plain(String),
    /// zstd.
    Packed(Vec<u8>),
}

impl Default for PackedText {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

impl PackedText {
    /// There is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Plain(text) if text.is_empty())
    }
}

/// The texts of a stored article, to be looked through fast.
#[derive(Debug, Clone)]
pub struct StoredText {
    /// Row id.
    pub id: ArticleId,
    /// When first seen.
    pub first_seen: Timestamp,
    /// Title of the page.
    pub title: String,
    /// Its language, else that of the first feed that has one.
    pub lang: Option<String>,
    /// Body; `None` when it was dropped.
    pub body: Option<PackedText>,
    /// Title as the first entry that has one gave it.
    pub entry_title: String,
    /// Summary as the first entry that has one gave it.
    pub entry_summary: PackedText,
}

/// An article that a watch has hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHit {
    /// Row id.
    pub id: ArticleId,
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Language.
    pub lang: Option<String>,
    /// When first seen.
    pub first_seen: Timestamp,
    /// False when its body was dropped.
    pub has_text: bool,
}

/// A document, as far as another feed may have the same one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Twin {
    /// Addresses that the other feed may have in the config.
    pub urls: Vec<String>,
    /// Keys of the document's entries.
    pub keys: Vec<String>,
    /// blake3 of the document.
    pub body_hash: Option<[u8; 32]>,
}

/// What a poll brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PollReport {
    /// Entries that were not known.
    pub new_entries: u64,
    /// Entries that say something else than before.
    pub changed_entries: u64,
    /// Articles that are to be read because of it.
    pub wanted_articles: u64,
    /// How old the new entries were that bear a date of their own, backlog left out.
    pub ages: Vec<SignedDuration>,
}

/// An article of the story index: a candidate for joining.
#[derive(Debug, Clone)]
pub struct StoryCandidate {
    /// The article.
    pub article: ArticleId,
    /// Its story.
    pub story: StoryId,
    /// Its fingerprint, as it was committed.
    pub fingerprint: Vec<u8>,
    /// When it was published, never later than it was seen ([`crate::model::ReadArticle::dated_at`]).
    pub dated_at: Timestamp,
}

/// Candidates and how far the store had got when they were looked up.
#[derive(Debug, Clone, Default)]
pub struct StoryCandidates {
    /// Articles sharing at least one key, most shared keys first, at most 200.
    pub candidates: Vec<StoryCandidate>,
    /// Highest fingerprint row of the store; goes into [`crate::model::Judgement::watermark`].
    pub watermark: i64,
}

/// What is known of the alert of a watch and a story, for the decision of `alert`.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownAlert {
    /// Id.
    pub id: AlertId,
    /// NAME of the watch.
    pub watch: String,
    /// State.
    pub state: crate::model::AlertState,
    /// Revision.
    pub revision: i64,
    /// True when this very article already belongs to the alert.
    pub has_article: bool,
    /// Articles that are no copies.
    pub sources: u64,
    /// Languages of its articles.
    pub languages: Vec<String>,
    /// Its articles with the feeds that named them, while nobody has been told of it; else empty.
    pub reports: Vec<Report>,
    /// How far people have been told.
    pub told: Told,
    /// When a snooze ends.
    pub until: Option<Timestamp>,
    /// While it is held because it may be told already: until when.
    pub settles_at: Option<Timestamp>,
    /// A burst is told; until then its single articles are told in no update.
    pub burst_until: Option<Timestamp>,
}

/// A digest's schedule as the config gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestSchedule {
    /// NAME.
    pub name: String,
    /// Text of the schedule and zone; when it changes, `next_at` is taken anew.
    pub schedule: String,
    /// Next time, computed by `alert`.
    pub next_at: Timestamp,
}

/// Periodic care of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TidyOptions {
    /// Bodies of articles without a hit are dropped after this (title and address stay).
    pub bodies: SignedDuration,
    /// Pages are dropped after this; zero = all of them.
    pub pages: SignedDuration,
    /// Most bytes of pages, as they are stored; the oldest go first.
    pub pages_bytes_max: u64,
    /// Near misses are dropped after this.
    pub near_misses: SignedDuration,
    /// Story fingerprints are dropped after this.
    pub fingerprints: SignedDuration,
    /// What was learnt of a host is dropped when nothing was added for so long.
    pub hosts: SignedDuration,
}

/// How long what was read is kept, where feeds and watches say so for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeepRules {
    /// Bodies of articles without a hit, of feeds that say nothing else.
    pub bodies: SignedDuration,
    /// Pages of articles of such feeds.
    pub pages: SignedDuration,
    /// What feeds say, by address.
    pub feeds: Vec<(String, Keep)>,
    /// What watches say of the articles that they hit, by NAME.
    pub watches: Vec<(String, Keep)>,
    /// Alerts that have not changed for so long are deleted, with their hits and digests.
    pub alerts: Option<SignedDuration>,
}

impl KeepRules {
    /// Nobody says anything for himself.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.feeds.is_empty() && self.watches.is_empty() && self.alerts.is_none()
    }
}

/// What tidying did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TidyReport {
    /// Bodies dropped.
    pub bodies: u64,
    /// Articles whose pages were dropped.
    pub pages: u64,
    /// Near misses dropped.
    pub near_misses: u64,
    /// Fingerprints dropped.
    pub fingerprints: u64,
    /// Hosts forgotten.
    pub hosts: u64,
    /// Alerts deleted.
    pub alerts: u64,
}

/// What a judgement made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JudgementReport {
    /// The story, if there were hits.
    pub story: Option<StoryId>,
    /// Alerts created or changed, with the kind told (`None`: an article was added silently).
    pub alerts: Vec<(AlertId, Option<AlertKind>)>,
    /// Deliveries that now wait.
    pub deliveries: u64,
    /// NAMEs of the watches that hit the article for the first time.
    pub hits: Vec<String>,
    /// When it was seen and read; `None` for backlog, and when it was judged before.
    pub steps: Option<ArticleSteps>,
}

/// The way of an article up to its judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArticleSteps {
    /// When an entry first named it.
    pub seen_at: Timestamp,
    /// When its text was read.
    pub read_at: Timestamp,
}

/// What the store knows that is measured again and again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Feeds in the config, by how they are.
    pub feeds: BTreeMap<&'static str, u64>,
    /// When a poll last succeeded.
    pub last_poll_at: Option<Timestamp>,
    /// Articles waiting to be read.
    pub articles_wanted: u64,
    /// Articles waiting to be judged.
    pub articles_unjudged: u64,
    /// Articles parked after repeated failures.
    pub articles_parked: u64,
    /// Alerts that are open.
    pub alerts_open: u64,
    /// Deliveries that wait, by NAME of the channel.
    pub waiting: BTreeMap<String, u64>,
    /// Deliveries given up, by NAME of the channel.
    pub dead: BTreeMap<String, u64>,
    /// When the one that waits longest was promised.
    pub oldest_waiting_at: Option<Timestamp>,
    /// Size of the database file in bytes.
    pub database_bytes: u64,
}

/// When each stage has something to do next; a time at or before now means at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NextDue {
    /// Feeds.
    pub poll: Option<Timestamp>,
    /// Wanted articles.
    pub read: Option<Timestamp>,
    /// Articles to be judged.
    pub judge: Option<Timestamp>,
    /// Deliveries.
    pub send: Option<Timestamp>,
    /// Digests.
    pub digest: Option<Timestamp>,
    /// WebSub subscriptions.
    pub subscribe: Option<Timestamp>,
    /// Alerts whose life goes on, and mutes that end.
    pub life: Option<Timestamp>,
}
