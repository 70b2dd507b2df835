//! Puts it together: workers for each stage, wake-ups, reload, shutdown. The only room that starts tasks.
//!
//! Takes a config and an open store, gives a [`Summary`]. Decides when and how many at once; what is done
//! is decided in `pipeline`.

mod callback;
mod files;
mod metrics;
mod pulse;
mod runner;
pub mod service;
mod stages;
mod stats;
mod sync;
mod websub;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};

use crate::model::Lessee;
use crate::pipeline::{self, Pipeline, Setup};
use crate::store::{FeedScope, StoreError};

pub use files::Files;
pub use metrics::Meters;
pub use pulse::Pulse;
pub use service::Signals;
pub use stats::{Snapshot, Stats};

use runner::run_stage;
use stages::{JudgeStage, PollStage, ReadStage, SendStage};

/// How long a claim holds. Longer than any piece of work: a request is over after its deadline.
const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// How long work in hand may take after a stop was asked for: a service manager and a person wait for it, and what is given up is done by the next
/// start.
const GRACE: Duration = Duration::from_secs(1);

/// Clocks are set by a little all the time; by more than this it is a change of the time.
const CLOCK_SET: SignedDuration = SignedDuration::from_mins(5);

/// Between two rounds of `tidy`.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// Between two looks at alerts whose life goes on by itself, at most.
const LIFE_EVERY: Duration = Duration::from_secs(5);

/// Between two looks for bursts.
const BURSTS_EVERY: Duration = Duration::from_secs(60);

/// Between two looks at the feeds' health.
const HEALTH_EVERY: Duration = Duration::from_secs(300);

/// What a run is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until it is told to stop.
    Forever,
    /// One pass over what is due.
    Once {
        /// Every feed, due or not.
        all: bool,
    },
}

/// A running (or about to run) set of workers. Cheap to clone.
#[derive(Clone)]
pub struct Daemon {
    /// The stages.
    pub pipeline: Pipeline,
    /// What happened so far.
    pub stats: Arc<Stats>,
    /// What else is counted, and how long things took.
    pub meters: Arc<Meters>,
    /// When it was made.
    pub started_at: Timestamp,
    /// Whether it gets on.
    pub pulse: Arc<Pulse>,
    wakes: Arc<Wakes>,
    stop: watch::Sender<bool>,
    /// How many WebSub subscriptions there are: while there is one, a hub may come.
    subscriptions: watch::Sender<usize>,
    name: Arc<str>,
    /// The config whose feeds the store was brought in line with.
    synced: Arc<Mutex<Option<Arc<Setup>>>>,
}

/// One wake-up per stage: a commit that made work wakes the next stage.
#[derive(Debug, Default)]
struct Wakes {
    read: Notify,
    judge: Notify,
    send: Notify,
    poll: Notify,
    digest: Notify,
    health: Notify,
    life: Notify,
    subscribe: Notify,
    listen: Notify,
    metrics: Notify,
}

impl Daemon {
    /// A daemon over a pipeline. `name` stands in the leases, for people who look into the database.
    #[must_use]
    pub fn new(pipeline: Pipeline, name: &str) -> Self {
        let started_at = pipeline.world.clock.now();
        Self {
            pipeline,
            started_at,
            synced: Arc::default(),
            meters: Arc::default(),
            stats: Arc::default(),
            pulse: Arc::default(),
            wakes: Arc::default(),
            stop: watch::channel(false).0,
            subscriptions: watch::channel(0).0,
            name: name.into(),
        }
    }

    /// Asks the run to end: work in hand is finished, nothing new is begun.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Wakes every stage, for example after the clock was moved or the config was swapped.
    pub fn wake(&self) {
        let wakes = &self.wakes;
        for wake in [
            &wakes.poll,
            &wakes.read,
            &wakes.judge,
            &wakes.send,
            &wakes.digest,
            &wakes.health,
            &wakes.life,
            &wakes.subscribe,
            &wakes.listen,
            &wakes.metrics,
        ] {
            wake.notify_one();
        }
    }

    fn lessee(&self) -> Lessee {
        Lessee {
            name: self.name.to_string(),
            now: self.pipeline.world.clock.now(),
            hold: LEASE,
        }
    }

    /// Runs until [`Daemon::stop`] (or, with [`Mode::Once`], until everything due is done).
    ///
    /// # Errors
    /// When the store fails for good: a full disk, a file that cannot be written.
    pub async fn run(&self, mode: Mode) -> Result<Snapshot, StoreError> {
        let result = match mode {
            Mode::Forever => self.run_forever().await,
            Mode::Once { all } => self.run_once(all).await,
        };
        let closed = self.pipeline.store.close().await;
        result?;
        closed?;
        Ok(self.stats.snapshot())
    }

    async fn run_forever(&self) -> Result<(), StoreError> {
        let scope = FeedScope::Due;
        tokio::try_join!(
            self.guard(run_stage(self, PollStage { scope }, &self.wakes.poll, None)),
            self.guard(run_stage(self, ReadStage, &self.wakes.read, None)),
            self.guard(run_stage(self, JudgeStage, &self.wakes.judge, None)),
            self.guard(run_stage(self, SendStage, &self.wakes.send, None)),
            self.guard(self.digests_forever()),
            self.guard(self.health_forever()),
            self.guard(self.life_forever()),
            self.guard(self.tidy_forever()),
            self.guard(self.websub_forever()),
            self.guard(self.metrics_forever()),
        )?;
        Ok(())
    }

    /// A stage that fails stops the others, so that the program ends with one clear message.
    async fn guard(
        &self,
        stage: impl Future<Output = Result<(), StoreError>>,
    ) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        let result = tokio::select! {
            result = stage => result,
            // A stage that waits for a database that another process has locked is not waited for.
            () = async {
                let _ = stop.wait_for(|stop| *stop).await;
                tokio::time::sleep(2 * GRACE).await;
            } => Ok(()),
        };
        if result.is_err() {
            self.stop();
        }
        result
    }

    async fn run_once(&self, all: bool) -> Result<(), StoreError> {
        let since = self.pipeline.world.clock.now();
        let scope = if all {
            FeedScope::All { since }
        } else {
            FeedScope::Due
        };
        let idle = runner::Idle::new(4);
        tokio::try_join!(
            self.guard(run_stage(
                self,
                PollStage { scope },
                &self.wakes.poll,
                Some((&idle, 0))
            )),
            self.guard(run_stage(
                self,
                ReadStage,
                &self.wakes.read,
                Some((&idle, 1))
            )),
            self.guard(run_stage(
                self,
                JudgeStage,
                &self.wakes.judge,
                Some((&idle, 2))
            )),
            self.guard(run_stage(
                self,
                SendStage,
                &self.wakes.send,
                Some((&idle, 3))
            )),
            self.guard(self.watch_idle(&idle)),
        )?;
        if *self.stop.borrow() {
            return Ok(());
        }
        self.look_at_health().await?;
        self.settle().await?;
        self.look_at_life(true).await?;
        self.close_digests().await?;
        self.send_rest().await?;
        // Who starts single passes from cron has no daemon that tidies every hour.
        pipeline::tidy::work(&self.pipeline).await.map(|_| ())
    }

    /// Ends the stages of a single pass when none has anything left that is due.
    async fn watch_idle(&self, idle: &runner::Idle) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        loop {
            tokio::select! {
                () = idle.all() => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
            // A stage that is idle may not have seen its wake-up yet, but the work behind it is committed.
            let begun = idle.begun();
            let now = self.pipeline.world.clock.now();
            let next = self.pipeline.store.next_due(now).await?;
            // On a disk that is nearly full nothing is read, however much is due.
            let read = next.read.filter(|_| !self.pipeline.disk.was_low());
            let waits = [read, next.judge, next.send];
            if waits.iter().any(|due| due.is_some_and(|due| due <= now)) {
                self.wake();
            } else if idle.is_all() && idle.begun() == begun {
                // Without the second condition a claim made meanwhile would look like "nothing is due".
                idle.finish();
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends what is left at the end of a single pass: digests, messages about feeds, and late alerts that were held back to be grouped.
    async fn send_rest(&self) -> Result<(), StoreError> {
        let now = self.pipeline.world.clock.now();
        self.pipeline.store.end_late_wait(now).await?;
        let idle = runner::Idle::new(1);
        tokio::try_join!(
            self.guard(run_stage(
                self,
                SendStage,
                &self.wakes.send,
                Some((&idle, 0))
            )),
            self.guard(async {
                idle.all().await;
                idle.finish();
                Ok(())
            }),
        )?;
        Ok(())
    }

    /// Closes every digest that is due.
    async fn close_digests(&self) -> Result<(), StoreError> {
        for claim in self.pipeline.store.claim_digests(&self.lessee()).await? {
            let name = claim.item.name.clone();
            let committed = pipeline::digest::work(&self.pipeline, claim).await?;
            if let crate::model::Committed::Done(Some(id)) = committed {
                tracing::info!(digest_id = %id, digest = name, "digest {name} is closed");
                self.stats.digests.add(1);
                self.wakes.send.notify_one();
            }
        }
        Ok(())
    }

    /// Closes digests, and notices when the clock is set back: a digest that was closed by a clock that was ahead would else
    /// wait until that time comes again.
    async fn digests_forever(&self) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        let mut seen = self.pipeline.world.clock.now();
        loop {
            self.pulse.beat("digest");
            let now = self.pipeline.world.clock.now();
            if now.duration_since(seen) < -CLOCK_SET {
                tracing::warn!(
                    "the clock was set back from {seen} to {now}; what was to come by the old time comes by the new one"
                );
                runner::bearable(self.sync(true).await)?;
            }
            seen = now;
            runner::bearable(self.close_digests().await)?;
            let due = runner::bearable(self.pipeline.store.next_due(now).await)?.digest;
            let wait = self.pulse.bounded(runner::wait_until(now, due));
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.wakes.digest.notified() => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
        }
    }

    /// Notes which feeds are in trouble or well again, and promises a message about them.
    async fn look_at_health(&self) -> Result<(), StoreError> {
        let report = pipeline::health::work(&self.pipeline).await?;
        if report.deliveries > 0 {
            self.wakes.send.notify_one();
        }
        Ok(())
    }

    /// Tells what was gathered, ends what has gone quiet, and notices bursts.
    async fn look_at_life(&self, bursts: bool) -> Result<(), StoreError> {
        let report = pipeline::life::work(&self.pipeline, bursts).await?;
        self.stats.alerts.add(report.told + report.bursts);
        for kind in &report.kinds {
            self.meters.alerts.add(kind.name(), 1);
        }
        if report.deliveries > 0 {
            self.wakes.send.notify_one();
        }
        Ok(())
    }

    /// Tells what is held because it may be told already: when nothing more is to be judged, nothing will show that it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle(&self) -> Result<(), StoreError> {
        let now = self.pipeline.world.clock.now();
        if self.pipeline.store.end_settling(now).await? > 0 {
            self.look_at_life(false).await?;
        }
        Ok(())
    }

    async fn life_forever(&self) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        let mut last = tokio::time::Instant::now();
        loop {
            self.pulse.beat("life");
            tokio::select! {
                () = tokio::time::sleep(self.pulse.bounded(LIFE_EVERY)) => {}
                () = self.wakes.life.notified() => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
            let bursts = last.elapsed() >= BURSTS_EVERY;
            if bursts {
                last = tokio::time::Instant::now();
            }
            runner::bearable(self.look_at_life(bursts).await)?;
        }
    }

    /// The first look comes after the first polls: what a stopped daemon has missed is no feed's fault.
    async fn health_forever(&self) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        loop {
            tokio::select! {
                () = tokio::time::sleep(HEALTH_EVERY) => {}
                () = self.wakes.health.notified() => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
            runner::bearable(self.look_at_health().await)?;
        }
    }

    async fn tidy_forever(&self) -> Result<(), StoreError> {
        let mut stop = self.stop.subscribe();
        loop {
            tokio::select! {
                () = tokio::time::sleep(TIDY_EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
            // A backup takes long; one that a stop cuts off is made anew by a later round.
            let report = tokio::select! {
                report = pipeline::tidy::work(&self.pipeline) => runner::bearable(report)?,
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            };
            tracing::debug!(
                bodies = report.bodies,
                pages = report.pages,
                near_misses = report.near_misses,
                hosts = report.hosts,
                "tidied"
            );
        }
    }
}
