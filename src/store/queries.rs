//! The questions of commands and pages.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::{Gauges, InForce, StoreError, StoredArticle, StoredHit, StoredText, WatchRecord};
use crate::model::{
    AlertId, AlertView, Article, ArticleId, AttemptView, AuditView, ChannelState, ClosedDigest,
    DeliveryId, DeliveryState, DeliveryView, Digest, DigestAsk, DigestBackground, DigestId,
    DigestMaterial, DigestSlot, EntryText, FeedHistory, FeedId, FeedView, KeptArticle, MarkVerdict,
    Mute, NearMissView, StoredHost, StoryHead, StoryId, StoryView, SubscriptionView,
};

/// Which alerts to list.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// Only of these watches; empty = all.
    pub watches: Vec<String>,
    /// Only in these states; empty = all.
    pub states: Vec<crate::model::AlertState>,
    /// Only those changed at or after this.
    pub since: Option<Timestamp>,
    /// Only with these marks, `None` being without one; empty = all.
    pub marks: Vec<Option<MarkVerdict>>,
    /// At most so many, newest first.
    pub limit: Option<usize>,
}

/// Which deliveries to list.
#[derive(Debug, Clone, Default)]
pub struct OutboxFilter {
    /// Only this one.
    pub id: Option<DeliveryId>,
    /// Only through this channel.
    pub channel: Option<String>,
    /// Only in these states; empty = all.
    pub states: Vec<DeliveryState>,
    /// At most so many, newest first.
    pub limit: Option<usize>,
}

/// An article found by `search`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SearchHit {
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Language.
    pub lang: Option<String>,
    /// Published, else first seen.
    #[serde(serialize_with = "crate::model::time::serialize")]
    pub at: Timestamp,
    /// Body (the command cuts its snippet out of it).
    #[serde(skip)]
    pub body: String,
}

/// A stored article, for `article show`.
#[derive(Debug, Clone)]
pub struct ArticleView {
    /// Row id.
    pub id: ArticleId,
    /// Address.
    pub url: String,
    /// The text; `None` while it is wanted.
    pub article: Option<Article>,
    /// What its entries said.
    pub entry: EntryText,
    /// Addresses of its feeds.
    pub feeds: Vec<String>,
    /// When first seen.
    pub first_seen: Timestamp,
    /// Version of the text.
    pub version: u32,
    /// Story, if it has one.
    pub story: Option<StoryId>,
    /// NAMEs of the watches that hit.
    pub watches: Vec<String>,
    /// Where it is: `wanted`, `read`, `judged` or `parked`.
    pub state: String,
    /// Last error in words.
    pub last_error: Option<String>,
}

/// Which articles are looked through for kept pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeptFilter {
    /// First seen at or after this.
    pub since: Option<Timestamp>,
    /// Named by this feed.
    pub feed: Option<FeedId>,
}

/// An article among those that are looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHead {
    /// Row id.
    pub id: ArticleId,
    /// Address.
    pub url: String,
    /// When first seen.
    pub first_seen: Timestamp,
    /// Its pages are kept.
    pub is_kept: bool,
}

/// A text that an article had.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleVersion {
    /// From 1.
    pub version: u32,
    /// When it was read.
    pub read_at: Timestamp,
    /// Made of the same page as the one before: the publisher had changed nothing.
    pub reread: bool,
    /// The text.
    pub article: Article,
}

/// Numbers for `status` and the summary of `run --once`.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Totals {
    /// Feeds in the config.
    pub feeds: u64,
    /// Of these, failing.
    pub feeds_failing: u64,
    /// Of these, never polled.
    pub feeds_new: u64,
    /// Entries.
    pub entries: u64,
    /// Articles.
    pub articles: u64,
    /// Articles waiting to be read.
    pub articles_wanted: u64,
    /// Articles waiting to be judged.
    pub articles_unjudged: u64,
    /// Articles parked after repeated failures.
    pub articles_parked: u64,
    /// Stories.
    pub stories: u64,
    /// Alerts that are open.
    pub alerts_open: u64,
    /// Alerts in all, backlog included.
    pub alerts: u64,
    /// Deliveries waiting.
    pub deliveries_pending: u64,
    /// Deliveries given up.
    pub deliveries_dead: u64,
    /// When the newest alert came.
    #[serde(with = "crate::model::time::option")]
    pub last_alert_at: Option<Timestamp>,
    /// When a poll last succeeded.
    #[serde(with = "crate::model::time::option")]
    pub last_poll_at: Option<Timestamp>,
    /// Articles whose pages are kept.
    pub kept_pages: u64,
    /// What these pages take in the database, in bytes.
    pub kept_pages_bytes: u64,
    /// Size of the database file in bytes.
    pub database_bytes: u64,
}

/// Questions of commands and pages. Read-only.
#[async_trait]
pub trait Queries: Send + Sync {
    /// Alerts, newest change first, with articles and evidence.
    async fn alerts(&self, filter: AlertFilter) -> Result<Vec<AlertView>, StoreError>;

    /// The mutes that hold, oldest first.
    async fn mutes(&self) -> Result<Vec<Mute>, StoreError>;

    /// The audit trail of an alert, or of everything, newest first.
    async fn audit(
        &self,
        alert: Option<AlertId>,
        limit: Option<usize>,
    ) -> Result<Vec<AuditView>, StoreError>;

    /// One alert.
    async fn alert(&self, id: AlertId) -> Result<Option<AlertView>, StoreError>;

    /// One article by its address in normal form, or by the link that a feed's entry gave for it.
    async fn article(&self, url: &str) -> Result<Option<ArticleView>, StoreError>;

    /// Up to `limit` articles with a text behind `after`, newest first, and whether their pages are kept.
    async fn kept_heads(
        &self,
        filter: KeptFilter,
        after: Option<KeptHead>,
        limit: usize,
    ) -> Result<Vec<KeptHead>, StoreError>;

    /// How many of them there are in all.
    async fn count_heads(&self, filter: KeptFilter) -> Result<u64, StoreError>;

    /// Up to `limit` stories that changed since a time, newest change first; not those that were merged into others.
    async fn stories(
        &self,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<StoryHead>, StoreError>;

    /// One story with its articles.
    async fn story(&self, id: StoryId) -> Result<Option<StoryView>, StoreError>;

    /// All texts that an article had, first one first; those whose body was dropped are without one.
    async fn article_versions(&self, article: ArticleId)
    -> Result<Vec<ArticleVersion>, StoreError>;

    /// An article with its kept pages; `None` when none is kept.
    async fn kept_article(&self, article: ArticleId) -> Result<Option<KeptArticle>, StoreError>;

    /// Feeds in the order of the config's sync, removed ones last.
    async fn feeds(&self) -> Result<Vec<FeedView>, StoreError>;

    /// All that is known of the feed with this address.
    async fn feed_history(&self, url: &str) -> Result<Option<FeedHistory>, StoreError>;

    /// Hosts that asked to be left alone beyond `now`: name and until when.
    async fn quiet_hosts(&self, now: Timestamp) -> Result<Vec<(String, Timestamp)>, StoreError>;

    /// What was learnt of a host's pages, last written with [`Store::commit_read`]; without the memory itself when it
    /// was written at `known`.
    async fn host_memory(
        &self,
        host: &str,
        known: Option<Timestamp>,
    ) -> Result<Option<StoredHost>, StoreError>;

    /// Deliveries, newest first.
    async fn outbox(&self, filter: OutboxFilter) -> Result<Vec<DeliveryView>, StoreError>;

    /// The tries of a delivery, in order.
    async fn attempts(&self, delivery: DeliveryId) -> Result<Vec<AttemptView>, StoreError>;

    /// The deliveries of an alert, in order.
    async fn deliveries_of(&self, alert: AlertId) -> Result<Vec<DeliveryView>, StoreError>;

    /// How the channels are that were ever tried.
    async fn channel_states(&self) -> Result<Vec<ChannelState>, StoreError>;

    /// Channels with deliveries that were given up: name, how many, and why the last of them.
    async fn dead_channels(&self) -> Result<Vec<(String, u64, String)>, StoreError>;

    /// The WebSub subscription of a feed, if it has one.
    async fn subscription(&self, feed: FeedId) -> Result<Option<SubscriptionView>, StoreError>;

    /// Articles whose title or body holds all `words` (as `text::search_words` makes them), best first.
    async fn search(&self, words: &str, limit: usize) -> Result<Vec<SearchHit>, StoreError>;

    /// What a digest of `watches` (empty = all) over the events after `after_seq` (and, when given,
    /// at or after `since`) is made of. A scheduled digest gives no `since`: an event that was
    /// committed after the window before had closed may bear an earlier time. Near misses and health
    /// count from `since`, else from the time of the event `after_seq`.
    async fn digest_material(
        &self,
        after_seq: i64,
        since: Option<Timestamp>,
        watches: &[String],
    ) -> Result<DigestMaterial, StoreError>;

    /// What a digest says beside its material: what its readers know of its stories, how often its watches hit
    /// on the last days, and the last alert.
    async fn digest_background(&self, ask: DigestAsk) -> Result<DigestBackground, StoreError>;

    /// Where the window of a digest stands that is in the config; `None` for one that the daemon does not know yet.
    async fn digest_slot(&self, name: &str) -> Result<Option<DigestSlot>, StoreError>;

    /// Up to `limit` digests that were closed with something in them (of that name, when one is given), newest first.
    async fn closed_digests(
        &self,
        name: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ClosedDigest>, StoreError>;

    /// A closed digest by name: the newest, or the one with that id.
    async fn closed_digest(
        &self,
        name: &str,
        id: Option<DigestId>,
    ) -> Result<Option<Digest>, StoreError>;

    /// Near misses, newest first.
    async fn near_misses(
        &self,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<NearMissView>, StoreError>;

    /// Hits of each watch since a time: name and number of articles.
    async fn hits_per_watch(&self, since: Timestamp) -> Result<Vec<(String, u64)>, StoreError>;

    /// What is known of each watch that ran or left anything behind, by NAME.
    async fn watch_records(&self, now: Timestamp) -> Result<Vec<WatchRecord>, StoreError>;

    /// The config that the daemon works with; `None` when it never ran.
    async fn in_force(&self) -> Result<Option<InForce>, StoreError>;

    /// Up to `limit` articles first seen at or after `since`, behind `after` (the last one of the call before), in the
    /// order in which they came.
    async fn stored_articles(
        &self,
        since: Timestamp,
        after: Option<(Timestamp, ArticleId)>,
        limit: usize,
    ) -> Result<Vec<StoredArticle>, StoreError>;

    /// How many of them there are in all.
    async fn count_stored(&self, since: Timestamp) -> Result<u64, StoreError>;

    /// The texts of [`Queries::stored_articles`], as they lie in the store.
    async fn stored_texts(
        &self,
        since: Timestamp,
        after: Option<(Timestamp, ArticleId)>,
        limit: usize,
    ) -> Result<Vec<StoredText>, StoreError>;

    /// Stored articles by their ids, in this order; those that are gone or have no text yet are left out.
    async fn stored_by_id(
        &self,
        articles: Vec<ArticleId>,
    ) -> Result<Vec<StoredArticle>, StoreError>;

    /// The articles first seen since a time that a watch has hit, in the order in which they came.
    async fn stored_hits(
        &self,
        watch: &str,
        since: Timestamp,
    ) -> Result<Vec<StoredHit>, StoreError>;

    /// Free bytes on the disk of the database; `None` when the system does not say. See `[store] free_bytes_min`.
    async fn free_bytes(&self) -> Result<Option<u64>, StoreError>;

    /// Totals.
    async fn totals(&self) -> Result<Totals, StoreError>;

    /// What is measured again and again; far cheaper than [`Queries::totals`].
    async fn gauges(&self) -> Result<Gauges, StoreError>;

    /// How long the articles that were seen since a time, backlog left out, took until they were judged, ascending.
    async fn lags(&self, since: Timestamp) -> Result<Vec<SignedDuration>, StoreError>;

    /// Next fire of each digest.
    async fn next_digests(&self) -> Result<Vec<(String, Timestamp)>, StoreError>;
}
