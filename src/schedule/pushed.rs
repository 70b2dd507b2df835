//! Slow polling: a feed whose hub pushes what is new is polled more rarely, never not at all.

use jiff::{SignedDuration, Timestamp};

/// How many times longer the interval becomes.
const STRETCH: i32 = 4;

/// The longest interval that stretching may make.
const STRETCHED_MAX: SignedDuration = SignedDuration::from_hours(6);

/// A hub is silent when it has not pushed for so many times the feed's usual gap: the measure by which a
/// feed itself is silent.
const SILENT_AFTER_GAPS: i32 = 5;

/// What is known of a feed's hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pushes {
    /// Until when the hub has promised to push; `None` when it is not to be relied on.
    pub subscribed_until: Option<Timestamp>,
    /// When it last pushed.
    pub pushed_at: Option<Timestamp>,
    /// Usual time between new entries of the feed; `None` when it is not known.
    pub usual_gap: Option<SignedDuration>,
}

/// When to poll a feed that would be due at `due`: four times later, within six hours and the hub's
/// lease, while the hub pushes; at `due` when it does not, or has fallen silent. Never sooner than `due`.
#[must_use]
pub fn stretched(now: Timestamp, due: Timestamp, pushes: &Pushes) -> Timestamp {
    let (Some(until), Some(pushed_at)) = (pushes.subscribed_until, pushes.pushed_at) else {
        return due;
    };
    let wait = due.duration_since(now);
    let gap = pushes.usual_gap.unwrap_or(wait).max(wait);
    let silent = now.duration_since(pushed_at) > gap.saturating_mul(SILENT_AFTER_GAPS);
    if silent || until <= now {
        return due;
    }
    let wait = wait.saturating_mul(STRETCH).min(STRETCHED_MAX);
    now.saturating_add(wait)
        .unwrap_or(Timestamp::MAX)
        .min(until)
        .max(due)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minutes).expect("a time")
    }

    /// Minutes until the next poll of a feed that is due in `wait` minutes, whose hub pushed `ago` minutes
    /// ago and promised to push for another `left`; its usual gap is an hour.
    fn next(wait: i64, ago: i64, left: i64) -> i64 {
        let pushes = Pushes {
            subscribed_until: Some(at(left)),
            pushed_at: Some(at(-ago)),
            usual_gap: Some(SignedDuration::from_hours(1)),
        };
        let due = stretched(at(0), at(wait), &pushes);
        due.duration_since(at(0)).as_mins()
    }

    #[test]
    fn a_hub_that_pushes_makes_polls_rarer_within_bounds() {
        assert_eq!(next(30, 10, 9999), 120);
        assert_eq!(next(180, 10, 9999), 360, "six hours at most");
        assert_eq!(next(1440, 10, 9999), 1440, "and never sooner than without");
        assert_eq!(next(30, 10, 70), 70, "the lease ends before");
        assert_eq!(next(30, 10, 20), 30);
    }

    #[test]
    fn a_silent_hub_and_an_ended_lease_change_nothing() {
        assert_eq!(next(30, 300, 9999), 120);
        assert_eq!(next(30, 301, 9999), 30);
        assert_eq!(next(30, 10, 0), 30);
        assert_eq!(next(30, 10, -5), 30);
        assert_eq!(next(-1, 10, 9999), -1, "overdue is overdue");
    }

    #[test]
    fn without_a_promise_or_a_push_nothing_changes() {
        for pushes in [
            Pushes::default(),
            Pushes {
                subscribed_until: Some(at(9999)),
                ..Pushes::default()
            },
            Pushes {
                pushed_at: Some(at(0)),
                ..Pushes::default()
            },
        ] {
            assert_eq!(stretched(at(0), at(30), &pushes), at(30));
        }
    }
}
