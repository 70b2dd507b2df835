//! When a feed is due next, and what its polls teach for the next ones.
//!
//! Takes what is known about a feed's polls and entries, gives an instant or a changed
//! [`PollState`](crate::model::PollState). Pure: no clock (`now` is an argument), no chance (`jitter` is an
//! argument), no knowledge of HTTP beyond the figures it is handed.

mod closed;
mod moving;
mod overlap;
mod pushed;
mod rhythm;
mod standing;

use jiff::{SignedDuration, Timestamp};

use crate::model::{FailureKind, PollState};

pub use moving::{is_believed, sighting};
pub use overlap::{Overlap, is_rolled_over, overlap};
pub use pushed::{Pushes, stretched};
pub use rhythm::{Arrivals, expected_arrivals, learn};
pub use standing::{failed, succeeded};

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

/// What the next poll depends on, besides what earlier polls have taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// `Retry-After` (RFC 9110, 10.2.3) as an instant.
    pub retry_after: Option<Timestamp>,
    /// Failures since the last success; 0 after a success.
    pub failures: u32,
    /// When an entry was last new.
    pub last_new_at: Option<Timestamp>,
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
            retry_after: None,
            failures: 0,
            last_new_at: None,
            options: ScheduleOptions::default(),
        }
    }
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Beyond this many failures the back-off has long reached its cap.
const DOUBLINGS_MAX: u32 = 20;

/// The longest back-off while no connection to the host comes about or no answer comes over it: that is often the fault of
/// our own network, and ends for all feeds at once; nobody shall wait a day for news then.
const UNREACHED_MAX: SignedDuration = SignedDuration::from_hours(1);

/// A server that asks for more patience than this is asked again anyway.
const RETRY_AFTER_MAX: SignedDuration = DAY;

/// Feeds that open at the same time are not all polled in that second.
const OPENING: SignedDuration = SignedDuration::from_mins(5);

/// Of a feed without a rhythm: it waits so much of the time for which it has been silent.
const SILENCE_SHARE: i32 = 10;

/// When the feed is due next; `jitter` (0 to 1) spreads retries, and polls that wait for an opening.
///
/// After a success: the fixed interval, or else the longest of the feed's own rhythm, the response's
/// lifetime and `ttl` (both no more than a day), moved on to when the feed says that it publishes. After
/// failures: exponential back-off with full jitter. `Retry-After` moves either later, never sooner.
#[must_use]
pub fn next_poll(times: &PollTimes, state: &PollState, jitter: f64) -> Timestamp {
    let due = match (times.failures, times.interval) {
        (1.., _) => later(times.now, back_off(times, state, jitter)),
        (0, Some(fixed)) => later(times.now, fixed.max(times.options.fixed_floor)),
        (0, None) => published(times, state, jitter),
    };
    times
        .retry_after
        .map_or(due, |asked| due.max(patience(asked, times.now)))
}

/// `Retry-After`, no later than a day from now: neither a slip nor malice may silence a host for years.
#[must_use]
pub fn patience(asked: Timestamp, now: Timestamp) -> Timestamp {
    asked.min(later(now, RETRY_AFTER_MAX))
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

/// The next poll of a feed that answers, moved on to when it says that it publishes.
fn published(times: &PollTimes, state: &PollState, jitter: f64) -> Timestamp {
    let now = times.now;
    let due = later(now, interval(times, state));
    let a_day = later(now, DAY);
    let gap = (state.rhythm.gaps > 0).then(|| seconds(state.rhythm.gap_s));
    let update = closed::next_update(&state.syndication, gap, now).map(|at| at.min(a_day));
    let stated = update.map_or(due, |at| due.max(at));
    let mut opened = closed::open_hour(&state.syndication, stated);
    if state.syndication.skip_days.is_empty() {
        opened = opened.min(a_day.max(due));
    }
    if opened == due {
        return due;
    }
    later(opened, OPENING.mul_f64(jitter.clamp(0.0, 1.0)))
}

/// Time between polls of a feed that answers and says nothing of closed hours.
fn interval(times: &PollTimes, state: &PollState) -> SignedDuration {
    let options = &times.options;
    let ttl = i64::try_from(state.ttl_s.unwrap_or(0)).unwrap_or(i64::MAX);
    let asked = lifetime(times).max(SignedDuration::from_secs(ttl)).min(DAY);
    own_interval(times, state).max(asked).max(options.floor)
}

/// Time between polls by what was learnt of the feed alone.
fn own_interval(times: &PollTimes, state: &PollState) -> SignedDuration {
    let (now, options) = (times.now, &times.options);
    let silence = times
        .last_new_at
        .map_or(SignedDuration::ZERO, |at| now.duration_since(at));
    let learnt = rhythm::wait(&state.rhythm, times.last_new_at, now, options.ceiling);
    let own = learnt.unwrap_or_else(|| options.start.max(silence / SILENCE_SHARE));
    let own = overlap::cap(state, now).map_or(own, |cap| own.min(cap));
    own.min(options.ceiling)
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

/// Waiting time after `failures` failures: somewhere between the feed's own interval (at most the one of an
/// unknown feed) and that doubled for each failure, no more than a day, or an hour where nobody was reached.
fn back_off(times: &PollTimes, state: &PollState, jitter: f64) -> SignedDuration {
    let options = &times.options;
    let least = match times.interval {
        Some(fixed) => fixed.max(options.fixed_floor),
        None => own_interval(times, state)
            .min(options.start)
            .max(options.floor),
    };
    let doublings = times.failures.min(DOUBLINGS_MAX);
    let most = least.as_secs_f64() * f64::from(doublings).exp2();
    let longest = match state.failure {
        Some(FailureKind::Network | FailureKind::Timeout) => UNREACHED_MAX,
        _ => DAY,
    };
    let most = most.min(longest.as_secs_f64());
    least.max(seconds(most * jitter.clamp(0.0, 1.0)))
}

/// A number of seconds as a duration; what is none is a day.
fn seconds(number: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(number).unwrap_or(DAY)
}

/// `now + wait`, and the end of time when that is beyond it.
fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod state_tests;
#[cfg(test)]
mod tests;
