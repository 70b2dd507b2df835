//! One daemon per database: an exclusive lock on `<path>.lock`, which names its holder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// The lock; it ends with the value, or with the process however that ends.
#[derive(Debug)]
pub(super) struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    /// Takes the lock of the database at `path` for `holder` (`wirewatch run`).
    ///
    /// # Errors
    /// [`StoreError::InUse`] with the holder's name and pid when another process has it.
    pub(super) fn take(path: &Path, holder: &str) -> Result<Self, StoreError> {
        let lock_path = lock_path(path);
        let unwritable = |error: std::io::Error| StoreError::ReadOnly {
            path: lock_path.display().to_string(),
            why: error.to_string(),
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(unwritable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse {
                    path: path.display().to_string(),
                    holder: holder_of(&mut file),
                });
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(error)),
        }
        // The file is never removed: a third process could lock the removed one.
        file.set_len(0).map_err(unwritable)?;
        file.rewind().map_err(unwritable)?;
        write!(file, "{holder}, pid {}", std::process::id()).map_err(unwritable)?;
        Ok(Self { _file: file })
    }
}

/// Who has the lock of the database at `path`; `None` when nobody has.
pub(super) fn holder(path: &Path) -> Option<String> {
    let mut file = OpenOptions::new().read(true).open(lock_path(path)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(holder_of(&mut file)),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

/// The process that has the lock of the database at `path`; `None` when nobody has, or it has not written its number yet.
pub(super) fn holder_pid(path: &Path) -> Option<rustix::process::Pid> {
    let holder = holder(path)?;
    let (_, number) = holder.rsplit_once(", pid ")?;
    rustix::process::Pid::from_raw(number.parse().ok()?)
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// What the holder wrote; it may be about to write it.
fn holder_of(file: &mut File) -> String {
    let mut holder = String::new();
    match file.read_to_string(&mut holder) {
        Ok(length) if length > 0 => holder,
        _ => "another process".to_owned(),
    }
}
