//! When a delivery that failed is tried again. Pure.

use jiff::{SignedDuration, Timestamp};

/// A delivery that could not be made for so long is given up.
pub const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);

const WAIT_MIN: SignedDuration = SignedDuration::from_secs(5);
const WAIT_MAX: SignedDuration = SignedDuration::from_hours(1);
/// A receiver may ask for more than `WAIT_MAX`, but not for silence without end.
const ASKED_WAIT_MAX: SignedDuration = SignedDuration::from_hours(24);

/// The time of the next try, or `None` when it is time to give up.
///
/// The wait is drawn evenly between 5 s and a bound that doubles with every failure up to an hour
/// (exponential back-off with full jitter), so that deliveries that failed together do not come back
/// together. `failures` counts the one just seen, `after` is what the receiver asked for,
/// `fraction` (0.0 to 1.0) is the chance. The last try falls on the end of the three days.
#[must_use]
pub fn next_try(
    failures: u32,
    created_at: Timestamp,
    now: Timestamp,
    after: Option<SignedDuration>,
    fraction: f64,
) -> Option<Timestamp> {
    let last_try = created_at
        .saturating_add(GIVE_UP_AFTER)
        .unwrap_or(Timestamp::MAX);
    if now >= last_try {
        return None;
    }
    let doublings = failures.min(20);
    let bound = WAIT_MAX.min(WAIT_MIN * (1 << doublings));
    let fraction = if (0.0..=1.0).contains(&fraction) {
        fraction
    } else {
        0.0
    };
    let drawn = WAIT_MIN + (bound - WAIT_MIN).mul_f64(fraction);
    let wait = drawn.max(after.unwrap_or_default().min(ASKED_WAIT_MAX));
    let due = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    Some(due.min(last_try))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATED: Timestamp = Timestamp::UNIX_EPOCH;

    /// Seconds until the next try of a delivery that has been waiting for `age` seconds.
    fn wait(failures: u32, age: i64, after: Option<i64>, fraction: f64) -> Option<i64> {
        let now = CREATED + SignedDuration::from_secs(age);
        let after = after.map(SignedDuration::from_secs);
        let next = next_try(failures, CREATED, now, after, fraction)?;
        Some(next.duration_since(now).as_secs())
    }

    #[test]
    fn the_wait_grows_from_seconds_to_an_hour() {
        let day = 86_400;
        for (failures, age, after, fraction, expected) in [
            (1, 0, None, 0.0, Some(5)),
            (1, 0, None, 1.0, Some(10)),
            (3, 0, None, 1.0, Some(40)),
            (3, 0, None, 0.0, Some(5)),
            (12, 0, None, 1.0, Some(3600)),
            (u32::MAX, 0, None, 1.0, Some(3600)),
            (1, 0, Some(120), 0.5, Some(120)),
            (12, 0, Some(1), 1.0, Some(3600)),
            (1, 0, Some(i64::MAX), 0.5, Some(day)),
            (1, 0, Some(-5), 0.0, Some(5)),
            (99, 3 * day - 60, None, 1.0, Some(60)),
            (99, 3 * day, None, 1.0, None),
            (1, 30 * day, None, 1.0, None),
            (1, 0, None, f64::NAN, Some(5)),
        ] {
            let got = wait(failures, age, after, fraction);
            assert_eq!(
                got, expected,
                "{failures} failures, {age} s old, {after:?}, {fraction}"
            );
        }
    }

    #[test]
    fn three_days_take_dozens_of_tries_and_end() {
        let (mut now, mut tries) = (CREATED, 0);
        while let Some(next) = next_try(tries, CREATED, now, None, 0.5) {
            assert!(next > now);
            now = next;
            tries += 1;
        }
        assert_eq!(now.duration_since(CREATED), GIVE_UP_AFTER);
        assert!((100..200).contains(&tries), "{tries} tries");
    }
}
