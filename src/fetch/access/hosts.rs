//! `[[host]]` of the config: manners and headers for hosts, whoever names them.

use std::str::FromStr;

use reqwest::header::HeaderMap;
use url::{Host, Url};

use super::{Manners, Secrets, header_map};
use crate::fetch::FetchError;
use crate::world::Secret;

/// `match` of a `[[host]]`: which hosts are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    /// Lower case, without a dot at its end; without the `*` of a wildcard.
    host: String,
    /// True for `*.example.org`: every name below it.
    below: bool,
    port: Option<u16>,
}

/// A text that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no host; write \"example.org\", \"*.example.org\" (every name below it), or \"127.0.0.1:8800\""
)]
pub struct HostPatternError(String);

impl FromStr for HostPattern {
    type Err = HostPatternError;

    fn from_str(text: &str) -> Result<Self, HostPatternError> {
        let bad = || HostPatternError(text.to_owned());
        let (below, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        // `[::1]` has colons of its own.
        let colon = rest
            .rfind(':')
            .filter(|colon| !rest[*colon..].contains(']'));
        let (host, port) = match colon {
            Some(colon) => (&rest[..colon], Some(&rest[colon + 1..])),
            None => (rest, None),
        };
        let port = port.map(str::parse).transpose().map_err(|_| bad())?;
        let host = match Host::parse(host).map_err(|_| bad())? {
            Host::Domain(name) => without_dot(&name).to_owned(),
            _ if below => return Err(bad()),
            address => address.to_string(),
        };
        if host.is_empty() || host.contains(['*', '/']) {
            return Err(bad());
        }
        Ok(Self { host, below, port })
    }
}

impl HostPattern {
    /// True when `url` is on one of the hosts.
    #[must_use]
    pub fn matches(&self, url: &Url) -> bool {
        if self.port.is_some() && self.port != url.port_or_known_default() {
            return false;
        }
        let host = without_dot(url.host_str().unwrap_or_default());
        if !self.below {
            return host == self.host;
        }
        let above = host.strip_suffix(&self.host);
        above.is_some_and(|above| above.ends_with('.') && above.len() > 1)
    }

    /// Of two patterns for one host, the one with the greater figure says more.
    #[must_use]
    pub fn precision(&self) -> (bool, usize, bool) {
        (!self.below, self.host.len(), self.port.is_some())
    }
}

fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

/// A `[[host]]` table, its files read.
#[derive(Debug, Clone)]
pub struct HostOptions {
    /// Which hosts.
    pub pattern: HostPattern,
    /// Headers for every request to them.
    pub headers: Vec<(String, Secret)>,
    /// How they are treated.
    pub manners: Manners,
}

/// All `[[host]]` tables, ready for use. The default has none.
#[derive(Debug, Clone, Default)]
pub struct HostRules(Vec<HostRule>);

#[derive(Debug, Clone)]
struct HostRule {
    pattern: HostPattern,
    headers: HeaderMap,
    manners: Manners,
}

impl HostRules {
    /// Takes the secrets out of the environment, which `env` reads.
    ///
    /// # Errors
    /// [`FetchError::Setup`] when a secret is missing, [`FetchError::Refused`] for a header that cannot be sent.
    pub fn new(options: &[HostOptions], env: Secrets<'_>) -> Result<Self, FetchError> {
        let mut rules = Vec::with_capacity(options.len());
        for host in options {
            rules.push(HostRule {
                pattern: host.pattern.clone(),
                headers: header_map(&host.headers, env)?,
                manners: host.manners.clone(),
            });
        }
        // A stable sort: of two that say as much, the first in the file wins.
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.pattern.precision()));
        Ok(Self(rules))
    }

    fn of<'a>(&'a self, url: &'a Url) -> impl DoubleEndedIterator<Item = &'a HostRule> {
        self.0.iter().filter(|rule| rule.pattern.matches(url))
    }

    /// How the host of `url` is treated: what the most precise pattern says, then the next.
    pub(in crate::fetch) fn manners(&self, url: &Url) -> Manners {
        let manners = self.of(url).map(|rule| &rule.manners);
        manners.fold(Manners::default(), |narrow, wide| narrow.or(wide))
    }

    /// Headers for requests to the host of `url`.
    pub(in crate::fetch) fn headers(&self, url: &Url) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for rule in self.of(url).rev() {
            headers.extend(rule.headers.clone());
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn patterns_name_a_host_or_all_below_it() {
        for (pattern, address, expected) in [
            ("example.org", "https://example.org/x", true),
            ("Example.org.", "https://EXAMPLE.org:8443/", true),
            ("example.org", "https://www.example.org/", false),
            ("*.example.org", "https://www.example.org./", true),
            ("*.example.org", "https://a.b.example.org/", true),
            ("*.example.org", "https://example.org/", false),
            ("*.example.org", "https://badexample.org/", false),
            ("example.org:8443", "https://example.org:8443/", true),
            ("example.org:443", "https://example.org/", true),
            ("example.org:8443", "https://example.org/", false),
            ("127.0.0.1:8800", "http://127.0.0.1:8800/", true),
            ("127.0.0.1:8800", "http://127.0.0.1:8801/", false),
            ("127.1", "http://127.0.0.1/", true),
            ("[::1]:8800", "http://[::1]:8800/", true),
            ("[::1]", "http://[::1]/", true),
            ("новости.рф", "https://новости.рф/", true),
        ] {
            let read: HostPattern = pattern.parse().expect(pattern);
            assert_eq!(read.matches(&url(address)), expected, "{pattern} {address}");
        }
        for wrong in [
            "",
            "*",
            "*.",
            "*.127.0.0.1",
            "a b",
            "https://a.example/",
            "a:b",
            "x.*.org",
        ] {
            assert!(wrong.parse::<HostPattern>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_most_precise_pattern_wins_key_by_key() {
        let options = |pattern: &str, seconds: Option<u64>, robots: Option<bool>| HostOptions {
            pattern: pattern.parse().expect(pattern),
            headers: vec![(
                "X-From".to_owned(),
                Secret::Known(pattern.to_owned().into()),
            )],
            manners: Manners {
                host_delay: seconds.map(Duration::from_secs),
                respect_robots: robots,
                ..Manners::default()
            },
        };
        let hosts = [
            options("*.example.org", Some(1), Some(false)),
            options("www.example.org", Some(3), None),
            options("*.www.example.org", Some(9), Some(true)),
        ];
        let rules = HostRules::new(&hosts, &|_| None).expect("rules");
        let www = url("https://www.example.org/");
        let manners = rules.manners(&www);
        assert_eq!(manners.host_delay, Some(Duration::from_secs(3)));
        assert_eq!(manners.respect_robots, Some(false));
        assert_eq!(rules.headers(&www)["x-from"], "www.example.org");
        assert_eq!(
            rules.manners(&url("https://example.org/")),
            Manners::default()
        );
    }
}
