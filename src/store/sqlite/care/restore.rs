//! A backup in place of the database.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::beside;
use super::copy::copy;
use super::disk::{folder, room_for, sync};
use crate::store::sqlite::connect::check_folder;
use crate::store::sqlite::faults::{io_error, store_error};
use crate::store::sqlite::instance::InstanceLock;
use crate::store::sqlite::schema;
use crate::store::{Progress, RestoreReport, StoreError};
use crate::world::ownership;

/// Puts a copy of the backup `from` in place of the database at `path`; what stood there stays beside it, as
/// `<path>.replaced-STAMP`, or `<path>.damaged-STAMP` when it is damaged.
///
/// The backup is copied and checked before anything is touched. A kill leaves the old database or the new one.
///
/// # Errors
/// [`StoreError::InUse`] beside a daemon, [`StoreError::Newer`] and [`StoreError::Corrupt`] of the backup,
/// [`StoreError::NoRoom`]. Nothing has changed then.
pub fn restore(
    path: &Path,
    from: &Path,
    stamp: &str,
    progress: &mut dyn FnMut(Progress),
) -> Result<RestoreReport, StoreError> {
    check_folder(path)?;
    let _lock = InstanceLock::take(path, "wirewatch store restore")?;
    let schema = schema_of_backup(from)?;
    let bytes = std::fs::metadata(from).map_or(0, |file| file.len());
    room_for(path, "the copy of the backup", bytes)?;
    let ready = beside(path, ".restored");
    let source = open(from)?;
    let bytes = copy(&source, from, &ready, progress)?;
    drop(source);
    let before = std::fs::metadata(path).ok();
    ownership::in_place_of(&ready, before.as_ref(), Some(0o660))
        .map_err(|error| io_error(&ready, &error))?;
    let kept_as = put_aside(path, stamp)?;
    std::fs::rename(&ready, path).map_err(|error| io_error(path, &error))?;
    sync(folder(path)).map_err(|error| io_error(path, &error))?;
    Ok(RestoreReport {
        schema,
        bytes,
        kept_as,
    })
}

/// The schema of a backup that this program can use.
fn schema_of_backup(from: &Path) -> Result<u32, StoreError> {
    let refuse = |why: &str| StoreError::Other {
        path: from.display().to_string(),
        why: why.to_owned(),
    };
    if !from.is_file() {
        return Err(refuse("there is no such file"));
    }
    if let Err(error) = std::fs::File::open(from) {
        return Err(refuse(&format!("cannot be read: {error}")));
    }
    match schema::version_of(from)? {
        0 => Err(refuse("is empty: this is no backup")),
        schema => Ok(schema),
    }
}

/// Opens a file to be copied; one that lies in a folder that cannot be written, too.
pub(super) fn open(from: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(from, flags).map_err(|e| store_error(from, &e))?;
    conn.busy_timeout(std::time::Duration::from_secs(10))
        .map_err(|e| store_error(from, &e))?;
    Ok(conn)
}

/// Gives the database at `path` a second name, and its WAL another one: the new file must not meet it. Answers with that
/// name; `None` when there is no database.
fn put_aside(path: &Path, stamp: &str) -> Result<Option<PathBuf>, StoreError> {
    let wal = beside(path, "-wal");
    let is_sound = settle(path);
    let aside = free_name(
        path,
        &match is_sound {
            true => format!(".replaced-{stamp}"),
            false => format!(".damaged-{stamp}"),
        },
    );
    let exists = path.exists();
    if exists {
        // The old name goes on until the new file takes it, so that no daemon ever finds nothing there and makes a new one.
        // Where there are no links the old file is moved.
        std::fs::hard_link(path, &aside)
            .or_else(|_| std::fs::rename(path, &aside))
            .map_err(|error| io_error(&aside, &error))?;
    }
    if wal.exists() {
        let to = beside(&aside, "-wal");
        std::fs::rename(&wal, &to).map_err(|error| io_error(&to, &error))?;
    }
    // Only an index of the WAL; made anew by whoever opens the file.
    let _ = std::fs::remove_file(beside(path, "-shm"));
    Ok(exists.then_some(aside))
}

/// A name beside `path` that nothing has: two restores within a second must not write over what the first has kept.
fn free_name(path: &Path, end: &str) -> PathBuf {
    let numbered = (2..).map(|number| beside(path, &format!("{end}-{number}")));
    std::iter::once(beside(path, end))
        .chain(numbered)
        .find(|name| !name.exists() && !beside(name, "-wal").exists())
        .expect("there are more numbers than files")
}

/// Moves all of the WAL into the file and looks for damage; false when there is some.
fn settle(path: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let settled = Connection::open_with_flags(path, flags).and_then(|conn| {
        conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
        conn.query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0))
    });
    // An empty file has no database in it, and no damage.
    settled.is_ok_and(|said| said == "ok") || !path.exists()
}
