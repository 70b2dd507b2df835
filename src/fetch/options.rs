//! `[fetch]` of the config.

use std::num::NonZeroUsize;
use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use serde::{Deserialize, Deserializer};

use super::{Manners, Proxy};
use crate::world::{AllowRule, CaCertificates};

/// How wirewatch behaves on the network.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchOptions {
    /// Where the people who are polled can complain; goes into the User-Agent.
    pub contact: Option<String>,
    /// The whole User-Agent, instead of `wirewatch/VERSION (+contact)`.
    pub user_agent: Option<String>,
    /// Requests under way at once, over all hosts.
    pub concurrency: NonZeroUsize,
    /// Least time between the starts of two requests to one host.
    #[serde(with = "compact::required")]
    pub host_delay: Duration,
    /// Requests under way at once to one host.
    pub host_parallel: NonZeroUsize,
    /// Addresses that are not public and may be reached all the same.
    #[serde(deserialize_with = "allow_rules")]
    pub allow: Vec<AllowRule>,
    /// Most bytes of a body, counted after decompression.
    #[serde(deserialize_with = "some_bytes")]
    pub body_bytes_max: usize,
    /// Most time for one fetch: connecting, every redirect, and the whole body. Waiting for one's turn is not counted.
    #[serde(deserialize_with = "some_time")]
    pub deadline: Duration,
    /// Most time for connecting, TLS included.
    #[serde(deserialize_with = "some_time")]
    pub connect_timeout: Duration,
    /// The proxy for everything that is fetched.
    #[serde(deserialize_with = "proxy")]
    pub proxy: Option<Proxy>,
    /// PEM file of authorities that are trusted besides the system's, relative to the config.
    pub ca: Option<String>,
    /// Whether `robots.txt` decides about pages.
    pub respect_robots: bool,
    /// What the file `ca` holds; whoever reads the config fills it in.
    #[serde(skip)]
    pub ca_certificates: Option<CaCertificates>,
}

impl Default for FetchOptions {
    fn default() -> Self {
        const ONE: NonZeroUsize = NonZeroUsize::MIN;
        Self {
            contact: None,
            user_agent: None,
            concurrency: ONE.saturating_add(63),
            host_delay: Duration::from_secs(1),
            host_parallel: ONE,
            allow: Vec::new(),
            body_bytes_max: 8 << 20,
            deadline: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            proxy: None,
            ca: None,
            respect_robots: true,
            ca_certificates: None,
        }
    }
}

impl FetchOptions {
    /// The User-Agent header: product, version, and where to complain (RFC 9110, 10.1.5).
    #[must_use]
    pub fn user_agent(&self) -> String {
        match (&self.user_agent, &self.contact) {
            (Some(whole), _) => whole.clone(),
            (None, Some(contact)) => {
                format!("wirewatch/{} (+{contact})", env!("CARGO_PKG_VERSION"))
            }
            (None, None) => format!("wirewatch/{}", env!("CARGO_PKG_VERSION")),
        }
    }
}

impl FetchOptions {
    /// How hosts are treated of which nothing else is said.
    pub(super) fn manners(&self) -> Manners {
        Manners {
            proxy: self.proxy.clone(),
            ca: self.ca_certificates.clone(),
            respect_robots: Some(self.respect_robots),
            host_delay: Some(self.host_delay),
            host_parallel: Some(self.host_parallel),
        }
    }
}

fn proxy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Proxy>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

/// Nothing could be fetched in no time.
fn some_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let time = compact::required::deserialize(deserializer)?;
    if time.is_zero() {
        return Err(serde::de::Error::custom(
            "must be longer than nothing, or nothing can be fetched",
        ));
    }
    Ok(time)
}

/// Nor without a byte.
fn some_bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let bytes = NonZeroUsize::deserialize(deserializer);
    bytes
        .map(NonZeroUsize::get)
        .map_err(|_| serde::de::Error::custom("must be a number of bytes, 1 at least"))
}

fn allow_rules<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<AllowRule>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let rules = texts.iter().map(|text| text.parse());
    rules
        .collect::<Result<_, _>>()
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_config_skeleton_is_read() {
        let options: FetchOptions = toml::from_str(
            r#"
            contact = "mailto:ops@example.org"
            concurrency = 16
            host_delay = "250ms"
            host_parallel = 2
            allow = ["127.0.0.1:8800", "10.0.0.0/8"]
            deadline = "20s"
            proxy = "socks5://127.0.0.1:9050"
            respect_robots = false
            "#,
        )
        .expect("valid options");
        assert_eq!(options.host_delay, Duration::from_millis(250));
        assert_eq!(options.deadline, Duration::from_secs(20));
        assert_eq!(options.allow.len(), 2);
        assert_eq!(options.body_bytes_max, 8_388_608);
        assert!(options.user_agent().ends_with("(+mailto:ops@example.org)"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused_in_words() {
        for (text, words) in [
            ("allow = [\"10.0.0.0/40\"]", "10.0.0.0/40"),
            ("concurrency = 0", "nonzero"),
            ("host_dely = \"1s\"", "host_delay"),
            ("host_delay = \"-1s\"", "negative"),
            ("deadline = \"0s\"", "longer than nothing"),
            ("body_bytes_max = 0", "1 at least"),
            ("proxy = \"proxy.example:3128\"", "names no proxy"),
        ] {
            let error = toml::from_str::<FetchOptions>(text)
                .expect_err(text)
                .to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
