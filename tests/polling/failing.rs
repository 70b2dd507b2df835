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

/// Pages of bot checks, logins and consent walls, and what they are.
const WALLS: [(&str, FailureKind); 7] = [
    (
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>\
         window._cf_chl_opt={cType:'managed'};</script></body></html>",
        FailureKind::BotCheck,
    ),
    (
        "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to access \
         \"http&#58;&#47;&#47;news&#46;example&#47;rss\" on this server.<P>Reference&#32;&#35;18&#46;4c</P>\
         <P>https&#58;&#47;&#47;errors&#46;edgesuite&#46;net&#47;18&#46;4c</P></BODY></HTML>",
        FailureKind::BotCheck,
    ),
    (
        "<html><head><title>news.example</title></head><body><p id=\"cmsg\">Please enable JS and disable any ad \
         blocker</p><script src=\"https://ct.captcha-delivery.com/c.js\"></script></body></html>",
        FailureKind::BotCheck,
    ),
    (
        "<html><head><title>Access to this page has been denied</title></head><body><div id=\"px-captcha\"></div></body></html>",
        FailureKind::BotCheck,
    ),
    (
        "<html><body><div class=\"g-recaptcha\" data-sitekey=\"k\"></div></body></html>",
        FailureKind::BotCheck,
    ),
    (
        "<html><head><title>Masuk</title></head><body><form><input type=\"password\"></form></body></html>",
        FailureKind::LoginPage,
    ),
    (
        "<html><head><title>Journal</title></head><body><button>Tout accepter</button></body></html>",
        FailureKind::SoftBlock,
    ),
];

#[tokio::test]
async fn rule_27_a_wall_with_the_status_of_a_refusal_is_named_as_one_with_200() {
    let html = [("content-type", "text/html; charset=utf-8")];
    for (page, kind) in WALLS {
        for status in [200, 401, 403, 429, 503] {
            let mut bed = Bed::new(&[(FEED, "")]);
            bed.answers(FEED, [reply(status, &html, page)]);
            assert_eq!(bed.poll_due().await, [Polled::Failed]);
            let feed = bed.feed(FEED).await;
            assert_eq!(feed.failure, Some(kind), "{status} {page}");
            let why = feed.last_error.unwrap_or_default();
            let says = status == 200 || why.starts_with(&format!("the server answers {status}"));
            assert!(says, "{why}");
        }
    }
}

#[tokio::test]
async fn rule_27_retry_after_of_a_wall_is_obeyed() {
    for status in [429, 503] {
        let mut bed = Bed::new(&[(FEED, "")]);
        let headers = [("content-type", "text/html"), ("retry-after", "7200")];
        bed.answers(FEED, [reply(status, &headers, WALLS[0].0)]);
        bed.poll_due().await;
        assert_eq!(bed.feed(FEED).await.failure, Some(FailureKind::BotCheck));
        let rest = bed.value("select not_before from host");
        assert_eq!(rest, (bed.now() + hours(2)).as_millisecond().to_string());
        assert!(bed.wait(FEED).await >= hours(2));
    }
}

#[tokio::test]
async fn rule_27_a_refusal_that_says_no_more_keeps_its_name() {
    let plain_page = "<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1>nginx</body></html>";
    let missing = "<html><head><title>Page not found</title></head><body></body></html>";
    // Only the beginning of the page is read.
    let far = format!(
        "<html><!--{}--><title>Just a moment...</title></html>",
        "x".repeat(80_000)
    );
    let wall = WALLS[0].0;
    for (status, content_type, page, kind) in [
        (403, "text/html", plain_page, FailureKind::Forbidden),
        (403, "text/html", "", FailureKind::Forbidden),
        (403, "text/html", missing, FailureKind::Forbidden),
        (403, "text/html", far.as_str(), FailureKind::Forbidden),
        (403, "application/json", wall, FailureKind::Forbidden),
        (404, "text/html", wall, FailureKind::NotFound),
        (500, "text/html", wall, FailureKind::Status),
        (429, "text/html", plain_page, FailureKind::TooManyRequests),
    ] {
        let mut bed = Bed::new(&[(FEED, "")]);
        bed.answers(
            FEED,
            [reply(status, &[("content-type", content_type)], page)],
        );
        bed.poll_due().await;
        assert_eq!(
            bed.feed(FEED).await.failure,
            Some(kind),
            "{status} {content_type}"
        );
    }
}

#[tokio::test]
async fn what_the_two_readers_differ_over_is_kept_with_the_feed() {
    let mut bed = Bed::new(&[(FEED, "")]);
    // Atom 0.3, of which feed-rs finds no entries; one document in 32 is read twice, by its length.
    let document = |name: &str| {
        let mut text = format!(
            "<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><title>Alt</title>\
             <entry><id>{name}</id><title>{name}</title></entry></feed>"
        );
        let blanks = " ".repeat(32 - (text.len() + 7) % 32);
        text.push_str(&format!("<!--{blanks}-->"));
        assert!(text.len().is_multiple_of(32));
        ok(&[], &text)
    };
    bed.answers(FEED, [document("a"), document("b")]);
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    let found = bed.value("select json_extract(state, '$.discrepancies.documents') from feed");
    assert_eq!(found, "2");
    let last = bed.value("select json_extract(state, '$.discrepancies.last') from feed");
    assert_eq!(last, "feed-rs found 0 of 1 entries");
}

#[tokio::test]
async fn a_feed_that_is_called_a_page_is_told_to_be_one() {
    let mut bed = Bed::new(&[(FEED, "kind = \"page\"\nlinks = \"h2 a\"")]);
    let page = "<html><body><p>Nothing here any more, but much else to read.</p></body></html>";
    bed.answers(FEED, [ok(&[], &plain(&["1"])), ok(&[], page)]);
    bed.poll_due().await;
    let feed = bed.feed(FEED).await;
    assert_eq!(feed.failure, Some(FailureKind::NotAFeed));
    let why = feed.last_error.unwrap_or_default();
    assert!(
        why.contains("this is a feed and no page: take `kind`"),
        "{why}"
    );
    bed.poll_next(FEED).await;
    let why = bed.feed(FEED).await.last_error.unwrap_or_default();
    assert!(why.contains("`h2 a` finds nothing on the page"), "{why}");
}
