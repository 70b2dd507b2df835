use jiff::{SignedDuration, Timestamp};

use super::{PollTimes, ScheduleOptions, first_poll, next_poll};

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// Minutes until the next poll.
fn wait(change: impl FnOnce(&mut PollTimes), jitter: f64) -> i64 {
    let mut times = PollTimes::at(now());
    change(&mut times);
    next_poll(&times, jitter).duration_since(now()).as_mins()
}

fn every(gap: i64) -> Vec<Timestamp> {
    (0..10).map(|n| now() - minutes(gap * n)).collect()
}

#[test]
fn a_success_waits_for_the_longest_of_rhythm_lifetime_and_ttl() {
    for (expected, why, change) in [
        (
            30,
            "nothing known",
            Box::new(|_: &mut PollTimes| {}) as Box<dyn FnOnce(&mut PollTimes)>,
        ),
        (
            12,
            "its own rhythm",
            Box::new(|t| t.entry_times = every(12)),
        ),
        (5, "the floor", Box::new(|t| t.entry_times = every(1))),
        (
            1440,
            "the ceiling",
            Box::new(|t| t.entry_times = every(10_000)),
        ),
        (
            720,
            "half of the silence",
            Box::new(|t| {
                t.entry_times = every(10)
                    .into_iter()
                    .map(|at| at - SignedDuration::from_hours(24))
                    .collect();
            }),
        ),
        (
            50,
            "max-age less Age",
            Box::new(|t| {
                t.max_age = Some(minutes(60));
                t.age = Some(minutes(10));
            }),
        ),
        (
            30,
            "a stale response",
            Box::new(|t| {
                t.max_age = Some(minutes(60));
                t.age = Some(minutes(100));
            }),
        ),
        (
            90,
            "Expires",
            Box::new(|t| t.expires = Some(now() + minutes(90))),
        ),
        (
            30,
            "max-age goes before Expires",
            Box::new(|t| {
                t.max_age = Some(minutes(1));
                t.expires = Some(now() + minutes(90));
            }),
        ),
        (120, "ttl", Box::new(|t| t.ttl = Some(minutes(120)))),
        (
            1440,
            "no lifetime beyond a day",
            Box::new(|t| t.max_age = Some(minutes(100_000))),
        ),
        (
            15,
            "a fixed interval beats them all",
            Box::new(|t| {
                t.interval = Some(minutes(15));
                t.max_age = Some(minutes(600));
            }),
        ),
        (
            2,
            "even below the floor",
            Box::new(|t| t.interval = Some(minutes(2))),
        ),
        (
            240,
            "Retry-After moves it later",
            Box::new(|t| t.retry_after = Some(now() + minutes(240))),
        ),
        (
            30,
            "and never sooner",
            Box::new(|t| t.retry_after = Some(now() - minutes(240))),
        ),
    ] {
        assert_eq!(wait(change, 0.5), expected, "{why}");
    }
}

#[test]
fn failures_back_off_with_full_jitter_up_to_a_day() {
    for (failures, jitter, expected) in [
        (1, 1.0, 60),
        (2, 1.0, 120),
        (2, 0.5, 60),
        (3, 0.0, 30),
        (9, 1.0, 1440),
        (u32::MAX, 1.0, 1440),
        (u32::MAX, f64::INFINITY, 1440),
    ] {
        let found = wait(|times| times.failures = failures, jitter);
        assert_eq!(found, expected, "{failures} failures, jitter {jitter}");
    }
    let found = wait(
        |times| {
            times.failures = 1;
            times.retry_after = Some(now() + minutes(600));
        },
        1.0,
    );
    assert_eq!(found, 600);
}

#[test]
fn a_fixed_interval_of_nothing_is_allowed_when_the_bounds_allow_it() {
    let mut times = PollTimes::at(now());
    times.interval = Some(SignedDuration::ZERO);
    assert_eq!(next_poll(&times, 0.0), now() + SignedDuration::from_secs(1));
    times.options = ScheduleOptions {
        fixed_floor: SignedDuration::ZERO,
        ..ScheduleOptions::default()
    };
    assert_eq!(next_poll(&times, 0.0), now());
}

#[test]
fn the_end_of_time_is_no_panic() {
    let mut times = PollTimes::at(Timestamp::MAX);
    times.retry_after = Some(Timestamp::MAX);
    assert_eq!(next_poll(&times, 1.0), Timestamp::MAX);
    times.expires = Some(Timestamp::MIN);
    times.entry_times = vec![Timestamp::MIN, Timestamp::MAX, now()];
    assert_eq!(next_poll(&times, 1.0), Timestamp::MAX);
}

#[test]
fn first_polls_are_spread_and_stay_where_they_are() {
    let spread = minutes(10);
    let due = |n: u32| first_poll(&format!("https://example.org/{n}.xml"), now(), spread);
    let mut minute_counts = [0; 11];
    for n in 0..1000 {
        assert_eq!(due(n), due(n));
        let minute = due(n).duration_since(now()).as_mins();
        minute_counts[usize::try_from(minute).unwrap()] += 1;
    }
    assert!(
        minute_counts[..10].iter().all(|&count| count > 60),
        "{minute_counts:?}"
    );
    assert_eq!(first_poll("x", now(), SignedDuration::ZERO), now());
}
