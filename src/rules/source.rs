//! Watches, lists, persons and organisations as they are written: the plain form that is compiled.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;

use super::facts::{Facts, country_of_host, period};
use crate::model::{Burst, Cap, Keep, Severity};

/// Everything that is compiled into one [`RuleSet`](super::RuleSet).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleSource {
    /// The watches.
    pub watches: Vec<WatchSource>,
    /// The lists that the watches may name, besides the built-in ones.
    pub lists: Vec<ListSource>,
    /// The persons and organisations that they may name.
    pub named: Vec<NamedSource>,
    /// The day for which regions and groups are taken apart into their members; `None` for the latest
    /// that is known.
    pub day: Option<Date>,
}

/// A watch as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WatchSource {
    /// NAME of `[watch.NAME]`.
    pub name: String,
    /// Title for people; the name where none is given.
    pub title: String,
    /// How much its alerts matter.
    pub severity: Severity,
    /// The `match` expression.
    pub expression: String,
    /// Channels its alerts go to; `None` for all.
    pub channels: Option<Vec<String>>,
    /// Labels, passed on to channels.
    pub labels: BTreeMap<String, String>,
    /// What must have been reported before it speaks; `None` = one article is enough.
    pub burst: Option<Burst>,
    /// How many messages of it a channel may be sent; what is more is told in one.
    pub rate: Option<Cap>,
    /// Whether bursts of it are told; `None` = as `[alert]` says.
    pub bursts: Option<bool>,
    /// How long articles that it hits are kept; `None` = their bodies for ever.
    pub keep: Option<Keep>,
    /// NAME that it had before: its alerts are carried over.
    pub renamed_from: Option<String>,
    /// Tests that were written with it.
    pub tests: Vec<WatchTest>,
}

/// A list as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListSource {
    /// NAME of `[list.NAME]`.
    pub name: String,
    /// Its terms.
    pub terms: Vec<ListTerm>,
    /// Names of lists whose terms are its terms too, with their weights. `builtin:NAME` is the built-in
    /// list even where there is one of the user's with this name.
    pub includes: Vec<String>,
}

/// A person or an organisation as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSource {
    /// Which of the two.
    pub kind: NamedKind,
    /// NAME of `[person.NAME]` or `[org.NAME]`.
    pub name: String,
    /// How it is written, in any script.
    pub names: Vec<String>,
    /// Letters of a word of a name that may be wrong: none, 1 from 4 letters, or 2 from 8.
    pub misspellings: u8,
    /// What must stand near a name for it to count.
    pub context: Option<String>,
    /// How many words off at most.
    pub within: u16,
}

/// What has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NamedKind {
    /// `[person.NAME]`
    Person,
    /// `[org.NAME]`
    Org,
}

impl fmt::Display for NamedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Person => "person",
            Self::Org => "org",
        })
    }
}

/// A term of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListTerm {
    /// A word or phrase, `="exact"`, `=Aa"Cased"`, `pre*`, `~"fuzzy"` or `/regex/`.
    pub text: String,
    /// What it adds to `score($list)`.
    pub weight: f64,
}

/// A test of a watch: `[[watch.NAME.test]]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WatchTest {
    /// Title of the article.
    #[serde(default)]
    pub title: String,
    /// Body of the article; a line `---` alone stands before a further story of the page.
    #[serde(default)]
    pub body: String,
    /// Language of the article; detected where it is not given.
    pub lang: Option<String>,
    /// Address of the article.
    #[serde(default)]
    pub url: String,
    /// Address of the feed that named it.
    #[serde(default)]
    pub feed: String,
    /// Country of the feed; that of its host's ending where it is not given.
    pub feed_country: Option<String>,
    /// Tags of the feed and of the page.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Author.
    pub author: Option<String>,
    /// How long ago it was published: `3h`, `2d`.
    pub age: Option<String>,
    /// What the watch must say.
    pub expect: Expectation,
    /// Texts that must be among the evidence.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// What a test expects of its watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// A hit.
    Match,
    /// No hit.
    NoMatch,
}

impl WatchTest {
    /// What is known of its article besides its text.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let host = url::Url::parse(&self.feed).ok();
        let host = host.as_ref().and_then(url::Url::host_str);
        let country = self.feed_country.clone();
        let country = country.or_else(|| host.and_then(country_of_host).map(str::to_owned));
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        Facts {
            url: self.url.clone(),
            feeds: some(&self.feed).into_iter().collect(),
            feed_countries: country.into_iter().collect(),
            tags: self.tags.clone(),
            authors: self.author.iter().cloned().collect(),
            age_s: self.age.as_deref().and_then(period),
        }
    }
}

impl RuleSource {
    /// Adds what another source holds.
    pub fn extend(&mut self, other: Self) {
        self.watches.extend(other.watches);
        self.lists.extend(other.lists);
        self.named.extend(other.named);
        self.day = self.day.or(other.day);
    }
}
