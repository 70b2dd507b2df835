//! When a hub is asked again: to renew, after a failure, after a denial.

use jiff::{SignedDuration, Timestamp};

use super::request::LEASE_WISHED;

/// No lease is believed to be longer: a subscription that nobody renews for a year is not one.
const LEASE_MAX: SignedDuration = SignedDuration::from_hours(24 * 365);

/// No renewal comes sooner after a verification, however short the lease: a hub is asked no more often
/// than a feed is polled.
const RENEW_FLOOR: SignedDuration = SignedDuration::from_mins(5);

/// First pause after a request that failed or was not verified; a slow hub may take that long.
const RETRY_START: SignedDuration = SignedDuration::from_mins(30);

/// Longest pause between tries.
const RETRY_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Doublings after which the pause has long reached its cap.
const DOUBLINGS_MAX: u32 = 10;

/// After so many requests to end a subscription it is left to run out.
pub const TRIES_TO_END: u32 = 3;

/// The end of a lease of so many seconds; without a number the one that was wished for.
#[must_use]
pub fn granted_until(now: Timestamp, lease_seconds: Option<u64>) -> Timestamp {
    let lease = lease_seconds.map_or(LEASE_WISHED, |seconds| {
        SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)).min(LEASE_MAX)
    });
    later(now, lease)
}

/// When to renew a lease: after 60 to 70 % of it (`jitter` 0 to 1 spreads the subscriptions of one
/// hub), so that there is time for several tries.
#[must_use]
pub fn renew_at(now: Timestamp, granted_until: Timestamp, jitter: f64) -> Timestamp {
    let lease = granted_until.duration_since(now);
    let share = 0.6 + 0.1 * jitter.clamp(0.0, 1.0);
    later(now, lease.mul_f64(share).max(RENEW_FLOOR))
}

/// When to ask again after `tries` requests in a row that the hub did not verify: 30 minutes, doubled
/// with each, spread over the second half, a day at most.
#[must_use]
pub fn retry_at(now: Timestamp, tries: u32, jitter: f64) -> Timestamp {
    let doublings = tries.saturating_sub(1).min(DOUBLINGS_MAX);
    let most = RETRY_START.saturating_mul(1 << doublings).min(RETRY_MAX);
    later(now, most.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0)))
}

/// When to ask a hub again that has denied: after a week, spread over a day.
#[must_use]
pub fn deny_pause(now: Timestamp, jitter: f64) -> Timestamp {
    let day = SignedDuration::from_hours(24);
    later(now, day * 7 + day.mul_f64(jitter.clamp(0.0, 1.0)))
}

/// `now + wait`, and the end of time when that is beyond it.
fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("a time")
    }

    #[test]
    fn a_lease_is_renewed_well_before_its_end() {
        for (lease, jitter, renewed) in [
            (1000, 0.0, 600),
            (1000, 1.0, 700),
            (30, 0.5, 300),
            (0, 0.5, 300),
            (864_000, 0.5, 561_600),
        ] {
            let until = granted_until(at(0), Some(lease));
            let due = renew_at(at(0), until, jitter).as_second() - at(0).as_second();
            assert_eq!(due, renewed, "{lease} {jitter}");
        }
    }

    #[test]
    fn a_hub_cannot_grant_eternity() {
        let day = 24 * 3600;
        assert_eq!(granted_until(at(0), None), at(10 * day));
        assert_eq!(granted_until(at(0), Some(u64::MAX)), at(365 * day));
        assert_eq!(granted_until(Timestamp::MAX, Some(9)), Timestamp::MAX);
    }

    #[test]
    fn tries_become_rarer_up_to_a_day() {
        let minutes = |tries, jitter| {
            retry_at(at(0), tries, jitter)
                .duration_since(at(0))
                .as_mins()
        };
        assert_eq!((minutes(1, 0.0), minutes(1, 1.0)), (15, 30));
        assert_eq!((minutes(3, 0.0), minutes(3, 1.0)), (60, 120));
        assert_eq!((minutes(u32::MAX, 0.0), minutes(99, 1.0)), (720, 1440));
        assert_eq!(minutes(0, 1.0), 30);
    }
}
