//! When a feed is due next.
//!
//! Takes what is known about a feed's polls and entries, gives an instant. Pure: no clock (`now` is an
//! argument), no chance (`jitter` is an argument), no knowledge of HTTP beyond the figures it is handed.

mod pushed;
mod rhythm;

use jiff::{SignedDuration, Timestamp};

pub use pushed::{Pushes, stretched};
pub use rhythm::usual_gap;

/// The bounds of the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleOptions {
    /// No poll comes sooner after another, unless the user fixed a shorter interval.
    pub floor: SignedDuration,
    /// No healthy feed waits longer, whatever its rhythm.
    pub ceiling: SignedDuration,
    /// Interval of a feed whose rhythm is not known.
    pub start: SignedDuration,
    /// A fixed interval may go below `floor` down to this: the user's own servers are the user's to load.
    pub fixed_floor: SignedDuration,
}

impl Default for ScheduleOptions {
    /// 5 minutes, 24 hours, 30 minutes, 1 second.
    fn default() -> Self {
        Self {
            floor: SignedDuration::from_mins(5),
            ceiling: DAY,
            start: SignedDuration::from_mins(30),
            fixed_floor: SignedDuration::from_secs(1),
        }
    }
}

/// What the next poll depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollTimes {
    /// When the poll that is to be followed ended.
    pub now: Timestamp,
    /// Fixed interval, as configured.
    pub interval: Option<SignedDuration>,
    /// `max-age` of `Cache-Control` (RFC 9111, 5.2.2.1).
    pub max_age: Option<SignedDuration>,
    /// `Age` (RFC 9111, 5.1).
    pub age: Option<SignedDuration>,
    /// `Expires` (RFC 9111, 5.3); `max_age` goes before it.
    pub expires: Option<Timestamp>,
    /// `ttl` of RSS.
    pub ttl: Option<SignedDuration>,
    /// `Retry-After` (RFC 9110, 10.2.3) as an instant.
    pub retry_after: Option<Timestamp>,
    /// Failures since the last success; 0 after a success.
    pub failures: u32,
    /// When an entry was last new.
    pub last_new_at: Option<Timestamp>,
    /// When the entries of the document were published, in any order.
    pub entry_times: Vec<Timestamp>,
    /// The bounds.
    pub options: ScheduleOptions,
}

impl PollTimes {
    /// A poll that ended at `now`, of which nothing else is known.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            interval: None,
            max_age: None,
            age: None,
            expires: None,
            ttl: None,
            retry_after: None,
            failures: 0,
            last_new_at: None,
            entry_times: Vec::new(),
            options: ScheduleOptions::default(),
        }
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Beyond this many failures the back-off has long reached its cap.
const DOUBLINGS_MAX: u32 = 20;

/// A server that asks for more patience than this is asked again anyway.
const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24 * 7);

/// When the feed is due next; `jitter` (0 to 1) spreads the retries of a failing feed.
///
/// After a success: the fixed interval, or else the longest of the feed's own rhythm, the response's
/// lifetime and `ttl` (both no more than a day). After failures: exponential back-off with full jitter,
/// never sooner than the interval. `Retry-After` moves either later, never sooner.
#[must_use]
pub fn next_poll(times: &PollTimes, jitter: f64) -> Timestamp {
    let wait = if times.failures == 0 {
        interval(times)
    } else {
        back_off(times, jitter)
    };
    let due = later(times.now, wait);
    let patience = later(times.now, RETRY_AFTER_MAX);
    times
        .retry_after
        .map_or(due, |asked| due.max(asked.min(patience)))
}

/// When a feed that was never polled is due: within `spread`, by a hash of its address, so that a start
/// with thousands of feeds is no burst and a restart moves none of them.
#[must_use]
pub fn first_poll(url: &str, now: Timestamp, spread: SignedDuration) -> Timestamp {
    let hash = blake3::hash(url.as_bytes());
    let mut eight = [0; 8];
    eight.copy_from_slice(&hash.as_bytes()[..8]);
    let seconds = u64::try_from(spread.as_secs()).unwrap_or(0);
    let offset = u64::from_le_bytes(eight) % seconds.saturating_add(1);
    later(
        now,
        SignedDuration::from_secs(i64::try_from(offset).unwrap_or(0)),
    )
}

/// Time between polls of a feed that answers.
fn interval(times: &PollTimes) -> SignedDuration {
    let options = &times.options;
    if let Some(fixed) = times.interval {
        return fixed.max(options.fixed_floor);
    }
    let rhythm = usual_gap(&times.entry_times, times.last_new_at, times.now);
    let own = rhythm.map_or(options.start, |gap| gap.min(options.ceiling));
    let asked = lifetime(times).max(times.ttl.unwrap_or_default()).min(DAY);
    own.max(asked).max(options.floor)
}

/// How long the response stays fresh (RFC 9111, 4.2.1).
fn lifetime(times: &PollTimes) -> SignedDuration {
    let age = times.age.unwrap_or_default().max(SignedDuration::ZERO);
    let lifetime = match (times.max_age, times.expires) {
        (Some(max_age), _) => max_age.saturating_sub(age),
        (None, Some(expires)) => expires.duration_since(times.now),
        (None, None) => SignedDuration::ZERO,
    };
    lifetime.max(SignedDuration::ZERO)
}

/// Waiting time after `failures` failures: somewhere between the interval and the interval doubled for
/// each failure, no more than a day.
fn back_off(times: &PollTimes, jitter: f64) -> SignedDuration {
    let least = interval(times);
    let doublings = times.failures.min(DOUBLINGS_MAX);
    let most = least.as_secs_f64() * f64::from(doublings).exp2();
    let most = most.min(DAY.as_secs_f64());
    let seconds = most * jitter.clamp(0.0, 1.0);
    least.max(SignedDuration::try_from_secs_f64(seconds).unwrap_or(DAY))
}

/// `now + wait`, and the end of time when that is beyond it.
fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
