//! The stages, as the loop runs them: what to claim, what to count, whom to wake.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::model::{Claim, Committed, Feed, Lessee, ReadArticle, WantedArticle};
use crate::pipeline::{self, poll::Polled, read::ReadResult, send::Batch};
use crate::store::{FeedScope, NextDue, StoreError};

use super::Daemon;
use super::runner::Stage;

/// Pieces of work claimed for a host at once, for each request that it may have under way: those that
/// are ahead wait for their turn in the fetcher. Fewer, larger claims spare the store.
const AHEAD: usize = 4;

/// Room for the pieces that are under way and those that are ahead.
fn fetch_slots(daemon: &Daemon) -> usize {
    AHEAD * daemon.pipeline.setup().config.fetch.concurrency.get()
}

/// How many pieces of one host a claim may take, and of which hosts none: those that could not start
/// a request now. A patient claim takes theirs too.
fn host_limits(daemon: &Daemon, patient: bool) -> (usize, Vec<String>) {
    let setup = daemon.pipeline.setup();
    let busy = match patient {
        true => Vec::new(),
        false => setup.fetcher.busy_hosts(),
    };
    (AHEAD * setup.config.fetch.host_parallel.get(), busy)
}

#[derive(Clone)]
pub(super) struct PollStage {
    pub(super) scope: FeedScope,
}

#[async_trait]
impl Stage for PollStage {
    type Item = Feed;
    const NAME: &'static str = "poll";

    fn slots(&self, daemon: &Daemon) -> usize {
        fetch_slots(daemon)
    }

    async fn claim(
        &self,
        daemon: &Daemon,
        lessee: &Lessee,
        free: usize,
        patient: bool,
    ) -> Result<Vec<Claim<Feed>>, StoreError> {
        let (per_host, busy) = host_limits(daemon, patient);
        daemon
            .pipeline
            .store
            .claim_feeds(lessee, self.scope, free, per_host, &busy)
            .await
    }

    async fn work(&self, daemon: &Daemon, claim: Claim<Feed>) -> Result<(), StoreError> {
        let (polled, committed) = pipeline::poll::work(&daemon.pipeline, claim).await?;
        let stats = &daemon.stats;
        stats.polls.add(1);
        match polled {
            Polled::NotModified => stats.not_modified.add(1),
            Polled::Unchanged => stats.unchanged.add(1),
            Polled::Failed => stats.polls_failed.add(1),
            Polled::Fetched => {}
        }
        stats
            .discrepancies
            .add(daemon.pipeline.discrepancies.take());
        if daemon.pipeline.hub_news.take() {
            daemon.wakes.subscribe.notify_one();
        }
        if let Committed::Done(report) = committed {
            stats.new_entries.add(report.new_entries);
            stats.changed_entries.add(report.changed_entries);
            stats.wanted.add(report.wanted_articles);
            report
                .ages
                .iter()
                .for_each(|age| daemon.meters.seen.note(*age));
            if report.wanted_articles > 0 {
                daemon.wakes.read.notify_one();
            }
        }
        Ok(())
    }

    fn due(&self, next: &NextDue) -> Option<Timestamp> {
        next.poll
    }
}

#[derive(Clone)]
pub(super) struct ReadStage;

#[async_trait]
impl Stage for ReadStage {
    type Item = WantedArticle;
    const NAME: &'static str = "read";

    fn slots(&self, daemon: &Daemon) -> usize {
        fetch_slots(daemon)
    }

    async fn claim(
        &self,
        daemon: &Daemon,
        lessee: &Lessee,
        free: usize,
        patient: bool,
    ) -> Result<Vec<Claim<WantedArticle>>, StoreError> {
        // Pages are by far the most that is written: without them there is room for alerts for long.
        if pipeline::disk::is_low(&daemon.pipeline).await? {
            return Ok(Vec::new());
        }
        let (per_host, busy) = host_limits(daemon, patient);
        daemon
            .pipeline
            .store
            .claim_wanted(lessee, free, per_host, &busy)
            .await
    }

    async fn work(&self, daemon: &Daemon, claim: Claim<WantedArticle>) -> Result<(), StoreError> {
        let (result, committed) = pipeline::read::work(&daemon.pipeline, claim).await?;
        let stats = &daemon.stats;
        match result {
            ReadResult::Page => stats.read.add(1),
            ReadResult::Entry => stats.read_from_entry.add(1),
            ReadResult::Retry => stats.read_retries.add(1),
            ReadResult::Unchanged => {}
        }
        if committed.is_done() {
            daemon.wakes.judge.notify_one();
        }
        Ok(())
    }

    fn due(&self, next: &NextDue) -> Option<Timestamp> {
        next.read
    }
}

#[derive(Clone)]
pub(super) struct JudgeStage;

#[async_trait]
impl Stage for JudgeStage {
    type Item = ReadArticle;
    const NAME: &'static str = "judge";

    /// Many times the cores: while some wait for the store, the others compute, and a claim takes several.
    fn slots(&self, _daemon: &Daemon) -> usize {
        8 * std::thread::available_parallelism().map_or(1, usize::from)
    }

    async fn claim(
        &self,
        daemon: &Daemon,
        lessee: &Lessee,
        free: usize,
        _patient: bool,
    ) -> Result<Vec<Claim<ReadArticle>>, StoreError> {
        daemon.pipeline.store.claim_read(lessee, free).await
    }

    async fn work(&self, daemon: &Daemon, claim: Claim<ReadArticle>) -> Result<(), StoreError> {
        let (hits, committed) = pipeline::judge::work(&daemon.pipeline, claim).await?;
        match committed {
            Committed::Done(report) => {
                let stats = &daemon.stats;
                stats.judged.add(1);
                stats.hits.add(hits as u64);
                let told = report
                    .alerts
                    .iter()
                    .filter(|(_, kind)| kind.is_some())
                    .count();
                stats.alerts.add(told as u64);
                daemon
                    .meters
                    .note_judgement(&report, daemon.pipeline.world.clock.now());
                if report.deliveries > 0 {
                    daemon.wakes.send.notify_one();
                }
            }
            // It may wait for a judge again.
            Committed::Stale | Committed::Outdated => daemon.wakes.judge.notify_one(),
        }
        Ok(())
    }

    fn due(&self, next: &NextDue) -> Option<Timestamp> {
        next.judge
    }
}

#[derive(Clone)]
pub(super) struct SendStage;

#[async_trait]
impl Stage for SendStage {
    type Item = Batch;
    const NAME: &'static str = "send";

    /// Each channel has its own, so that one that does not answer keeps nobody else waiting.
    fn slots(&self, daemon: &Daemon) -> usize {
        daemon.pipeline.setup().channels.len().max(1)
    }

    async fn claim(
        &self,
        daemon: &Daemon,
        lessee: &Lessee,
        free: usize,
        _patient: bool,
    ) -> Result<Vec<Claim<Batch>>, StoreError> {
        let batches = pipeline::send::claim(&daemon.pipeline, lessee, free).await?;
        // Each delivery in it has a lease of its own.
        let claims = batches.into_iter().map(|item| Claim {
            item,
            lease_no: 0,
            attempt: 0,
        });
        Ok(claims.collect())
    }

    async fn work(&self, daemon: &Daemon, claim: Claim<Batch>) -> Result<(), StoreError> {
        let channel = claim.item.channel.clone();
        let report = pipeline::send::work(&daemon.pipeline, claim.item).await?;
        daemon.meters.note_batch(&channel, &report);
        let stats = &daemon.stats;
        stats.sent.add(report.sent);
        stats.send_failures.add(report.retries);
        stats.dead.add(report.dead);
        if report.dead > 0 {
            // People are told of it, through another channel.
            daemon.wakes.health.notify_one();
        }
        if report.may_be_more {
            daemon.wakes.send.notify_one();
        }
        Ok(())
    }

    fn due(&self, next: &NextDue) -> Option<Timestamp> {
        next.send
    }
}
