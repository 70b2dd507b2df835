//! The schema of the file: its version, and how it is brought up to date. Forward only.

use std::path::Path;

use refinery::{Migration, Runner};
use rusqlite::{Connection, OpenFlags, OptionalExtension, ffi};

use super::faults::store_error;
use crate::store::StoreError;

/// The migrations in order. `refinery` wants names of the form `V1__first`; the files are numbered
/// `0001_first.sql`, as those of other backends will be.
const MIGRATIONS: &[(&str, &str)] = &[
    (
        "V1__first",
        include_str!("../../../migrations/sqlite/0001_first.sql"),
    ),
    (
        "V2__polling",
        include_str!("../../../migrations/sqlite/0002_polling.sql"),
    ),
    (
        "V3__polls",
        include_str!("../../../migrations/sqlite/0003_polls.sql"),
    ),
    (
        "V4__health",
        include_str!("../../../migrations/sqlite/0004_health.sql"),
    ),
    (
        "V5__websub",
        include_str!("../../../migrations/sqlite/0005_websub.sql"),
    ),
    (
        "V6__claims",
        include_str!("../../../migrations/sqlite/0006_claims.sql"),
    ),
    (
        "V7__host_memory",
        include_str!("../../../migrations/sqlite/0007_host_memory.sql"),
    ),
    (
        "V8__kept_pages",
        include_str!("../../../migrations/sqlite/0008_kept_pages.sql"),
    ),
    (
        "V9__watches",
        include_str!("../../../migrations/sqlite/0009_watches.sql"),
    ),
    (
        "V10__sending",
        include_str!("../../../migrations/sqlite/0010_sending.sql"),
    ),
    (
        "V11__alert_life",
        include_str!("../../../migrations/sqlite/0011_alert_life.sql"),
    ),
    (
        "V12__stories",
        include_str!("../../../migrations/sqlite/0012_stories.sql"),
    ),
    (
        "V14__settling",
        include_str!("../../../migrations/sqlite/0014_settling.sql"),
    ),
];

/// `application_id` of a wirewatch database (see `man file`).
const APPLICATION_ID: i64 = 2_003_399_267;

/// The newest schema of this program: the number of its last migration.
pub(super) const KNOWN: u32 = number_of(MIGRATIONS[MIGRATIONS.len() - 1].0);

/// The number in a migration's name: 17 of `V17__what`.
const fn number_of(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (mut at, mut number) = (1, 0);
    while at < bytes.len() && bytes[at].is_ascii_digit() {
        number = number * 10 + (bytes[at] - b'0') as u32;
        at += 1;
    }
    number
}

/// The schema of the file at `path`; 0 when there is no file yet or it is empty. Touches nothing, but for
/// what a killed process left half-written: SQLite rolls that back.
///
/// # Errors
/// [`StoreError::Newer`], or `Other` when the file is some other program's database.
pub(super) fn version_of(path: &Path) -> Result<u32, StoreError> {
    if std::fs::metadata(path).map_or(0, |file| file.len()) == 0 {
        return Ok(0);
    }
    let read = |access: OpenFlags| {
        Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .and_then(|conn| read_version(&conn))
    };
    let found = match read(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        Err(error) if is_unfinished(&error) => read(OpenFlags::SQLITE_OPEN_READ_WRITE),
        found => found,
    };
    match found.map_err(|e| store_error(path, &e))? {
        Found::Foreign => Err(StoreError::Other {
            path: path.display().to_string(),
            why: "is the database of another program; name another [store] path".to_owned(),
        }),
        Found::Version(found) if found > KNOWN => Err(StoreError::Newer {
            path: path.display().to_string(),
            found,
            known: KNOWN,
        }),
        Found::Version(found) => Ok(found),
    }
}

/// A process was killed in the middle of a write outside the WAL (while the file was being made), and a
/// connection that can only read cannot roll it back.
fn is_unfinished(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        matches!(
            error.extended_code,
            ffi::SQLITE_READONLY_ROLLBACK | ffi::SQLITE_READONLY_RECOVERY
        )
    })
}

enum Found {
    Version(u32),
    Foreign,
}

fn read_version(conn: &Connection) -> rusqlite::Result<Found> {
    let tables: i64 = conn.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    let application: i64 = conn.query_row("pragma application_id", [], |row| row.get(0))?;
    let history: Option<i64> = conn
        .query_row(
            "select 1 from sqlite_schema where name = 'refinery_schema_history'",
            [],
            |row| row.get(0),
        )
        .optional()?;
    if history.is_none() {
        return Ok(if tables == 0 {
            Found::Version(0)
        } else {
            Found::Foreign
        });
    }
    let version: Option<u32> = conn.query_row(
        "select max(version) from refinery_schema_history",
        [],
        |row| row.get(0),
    )?;
    Ok(match version {
        Some(_) if application != APPLICATION_ID => Found::Foreign,
        version => Found::Version(version.unwrap_or(0)),
    })
}

/// Brings the file to the newest schema of this program.
pub(super) fn migrate(conn: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let migrations: Vec<Migration> = MIGRATIONS
        .iter()
        .map(|(name, sql)| {
            Migration::unapplied(name, sql).expect("the names above have refinery's form")
        })
        .collect();
    // Without `set_grouped` a migration and the note that it was made are two transactions: a process that is killed between
    // them leaves a file that no later one can open.
    Runner::new(&migrations)
        .set_grouped(true)
        .run(conn)
        .map(|_| ())
        .map_err(|error| migration_error(path, &error))
}

/// `refinery` wraps SQLite's error; a full disk must still be told as one.
fn migration_error(path: &Path, error: &refinery::Error) -> StoreError {
    let inner = std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<rusqlite::Error>());
    match inner {
        Some(inner) => store_error(path, inner),
        None => StoreError::Other {
            path: path.display().to_string(),
            why: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What makes a second try harmless.
    const KEYS: &[(&str, &[&str])] = &[
        ("feed", &["url"]),
        ("entry", &["feed_id", "key"]),
        ("article", &["url"]),
        ("article_version", &["article_id", "version"]),
        ("hit", &["watch", "article_id"]),
        ("near_miss", &["watch", "article_id"]),
        ("fingerprint", &["article_id"]),
        ("story_key", &["key", "fingerprint_id"]),
        ("alert", &["watch", "story_id"]),
        ("alert_article", &["alert_id", "article_id"]),
        ("alert_event", &["alert_id", "revision"]),
        ("delivery", &["key"]),
        ("delivery", &["alert_id", "revision", "channel"]),
        ("delivery", &["digest_id", "channel"]),
        ("delivery", &["notice_id", "channel"]),
        ("digest_schedule", &["name"]),
        ("subscription", &["token"]),
        ("host_memory", &["host"]),
    ];

    fn unique_keys(conn: &Connection, table: &str) -> Vec<Vec<String>> {
        let mut keys = conn
            .prepare(
                "select group_concat(c.name order by c.seqno)
                 from pragma_index_list(?1) as i, pragma_index_info(i.name) as c
                 where i.\"unique\" and not i.partial group by i.name",
            )
            .expect("a statement");
        keys.query_map([table], |row| row.get::<_, String>(0))
            .expect("an answer")
            .map(|key| key.expect("a key").split(',').map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn every_unique_key_is_in_place_and_every_table_is_strict() {
        let mut conn = Connection::open_in_memory().expect("a database");
        migrate(&mut conn, Path::new(":memory:")).expect("the schema");
        for (table, columns) in KEYS {
            let keys = unique_keys(&conn, table);
            assert!(
                keys.iter().any(|key| key == columns),
                "{table} has {keys:?}, not {columns:?}"
            );
        }
        let loose: Vec<String> = conn
            .prepare(
                "select name from pragma_table_list where type = 'table' and not strict
                     and name not like 'sqlite_%' and name <> 'refinery_schema_history'",
            )
            .expect("a statement")
            .query_map([], |row| row.get(0))
            .expect("an answer")
            .collect::<rusqlite::Result<_>>()
            .expect("names");
        assert!(loose.is_empty(), "not strict: {loose:?}");
    }

    #[test]
    fn a_second_migration_changes_nothing() {
        let mut conn = Connection::open_in_memory().expect("a database");
        for _ in 0..2 {
            migrate(&mut conn, Path::new(":memory:")).expect("the schema");
        }
        let Ok(Found::Version(version)) = read_version(&conn) else {
            panic!("not recognised");
        };
        assert_eq!(version, KNOWN);
    }
}
