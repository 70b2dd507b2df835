//! Rule 15: permanent redirects are believed slowly, temporary ones never.

use crate::bed::{Bed, at, begin, hours, minutes, ok, plain, reply};
use crate::log::Log;

const OLD: &str = "http://news.example/rss";
const NEW: &str = "http://www.news.example/feed";
const ELSEWHERE: &str = "http://elsewhere.example/feed";

async fn days(bed: &mut Bed, days: &[&str]) {
    for day in days {
        bed.poll_at(at(&format!("2026-11-{day}T09:00:00Z"))).await;
    }
}

fn redirect(bed: &Bed, status: u16, to: &str) {
    bed.answers(OLD, [reply(status, &[("location", to)], "")]);
    bed.answers(to, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
}

#[tokio::test]
async fn rule_15_a_permanent_redirect_is_stored_after_three_days() {
    for status in [301, 308] {
        let log = Log::begin();
        let mut bed = Bed::new(&[(OLD, "")]);
        redirect(&bed, status, NEW);
        days(&mut bed, &["23"]).await;
        for _ in 0..3 {
            bed.poll_after(hours(4)).await;
        }
        days(&mut bed, &["24"]).await;
        assert_eq!(
            bed.feed(OLD).await.moved_to,
            None,
            "two days are not enough"
        );
        days(&mut bed, &["25"]).await;
        assert_eq!(bed.feed(OLD).await.moved_to.as_deref(), Some(NEW));
        let before = (bed.count(OLD), bed.count(NEW));
        bed.restart().await;
        days(&mut bed, &["26", "27"]).await;
        assert_eq!((bed.count(OLD), bed.count(NEW)), (before.0, before.1 + 2));
        assert_eq!(log.count("which is polled from now on"), 1);
    }
}

#[tokio::test]
async fn rule_15_a_temporary_redirect_is_never_stored() {
    for status in [302, 303, 307] {
        let mut bed = Bed::new(&[(OLD, "")]);
        redirect(&bed, status, NEW);
        days(&mut bed, &["23", "24", "25", "26", "27"]).await;
        assert_eq!(bed.feed(OLD).await.moved_to, None, "{status}");
        assert_eq!(
            bed.value("select json_extract(state, '$.moving') from feed"),
            ""
        );
        assert_eq!(bed.count(OLD), 5);
    }
}

#[tokio::test]
async fn rule_15_another_host_is_told_and_not_stored_unless_it_is_polled_anyway() {
    let log = Log::begin();
    let mut bed = Bed::new(&[(OLD, "")]);
    redirect(&bed, 301, ELSEWHERE);
    days(&mut bed, &["23", "24", "25", "26"]).await;
    assert_eq!(bed.feed(OLD).await.moved_to, None);
    assert_eq!(
        bed.value("select json_extract(state, '$.moving.to') from feed"),
        ELSEWHERE
    );
    // Told on the day on which it is believed, and not at every poll after it.
    assert_eq!(log.count("put the new address into the config"), 1);
    bed.restart().await;
    days(&mut bed, &["27", "28", "29", "30"]).await;
    assert_eq!(log.count("put the new address into the config"), 1);

    let known = "http://elsewhere.example/other";
    let mut bed = Bed::new(&[(OLD, ""), (known, "")]);
    bed.answers(known, [ok(&[], &plain(&["z"]))]);
    redirect(&bed, 301, ELSEWHERE);
    days(&mut bed, &["23", "24", "25"]).await;
    assert_eq!(bed.feed(OLD).await.moved_to.as_deref(), Some(ELSEWHERE));
}

#[tokio::test]
async fn rule_15_a_feed_with_secrets_does_not_take_them_elsewhere() {
    let mut bed = Bed::new(&[(OLD, "headers = { \"x-key\" = \"secret\" }")]);
    redirect(&bed, 301, NEW);
    days(&mut bed, &["23", "24", "25", "26"]).await;
    assert_eq!(bed.feed(OLD).await.moved_to, None);
}

#[tokio::test]
async fn rule_15_the_configured_address_is_asked_again_when_the_new_one_leads_nowhere() {
    let mut bed = Bed::new(&[(OLD, "")]);
    redirect(&bed, 301, NEW);
    days(&mut bed, &["23", "24", "25"]).await;
    bed.answers(NEW, [reply(404, &[], "")]);
    bed.answers(OLD, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
    let before = bed.count(OLD);
    days(&mut bed, &["26"]).await;
    assert_eq!(bed.feed(OLD).await.moved_to, None);
    bed.poll_next(OLD).await;
    assert_eq!(bed.count(OLD), before + 1);
    assert_eq!(bed.feed(OLD).await.failures, 0);
}

#[tokio::test]
async fn rule_15_what_a_document_says_of_its_address_changes_nothing() {
    let mut bed = Bed::new(&[(OLD, "")]);
    let body = plain(&["1"]).replace(
        "<item>",
        "<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"self\" href=\"http://evil.example/\"/>\
         <itunes:new-feed-url xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\">http://evil.example/\
         </itunes:new-feed-url><item>",
    );
    let link = ("link", "<http://evil.example/>; rel=\"self\"");
    bed.answers(OLD, [ok(&[link], &body)]);
    for day in 0..5 {
        bed.poll_at(begin() + hours(25 * day) + minutes(1)).await;
    }
    assert_eq!((bed.count(OLD), bed.count("http://evil.example/")), (5, 0));
}
