//! The tables of a config file as they are written. [`resolve`](super::resolve) makes options of them.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::values::Period;
use crate::model::FeedKind;
use crate::story::Joining;

/// `[store]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreToml {
    /// Database file, relative to the config file.
    pub path: Option<String>,
    /// How long bodies of articles without a hit are kept.
    pub keep_bodies: Option<Period>,
}

/// `[alert]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertToml {
    /// Entries of a feed's first poll that are older are backlog.
    pub max_age: Option<Period>,
    /// What makes two articles one story.
    #[serde(default)]
    pub stories: Joining,
}

/// `[websub]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebsubToml {
    /// Where the callback listener listens.
    pub listen: Spanned<String>,
    /// Where hubs reach it.
    pub callback: Spanned<String>,
}

/// `[[feed]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedToml {
    /// Address.
    pub url: Spanned<String>,
    /// Free tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Fixed interval.
    pub interval: Option<Period>,
    /// Language.
    pub lang: Option<Spanned<String>>,
    /// Headers sent with every request to this feed.
    #[serde(default)]
    pub headers: BTreeMap<Spanned<String>, Spanned<String>>,
    /// Kind of the address.
    #[serde(default)]
    pub kind: FeedKind,
    /// False: no hub is asked to push it.
    pub websub: Option<bool>,
}

/// `[digest.NAME]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestToml {
    /// Plain words or a cron line.
    pub schedule: Spanned<String>,
    /// IANA zone; the system's when it is missing.
    pub timezone: Option<Spanned<String>>,
    /// NAMEs of watches; `*` = all.
    #[serde(default = "every_watch")]
    pub watches: Vec<Spanned<String>>,
    /// NAMEs of channels; all when it is missing.
    pub channels: Option<Vec<Spanned<String>>>,
}

fn every_watch() -> Vec<Spanned<String>> {
    vec![Spanned::new(0..0, "*".to_owned())]
}
