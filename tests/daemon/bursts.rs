//! Far more reports than is usual: told once, through the program.

use std::time::Duration;

use rusqlite::Connection;

use crate::bed::{Bed, entry, now, rss};

const ALL: [&str; 3] = ["run", "--once", "--all"];

const DAY_MS: i64 = 24 * 3_600_000;

/// Makes the watch as old as that, as if the program had run for so long.
fn watched_for(bed: &Bed, days: i64) {
    let db = Connection::open(bed.path("w.db")).expect("a database");
    let changed = db.execute("update watch set since = since - ?1", [days * DAY_MS]);
    assert_eq!(changed.expect("a change"), 1);
}

/// Serves so many reports of this hour, which have nothing in common but the word, on three feeds.
fn serve(bed: &Bed, reports: usize) {
    for (feed, path) in ["/a", "/b", "/c"].into_iter().enumerate() {
        let own = (0..reports).filter(|number| number % 3 == feed);
        let own: Vec<_> = own.map(|number| entry("meteor", number, now())).collect();
        bed.serve(path, rss(&own), Duration::ZERO);
    }
}

fn bursts(bed: &Bed) -> Vec<serde_json::Value> {
    let mut told = bed.told();
    told.retain(|told| told["kind"] == "burst");
    told
}

#[test]
fn a_burst_is_told_once_and_not_before_the_watch_knows_what_is_usual() {
    for (days, reports, expected) in [(5, 7, 1), (5, 4, 0), (1, 7, 0)] {
        let case = format!("{reports} reports after {days} days");
        let bed = Bed::new(&[("/a", "1h"), ("/b", "1h"), ("/c", "1h")], "");
        serve(&bed, 0);
        bed.run_well(&ALL);
        watched_for(&bed, days);
        serve(&bed, reports);
        bed.run_well(&ALL);
        let told = bursts(&bed);
        assert_eq!(told.len(), expected, "{case}: {told:?}");
        // While it cools down, more of the same is no second one.
        serve(&bed, reports + 6 * expected);
        bed.run_well(&ALL);
        assert_eq!(bursts(&bed).len(), expected, "{case}, again");
        let Some(burst) = told.first() else { continue };
        let note = burst["note"].as_str().expect("a note");
        assert!(note.contains("7 articles in the last hour"), "{note}");
        let said = bed.run_well(&["alert", "log"]);
        assert!(said.contains("burst"), "{said}");
        let severity = burst["severity"].as_str();
        assert_eq!(severity, Some("high"), "one step up from medium");
    }
}
