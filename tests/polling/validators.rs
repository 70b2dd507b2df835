//! Rules 3 to 7: conditional requests, and what an answer without news costs.

use wirewatch::pipeline::poll::Polled;

use crate::bed::{Bed, hours, ok, plain, reply};
use crate::stand_in::header;

const FEED: &str = "http://news.example/rss";

#[tokio::test]
async fn rule_03_validators_are_replaced_removed_and_kept() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let day = "Mon, 23 Nov 2026 07:00:00 GMT";
    bed.answers(
        FEED,
        [
            ok(&[("etag", "\"a\""), ("last-modified", day)], &plain(&["1"])),
            // A 304 that names a newer ETag and says nothing of the date.
            reply(304, &[("etag", "\"b\"")], ""),
            ok(&[("etag", "\"c\"")], &plain(&["1", "2"])),
            ok(&[], &plain(&["1", "2", "3"])),
            ok(&[], &plain(&["1", "2", "3", "4"])),
        ],
    );
    bed.poll_due().await;
    for _ in 0..4 {
        bed.poll_next(FEED).await;
    }
    let sent: Vec<(String, String)> = bed
        .asked(FEED)
        .iter()
        .map(|asked| {
            let text = |name| header(asked, name).to_owned();
            (text("if-none-match"), text("if-modified-since"))
        })
        .collect();
    let pair = |etag: &str, date: &str| (etag.to_owned(), date.to_owned());
    assert_eq!(
        sent,
        [
            pair("", ""),
            pair("\"a\"", day),
            pair("\"b\"", day),
            pair("\"c\"", ""),
            pair("", ""),
        ]
    );
}

#[tokio::test]
async fn rule_04_an_unreadable_answer_advances_no_validator() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let whole = plain(&["1"]);
    bed.answers(
        FEED,
        [
            ok(&[("etag", "\"a\"")], &whole),
            ok(&[("etag", "\"b\"")], "<html><body>Soon back</body></html>"),
            ok(&[("etag", "\"c\"")], ""),
            ok(
                &[("etag", "\"d\""), ("content-encoding", "gzip")],
                "not gzip",
            ),
            ok(&[("etag", "\"a\"")], &whole),
        ],
    );
    assert_eq!(bed.poll_due().await, [Polled::Fetched]);
    for _ in 0..3 {
        assert_eq!(bed.poll_next(FEED).await, [Polled::Failed]);
    }
    assert_eq!(bed.poll_next(FEED).await, [Polled::NotModified]);
    for asked in &bed.asked(FEED)[1..] {
        assert_eq!(header(asked, "if-none-match"), "\"a\"");
    }
}

#[tokio::test]
async fn rule_04_a_document_that_breaks_off_advances_no_validator_and_brings_no_half_entry() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let whole = plain(&["3", "2", "1"]);
    let at = whole.rfind("<title>").expect("an entry has a title") + "<title>x".len();
    bed.answers(
        FEED,
        [
            ok(&[("etag", "\"a\"")], &plain(&["1"])),
            ok(&[("etag", "\"b\"")], &whole[..at]),
            ok(&[("etag", "\"c\"")], &whole),
        ],
    );
    bed.poll_due().await;
    for _ in 0..2 {
        assert_eq!(bed.poll_next(FEED).await, [Polled::Fetched]);
    }
    assert_eq!(header(&bed.asked(FEED)[2], "if-none-match"), "\"a\"");
    assert_eq!(
        bed.feed(FEED).await.entries,
        3,
        "and none that is half of one"
    );
}

#[tokio::test]
async fn rule_05_one_unconditional_request_survives_restart_reload_and_removal() {
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
    bed.poll_due().await;
    bed.restart().await;
    assert_eq!(bed.poll_due().await, [], "a restart polls nothing early");
    bed.poll_after(hours(25)).await;
    bed.configure(&[]);
    bed.reload().await;
    assert_eq!(bed.poll_after(hours(48)).await, [], "it was removed");
    bed.configure(&[(FEED, "tags = [\"back\"]")]);
    bed.reload().await;
    bed.poll_after(hours(25)).await;
    bed.restart().await;
    bed.poll_after(hours(25)).await;
    let asked = bed.asked(FEED);
    assert_eq!(asked.len(), 4);
    let bare = asked
        .iter()
        .filter(|asked| header(asked, "if-none-match").is_empty());
    assert_eq!(bare.count(), 1);
}

#[tokio::test]
async fn rule_06_a_304_is_a_success_that_writes_two_times_and_nothing_else() {
    let mut bed = Bed::new(&[(FEED, "")]);
    let good = ok(&[("etag", "\"a\"")], &plain(&["1"]));
    bed.answers(FEED, [good.clone(), reply(500, &[], ""), good]);
    bed.poll_due().await;
    bed.poll_next(FEED).await;
    assert_eq!(bed.feed(FEED).await.failures, 1);
    assert_eq!(bed.poll_next(FEED).await, [Polled::NotModified]);
    assert_eq!(bed.feed(FEED).await.failures, 0);
    let before = everything_else(&bed);
    for _ in 0..10 {
        assert_eq!(bed.poll_next(FEED).await, [Polled::NotModified]);
    }
    assert_eq!(everything_else(&bed), before);
}

#[tokio::test]
async fn rule_07_the_same_bytes_again_are_neither_read_nor_written() {
    let mut bed = Bed::new(&[(FEED, "")]);
    bed.answers(FEED, [ok(&[], &plain(&["1", "2"]))]);
    assert_eq!(bed.poll_due().await, [Polled::Fetched]);
    assert_eq!(bed.poll_next(FEED).await, [Polled::Unchanged]);
    let before = everything_else(&bed);
    for _ in 0..10 {
        assert_eq!(bed.poll_next(FEED).await, [Polled::Unchanged]);
    }
    assert_eq!(everything_else(&bed), before);
}

/// All of the database but the times of the poll and the fence.
fn everything_else(bed: &Bed) -> String {
    let feeds = bed.value(
        "select group_concat(concat_ws('|', id, url, etag, last_modified, hex(body_hash), format, title,
             declared_lang, first_success_at, last_new_at, failures, last_error, last_status, parked, state))
         from feed",
    );
    let rows = bed.value(
        "select concat_ws(' ', (select count(*) from entry), (select count(*) from entry_version),
             (select count(*) from article), (select count(*) from host))",
    );
    feeds + &rows
}
