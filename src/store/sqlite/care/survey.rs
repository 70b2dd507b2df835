//! How a database stands without a look through it: its schema, what lies beside it, what room there is.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::ErrorCode;

use super::backup::scheduled;
use super::disk::{self, folder};
use super::restore::open;
use super::schedule::time_of;
use super::{beside, ticking, upgrade};
use crate::store::sqlite::faults::store_error;
use crate::store::sqlite::migrations::KNOWN;
use crate::store::sqlite::schema;
use crate::store::{FileReport, LeftOver, Progress, SchemaReport, Step, StoreError};

/// Complaints that are told.
const TOLD: usize = 20;

/// What stands around the database at `path`; `backups` is the folder of the schedule. Opens nothing.
#[must_use]
pub fn survey(path: &Path, backups: Option<&Path>) -> FileReport {
    let newest = backups.and_then(|folder| {
        let mut all = scheduled(folder).into_iter();
        all.find_map(|(stamp, file)| Some((file, time_of(&stamp)?)))
    });
    FileReport {
        bytes: size(path),
        wal_bytes: size(&beside(path, "-wal")),
        free_bytes: disk::free(path),
        free_files: disk::free_files(path),
        left_over: left_over(path),
        newest_backup: newest,
    }
}

/// The schema of the database at `path`, and what an update of it needs.
///
/// # Errors
/// [`StoreError::Newer`], [`StoreError::Corrupt`], or that the file cannot be read or is another program's.
pub fn schema_of(path: &Path) -> Result<SchemaReport, StoreError> {
    Ok(SchemaReport {
        found: schema::version_of(path)?,
        known: KNOWN,
        update_bytes: upgrade::room_needed(path),
    })
}

/// Looks through the pages of the database at `path` for damage, without comparing its indexes, beside whoever writes to
/// it. `None` when it is not done within `limit`.
///
/// # Errors
/// When it cannot be read at all; damage is an answer, not an error.
pub fn quick_check(path: &Path, limit: Duration) -> Result<Option<Vec<String>>, StoreError> {
    let started = Instant::now();
    let conn = open(path)?;
    let handle = conn.get_interrupt_handle();
    let looked = ticking(
        Progress::new(Step::Checking, 0),
        &mut |_| {
            if started.elapsed() >= limit {
                handle.interrupt();
            }
        },
        move || -> rusqlite::Result<Vec<String>> {
            conn.prepare(&format!("pragma quick_check({TOLD})"))?
                .query_map([], |row| row.get(0))?
                .collect()
        },
    );
    match looked {
        Ok(lines) => Ok(Some(
            lines.into_iter().filter(|line| line != "ok").collect(),
        )),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
            Ok(None)
        }
        Err(error) => match store_error(path, &error) {
            StoreError::Corrupt { why, .. } => Ok(Some(vec![why])),
            other => Err(other),
        },
    }
}

/// What restores and killed processes left beside the database: nobody reads it, and it takes room.
fn left_over(path: &Path) -> Vec<LeftOver> {
    let (Some(name), Ok(entries)) = (
        path.file_name().and_then(|name| name.to_str()),
        std::fs::read_dir(folder(path)),
    ) else {
        return Vec::new();
    };
    let of = |file: PathBuf| -> Option<LeftOver> {
        let end = file.file_name()?.to_str()?.strip_prefix(name)?;
        // The WAL of one that was put aside goes with it.
        let is_whole = !end.ends_with("-wal") && !end.ends_with("-shm");
        let is_damaged = end.starts_with(".damaged-");
        let is_other =
            end.starts_with(".replaced-") || end.ends_with(".part") || end == ".restored";
        (is_whole && (is_damaged || is_other)).then(|| LeftOver {
            bytes: size(&file),
            path: file,
            is_damaged,
        })
    };
    let mut found: Vec<LeftOver> = entries
        .flatten()
        .filter_map(|entry| of(entry.path()))
        .collect();
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{OpenMode, SqliteStore};

    fn made() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("w.db");
        drop(SqliteStore::open(&path, OpenMode::Command).expect("a database"));
        (dir, path)
    }

    #[test]
    fn what_lies_beside_a_database_is_seen() {
        let (dir, path) = made();
        for name in [
            "w.db.damaged-20261130T120000Z",
            "w.db.damaged-20261130T120000Z-wal",
            "w.db.replaced-20261130T120000Z",
            "w.db.before-v14.part",
            "w.db.before-v14",
            "x.db.damaged-20261130T120000Z",
        ] {
            std::fs::write(dir.path().join(name), "four").expect("a file");
        }
        let backups = dir.path().join("backups");
        std::fs::create_dir(&backups).expect("a folder");
        for name in [
            "wirewatch-20261129T000000Z.db",
            "wirewatch-20261130T000000Z.db",
            "wirewatch-x.db",
        ] {
            std::fs::write(backups.join(name), "").expect("a file");
        }
        let report = survey(&path, Some(&backups));
        let left: Vec<_> = report
            .left_over
            .iter()
            .map(|left| (left.bytes, left.is_damaged))
            .collect();
        assert_eq!(left, [(4, false), (4, true), (4, false)]);
        let (_, at) = report.newest_backup.expect("a backup");
        assert_eq!(at.to_string(), "2026-11-30T00:00:00Z");
        assert!(report.bytes > 0 && report.free_bytes.is_some());
    }

    #[test]
    fn damage_is_an_answer_and_time_is_bounded() {
        let (_dir, path) = made();
        let schema = schema_of(&path).expect("a schema");
        assert_eq!((schema.found, schema.update_bytes > 0), (KNOWN, true));
        assert_eq!(
            quick_check(&path, Duration::from_secs(60)).expect("it is read"),
            Some(vec![])
        );
        let mut bytes = std::fs::read(&path).expect("a file");
        let half = bytes.len() / 2;
        bytes[half..].fill(0x5a);
        std::fs::write(&path, bytes).expect("it is damaged");
        let found = quick_check(&path, Duration::from_secs(60)).expect("an answer");
        assert!(found.is_some_and(|found| !found.is_empty()));
    }
}
