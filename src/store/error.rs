//! What can go wrong with the store, shaped by what the caller does next.

/// An error of the store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database was written by a newer program; nothing was touched.
    #[error(
        "{path} was written by a newer wirewatch (schema {found}, this program knows {known}); \
         install {needed}, restore a backup from before it, or name another [store] path"
    )]
    Newer {
        /// The file.
        path: String,
        /// Schema of the file.
        found: u32,
        /// Newest schema of this program.
        known: u32,
        /// The program that is needed, in words.
        needed: String,
    },
    /// The disk is full: stop, nothing of what was committed is lost.
    #[error("{path}: the disk is full; free some space and start again, nothing is lost")]
    Full {
        /// The file.
        path: String,
    },
    /// There is not enough room for what was asked; nothing was begun.
    #[error(
        "{path}: {what} needs {needed} of free space, and only {free} are free there; \
         free some space and try again, nothing was touched"
    )]
    NoRoom {
        /// The file that was to be written.
        path: String,
        /// What for, e.g. `the backup before the update`.
        what: &'static str,
        /// Needed, with its unit.
        needed: String,
        /// Free, with its unit.
        free: String,
    },
    /// The file or its folder cannot be written.
    #[error(
        "{path}: cannot be written ({why}); check the owner and mode of the file and its folder, \
         and that its file system is neither mounted read-only nor broken (`dmesg` tells); what was committed is not lost"
    )]
    ReadOnly {
        /// The file.
        path: String,
        /// What SQLite says.
        why: String,
    },
    /// Another process holds the database.
    #[error("{path} is in use by {holder}")]
    InUse {
        /// The file.
        path: String,
        /// Name and pid.
        holder: String,
    },
    /// Another process has held the write lock for longer than is waited: nothing was done, a later try may succeed.
    #[error(
        "{path} is locked by another process (an open transaction, a copy in the making); end that process, or try again later"
    )]
    Locked {
        /// The file.
        path: String,
    },
    /// The file is damaged.
    #[error("{path} is damaged: {why}; restore a backup")]
    Corrupt {
        /// The file.
        path: String,
        /// What SQLite says.
        why: String,
    },
    /// Everything else that SQLite says.
    #[error("{path}: {why}")]
    Other {
        /// The file.
        path: String,
        /// What SQLite says.
        why: String,
    },
}

/// Why an export was not written, or could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file or pipe failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A line is not what an export has there.
    #[error("line {number} {why}")]
    Line {
        /// From 1.
        number: u64,
        /// What is wrong with it.
        why: String,
    },
}

impl StoreError {
    /// True when no further work makes sense until a person has acted.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::Other { .. } | Self::Locked { .. })
    }
}
