//! `config.toml`: one set of options per room, and errors that point at the line.
//!
//! Takes a path, gives a [`Config`] or all [`Problems`] at once. Reads files; never the environment,
//! never the network, never the store.

mod access;
mod address;
mod channels;
mod cut;
mod digests;
mod edit;
mod feeds;
mod gather;
mod health;
mod locate;
mod metrics;
mod page;
mod place;
mod policies;
mod problem;
mod renames;
mod rereads;
mod resolve;
mod schema;
mod secrets;
mod site;
mod source;
mod stamps;
mod store;
mod tables;
mod values;
mod websub;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::alert::{DigestOptions, DigestTime, HealthOptions, LifeOptions, Route, SendPolicy};
use crate::channel::ChannelOptions;
use crate::feed::PageSelectors;
use crate::fetch::{AccessOptions, FetchOptions, HostOptions};
use crate::model::{FeedSpec, Keep};
use crate::rules::{RuleSet, RuleSource};
use crate::story::Joining;
use crate::websub::Callback;
use crate::world::AddressGuard;

pub use edit::pin::{add_test, test_table};
pub use edit::{
    EditError, FeedEdit, add_feed, add_feeds, add_watch, feed_tables, new_feeds, remove_feed,
};
pub use locate::{NoConfig, Places};
pub use place::{Owner, WatchSpans, place_of, watch_spans};
pub use problem::{Level, Problem, Problems, SourceFile, line_column, nearest};
pub use resolve::store_path;
pub use schema::schema;
pub use secrets::{SecretPlace, SecretSource, secret_places};
pub use site::{Sites, Survey};
pub use stamps::{Stamps, Watched};
pub use store::StoreOptions;
pub use values::{Period, PeriodError};

/// When a config is read.
#[derive(Debug, Clone, Default)]
struct Moment {
    /// The day whose members regions and groups have; the newest that are known without one.
    day: Option<Date>,
    /// The rule set that was in force before.
    previous: Option<Arc<RuleSet>>,
}

/// `[keep]`: how long what can be had again, or is not needed for alerts, is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepOptions {
    /// Bodies of articles without a hit are dropped after this.
    pub bodies: SignedDuration,
    /// The pages of articles are dropped after this; zero = none is kept.
    pub pages: SignedDuration,
    /// Most bytes of pages, as they are stored; the oldest go first.
    pub pages_bytes_max: u64,
    /// Alerts are deleted when they have not changed for so long; `None` = never.
    pub alerts: Option<SignedDuration>,
}

impl KeepOptions {
    /// True when pages are kept at all.
    #[must_use]
    pub fn keeps_pages(&self) -> bool {
        self.pages.is_positive() && self.pages_bytes_max > 0
    }
}

/// `[health]`.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthConfig {
    /// False: feeds are not looked at.
    pub enabled: bool,
    /// NAMEs of the channels that are told; empty = listed only.
    pub channels: Vec<String>,
    /// When a feed counts as in trouble.
    pub options: HealthOptions,
}

/// A `[[feed]]`.
#[derive(Debug, Clone)]
pub struct FeedConfig {
    /// The part that the store keeps; shared with it while it is brought in line.
    pub spec: Arc<FeedSpec>,
    /// Country of whoever publishes it (ISO 3166), if the user named one.
    pub country: Option<&'static str>,
    /// How it is reached. Feeds without a key for it, most of thousands, share one.
    pub access: Arc<AccessOptions>,
    /// Where the articles are on a page (`kind = "page"`).
    pub page: Option<Arc<PageSelectors>>,
    /// Whether a WebSub hub may be asked to push it.
    pub websub: bool,
    /// How long what it brings is kept, where that is not as `[keep]` says.
    pub keep: Option<Box<Keep>>,
    /// The address that it had before, as it was shown: what is stored under that is its own.
    pub moved_from: Option<Box<str>>,
}

/// `[websub]`: hubs push what is new (`docs/websub.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebsubOptions {
    /// Where the callback listener listens.
    pub listen: SocketAddr,
    /// Where hubs reach it: the listener itself, or what forwards to it.
    pub callback: Callback,
}

/// `[metrics]`: how the daemon shows what it measures (`docs/operating.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricsOptions {
    /// Where `/metrics` and `/healthz` are served.
    pub listen: Option<SocketAddr>,
    /// File for the textfile collector of Prometheus' node exporter.
    pub file: Option<PathBuf>,
}

/// A `[digest.NAME]`.
#[derive(Debug, Clone)]
pub struct DigestConfig {
    /// NAME.
    pub name: String,
    /// The schedule as written.
    pub schedule: String,
    time: DigestTime,
    zone: TimeZone,
    /// IANA name of the zone.
    pub zone_name: String,
    /// NAMEs of the watches; `*` = all.
    pub watches: Vec<String>,
    /// NAMEs of the channels.
    pub channels: Vec<String>,
    /// What stands in it, and when it is sent without stories.
    pub options: DigestOptions,
}

impl DigestConfig {
    /// The zone that its times are in.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The next time at which it is due.
    #[must_use]
    pub fn next_after(&self, now: Timestamp) -> Timestamp {
        self.time.next_after(now, &self.zone)
    }

    /// The watches for a query; empty = all.
    #[must_use]
    pub fn watch_filter(&self) -> Vec<String> {
        if self.watches.iter().any(|name| name == "*") {
            return Vec::new();
        }
        self.watches.clone()
    }
}

/// A config that reads well.
#[derive(Debug, Clone)]
pub struct Config {
    /// The main file.
    pub path: PathBuf,
    /// All files that were read, the main file first.
    pub files: Vec<PathBuf>,
    /// `[store]`.
    pub store: StoreOptions,
    /// `[keep]`.
    pub keep: KeepOptions,
    /// `[fetch]`.
    pub fetch: FetchOptions,
    /// The `[[host]]` tables, in file order.
    pub hosts: Vec<HostOptions>,
    /// The `[[site]]` tables and `[extract] site_rules`.
    pub sites: Sites,
    /// `[alert] max_age`.
    pub max_age: SignedDuration,
    /// `[alert] stories`.
    pub stories: Joining,
    /// `[alert]`: when an alert speaks again.
    pub life: LifeOptions,
    /// `[alert] reread`: how long after its first reading an article that is told of is read again, ascending.
    pub rereads: Vec<SignedDuration>,
    /// `[health]`.
    pub health: HealthConfig,
    /// `[websub]`; `None` = no hub is asked for anything.
    pub websub: Option<WebsubOptions>,
    /// `[metrics]`; `None` = nothing is measured for others.
    pub metrics: Option<MetricsOptions>,
    /// The feeds, in file order.
    pub feeds: Vec<FeedConfig>,
    /// Watches and lists as written.
    pub rules: RuleSource,
    /// The watches, compiled.
    pub rule_set: Arc<RuleSet>,
    /// NAMEs of channels, for the watches that name some.
    pub watch_channels: BTreeMap<String, Vec<String>>,
    /// The channels.
    pub channels: BTreeMap<String, ChannelOptions>,
    /// When channels are sent what, for those that say so.
    pub policies: BTreeMap<String, SendPolicy>,
    /// The `[[route]]` tables, in file order.
    pub routes: Vec<Route>,
    /// The digests.
    pub digests: Vec<DigestConfig>,
    /// What works but is probably not meant so.
    pub warnings: Problems,
}

impl Config {
    /// Reads a config file and what it includes.
    ///
    /// # Errors
    /// All mistakes of all files.
    pub fn load(path: &Path) -> Result<Self, Problems> {
        resolve::load(path, &Moment::default())
    }

    /// The same with the members that regions and groups have on a day; [`Config::load`] takes the newest that are known.
    ///
    /// # Errors
    /// All mistakes of all files.
    pub fn load_on(path: &Path, now: Timestamp) -> Result<Self, Problems> {
        let moment = Moment {
            day: Some(now.to_zoned(TimeZone::UTC).date()),
            previous: None,
        };
        resolve::load(path, &moment)
    }

    /// The same after an edit: watches that mean what they meant are taken from the rule set that is in force, which
    /// takes milliseconds however many there are.
    ///
    /// # Errors
    /// All mistakes of all files.
    pub fn reload(path: &Path, now: Timestamp, in_force: Arc<RuleSet>) -> Result<Self, Problems> {
        let moment = Moment {
            day: Some(now.to_zoned(TimeZone::UTC).date()),
            previous: Some(in_force),
        };
        resolve::load(path, &moment)
    }

    /// The feed with this address, however it is spelt.
    #[must_use]
    pub fn feed(&self, url: &str) -> Option<&FeedConfig> {
        let exact = self.feeds.iter().find(|feed| feed.spec.url == url);
        exact.or_else(|| {
            let wanted = address::same_feed_as_written(url)?;
            let same = |feed: &&FeedConfig| {
                address::same_feed_as_written(&feed.spec.url).as_ref() == Some(&wanted)
            };
            self.feeds.iter().find(same)
        })
    }

    /// Why an address whose host is a number will not be fetched; names are resolved when they are fetched.
    #[must_use]
    pub fn forbidden(&self, url: &Url) -> Option<String> {
        feeds::forbidden(url, &AddressGuard::new(self.fetch.allow.clone()))
    }

    /// The title that people see on a digest: the watch's when it tells of one, else its NAME.
    #[must_use]
    pub fn digest_title(&self, digest: &DigestConfig) -> String {
        let only = match digest.watches.as_slice() {
            [name] if name == "*" => match self.rules.watches.as_slice() {
                [watch] => Some(watch),
                _ => None,
            },
            [name] => self.rules.watches.iter().find(|watch| watch.name == *name),
            _ => None,
        };
        only.map_or_else(|| digest.name.clone(), |watch| watch.title.clone())
    }
}

/// The zone of the machine and its IANA name, for digests that name none.
#[must_use]
pub fn system_zone() -> (TimeZone, String) {
    let zone = TimeZone::system();
    match zone.iana_name().map(str::to_owned) {
        Some(name) => (zone, name),
        // A zone without a name cannot be shown to people: take the one that has no surprises.
        None => (TimeZone::UTC, "UTC".to_owned()),
    }
}
