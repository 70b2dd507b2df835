//! Whether the daemon gets on: every loop says so each time it comes round.
//!
//! A timer that runs proves nothing about the loops that work; a service manager is told that all is well only while
//! each of them comes round in time.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// A loop that has not come round for so long hangs: the longest sleep of one is a sixth of it.
const LATE: Duration = Duration::from_secs(60);

/// The loops of a daemon and when each came round last.
#[derive(Debug, Default)]
pub struct Pulse {
    beats: Mutex<Vec<Beat>>,
    longest_wait: Mutex<Option<Duration>>,
    store_fault: Mutex<Option<String>>,
}

#[derive(Debug, Clone, Copy)]
struct Beat {
    of: &'static str,
    at: Instant,
}

impl Pulse {
    /// A loop has come round. The first time makes it one that is looked at.
    pub(super) fn beat(&self, of: &'static str) {
        let at = Instant::now();
        let mut beats = self.beats();
        match beats.iter_mut().find(|beat| beat.of == of) {
            Some(beat) => beat.at = at,
            None => beats.push(Beat { of, at }),
        }
    }

    /// A loop has ended.
    pub(super) fn end(&self, of: &'static str) {
        self.beats().retain(|beat| beat.of != of);
    }

    /// The loop that has not come round for the longest time, and for how long; `None` when there is no loop.
    pub fn slowest(&self) -> Option<(&'static str, Duration)> {
        let beats = self.beats();
        let slowest = beats.iter().min_by_key(|beat| beat.at)?;
        Some((slowest.of, slowest.at.elapsed()))
    }

    /// How the last write to the store went: `None` when it was taken. True when it was not so before.
    pub(super) fn wrote(&self, fault: Option<String>) -> bool {
        let mut last = self.fault();
        let has_changed = last.is_some() != fault.is_some();
        *last = fault;
        has_changed
    }

    /// Whether every loop comes round in time and the store takes what it is given.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn verdict(&self) -> Result<(), String> {
        if let Some(fault) = &*self.fault() {
            return Err(format!("the store does not take what it is given: {fault}"));
        }
        match self.slowest() {
            None => Err("no loop is running".to_owned()),
            Some((name, age)) if age > LATE => Err(format!(
                "the loop {name} has not come round for {} s",
                age.as_secs()
            )),
            Some(_) => Ok(()),
        }
    }

    /// From now on no loop sleeps longer than this without coming round.
    pub fn wait_at_most(&self, longest: Duration) {
        *self.longest() = Some(longest);
    }

    /// How long a loop that would sleep for `wait` may sleep.
    pub(super) fn bounded(&self, wait: Duration) -> Duration {
        self.longest().map_or(wait, |longest| wait.min(longest))
    }

    // What a thread that panicked left behind is whole: one field is written at a time.
    fn beats(&self) -> std::sync::MutexGuard<'_, Vec<Beat>> {
        self.beats
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn fault(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.store_fault
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn longest(&self) -> std::sync::MutexGuard<'_, Option<Duration>> {
        self.longest_wait
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_slowest_loop_is_named() {
        let pulse = Pulse::default();
        assert_eq!(pulse.slowest(), None);
        pulse.beat("poll");
        tokio::time::advance(Duration::from_secs(2)).await;
        pulse.beat("read");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(pulse.slowest(), Some(("poll", Duration::from_secs(3))));
        pulse.beat("poll");
        assert_eq!(pulse.slowest(), Some(("read", Duration::from_secs(1))));
        pulse.end("read");
        assert_eq!(pulse.slowest(), Some(("poll", Duration::ZERO)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_hangs_and_a_store_that_fails_are_told() {
        let pulse = Pulse::default();
        assert!(pulse.verdict().is_err(), "nothing runs yet");
        pulse.beat("poll");
        assert_eq!(pulse.verdict(), Ok(()));
        assert!(pulse.wrote(Some("disk full".to_owned())));
        assert!(!pulse.wrote(Some("disk full".to_owned())), "no news");
        let why = pulse.verdict().expect_err("the store fails");
        assert!(why.ends_with("disk full"), "{why}");
        assert!(pulse.wrote(None));
        tokio::time::advance(LATE + Duration::from_secs(1)).await;
        let why = pulse.verdict().expect_err("the loop hangs");
        assert_eq!(why, "the loop poll has not come round for 61 s");
    }

    #[test]
    fn no_loop_sleeps_longer_than_it_may() {
        let pulse = Pulse::default();
        let ten = Duration::from_secs(10);
        assert_eq!(pulse.bounded(ten), ten);
        pulse.wait_at_most(Duration::from_secs(3));
        assert_eq!(pulse.bounded(ten), Duration::from_secs(3));
        assert_eq!(
            pulse.bounded(Duration::from_secs(1)),
            Duration::from_secs(1)
        );
    }
}
