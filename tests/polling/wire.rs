//! Rules 1, 2, 8, 9, 16 and 25, seen by the server. Rules 10, 22 and 29 need time or bytes of their own kind and
//! are tested in `src/fetch/tests/`.

use wirewatch::model::FailureKind;
use wirewatch::pipeline::poll::Polled;

use crate::bed::{Bed, ok, plain, reply};
use crate::stand_in::header;

const FEED: &str = "http://news.example/rss";

#[tokio::test]
async fn rule_01_validators_go_back_byte_for_byte() {
    for etag in [
        "\"a\"",
        "W/\"a\"",
        "unquoted",
        "\"with, comma\"",
        "\"\"",
        "W/\"x\"y\"",
    ] {
        for date in [
            "Mon, 23 Nov 2026 07:00:00 GMT",
            "yesterday",
            "2026-11-23",
            "0",
        ] {
            let mut bed = Bed::new(&[(FEED, "")]);
            let sent = [("etag", etag), ("last-modified", date)];
            bed.answers(FEED, [ok(&sent, &plain(&["1"])), ok(&[], &plain(&["1"]))]);
            bed.poll_due().await;
            bed.restart().await;
            bed.poll_next(FEED).await;
            let asked = bed.asked(FEED).pop().expect("a request");
            assert_eq!(header(&asked, "if-none-match"), etag);
            assert_eq!(header(&asked, "if-modified-since"), date);
        }
    }
}

#[tokio::test]
async fn rule_02_no_condition_is_invented() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let dated = plain(&["1"]).replace(
        "<item>",
        "<lastBuildDate>Mon, 23 Nov 2026 07:00:00 GMT</lastBuildDate><item>",
    );
    let headers = [
        ("date", "Mon, 23 Nov 2026 08:00:00 GMT"),
        ("expires", "Mon, 23 Nov 2026 08:00:01 GMT"),
    ];
    bed.answers(FEED, [ok(&headers, &dated)]);
    for _ in 0..5 {
        bed.poll_due().await;
        bed.poll_next(FEED).await;
    }
    for asked in bed.asked(FEED) {
        assert!(!asked.headers().contains_key("if-modified-since"));
        assert!(!asked.headers().contains_key("if-none-match"));
    }
}

#[tokio::test]
async fn rule_08_nothing_is_sent_that_was_not_asked_for() {
    let url = "http://news.example/rss?lang=id&a=b%20c";
    let configured = format!("{url}#top");
    let mut bed = Bed::new(&[(&configured, "")]);
    let cookie = ("set-cookie", "track=1; Max-Age=99999999");
    let there = [cookie, ("location", "http://news.example/there?x=1")];
    bed.answers(url, [reply(302, &there, "")]);
    bed.answers(
        "http://news.example/there?x=1",
        [ok(&[cookie], &plain(&["1"]))],
    );
    bed.poll_due().await;
    bed.poll_next(&configured).await;
    let asked = bed.site.asked();
    assert_eq!(asked.len(), 4);
    for (asked, _) in asked {
        for name in ["cookie", "referer", "range", "from", "dnt"] {
            assert!(!asked.headers().contains_key(name), "{name}");
        }
        let target = asked.uri().to_string();
        assert!(
            target == "/rss?lang=id&a=b%20c" || target == "/there?x=1",
            "{target}"
        );
    }
}

#[tokio::test]
async fn rule_09_and_25_each_poll_is_one_honest_get() {
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
    bed.poll_due().await;
    for _ in 0..3 {
        bed.poll_next(FEED).await;
    }
    let asked = bed.site.asked();
    assert_eq!(asked.len(), 4, "nothing beside the polls");
    for (asked, _) in asked {
        let agent = header(&asked, "user-agent");
        assert!(agent.starts_with("wirewatch/"), "{agent}");
        assert!(agent.contains("mailto:ops@example.org"), "{agent}");
        assert_eq!(asked.method(), "GET");
    }
}

#[tokio::test]
async fn rule_16_loops_and_forbidden_addresses_are_refused() {
    for (location, kind) in [
        (FEED, FailureKind::BadRedirect),
        (
            "http://169.254.169.254/latest/meta-data",
            FailureKind::BlockedAddress,
        ),
        ("http://10.0.0.1/rss", FailureKind::BlockedAddress),
        (
            "http://[::ffff:192.168.0.1]/rss",
            FailureKind::BlockedAddress,
        ),
        ("file:///etc/passwd", FailureKind::BadRedirect),
    ] {
        let mut bed = Bed::new(&[(FEED, "")]);
        bed.answers(FEED, [reply(301, &[("location", location)], "")]);
        assert_eq!(bed.poll_due().await, [Polled::Failed], "{location}");
        assert_eq!(bed.feed(FEED).await.failure, Some(kind), "{location}");
        assert_eq!(bed.site.asked().len(), 1);
    }
}
