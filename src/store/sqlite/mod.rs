//! The store in one SQLite file.
//!
//! One thread writes ([`writer`]), two read ([`readers`]); each stage and each group of questions
//! has its file with its SQL. Nothing in here reads a clock: times come with the calls.

mod alert_merge;
mod alert_view;
mod alerts;
mod articles;
mod audit;
mod bodies;
mod bursts;
mod candidates;
pub(super) mod care;
mod channel_states;
mod connect;
mod digest;
mod drop;
mod due;
mod entries;
mod faults;
mod feeds;
mod handling;
mod health;
mod host_memory;
mod hosts;
mod in_force;
mod instance;
mod judge;
mod keep_rules;
mod kept;
mod late;
mod leases;
mod life;
mod marks;
mod migrations;
mod mutes;
mod outbox;
mod plan;
#[cfg(test)]
mod plan_tests;
mod poll;
mod poll_claim;
mod poll_log;
mod purge;
mod purged;
mod queries;
mod read;
mod readers;
mod rereads;
mod rows;
mod schema;
mod send;
mod settling;
mod stage;
mod stored;
mod stories;
mod story_edits;
mod subscriptions;
mod telling;
mod texts;
mod tidy;
mod twins;
mod versions;
mod watches;
mod writer;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use self::texts::TextDecoder;

pub use self::instance::Holder;
use self::instance::InstanceLock;
use self::readers::Readers;
use self::writer::{Promise, Writer};
use crate::store::{Progress, StoreError};

/// Who opens the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenMode {
    /// The one daemon of the database; a second one is refused.
    Daemon {
        /// Name for the message that refuses the second, e.g. `wirewatch run`.
        name: String,
    },
    /// A command; reads and writes beside a running daemon.
    Command,
    /// Only questions; every verb of `Store` that writes is refused.
    ReadOnly,
}

/// The store in one SQLite file. Dropping it finishes what was queued.
pub struct SqliteStore {
    path: PathBuf,
    // The order matters: the readers' connections end first, so that the writer's is the last one
    // (which cleans up the WAL), and the lock is given up when nothing writes any more.
    readers: Readers,
    writer: Option<Writer>,
    _lock: Option<InstanceLock>,
}

impl SqliteStore {
    /// Opens the database at `path`; makes it if it is not there, and updates its schema if it is
    /// older (not with [`OpenMode::ReadOnly`]). Blocks while it does.
    ///
    /// # Errors
    /// [`StoreError::Newer`] for a newer schema, [`StoreError::InUse`] for a second daemon,
    /// [`StoreError::ReadOnly`] when file or folder cannot be written or the folder is missing,
    /// [`StoreError::Corrupt`] when the file is damaged or no database.
    pub fn open(path: &Path, mode: OpenMode) -> Result<Self, StoreError> {
        Self::open_telling(path, mode, &mut |_| ())
    }

    /// The same; `progress` is told how far an update of the schema is, and the backup before it, several times a second.
    ///
    /// # Errors
    /// As [`SqliteStore::open`]; [`StoreError::NoRoom`] when that backup does not fit.
    pub fn open_telling(
        path: &Path,
        mode: OpenMode,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, StoreError> {
        // Before the lock, so that nothing is touched beside a newer database.
        schema::version_of(path)?;
        let lock = match &mode {
            OpenMode::Daemon { name } => {
                connect::check_folder(path)?;
                Some(InstanceLock::take(path, name)?)
            }
            OpenMode::Command | OpenMode::ReadOnly => None,
        };
        let writer = match &mode {
            OpenMode::ReadOnly => None,
            _ => {
                let conn = connect::open_writer(path, lock.as_ref(), progress)?;
                if let OpenMode::Daemon { name } = &mode {
                    leases::end_of_the_dead(&conn, name)
                        .map_err(|error| faults::store_error(path, &error))?;
                }
                Some(
                    Writer::start(conn, path).map_err(|error| StoreError::Other {
                        path: path.display().to_string(),
                        why: format!("cannot start a thread: {error}"),
                    })?,
                )
            }
        };
        Ok(Self {
            path: path.to_owned(),
            readers: Readers::start(path)?,
            writer,
            _lock: lock,
        })
    }

    /// The daemon that has the database at `path`, as it named itself; `None` when there is none.
    #[must_use]
    pub fn holder(path: &Path) -> Option<Holder> {
        instance::holder(path)
    }

    /// The process of that daemon.
    #[must_use]
    pub fn holder_pid(path: &Path) -> Option<rustix::process::Pid> {
        instance::holder_pid(path)
    }

    /// Runs `work` in a transaction of the writing thread.
    async fn write<T, F>(&self, promise: Promise, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.call(promise, work).await,
            None => Err(StoreError::ReadOnly {
                path: self.path.display().to_string(),
                why: "it was opened for questions only".to_owned(),
            }),
        }
    }

    /// Runs `question` in a snapshot of a reading thread.
    async fn ask<T, F>(&self, question: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.readers.call(question).await
    }
}
