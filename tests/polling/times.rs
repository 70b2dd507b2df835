//! Rules 11 to 14 and 23: when the next poll is.

use wirewatch::pipeline::poll::Polled;

use crate::bed::{Bed, at, begin, hours, minutes, ok, plain, reply, rss};
use crate::log::Log;

const FEED: &str = "http://news.example/rss";

#[tokio::test]
async fn rule_11_the_longest_of_what_server_and_feed_ask_for() {
    for (headers, body, wait) in [
        (
            &[("cache-control", "max-age=43200")][..],
            plain(&["1"]),
            hours(12),
        ),
        (
            &[("cache-control", "max-age=43200"), ("age", "3600")],
            plain(&["1"]),
            hours(11),
        ),
        (
            &[("expires", "Mon, 23 Nov 2026 14:00:00 GMT")],
            plain(&["1"]),
            hours(6),
        ),
        (&[], rss("<ttl>240</ttl>", &[("1", None)]), hours(4)),
        (
            &[("cache-control", "max-age=31536000")],
            plain(&["1"]),
            hours(24),
        ),
        (&[("cache-control", "no-cache")], plain(&["1"]), minutes(30)),
    ] {
        let mut bed = Bed::new(&[(FEED, "")]);
        bed.answers(FEED, [ok(headers, &body)]);
        bed.poll_due().await;
        assert_eq!(bed.wait(FEED).await, wait, "{headers:?}");
        assert_eq!(bed.poll_after(wait - minutes(1)).await, []);
        assert_eq!(bed.poll_after(minutes(1)).await.len(), 1);
    }
}

#[tokio::test]
async fn rule_11_a_ttl_holds_for_the_polls_after_it_and_an_interval_overrides() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let body = rss("<ttl>240</ttl>", &[("1", None)]);
    bed.answers(FEED, [ok(&[("etag", "\"a\"")], &body)]);
    bed.poll_due().await;
    assert_eq!(bed.poll_next(FEED).await, [Polled::NotModified]);
    assert_eq!(bed.wait(FEED).await, hours(4));
    let mut bed = Bed::new(&[(FEED, "interval = \"15m\"")]);
    bed.answers(FEED, [ok(&[("cache-control", "max-age=43200")], &body)]);
    bed.poll_due().await;
    assert_eq!(bed.wait(FEED).await, minutes(15));
}

/// A feed that says this of its hours, polled once; the next poll is a 304 that says nothing.
async fn says(more: &str, syndication: &str) -> Bed {
    let mut bed = Bed::new(&[(FEED, more)]);
    let body = rss(syndication, &[("1", None)]).replace("<rss ", SY);
    bed.answers(FEED, [ok(&[("etag", "\"a\"")], &body)]);
    bed.poll_due().await;
    bed
}

const SY: &str = "<rss xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\" ";

#[tokio::test]
async fn rule_12_closed_hours_and_days_move_the_next_poll() {
    let closed: String = (9..16).map(|hour| format!("<hour>{hour}</hour>")).collect();
    let mut bed = says("", &format!("<skipHours>{closed}</skipHours>")).await;
    assert_eq!(bed.wait(FEED).await, minutes(30));
    // At 8:30 the next one would be at 9. The openings are spread over five minutes.
    assert_eq!(bed.poll_next(FEED).await, [Polled::NotModified]);
    let opens = at("2026-11-23T16:02:30Z");
    assert_eq!(bed.feed(FEED).await.next_poll, Some(opens));

    let days: String = ["Monday", "Tuesday", "Wednesday", "Thursday"]
        .map(|day| format!("<day>{day}</day>"))
        .concat();
    let days = format!("<skipDays>{days}</skipDays>");
    let bed = says("", &days).await;
    let opens = at("2026-11-27T00:02:30Z");
    assert_eq!(
        bed.feed(FEED).await.next_poll,
        Some(opens),
        "longer than the ceiling"
    );
    let bed = says("interval = \"20m\"", &days).await;
    assert_eq!(bed.wait(FEED).await, minutes(20), "an interval overrides");
}

#[tokio::test]
async fn rule_12_the_update_period_is_kept_to() {
    let update =
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>";
    let mut bed = says("", update).await;
    assert_eq!(bed.wait(FEED).await, hours(6) + minutes(5) / 2);
    bed.poll_next(FEED).await;
    assert_eq!(
        bed.wait(FEED).await,
        hours(6) + minutes(5) / 2,
        "after a 304, too"
    );
    let base = format!("{update}<sy:updateBase>2026-01-01T03:00+00:00</sy:updateBase>");
    let bed = says("", &base).await;
    assert_eq!(
        bed.feed(FEED).await.next_poll,
        Some(at("2026-11-23T09:02:30Z"))
    );
    let bed = says("interval = \"20m\"", update).await;
    assert_eq!(bed.wait(FEED).await, minutes(20), "an interval overrides");
}

#[tokio::test]
async fn rule_13_retry_after_holds_for_the_whole_host_in_both_forms() {
    const OTHER: &str = "http://sport.news.example/rss";
    const ELSEWHERE: &str = "http://other.example/rss";
    for value in ["7200", "Mon, 23 Nov 2026 11:00:00 GMT"] {
        let mut bed = Bed::new(&[
            (FEED, "interval = \"60m\""),
            (OTHER, "interval = \"90m\""),
            (ELSEWHERE, "interval = \"90m\""),
        ]);
        let good = ok(&[("etag", "\"a\"")], &plain(&["1"]));
        for feed in [OTHER, ELSEWHERE] {
            bed.answers(feed, [good.clone()]);
        }
        let refused = reply(429, &[("retry-after", value)], "");
        bed.answers(FEED, [good.clone(), refused, good]);
        bed.poll_due().await;
        assert_eq!(bed.poll_after(minutes(60)).await, [Polled::Failed]);
        // What is shown is when the host may be asked again.
        let rest = begin() + hours(3);
        assert_eq!(bed.feed(OTHER).await.next_poll, Some(rest));
        assert_eq!(
            bed.feed(ELSEWHERE).await.next_poll,
            Some(begin() + minutes(90))
        );
        assert_eq!(bed.poll_after(minutes(45)).await.len(), 1, "elsewhere only");
        assert_eq!((bed.count(OTHER), bed.count(ELSEWHERE)), (1, 2));
        assert_eq!(bed.poll_after(minutes(74)).await.len(), 0);
        assert_eq!(bed.poll_after(minutes(1)).await.len(), 2);
    }
}

#[tokio::test]
async fn rule_13_nothing_and_the_past_still_back_off_and_years_are_a_day() {
    for (value, least, most) in [
        ("0", minutes(5), hours(24)),
        ("Mon, 23 Nov 2020 11:00:00 GMT", minutes(5), hours(24)),
        ("999999999", hours(24), hours(24)),
    ] {
        let mut bed = Bed::new(&[(FEED, "")]);
        bed.answers(FEED, [reply(503, &[("retry-after", value)], "")]);
        bed.poll_due().await;
        let wait = bed.wait(FEED).await;
        assert!(wait >= least && wait <= most, "{value}: {wait:?}");
        let host = bed.value("select coalesce(max(not_before), 0) from host");
        let host: i64 = host.parse().expect("a number");
        let day_ahead = (begin() + hours(24)).as_millisecond();
        assert!(host <= day_ahead, "{value}: the host waits for ever");
    }
}

#[tokio::test]
async fn rule_14_failures_back_off_up_to_a_day_and_are_told_once() {
    let log = Log::begin();
    let mut bed = Bed::new(&[(FEED, "")]);
    let bad = || reply(500, &[], "");
    let good = ok(&[("etag", "\"a\"")], &plain(&["1"]));
    let mut replies = vec![good.clone()];
    replies.extend((0..8).map(|_| bad()));
    replies.push(good);
    bed.answers(FEED, replies);
    bed.poll_due().await;
    let mut waits = Vec::new();
    for _ in 0..8 {
        bed.poll_next(FEED).await;
        waits.push(bed.wait(FEED).await.as_mins());
    }
    // Chance is one half here, and the feed's own interval half an hour.
    assert_eq!(waits, [30, 60, 120, 240, 480, 720, 720, 720]);
    assert_eq!(log.count("cannot be polled"), 1);
    bed.poll_next(FEED).await;
    assert_eq!(log.count("answers again"), 1);
    assert!(bed.wait(FEED).await <= hours(6));
    assert_eq!(
        bed.value("select json_extract(state, '$.failing_since') from feed"),
        ""
    );
}

#[tokio::test]
async fn rule_23_a_wire_is_polled_near_the_floor_and_an_interval_overrides() {
    let entries: Vec<(String, _)> = (0..60)
        .map(|n| (format!("e{n}"), Some(begin() - minutes(7 * n))))
        .collect();
    let entries: Vec<_> = entries
        .iter()
        .map(|(name, at)| (name.as_str(), *at))
        .collect();
    let wire = rss("", &entries);
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [ok(&[], &wire)]);
    bed.poll_due().await;
    let wait = bed.wait(FEED).await;
    assert!(wait >= minutes(5) && wait <= minutes(8), "{wait:?}");
    let mut bed = Bed::new(&[(FEED, "interval = \"2h\"")]);
    bed.answers(FEED, [ok(&[], &wire)]);
    bed.poll_due().await;
    assert_eq!(bed.wait(FEED).await, hours(2));
}
