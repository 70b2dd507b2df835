//! Rule 5, for a database of the first release.

use refinery::{Migration, Runner};
use rusqlite::Connection;

use crate::bed::{Bed, begin, ok, plain};
use crate::stand_in::header;

const FEED: &str = "http://news.example/rss";

#[tokio::test]
async fn rule_05_an_upgrade_asks_with_the_validators_it_finds() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut conn = Connection::open(dir.path().join("w.db")).expect("a database");
    let first = include_str!("../../migrations/sqlite/0001_first.sql");
    let first = Migration::unapplied("V1__first", first).expect("a migration");
    Runner::new(&[first])
        .run(&mut conn)
        .expect("the first schema");
    let polled = begin().as_millisecond() - 3_600_000;
    conn.execute(
        "insert into feed (url, host, kind, tags, position, etag, body_hash, first_success_at, last_success_at,
             polled_at, due_at)
         values (?1, 'news.example', 'feed', '[]', 0, x'226122', zeroblob(32), ?2, ?2, ?2, ?2 + 600000)",
        (FEED, polled),
    )
    .expect("a feed");
    drop(conn);
    let mut bed = Bed::over(dir, &[(FEED, "")]);
    bed.answers(FEED, [ok(&[("etag", "\"a\"")], &plain(&["1"]))]);
    bed.poll_due().await;
    let asked = bed.asked(FEED);
    assert_eq!(asked.len(), 1);
    assert_eq!(header(&asked[0], "if-none-match"), "\"a\"");
}
