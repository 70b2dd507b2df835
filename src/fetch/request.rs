//! What is asked for.

use std::sync::Arc;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
use url::Url;

use super::access::basic_auth;
use super::fetcher::BodyLimit;
use super::redirect::{check_scheme, same_party, strip_credentials};
use super::{Access, FetchError};
use crate::model::Validators;
use crate::world::Identity;

/// Which forms of a document the caller can use (RFC 3229, 10.5.3).
const A_IM: HeaderName = HeaderName::from_static("a-im");

/// What kind of document is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// A feed in any format.
    Feed,
    /// A page; the `robots.txt` of its host is asked first.
    Page,
    /// A `robots.txt`.
    Robots,
}

impl Accept {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Feed => {
                "application/atom+xml, application/rss+xml, application/feed+json, \
                 application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
            }
            Self::Page => "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
            Self::Robots => "text/plain, */*;q=0.5",
        })
    }
}

/// One fetch.
#[derive(Debug, Clone)]
pub struct Request {
    /// The address. Credentials in it become an `Authorization` header.
    pub url: Url,
    /// Validators of the body that the caller has; empty ones make the request unconditional.
    pub validators: Validators,
    /// What the config says of the feed that is fetched, or of the feed whose page is.
    pub access: Arc<Access>,
    /// What is wanted.
    pub accept: Accept,
    /// The caller can merge an answer that has the new entries only (RFC 3229, `A-IM: feed`). Asked for
    /// together with an entity tag, which names the document that the answer is to be merged with.
    pub delta: bool,
    /// The page that comes with a refusal is to be looked at ([`FetchError::page`]).
    pub wants_refusal: bool,
}

impl Request {
    /// An unconditional request with nothing special about it.
    #[must_use]
    pub fn new(url: Url, accept: Accept) -> Self {
        Self {
            url,
            validators: Validators::default(),
            access: Arc::default(),
            accept,
            delta: false,
            wants_refusal: false,
        }
    }
}

/// A request made ready for the wire: the address as it is sent, the headers for every party, and
/// those for some only.
pub(super) struct Prepared {
    pub(super) url: Url,
    pub(super) access: Arc<Access>,
    pub(super) conditional: bool,
    pub(super) delta: bool,
    pub(super) wants_refusal: bool,
    pub(super) accept: Accept,
    pub(super) hops_max: usize,
    pub(super) body_limit: BodyLimit,
    headers: HeaderMap,
    /// Credentials that stood in the address.
    login: Option<(HeaderName, HeaderValue)>,
    /// No redirect has led to another party yet.
    at_home: bool,
}

impl Prepared {
    pub(super) fn new(
        request: Request,
        hops_max: usize,
        body_limit: BodyLimit,
    ) -> Result<Self, FetchError> {
        let mut url = request.url;
        check_scheme(&url)?;
        url.set_fragment(None);
        let login = basic_auth(&url);
        strip_credentials(&mut url);
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, request.accept.header());
        let validators = [
            (IF_NONE_MATCH, request.validators.etag),
            (IF_MODIFIED_SINCE, request.validators.last_modified),
        ];
        for (name, value) in validators {
            // What came out of a header goes into one again; bytes from elsewhere are not sent.
            if let Some(value) = value.and_then(|value| HeaderValue::from_bytes(&value).ok()) {
                headers.insert(name, value);
            }
        }
        let conditional = headers.len() > 1;
        let delta = request.delta && headers.contains_key(IF_NONE_MATCH);
        if delta {
            headers.insert(A_IM, HeaderValue::from_static("feed"));
        }
        Ok(Self {
            url,
            access: request.access,
            conditional,
            delta,
            wants_refusal: request.wants_refusal,
            accept: request.accept,
            hops_max,
            body_limit,
            headers,
            login,
            at_home: true,
        })
    }

    /// Goes on to the next hop. Credentials that have been left behind stay there, even when a later hop
    /// leads back: that hop is somebody else's wish.
    pub(super) fn follow(&mut self, to: Url) {
        self.at_home &= same_party(&self.url, &to);
        self.url = to;
    }

    /// The certificate that the party of the present hop may see.
    pub(super) fn identity(&self) -> Option<&Identity> {
        self.access.identity_for(&self.url).filter(|_| self.at_home)
    }

    /// The headers for the present hop.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        if self.at_home {
            headers.extend(self.login.clone());
            let private = self.access.headers_for(&self.url);
            headers.extend(private.cloned().unwrap_or_default());
        }
        headers
    }
}
