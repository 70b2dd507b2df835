//! Databases of every earlier schema: they open, with a backup made before, whatever happens while they do.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use refinery::Migration;
use rusqlite::{Connection, params};
use wirewatch::store::{AlertFilter, OpenMode, Progress, Queries, SqliteStore, Step, StoreError};

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared by tests that need other parts of it")]
mod program;

#[path = "common/parts.rs"]
mod parts;

/// What later migrations added to, once they are there: the number of the first with it, and rows.
const LATER: &[(usize, &str)] = &[
    (2, "update feed set state = '{\"learnt\":1}' where id = 1"),
    (
        4,
        "insert into trouble (feed_id, kind, since, opened_at, why) values (1, 'silent', 1, 2, 'quiet');
         insert into notice (at, notice) values (5, '{}');
         insert into feed_bodies values (1, '[17, 20]');
         insert into poll_log (feed_id, at, last_at, result) values (1, 1, 2, 'fetched')",
    ),
    (
        5,
        "insert into subscription (feed_id, hub, topic, callback, token, state, due_at)
         values (1, 'https://hub.example/', 't', 'c', 'secret', 'verified', 9)",
    ),
    (7, "insert into host_memory values ('harbour.example', 3, 2, '{}')"),
    (
        8,
        "insert into kept values (1, 4, '0.1.0', 3);
         insert into kept_page values (1, 0, 'https://harbour.example/1', 'https://harbour.example/1', null, 4, x'282828')",
    ),
    (
        9,
        "insert into watch values ('tugs', 'v1', 1, null);
         insert into mark values (1, 'relevant', 8, 'good');
         insert into in_force values (1, 'r', 1, null, null)",
    ),
    (10, "insert into channel_state (name, failures) values ('desk', 1)"),
    (
        11,
        "insert into mute (watch, by, at, why) values ('trains', 'ann', 1, 'holiday');
         insert into audit (at, by, what, alert_id) values (1, 'ann', 'acked', 1);
         insert into burst (watch, at, until, alert_id, note) values ('tugs', 1, 2, 1, 'many')",
    ),
    (
        12,
        "insert into reread values (1, '[9]', 9, 0);
         insert into story_edit (at, by, what, story_id, other_id, articles) values (1, 'ann', 'split', 1, 2, '[2]')",
    ),
    (
        13,
        "insert into program values (1, '0.0.9', 13);
         insert into purged values (x'0102')",
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The migrations as they lie in the repository: name and SQL.
fn migrations() -> Vec<(String, String)> {
    let folder = fs::read_dir(root().join("migrations/sqlite")).expect("a folder");
    let mut found: Vec<(String, String)> = folder
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            (name, fs::read_to_string(&path).expect("a file"))
        })
        .collect();
    found.sort();
    found
}

/// A database as a wirewatch that knew the first `newest` migrations would have left it, with rows in every table.
fn old_database(path: &Path, newest: usize) {
    let conn = Connection::open(path).expect("a database");
    conn.execute_batch(
        "pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma foreign_keys = on;",
    )
    .expect("the file's properties");
    for (index, (name, sql)) in migrations().iter().enumerate().take(newest) {
        conn.execute_batch(sql).expect("a migration");
        let migration = as_refinery_names_it(name, sql);
        if index == 0 {
            let rows = fs::read_to_string(root().join("tests/fixtures/store/0001.sql"))
                .expect("the fixture");
            conn.execute_batch(&rows).expect("its rows");
            let noted: String = conn
                .query_row("select checksum from refinery_schema_history", [], |row| {
                    row.get(0)
                })
                .expect("a checksum");
            assert_eq!(
                noted,
                migration.checksum().to_string(),
                "migration 1 was changed"
            );
        } else {
            conn.execute(
                "insert into refinery_schema_history values (?1, ?2, '2026-01-02T00:00:00Z', ?3)",
                params![
                    migration.version(),
                    migration.name(),
                    migration.checksum().to_string()
                ],
            )
            .expect("its note");
        }
        for (_, rows) in LATER.iter().filter(|(since, _)| *since == index + 1) {
            conn.execute_batch(rows).expect("rows");
        }
    }
}

fn as_refinery_names_it(name: &str, sql: &str) -> Migration {
    let (number, what) = name.split_once('_').expect("a number and a word");
    let number: u32 = number.parse().expect("a number");
    Migration::unapplied(&format!("V{number}__{what}"), sql).expect("a migration")
}

/// How many rows each table has.
fn rows(path: &Path) -> BTreeMap<String, i64> {
    let conn = Connection::open(path).expect("a database");
    let names: Vec<String> = conn
        .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name not like 'article_words_%'")
        .expect("a statement")
        .query_map([], |row| row.get(0))
        .expect("an answer")
        .collect::<rusqlite::Result<_>>()
        .expect("names");
    let count = |name: &String| {
        let sql = format!("select count(*) from {name}");
        conn.query_row(&sql, [], |row| row.get(0)).expect("a count")
    };
    names
        .iter()
        .map(|name| (name.clone(), count(name)))
        .collect()
}

fn schema(path: &Path) -> usize {
    let conn = Connection::open(path).expect("a database");
    let sql = "select max(version) from refinery_schema_history";
    conn.query_row(sql, [], |row| row.get::<_, i64>(0))
        .expect("a number") as usize
}

fn sound(path: &Path) {
    let conn = Connection::open(path).expect("a database");
    let said: String = conn
        .query_row("pragma integrity_check", [], |row| row.get(0))
        .expect("an answer");
    assert_eq!(said, "ok", "{}", path.display());
    let dangling: i64 = conn
        .query_row("select count(*) from pragma_foreign_key_check", [], |row| {
            row.get(0)
        })
        .expect("a count");
    assert_eq!(dangling, 0, "{}", path.display());
}

fn daemon() -> OpenMode {
    OpenMode::Daemon {
        name: "wirewatch run".to_owned(),
    }
}

fn backup_of(path: &Path) -> PathBuf {
    let newest = migrations().len();
    path.with_file_name(format!("w.db.before-v{newest}"))
}

#[tokio::test]
async fn a_database_of_every_earlier_schema_opens_with_all_its_rows_and_a_backup() {
    let newest = migrations().len();
    for from in 1..newest {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("w.db");
        old_database(&path, from);
        let before = rows(&path);
        let mut told: Vec<Progress> = Vec::new();
        let store = SqliteStore::open_telling(&path, daemon(), &mut |now| told.push(now)).unwrap();
        assert_eq!(store.totals().await.unwrap().articles, 3, "schema {from}");
        let alerts = store.alerts(AlertFilter::default()).await.unwrap();
        assert_eq!(alerts.len(), 1, "schema {from}");
        assert_eq!(
            store.search("idle", 9).await.unwrap().len(),
            1,
            "schema {from}"
        );
        drop(store);
        assert_eq!(schema(&path), newest);
        sound(&path);
        let after = rows(&path);
        for (table, count) in &before {
            let expected = match table.as_str() {
                "refinery_schema_history" => newest as i64,
                _ => *count,
            };
            assert_eq!(after[table], expected, "{table} of schema {from}");
        }
        assert_eq!(after["program"], 1);
        let backup = backup_of(&path);
        assert_eq!(schema(&backup), from);
        assert_eq!(rows(&backup), before);
        sound(&backup);
        for step in [Step::Checking, Step::Migrating] {
            assert!(
                told.iter().any(|now| now.step == step),
                "{step:?} of schema {from}"
            );
        }
    }
}

#[test]
fn a_new_database_and_one_that_is_up_to_date_need_no_backup() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    for _ in 0..2 {
        drop(SqliteStore::open(&path, daemon()).unwrap());
    }
    assert!(!backup_of(&path).exists());
}

#[test]
fn a_newer_database_is_refused_with_the_name_of_the_version_that_is_needed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    drop(SqliteStore::open(&path, daemon()).unwrap());
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(
        "insert into refinery_schema_history values (99, 'later', '2030-01-01T00:00:00Z', '1');
         update program set version = '7.4.0', schema = 99",
    )
    .unwrap();
    drop(conn);
    let Err(told) = SqliteStore::open(&path, daemon()) else {
        panic!("it opened");
    };
    let told = told.to_string();
    assert!(
        told.contains("install wirewatch 7.4.0 or a later one"),
        "{told}"
    );
}

#[test]
fn where_backup_and_update_do_not_fit_the_update_is_refused_with_both_figures() {
    let root = "id -u | grep -qx 0 && unshare -m true";
    if !parts::has_part("root with mount namespaces", "sh", &["-c", root]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let small = dir.path().join("small");
    fs::create_dir(&small).unwrap();
    old_database(&dir.path().join("old.db"), 1);
    let config = dir.path().join("config.toml");
    fs::write(
        &config,
        "[store]\npath = \"small/w.db\"\n[watch.a]\nmatch = '\"a\"'\n",
    )
    .unwrap();
    let script = format!(
        "mount -t tmpfs -o size=4M tmpfs {small} && cp {old} {small}/w.db && {program} --config {config} run --once; \
         echo exit $?; cmp {small}/w.db {old} && ls {small}",
        small = small.display(),
        old = dir.path().join("old.db").display(),
        program = env!("CARGO_BIN_EXE_wirewatch"),
        config = config.display(),
    );
    let run = std::process::Command::new("unshare")
        .args(["-m", "sh", "-c", &script])
        .output()
        .unwrap();
    let (out, told) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(
        told.contains("needs 17.") && told.contains("MB are free there"),
        "{told}"
    );
    assert!(told.contains("nothing was touched"), "{told}");
    assert!(out.contains("exit 1"), "{out}");
    // `ls` runs when the file is the same.
    assert!(
        out.contains("w.db.lock") && !out.contains("before"),
        "{out}"
    );
}

/// A file that takes a while to copy and to migrate.
fn make_large(path: &Path) {
    let conn = Connection::open(path).expect("a database");
    conn.execute_batch(
        "pragma synchronous = off;
         with recursive n (i) as (select 10 union all select i + 1 from n where i < 12009)
         insert into article (id, url, host, state, backlog, late, first_seen, sort_at)
             select i, 'https://many.example/' || i, 'many.example', 'parked', 0, 0, i, i from n;
         insert into article_version
             select id, 1, 1, x'00', 't', 'en', 'page', null, '{}', hex(randomblob(1500)) from article where id >= 10;
         pragma wal_checkpoint(truncate);",
    )
    .expect("rows");
}

#[test]
fn a_kill_while_it_backs_up_or_migrates_leaves_the_file_as_it_was_and_the_next_start_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let original = dir.path().join("original.db");
    old_database(&original, 1);
    make_large(&original);
    let before = rows(&original);
    let config = dir.path().join("config.toml");
    fs::write(
        &config,
        "[store]\npath = \"w.db\"\n[watch.a]\nmatch = '\"a\"'\n",
    )
    .unwrap();
    let path = dir.path().join("w.db");
    let backup = backup_of(&path);
    let part = PathBuf::from(format!("{}.part", backup.display()));
    let reset = || {
        for entry in fs::read_dir(dir.path()).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("w.db") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        fs::copy(&original, &path).unwrap();
    };
    let start = || {
        program::Running::start(
            program::wirewatch(&config, &["run"]),
            &dir.path().join("log"),
        )
    };

    // How long it takes, to spread the kills over it.
    reset();
    let begun = Instant::now();
    let mut whole = start();
    program::until("it is migrated", || {
        schema_if_any(&path) == Some(migrations().len())
    });
    let takes = begun.elapsed();
    whole.kill();

    let (mut while_copying, mut before_the_end) = (0, 0);
    for round in 0..12_u32 {
        reset();
        let mut running = start();
        // Every other round waits until the copy has begun, so that some kills hit it for sure.
        if round % 2 == 0 {
            program::until("the copy begins", || part.exists() || backup.exists());
            std::thread::sleep(Duration::from_millis(u64::from(round) * 8));
        } else {
            std::thread::sleep(takes * round / 11);
        }
        running.kill();
        while_copying += u32::from(part.exists());
        if backup.exists() {
            sound(&backup);
            assert_eq!(schema(&backup), 1, "round {round}");
            assert_eq!(rows(&backup), before, "round {round}");
        }
        let schema_now = schema(&path);
        assert!(
            [1, migrations().len()].contains(&schema_now),
            "round {round}: {schema_now}"
        );
        if schema_now == 1 {
            before_the_end += 1;
            assert_eq!(rows(&path), before, "round {round}: untouched");
        }
        drop(SqliteStore::open(&path, daemon()).unwrap());
        assert_eq!(schema(&path), migrations().len(), "round {round}");
        assert!(!part.exists(), "round {round}: half a copy stays");
        sound(&path);
    }
    assert!(while_copying >= 2, "{while_copying} kills while it copied");
    assert!(before_the_end >= 3, "{before_the_end} kills before the end");
}

/// The schema, as far as another process lets us see it now.
fn schema_if_any(path: &Path) -> Option<usize> {
    let conn = Connection::open(path).ok()?;
    let sql = "select max(version) from refinery_schema_history";
    conn.query_row(sql, [], |row| row.get::<_, i64>(0))
        .ok()
        .map(|n| n as usize)
}

#[test]
fn a_command_beside_no_daemon_makes_the_backup_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    old_database(&path, 5);
    drop(SqliteStore::open(&path, OpenMode::Command).unwrap());
    assert_eq!(schema(&backup_of(&path)), 5);
}

#[test]
fn questions_to_an_older_database_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.db");
    old_database(&path, 5);
    let Err(told) = SqliteStore::open(&path, OpenMode::ReadOnly) else {
        panic!("it opened");
    };
    assert!(matches!(told, StoreError::Other { .. }), "{told}");
    assert_eq!(schema(&path), 5);
}
