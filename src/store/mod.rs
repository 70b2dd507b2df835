//! What wirewatch remembers. All SQL is in here, behind two traits: [`Store`] speaks the verbs of the
//! pipeline, [`Queries`] answers the questions of commands and pages.
//!
//! Takes and gives the nouns of `model`. Knows nothing of feeds, rules or channels, never uses the
//! network, never reads a clock: every method is given the time.

mod error;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::model::{
    AlertId, AlertKind, AlertView, Article, ArticleId, Attempt, Claim, Committed, Delivery,
    DeliveryId, Digest, DigestId, DigestMaterial, DigestOutcome, DigestSlot, EntryText, Feed,
    FeedFacts, FeedHistory, FeedId, FeedSpec, FeedView, HealthChanges, HealthOutcome,
    HeldSubscription, HubFeed, Judgement, KeptArticle, Lessee, NearMissView, PollOutcome,
    PolledEntry, ReadArticle, ReadOutcome, RereadOutcome, Rhythm, Seen, StoredHost, StoryId,
    Subscription, SubscriptionAnswer, SubscriptionChanges, SubscriptionId, SubscriptionOutcome,
    SubscriptionView, UntoldTrouble, WantedArticle,
};

pub use error::StoreError;
pub use sqlite::{OpenMode, SqliteStore};

/// A store behind an `Arc`, as the daemon and the commands hold it.
pub type SharedStore = Arc<dyn Store>;

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PollReport {
    /// Entries that were not known.
    pub new_entries: u64,
    /// Entries that say something else than before.
    pub changed_entries: u64,
    /// Articles that are to be read because of it.
    pub wanted_articles: u64,
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
    /// When it was published, never later than it was seen ([`ReadArticle::dated_at`]).
    pub dated_at: Timestamp,
}

/// Candidates and how far the store had got when they were looked up.
#[derive(Debug, Clone, Default)]
pub struct StoryCandidates {
    /// Articles sharing at least one key, most shared keys first, at most 200.
    pub candidates: Vec<StoryCandidate>,
    /// Highest fingerprint row of the store; goes into [`Judgement::watermark`].
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
}

/// The pipeline's verbs.
///
/// Claims are leases with a fence; see [`Claim`]. Every commit is one transaction. Commits that
/// promise something to a person (judgements with alerts, attempts, digests) are on disk when they
/// return (`synchronous=FULL`); the others survive a kill of the process at once and a power cut
/// with the next such commit.
#[async_trait]
pub trait Store: Send + Sync {
    /// Brings the list of feeds in line with the config. Each comes with the time of its first poll
    /// (used only when it is new); feeds that are missing are marked removed and no longer claimed.
    async fn sync_feeds(
        &self,
        feeds: &[(Arc<FeedSpec>, Timestamp)],
        now: Timestamp,
    ) -> Result<SyncReport, StoreError>;

    /// Claims up to `limit` feeds, most overdue first, at most `per_host` of one host, none of a
    /// host that is in `busy_hosts` or asked to be left alone.
    async fn claim_feeds(
        &self,
        lessee: &Lessee,
        scope: FeedScope,
        limit: usize,
        per_host: usize,
        busy_hosts: &[String],
    ) -> Result<Vec<Claim<Feed>>, StoreError>;

    /// Writes what a poll found: entries by key (new, changed or known), the articles they make
    /// wanted, validators, next due time.
    ///
    /// An entry with a link wants the article of that address; an article that several entries
    /// share is read once. An entry without a link gets an article of its own
    /// (`entry:<feed id>:<key hash>` as address) whose page is not fetched. A changed entry makes
    /// its article wanted again.
    async fn commit_poll(
        &self,
        feed: FeedId,
        lease_no: i64,
        outcome: PollOutcome,
    ) -> Result<Committed<PollReport>, StoreError>;

    /// Which of these keys are entries of the feed, in the order given; with `before` those alone that were
    /// first seen before then.
    async fn known_keys(
        &self,
        feed: FeedId,
        keys: Vec<String>,
        before: Option<Timestamp>,
    ) -> Result<Vec<bool>, StoreError>;

    /// The address of a feed in the config that has one of these addresses and the same content (the same
    /// bytes, or as many entries with the same keys), and that is polled with success.
    async fn twin(&self, twin: Twin) -> Result<Option<String>, StoreError>;

    /// Claims up to `limit` wanted articles that are due: newest first, backlog last; hosts as in
    /// [`Store::claim_feeds`].
    async fn claim_wanted(
        &self,
        lessee: &Lessee,
        limit: usize,
        per_host: usize,
        busy_hosts: &[String],
    ) -> Result<Vec<Claim<WantedArticle>>, StoreError>;

    /// Writes what reading came to. A text that is new or differs from the stored one makes the
    /// article wait for `judge`; so does a changed entry with the same text, since its words are judged too. What the
    /// page taught of its host is written with it.
    async fn commit_read(
        &self,
        article: ArticleId,
        lease_no: i64,
        outcome: ReadOutcome,
    ) -> Result<Committed, StoreError>;

    /// Writes a text that was made anew of an article's kept pages, as its next version, which waits for `judge`; the
    /// text that is stored already changes nothing. No claim: it is stale, and nothing is written, when something of
    /// what was `seen` has changed. It is marked as a reread, so that nobody is told of a correction.
    async fn commit_reread(
        &self,
        article: ArticleId,
        seen: Seen,
        outcome: RereadOutcome,
    ) -> Result<Committed, StoreError>;

    /// Claims up to `limit` articles that wait to be judged, newest first, backlog last.
    async fn claim_read(
        &self,
        lessee: &Lessee,
        limit: usize,
    ) -> Result<Vec<Claim<ReadArticle>>, StoreError>;

    /// Looks up articles of the story index that share a key with `keys`, dated at or after `since`.
    async fn story_candidates(
        &self,
        keys: &[u64],
        since: Timestamp,
    ) -> Result<StoryCandidates, StoreError>;

    /// The alerts of a story, as far as `watches` have one; `article` is the one being judged.
    async fn known_alerts(
        &self,
        story: StoryId,
        watches: &[String],
        article: ArticleId,
    ) -> Result<Vec<KnownAlert>, StoreError>;

    /// Writes hits, near misses, story, alerts and their deliveries, all or nothing.
    ///
    /// Stale when the lease was lost, when a fingerprint newer than the watermark shares a key, or
    /// when an alert's revision is not the one that was seen. The article then waits for `judge` again
    /// (a lost lease excepted).
    async fn commit_judgement(
        &self,
        article: ArticleId,
        lease_no: i64,
        judgement: Judgement,
    ) -> Result<Committed<JudgementReport>, StoreError>;

    /// Gives up a claim on an article, wanted or read, after an unexpected failure (a panic in a
    /// room): it is tried again at `retry_at`; when this was attempt `park_after` or a later one it is
    /// parked and shown by `status`.
    async fn release_article(
        &self,
        article: ArticleId,
        lease_no: i64,
        retry_at: Timestamp,
        park_after: u32,
        why: &str,
    ) -> Result<Committed, StoreError>;

    /// Groups late deliveries: where more than `more_than` of them wait for one channel, and the first
    /// of them is due (late ones wait a minute for others), they become one. Returns how many groups
    /// were made.
    async fn group_late(&self, now: Timestamp, more_than: usize) -> Result<u64, StoreError>;

    /// Late deliveries wait a while for others, to be grouped; this ends the wait of all of them, for
    /// a process that is about to exit. Returns how many were waiting.
    async fn end_late_wait(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Claims up to `limit` deliveries that are due, oldest first, of the channels named.
    async fn claim_deliveries(
        &self,
        lessee: &Lessee,
        channels: &[String],
        limit: usize,
    ) -> Result<Vec<Claim<Delivery>>, StoreError>;

    /// Writes how a try went; every try leaves a row.
    async fn commit_attempt(
        &self,
        delivery: DeliveryId,
        lease_no: i64,
        attempt: Attempt,
    ) -> Result<Committed, StoreError>;

    /// Drops pending deliveries of channels that are no longer configured (state `dead`, with that reason).
    async fn drop_orphans(&self, channels: &[String], now: Timestamp) -> Result<u64, StoreError>;

    /// Brings the digest schedules in line with the config. The first window of a digest that is new
    /// begins now; one that was removed and is back goes on after its last window.
    async fn sync_digests(
        &self,
        digests: &[DigestSchedule],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Claims digests that are due.
    async fn claim_digests(&self, lessee: &Lessee) -> Result<Vec<Claim<DigestSlot>>, StoreError>;

    /// Closes a digest's window: stores the digest (if there is one to send), its deliveries, the
    /// next due time, and where the window ends.
    async fn commit_digest(
        &self,
        name: &str,
        lease_no: i64,
        outcome: DigestOutcome,
    ) -> Result<Committed<Option<DigestId>>, StoreError>;

    /// What is known of up to `limit` active feeds with ids after `after`, in the order of their ids: looked
    /// at in pieces, so that ten thousand feeds are never in memory at once.
    async fn feed_facts(&self, after: FeedId, limit: usize) -> Result<Vec<FeedFacts>, StoreError>;

    /// When a feed had something new since a time, ascending; the last `at_least` times if those are fewer.
    async fn news_times(
        &self,
        feed: FeedId,
        since: Timestamp,
        at_least: usize,
    ) -> Result<Vec<Timestamp>, StoreError>;

    /// Opens and ends troubles. One that is open is not opened again; those of feeds that are no longer in
    /// the config, or are duplicates, end without a word.
    async fn commit_troubles(&self, changes: HealthChanges) -> Result<(), StoreError>;

    /// Troubles that have begun, or that were told and are over, and that nobody was told of yet.
    async fn untold_troubles(&self, now: Timestamp) -> Result<Vec<UntoldTrouble>, StoreError>;

    /// Tells troubles and recoveries: the message, its deliveries and the marks that they were told, all or
    /// nothing. Answers with the number of deliveries; stale when one of them was told or ended meanwhile.
    async fn commit_notice(&self, outcome: HealthOutcome) -> Result<Committed<u64>, StoreError>;

    /// Active feeds that name a WebSub hub; not those that are read with selectors, which a push does not fit.
    async fn hub_feeds(&self) -> Result<Vec<HubFeed>, StoreError>;

    /// All subscriptions, those that are ending included.
    async fn subscriptions(&self) -> Result<Vec<HeldSubscription>, StoreError>;

    /// Ends and begins subscriptions; the hubs are due to be asked at once.
    async fn change_subscriptions(
        &self,
        changes: SubscriptionChanges,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Claims up to `limit` subscriptions whose hub is to be asked, most overdue first.
    async fn claim_subscriptions(
        &self,
        lessee: &Lessee,
        limit: usize,
    ) -> Result<Vec<Claim<Subscription>>, StoreError>;

    /// Writes what asking a hub came to. Stale when the hub has answered at the callback meanwhile: its
    /// word there counts.
    async fn commit_subscription(
        &self,
        subscription: SubscriptionId,
        lease_no: i64,
        outcome: SubscriptionOutcome,
    ) -> Result<Committed, StoreError>;

    /// The subscription with that token in its callback.
    async fn subscription_by_token(&self, token: &str) -> Result<Option<Subscription>, StoreError>;

    /// Writes what a hub said at the callback.
    async fn commit_answer(
        &self,
        subscription: SubscriptionId,
        answer: SubscriptionAnswer,
    ) -> Result<(), StoreError>;

    /// Writes what a hub pushed, as [`Store::commit_poll`] writes entries: a merge, which needs no claim
    /// on the feed and touches neither validators nor body hash nor due time. Nothing is written for a
    /// feed that is removed or parked.
    ///
    /// With new entries `rhythm` takes the place of what was learnt before; a poll under way that learns something
    /// itself writes over it.
    async fn commit_push(
        &self,
        feed: FeedId,
        at: Timestamp,
        entries: Vec<PolledEntry>,
        rhythm: Option<Rhythm>,
    ) -> Result<PollReport, StoreError>;

    /// What was learnt of when a feed's entries come, and when one last was new; `None` for an unknown feed.
    async fn rhythm(&self, feed: FeedId)
    -> Result<Option<(Rhythm, Option<Timestamp>)>, StoreError>;

    /// Counts a push that was ignored for its signature; answers with their number.
    async fn reject_push(&self, subscription: SubscriptionId) -> Result<u64, StoreError>;

    /// Periodic care: drops what is past its time, lets SQLite optimise. Safe at any time.
    async fn tidy(&self, options: TidyOptions, now: Timestamp) -> Result<TidyReport, StoreError>;

    /// Forgets what was learnt of a host's pages; `false` when there was nothing.
    async fn forget_host(&self, host: &str) -> Result<bool, StoreError>;

    /// The next time at which something becomes due (feeds, articles, deliveries, digests); `None`
    /// when nothing is waiting. What a host's wish or a lease holds back counts when that ends; hosts
    /// that are busy in this process are not known here.
    async fn next_due(&self, now: Timestamp) -> Result<NextDue, StoreError>;

    /// Writes all that is pending to the main file, before the end. Nothing is lost without it.
    async fn close(&self) -> Result<(), StoreError>;
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
}

/// Which alerts to list.
#[derive(Debug, Clone, Default)]
pub struct AlertFilter {
    /// Only of these watches; empty = all.
    pub watches: Vec<String>,
    /// Only in these states; empty = all.
    pub states: Vec<crate::model::AlertState>,
    /// Only those changed at or after this.
    pub since: Option<Timestamp>,
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

    /// Totals.
    async fn totals(&self) -> Result<Totals, StoreError>;

    /// Next fire of each digest.
    async fn next_digests(&self) -> Result<Vec<(String, Timestamp)>, StoreError>;
}
