//! The pipeline's verbs, handed to the writing thread or a reading one.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use super::writer::Promise::{Bare, Durable, Repeatable, Soon};
use super::{
    SqliteStore, alerts, bursts, candidates, care, channel_states, digest, due, entries, faults,
    feeds, handling, health, host_memory, in_force, judge, keep_rules, kept, late, life, marks,
    mutes, outbox, plan, poll, poll_claim, purge, read, send, settling, story_edits, subscriptions,
    tidy, twins, watches,
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
use crate::store::{
    BackupPlan, BackupReport, DigestSchedule, FeedScope, JudgementReport, KeepRules, KnownAlert,
    NextDue, PollReport, PurgeReport, Store, StoreError, StoryCandidates, SyncReport, TidyOptions,
    TidyReport, Twin, WatchReport, WatchSpec,
};

#[async_trait]
impl Store for SqliteStore {
    async fn sync_feeds(
        &self,
        feeds: &[(Arc<FeedSpec>, Timestamp)],
        now: Timestamp,
    ) -> Result<SyncReport, StoreError> {
        let feeds = feeds.to_vec();
        self.write(Durable, move |conn| feeds::sync(conn, &feeds, now))
            .await
    }

    async fn move_feed(
        &self,
        from: &str,
        to: &FeedSpec,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (from, to) = (from.to_owned(), to.clone());
        self.write(Durable, move |conn| feeds::relocate(conn, &from, &to, now))
            .await
    }

    async fn purge_feed(&self, url: &str) -> Result<PurgeReport, StoreError> {
        let mut report = PurgeReport::default();
        loop {
            let url = url.to_owned();
            let step = self
                .write(Durable, move |conn| purge::step(conn, &url))
                .await?;
            report.entries += step.entries;
            report.articles += step.articles;
            report.kept = step.kept;
            if step.entries == 0 {
                return Ok(report);
            }
        }
    }

    async fn sync_watches(
        &self,
        watches: Vec<WatchSpec>,
        now: Timestamp,
    ) -> Result<WatchReport, StoreError> {
        self.write(Durable, move |conn| watches::sync(conn, &watches, now))
            .await
    }

    async fn put_in_force(&self, rule_set: &str, now: Timestamp) -> Result<(), StoreError> {
        let rule_set = rule_set.to_owned();
        self.write(Repeatable, move |conn| in_force::put(conn, &rule_set, now))
            .await
    }

    async fn refuse_config(&self, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let why = why.to_owned();
        self.write(Repeatable, move |conn| in_force::refuse(conn, &why, now))
            .await
    }

    async fn commit_backfill(
        &self,
        article: ArticleId,
        judgement: Judgement,
    ) -> Result<Committed<JudgementReport>, StoreError> {
        self.write(Durable, move |conn| {
            judge::backfill(conn, article, &judgement)
        })
        .await
    }

    async fn mark_alerts(
        &self,
        alerts: Vec<AlertId>,
        mark: Option<Mark>,
        deed: Deed,
    ) -> Result<Vec<AlertId>, StoreError> {
        self.write(Durable, move |conn| {
            marks::put(conn, &alerts, mark.as_ref(), &deed)
        })
        .await
    }

    async fn order_alerts(
        &self,
        alerts: Vec<AlertId>,
        order: AlertOrder,
        deed: Deed,
    ) -> Result<Vec<AlertId>, StoreError> {
        self.write(Durable, move |conn| {
            handling::order(conn, &alerts, order, &deed)
        })
        .await
    }

    async fn merge_stories(
        &self,
        into: StoryId,
        other: StoryId,
        editor: Editor,
    ) -> Result<StoryEdited, StoreError> {
        self.write(Durable, move |conn| {
            story_edits::merge(conn, into, other, &editor)
        })
        .await
    }

    async fn merge_alike(
        &self,
        into: StoryId,
        other: StoryId,
        at: Timestamp,
        why: String,
    ) -> Result<StoryEdited, StoreError> {
        self.write(Durable, move |conn| {
            story_edits::merge_alike(conn, into, other, at, why)
        })
        .await
    }

    async fn mute(
        &self,
        target: MuteTarget,
        until: Option<Timestamp>,
        deed: Deed,
    ) -> Result<Option<Mute>, StoreError> {
        self.write(Durable, move |conn| mutes::put(conn, &target, until, &deed))
            .await
    }

    async fn unmute(&self, target: MuteTarget, deed: Deed) -> Result<Unmuted, StoreError> {
        self.write(Durable, move |conn| mutes::end(conn, &target, &deed))
            .await
    }

    async fn end_mutes(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(Durable, move |conn| mutes::end_over(conn, now))
            .await
    }

    async fn alerts_due(&self, now: Timestamp, limit: usize) -> Result<Vec<LifeFacts>, StoreError> {
        self.ask(move |conn| life::due(conn, now, limit)).await
    }

    async fn commit_life(&self, change: LifeChange) -> Result<Committed<u64>, StoreError> {
        self.write(Durable, move |conn| life::commit(conn, &change))
            .await
    }

    async fn burst_facts(
        &self,
        now: Timestamp,
        least: u64,
        days: usize,
    ) -> Result<Vec<BurstFacts>, StoreError> {
        self.ask(move |conn| bursts::facts(conn, now, least, days))
            .await
    }

    async fn split_story(
        &self,
        story: StoryId,
        articles: Vec<ArticleId>,
        editor: Editor,
    ) -> Result<StoryEdited, StoreError> {
        self.write(Durable, move |conn| {
            story_edits::split(conn, story, &articles, &editor)
        })
        .await
    }

    async fn claim_feeds(
        &self,
        lessee: &Lessee,
        scope: FeedScope,
        limit: usize,
        per_host: usize,
        busy_hosts: &[String],
    ) -> Result<Vec<Claim<Feed>>, StoreError> {
        let (lessee, busy) = (lessee.clone(), busy_hosts.to_vec());
        self.write(Repeatable, move |conn| {
            poll_claim::claim(conn, &lessee, scope, limit, per_host, &busy)
        })
        .await
    }

    async fn commit_poll(
        &self,
        feed: FeedId,
        lease_no: i64,
        outcome: PollOutcome,
    ) -> Result<Committed<PollReport>, StoreError> {
        self.write(Repeatable, move |conn| {
            poll::commit(conn, feed, lease_no, outcome)
        })
        .await
    }

    async fn known_keys(
        &self,
        feed: FeedId,
        keys: Vec<String>,
        before: Option<Timestamp>,
    ) -> Result<Vec<bool>, StoreError> {
        self.ask(move |conn| entries::known_keys(conn, feed, &keys, before))
            .await
    }

    async fn twin(&self, twin: Twin) -> Result<Option<String>, StoreError> {
        self.ask(move |conn| twins::find(conn, &twin)).await
    }

    async fn claim_wanted(
        &self,
        lessee: &Lessee,
        limit: usize,
        per_host: usize,
        busy_hosts: &[String],
    ) -> Result<Vec<Claim<WantedArticle>>, StoreError> {
        let (lessee, busy) = (lessee.clone(), busy_hosts.to_vec());
        self.write(Repeatable, move |conn| {
            read::claim(conn, &lessee, limit, per_host, &busy)
        })
        .await
    }

    async fn commit_read(
        &self,
        article: ArticleId,
        lease_no: i64,
        outcome: ReadOutcome,
    ) -> Result<Committed, StoreError> {
        self.write(Repeatable, move |conn| {
            read::commit(conn, article, lease_no, outcome)
        })
        .await
    }

    async fn commit_reread(
        &self,
        article: ArticleId,
        seen: Seen,
        outcome: RereadOutcome,
    ) -> Result<Committed, StoreError> {
        self.write(Repeatable, move |conn| {
            kept::commit(conn, article, seen, &outcome)
        })
        .await
    }

    async fn claim_read(
        &self,
        lessee: &Lessee,
        limit: usize,
    ) -> Result<Vec<Claim<ReadArticle>>, StoreError> {
        let lessee = lessee.clone();
        self.write(Repeatable, move |conn| judge::claim(conn, &lessee, limit))
            .await
    }

    async fn story_candidates(
        &self,
        keys: &[u64],
        since: Timestamp,
    ) -> Result<StoryCandidates, StoreError> {
        let keys = keys.to_vec();
        self.ask(move |conn| candidates::candidates(conn, &keys, since))
            .await
    }

    async fn known_alerts(
        &self,
        story: StoryId,
        watches: &[String],
        article: ArticleId,
    ) -> Result<Vec<KnownAlert>, StoreError> {
        let watches = watches.to_vec();
        self.ask(move |conn| alerts::known(conn, story, &watches, article))
            .await
    }

    async fn watch_reports(
        &self,
        watch: &str,
        since: Timestamp,
        but: ArticleId,
        after: i64,
    ) -> Result<StoryCandidates, StoreError> {
        let watch = watch.to_owned();
        self.ask(move |conn| settling::reports(conn, &watch, since, but, after))
            .await
    }

    async fn end_settling(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(Repeatable, move |conn| settling::end(conn, now))
            .await
    }

    async fn commit_judgement(
        &self,
        article: ArticleId,
        lease_no: i64,
        judgement: Judgement,
    ) -> Result<Committed<JudgementReport>, StoreError> {
        let promise = if judgement.alerts.is_empty() {
            Repeatable
        } else {
            Durable
        };
        self.write(promise, move |conn| {
            judge::commit(conn, article, lease_no, judgement)
        })
        .await
    }

    async fn release_article(
        &self,
        article: ArticleId,
        lease_no: i64,
        retry_at: Timestamp,
        park_after: u32,
        why: &str,
    ) -> Result<Committed, StoreError> {
        let why = why.to_owned();
        self.write(Repeatable, move |conn| {
            judge::release(conn, article, lease_no, retry_at, park_after, &why)
        })
        .await
    }

    async fn group_late(&self, now: Timestamp, more_than: usize) -> Result<u64, StoreError> {
        self.write(Durable, move |conn| late::group(conn, now, more_than))
            .await
    }

    async fn end_late_wait(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.write(Repeatable, move |conn| late::end_wait(conn, now))
            .await
    }

    async fn plan_sends(&self, plans: Vec<SendPlan>, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durable, move |conn| plan::apply(conn, &plans, now))
            .await
    }

    async fn claim_deliveries(
        &self,
        lessee: &Lessee,
        channels: &[String],
        limit: usize,
    ) -> Result<Vec<Claim<Delivery>>, StoreError> {
        let (lessee, channels) = (lessee.clone(), channels.to_vec());
        self.write(Repeatable, move |conn| {
            send::claim(conn, &lessee, &channels, limit)
        })
        .await
    }

    async fn commit_attempt(
        &self,
        delivery: DeliveryId,
        lease_no: i64,
        attempt: Attempt,
    ) -> Result<Committed, StoreError> {
        // A channel takes more deliveries a second than a disk takes syncs.
        self.write(Soon, move |conn| {
            send::commit(conn, delivery, lease_no, attempt)
        })
        .await
    }

    async fn release_deliveries(&self, claims: Vec<(DeliveryId, i64)>) -> Result<(), StoreError> {
        self.write(Repeatable, move |conn| send::release(conn, &claims))
            .await
    }

    async fn hold_channel(
        &self,
        channel: &str,
        until: Timestamp,
        give_up_before: Timestamp,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let channel = channel.to_owned();
        self.write(Repeatable, move |conn| {
            channel_states::hold(conn, &channel, until, give_up_before, now)
        })
        .await
    }

    async fn end_holds(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(Repeatable, move |conn| channel_states::end_holds(conn, now))
            .await
    }

    async fn retry_deliveries(
        &self,
        deliveries: Vec<DeliveryId>,
        now: Timestamp,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        self.write(Durable, move |conn| outbox::retry(conn, &deliveries, now))
            .await
    }

    async fn drop_deliveries(
        &self,
        deliveries: Vec<DeliveryId>,
        why: &str,
        now: Timestamp,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let why = why.to_owned();
        self.write(Durable, move |conn| {
            outbox::drop(conn, &deliveries, &why, now)
        })
        .await
    }

    async fn drop_orphans(&self, channels: &[String], now: Timestamp) -> Result<u64, StoreError> {
        let channels = channels.to_vec();
        self.write(Durable, move |conn| {
            send::drop_orphans(conn, &channels, now)
        })
        .await
    }

    async fn sync_digests(
        &self,
        digests: &[DigestSchedule],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let digests = digests.to_vec();
        self.write(Durable, move |conn| digest::sync(conn, &digests, now))
            .await
    }

    async fn claim_digests(&self, lessee: &Lessee) -> Result<Vec<Claim<DigestSlot>>, StoreError> {
        let lessee = lessee.clone();
        self.write(Repeatable, move |conn| digest::claim(conn, &lessee))
            .await
    }

    async fn commit_digest(
        &self,
        name: &str,
        lease_no: i64,
        outcome: DigestOutcome,
    ) -> Result<Committed<Option<DigestId>>, StoreError> {
        let name = name.to_owned();
        self.write(Durable, move |conn| {
            digest::commit(conn, &name, lease_no, outcome)
        })
        .await
    }

    async fn feed_facts(&self, after: FeedId, limit: usize) -> Result<Vec<FeedFacts>, StoreError> {
        self.ask(move |conn| health::facts(conn, after, limit))
            .await
    }

    async fn news_times(
        &self,
        feed: FeedId,
        since: Timestamp,
        at_least: usize,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.ask(move |conn| health::news(conn, feed, since, at_least))
            .await
    }

    async fn commit_troubles(&self, changes: HealthChanges) -> Result<(), StoreError> {
        self.write(Repeatable, move |conn| {
            health::commit_troubles(conn, &changes)
        })
        .await
    }

    async fn untold_troubles(&self, now: Timestamp) -> Result<Vec<UntoldTrouble>, StoreError> {
        self.ask(move |conn| health::untold(conn, now)).await
    }

    async fn commit_notice(&self, outcome: HealthOutcome) -> Result<Committed<u64>, StoreError> {
        self.write(Durable, move |conn| health::commit_notice(conn, &outcome))
            .await
    }

    async fn hub_feeds(&self) -> Result<Vec<HubFeed>, StoreError> {
        self.ask(subscriptions::hub_feeds).await
    }

    async fn subscriptions(&self) -> Result<Vec<HeldSubscription>, StoreError> {
        self.ask(subscriptions::held).await
    }

    async fn change_subscriptions(
        &self,
        changes: SubscriptionChanges,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(Durable, move |conn| {
            subscriptions::change(conn, &changes, now)
        })
        .await
    }

    async fn claim_subscriptions(
        &self,
        lessee: &Lessee,
        limit: usize,
    ) -> Result<Vec<Claim<Subscription>>, StoreError> {
        let lessee = lessee.clone();
        self.write(Repeatable, move |conn| {
            subscriptions::claim(conn, &lessee, limit)
        })
        .await
    }

    async fn commit_subscription(
        &self,
        subscription: SubscriptionId,
        lease_no: i64,
        outcome: SubscriptionOutcome,
    ) -> Result<Committed, StoreError> {
        self.write(Repeatable, move |conn| {
            subscriptions::commit(conn, subscription, lease_no, &outcome)
        })
        .await
    }

    async fn subscription_by_token(&self, token: &str) -> Result<Option<Subscription>, StoreError> {
        let token = token.to_owned();
        self.ask(move |conn| subscriptions::by_token(conn, &token))
            .await
    }

    async fn commit_answer(
        &self,
        subscription: SubscriptionId,
        answer: SubscriptionAnswer,
    ) -> Result<(), StoreError> {
        self.write(Durable, move |conn| {
            subscriptions::answer(conn, subscription, &answer)
        })
        .await
    }

    async fn commit_push(
        &self,
        feed: FeedId,
        at: Timestamp,
        entries: Vec<PolledEntry>,
        rhythm: Option<Rhythm>,
    ) -> Result<PollReport, StoreError> {
        // On disk before the hub is told so: it will not push it again.
        self.write(Durable, move |conn| {
            subscriptions::push(conn, feed, at, entries, rhythm.as_ref())
        })
        .await
    }

    async fn rhythm(
        &self,
        feed: FeedId,
    ) -> Result<Option<(Rhythm, Option<Timestamp>)>, StoreError> {
        self.ask(move |conn| subscriptions::rhythm(conn, feed))
            .await
    }

    async fn reject_push(&self, subscription: SubscriptionId) -> Result<u64, StoreError> {
        self.write(Repeatable, move |conn| {
            subscriptions::reject(conn, subscription)
        })
        .await
    }

    async fn tidy(&self, options: TidyOptions, now: Timestamp) -> Result<TidyReport, StoreError> {
        let bodies = tidy::before(now, options.bodies);
        let near_misses = tidy::before(now, options.near_misses);
        let fingerprints = tidy::before(now, options.fingerprints);
        let hosts = tidy::before(now, options.hosts);
        let report = TidyReport {
            bodies: self.drop_all(bodies, tidy::drop_bodies).await?,
            pages: self.drop_pages(&options, now).await?,
            near_misses: self.drop_all(near_misses, tidy::drop_near_misses).await?,
            fingerprints: self.drop_all(fingerprints, tidy::drop_fingerprints).await?,
            hosts: self.drop_all(hosts, tidy::drop_hosts).await?,
            alerts: 0,
        };
        self.write(Bare, tidy::care).await?;
        Ok(report)
    }

    async fn tidy_by_rule(
        &self,
        rules: KeepRules,
        now: Timestamp,
    ) -> Result<TidyReport, StoreError> {
        let alerts = rules.alerts.map(|keep| tidy::before(now, keep));
        let (bodies, pages) = (rules.bodies, rules.pages);
        self.write(Repeatable, move |conn| keep_rules::put(conn, &rules))
            .await?;
        let mut report = TidyReport::default();
        // Before bodies: what no alert rests on any more goes as what was never hit.
        if let Some(before) = alerts {
            report.alerts = self.drop_all(before, keep_rules::drop_alerts).await?;
            self.drop_all(before, keep_rules::drop_digests).await?;
            self.drop_all(before, keep_rules::drop_hits).await?;
        }
        let mut after = i64::MIN;
        while let Some(step) = self
            .write(Repeatable, move |conn| {
                keep_rules::drop_bodies(conn, now, bodies, after)
            })
            .await?
        {
            (after, report.bodies) = (step.last, report.bodies + step.dropped);
        }
        after = i64::MIN;
        while let Some(step) = self
            .write(Repeatable, move |conn| {
                keep_rules::drop_pages(conn, now, pages, after)
            })
            .await?
        {
            (after, report.pages) = (step.last, report.pages + step.dropped);
        }
        Ok(report)
    }

    async fn back_up(
        &self,
        plan: &BackupPlan,
        now: Timestamp,
    ) -> Result<Option<BackupReport>, StoreError> {
        let (path, plan) = (self.path.clone(), plan.clone());
        // On a thread of its own: it takes seconds, and the readers are asked all the time.
        let (reply, answer) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("store-backup".to_owned())
            .spawn(move || {
                // Whoever has stopped waiting does not want the answer.
                let _ = reply.send(care::back_up_if_due(&path, &plan, now));
            })
            .map_err(|error| StoreError::Other {
                path: self.path.display().to_string(),
                why: format!("cannot start a thread: {error}"),
            })?;
        answer.await.map_err(|_| faults::closed(&self.path))?
    }

    async fn forget_host(&self, host: &str) -> Result<bool, StoreError> {
        let host = host.to_owned();
        self.write(Durable, move |conn| host_memory::forget(conn, &host))
            .await
    }

    async fn next_due(&self, now: Timestamp) -> Result<NextDue, StoreError> {
        self.ask(move |conn| due::next(conn, now)).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        match &self.writer {
            Some(writer) => writer.call(Bare, tidy::checkpoint).await,
            None => Ok(()),
        }
    }
}

impl SqliteStore {
    /// Drops pages that are too old or too many, in steps between which others write.
    async fn drop_pages(&self, options: &TidyOptions, now: Timestamp) -> Result<u64, StoreError> {
        let before = match options.pages.is_zero() {
            true => Timestamp::MAX,
            false => tidy::before(now, options.pages),
        };
        let bytes_max = options.pages_bytes_max;
        let place = self
            .ask(move |conn| kept::too_much(conn, before, bytes_max))
            .await?;
        let mut dropped = 0;
        loop {
            let now = self
                .write(Repeatable, move |conn| kept::drop_oldest(conn, place))
                .await?;
            dropped += now;
            if now == 0 {
                return Ok(dropped);
            }
        }
    }

    /// Repeats a step of tidying until it finds less than it could take.
    async fn drop_all(
        &self,
        before: Timestamp,
        step: fn(&rusqlite::Connection, Timestamp) -> rusqlite::Result<u64>,
    ) -> Result<u64, StoreError> {
        let mut dropped = 0;
        loop {
            let now = self
                .write(Repeatable, move |conn| step(conn, before))
                .await?;
            dropped += now;
            if now < tidy::STEP as u64 {
                return Ok(dropped);
            }
        }
    }
}
