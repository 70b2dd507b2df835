//! The SQLite file itself: who may open it, and what it says when it cannot be used.

use std::path::Path;

use rusqlite::Connection;
use wirewatch::store::{OpenMode, Queries, SqliteStore, Store, StoreError};

fn daemon() -> OpenMode {
    OpenMode::Daemon {
        name: "wirewatch run".to_owned(),
    }
}

fn refusal(path: &Path, mode: OpenMode) -> StoreError {
    match SqliteStore::open(path, mode) {
        Ok(_) => panic!("the store opened"),
        Err(error) => error,
    }
}

#[test]
fn a_second_daemon_is_refused_by_name_and_pid_a_command_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let first = SqliteStore::open(&path, daemon()).unwrap();
    let message = refusal(&path, daemon()).to_string();
    let holder = format!("is in use by wirewatch run, pid {}", std::process::id());
    assert!(message.ends_with(&holder), "{message}");
    SqliteStore::open(&path, OpenMode::Command).unwrap();
    drop(first);
    SqliteStore::open(&path, daemon()).unwrap();
}

/// Runs SQL on the file, as nobody but a test does.
fn tamper(path: &Path, sql: &str) {
    let conn = Connection::open(path).expect("a file");
    conn.execute_batch(sql).expect("SQL");
}

#[test]
fn a_daemon_ends_the_leases_of_the_one_before_it_but_not_those_of_commands() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    drop(SqliteStore::open(&path, daemon()).unwrap());
    tamper(
        &path,
        "insert into article (id, url, host, state, backlog, late, first_seen, sort_at, leased_by, leased_until)
         values (1, 'a', 'h', 'wanted', 0, 0, 1, 1, 'wirewatch run, pid 7', 99),
             (2, 'b', 'h', 'read', 0, 0, 1, 1, 'wirewatch feed poll, pid 8', 99)",
    );
    drop(SqliteStore::open(&path, OpenMode::Command).unwrap());
    let held = |path: &Path| {
        let conn = Connection::open(path).unwrap();
        let sql = "select group_concat(id, ',' order by id) from article where leased_by is not null and leased_until > 0";
        let held: Option<String> = conn.query_row(sql, [], |row| row.get(0)).unwrap();
        held.unwrap_or_default()
    };
    assert_eq!(
        held(&path),
        "1,2",
        "a command may not know whether the daemon is gone"
    );
    drop(SqliteStore::open(&path, daemon()).unwrap());
    assert_eq!(held(&path), "2");
}

#[test]
fn a_file_whose_maker_was_killed_half_way_opens() {
    let dir = tempfile::tempdir().unwrap();
    let (path, journal) = (dir.path().join("w.db"), dir.path().join("w.db-journal"));
    // A transaction outside the WAL that has reached the file but not its end: the journal is hot.
    let conn = Connection::open(dir.path().join("maker.db")).unwrap();
    conn.execute_batch(
        "create table t (x); begin; pragma cache_size = 1; pragma cache_spill = 1;
         insert into t select zeroblob(9000) from (values (1), (2), (3), (4));",
    )
    .unwrap();
    std::fs::copy(dir.path().join("maker.db"), &path).unwrap();
    std::fs::copy(dir.path().join("maker.db-journal"), &journal).unwrap();
    drop(conn);
    let message = refusal(&path, daemon()).to_string();
    assert!(
        message.contains("another program"),
        "read, after it was rolled back: {message}"
    );
}

#[test]
fn a_newer_file_is_refused_and_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    drop(SqliteStore::open(&path, daemon()).unwrap());
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(
        "insert into refinery_schema_history values (99, 'later', '2030-01-01T00:00:00Z', '1');
         pragma wal_checkpoint(truncate); pragma journal_mode = delete;",
    )
    .unwrap();
    drop(conn);
    std::fs::remove_file(dir.path().join("w.db.lock")).unwrap();
    let before = std::fs::read(&path).unwrap();
    for mode in [daemon(), OpenMode::Command, OpenMode::ReadOnly] {
        let error = refusal(&path, mode);
        assert!(
            matches!(
                error,
                StoreError::Newer {
                    found: 99,
                    known: 1..,
                    ..
                }
            ),
            "{error}"
        );
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(
        std::fs::read_dir(dir.path()).unwrap().count(),
        1,
        "no file beside it"
    );
}

#[test]
fn files_that_are_no_database_of_ours_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("notes.txt");
    std::fs::write(
        &text,
        "not a database, but long enough to be looked at. ".repeat(40),
    )
    .unwrap();
    assert!(matches!(
        refusal(&text, daemon()),
        StoreError::Corrupt { .. }
    ));

    let other = dir.path().join("other.db");
    Connection::open(&other)
        .unwrap()
        .execute_batch("create table recipe (name text)")
        .unwrap();
    let error = refusal(&other, daemon()).to_string();
    assert!(error.contains("database of another program"), "{error}");
}

#[test]
fn a_missing_folder_is_named() {
    let dir = tempfile::tempdir().unwrap();
    for mode in [daemon(), OpenMode::Command] {
        let error = refusal(&dir.path().join("gone/w.db"), mode);
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        assert!(error.to_string().contains("gone does not exist"), "{error}");
    }
}

#[tokio::test]
async fn a_store_for_questions_needs_a_database_and_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let error = refusal(&path, OpenMode::ReadOnly).to_string();
    assert!(error.contains("there is no database yet"), "{error}");
    assert!(!path.exists());

    let daemon = SqliteStore::open(&path, daemon()).unwrap();
    let store = SqliteStore::open(&path, OpenMode::ReadOnly).unwrap();
    assert_eq!(store.totals().await.unwrap().feeds, 0);
    let now = jiff::Timestamp::UNIX_EPOCH;
    let error = store.sync_feeds(&[], now).await.expect_err("read-only");
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    drop(daemon);
}

#[tokio::test]
async fn a_command_and_the_daemon_write_to_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let daemon = SqliteStore::open(&path, daemon()).unwrap();
    let command = SqliteStore::open(&path, OpenMode::Command).unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    for store in [&daemon, &command, &daemon, &command] {
        store.sync_feeds(&[], now).await.unwrap();
    }
    daemon.close().await.unwrap();
}

#[tokio::test]
async fn what_a_killed_process_leaves_behind_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let store = SqliteStore::open(&path, daemon()).unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let feed = wirewatch::model::FeedSpec {
        url: "https://x.example/rss".to_owned(),
        host: "x.example".to_owned(),
        kind: wirewatch::model::FeedKind::Feed,
        tags: Vec::new(),
        lang: None,
        interval: None,
    };
    store.sync_feeds(&[(feed.into(), now)], now).await.unwrap();
    // As a kill leaves them: the commit is in the WAL only, and there is no shared memory any more.
    let left = dir.path().join("left.db");
    std::fs::copy(&path, &left).unwrap();
    std::fs::copy(dir.path().join("w.db-wal"), dir.path().join("left.db-wal")).unwrap();
    let store = SqliteStore::open(&left, daemon()).unwrap();
    assert_eq!(store.totals().await.unwrap().feeds, 1);
}

#[cfg(unix)]
#[test]
fn strangers_cannot_read_what_is_stored() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    let store = SqliteStore::open(&path, daemon()).unwrap();
    for name in ["w.db", "w.db-wal"] {
        let file = std::fs::metadata(dir.path().join(name)).unwrap();
        assert_eq!(file.permissions().mode() & 0o007, 0, "{name}");
    }
    drop(store);
}
