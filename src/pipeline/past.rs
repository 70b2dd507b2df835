//! Articles of the past as `judge` would have seen them, for commands that only look and write nothing.

use std::collections::HashMap;

use url::Url;

use super::judge::{facts_with, input_of};
use crate::config::Config;
use crate::model::ReadArticle;
use crate::rules::{DocumentInput, country_of_host};

/// What is known of articles besides what the store has: the countries of their feeds.
#[derive(Debug, Clone, Default)]
pub struct Past {
    countries: HashMap<String, &'static str>,
}

impl Past {
    /// As a config says. Unlike [`super::Setup`] it needs no secrets.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let feeds = config.feeds.iter();
        let countries = feeds.filter_map(|feed| Some((feed.spec.url.clone(), feed.country?)));
        Self {
            countries: countries.collect(),
        }
    }

    /// A stored article as it is judged; what is known besides its text counts as of the time when it was first seen,
    /// as [`super::backfill`] takes it.
    #[must_use]
    pub fn input_of(&self, article: &ReadArticle) -> DocumentInput {
        let age = article.first_seen.duration_since(article.dated_at);
        let country = |feed: &str| {
            let named = self.countries.get(feed).copied();
            named.or_else(|| country_of_host(Url::parse(feed).ok()?.host_str()?))
        };
        input_of(article, facts_with(country, article, age))
    }
}
