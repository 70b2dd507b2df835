//! What is asked for.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::FetchError;
use super::redirect::{check_scheme, strip_credentials};
use crate::model::{FailureKind, Validators};

/// What kind of document is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// A feed in any format.
    Feed,
    /// A page.
    Page,
}

impl Accept {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Feed => {
                "application/atom+xml, application/rss+xml, application/feed+json, \
                 application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
            }
            Self::Page => "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5",
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
    /// Further headers as the config gives them, name and value. They stay with their host.
    pub headers: Vec<(String, SecretString)>,
    /// What is wanted.
    pub accept: Accept,
}

impl Request {
    /// An unconditional request without further headers.
    #[must_use]
    pub fn new(url: Url, accept: Accept) -> Self {
        Self {
            url,
            validators: Validators::default(),
            headers: Vec::new(),
            accept,
        }
    }
}

/// Headers that describe the connection or the answer's framing; a config that sets one of them breaks the fetch.
const NOT_TO_BE_SET: [&str; 5] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
];

/// A request made ready for the wire: the address as it is sent, the headers for every party, and
/// those for the first one only.
pub(super) struct Prepared {
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) private: HeaderMap,
    pub(super) conditional: bool,
}

impl Prepared {
    pub(super) fn new(request: Request) -> Result<Self, FetchError> {
        let mut url = request.url;
        check_scheme(&url)?;
        url.set_fragment(None);
        let mut private = HeaderMap::new();
        if let Some(value) = basic_auth(&url) {
            private.insert(AUTHORIZATION, value);
        }
        strip_credentials(&mut url);
        for (name, value) in &request.headers {
            let (name, value) = custom_header(name, value)?;
            private.insert(name, value);
        }
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
        Ok(Self {
            url,
            headers,
            private,
            conditional,
        })
    }
}

/// Credentials of the URL as an `Authorization` header (RFC 7617).
fn basic_auth(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let plain = |text: &str| percent_decoded(text);
    let mut pair = plain(url.username());
    pair.push(b':');
    pair.extend(plain(url.password().unwrap_or_default()));
    let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Undoes percent-encoding: a URL writes `p@ss` as `p%40ss`.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, decoded) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    bytes
}

fn custom_header(
    name: &str,
    value: &SecretString,
) -> Result<(HeaderName, HeaderValue), FetchError> {
    if NOT_TO_BE_SET
        .iter()
        .any(|taken| taken.eq_ignore_ascii_case(name))
    {
        return Err(FetchError::refused(
            FailureKind::Config,
            format!("the header `{name}` cannot be set"),
        ));
    }
    let header = HeaderName::try_from(name).map_err(|_| {
        FetchError::refused(
            FailureKind::Config,
            format!("`{name}` is not the name of a header"),
        )
    })?;
    let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| {
        FetchError::refused(
            FailureKind::Config,
            format!("the value of the header `{name}` has control characters"),
        )
    })?;
    value.set_sensitive(true);
    Ok((header, value))
}
