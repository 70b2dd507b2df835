//! The clock jumps: by a day ahead and back under the running daemon, and by an hour twice a year.

use std::time::{Duration, Instant};

use wirewatch::daemon::Mode;

use crate::bed::{Bed, at, hours, minutes};

const DIGEST: &str =
    "[health]\nenabled = false\n[digest.morning]\nschedule = \"daily 07:30\"\ntimezone = \"UTC\"\n";

async fn until(bed: &Bed, what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it never came to be: {what}"
        );
        bed.daemon.wake();
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

const NEXT: &str = "select next_at from digest_schedule";

async fn a_day_ahead_and_back(bed: &Bed) {
    let polls = "select count(*) from feed where polled_at > 0";
    let feeds = bed.feeds.len() as i64;
    let ms = |time: &str| at(time).as_millisecond();
    until(bed, "every feed is polled", || bed.count(polls) == feeds).await;
    until(bed, "the alert is told", || bed.told("new").len() == 1).await;

    // What is in hand at the jump, and is never committed.
    bed.clock.advance(hours(24));
    let lost = bed.claim_feeds(2).await;
    until(bed, "the digest of that day", || {
        bed.told("digest").len() == 1
    })
    .await;
    until(bed, "the next one is planned", || {
        bed.count(NEXT) == ms("2026-11-25T07:30:00Z")
    })
    .await;

    bed.clock.advance(-hours(24));
    until(bed, "the next one comes by the true time", || {
        bed.count(NEXT) == ms("2026-11-24T07:30:00Z")
    })
    .await;
    bed.publish(&bed.feeds[0]);
    for _ in 0..15 {
        bed.clock.advance(minutes(3));
        bed.daemon.wake();
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    until(bed, "the second alert is told", || {
        bed.told("new").len() == 2
    })
    .await;
    let now = bed.now().as_millisecond();
    let old = format!(
        "select count(*) from feed where polled_at > {now} or polled_at < {now} - 2700000 or leased_until > {now} + 120000"
    );
    until(bed, "every feed is polled by the true time", || {
        bed.count(&old) == 0
    })
    .await;
    // One at the start, one for each jump, one or two since; those that were in hand twice.
    let asked = bed.asked_since(at("2000-01-01T00:00:00Z")).len();
    assert!(asked <= 5 * bed.feeds.len() + lost, "{asked} requests");

    bed.clock
        .advance(at("2026-11-24T07:31:00Z").duration_since(bed.now()));
    until(bed, "the digest of the morning", || {
        bed.told("digest").len() == 2
    })
    .await;
    let ids = |digest: usize| {
        let digests = bed.told("digest");
        let items = digests[digest]["items"].as_array().expect("items").clone();
        let ids = items.iter().map(|item| item["alert"]["id"].to_string());
        ids.collect::<Vec<_>>()
    };
    assert_eq!((ids(0).len(), ids(1).len()), (1, 1));
    assert_ne!(ids(0), ids(1), "nothing is told in two digests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_of_a_day_and_back_is_no_storm_and_costs_no_digest() {
    let bed = Bed::new(4, 5, "2026-11-23T08:00:00Z", DIGEST).await;
    bed.publish(&bed.feeds[0]);
    let runs = bed.daemon.run(Mode::Forever);
    let acts = async {
        a_day_ahead_and_back(&bed).await;
        bed.daemon.stop();
    };
    let (ended, ()) = tokio::join!(runs, acts);
    ended.expect("it ends well");
}

#[tokio::test]
async fn a_lease_of_a_clock_that_was_ahead_ends_as_any_other() {
    let bed = Bed::new(1, 3, "2026-11-23T08:00:00Z", "[health]\nenabled = false\n").await;
    bed.feeds.iter().for_each(|url| bed.publish(url));
    bed.poll_due().await;
    bed.clock.advance(hours(24));
    assert_eq!(bed.claim_feeds(9).await, 3);
    assert_eq!(bed.claim_articles().await, 3);

    bed.clock.advance(-hours(24));
    let claim = async || (bed.claim_feeds(9).await, bed.claim_articles().await);
    assert_eq!(claim().await, (0, 0), "somebody may have them in hand");
    // Their half hour is over then, too.
    bed.clock.advance(minutes(33));
    assert_eq!(claim().await, (3, 3));
}

#[tokio::test]
async fn a_digest_comes_once_on_each_day_of_both_changes_of_the_time() {
    // On the first of them 02:30 does not exist, on the other it comes twice.
    for (begin, due) in [
        (
            "2027-03-27T00:00:00Z",
            [
                "2027-03-27T01:30:00Z",
                "2027-03-28T01:00:00Z",
                "2027-03-29T00:30:00Z",
            ],
        ),
        (
            "2027-10-30T00:00:00Z",
            [
                "2027-10-30T00:30:00Z",
                "2027-10-31T00:30:00Z",
                "2027-11-01T01:30:00Z",
            ],
        ),
    ] {
        let digest = "[health]\nenabled = false\n[digest.night]\nschedule = \"daily 02:30\"\ntimezone = \"Europe/Berlin\"\n";
        let bed = Bed::new(1, 1, begin, digest).await;
        let mut told = Vec::new();
        // 30 minutes apart, for two days and two hours.
        for _ in 0..2 * 50 {
            bed.publish(&bed.feeds[0]);
            bed.pass().await;
            let digests = bed.told("digest").len();
            if digests > told.len() {
                assert_eq!(digests, told.len() + 1, "one at a time");
                told.push(bed.now().to_string());
            }
            bed.clock.advance(minutes(30));
        }
        assert_eq!(told, due);
    }
}
