//! Backups that somebody asked for, and those of the schedule.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::copy::copy;
use super::disk::room_for;
use super::restore::open;
use super::upgrade;
use crate::store::sqlite::schema;
use crate::store::{BackupReport, Progress, StoreError};

/// Name of a backup of the schedule: this, a time and `.db`.
const START: &str = "wirewatch-";
const END: &str = ".db";

/// Copies the database at `path` to the file `to`, while others write to it; what stands there is replaced.
///
/// # Errors
/// [`StoreError::NoRoom`], [`StoreError::Corrupt`] when the database is damaged; as copying fails.
pub fn backup(
    path: &Path,
    to: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<BackupReport, StoreError> {
    if is_same(path, to) {
        return Err(StoreError::Other {
            path: to.display().to_string(),
            why: "is the database itself; name another file".to_owned(),
        });
    }
    let schema = schema::version_of(path)?;
    if schema == 0 {
        return Err(StoreError::Other {
            path: path.display().to_string(),
            why: "there is no database yet; `wirewatch run` makes it".to_owned(),
        });
    }
    let conn = open(path)?;
    room_for(to, "the backup", size(&conn).unwrap_or(0))?;
    let bytes = copy(&conn, path, to, progress)?;
    Ok(BackupReport {
        file: to.to_owned(),
        bytes,
        schema,
    })
}

/// Bytes of the pages, those in the WAL included.
fn size(conn: &Connection) -> rusqlite::Result<u64> {
    let sql = "select page_count * page_size from pragma_page_count, pragma_page_size";
    conn.query_row(sql, [], |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))
}

/// Two names of one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// File of a backup of the schedule that is made at `stamp` (`20261130T120000Z`).
pub(super) fn scheduled_name(folder: &Path, stamp: &str) -> PathBuf {
    folder.join(format!("{START}{stamp}{END}"))
}

/// The stamps of the backups of the schedule in a folder with their files, the newest first.
pub(super) fn scheduled(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<(String, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let stamp = name.to_str()?.strip_prefix(START)?.strip_suffix(END)?;
            Some((stamp.to_owned(), entry.path()))
        })
        .collect();
    // A stamp sorts as its time.
    found.sort();
    found.reverse();
    found
}

/// The newest backup of the database at `path` that can be restored: of the schedule, or from before an update. Damaged
/// ones are passed over.
pub fn newest_good(path: &Path, folder: Option<&Path>) -> Option<PathBuf> {
    let scheduled = folder.map(scheduled).unwrap_or_default();
    let mut all: Vec<PathBuf> = scheduled.into_iter().map(|(_, file)| file).collect();
    all.extend(upgrade::of(path));
    let written = |file: &PathBuf| {
        std::fs::metadata(file)
            .and_then(|file| file.modified())
            .ok()
    };
    // The order of names holds among those that were written at the same moment.
    all.sort_by_key(|file| std::cmp::Reverse(written(file)));
    all.into_iter().find(|file| is_good(file))
}

fn is_good(file: &Path) -> bool {
    let looked = || -> Option<bool> {
        if schema::version_of(file).ok()? == 0 {
            return None;
        }
        let conn = open(file).ok()?;
        let said: String = conn
            .query_row("pragma quick_check(1)", [], |row| row.get(0))
            .ok()?;
        Some(said == "ok")
    };
    looked().unwrap_or(false)
}
