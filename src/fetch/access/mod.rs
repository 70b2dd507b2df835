//! What is special about the requests for one feed or one host: what only that host may see, the way
//! there, and how it is treated.

mod headers;
mod hosts;
mod proxy;

use std::num::NonZeroUsize;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::FetchError;
use super::redirect::same_party;
use crate::model::FailureKind;
use crate::world::{CaCertificates, Identity, Secret};

pub(super) use headers::basic_auth;
use headers::{basic, custom_header};
pub use headers::{is_reserved_header, login_of};
pub use hosts::{HostOptions, HostPattern, HostPatternError, HostRules};
pub use proxy::{Proxy, ProxyError};

/// Reads a variable of the environment, for secrets that are kept there: rooms do not read it themselves.
pub type Secrets<'a> = &'a dyn Fn(&str) -> Option<String>;

/// How a host is treated and reached: what can be set for one feed, for some hosts, and for all. The
/// narrower one wins, key by key; `None` leaves it to the wider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manners {
    /// The proxy.
    pub proxy: Option<Proxy>,
    /// Authorities that are trusted besides the system's.
    pub ca: Option<CaCertificates>,
    /// Whether `robots.txt` decides about pages.
    pub respect_robots: Option<bool>,
    /// Least time between the starts of two requests.
    pub host_delay: Option<Duration>,
    /// Requests under way at once.
    pub host_parallel: Option<NonZeroUsize>,
}

impl Manners {
    /// These, and what `wider` says of the rest.
    #[must_use]
    pub fn or(self, wider: &Self) -> Self {
        Self {
            proxy: self.proxy.or_else(|| wider.proxy.clone()),
            ca: self.ca.or_else(|| wider.ca.clone()),
            respect_robots: self.respect_robots.or(wider.respect_robots),
            host_delay: self.host_delay.or(wider.host_delay),
            host_parallel: self.host_parallel.or(wider.host_parallel),
        }
    }
}

/// The keys of a `[[feed]]` that say how it is reached; its files are read, the environment is not yet.
#[derive(Debug, Clone, Default)]
pub struct AccessOptions {
    /// Further headers.
    pub headers: Vec<(String, Secret)>,
    /// User and password for `Authorization: Basic` (RFC 7617).
    pub login: Option<(String, Secret)>,
    /// Token for `Authorization: Bearer` (RFC 6750).
    pub bearer: Option<Secret>,
    /// The `Cookie` header, as a browser shows it. Cookies that a server sets are not kept.
    pub cookies: Option<Secret>,
    /// Client certificate.
    pub identity: Option<Identity>,
    /// The rest.
    pub manners: Manners,
}

impl AccessOptions {
    /// True when nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self {
            headers,
            login,
            bearer,
            cookies,
            identity,
            manners,
        } = self;
        let no_secret = headers.is_empty()
            && login.is_none()
            && bearer.is_none()
            && cookies.is_none()
            && identity.is_none();
        no_secret && *manners == Manners::default()
    }
}

/// How one feed, and the pages on its host, are reached. The default is that of a feed without keys
/// of its own.
///
/// What is secret belongs to a *party*: the host and port of the feed. It is sent nowhere else, not
/// after a redirect and not for a page on another host.
#[derive(Debug, Clone, Default)]
pub struct Access {
    party: Option<Url>,
    private: HeaderMap,
    identity: Option<Identity>,
    manners: Manners,
}

impl Access {
    /// The access of the feed at `feed`. Credentials in the address count as user and password.
    ///
    /// # Errors
    /// [`FetchError::Setup`] when a secret is missing, [`FetchError::Refused`] for a header that cannot be sent.
    pub fn new(feed: &Url, options: &AccessOptions, env: Secrets<'_>) -> Result<Self, FetchError> {
        let mut private = HeaderMap::new();
        private.extend(basic_auth(feed));
        if let Some((user, password)) = &options.login {
            let password = reveal(password, env)?;
            let value = basic(user.as_bytes(), password.expose_secret().as_bytes());
            private.extend(value.map(|value| (AUTHORIZATION, value)));
        }
        if let Some(token) = &options.bearer {
            let token = reveal(token, env)?;
            let value = format!("Bearer {}", token.expose_secret());
            private.insert(AUTHORIZATION, sensitive("bearer", &value)?);
        }
        if let Some(cookies) = &options.cookies {
            let cookies = reveal(cookies, env)?;
            private.insert(COOKIE, sensitive("cookies", cookies.expose_secret())?);
        }
        private.extend(header_map(&options.headers, env)?);
        Ok(Self {
            party: Some(feed.clone()),
            private,
            identity: options.identity.clone(),
            manners: options.manners.clone(),
        })
    }

    /// True when `url` is on the host and port that the secrets belong to.
    #[must_use]
    pub fn belongs_to(&self, url: &Url) -> bool {
        self.party
            .as_ref()
            .is_some_and(|party| same_party(party, url))
    }

    /// The headers that `url` may see.
    pub(super) fn headers_for(&self, url: &Url) -> Option<&HeaderMap> {
        self.belongs_to(url).then_some(&self.private)
    }

    /// The certificate that `url` may see.
    pub(super) fn identity_for(&self, url: &Url) -> Option<&Identity> {
        self.identity.as_ref().filter(|_| self.belongs_to(url))
    }

    /// How `url` is treated. The way there is that of the whole fetch, wherever a redirect leads: who sends
    /// a feed through a proxy does not want to be seen on the last mile.
    pub(super) fn manners_for(&self, url: &Url) -> Manners {
        if self.belongs_to(url) {
            return self.manners.clone();
        }
        Manners {
            proxy: self.manners.proxy.clone(),
            ca: self.manners.ca.clone(),
            ..Manners::default()
        }
    }
}

fn reveal(secret: &Secret, env: Secrets<'_>) -> Result<SecretString, FetchError> {
    secret.text(env).map_err(|error| FetchError::Setup {
        why: error.to_string(),
    })
}

/// Headers as the config names them.
fn header_map(headers: &[(String, Secret)], env: Secrets<'_>) -> Result<HeaderMap, FetchError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let (name, value) = custom_header(name, &reveal(value, env)?)?;
        map.insert(name, value);
    }
    Ok(map)
}

fn sensitive(key: &str, value: &str) -> Result<HeaderValue, FetchError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        FetchError::refused(
            FailureKind::Config,
            format!("`{key}` has control characters"),
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}
