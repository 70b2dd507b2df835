//! Politeness: so many requests at once to one host, so much time between their starts, so many in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

/// Hosts that are remembered before idle ones are looked for.
const SWEEP_AT: usize = 1024;

/// Lets requests through, host by host, first come, first served.
pub(super) struct Gate {
    total: Arc<Semaphore>,
    host_parallel: usize,
    host_delay: Duration,
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
    /// When the next request may start.
    next_start: Mutex<Instant>,
}

/// The right to one request; dropping it lets the next one in.
pub(super) struct Pass {
    _host: OwnedSemaphorePermit,
    _total: OwnedSemaphorePermit,
}

impl Gate {
    pub(super) fn new(concurrency: usize, host_parallel: usize, host_delay: Duration) -> Self {
        Self {
            total: Arc::new(Semaphore::new(concurrency.min(Semaphore::MAX_PERMITS))),
            host_parallel: host_parallel.min(Semaphore::MAX_PERMITS),
            host_delay,
            hosts: Mutex::new(Hosts {
                by_key: HashMap::new(),
                sweep_at: SWEEP_AT,
            }),
        }
    }

    /// Waits until a request to the host may start. The distance is counted from the moment this returns.
    pub(super) async fn enter(&self, key: &str) -> Pass {
        let host = self.host(key);
        let host_permit = acquire(&host.slots).await;
        loop {
            let next_start = *lock(&host.next_start);
            // A timer that is due already still costs a millisecond.
            if next_start > Instant::now() {
                sleep_until(next_start).await;
            }
            // Only now, so that hosts that wait for their time hold none of the places of others.
            let total_permit = acquire(&self.total).await;
            let mut next_start = lock(&host.next_start);
            let now = Instant::now();
            if *next_start <= now {
                *next_start = now + self.host_delay;
                return Pass {
                    _host: host_permit,
                    _total: total_permit,
                };
            }
        }
    }

    /// Keys of the hosts to which no request could start at this moment.
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
            hosts.by_key.retain(|_, host| {
                Arc::strong_count(host) > 1 || !host.is_idle(self.host_parallel, now)
            });
            hosts.sweep_at = SWEEP_AT.max(2 * hosts.by_key.len());
        }
        let host = Arc::new(HostGate {
            slots: Arc::new(Semaphore::new(self.host_parallel)),
            next_start: Mutex::new(now),
        });
        hosts.by_key.insert(key.to_owned(), Arc::clone(&host));
        host
    }
}

impl HostGate {
    fn is_free(&self, now: Instant) -> bool {
        self.slots.available_permits() > 0 && *lock(&self.next_start) <= now
    }

    /// True when forgetting the host changes nothing: no request under way, and its distance kept.
    fn is_idle(&self, parallel: usize, now: Instant) -> bool {
        self.slots.available_permits() == parallel && *lock(&self.next_start) <= now
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

    const DELAY: Duration = Duration::from_millis(40);

    #[tokio::test]
    async fn starts_keep_their_distance_per_host() {
        let gate = Gate::new(64, 1, DELAY);
        let begun = Instant::now();
        let entered = Mutex::new(Vec::new());
        let enter = async |key: &'static str| {
            drop(gate.enter(key).await);
            lock(&entered).push((key, begun.elapsed()));
        };
        tokio::join!(enter("a"), enter("a"), enter("a"), enter("b"));
        let entered = lock(&entered);
        let order: Vec<_> = entered.iter().map(|(key, _)| *key).collect();
        assert_eq!(order, ["a", "b", "a", "a"], "another host waits for nobody");
        assert!(
            entered[2].1 >= DELAY && entered[3].1 >= 2 * DELAY,
            "{entered:?}"
        );
    }

    #[tokio::test]
    async fn no_more_than_so_many_at_once() {
        let gate = Gate::new(64, 2, Duration::ZERO);
        let (first, second) = (gate.enter("a").await, gate.enter("a").await);
        assert_eq!(gate.busy(), ["a"]);
        let third = tokio::time::timeout(DELAY, gate.enter("a")).await;
        assert!(third.is_err(), "a third one got in");
        drop(first);
        drop(gate.enter("a").await);
        drop(second);
        assert!(gate.busy().is_empty());
    }

    #[tokio::test]
    async fn waiting_hosts_do_not_use_up_the_total() {
        let gate = Gate::new(1, 2, DELAY);
        drop(gate.enter("slow").await);
        let order = Mutex::new(Vec::new());
        let enter = async |key: &'static str| {
            let pass = gate.enter(key).await;
            lock(&order).push(key);
            drop(pass);
        };
        tokio::join!(enter("slow"), enter("quick"));
        assert_eq!(*lock(&order), ["quick", "slow"]);
    }

    #[tokio::test]
    async fn idle_hosts_are_forgotten() {
        let gate = Gate::new(64, 1, Duration::ZERO);
        for n in 0..3 * SWEEP_AT {
            drop(gate.enter(&format!("host{n}")).await);
        }
        assert!(lock(&gate.hosts).by_key.len() <= SWEEP_AT);
    }
}
