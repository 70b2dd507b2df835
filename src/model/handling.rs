//! What people do with alerts: acknowledge, snooze, mute; and the trail of it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AlertId, MuteId, StoryId};

/// Who does something, when and why; it stands in the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Who: a login name, or `wirewatch`.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, in the person's own words.
    pub why: Option<String>,
}

/// What a person wants of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertOrder {
    /// It was seen: quiet for mere further sources.
    Ack,
    /// Quiet until then; what comes is told afterwards.
    Snooze {
        /// When it speaks again.
        until: Timestamp,
    },
}

/// The last thing that a person said of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Who.
    pub by: String,
    /// When.
    #[serde(with = "super::time")]
    pub at: Timestamp,
    /// Until when; `None` = for good.
    #[serde(
        with = "super::time::option",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub until: Option<Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What is muted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MuteTarget {
    /// One alert.
    Alert(AlertId),
    /// All alerts of a story.
    Story(StoryId),
    /// All alerts of a watch, by NAME.
    Watch(String),
    /// All alerts that tell of articles of muted feeds only; by address.
    Feed(String),
}

impl fmt::Display for MuteTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alert(alert) => write!(f, "{alert}"),
            Self::Story(story) => write!(f, "story {story}"),
            Self::Watch(name) => write!(f, "watch {name}"),
            Self::Feed(url) => write!(f, "feed {url}"),
        }
    }
}

/// A mute that holds, or that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mute {
    /// Id.
    pub id: MuteId,
    /// What is muted.
    #[serde(serialize_with = "as_text")]
    pub target: MuteTarget,
    /// Who.
    pub by: String,
    /// When.
    #[serde(with = "super::time")]
    pub at: Timestamp,
    /// Until when; `None` = for good.
    #[serde(with = "super::time::option")]
    pub until: Option<Timestamp>,
    /// Why.
    pub why: String,
    /// Alerts that are muted, by whatever it is.
    pub alerts: u64,
}

fn as_text<S: serde::Serializer>(target: &MuteTarget, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(target)
}

/// What ending mutes came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unmuted {
    /// Mutes that ended.
    pub mutes: u64,
    /// Alerts that are no longer muted.
    pub alerts: u64,
}

/// A line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditView {
    /// When.
    #[serde(with = "super::time")]
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What: `acked`, `snoozed`, `muted`, `unmuted`, `marked`, `unmarked`, `woken`, `ended`, `burst`.
    pub what: String,
    /// The alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<AlertId>,
    /// What it was done to, when it is no single alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// More of what was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Until when.
    #[serde(with = "super::time::option", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
