//! Opening the file: what every connection is set to.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::faults::store_error;
use super::instance::InstanceLock;
use super::migrations::{self, KNOWN};
use super::{care, schema};
use crate::store::{Progress, StoreError};
use crate::world::ownership;

/// How long a connection waits for another process's write before it gives up. Commands write a few
/// rows and the daemon's batches take milliseconds, so only a stuck process outlasts it.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements are prepared once per connection; there are about 120 of them.
const CACHED_STATEMENTS: usize = 256;
/// Page cache of the writing connection, in KiB; a reading one gets a quarter.
const CACHE_KIB: u32 = 2 << 10;
/// The WAL file is cut back to this after a checkpoint.
const WAL_BYTES_MAX: i64 = 64 << 20;

/// Opens the one writing connection; brings the schema up to date if `lock` allows it.
///
/// Only the holder of the instance lock may change the schema: an older daemon must not find new
/// tables under its feet. A file with an older schema is copied before; `progress` is told how far that is.
pub(super) fn open_writer(
    path: &Path,
    lock: Option<&InstanceLock>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Connection, StoreError> {
    check_folder(path)?;
    let fault = |e| store_error(path, &e);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if schema::version_of(path)? < KNOWN {
        let _transient = match lock {
            Some(_) => None,
            None => Some(InstanceLock::take(path, "a wirewatch command")?),
        };
        update(path, flags, progress)?;
    }
    let conn = Connection::open_with_flags(path, flags).map_err(fault)?;
    set_up(&conn, CACHE_KIB).map_err(fault)?;
    // A file that cannot be written is found now, not at the first poll.
    if conn.is_readonly("main").map_err(fault)? {
        return Err(StoreError::ReadOnly {
            path: path.display().to_string(),
            why: "the file is read-only".to_owned(),
        });
    }
    // A restored backup is one file without a WAL until it is opened.
    conn.execute_batch("pragma journal_mode = wal; begin immediate; rollback")
        .map_err(fault)?;
    Ok(conn)
}

/// Makes the file, or brings its schema up to date.
fn update(
    path: &Path,
    flags: OpenFlags,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), StoreError> {
    let fault = |e| store_error(path, &e);
    // Again, now that nobody else may do it.
    let found = schema::version_of(path)?;
    if found == KNOWN {
        return Ok(());
    }
    create_file(path)?;
    let mut conn = Connection::open_with_flags(path, flags).map_err(fault)?;
    conn.busy_timeout(BUSY_TIMEOUT).map_err(fault)?;
    if found == 0 {
        set_up_file(&conn).map_err(fault)?;
    } else {
        let backup = care::back_up(&conn, path, progress)?;
        tracing::info!(
            "{}: updating from schema {found} to {KNOWN}; as it was it is kept in {}",
            path.display(),
            backup.display()
        );
    }
    migrations::migrate(&mut conn, path, KNOWN, progress)
}

/// Opens a connection that can only read. The file must have this program's schema.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let found = schema::version_of(path)?;
    if found < KNOWN {
        return Err(StoreError::Other {
            path: path.display().to_string(),
            why: if found == 0 {
                "there is no database yet; `wirewatch run` makes it".to_owned()
            } else {
                format!(
                    "has schema {found}, this program knows {}; `wirewatch run` updates it",
                    KNOWN
                )
            },
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
        .and_then(|conn| set_up(&conn, CACHE_KIB / 4).map(|()| conn))
        .map_err(|e| store_error(path, &e))
}

/// A missing folder would else be told as "unable to open database file".
pub(super) fn check_folder(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => return Ok(()),
    };
    if folder.is_dir() {
        return Ok(());
    }
    Err(StoreError::ReadOnly {
        path: path.display().to_string(),
        why: format!("the folder {} does not exist", folder.display()),
    })
}

/// Makes the file, if it is not there, for user and group only (as far as the umask lets): members of
/// the service's group write to it, others must not read it. SQLite gives its helper files the same
/// mode.
pub(super) fn create_file(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o660);
    options
        .open(path)
        .and_then(|_| ownership::as_folder(path, Some(0o660)))
        .map_err(|error| StoreError::ReadOnly {
            path: path.display().to_string(),
            why: error.to_string(),
        })
}

/// Properties of a new file; `auto_vacuum` works only before the first table.
pub(super) fn set_up_file(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch("pragma auto_vacuum = incremental; pragma journal_mode = wal;")
}

pub(super) fn set_up(conn: &Connection, cache_kib: u32) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Else a kept statement is prepared anew at each value that statistics might plan for: a third of what the writer did.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch(&format!(
        "pragma foreign_keys = on; pragma synchronous = normal; pragma temp_store = memory; \
         pragma cache_size = -{cache_kib}; pragma journal_size_limit = {WAL_BYTES_MAX};"
    ))
}
