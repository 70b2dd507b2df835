//! Jobs beside one another, faults, and what is on disk when.

use std::time::Duration;

use super::*;
use crate::store::sqlite::connect::open_writer;

fn database() -> (tempfile::TempDir, PathBuf, Connection) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("writer.db");
    let conn = open_writer(&path, None, &mut |_| ()).expect("a database");
    conn.execute_batch("create table note (text text unique)")
        .expect("a table");
    (dir, path, conn)
}

async fn note(writer: &Writer, text: &str) -> Result<usize, StoreError> {
    let text = text.to_owned();
    writer
        .call(Promise::Durable, move |conn| {
            conn.execute("insert into note values (?1)", [text])
        })
        .await
}

async fn notes(writer: &Writer) -> i64 {
    let count =
        |conn: &Connection| conn.query_row("select count(*) from note", [], |row| row.get(0));
    writer.call(Promise::Bare, count).await.expect("a count")
}

#[tokio::test]
async fn a_failed_job_does_not_harm_those_beside_it() {
    let (_dir, path, conn) = database();
    let writer = Writer::start(conn, &path).expect("a thread");
    let texts: Vec<String> = (0..400).map(|n| (n % 300).to_string()).collect();
    let jobs = texts.iter().map(|text| note(&writer, text));
    let answers = futures_util::future::join_all(jobs).await;
    let failed = answers.iter().filter(|answer| answer.is_err()).count();
    assert_eq!(failed, 100, "those that came twice");
    assert_eq!(notes(&writer).await, 300);
}

#[tokio::test]
async fn what_is_to_be_on_disk_soon_is_synced_though_nothing_follows() {
    let (_dir, path, conn) = database();
    let reader = Connection::open(&path).expect("a reader");
    let version = || -> i64 {
        let version = reader.query_row("pragma user_version", [], |row| row.get(0));
        version.expect("a number")
    };
    let writer = Writer::start(conn, &path).expect("a thread");
    let insert = |conn: &Connection| conn.execute("insert into note values ('a')", []);
    let begun = Instant::now();
    writer.call(Promise::Soon, insert).await.expect("a row");
    // The commit that carries the sync leaves this mark.
    while version() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never came");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(begun.elapsed() >= SOON);
    assert_eq!(notes(&writer).await, 1);
}

#[tokio::test]
async fn a_full_disk_is_told_to_everyone_and_nothing_is_half_written() {
    let (_dir, path, conn) = database();
    let pages: i64 = conn
        .query_row("pragma page_count", [], |row| row.get(0))
        .expect("a number");
    conn.query_row(
        &format!("pragma max_page_count = {}", pages + 2),
        [],
        |_| Ok(()),
    )
    .expect("a limit");
    let writer = Writer::start(conn, &path).expect("a thread");
    note(&writer, "small").await.expect("it fits");
    let large = "x".repeat(100_000);
    let (first, beside, large) = tokio::join!(
        note(&writer, "a"),
        note(&writer, "b"),
        note(&writer, &large)
    );
    assert!(matches!(large, Err(StoreError::Full { .. })), "{large:?}");
    for told in [first, beside] {
        assert!(told.is_ok() || matches!(told, Err(StoreError::Full { .. })));
    }
    let after = note(&writer, "after").await;
    assert!(matches!(after, Err(StoreError::Full { .. })), "{after:?}");
    drop(writer);
    let conn = open_writer(&path, None, &mut |_| ()).expect("the file is whole");
    let check: String = conn
        .query_row("pragma integrity_check", [], |row| row.get(0))
        .expect("an answer");
    assert_eq!(check, "ok");
    let kept: bool = conn
        .query_row(
            "select exists (select 1 from note where text = 'small')",
            [],
            |row| row.get(0),
        )
        .expect("an answer");
    assert!(kept, "what was answered before is still there");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_told_as_such() {
    let (_dir, path, conn) = database();
    conn.execute_batch("pragma query_only = on")
        .expect("a pragma");
    let writer = Writer::start(conn, &path).expect("a thread");
    let told = note(&writer, "a")
        .await
        .expect_err("nothing can be written");
    assert!(matches!(told, StoreError::ReadOnly { .. }), "{told}");
    assert!(told.is_fatal());
}

#[tokio::test]
async fn a_database_that_another_holds_too_long_is_an_error_that_passes() {
    let (_dir, path, conn) = database();
    conn.busy_timeout(Duration::ZERO).expect("a timeout");
    let other = Connection::open(&path).expect("a second connection");
    let writer = Writer::start(conn, &path).expect("a thread");
    other.execute_batch("begin immediate").expect("a lock");
    let told = note(&writer, "a").await.expect_err("locked");
    assert!(!told.is_fatal(), "{told}");
    other
        .execute_batch("rollback")
        .expect("the end of the lock");
    note(&writer, "a").await.expect("free again");
}

#[tokio::test]
async fn jobs_wait_for_another_writer_to_finish() {
    let (_dir, path, conn) = database();
    let other = Connection::open(&path).expect("a second connection");
    let writer = Writer::start(conn, &path).expect("a thread");
    other.execute_batch("begin immediate").expect("a lock");
    let (told, ()) = tokio::join!(note(&writer, "a"), async {
        other.execute_batch("commit").expect("the end of the lock");
    });
    told.expect("written after the other");
}
