//! What is counted besides [`Stats`](crate::daemon::Stats): numbers by channel, watch and kind, and how long things took.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::daemon::stats::Counter;
use crate::pipeline::send::BatchReport;
use crate::store::JudgementReport;

/// Upper bounds of the buckets of a lag in seconds: from what nobody notices to a day.
pub(super) const LAGS: [f64; 15] = [
    0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 10_800.0,
    43_200.0, 86_400.0,
];

/// Names that are counted apart; what comes behind shares one.
const NAMES_MAX: usize = 1_000;

/// The name of what comes behind. No watch or channel can be called so with a bracket.
const OTHER: &str = "(other)";

/// Counts by one name, of which there may be any number: so many are told apart.
#[derive(Debug, Default)]
pub struct Tally(Mutex<BTreeMap<String, u64>>);

impl Tally {
    /// Adds to a name.
    pub fn add(&self, name: &str, by: u64) {
        if by == 0 {
            return;
        }
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_room = counts.len() < NAMES_MAX || counts.contains_key(name);
        let name = if is_room { name } else { OTHER };
        *counts.entry(name.to_owned()).or_default() += by;
    }

    /// All counts.
    #[must_use]
    pub fn all(&self) -> BTreeMap<String, u64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone()
    }
}

/// How long something took, sorted into buckets.
#[derive(Debug, Default)]
pub struct Lag {
    counts: [AtomicU64; LAGS.len() + 1],
    sum_ms: AtomicU64,
}

impl Lag {
    /// Sorts one in. A clock that went back makes it zero.
    pub fn note(&self, lag: SignedDuration) {
        let ms = u64::try_from(lag.as_millis()).unwrap_or(0);
        let bucket = LAGS.partition_point(|bound| *bound < ms as f64 / 1e3);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Counts of the buckets, and the sum in seconds.
    #[must_use]
    pub fn read(&self) -> (Vec<u64>, f64) {
        let counts = self
            .counts
            .iter()
            .map(|count| count.load(Ordering::Relaxed));
        let sum = self.sum_ms.load(Ordering::Relaxed) as f64 / 1e3;
        (counts.collect(), sum)
    }
}

/// All of it.
#[derive(Debug, Default)]
pub struct Meters {
    /// Articles hit, by NAME of the watch.
    pub hits: Tally,
    /// Alerts told, by kind.
    pub alerts: Tally,
    /// Deliveries taken, by NAME of the channel.
    pub sent: Tally,
    /// Tries to be repeated, by NAME of the channel.
    pub retried: Tally,
    /// Deliveries given up, by NAME of the channel.
    pub given_up: Tally,
    /// From the date an entry bears to when it was seen.
    pub seen: Lag,
    /// From when an article was seen to when it was read.
    pub read: Lag,
    /// From there to when it was judged.
    pub judged: Lag,
    /// From when a delivery was promised to when its channel took it.
    pub delivered: Lag,
    /// Reloads.
    pub reloads: Counter,
    /// Reloads that left the old config in force.
    pub reload_failures: Counter,
}

impl Meters {
    /// Notes what a judgement made and how its article came to it.
    pub(in crate::daemon) fn note_judgement(&self, report: &JudgementReport, now: Timestamp) {
        for watch in &report.hits {
            self.hits.add(watch, 1);
        }
        for kind in report.alerts.iter().filter_map(|(_, kind)| *kind) {
            self.alerts.add(kind.name(), 1);
        }
        if let Some(steps) = report.steps {
            self.read.note(steps.read_at.duration_since(steps.seen_at));
            self.judged.note(now.duration_since(steps.read_at));
        }
    }

    /// Notes what became of a batch.
    pub(in crate::daemon) fn note_batch(&self, channel: &str, report: &BatchReport) {
        self.sent.add(channel, report.sent);
        self.retried.add(channel, report.retries);
        self.given_up.add(channel, report.dead);
        report
            .waits
            .iter()
            .for_each(|wait| self.delivered.note(*wait));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_names_than_are_told_apart_share_one() {
        let tally = Tally::default();
        for number in 0..NAMES_MAX + 5 {
            tally.add(&number.to_string(), 2);
        }
        tally.add("7", 1);
        let all = tally.all();
        assert_eq!(all.len(), NAMES_MAX + 1);
        assert_eq!((all["7"], all[OTHER]), (3, 10));
    }

    #[test]
    fn a_lag_falls_into_the_bucket_whose_bound_it_does_not_pass() {
        let lag = Lag::default();
        for ms in [-5, 500, 501, 90_000_000] {
            lag.note(SignedDuration::from_millis(ms));
        }
        let (counts, sum) = lag.read();
        assert_eq!(counts[..3], [2, 1, 0]);
        assert_eq!(counts[LAGS.len()], 1);
        assert_eq!(sum, 90_001.001);
    }
}
