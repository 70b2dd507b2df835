//! One daemon per database: an exclusive lock on `<path>.lock`, which names its holder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::store::StoreError;
use crate::world::ownership;

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
        let is_new = !lock_path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(unwritable)?;
        if is_new {
            ownership::as_folder(&lock_path, Some(0o660)).map_err(unwritable)?;
        }
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
        let version = env!("CARGO_PKG_VERSION");
        let line = format!("{holder}, pid {}\nversion {version}\n", std::process::id());
        file.write_all(line.as_bytes()).map_err(unwritable)?;
        Ok(Self { _file: file })
    }
}

/// The daemon that has a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// As it named itself, with its process id.
    pub name: String,
    /// Version of the program; `None` when it did not write it.
    pub version: Option<String>,
    /// Since when it has it.
    pub since: Option<Timestamp>,
}

/// Who has the lock of the database at `path`; `None` when nobody has.
pub(super) fn holder(path: &Path) -> Option<Holder> {
    let mut file = OpenOptions::new().read(true).open(lock_path(path)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {}
        Ok(()) | Err(TryLockError::Error(_)) => return None,
    }
    // It is written once, when the lock is taken.
    let written = file.metadata().and_then(|about| about.modified()).ok();
    let text = text_of(&mut file);
    let version = text.lines().find_map(|line| line.strip_prefix("version "));
    Some(Holder {
        name: name_in(&text),
        version: version.map(str::to_owned),
        since: written.and_then(|at| Timestamp::try_from(at).ok()),
    })
}

/// The process that has the lock of the database at `path`; `None` when nobody has, or it has not written its number yet.
pub(super) fn holder_pid(path: &Path) -> Option<rustix::process::Pid> {
    let name = holder(path)?.name;
    let (_, number) = name.rsplit_once(", pid ")?;
    rustix::process::Pid::from_raw(number.parse().ok()?)
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn holder_of(file: &mut File) -> String {
    name_in(&text_of(file))
}

/// What the holder wrote; it may be about to write it.
fn text_of(file: &mut File) -> String {
    let mut text = String::new();
    // What cannot be read says as little as what is not there.
    let _ = file.read_to_string(&mut text);
    text
}

fn name_in(text: &str) -> String {
    let name = text.lines().next().unwrap_or("another process");
    name.to_owned()
}
