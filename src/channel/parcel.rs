//! What every channel has in common.

use std::path::PathBuf;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::model::{AlertKind, Cap, Message};

/// One delivery on its way: what to say, and under which key.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The delivery's key: the same for every try, so that a receiver can drop a repetition.
    pub key: String,
    /// Why it is said.
    pub kind: AlertKind,
    /// NAME of the channel.
    pub channel: String,
    /// What to say.
    pub message: Message,
    /// Time of this try.
    pub sent_at: Timestamp,
    /// When it was promised.
    pub created_at: Timestamp,
    /// Key of the first delivery of the same alert through the same channel, for what a receiver shows as
    /// one thread; `None` for that first one itself and for what is no alert.
    pub thread: Option<String>,
}

impl Parcel {
    /// What all deliveries of one alert through one channel have in common: the key of the first of them.
    #[must_use]
    pub fn thread_key(&self) -> &str {
        self.thread.as_deref().unwrap_or(&self.key)
    }
}

/// Why a parcel was not handed over. `why` is for people and carries no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// May work later.
    #[error("{why}")]
    Retry {
        /// In words.
        why: String,
        /// The least time the receiver wants to be left alone, when it named one.
        after: Option<SignedDuration>,
    },
    /// Will never work: the receiver does not want it.
    #[error("{why}")]
    Permanent {
        /// In words.
        why: String,
    },
    /// Will never work, nor will anything else: the receiver is gone for good and wants to be sent no more.
    #[error("{why}")]
    Gone {
        /// In words.
        why: String,
    },
}

impl DeliveryError {
    pub(super) fn retry(why: impl Into<String>) -> Self {
        let why = why.into();
        Self::Retry { why, after: None }
    }

    pub(super) fn permanent(why: impl Into<String>) -> Self {
        Self::Permanent { why: why.into() }
    }
}

/// What a channel writes on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilePlace {
    /// A file that it appends to.
    File(PathBuf),
    /// A file that it replaces, for which it must be able to write in the folder.
    Replaced(PathBuf),
    /// A folder in which it makes files; it is made when it is missing.
    Folder(PathBuf),
}

/// A configured way out.
#[async_trait]
pub trait Channel: Send + Sync {
    /// NAME in the config.
    fn name(&self) -> &str;

    /// True for a receiver that takes back what was said: it is told when a story has ended.
    fn resolves(&self) -> bool {
        false
    }

    /// Messages that its receivers usually put up with at once, and how long it takes until as many may follow; `None` =
    /// as fast as it takes them.
    fn pace(&self) -> Option<Cap> {
        None
    }

    /// What it writes on this machine, if anything.
    fn writes(&self) -> Option<FilePlace> {
        None
    }

    /// Hands one parcel over. `Ok` means that the receiver has it, durably as far as it can tell.
    ///
    /// # Errors
    /// [`DeliveryError`]: try again, or give up.
    async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliveryError>;

    /// Tries all that a delivery needs but for the message: the way there, the log-in, the place to write to. Nobody is
    /// told anything, and nothing is written. Answers with what was tried, in words, without a secret.
    ///
    /// # Errors
    /// As [`deliver`](Self::deliver) would fail.
    async fn probe(&self) -> Result<String, DeliveryError>;

    /// Nothing more is to be handed over for now: what was kept open for the next parcel is closed.
    async fn rest(&self) {}

    /// What `deliver` would hand over, for people. Holds no secret.
    fn preview(&self, parcel: &Parcel) -> String;
}
