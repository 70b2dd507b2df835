//! The tables of a config file as they are written. [`resolve`](super::resolve) makes options of them.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::values::{Kept, Period, Size};
use crate::model::{Cap, FeedKind, Keep, Severity};
use crate::story::Joining;

/// `[store]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreToml {
    /// Database file, relative to the config file.
    pub path: Option<String>,
    /// Backups that are made by themselves.
    pub backups: Option<BackupsToml>,
    /// With less free space no pages are read.
    pub free_bytes_min: Option<Size>,
    /// Where `[keep] bodies` stood; told as a mistake.
    pub keep_bodies: Option<Spanned<IgnoredAny>>,
}

/// `[store] backups`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupsToml {
    /// Where they are, relative to the database.
    pub folder: Spanned<String>,
    /// How often one is made.
    pub every: Option<Spanned<Period>>,
    /// How many are kept.
    pub keep: Option<Spanned<usize>>,
}

/// `[keep]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepToml {
    /// How long bodies of articles without a hit are kept.
    pub bodies: Option<Period>,
    /// How long the pages of articles are kept.
    pub pages: Option<Kept>,
    /// How much of them.
    pub pages_bytes_max: Option<Size>,
    /// How long alerts are kept after they last changed.
    pub alerts: Option<Spanned<Period>>,
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
    /// Least time between two updates for further sources.
    pub update_every: Option<Period>,
    /// A story that has grown by nothing for so long has ended.
    pub ended_after: Option<Period>,
    /// False: many sources and bursts do not raise the severity.
    pub raise: Option<bool>,
    /// False: bursts are not looked for.
    pub bursts: Option<bool>,
    /// A watch tells no second burst within this.
    pub burst_cool_down: Option<Period>,
    /// So long is a new alert held that may tell what another of its watch has told.
    pub settle: Option<Period>,
    /// When an article that is told of is read again, counted from its first reading.
    pub reread: Option<Vec<Spanned<Period>>>,
}

/// `[health]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthToml {
    /// False: feeds are not looked at.
    pub enabled: Option<bool>,
    /// NAMEs of channels; all when it is missing.
    pub channels: Option<Vec<Spanned<String>>>,
    /// A feed whose polls have all failed for this long is in trouble.
    pub failing_after: Option<Spanned<Period>>,
    /// A feed that is silent for so many times its usual silence is in trouble.
    pub silent_factor: Option<Spanned<f64>>,
    /// A feed that was not found (404) for this long is in trouble.
    pub missing_after: Option<Spanned<Period>>,
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

/// `[metrics]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsToml {
    /// Where they are served.
    pub listen: Option<Spanned<String>>,
    /// Whether that may be an address that others reach.
    #[serde(default)]
    pub allow_remote: bool,
    /// File that they are written to.
    pub file: Option<Spanned<String>>,
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
    pub interval: Option<Spanned<Period>>,
    /// Language.
    pub lang: Option<Spanned<String>>,
    /// Country, ISO 3166.
    pub country: Option<Spanned<String>>,
    /// Kind of the address.
    pub kind: Option<Spanned<FeedKind>>,
    /// False: no WebSub hub is asked to push it.
    pub websub: Option<bool>,
    /// How long what it brings is kept.
    pub keep: Option<Keep>,
    /// Address that it had before.
    pub moved_from: Option<Spanned<String>>,
    /// CSS selector of a page's links to articles, or of what holds one link each.
    pub links: Option<Spanned<String>>,
    /// CSS selector of the title inside such an element.
    pub title: Option<Spanned<String>>,
    /// CSS selector of the date inside such an element.
    pub date: Option<Spanned<String>>,
    /// Headers sent with every request to this feed.
    #[serde(default)]
    pub headers: HeadersToml,
    /// User for basic authentication.
    pub user: Option<Spanned<String>>,
    /// His password.
    pub password: Option<Spanned<SecretString>>,
    /// File that holds it.
    pub password_file: Option<Spanned<String>>,
    /// Environment variable that holds it.
    pub password_env: Option<Spanned<String>>,
    /// Bearer token.
    pub bearer: Option<Spanned<SecretString>>,
    /// File that holds it.
    pub bearer_file: Option<Spanned<String>>,
    /// Environment variable that holds it.
    pub bearer_env: Option<Spanned<String>>,
    /// Value of the `Cookie` header.
    pub cookies: Option<Spanned<SecretString>>,
    /// File that holds it.
    pub cookies_file: Option<Spanned<String>>,
    /// Environment variable that holds it.
    pub cookies_env: Option<Spanned<String>>,
    /// PEM file of a client certificate.
    pub client_cert: Option<Spanned<String>>,
    /// PEM file of its key.
    pub client_key: Option<Spanned<String>>,
    /// Proxy, or `direct`.
    pub proxy: Option<Spanned<String>>,
    /// PEM file of authorities that are trusted besides the system's.
    pub ca: Option<Spanned<String>>,
    /// Whether `robots.txt` decides about its pages.
    pub respect_robots: Option<bool>,
    /// Least time between two requests to its host.
    pub host_delay: Option<Period>,
    /// Requests to its host under way at once.
    pub host_parallel: Option<NonZeroUsize>,
}

/// `[[host]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostToml {
    /// Which hosts are meant.
    pub r#match: Spanned<String>,
    /// Headers sent with every request to them.
    #[serde(default)]
    pub headers: HeadersToml,
    /// Proxy, or `direct`.
    pub proxy: Option<Spanned<String>>,
    /// PEM file of authorities that are trusted besides the system's.
    pub ca: Option<Spanned<String>>,
    /// Whether `robots.txt` decides about their pages.
    pub respect_robots: Option<bool>,
    /// Least time between two requests.
    pub host_delay: Option<Period>,
    /// Requests under way at once.
    pub host_parallel: Option<NonZeroUsize>,
}

/// `[extract]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtractToml {
    /// Folder of ftr-site-config files, relative to the config file.
    pub site_rules: Option<Spanned<String>>,
}

/// `[[site]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteToml {
    /// Which hosts are meant.
    pub r#match: Spanned<String>,
    /// CSS selectors of what holds the body; the first that finds text counts.
    pub body: Option<Spanned<OneOrMany>>,
    /// The same of the headline.
    pub title: Option<Spanned<OneOrMany>>,
    /// The same of the date of publication.
    pub date: Option<Spanned<OneOrMany>>,
    /// The same of the authors.
    pub author: Option<Spanned<OneOrMany>>,
    /// CSS selectors of what is left out; all of them count.
    pub remove: Option<Spanned<OneOrMany>>,
    /// CSS selectors of the link to the next page.
    pub next_page: Option<Spanned<OneOrMany>>,
    /// `amp` or `print`: what is read in place of the page.
    pub alternative: Option<Spanned<String>>,
    /// CSS selectors of the link to the version for printing.
    pub print: Option<Spanned<OneOrMany>>,
}

/// A text or a list of texts.
#[derive(Debug)]
pub enum OneOrMany {
    /// A text.
    One(String),
    /// A list of them.
    Many(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrManyVisitor;
        impl<'de> Visitor<'de> for OneOrManyVisitor {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = seq.next_element()? {
                    texts.push(text);
                }
                Ok(OneOrMany::Many(texts))
            }
        }
        deserializer.deserialize_any(OneOrManyVisitor)
    }
}

/// The texts, each with its place.
pub fn texts(value: Option<&Spanned<OneOrMany>>) -> Vec<Spanned<String>> {
    match value.map(|value| (value.get_ref(), value.span())) {
        Some((OneOrMany::One(text), at)) => vec![Spanned::new(at, text.clone())],
        Some((OneOrMany::Many(texts), _)) => texts.clone(),
        None => Vec::new(),
    }
}

/// Names and values of headers.
pub type HeadersToml = BTreeMap<Spanned<String>, Spanned<HeaderToml>>;

/// The value of a header: a text, `{ file = "..." }`, or `{ env = "NAME" }`.
#[derive(Debug)]
pub enum HeaderToml {
    /// The value.
    Text(SecretString),
    /// File that holds it.
    File(String),
    /// Environment variable that holds it.
    Env(String),
}

impl<'de> Deserialize<'de> for HeaderToml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HeaderVisitor;
        impl<'de> Visitor<'de> for HeaderVisitor {
            type Value = HeaderToml;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, { file = \"...\" } or { env = \"NAME\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<HeaderToml, E> {
                Ok(HeaderToml::Text(text.to_owned().into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HeaderToml, A::Error> {
                let place: Option<(String, String)> = map.next_entry()?;
                let more: Option<(String, String)> = map.next_entry()?;
                match (place, more) {
                    (Some((key, file)), None) if key == "file" => Ok(HeaderToml::File(file)),
                    (Some((key, name)), None) if key == "env" => Ok(HeaderToml::Env(name)),
                    _ => Err(de::Error::custom(
                        "the value of a header is a text, { file = \"...\" } or { env = \"NAME\" }",
                    )),
                }
            }
        }
        deserializer.deserialize_any(HeaderVisitor)
    }
}

/// What every `[channel.NAME]` may have besides the keys of its kind.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyToml {
    /// When it is left alone.
    #[serde(default)]
    pub quiet: Option<Spanned<OneOrMany>>,
    /// IANA zone of the quiet hours; the system's when it is missing.
    pub timezone: Option<Spanned<String>>,
    /// Messages it may be sent; what is more is told in one.
    pub rate: Option<Cap>,
    /// How fast it is sent to.
    pub pace: Option<Cap>,
    /// What is said through it.
    pub tell: Option<Vec<Spanned<String>>>,
}

/// `[[route]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteToml {
    /// NAMEs of watches; every one when it is missing.
    #[serde(default)]
    pub watches: Vec<Spanned<String>>,
    /// At least so severe.
    pub severity: Option<Severity>,
    /// Labels of the watch.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Languages of the article.
    #[serde(default)]
    pub langs: Vec<String>,
    /// Tags of the feeds.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Why something is said.
    #[serde(default)]
    pub kinds: Vec<Spanned<String>>,
    /// NAMEs of channels.
    pub channels: Vec<Spanned<String>>,
    /// The routes behind it are looked at too.
    #[serde(default, rename = "continue")]
    pub goes_on: bool,
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
    /// Period after which a digest without stories is sent; never when it is missing.
    pub heartbeat: Option<Spanned<String>>,
    /// Whether near misses are shown; they are when it is missing.
    pub near_misses: Option<bool>,
    /// Stories told in full.
    pub cut: Option<Spanned<i64>>,
}

fn every_watch() -> Vec<Spanned<String>> {
    vec![Spanned::new(0..0, "*".to_owned())]
}
