//! What a person said of an alert.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether an alert was worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkVerdict {
    /// What the watch is there for.
    Relevant,
    /// Something else that the watch took for it.
    Noise,
}

impl MarkVerdict {
    /// The word in JSON, SQL and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Relevant => "relevant",
            Self::Noise => "noise",
        }
    }
}

/// A person's judgement of an alert; the last word counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What was said.
    pub verdict: MarkVerdict,
    /// When.
    #[serde(with = "super::time")]
    pub at: Timestamp,
    /// Why, in the person's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
