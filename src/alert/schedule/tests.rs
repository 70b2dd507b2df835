//! Words, cron lines, and changes of the clock.

use super::*;
use crate::alert::zone;

fn next(schedule: &str, zone_name: &str, now: &str) -> String {
    let time = DigestTime::parse(schedule).expect(schedule);
    time.next_after(now.parse().unwrap(), &zone(zone_name).unwrap())
        .to_string()
}

#[test]
fn words_and_cron_lines_fall_due_in_their_zone() {
    // 2026-11-22 is a Sunday; Jakarta is UTC+7 all year.
    for (schedule, now, due) in [
        (
            "daily 07:30",
            "2026-11-22T00:00:00Z",
            "2026-11-22T00:30:00Z",
        ),
        ("daily 7:30", "2026-11-22T00:30:00Z", "2026-11-23T00:30:00Z"),
        (
            "weekdays 07:30",
            "2026-11-22T00:00:00Z",
            "2026-11-23T00:30:00Z",
        ),
        (
            "weekends 09:00",
            "2026-11-22T03:00:00Z",
            "2026-11-28T02:00:00Z",
        ),
        (
            "mondays 09:00",
            "2026-11-22T00:00:00Z",
            "2026-11-23T02:00:00Z",
        ),
        (
            "weekly Friday 09:00",
            "2026-11-22T00:00:00Z",
            "2026-11-27T02:00:00Z",
        ),
        (
            "Mon and Thu 09:00",
            "2026-11-24T00:00:00Z",
            "2026-11-26T02:00:00Z",
        ),
        ("hourly", "2026-11-22T00:00:00Z", "2026-11-22T01:00:00Z"),
        ("every 15m", "2026-11-22T00:01:00Z", "2026-11-22T00:15:00Z"),
        (
            "every 6 hours",
            "2026-11-22T00:00:00Z",
            "2026-11-22T05:00:00Z",
        ),
        (
            "30 7 * * MON-FRI",
            "2026-11-22T00:00:00Z",
            "2026-11-23T00:30:00Z",
        ),
        ("0 9 1 * *", "2026-11-22T00:00:00Z", "2026-12-01T02:00:00Z"),
    ] {
        assert_eq!(next(schedule, "Asia/Jakarta", now), due, "{schedule}");
    }
}

#[test]
fn a_skipped_time_falls_on_the_end_of_the_gap_and_only_once() {
    // Berlin skips 02:00 to 03:00 on 2026-03-29.
    let due = "2026-03-29T01:00:00Z";
    assert_eq!(
        next("daily 02:30", "Europe/Berlin", "2026-03-28T12:00:00Z"),
        due
    );
    assert_eq!(
        next("daily 02:30", "Europe/Berlin", due),
        "2026-03-30T00:30:00Z"
    );
    assert_eq!(next("hourly", "Europe/Berlin", "2026-03-29T00:30:00Z"), due);
    assert_eq!(next("hourly", "Europe/Berlin", due), "2026-03-29T02:00:00Z");
    // Samoa skipped 30 December 2011 as a whole.
    assert_eq!(
        next("daily 07:30", "Pacific/Apia", "2011-12-29T18:00:00Z"),
        "2011-12-30T10:00:00Z"
    );
}

#[test]
fn a_time_that_comes_twice_falls_due_once() {
    // Berlin has 02:00 to 03:00 twice on 2026-10-25.
    let first = "2026-10-25T00:30:00Z";
    assert_eq!(
        next("daily 02:30", "Europe/Berlin", "2026-10-24T12:00:00Z"),
        first
    );
    assert_eq!(
        next("daily 02:30", "Europe/Berlin", first),
        "2026-10-26T01:30:00Z"
    );
}

/// Both changes of the clock in zones that differ in hour, hemisphere and step: in the gap the first valid
/// instant, in the fold the first of the two, and then the next day.
#[test]
fn a_change_of_the_clock_gives_one_digest_in_every_zone() {
    for (zone_name, schedule, before, due, then) in [
        // 02:00 to 03:00 is skipped, 01:00 to 02:00 comes twice.
        (
            "America/New_York",
            "daily 02:30",
            "2026-03-07T12:00:00Z",
            "2026-03-08T07:00:00Z",
            "2026-03-09T06:30:00Z",
        ),
        (
            "America/New_York",
            "30 1 * * *",
            "2026-10-31T12:00:00Z",
            "2026-11-01T05:30:00Z",
            "2026-11-02T06:30:00Z",
        ),
        // Half an hour, in the southern spring and autumn.
        (
            "Australia/Lord_Howe",
            "daily 02:15",
            "2026-10-03T10:00:00Z",
            "2026-10-03T15:30:00Z",
            "2026-10-04T15:15:00Z",
        ),
        (
            "Australia/Lord_Howe",
            "daily 01:45",
            "2026-04-04T10:00:00Z",
            "2026-04-04T14:45:00Z",
            "2026-04-05T15:15:00Z",
        ),
        // At midnight: the day begins at 01:00, or the hour before it comes twice.
        (
            "America/Santiago",
            "daily 00:30",
            "2026-09-05T12:00:00Z",
            "2026-09-06T04:00:00Z",
            "2026-09-07T03:30:00Z",
        ),
        (
            "America/Santiago",
            "sat,sun 23:30",
            "2026-04-04T12:00:00Z",
            "2026-04-05T02:30:00Z",
            "2026-04-06T03:30:00Z",
        ),
        // No change: Jakarta has none.
        (
            "Asia/Jakarta",
            "mon,thu 18:00",
            "2026-11-23T11:00:00Z",
            "2026-11-26T11:00:00Z",
            "2026-11-30T11:00:00Z",
        ),
    ] {
        assert_eq!(
            next(schedule, zone_name, before),
            due,
            "{zone_name} {schedule}"
        );
        assert_eq!(
            next(schedule, zone_name, due),
            then,
            "{zone_name} {schedule}"
        );
    }
}

#[test]
fn what_is_no_schedule_is_told_in_words_with_an_example() {
    for (written, why) in [
        ("", "it is empty"),
        ("weekdays", "a time of day is missing"),
        ("weekdays 25:00", "`25:00` is no time of day"),
        ("caturdays 09:00", "`caturdays` is neither a day"),
        ("every 7m", "a step is minutes that divide an hour"),
        ("every 0h", "a step is"),
        ("0 0 30 2 *", "that day never comes"),
        ("99 * * * *", ""),
    ] {
        let error = DigestTime::parse(written).expect_err(written).to_string();
        assert!(error.contains(why), "{written}: {error}");
        assert!(error.contains("write for example"), "{error}");
    }
}
