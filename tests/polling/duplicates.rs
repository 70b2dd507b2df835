//! Rules 24 and 28: polls by hand, and one feed under two addresses.

use std::process::{Command, Output};

use wirewatch::model::FeedHealth;

use crate::bed::{Bed, hours, minutes, ok, plain, reply};
use crate::stand_in::{Reply, header};

const ONE: &str = "http://news.example/rss";
const TWO: &str = "http://www.news.example/all.xml";

/// Runs a command of the real program to its end.
fn wirewatch(bed: &Bed, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .arg("--config")
        .arg(bed.dir.path().join("config.toml"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

#[tokio::test]
async fn rule_24_a_poll_by_hand_is_conditional_and_not_below_the_floor() {
    let mut bed = Bed::new(&[]);
    let url = bed.site.url("/rss");
    bed.configure(&[(&url, "")]);
    bed.answers(&url, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
    let poll = || wirewatch(&bed, &["feed", "poll", &url]);
    assert!(poll().status.success());
    let again = poll();
    assert!(!again.status.success());
    let words = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(words.contains("300 s apart"), "{words}");
    assert_eq!(bed.count(&url), 1);
    bed.change("update feed set polled_at = polled_at - 301000");
    assert!(poll().status.success());
    assert_eq!(header(&bed.asked(&url)[1], "if-none-match"), "\"a\"");
    assert!(
        wirewatch(&bed, &["run", "--once", "--all"])
            .status
            .success()
    );
    let asked = bed.asked(&url);
    assert_eq!(asked.len(), 3, "`run --once --all` alone ignores the floor");
    assert_eq!(header(&asked[2], "if-none-match"), "\"a\"");
}

#[tokio::test]
async fn rule_28_spellings_of_one_address_are_polled_once() {
    let spellings = [
        "https://news.example/rss",
        "http://news.example/rss",
        "http://NEWS.example:80/rss",
        "http://news.example/rss/",
        "http://news.example/rss#top",
        "http://news.example/rss?utm_source=x",
    ];
    for other in spellings {
        let mut bed = Bed::new(&[(ONE, ""), (other, "")]);
        bed.answers(ONE, [ok(&[], &plain(&["1"]))]);
        assert_eq!(bed.poll_due().await.len(), 1, "{other}");
    }
    let mut bed = Bed::new(&[(ONE, ""), ("http://news.example/RSS", "")]);
    bed.answers(ONE, [ok(&[], &plain(&["1"]))]);
    assert_eq!(bed.poll_due().await.len(), 2, "a path has its case");
}

/// A document that says where it belongs.
fn named(itself: &str, names: &[&str]) -> Reply {
    let link = format!("<{itself}>; rel=\"self\"");
    ok(&[("link", link.as_str())], &plain(names))
}

/// Two addresses of which the first names the second as itself.
async fn twins(documents: [&[&str]; 2]) -> Bed {
    let mut bed = Bed::new(&[(ONE, ""), (TWO, "")]);
    bed.answers(TWO, [named(TWO, documents[1])]);
    bed.answers(ONE, [reply(500, &[], ""), named(TWO, documents[0])]);
    bed.poll_due().await;
    bed.poll_after(minutes(31)).await;
    bed.poll_after(minutes(31)).await;
    bed
}

#[tokio::test]
async fn rule_28_a_feed_that_names_another_one_with_the_same_entries_is_not_polled() {
    let mut bed = twins([&["1", "2"], &["1", "2"]]).await;
    let feed = bed.feed(ONE).await;
    assert_eq!(feed.health, FeedHealth::Duplicate);
    assert_eq!(feed.duplicate_of.as_deref(), Some(TWO));
    let before = (bed.count(ONE), bed.count(TWO));
    for _ in 0..5 {
        bed.poll_after(hours(25)).await;
    }
    assert_eq!((bed.count(ONE), bed.count(TWO)), (before.0, before.1 + 5));

    let bed = twins([&["1", "2"], &["1", "3"]]).await;
    assert_eq!(
        bed.feed(ONE).await.health,
        FeedHealth::Ok,
        "another document"
    );
}

#[tokio::test]
async fn rule_28_a_duplicate_is_polled_again_when_the_other_one_is_removed_or_fails() {
    let mut bed = twins([&["1", "2"], &["1", "2"]]).await;
    bed.configure(&[(ONE, "")]);
    bed.reload().await;
    assert_eq!(bed.feed(ONE).await.health, FeedHealth::Ok);
    assert_eq!(bed.poll_after(hours(1)).await.len(), 1);

    let mut bed = twins([&["1", "2"], &["1", "2"]]).await;
    bed.answers(TWO, [reply(500, &[], "")]);
    for _ in 0..6 {
        bed.poll_after(hours(12)).await;
    }
    assert_eq!(bed.feed(ONE).await.health, FeedHealth::Ok);
}
