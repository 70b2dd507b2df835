//! Politeness: so many requests at once to one host, so much time between their starts, so many in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Hosts that are remembered before idle ones are looked for.
const SWEEP_AT: usize = 1024;

/// The distance that one request keeps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Least time since the start of the host's last request.
    pub(super) delay: Duration,
    /// Requests under way at once. Where those of one host differ, the largest counts for all.
    pub(super) parallel: usize,
}

/// Lets requests through, host by host, first come, first served.
pub(super) struct Gate {
    total: Arc<Semaphore>,
    hosts: Mutex<Hosts>,
}

struct Hosts {
    by_key: HashMap<String, Arc<HostGate>>,
    /// Number of hosts at which idle ones are dropped; doubles with the hosts that are not idle, so
    /// that sweeping costs a constant per request.
    sweep_at: usize,
}

struct HostGate {
    slots: Arc<Semaphore>,
    state: Mutex<HostState>,
}

struct HostState {
    /// When the last request started, and the distance that it kept.
    last_start: Option<(Instant, Duration)>,
    /// Number of slots, free or not.
    parallel: usize,
}

/// The right to one request; dropping it lets the next one in.
pub(super) struct Pass {
    _host: OwnedSemaphorePermit,
    _total: OwnedSemaphorePermit,
}

impl Gate {
    pub(super) fn new(concurrency: usize) -> Self {
        Self {
            total: Arc::new(Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS))),
            hosts: Mutex::new(Hosts {
                by_key: HashMap::new(),
                sweep_at: SWEEP_AT,
            }),
        }
    }

    /// Waits until a request to the host may start. The distance is counted from the moment this returns.
    pub(super) async fn enter(&self, key: &str, pace: Pace) -> Pass {
        let host = self.host(key);
        host.widen(pace.parallel);
        let host_permit = acquire(&host.slots).await;
        loop {
            let start = lock(&host.state).next_start(pace.delay);
            // A timer that is due already still costs a millisecond.
            if let Some(start) = start.filter(|start| *start > Instant::now()) {
                sleep_until(start).await;
            }
            // Only now, so that hosts that wait for their time hold none of the places of others.
            let total_permit = acquire(&self.total).await;
            let mut state = lock(&host.state);
            let now = Instant::now();
            if state
                .next_start(pace.delay)
                .is_none_or(|start| start <= now)
            {
                state.last_start = Some((now, pace.delay));
                return Pass {
                    _host: host_permit,
                    _total: total_permit,
                };
            }
        }
    }

    /// Keys of the hosts to which no request could start at this moment, if it kept the distance of the last.
    pub(super) fn busy(&self) -> Vec<String> {
        let now = Instant::now();
        let hosts = lock(&self.hosts);
        let busy = hosts.by_key.iter().filter(|(_, host)| !host.is_free(now));
        busy.map(|(key, _)| key.clone()).collect()
    }

    fn host(&self, key: &str) -> Arc<HostGate> {
        let mut hosts = lock(&self.hosts);
        if let Some(host) = hosts.by_key.get(key) {
            return Arc::clone(host);
        }
        let now = Instant::now();
        if hosts.by_key.len() >= hosts.sweep_at {
            hosts
                .by_key
                .retain(|_, host| Arc::strong_count(host) > 1 || !host.is_idle(now));
            hosts.sweep_at = SWEEP_AT.max(2 * hosts.by_key.len());
        }
        let host = Arc::new(HostGate {
            slots: Arc::new(Semaphore::new(0)),
            state: Mutex::new(HostState {
                last_start: None,
                parallel: 0,
            }),
        });
        hosts.by_key.insert(key.to_owned(), Arc::clone(&host));
        host
    }
}

impl HostState {
    /// When a request that keeps this distance may start; `None` = at once.
    fn next_start(&self, delay: Duration) -> Option<Instant> {
        let (last_start, _) = self.last_start?;
        last_start.checked_add(delay)
    }

    /// True when the distance of the last request is over.
    fn is_rested(&self, now: Instant) -> bool {
        let delay = self.last_start.map_or(Duration::ZERO, |(_, delay)| delay);
        self.next_start(delay).is_none_or(|start| start <= now)
    }
}

impl HostGate {
    /// Makes room for so many at once.
    fn widen(&self, parallel: usize) {
        let parallel = parallel.min(Semaphore::MAX_PERMITS);
        let mut state = lock(&self.state);
        if parallel > state.parallel {
            self.slots.add_permits(parallel - state.parallel);
            state.parallel = parallel;
        }
    }

    fn is_free(&self, now: Instant) -> bool {
        self.slots.available_permits() > 0 && lock(&self.state).is_rested(now)
    }

    /// True when forgetting the host changes nothing: no request under way, and its distance kept.
    fn is_idle(&self, now: Instant) -> bool {
        let state = lock(&self.state);
        self.slots.available_permits() == state.parallel && state.is_rested(now)
    }
}

async fn acquire(semaphore: &Arc<Semaphore>) -> OwnedSemaphorePermit {
    Arc::clone(semaphore)
        .acquire_owned()
        .await
        .expect("a semaphore of the gate is never closed")
}

/// A panic elsewhere leaves these plain values whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn pace(delay: Duration, parallel: usize) -> Pace {
        Pace { delay, parallel }
    }

    const DELAY: Duration = Duration::from_secs(1);
    const ONE: Pace = pace(DELAY, 1);

    #[tokio::test(start_paused = true)]
    async fn starts_keep_their_distance_per_host() {
        let gate = Gate::new(64);
        let begun = Instant::now();
        let entered = Mutex::new(Vec::new());
        let enter = async |key: &'static str| {
            drop(gate.enter(key, ONE).await);
            lock(&entered).push((key, begun.elapsed().as_secs()));
        };
        tokio::join!(enter("a"), enter("a"), enter("a"), enter("b"));
        let expected = [("a", 0), ("b", 0), ("a", 1), ("a", 2)];
        assert_eq!(*lock(&entered), expected, "another host waits for nobody");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_keeps_its_own_distance_to_the_last_start() {
        let gate = Gate::new(64);
        let begun = Instant::now();
        drop(gate.enter("a", ONE).await);
        drop(gate.enter("a", pace(Duration::ZERO, 1)).await);
        assert_eq!(begun.elapsed(), Duration::ZERO);
        drop(gate.enter("a", pace(5 * DELAY, 1)).await);
        assert_eq!(begun.elapsed(), 5 * DELAY);
        assert_eq!(gate.busy(), ["a"]);
        drop(gate.enter("a", ONE).await);
        assert_eq!(begun.elapsed(), 6 * DELAY);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_so_many_at_once() {
        let gate = Gate::new(64);
        let two = pace(Duration::ZERO, 2);
        let (first, second) = (gate.enter("a", two).await, gate.enter("a", two).await);
        assert_eq!(gate.busy(), ["a"]);
        let third = tokio::time::timeout(DELAY, gate.enter("a", two)).await;
        assert!(third.is_err(), "a third one got in");
        let wider = gate.enter("a", pace(Duration::ZERO, 3)).await;
        drop(first);
        drop(gate.enter("a", two).await);
        drop((second, wider));
        assert!(gate.busy().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_hosts_do_not_use_up_the_total() {
        let gate = Gate::new(1);
        drop(gate.enter("slow", ONE).await);
        let order = Mutex::new(Vec::new());
        let enter = async |key: &'static str| {
            let pass = gate.enter(key, ONE).await;
            lock(&order).push(key);
            drop(pass);
        };
        tokio::join!(enter("slow"), enter("quick"));
        assert_eq!(*lock(&order), ["quick", "slow"]);
    }

    #[tokio::test(start_paused = true)]
    async fn idle_hosts_are_forgotten() {
        let gate = Gate::new(64);
        for n in 0..3 * SWEEP_AT {
            let key = format!("host{n}");
            drop(gate.enter(&key, pace(Duration::ZERO, 1)).await);
        }
        assert!(lock(&gate.hosts).by_key.len() <= SWEEP_AT);
    }
}
