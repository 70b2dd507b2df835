//! Rule 30: clocks that are wrong, and what waited while nobody looked.

use jiff::SignedDuration;
use wirewatch::pipeline::poll::Polled;

use crate::bed::{Bed, at, begin, hours, minutes, ok, plain};

const FEED: &str = "http://news.example/rss";

#[tokio::test]
async fn rule_30_a_clock_set_back_makes_feeds_due() {
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
    bed.poll_due().await;
    assert_eq!(
        bed.poll_after(minutes(-2)).await,
        [],
        "clocks are set by a little"
    );
    assert_eq!(
        bed.poll_at(begin() - hours(24 * 30)).await.len() + bed.poll_after(minutes(1)).await.len(),
        1
    );
    let wait = bed.wait(FEED).await;
    assert!(wait > SignedDuration::ZERO && wait <= hours(24), "{wait:?}");
    assert_eq!(bed.poll_due().await, [], "and polls no more than that");
    bed.poll_next(FEED).await;
    assert_eq!(bed.count(FEED), 3);
}

#[tokio::test]
async fn rule_30_after_a_jump_ahead_every_feed_is_polled_once_and_no_host_in_a_burst() {
    let urls: Vec<String> = (0..300)
        .map(|n| format!("http://news.example/{n}"))
        .collect();
    let feeds: Vec<_> = urls.iter().map(|url| (url.as_str(), "")).collect();
    let mut bed = Bed::new(&feeds);
    for url in &urls {
        bed.answers(url, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
    }
    assert_eq!(bed.poll_due().await.len(), 300);
    bed.clock.advance(hours(24 * 60));
    assert_eq!(
        bed.claimed(64, 4).await,
        4,
        "of one host, no more than a few at once"
    );
    // Those are in hand until their lease ends.
    let polled = bed.poll_after(minutes(3)).await;
    assert_eq!(polled, [Polled::NotModified; 300]);
    assert_eq!(bed.poll_due().await, []);
    assert_eq!(bed.site.asked().len(), 600);
}

#[tokio::test]
async fn rule_30_due_times_know_no_summer() {
    let mut bed = Bed::new(&[(FEED, "interval = \"1h\"")]);
    bed.answers(FEED, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
    // Europe's clocks go forward at 1 h UTC.
    bed.poll_at(at("2027-03-27T22:30:00Z")).await;
    for _ in 0..6 {
        assert_eq!(bed.wait(FEED).await, hours(1));
        assert_eq!(bed.poll_next(FEED).await.len(), 1);
    }
}
