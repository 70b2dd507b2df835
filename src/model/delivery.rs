//! One alert or digest on its way through one channel.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AlertCorrection, AlertKind, AlertView, DeliveryId, Digest, HealthNotice, StoryId, Together,
};

/// Where a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Waits, or waits for another try.
    Pending,
    /// Accepted by the channel.
    Sent,
    /// Told in one message together with others.
    Grouped,
    /// Given up, with the reason.
    Dead,
}

/// What was changed in an alerted article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Address of the article.
    pub url: String,
    /// Title before.
    pub title_before: String,
    /// Title now.
    pub title_after: String,
    /// A sentence that is no longer there; empty when only the title changed.
    pub sentence_before: String,
    /// The sentence that stands in its place; may be empty.
    pub sentence_after: String,
    /// The publisher took the article back: its page is gone, or says so.
    #[serde(default)]
    pub retracted: bool,
}

/// What a channel is asked to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub enum Message {
    /// One alert.
    Alert {
        /// The alert as it stands.
        alert: Box<AlertView>,
        /// What changed, for a correction.
        correction: Option<Correction>,
    },
    /// Alerts that are told together: late ones, or those that were held back.
    Late {
        /// The alerts, first seen first.
        alerts: Vec<AlertView>,
        /// What was corrected of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        corrections: Vec<AlertCorrection>,
        /// Why they are told together.
        #[serde(default)]
        why: Together,
    },
    /// A digest.
    Digest {
        /// The digest.
        digest: Box<Digest>,
    },
    /// Feeds in trouble, and feeds that are well again.
    Health {
        /// What is told.
        notice: Box<HealthNotice>,
    },
}

impl Message {
    /// The story that is told of, when it is one.
    #[must_use]
    pub fn story(&self) -> Option<StoryId> {
        match self {
            Self::Alert { alert, .. } => Some(alert.story),
            Self::Late { .. } | Self::Digest { .. } | Self::Health { .. } => None,
        }
    }
}

/// A delivery as the store hands it to the `send` stage.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Row id.
    pub id: DeliveryId,
    /// Key that makes a second try harmless: the same for every try, unique over all deliveries.
    pub key: String,
    /// NAME of the channel.
    pub channel: String,
    /// Why it is said.
    pub kind: AlertKind,
    /// When it was promised.
    pub created_at: Timestamp,
    /// Failed tries so far.
    pub failures: u32,
    /// Key of the first delivery of the same alert through the same channel; `None` for that first one.
    pub thread: Option<String>,
    /// What to say.
    pub message: Message,
}

/// How one try of a delivery went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Accepted by the channel.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Not accepted; to be tried again.
    Retry {
        /// When it was tried.
        at: Timestamp,
        /// When to try again.
        due_at: Timestamp,
        /// Why, in words, without secrets.
        why: String,
    },
    /// Given up.
    Dead {
        /// When.
        at: Timestamp,
        /// Why, in words, without secrets.
        why: String,
    },
}
