//! A recorded week under a shifted clock, one process for every six hours: what is stored and compared
//! comes from the wall clock, so that single passes behave as the daemon would have.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::bed::{Bed, Entry, entry, rss};
use crate::parts::has_part;

const STEP: SignedDuration = SignedDuration::from_hours(6);

const DIGEST: &str = "[digest.morning]\nschedule = \"daily 07:30\"\ntimezone = \"UTC\"\n";

/// The site's past, and the clock.
struct Week {
    bed: Bed,
    start: Timestamp,
    clock: Timestamp,
    entries: Vec<Entry>,
}

impl Week {
    fn new() -> Self {
        let start: Timestamp = "2024-03-04T00:00:00Z".parse().expect("a time");
        let bed = Bed::new(&[("/hourly", "1h"), ("/daily", "23h")], DIGEST);
        bed.serve("/daily", rss(&[]), Duration::ZERO);
        Self {
            bed,
            start,
            clock: start,
            entries: Vec::new(),
        }
    }

    fn publish(&mut self, at: Timestamp) {
        self.entries.push(entry("meteor", self.entries.len(), at));
        self.bed
            .serve("/hourly", rss(&self.entries), Duration::ZERO);
    }

    /// One process at the clock's time; the clock goes on by a step.
    fn pass(&mut self) -> Value {
        let at = self.clock.strftime("@%Y-%m-%d %H:%M:%S").to_string();
        let pass = self.bed.command(&["run", "--once", "--json"]);
        let output = Command::new("faketime")
            .args(["-f", &at])
            .arg(pass.get_program())
            .args(pass.get_args())
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("TZ", "UTC")
            .output()
            .expect("faketime runs");
        assert!(output.status.success(), "{at}: {output:?}");
        self.clock += STEP;
        serde_json::from_slice(&output.stdout).expect("a summary")
    }

    fn told(&self, kind: &str) -> Vec<Value> {
        let mut told = self.bed.told();
        told.retain(|told| told["kind"] == kind);
        told
    }
}

#[test]
fn a_week_of_single_passes_is_a_week_of_the_daemon() {
    if !has_part(
        "faketime",
        "faketime",
        &["-f", "@2024-03-04 00:00:00", "true"],
    ) {
        return;
    }
    let mut week = Week::new();
    week.publish(week.start - SignedDuration::from_hours(100));
    week.publish(week.start - SignedDuration::from_hours(1));
    week.pass();
    assert_eq!(
        week.told("new").len(),
        1,
        "what was old at the first poll is listed only"
    );

    for _ in 1..12 {
        week.publish(week.clock - SignedDuration::from_hours(2));
        week.pass();
    }
    assert_eq!(week.told("new").len(), 12);
    assert_eq!(week.bed.polls("/hourly").len(), 12);
    assert_eq!(
        week.bed.polls("/daily").len(),
        3,
        "it is due every 23 hours"
    );

    // Four days without a process; what came in the first two of them is late now.
    let gap = week.clock;
    for hours in 0..14 {
        week.publish(gap + SignedDuration::from_hours(3 * hours));
    }
    week.clock += SignedDuration::from_hours(4 * 24);
    week.publish(week.clock - SignedDuration::from_hours(2));
    week.pass();
    check_after_the_gap(&week);
    week.pass();
    check_digests(&week);
    check_store(&week);
}

fn check_after_the_gap(week: &Week) {
    let groups: Vec<Value> = week
        .bed
        .told()
        .into_iter()
        .filter(|told| told["late"] == true && told["alerts"].is_array())
        .collect();
    assert_eq!(groups.len(), 1, "late alerts come in one message");
    let alerts = groups[0]["alerts"].as_array().expect("alerts");
    assert_eq!(alerts.len(), 14);
    assert!(
        alerts
            .iter()
            .all(|alert| alert["late"] == true && alert["state"] == "open")
    );
    let alone = week
        .told("new")
        .into_iter()
        .filter(|told| told["id"].is_string() && !told["alerts"].is_array());
    assert_eq!(alone.count(), 13, "what is fresh comes by itself");
}

/// Every window is told once, one begins where the other ended, and together they tell every alert.
fn check_digests(week: &Week) {
    let digests = week.told("digest");
    // 4, 5 and 6 March, and one for the days of the gap, when nobody was there to close them.
    assert_eq!(digests.len(), 4, "{digests:#?}");
    for pair in digests.windows(2) {
        assert_eq!(pair[0]["until"], pair[1]["since"]);
    }
    let items = digests.iter().flat_map(|digest| {
        let items = digest["items"].as_array().expect("items").iter();
        items.chain(digest["rest"].as_array().expect("the rest"))
    });
    // That a story has ended is told as well.
    let news = items.filter(|item| item["kind"] != "ended");
    let ids: Vec<String> = news.map(|item| item["alert"]["id"].to_string()).collect();
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(ids.len(), distinct.len(), "an alert stands in two digests");
    assert_eq!(
        ids.len(),
        12 + 15,
        "every alert but the one that is listed only"
    );
}

fn check_store(week: &Week) {
    let bed = &week.bed;
    assert_eq!(
        bed.count("select count(*) from alert where state = 'backlog'"),
        1
    );
    assert_eq!(bed.count("select count(*) from article where late = 1"), 14);
    for table in ["feed", "article", "delivery", "digest_schedule"] {
        let held =
            format!("select count(*) from {table} where leased_until > 0 or leased_by is not null");
        assert_eq!(bed.count(&held), 0, "leases left in {table}");
    }
    let (from, to) = (week.start.as_millisecond(), week.clock.as_millisecond());
    let strangers = [
        "feed where polled_at",
        "article where first_seen",
        "delivery where created_at",
        "delivery_attempt where at",
        "digest where closed_at",
    ]
    .map(|column| format!("(select count(*) from {column} not between {from} and {to})"));
    let strangers = format!("select {}", strangers.join(" + "));
    assert_eq!(
        bed.count(&strangers),
        0,
        "times that came from another clock"
    );
}
