//! The loop that all stages share: claim, work, commit, with at most so many pieces of work at once.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};

use crate::model::{Claim, Lessee};
use crate::store::{NextDue, StoreError};

use super::{Daemon, GRACE};

/// The longest a stage sleeps without looking: another process may have made work.
const SLOW_POLL: Duration = Duration::from_secs(10);

/// The shortest: work may be due that cannot be claimed yet, because its host is busy.
const FAST_POLL: Duration = Duration::from_millis(200);

/// One stage, as the loop needs it.
#[async_trait]
pub(super) trait Stage: Clone + Send + Sync + 'static {
    /// What is claimed.
    type Item: Send + 'static;

    /// For logs.
    const NAME: &'static str;

    /// How many pieces of work may be in hand.
    fn slots(&self, daemon: &Daemon) -> usize;

    /// Claims up to `free` pieces. `patient` asks for work of busy hosts too; it then waits for its turn.
    async fn claim(
        &self,
        daemon: &Daemon,
        lessee: &Lessee,
        free: usize,
        patient: bool,
    ) -> Result<Vec<Claim<Self::Item>>, StoreError>;

    /// Does one piece and commits it.
    async fn work(&self, daemon: &Daemon, claim: Claim<Self::Item>) -> Result<(), StoreError>;

    /// When the stage has something to do next.
    fn due(&self, next: &NextDue) -> Option<Timestamp>;
}

/// Tells when every stage of a single pass has nothing left.
#[derive(Debug)]
pub(super) struct Idle {
    flags: Vec<AtomicBool>,
    begun: AtomicU64,
    changed: Notify,
    finished: AtomicBool,
    finish: Notify,
}

impl Idle {
    pub(super) fn new(stages: usize) -> Self {
        Self {
            flags: (0..stages).map(|_| AtomicBool::new(false)).collect(),
            begun: AtomicU64::new(0),
            changed: Notify::new(),
            finished: AtomicBool::new(false),
            finish: Notify::new(),
        }
    }

    /// The stage is about to look for work.
    fn begin(&self, stage: usize) {
        self.flags[stage].store(false, Ordering::SeqCst);
        self.begun.fetch_add(1, Ordering::SeqCst);
    }

    /// The stage has found nothing and has nothing in hand.
    fn rest(&self, stage: usize) {
        self.flags[stage].store(true, Ordering::SeqCst);
        self.changed.notify_one();
    }

    /// How often a stage has begun to look for work. While it stays the same and all are idle, no stage
    /// has touched the store.
    pub(super) fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    pub(super) fn is_all(&self) -> bool {
        self.flags.iter().all(|flag| flag.load(Ordering::SeqCst))
    }

    /// Waits until every stage is idle.
    pub(super) async fn all(&self) {
        while !self.is_all() {
            self.changed.notified().await;
        }
    }

    /// Lets the stages end.
    pub(super) fn finish(&self) {
        self.finished.store(true, Ordering::SeqCst);
        self.finish.notify_waiters();
    }

    fn is_finished(&self) -> bool {
        self.finished.load(Ordering::SeqCst)
    }
}

/// How long to sleep until `due`.
pub(super) fn wait_until(now: Timestamp, due: Option<Timestamp>) -> Duration {
    wait_within(SLOW_POLL, now, due)
}

/// The same with another longest sleep.
pub(super) fn wait_within(most: Duration, now: Timestamp, due: Option<Timestamp>) -> Duration {
    let Some(due) = due else { return most };
    let wait = Duration::try_from(due.duration_since(now)).unwrap_or(Duration::ZERO);
    wait.clamp(FAST_POLL, most)
}

/// Runs one stage until the daemon stops, or (in a single pass) until all stages are idle.
pub(super) async fn run_stage<S: Stage>(
    daemon: &Daemon,
    stage: S,
    wake: &Notify,
    once: Option<(&Idle, usize)>,
) -> Result<(), StoreError> {
    let mut stop = daemon.stop.subscribe();
    let mut tasks: JoinSet<Result<(), StoreError>> = JoinSet::new();
    let mut look = true;
    // A claim is a transaction: after one, the next is taken when a quarter of what it gave is done.
    let mut low_water = 0;
    loop {
        daemon.pulse.beat(S::NAME);
        if *stop.borrow() {
            daemon.pulse.end(S::NAME);
            return wind_down::<S>(daemon, tasks).await;
        }
        if look || (low_water > 0 && tasks.len() <= low_water) {
            if let Some((idle, index)) = once {
                idle.begin(index);
            }
            let free = stage.slots(daemon).saturating_sub(tasks.len());
            let patient = once.is_some() && tasks.is_empty();
            let claims = claim(daemon, &stage, free, patient).await;
            // A single pass is over when the store is not to be had.
            let claims = if once.is_some() {
                claims?
            } else {
                bearable(claims)?
            };
            for claim in claims {
                start(&mut tasks, daemon, &stage, claim);
            }
            low_water = tasks.len() - tasks.len().div_ceil(4);
            look = false;
        }
        if let Some((idle, index)) = once {
            if tasks.is_empty() {
                idle.rest(index);
            }
            if idle.is_finished() {
                return wind_down::<S>(daemon, tasks).await;
            }
        }
        let wait = match tasks.is_empty() {
            true => daemon.pulse.bounded(until_due(daemon, &stage).await?),
            false => FAST_POLL,
        };
        tokio::select! {
            Some(done) = tasks.join_next() => {
                finish::<S>(daemon, done)?;
                look = tasks.is_empty();
            }
            () = wake.notified() => look = true,
            () = tokio::time::sleep(wait) => look = true,
            () = finished(once) => return wind_down::<S>(daemon, tasks).await,
            _ = stop.changed() => {}
        }
    }
}

async fn finished(once: Option<(&Idle, usize)>) {
    match once {
        Some((idle, _)) => {
            let notified = idle.finish.notified();
            if !idle.is_finished() {
                notified.await;
            }
        }
        None => std::future::pending().await,
    }
}

async fn claim<S: Stage>(
    daemon: &Daemon,
    stage: &S,
    free: usize,
    may_be_patient: bool,
) -> Result<Vec<Claim<S::Item>>, StoreError> {
    if free == 0 {
        return Ok(Vec::new());
    }
    let lessee = daemon.lessee();
    let claimed = stage.claim(daemon, &lessee, free, false).await?;
    if claimed.is_empty() && may_be_patient {
        return stage.claim(daemon, &lessee, free, true).await;
    }
    Ok(claimed)
}

/// How long until there is something to do.
async fn until_due<S: Stage>(daemon: &Daemon, stage: &S) -> Result<Duration, StoreError> {
    let now = daemon.pipeline.world.clock.now();
    let next = bearable(daemon.pipeline.store.next_due(now).await)?;
    Ok(wait_until(now, stage.due(&next)))
}

/// A store that another process has locked is asked again in the next round of a loop; the store itself has said so. Every
/// other failure ends the loop.
pub(super) fn bearable<T: Default>(result: Result<T, StoreError>) -> Result<T, StoreError> {
    match result {
        Err(error @ StoreError::Locked { .. }) => {
            tracing::debug!("{error}");
            Ok(T::default())
        }
        result => result,
    }
}

fn start<S: Stage>(
    tasks: &mut JoinSet<Result<(), StoreError>>,
    daemon: &Daemon,
    stage: &S,
    claim: Claim<S::Item>,
) {
    let (daemon, stage) = (daemon.clone(), stage.clone());
    tasks.spawn(async move { stage.work(&daemon, claim).await });
}

/// A store that failed for good ends the stage; one piece of work that failed does not: its lease runs
/// out and it is claimed again.
fn finish<S: Stage>(
    daemon: &Daemon,
    done: Result<Result<(), StoreError>, JoinError>,
) -> Result<(), StoreError> {
    match done {
        Ok(Ok(())) => {
            if daemon.pulse.wrote(None) {
                tracing::info!("the store takes what it is given again");
            }
            Ok(())
        }
        Ok(Err(error)) if error.is_fatal() => Err(error),
        // Told once, by the store.
        Ok(Err(StoreError::Locked { .. })) => Ok(()),
        Ok(Err(error)) => {
            match daemon.pulse.wrote(Some(error.to_string())) {
                true => tracing::error!(stage = S::NAME, "{}: {error}", S::NAME),
                false => tracing::debug!(stage = S::NAME, "{}: {error}", S::NAME),
            }
            Ok(())
        }
        Err(panic) => {
            tracing::error!("{}: internal error: {panic}", S::NAME);
            Ok(())
        }
    }
}

/// Lets the work in hand end; what takes too long is given up, its lease is released at the next start.
async fn wind_down<S: Stage>(
    daemon: &Daemon,
    mut tasks: JoinSet<Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let all = async {
        while let Some(done) = tasks.join_next().await {
            finish::<S>(daemon, done)?;
        }
        Ok(())
    };
    match tokio::time::timeout(GRACE, all).await {
        Ok(result) => result,
        Err(_) => {
            tasks.shutdown().await;
            Ok(())
        }
    }
}
