//! Whose turn it is: channels in hand, how much each may be sent, and which do not take what they are sent.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::BATCH;
use crate::alert::{Bucket, Pace};

/// Channels in hand, and how much each may be sent.
#[derive(Debug, Default)]
pub struct Turns {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Their deliveries go out one after the other: in order, and none is told while the one before it is not.
    busy: HashSet<String>,
    buckets: HashMap<String, (Pace, Bucket)>,
    /// Channels whose last try was not taken, as far as this process has seen: told when it begins and when it ends.
    failing: HashSet<String>,
}

impl Turns {
    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many deliveries the channel may be sent now.
    pub(super) fn allowance(&self, channel: &str, pace: Option<Pace>, now: Timestamp) -> usize {
        let mut inner = self.lock();
        if inner.busy.contains(channel) {
            return 0;
        }
        let Some(pace) = pace else { return BATCH };
        let bucket = inner
            .buckets
            .entry(channel.to_owned())
            .and_modify(|(known, bucket)| {
                if *known != pace {
                    (*known, *bucket) = (pace, Bucket::full(pace, now));
                }
            })
            .or_insert_with(|| (pace, Bucket::full(pace, now)));
        bucket.1.allowance(pace, now).min(BATCH)
    }

    pub(super) fn begin(&self, channel: &str, deliveries: usize) {
        let mut inner = self.lock();
        inner.busy.insert(channel.to_owned());
        if let Some((_, bucket)) = inner.buckets.get_mut(channel) {
            bucket.take(deliveries);
        }
    }

    /// Notes whether the channel takes what it is sent; true when that has changed.
    pub(super) fn takes(&self, channel: &str, takes: bool) -> bool {
        let mut inner = self.lock();
        match takes {
            true => inner.failing.remove(channel),
            false => inner.failing.insert(channel.to_owned()),
        }
    }

    fn end(&self, channel: &str) {
        self.lock().busy.remove(channel);
    }
}

/// Ends a turn, also when the work is cut off.
pub(super) struct Turn<'a> {
    pub(super) turns: &'a Turns,
    pub(super) channel: String,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.end(&self.channel);
    }
}
