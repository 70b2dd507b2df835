//! The pipeline's verbs.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    BackupPlan, BackupReport, DigestSchedule, FeedScope, JudgementReport, KeepRules, KnownAlert,
    NextDue, PollReport, PurgeReport, StoreError, StoryCandidates, SyncReport, TidyOptions,
    TidyReport, Twin, WatchReport, WatchSpec,
};
use crate::model::{
    AlertId, AlertOrder, ArticleId, Attempt, BurstFacts, Claim, Committed, Deed, Delivery,
    DeliveryId, DigestId, DigestOutcome, DigestSlot, Editor, Feed, FeedFacts, FeedId, FeedSpec,
    HealthChanges, HealthOutcome, HeldSubscription, HubFeed, Judgement, Lessee, LifeChange,
    LifeFacts, Mark, Mute, MuteTarget, PollOutcome, PolledEntry, ReadArticle, ReadOutcome,
    RereadOutcome, Rhythm, Seen, SendPlan, StoryEdited, StoryId, Subscription, SubscriptionAnswer,
    SubscriptionChanges, SubscriptionId, SubscriptionOutcome, Unmuted, UntoldTrouble,
    WantedArticle,
};

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

    /// Gives the row of the feed at `from` (entries, validators, history) to the address `to`. False when there is
    /// no such row, or one of `to` already.
    async fn move_feed(
        &self,
        from: &str,
        to: &FeedSpec,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Deletes what a feed that is no longer in the config brought, but for what an alert tells of or another feed
    /// brought too.
    async fn purge_feed(&self, url: &str) -> Result<PurgeReport, StoreError>;

    /// Brings the list of watches in line with the config: gives the alerts and hits of an old name to the new one,
    /// notes since when each is as it is, and drops pending deliveries of watches that are gone (state `dead`, with
    /// that reason). Hits and alerts stay.
    async fn sync_watches(
        &self,
        watches: Vec<WatchSpec>,
        now: Timestamp,
    ) -> Result<WatchReport, StoreError>;

    /// Notes that a config is in force, for `status`: the fingerprint of its rule set.
    async fn put_in_force(&self, rule_set: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Notes that newer files were refused, and why; the config in force stays.
    async fn refuse_config(&self, why: &str, now: Timestamp) -> Result<(), StoreError>;

    /// Writes the hits of one watch in an article of the past, with story and alert; those of other watches stay.
    /// No claim: stale, and nothing is written, when the article is in hand or has another version, or as in
    /// [`Store::commit_judgement`].
    async fn commit_backfill(
        &self,
        article: ArticleId,
        judgement: Judgement,
    ) -> Result<Committed<JudgementReport>, StoreError>;

    /// Writes what a person said of alerts, and the trail of it; `None` takes it back. Answers with the ids that are no alert's; the others
    /// are marked all the same.
    async fn mark_alerts(
        &self,
        alerts: Vec<AlertId>,
        mark: Option<Mark>,
        deed: Deed,
    ) -> Result<Vec<AlertId>, StoreError>;

    /// Acknowledges or snoozes alerts, and drops what waits to tell of them. Answers with the ids that are no alert's;
    /// the others are done all the same.
    async fn order_alerts(
        &self,
        alerts: Vec<AlertId>,
        order: AlertOrder,
        deed: Deed,
    ) -> Result<Vec<AlertId>, StoreError>;

    /// Mutes something until a time (`None` = for good) in place of a mute that it has, and drops what waits to tell of
    /// it. `None` when there is no such alert or story.
    async fn mute(
        &self,
        target: MuteTarget,
        until: Option<Timestamp>,
        deed: Deed,
    ) -> Result<Option<Mute>, StoreError>;

    /// Ends the mute of a target. What has grown in silence is not told: only what comes from now on.
    async fn unmute(&self, target: MuteTarget, deed: Deed) -> Result<Unmuted, StoreError>;

    /// Ends the mutes whose time is over; answers with their number.
    async fn end_mutes(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Up to `limit` alerts whose life goes on by itself at `now`, the longest due first.
    async fn alerts_due(&self, now: Timestamp, limit: usize) -> Result<Vec<LifeFacts>, StoreError>;

    /// Writes what becomes of an alert, with event and deliveries; answers with the number of those. Stale when it is at
    /// another revision or in another state than was seen.
    async fn commit_life(&self, change: LifeChange) -> Result<Committed<u64>, StoreError>;

    /// Watches with at least so many hits in the last hour that are in no cool-down, with what is usual at this hour on
    /// up to `days` days before, and the alert of the story that most of the hits belong to. Those of whose stories
    /// nobody may be told are left out.
    async fn burst_facts(
        &self,
        now: Timestamp,
        least: u64,
        days: usize,
    ) -> Result<Vec<BurstFacts>, StoreError>;

    /// Makes `other` a part of the story `into`: its articles and alerts go there. Of two alerts of one watch the older
    /// stays with the articles and events of both; what waits to be sent of the other is dropped.
    async fn merge_stories(
        &self,
        into: StoryId,
        other: StoryId,
        editor: Editor,
    ) -> Result<StoryEdited, StoreError>;

    /// The same, because an article told as much (`why`), not because a person said so; refused where a person has set
    /// the two apart.
    async fn merge_alike(
        &self,
        into: StoryId,
        other: StoryId,
        at: Timestamp,
        why: String,
    ) -> Result<StoryEdited, StoreError>;

    /// Makes these articles of a story one of their own; what alerts told of them goes with them.
    async fn split_story(
        &self,
        story: StoryId,
        articles: Vec<ArticleId>,
        editor: Editor,
    ) -> Result<StoryEdited, StoreError>;

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

    /// The alerts of a story, as far as `watches` (empty = all) have one; `article` is the one being judged.
    async fn known_alerts(
        &self,
        story: StoryId,
        watches: &[String],
        article: ArticleId,
    ) -> Result<Vec<KnownAlert>, StoreError>;

    /// What a watch has hit since then (dated and judged) that its alerts have told or are held to tell, newest first, at
    /// most 100, but for one article and for what came into the index up to a watermark (0: nothing). The watermark of the
    /// answer goes into [`Judgement::compared_to`].
    async fn watch_reports(
        &self,
        watch: &str,
        since: Timestamp,
        but: ArticleId,
        after: i64,
    ) -> Result<StoryCandidates, StoreError>;

    /// Lets the alerts that are held be told now: for the end of a single pass. Returns how many were held.
    async fn end_settling(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// Writes hits, near misses, story, alerts and their deliveries, all or nothing.
    ///
    /// Stale when the lease was lost or the article has another text; then it waits for `judge` again. Outdated when a
    /// fingerprint newer than the watermark shares a key, when the watch of what is told as new has another alert since it
    /// was compared with them, or when an alert's revision is not the one that was seen; the lease is kept, unless it was the
    /// last look, which is stale then.
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

    /// Holds back what is not to be sent now (quiet hours, caps), and makes one delivery of those that were held and
    /// are due again.
    async fn plan_sends(&self, plans: Vec<SendPlan>, now: Timestamp) -> Result<(), StoreError>;

    /// Claims up to `limit` deliveries that are due of each channel named, in the order in which they were promised.
    /// A channel that is left alone ([`Store::hold_channel`]) gives none.
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

    /// Gives claims back that were not tried; each with its `lease_no`.
    async fn release_deliveries(&self, claims: Vec<(DeliveryId, i64)>) -> Result<(), StoreError>;

    /// Leaves a channel that does not answer alone until a time. All that waits for it is due together then, so that it
    /// goes out in the order in which it was promised; what was promised before `give_up_before` is given up. Answers
    /// with the number of those.
    async fn hold_channel(
        &self,
        channel: &str,
        until: Timestamp,
        give_up_before: Timestamp,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Tries all channels again at once: their options may have been mended.
    async fn end_holds(&self, now: Timestamp) -> Result<(), StoreError>;

    /// Has deliveries that were given up (or wait for a later try) sent again under the same key. Answers with those
    /// for which it cannot be done.
    async fn retry_deliveries(
        &self,
        deliveries: Vec<DeliveryId>,
        now: Timestamp,
    ) -> Result<Vec<DeliveryId>, StoreError>;

    /// Gives waiting deliveries up. Answers with those that do not wait.
    async fn drop_deliveries(
        &self,
        deliveries: Vec<DeliveryId>,
        why: &str,
        now: Timestamp,
    ) -> Result<Vec<DeliveryId>, StoreError>;

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

    /// Drops bodies, pages and alerts as feeds and watches say. What [`Store::tidy`] is to leave to it, that must be told to
    /// keep.
    async fn tidy_by_rule(
        &self,
        rules: KeepRules,
        now: Timestamp,
    ) -> Result<TidyReport, StoreError>;

    /// Makes the backup of a plan when it is due, of one moment and beside all other work; `None` when it is not. Damage
    /// of the database is found with it.
    async fn back_up(
        &self,
        plan: &BackupPlan,
        now: Timestamp,
    ) -> Result<Option<BackupReport>, StoreError>;

    /// Forgets what was learnt of a host's pages; `false` when there was nothing.
    async fn forget_host(&self, host: &str) -> Result<bool, StoreError>;

    /// The next time at which something becomes due (feeds, articles, deliveries, digests); `None`
    /// when nothing is waiting. What a host's wish or a lease holds back counts when that ends; hosts
    /// that are busy in this process are not known here.
    async fn next_due(&self, now: Timestamp) -> Result<NextDue, StoreError>;

    /// Writes all that is pending to the main file, before the end. Nothing is lost without it.
    async fn close(&self) -> Result<(), StoreError>;
}
