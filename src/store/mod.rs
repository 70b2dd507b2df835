//! What wirewatch remembers. All SQL is in here, behind two traits: [`Store`] speaks the verbs of the
//! pipeline, [`Queries`] answers the questions of commands and pages.
//!
//! Takes and gives the nouns of `model`. Knows nothing of feeds, rules or channels, never uses the
//! network, never reads a clock: every method is given the time.

pub mod care;
mod error;
mod exchange;
mod queries;
mod sqlite;
mod verbs;

use std::sync::Arc;

pub use care::{
    BackupPlan, BackupReport, CheckReport, FileReport, LeftOver, OptimiseReport, Progress,
    PurgeScope, PurgeTotals, RestoreReport, SchemaReport, Step, TableSize, bytes_told,
};
pub use error::{ExchangeError, StoreError};
pub use exchange::{
    ArticleSteps, DigestSchedule, FeedScope, Gauges, InForce, JudgementReport, KeepRules,
    KnownAlert, NextDue, PackedText, PollReport, PurgeReport, StoredArticle, StoredHit, StoredText,
    StoryCandidate, StoryCandidates, SyncReport, TidyOptions, TidyReport, Twin, WatchRecord,
    WatchReport, WatchSpec,
};
pub use queries::{
    AlertFilter, ArticleVersion, ArticleView, KeptFilter, KeptHead, OutboxFilter, Queries,
    SearchHit, Totals,
};
pub use sqlite::{Holder, OpenMode, SqliteStore, TextDecoder};
pub use verbs::Store;

/// A store behind an `Arc`, as the daemon and the commands hold it.
pub type SharedStore = Arc<dyn Store>;
