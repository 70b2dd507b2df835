//! Care of the file as a whole, for commands: copies of it, a copy in its place, looking for damage.
//!
//! Everything in here opens the file by itself, works beside a daemon unless it says otherwise, and blocks.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use super::sqlite::care::{
    backup, check, export, import, newest_good, optimise, purge, purge_preview, quick_check,
    restore, schema_of, survey,
};

/// The backups that are made by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupPlan {
    /// Where they are; it is made when it is not there.
    pub folder: PathBuf,
    /// Time from one to the next.
    pub every: SignedDuration,
    /// How many are kept, the newest.
    pub keep: NonZeroUsize,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// Where it is.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its schema.
    pub schema: u32,
}

/// A backup that was put in place of the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RestoreReport {
    /// Its schema; an older one is updated at the next start.
    pub schema: u32,
    /// Its size.
    pub bytes: u64,
    /// Where the database is that it has taken the place of; `None` when there was none.
    pub kept_as: Option<PathBuf>,
}

/// What looking through a database has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Its schema; 0 = it has none yet.
    pub schema: u32,
    /// What is wrong with it, in words; empty = nothing.
    pub damage: Vec<String>,
    /// Size of the file.
    pub bytes: u64,
    /// Of it, what nothing is written in now.
    pub free_bytes: u64,
    /// Tables with their indexes, the largest first.
    pub tables: Vec<TableSize>,
}

/// The schema of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaReport {
    /// Its number; 0 = there is no database yet.
    pub found: u32,
    /// The newest that this program knows; it brings an older one up to date.
    pub known: u32,
    /// Free bytes that this needs, with the backup before it.
    pub update_bytes: u64,
}

/// What shows of a database without a look through it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileReport {
    /// Size of the file.
    pub bytes: u64,
    /// Size of its write-ahead log.
    pub wal_bytes: u64,
    /// Free bytes for this user on its disk; `None` when the system does not say.
    pub free_bytes: Option<u64>,
    /// How many more files fit on its disk; `None` when they are not counted.
    pub free_files: Option<u64>,
    /// What lies beside it and nobody reads.
    pub left_over: Vec<LeftOver>,
    /// The newest backup of the schedule, and when it was made.
    pub newest_backup: Option<(PathBuf, Timestamp)>,
}

/// A file that a restore or a killed process left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOver {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// It is a damaged database that a backup has taken the place of.
    pub is_damaged: bool,
}

/// How large a table is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableSize {
    /// Name; `article_words` is the search index.
    pub name: String,
    /// With its indexes.
    pub bytes: u64,
}

/// Which articles are deleted for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PurgeScope {
    /// The one at an address, or that an entry with this link names.
    Url(String),
    /// Those that a feed named, and no other feed.
    Feed(String),
    /// Those that were first seen before a time.
    Before(Timestamp),
}

/// What a purge deletes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PurgeTotals {
    /// Articles, with every text that they had.
    pub articles: u64,
    /// Entries.
    pub entries: u64,
    /// Articles whose pages were kept.
    pub pages: u64,
    /// Hits.
    pub hits: u64,
    /// Alerts that told of nothing else.
    pub alerts: u64,
    /// Alerts that lose some of their articles.
    pub alerts_cut: u64,
    /// Closed digests that lose something.
    pub digests: u64,
}

/// What optimising came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OptimiseReport {
    /// Size of the file before, in bytes.
    pub before: u64,
    /// And after.
    pub after: u64,
}

/// What is being done to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A copy is made.
    Copying,
    /// A file is looked through for damage.
    Checking,
    /// The schema is brought up to date.
    Migrating,
}

/// How far a long piece of work on the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: Step,
    /// From 0 to 100.
    pub percent: u8,
}

impl Progress {
    /// So far with a step.
    #[must_use]
    pub fn new(step: Step, percent: u8) -> Self {
        Self { step, percent }
    }

    /// `done` parts of `all`.
    #[must_use]
    pub(in crate::store) fn of(step: Step, done: u64, all: u64) -> Self {
        let percent = match all {
            0 => 100,
            _ => done.min(all).saturating_mul(100) / all,
        };
        Self::new(step, u8::try_from(percent).unwrap_or(100))
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.step {
            Step::Copying => "copying the database",
            Step::Checking => "checking the copy",
            Step::Migrating => "updating the database's schema",
        };
        write!(f, "{what}: {} %", self.percent)
    }
}

/// Bytes as people read them: `1.5 GB`. Decimal units, as `df -H` and disk makers use.
#[must_use]
pub fn bytes_told(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} bytes"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes / (unit / 10);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        for (bytes, told) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (1_250_000, "1.2 MB"),
            (15_990_000_000, "15.9 GB"),
        ] {
            assert_eq!(bytes_told(bytes), told);
        }
    }

    #[test]
    fn progress_is_told_in_percent() {
        assert_eq!(
            Progress::of(Step::Copying, 1, 3).to_string(),
            "copying the database: 33 %"
        );
        assert_eq!(Progress::of(Step::Checking, 0, 0).percent, 100);
    }
}
