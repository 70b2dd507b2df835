//! What is special about the requests for one feed: what only its own host may see, and the way there.

mod headers;

use reqwest::header::HeaderMap;
use secrecy::SecretString;
use url::Url;

use super::FetchError;
use super::redirect::same_party;

pub(super) use headers::{basic_auth, custom_header};

/// How one feed, and the pages on its host, are reached. The default is that of a feed without keys
/// of its own.
///
/// What is secret belongs to a *party*: the host and port of the feed. It is sent nowhere else, not
/// after a redirect and not for a page on another host.
#[derive(Debug, Clone, Default)]
pub struct Access {
    party: Option<Url>,
    private: HeaderMap,
}

impl Access {
    /// The access of the feed at `feed`. Credentials in the address count as `user` and `password`.
    ///
    /// # Errors
    /// [`FetchError::Refused`] for a header that cannot be sent.
    pub fn new(feed: &Url, headers: &[(String, SecretString)]) -> Result<Self, FetchError> {
        let mut private = HeaderMap::new();
        if let Some((name, value)) = basic_auth(feed) {
            private.insert(name, value);
        }
        for (name, value) in headers {
            let (name, value) = custom_header(name, value)?;
            private.insert(name, value);
        }
        Ok(Self {
            party: Some(feed.clone()),
            private,
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
}
