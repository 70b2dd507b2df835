//! A config made ready for work: the rule set compiled, the channels built, the client configured.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use crate::alert::{self, Pace, RouteFacts, Routed, SendPolicy};
use crate::channel::{Channel, ChannelError, Surroundings};
use crate::config::Config;
use crate::feed::PageSelectors;
use crate::fetch::{self, Access, FetchError, Fetcher, HostRules};
use crate::model::{AlertKind, Cap, SendPlan};
use crate::rules::{RuleSet, country_of_host};
use crate::world::{AddressGuard, World};

/// Why a config cannot be put in force although it reads well.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A channel cannot be built.
    #[error("[channel.{name}]: {why}")]
    Channel {
        /// NAME.
        name: String,
        /// Why.
        why: ChannelError,
    },
    /// A feed cannot be reached as it should be.
    #[error("[[feed]] {url}: {why}")]
    Feed {
        /// Its address.
        url: String,
        /// Why.
        why: FetchError,
    },
    /// A host cannot be reached as it should be.
    #[error("[[host]]: {0}")]
    Host(FetchError),
    /// The HTTP client cannot be built.
    #[error("[fetch]: {0}")]
    Fetch(#[from] FetchError),
}

/// What the stages need of a config.
pub struct Setup {
    /// The config.
    pub config: Config,
    /// All watches, compiled.
    pub rules: Arc<RuleSet>,
    /// Polite HTTP.
    pub fetcher: Fetcher,
    /// Channels by NAME.
    pub channels: BTreeMap<String, Arc<dyn Channel>>,
    /// How the feeds that need more than an address are reached, by address.
    accesses: HashMap<String, Arc<Access>>,
    /// Selectors of pages by feed address.
    selectors: HashMap<String, Arc<PageSelectors>>,
    /// Countries of the feeds for which the config names one, by address.
    countries: HashMap<String, &'static str>,
    /// Watches that may tell only so much.
    watch_caps: Vec<(String, Cap)>,
    /// Addresses of the feeds that a WebSub hub may be asked to push; none without `[websub]`.
    pushed: HashSet<String>,
}

impl Setup {
    /// Makes a config ready. Secrets may be kept in the environment, which `env` reads.
    ///
    /// # Errors
    /// When a channel or the HTTP client cannot be built.
    pub fn new(
        config: Config,
        world: &World,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SetupError> {
        let hosts = HostRules::new(&config.hosts, env).map_err(SetupError::Host)?;
        let fetcher = Fetcher::new(config.fetch.clone(), world.clone())?.with_hosts(hosts);
        let guard = AddressGuard::new(config.fetch.allow.clone());
        let around = Surroundings {
            base_dir: config.path.parent().unwrap_or(Path::new("")),
            world,
            guard: &guard,
            env,
        };
        let mut channels: BTreeMap<String, Arc<dyn Channel>> = BTreeMap::new();
        for (name, options) in &config.channels {
            let built = options.build(name, &around);
            let channel = built.map_err(|why| SetupError::Channel {
                name: name.clone(),
                why,
            })?;
            channels.insert(name.clone(), Arc::from(channel));
        }
        let accesses = accesses(&config, env)?;
        let pages = config.feeds.iter();
        let feeds = config.feeds.iter();
        let countries = feeds.filter_map(|feed| Some((feed.spec.url.clone(), feed.country?)));
        let countries = countries.collect();
        let selectors = pages
            .filter_map(|feed| Some((feed.spec.url.clone(), feed.page.clone()?)))
            .collect();
        let is_asked = config.websub.is_some();
        let may_be_pushed = config.feeds.iter().filter(|feed| is_asked && feed.websub);
        let pushed = may_be_pushed.map(|feed| feed.spec.url.clone()).collect();
        let watches = config.rules.watches.iter();
        let watch_caps = watches.filter_map(|watch| Some((watch.name.clone(), watch.rate?)));
        Ok(Self {
            watch_caps: watch_caps.collect(),
            pushed,
            rules: Arc::clone(&config.rule_set),
            config,
            fetcher,
            channels,
            accesses,
            selectors,
            countries,
        })
    }

    /// How the feed with this address (as the config writes it) is reached.
    #[must_use]
    pub fn access_of(&self, feed: &str) -> Arc<Access> {
        self.accesses.get(feed).cloned().unwrap_or_default()
    }

    /// How a page is reached that these feeds named: as the first of them that is on the page's host.
    #[must_use]
    pub fn access_of_page(&self, feeds: &[String], page: &Url) -> Arc<Access> {
        let mut accesses = feeds.iter().filter_map(|feed| self.accesses.get(feed));
        let own = accesses.find(|access| access.belongs_to(page));
        own.cloned().unwrap_or_default()
    }

    /// True for a configured feed that a WebSub hub may be asked to push, when any may be asked.
    #[must_use]
    pub fn may_be_pushed(&self, feed: &str) -> bool {
        self.pushed.contains(feed)
    }

    /// Where the articles are on the page with this address (as the config writes it).
    #[must_use]
    pub fn selectors_of(&self, feed: &str) -> Option<Arc<PageSelectors>> {
        self.selectors.get(feed).cloned()
    }

    /// The country of a feed, by its address: as the config says, else that of its host's ending.
    #[must_use]
    pub fn country_of(&self, feed: &str) -> Option<&'static str> {
        let named = self.countries.get(feed).copied();
        named.or_else(|| country_of_host(Url::parse(feed).ok()?.host_str()?))
    }

    /// Where an alert goes: what its watch and the routes say, without the channels that do not tell such things.
    #[must_use]
    pub fn route(&self, facts: &RouteFacts<'_>) -> Routed {
        let named = self.config.watch_channels.get(facts.watch);
        let every = self.channels.keys().cloned();
        let named = named.map(Vec::as_slice);
        let mut routed = alert::route(&self.config.routes, facts, named, every);
        routed.channels.retain(|name| self.tells(name, facts.kind));
        routed
    }

    fn tells(&self, channel: &str, kind: AlertKind) -> bool {
        let Some(built) = self.channels.get(channel) else {
            return false;
        };
        match self.config.policies.get(channel) {
            Some(policy) => policy.tells(kind, built.resolves()),
            None => SendPolicy::default().tells(kind, built.resolves()),
        }
    }

    /// What each channel may be sent at `now`.
    #[must_use]
    pub fn send_plans(&self, now: Timestamp) -> Vec<SendPlan> {
        let none = SendPolicy::default();
        let policy = |name: &String| self.config.policies.get(name).unwrap_or(&none);
        let names = self.channels.keys();
        names
            .map(|name| policy(name).plan(name, &self.watch_caps, now))
            .collect()
    }

    /// How fast a channel is sent to.
    #[must_use]
    pub fn pace_of(&self, channel: &str) -> Option<Pace> {
        let named = self.config.policies.get(channel);
        let named = named.and_then(|policy| policy.pace);
        named.or_else(|| Some(self.channels.get(channel)?.pace()?.into()))
    }
}

/// The accesses of the feeds that have one of their own.
fn accesses(
    config: &Config,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<HashMap<String, Arc<Access>>, SetupError> {
    let mut accesses = HashMap::new();
    for feed in &config.feeds {
        let access = fetch::parse_url(&feed.spec.url).and_then(|url| {
            let is_special = !feed.access.is_empty();
            is_special
                .then(|| Access::new(&url, &feed.access, env))
                .transpose()
        });
        let access = access.map_err(|why| SetupError::Feed {
            url: feed.spec.url.clone(),
            why,
        })?;
        accesses.extend(access.map(|access| (feed.spec.url.clone(), Arc::new(access))));
    }
    Ok(accesses)
}
