use jiff::{SignedDuration, Timestamp};

use super::{Arrivals, PollTimes, ScheduleOptions, first_poll, learn, next_poll};
use crate::model::{PollState, Rhythm};

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// Minutes until the next poll.
fn wait(change: impl FnOnce(&mut PollTimes, &mut PollState), jitter: f64) -> i64 {
    let mut times = PollTimes::at(now());
    let mut state = PollState::default();
    change(&mut times, &mut state);
    let due = next_poll(&times, &state, jitter);
    due.duration_since(now()).as_mins()
}

/// The rhythm of a feed whose document shows a hundred entries so many minutes apart.
fn every(gap: i64) -> Rhythm {
    let found = Arrivals {
        now: now(),
        last_success_at: None,
        last_new_at: None,
        published: (0..100).map(|n| now() - minutes(gap * n)).collect(),
        undated: false,
    };
    learn(&Rhythm::default(), &found)
}

type Change = fn(&mut PollTimes, &mut PollState);

#[test]
fn a_success_waits_for_the_longest_of_rhythm_lifetime_and_ttl() {
    let cases: [(i64, &str, Change); 16] = [
        (30, "nothing known", |_, _| {}),
        (144, "a tenth of the silence", |t, _| {
            t.last_new_at = Some(now() - minutes(1440));
        }),
        (1440, "the ceiling", |t, _| {
            t.last_new_at = Some(now() - minutes(1_000_000));
        }),
        (5, "the floor", |_, s| s.rhythm = every(1)),
        (5, "a wire", |_, s| s.rhythm = every(6)),
        (50, "max-age less Age", |t, _| {
            t.max_age = Some(minutes(60));
            t.age = Some(minutes(10));
        }),
        (30, "a stale response", |t, _| {
            t.max_age = Some(minutes(60));
            t.age = Some(minutes(100));
        }),
        (90, "Expires", |t, _| t.expires = Some(now() + minutes(90))),
        (30, "max-age goes before Expires", |t, _| {
            t.max_age = Some(minutes(1));
            t.expires = Some(now() + minutes(90));
        }),
        (120, "ttl", |_, s| s.ttl_s = Some(7200)),
        (120, "ttl is longer than the rhythm", |_, s| {
            s.ttl_s = Some(7200);
            s.rhythm = every(6);
        }),
        (1440, "no lifetime beyond a day", |t, _| {
            t.max_age = Some(minutes(100_000));
        }),
        (15, "a fixed interval beats them all", |t, s| {
            t.interval = Some(minutes(15));
            t.max_age = Some(minutes(600));
            s.syndication.skip_days = (0..6).collect();
        }),
        (2, "even below the floor", |t, _| {
            t.interval = Some(minutes(2));
        }),
        (240, "Retry-After moves it later", |t, _| {
            t.retry_after = Some(now() + minutes(240));
        }),
        (30, "and never sooner", |t, _| {
            t.retry_after = Some(now() - minutes(240));
        }),
    ];
    for (expected, why, change) in cases {
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
        let found = wait(|times, _| times.failures = failures, jitter);
        assert_eq!(found, expected, "{failures} failures, jitter {jitter}");
    }
    let found = wait(
        |times, _| {
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
    let state = PollState::default();
    let second = SignedDuration::from_secs(1);
    assert_eq!(next_poll(&times, &state, 0.0), now() + second);
    times.options = ScheduleOptions {
        fixed_floor: SignedDuration::ZERO,
        ..ScheduleOptions::default()
    };
    assert_eq!(next_poll(&times, &state, 0.0), now());
}

#[test]
fn the_end_of_time_is_no_panic() {
    let mut times = PollTimes::at(Timestamp::MAX);
    times.retry_after = Some(Timestamp::MAX);
    let mut state = PollState::default();
    assert_eq!(next_poll(&times, &state, 1.0), Timestamp::MAX);
    times.expires = Some(Timestamp::MIN);
    times.last_new_at = Some(Timestamp::MIN);
    state.syndication.skip_hours = (0..24).collect();
    state.syndication.period_s = Some(u64::MAX);
    let found = Arrivals {
        now: Timestamp::MAX,
        last_success_at: None,
        last_new_at: Some(Timestamp::MIN),
        published: vec![Timestamp::MIN, Timestamp::MAX, now()],
        undated: true,
    };
    state.rhythm = learn(&Rhythm::default(), &found);
    assert_eq!(next_poll(&times, &state, 1.0), Timestamp::MAX);
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
