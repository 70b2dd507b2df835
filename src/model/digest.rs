//! The alerts of a period in one message. One model; every form (text, Markdown, HTML, JSON) shows the same facts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AlertId, AlertKind, AlertView, Correction, DigestId, TroubleView};

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
    /// When the newest one with something in it was closed; `None` when none ever was.
    pub sent_at: Option<Timestamp>,
}

/// An alert with what happened to it inside the window, as the store gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct MaterialAlert {
    /// The alert as it stands at the end of the window.
    pub alert: AlertView,
    /// What happened in the window, in order.
    pub changes: Vec<ItemChange>,
    /// Which of its evidence (by place) stands in the lead of its article.
    pub leads: Vec<usize>,
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

/// What a digest says beside what happened in its window; asked for when its alerts are known.
#[derive(Debug, Clone, Default)]
pub struct DigestAsk {
    /// NAME of the digest whose readers are asked for; empty when it has none.
    pub name: String,
    /// The alerts of the window.
    pub alerts: Vec<AlertId>,
    /// NAMEs of the watches whose hits are counted.
    pub watches: Vec<String>,
    /// Bounds of the days that are counted, ascending: one more than there are days.
    pub day_bounds: Vec<Timestamp>,
    /// NAMEs of the watches of which the last alert is asked for; empty = all.
    pub last_of: Vec<String>,
}

/// The answer to a [`DigestAsk`].
#[derive(Debug, Clone, Default)]
pub struct DigestBackground {
    /// What the readers of the digest were told of an alert last.
    pub told: Vec<(AlertId, ToldBefore)>,
    /// The version of the watch that an alert's newest hit bears (hex).
    pub versions: Vec<(AlertId, String)>,
    /// Hits of each watch that was asked for.
    pub days: Vec<WatchDays>,
    /// For each day whether any article came at all.
    pub alive: Vec<bool>,
    /// The newest alert that was told.
    pub last_alert: Option<LastAlert>,
}

/// What the readers of a digest know of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldBefore {
    /// When that digest closed.
    pub at: Timestamp,
    /// The headline it had.
    pub title: String,
    /// Addresses of the articles it had.
    pub urls: Vec<String>,
}

/// Articles that a watch hit, by the day on which they were published, or came where that is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchDays {
    /// NAME of the watch.
    pub watch: String,
    /// Since when it looks at articles, as far as is known.
    pub since: Option<Timestamp>,
    /// One number for each day, oldest first.
    pub counts: Vec<u64>,
}

/// The newest alert there is, for a digest that has nothing else to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAlert {
    /// Its id.
    pub id: AlertId,
    /// NAME of its watch.
    pub watch: String,
    /// Its headline.
    pub title: String,
    /// Language of the headline.
    pub lang: Option<String>,
    /// When something was last said about it.
    #[serde(with = "super::time")]
    pub at: Timestamp,
}

/// How often a watch hit, day by day. A day ends at the digest's time of day, in its zone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// NAME of the watch.
    pub watch: String,
    /// Articles hit on each of the last days, oldest first; the last one ends with the digest. `None` where
    /// nothing is known: the watch was not there yet, or no article came at all.
    pub days: Vec<Option<u64>>,
    /// Articles a day on the days before that are known, on average; `None` when there are none.
    pub usual: Option<f64>,
    /// Full days for which the watch has been there, when it is younger than the row of days.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub age_days: Option<u64>,
}

/// What is new to the readers of a digest about a story that they were told of before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemNews {
    /// When they were told of it last.
    #[serde(with = "super::time")]
    pub since: Timestamp,
    /// The headline that they were told, when it is another one now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title_before: Option<String>,
    /// Addresses of the articles that are new to them, copies included.
    pub urls: Vec<String>,
    /// Languages that are new to them.
    pub languages: Vec<String>,
    /// Independent sources that they know already.
    pub known: u64,
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
    /// The same by channel: NAME and how many.
    #[serde(default)]
    pub dead_by_channel: Vec<(String, u64)>,
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
    /// Which of the alert's evidence (by place) stands in the lead of its article.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub leads: Vec<usize>,
    /// Version of the watch that hit last (hex), as hits bear it.
    #[serde(default)]
    pub watch_version: String,
    /// The score that the watch asks for; `None` when it asks for none, or has been changed since it hit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub threshold: Option<f64>,
    /// What is new, when the readers of this digest were told of the story before.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub news: Option<ItemNews>,
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
    /// Stories that have gone quiet.
    #[serde(default)]
    pub ended: u64,
    /// Articles over all items.
    pub articles: u64,
    /// Languages over all items.
    pub languages: u64,
}

/// A digest, made up. It is stored as JSON when its window closes, so rendering it again gives the same bytes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// How often each watch of the items hit on the last days, in the order of the items.
    #[serde(default)]
    pub trends: Vec<Trend>,
    /// Up to five articles that just failed a watch.
    pub near_misses: Vec<NearMissView>,
    /// Machinery.
    pub health: DigestHealth,
    /// The newest alert, in a digest without stories.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_alert: Option<LastAlert>,
}

impl Digest {
    /// It has nothing to tell but that it is alive.
    #[must_use]
    pub fn is_heartbeat(&self) -> bool {
        self.items.is_empty() && self.rest.is_empty()
    }
}

/// A digest that was closed, in a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClosedDigest {
    /// Its id.
    pub id: DigestId,
    /// NAME.
    pub name: String,
    /// When its window closed.
    #[serde(serialize_with = "super::time::serialize")]
    pub closed_at: Timestamp,
    /// Stories in it.
    pub stories: u64,
}

/// What the `digest` stage commits: the window closes, whether or not there is something to send.
#[derive(Debug, Clone)]
pub struct DigestOutcome {
    /// When.
    pub at: Timestamp,
    /// The last event of the window.
    pub up_to_seq: i64,
    /// The digest; `None` when nothing happened and no sign of life is due (nothing is sent then).
    pub digest: Option<Digest>,
    /// NAMEs of the channels it goes to.
    pub channels: Vec<String>,
    /// When the next one is due.
    pub next_at: Timestamp,
}
