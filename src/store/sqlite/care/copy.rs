//! A consistent copy of a database that others may be writing to.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::disk::{folder, sync};
use super::{beside, ticking};
use crate::store::sqlite::faults::{io_error, store_error};
use crate::store::{Progress, Step, StoreError};
use crate::world::ownership;

/// Pages copied between two words of progress.
const STEP_PAGES: i32 = 1024;
/// How long a lock is waited for, and how often.
const LOCK_WAIT: Duration = Duration::from_millis(50);
const LOCK_WAITS: u32 = 200;

/// Copies what `from` sees now, the database at `path`, into the file `to`, and answers with the bytes of it.
///
/// The copy is one file without a WAL beside it. It is made under another name, checked (`quick_check`), brought to the
/// disk and only then given its name: there is never half a copy under it.
///
/// # Errors
/// [`StoreError::Corrupt`] when the database or the copy is damaged; as SQLite and the file system fail. Nothing is left
/// behind then, and what stood under the name stays.
pub(super) fn copy(
    from: &Connection,
    path: &Path,
    to: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<u64, StoreError> {
    let part = beside(to, ".part");
    let made = make(from, path, &part, progress).and_then(|()| {
        ticking(Progress::new(Step::Checking, 100), progress, || sync(&part))
            .map_err(|error| io_error(&part, &error))?;
        ownership::in_place_of(&part, std::fs::metadata(to).ok().as_ref(), Some(0o660))
            .map_err(|error| io_error(&part, &error))?;
        let bytes = std::fs::metadata(&part).map_err(|error| io_error(&part, &error))?;
        std::fs::rename(&part, to).map_err(|error| io_error(to, &error))?;
        sync(folder(to)).map_err(|error| io_error(to, &error))?;
        Ok(bytes.len())
    });
    if made.is_err() {
        // It may never have been made.
        let _ = std::fs::remove_file(&part);
    }
    made
}

fn make(
    from: &Connection,
    path: &Path,
    part: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), StoreError> {
    empty(part)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let fault = |error| store_error(part, &error);
    let mut copy = Connection::open_with_flags(part, flags).map_err(fault)?;
    // A crash leaves a file that nobody takes for a copy: it needs no journal, and is synced as a whole.
    copy.execute_batch("pragma journal_mode = off; pragma synchronous = off;")
        .map_err(fault)?;
    fill(from, path, &mut copy, part, progress)?;
    // The header came with the pages and says WAL.
    copy.query_row("pragma journal_mode = delete", [], |_| Ok(()))
        .map_err(fault)?;
    let (copy, said) = ticking(Progress::new(Step::Checking, 0), progress, move || {
        let said = copy.query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0));
        (copy, said)
    });
    let said = said.map_err(|error| store_error(path, &error))?;
    progress(Progress::new(Step::Checking, 100));
    if said != "ok" {
        return Err(StoreError::Corrupt {
            path: path.display().to_string(),
            why: said,
        });
    }
    copy.close().map_err(|(_, error)| fault(error))
}

fn fill(
    from: &Connection,
    path: &Path,
    copy: &mut Connection,
    part: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), StoreError> {
    // One snapshot from the first page to the last: without it every write of another process begins the copy anew.
    let snapshot = from
        .unchecked_transaction()
        .map_err(|error| store_error(path, &error))?;
    snapshot
        .query_row("select count(*) from sqlite_schema", [], |_| Ok(()))
        .map_err(|error| store_error(path, &error))?;
    let backup = Backup::new(&snapshot, copy).map_err(|error| store_error(part, &error))?;
    let mut waits = 0;
    loop {
        match backup.step(STEP_PAGES) {
            Ok(StepResult::Done) => break,
            Ok(StepResult::Busy | StepResult::Locked) if waits < LOCK_WAITS => {
                waits += 1;
                std::thread::sleep(LOCK_WAIT);
            }
            Ok(StepResult::Busy | StepResult::Locked) => {
                return Err(StoreError::Other {
                    path: path.display().to_string(),
                    why: "another process has it locked; try again".to_owned(),
                });
            }
            Ok(_) => {
                let done = backup.progress();
                let all = u64::from(done.pagecount.unsigned_abs());
                let left = u64::from(done.remaining.unsigned_abs());
                progress(Progress::of(Step::Copying, all.saturating_sub(left), all));
            }
            Err(error) => return Err(blame(store_error(part, &error), path)),
        }
    }
    Ok(())
}

/// Damage is found in what is read, not in the copy.
fn blame(error: StoreError, read: &Path) -> StoreError {
    match error {
        StoreError::Corrupt { why, .. } => StoreError::Corrupt {
            path: read.display().to_string(),
            why,
        },
        other => other,
    }
}

/// Makes the file anew and empty, for user and group only, as the database itself.
fn empty(part: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o660);
    options
        .open(part)
        .map(|_| ())
        .map_err(|error| io_error(part, &error))
}
