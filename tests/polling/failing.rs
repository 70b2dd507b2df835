//! Rules 17, 26 and 27: addresses that are gone, and answers that only look like success.

use wirewatch::model::{FailureKind, FeedHealth};
use wirewatch::pipeline::poll::Polled;
use wirewatch::store::FeedScope;

use crate::bed::{Bed, hours, minutes, ok, plain, reply};
use crate::log::Log;

const FEED: &str = "http://news.example/rss";

#[tokio::test]
async fn rule_17_a_410_is_confirmed_after_an_hour_and_then_polling_stops() {
    let log = Log::begin();
    let mut bed = Bed::new(&[(FEED, "")]);
    let good = ok(&[("etag", "\"a\"")], &plain(&["1"]));
    bed.answers(FEED, [good.clone(), reply(410, &[], "")]);
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    assert_eq!(bed.feed(FEED).await.health, FeedHealth::Failing);
    assert_eq!(bed.wait(FEED).await, hours(1));
    bed.poll_next(FEED).await;
    let feed = bed.feed(FEED).await;
    assert_eq!((feed.health, feed.next_poll), (FeedHealth::Gone, None));
    assert_eq!(log.count("is gone for good"), 1);
    for _ in 0..30 {
        assert_eq!(bed.poll_after(hours(24)).await, []);
    }
    bed.restart().await;
    assert_eq!(bed.poll_due().await, []);
    let all = FeedScope::All { since: bed.now() };
    assert_eq!(bed.claim_and_poll(all).await, []);
    assert_eq!(bed.count(FEED), 3);

    bed.answers(FEED, [good]);
    let by_hand = FeedScope::One {
        feed: feed.id,
        since: bed.now() - minutes(5),
    };
    assert_eq!(bed.claim_and_poll(by_hand).await, [Polled::NotModified]);
    assert_eq!(bed.feed(FEED).await.health, FeedHealth::Ok);
    assert_eq!(bed.poll_next(FEED).await, [Polled::NotModified]);
}

#[tokio::test]
async fn rule_17_a_gone_feed_that_is_added_again_is_polled_again() {
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [reply(410, &[], "")]);
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    bed.configure(&[]);
    bed.reload().await;
    bed.configure(&[(FEED, "")]);
    bed.reload().await;
    bed.answers(FEED, [ok(&[], &plain(&["1"]))]);
    assert_eq!(bed.poll_after(minutes(15)).await, [Polled::Fetched]);
}

#[tokio::test]
async fn rule_17_a_404_backs_off_and_is_dated() {
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [reply(404, &[], "")]);
    bed.poll_due().await;
    let since = bed.value("select json_extract(state, '$.missing_since') from feed");
    assert!(since.starts_with("2026-11-23T08:00:00"), "{since}");
    let mut polls = 0;
    let end = bed.now() + hours(72);
    while bed.feed(FEED).await.next_poll.expect("it is polled") < end {
        bed.poll_next(FEED).await;
        polls += 1;
    }
    assert!(polls < 12, "{polls} polls in three days");
    assert_eq!(
        bed.value("select json_extract(state, '$.missing_since') from feed"),
        since
    );
}

#[tokio::test]
async fn rule_26_a_wrong_content_type_is_looked_through() {
    for kind in [
        "text/html",
        "text/plain",
        "application/octet-stream",
        "image/png",
        "nonsense",
        "",
    ] {
        let mut bed = Bed::new(&[(FEED, "")]);
        bed.answers(FEED, [ok(&[("content-type", kind)], &plain(&["1"]))]);
        assert_eq!(bed.poll_due().await, [Polled::Fetched], "{kind}");
    }
}

#[tokio::test]
async fn rule_27_what_only_looks_like_success_is_a_failure_with_back_off() {
    let login = "<html><head><title>Sign in</title></head><body><form action=\"/login\" method=\"post\">\
         <input name=\"user\"><input type=\"password\" name=\"password\"></form></body></html>";
    let page = "<!doctype html><html><head><title>Our new site</title></head><body><p>Hello</p></body></html>";
    for (body, kind) in [
        ("", FailureKind::Empty),
        (" \n ", FailureKind::Empty),
        (page, FailureKind::Page),
        (login, FailureKind::LoginPage),
    ] {
        let mut bed = Bed::new(&[(FEED, "")]);
        bed.answers(FEED, [ok(&[], &plain(&["1"])), ok(&[], body)]);
        bed.poll_due().await;
        assert_eq!(bed.poll_next(FEED).await, [Polled::Failed], "{body}");
        let feed = bed.feed(FEED).await;
        assert_eq!((feed.failure, feed.failures), (Some(kind), 1));
        bed.poll_next(FEED).await;
        assert_eq!(bed.wait(FEED).await, hours(1));
    }
}

#[tokio::test]
async fn rule_27_a_list_that_has_become_empty_is_a_state_of_its_own() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let (full, empty) = (ok(&[], &plain(&["1"])), ok(&[], &plain(&[])));
    bed.answers(FEED, [empty.clone(), full.clone(), empty, full]);
    bed.poll_due().await;
    assert_eq!(
        bed.feed(FEED).await.health,
        FeedHealth::Ok,
        "it never had any"
    );
    bed.poll_next(FEED).await;
    bed.poll_next(FEED).await;
    assert_eq!(bed.feed(FEED).await.health, FeedHealth::Empty);
    bed.poll_next(FEED).await;
    assert_eq!(bed.feed(FEED).await.health, FeedHealth::Ok);
}
