//! The schema of a file: which version it has, and whether it is ours.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, ffi};

use super::faults::store_error;
use super::migrations::KNOWN;
use crate::store::StoreError;

/// `application_id` of a wirewatch database (see `man file`).
pub(super) const APPLICATION_ID: i64 = 2_003_399_267;

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
        Found::Version(found, program) if found > KNOWN => Err(StoreError::Newer {
            path: path.display().to_string(),
            found,
            known: KNOWN,
            needed: match program {
                Some(version) => format!("wirewatch {version} or a later one"),
                None => "the version that wrote it".to_owned(),
            },
        }),
        Found::Version(found, _) => Ok(found),
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
    /// Its number, and the program that has made it.
    Version(u32, Option<String>),
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
            Found::Version(0, None)
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
        version => Found::Version(version.unwrap_or(0), program_of(conn)?),
    })
}

/// The first program that knew the schema of the file; files before schema 13 do not say.
fn program_of(conn: &Connection) -> rusqlite::Result<Option<String>> {
    let says = "select 1 from sqlite_schema where type = 'table' and name = 'program'";
    if conn.query_row(says, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    conn.query_row("select version from program", [], |row| row.get(0))
        .optional()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::migrations::migrate;

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
        migrate(&mut conn, Path::new(":memory:"), KNOWN, &mut |_| ()).expect("the schema");
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
            migrate(&mut conn, Path::new(":memory:"), KNOWN, &mut |_| ()).expect("the schema");
        }
        let Ok(Found::Version(version, _)) = read_version(&conn) else {
            panic!("not recognised");
        };
        assert_eq!(version, KNOWN);
    }
}
