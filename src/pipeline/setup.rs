//! A config made ready for work: the rule set compiled, the channels built, the client configured.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;

use crate::channel::{Channel, ChannelError, Surroundings};
use crate::config::Config;
use crate::fetch::{FetchError, Fetcher};
use crate::rules::RuleSet;
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
    /// Secret headers by feed address.
    pub headers: HashMap<String, Vec<(String, SecretString)>>,
    /// Addresses of the feeds that a WebSub hub may be asked to push.
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
        let fetcher = Fetcher::new(config.fetch.clone(), world.clone())?;
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
        let headers = config
            .feeds
            .iter()
            .filter(|feed| !feed.headers.is_empty())
            .map(|feed| (feed.spec.url.clone(), feed.headers.clone()))
            .collect();
        let may_be_pushed = config.feeds.iter().filter(|feed| feed.websub);
        let pushed = may_be_pushed.map(|feed| feed.spec.url.clone()).collect();
        Ok(Self {
            pushed,
            rules: Arc::clone(&config.rule_set),
            config,
            fetcher,
            channels,
            headers,
        })
    }

    /// True for a configured feed that a WebSub hub may be asked to push.
    #[must_use]
    pub fn may_be_pushed(&self, feed_url: &str) -> bool {
        self.pushed.contains(feed_url)
    }

    /// NAMEs of the channels that a watch goes to.
    #[must_use]
    pub fn channels_of(&self, watch: &str) -> Vec<String> {
        match self.config.watch_channels.get(watch) {
            Some(named) => named.clone(),
            None => self.channels.keys().cloned().collect(),
        }
    }
}
