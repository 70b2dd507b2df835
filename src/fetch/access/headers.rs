//! Headers that the config adds to requests.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::fetch::FetchError;
use crate::model::FailureKind;
use crate::world::Secret;

/// Headers that describe the connection or the answer's framing; a config that sets one of them breaks the fetch.
const NOT_TO_BE_SET: [&str; 5] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
];

/// True for a header that is the connection's own and cannot be set by a config.
#[must_use]
pub fn is_reserved_header(name: &str) -> bool {
    NOT_TO_BE_SET
        .iter()
        .any(|taken| taken.eq_ignore_ascii_case(name))
}

/// User and password of an address, decoded; `None` when it has neither.
#[must_use]
pub fn login_of(url: &Url) -> Option<(String, Secret)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text| String::from_utf8_lossy(&percent_decoded(text)).into_owned();
    let password = decoded(url.password().unwrap_or_default());
    Some((decoded(url.username()), Secret::Known(password.into())))
}

/// Credentials of the URL as an `Authorization` header (RFC 7617).
pub(in crate::fetch) fn basic_auth(url: &Url) -> Option<(HeaderName, HeaderValue)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let user = percent_decoded(url.username());
    let password = percent_decoded(url.password().unwrap_or_default());
    Some((AUTHORIZATION, basic(&user, &password)?))
}

/// The value of `Authorization: Basic` (RFC 7617).
pub(super) fn basic(user: &[u8], password: &[u8]) -> Option<HeaderValue> {
    let pair = [user, b":", password].concat();
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

/// A header as the config names it.
pub(in crate::fetch) fn custom_header(
    name: &str,
    value: &SecretString,
) -> Result<(HeaderName, HeaderValue), FetchError> {
    if is_reserved_header(name) {
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
