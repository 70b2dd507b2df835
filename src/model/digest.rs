//! The alerts of a period in one message. One model; every form (text, Markdown, HTML, JSON) shows the same facts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AlertKind, AlertView, Correction, TroubleView};

/// A digest that is due.
#[derive(Debug, Clone)]
pub struct DigestSlot {
    /// NAME of the digest.
    pub name: String,
    /// When it fell due.
    pub due_at: Timestamp,
    /// The last event that the digest before it told; its window begins after it.
    pub after_seq: i64,
    /// When the window before it closed; `None` for the first.
    pub since: Option<Timestamp>,
}

/// An alert with what happened to it inside the window, as the store gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct MaterialAlert {
    /// The alert as it stands at the end of the window.
    pub alert: AlertView,
    /// What happened in the window, in order.
    pub changes: Vec<ItemChange>,
}

/// All that a digest is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DigestMaterial {
    /// The last event of the window.
    pub up_to_seq: i64,
    /// The alerts with events in the window.
    pub alerts: Vec<MaterialAlert>,
    /// Articles that just failed a watch in the window.
    pub near_misses: Vec<NearMissView>,
    /// State of the feeds and deliveries.
    pub health: DigestHealth,
}

/// Something that happened to an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemChange {
    /// What.
    pub kind: AlertKind,
    /// When.
    #[serde(with = "super::time")]
    pub at: Timestamp,
    /// Address of the article that brought it about.
    pub url: String,
    /// For a correction: what changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub correction: Option<Correction>,
}

/// An article that just failed a watch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMissView {
    /// NAME of the watch.
    pub watch: String,
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Language.
    pub lang: Option<String>,
    /// What held and what did not.
    pub why: String,
    /// When it was judged.
    #[serde(with = "super::time")]
    pub at: Timestamp,
}

/// How the machinery is, so that silence can be trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestHealth {
    /// Feeds in the config.
    pub feeds: u64,
    /// Feeds polled with success in the window.
    pub polled: u64,
    /// Feeds whose last poll failed: address and error in words.
    pub failing: Vec<(String, String)>,
    /// Feeds with an open trouble: address and trouble, gravest first.
    #[serde(default)]
    pub troubles: Vec<(String, TroubleView)>,
    /// Deliveries given up in the window.
    pub dead_deliveries: u64,
}

/// One story in a digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DigestItem {
    /// NEW, UPDATED, CORRECTED or ENDED: the strongest thing that happened.
    pub kind: AlertKind,
    /// The alert.
    pub alert: AlertView,
    /// What happened in the window, in order.
    pub changes: Vec<ItemChange>,
    /// Independent sources (articles that are no copies).
    pub sources: u64,
    /// Copies folded.
    pub copies: u64,
    /// Languages, in order of first appearance.
    pub languages: Vec<String>,
}

/// Counts for the head of a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestCounts {
    /// New stories.
    pub new: u64,
    /// Updated stories.
    pub updated: u64,
    /// Corrected stories.
    pub corrected: u64,
    /// Articles over all items.
    pub articles: u64,
    /// Languages over all items.
    pub languages: u64,
}

/// A digest, made up. It is stored as JSON when its window closes, so rendering it again gives the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// NAME of the digest; `now` when asked for by hand.
    pub name: String,
    /// Title for people: the watch's title when it tells of one watch, else the name.
    pub title: String,
    /// IANA name of the zone that times are shown in.
    pub timezone: String,
    /// Begin of the window (exclusive); `None` when it is the first.
    #[serde(with = "super::time::option")]
    pub since: Option<Timestamp>,
    /// End of the window (inclusive).
    #[serde(with = "super::time")]
    pub until: Timestamp,
    /// Counts.
    pub counts: DigestCounts,
    /// The stories: severity, then sources, then first seen.
    pub items: Vec<DigestItem>,
    /// How many stories stand as one line each behind the items (their alerts are in `rest`).
    pub rest: Vec<DigestItem>,
    /// Up to five articles that just failed a watch.
    pub near_misses: Vec<NearMissView>,
    /// Machinery.
    pub health: DigestHealth,
}

/// What the `digest` stage commits: the window closes, whether or not there is something to send.
#[derive(Debug, Clone)]
pub struct DigestOutcome {
    /// When.
    pub at: Timestamp,
    /// The last event of the window.
    pub up_to_seq: i64,
    /// The digest; `None` when nothing happened (nothing is sent then).
    pub digest: Option<Digest>,
    /// NAMEs of the channels it goes to.
    pub channels: Vec<String>,
    /// When the next one is due.
    pub next_at: Timestamp,
}
