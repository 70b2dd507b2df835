//! What goes before an update of the schema: a backup of the file as it is.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::beside;
use super::copy::copy;
use super::disk::{folder, room_for};
use crate::store::sqlite::migrations::KNOWN;
use crate::store::{Progress, StoreError};

/// Backups from before updates that are kept: the state before the newest one, and before the one before that.
const KEPT: usize = 2;
/// Between the database's name and the schema that it was updated to.
const MARK: &str = ".before-v";
/// Room for what a migration writes, beside a quarter of the file: its indexes are made anew at worst.
const MIGRATION_BYTES: u64 = 16 << 20;

/// Copies the database at `path` to `<path>.before-vN`, N being the schema that it is about to get, and deletes all but
/// the newest two of such files.
///
/// # Errors
/// [`StoreError::NoRoom`] when copy and update would not fit; else as the copy fails.
pub(in crate::store::sqlite) fn back_up(
    conn: &Connection,
    path: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<PathBuf, StoreError> {
    let backup = beside(path, &format!("{MARK}{KNOWN}"));
    room_for(
        &backup,
        "the backup before the update of the database, and the update,",
        room_needed(path),
    )?;
    copy(conn, path, &backup, progress)?;
    for old in of(path).into_iter().skip(KEPT) {
        if let Err(error) = std::fs::remove_file(&old) {
            tracing::warn!("{}: the old backup stays: {error}", old.display());
        }
    }
    Ok(backup)
}

/// Free bytes that an update of the database at `path` needs, its backup included.
pub(super) fn room_needed(path: &Path) -> u64 {
    // An own copy of an earlier try is made anew, and its room is needed twice until then.
    let bytes = size(path) + size(&beside(path, "-wal"));
    bytes + bytes / 4 + MIGRATION_BYTES
}

/// The backups from before updates of the database at `path`, the newest first.
pub(super) fn of(path: &Path) -> Vec<PathBuf> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Vec::new();
    };
    let start = format!("{name}{MARK}");
    let Ok(entries) = std::fs::read_dir(folder(path)) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(&start)?.parse().ok()?;
            Some((number, entry.path()))
        })
        .collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, path)| path).collect()
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_them_are_kept_and_other_files_stay() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("w.db");
        let conn = Connection::open(&path).expect("a database");
        conn.execute_batch("create table t (x)").expect("a table");
        let others = [
            "w.db.before-v7",
            "w.db.before-v9",
            "w.db.before-v9.part",
            "x.db.before-v1",
        ];
        for name in others {
            std::fs::write(dir.path().join(name), "x").expect("a file");
        }
        let made = back_up(&conn, &path, &mut |_| ()).expect("a backup");
        assert_eq!(of(&path), [made, dir.path().join("w.db.before-v9")]);
        for name in &others[1..] {
            assert!(dir.path().join(name).exists(), "{name}");
        }
    }
}
