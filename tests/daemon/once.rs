//! `run --once`: one pass, for scripts.

use std::time::Duration;

use crate::bed::{Bed, entry, now, rss};
use crate::program::{Running, until};
use crate::stand_in::header;

#[test]
fn a_pass_goes_through_to_the_last_delivery_and_the_next_one_only_asks_for_changes() {
    let bed = Bed::new(&[("/a", "1h"), ("/b", "1h")], "");
    bed.serve(
        "/a",
        rss(&[entry("meteor", 1, now()), entry("rain", 2, now())]),
        Duration::ZERO,
    );
    bed.serve("/b", rss(&[entry("rain", 3, now())]), Duration::ZERO);

    let summary = bed.run_well(&["run", "--once"]);
    assert!(
        summary.contains("2 feeds polled: 0 not modified"),
        "{summary}"
    );
    assert!(summary.contains("3 new entries"), "{summary}");
    assert!(
        summary.contains("1 hits, 1 alerts told, 1 deliveries sent"),
        "{summary}"
    );
    assert_eq!(bed.told().len(), 1);

    let summary = bed.run_well(&["run", "--once"]);
    assert!(
        summary.contains("0 feeds polled"),
        "nothing is due: {summary}"
    );
    assert_eq!(bed.polls("/a").len(), 1);

    let summary = bed.run_well(&["run", "--once", "--all", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(
        (&summary["polls"], &summary["not_modified"]),
        (&2.into(), &2.into())
    );
    for path in ["/a", "/b"] {
        let polls = bed.polls(path);
        assert_eq!(polls.len(), 2, "{path}");
        assert_ne!(header(&polls[1], "if-none-match"), "", "{path}");
    }
    assert_eq!(bed.told().len(), 1, "nothing is told twice");
}

#[test]
fn a_page_is_polled_like_a_feed_and_readers_that_differ_are_counted() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    let page = bed.site.url("/front");
    let table = format!(
        "[[feed]]\nurl = \"{page}\"\nkind = \"page\"\nlinks = \"article\"\ntitle = \"h2\"\ndate = \"time\"\n"
    );
    bed.write("watches/front.toml", &table);
    let front = format!(
        "<html><title>Front page</title><article><a href='/1'><h2>A meteor over the town</h2></a>\
         <time datetime='{}'>just now</time></article></html>",
        now()
    );
    bed.serve("/front", front, Duration::ZERO);
    // An <item that is no entry makes feed-rs be asked; it gives up on the tag that is not closed.
    let faulty =
        "<rss><channel><!-- <item> --><item><title>Rain<guid>1</guid></item></channel></rss>";
    bed.serve("/feed", faulty.to_owned(), Duration::ZERO);

    let summary = bed.run_well(&["run", "--once"]);
    for part in [
        "2 feeds polled: 0 not modified, 0 unchanged, 0 failed",
        "2 new entries",
        "1 alerts told",
        "1 feeds read differently",
    ] {
        assert!(summary.contains(part), "no `{part}` in {summary}");
    }
}

#[test]
fn a_pass_fails_only_when_every_feed_does() {
    let bed = Bed::new(&[("/gone", "1h"), ("/here", "1h")], "");
    bed.serve("/here", rss(&[]), Duration::ZERO);
    let summary = bed.run_well(&["run", "--once"]);
    assert!(
        summary.contains("2 feeds polled: 0 not modified, 0 unchanged, 1 failed"),
        "{summary}"
    );

    let closed = "[[feed]]\nurl = \"http://127.0.0.1:9/feed\"\n";
    let bed = Bed::new(&[("/gone", "1h")], closed);
    let output = bed.run(&["run", "--once"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn a_pass_takes_over_at_once_what_a_killed_one_had_in_hand() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    bed.serve(
        "/feed",
        rss(&[entry("meteor", 1, now())]),
        Duration::from_secs(25),
    );
    let log = bed.path("log");
    let mut killed = Running::start(bed.command(&["run", "--once"]), &log);
    until("the poll is in flight", || !bed.polls("/feed").is_empty());
    killed.kill();
    bed.serve("/feed", rss(&[entry("meteor", 1, now())]), Duration::ZERO);
    let summary = bed.run_well(&["run", "--once"]);
    assert!(summary.contains("1 deliveries sent"), "{summary}");
}
