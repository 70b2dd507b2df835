//! What polls teach: closed hours, redirects, 410, overlaps.

use jiff::{SignedDuration, Timestamp};

use super::closed::{next_update, open_hour};
use super::{Overlap, failed, is_believed, is_rolled_over, overlap, sighting, succeeded};
use crate::model::{FailureKind, PollState, Syndication};

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[test]
fn a_poll_moves_to_the_first_open_hour() {
    let closed = |hours: &[u8], days: &[u8]| Syndication {
        skip_hours: hours.to_vec(),
        skip_days: days.to_vec(),
        ..Syndication::default()
    };
    let night = [0, 1, 2, 3, 4, 5, 22, 23];
    let all: Vec<u8> = (0..24).collect();
    // 2026-11-23 is a Monday.
    for (hours, days, due, opened) in [
        (
            &night[..],
            &[][..],
            "2026-11-23T10:15:00Z",
            "2026-11-23T10:15:00Z",
        ),
        (&night, &[], "2026-11-23T22:15:00Z", "2026-11-24T06:00:00Z"),
        (&[24], &[], "2026-11-23T00:30:00Z", "2026-11-23T01:00:00Z"),
        (&[], &[5, 6], "2026-11-28T10:15:00Z", "2026-11-30T00:00:00Z"),
        (
            &night,
            &[5, 6],
            "2026-11-27T23:15:00Z",
            "2026-11-30T06:00:00Z",
        ),
        (
            &[],
            &[0, 1, 2, 4, 5, 6],
            "2026-11-27T01:00:00Z",
            "2026-12-03T00:00:00Z",
        ),
        (&all, &[], "2026-11-23T10:15:00Z", "2026-11-23T10:15:00Z"),
    ] {
        let moved = open_hour(&closed(hours, days), at(due));
        assert_eq!(moved, at(opened), "{hours:?} {days:?} {due}");
    }
}

#[test]
fn an_update_comes_a_period_from_now_or_whole_periods_after_its_base() {
    let now = at("2026-11-23T10:15:00Z");
    let says = |period_s, base: Option<&str>| Syndication {
        period_s: Some(period_s),
        base: base.map(at),
        ..Syndication::default()
    };
    let hour = SignedDuration::from_hours(1);
    for (said, gap, next) in [
        (says(7200, None), None, Some("2026-11-23T12:15:00Z")),
        (says(7200, None), Some(hour), Some("2026-11-23T12:15:00Z")),
        (says(7200, None), Some(hour / 2), None),
        (says(0, None), None, None),
        (
            says(86_400, Some("2000-01-01T12:00:00Z")),
            None,
            Some("2026-11-23T12:00:00Z"),
        ),
        (
            says(86_400, Some("2030-01-01T08:00:00Z")),
            None,
            Some("2026-11-24T08:00:00Z"),
        ),
        (says(u64::MAX, None), None, None),
        (Syndication::default(), None, None),
    ] {
        assert_eq!(next_update(&said, gap, now), next.map(at), "{said:?}");
    }
}

#[test]
fn a_redirect_is_believed_on_its_third_day_in_a_row() {
    let mut watched = None;
    for (time, to, days) in [
        ("2026-11-01T10:00:00Z", Some("a"), 1),
        ("2026-11-01T23:59:00Z", Some("a"), 1),
        ("2026-11-02T00:01:00Z", Some("a"), 2),
        ("2026-11-02T10:00:00Z", Some("b"), 1),
        ("2026-11-03T10:00:00Z", None, 0),
        ("2026-11-04T10:00:00Z", Some("b"), 1),
        ("2026-11-07T10:00:00Z", Some("b"), 2),
        ("2026-11-08T10:00:00Z", Some("b"), 3),
        // The clock was set back: another day is another day.
        ("2026-11-01T10:00:00Z", Some("b"), 4),
    ] {
        watched = sighting(watched.as_ref(), to, at(time));
        assert_eq!(watched.as_ref().map_or(0, |m| m.days), days, "{time}");
        let believed = watched.as_ref().is_some_and(is_believed);
        assert_eq!(believed, days >= 3, "{time}");
    }
}

#[test]
fn a_410_is_believed_when_it_stands_an_hour_later() {
    let mut state = PollState::default();
    let begin = at("2026-11-23T10:00:00Z");
    let minute = |count| begin + SignedDuration::from_mins(count);
    assert_eq!(
        failed(&mut state, FailureKind::Gone, begin),
        Some(minute(60))
    );
    assert_eq!(
        failed(&mut state, FailureKind::Gone, minute(5)),
        Some(minute(60))
    );
    assert_eq!(failed(&mut state, FailureKind::Timeout, minute(10)), None);
    assert_eq!(state.gone_at, None);
    assert_eq!(failed(&mut state, FailureKind::Gone, minute(61)), None);
    assert_eq!(state.gone_at, Some(minute(61)));
    assert_eq!(state.failing_since, Some(begin));
    succeeded(&mut state);
    assert_eq!(state, PollState::default());
}

#[test]
fn an_address_that_a_redirect_led_to_is_left_when_it_leads_nowhere() {
    let now = at("2026-11-23T10:00:00Z");
    for (kind, left) in [
        (FailureKind::NotFound, true),
        (FailureKind::Gone, true),
        (FailureKind::BlockedAddress, true),
        (FailureKind::Timeout, false),
        (FailureKind::Status, false),
    ] {
        let mut state = PollState {
            poll_url: Some("https://new.example/".to_owned()),
            ..PollState::default()
        };
        failed(&mut state, kind, now);
        assert_eq!(state.poll_url.is_none(), left, "{kind:?}");
        assert_eq!(state.missing_since, None);
        assert_eq!(state.gone_seen_at, None);
    }
}

#[test]
fn a_document_that_shares_nothing_has_rolled_over() {
    let last = at("2026-11-23T10:00:00Z");
    let minute = SignedDuration::from_mins(1);
    let base = Overlap {
        entries: 20,
        known: 0,
        oldest: Some(last + minute),
        last_success_at: Some(last),
    };
    for (overlap, rolled, why) in [
        (base, true, "all are newer"),
        (
            Overlap {
                oldest: None,
                ..base
            },
            true,
            "nothing is dated",
        ),
        (Overlap { known: 1, ..base }, false, "one is known"),
        (
            Overlap { entries: 1, ..base },
            false,
            "it only ever shows one",
        ),
        (
            Overlap {
                last_success_at: None,
                ..base
            },
            false,
            "the first poll",
        ),
        (
            Overlap {
                oldest: Some(last - minute),
                ..base
            },
            false,
            "renamed entries",
        ),
    ] {
        assert_eq!(is_rolled_over(&overlap), rolled, "{why}");
    }
    let mut state = PollState::default();
    assert!(
        overlap(&mut state, last, last + minute * 60),
        "worth a line"
    );
    assert_eq!(state.capped_s, Some(1800));
    assert!(
        !overlap(&mut state, last + minute * 60, last + minute * 90),
        "told once"
    );
    assert_eq!(state.capped_s, Some(900));
}
