//! What came back.

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{
    AGE, CACHE_CONTROL, CONTENT_LOCATION, CONTENT_TYPE, DATE, ETAG, EXPIRES, HeaderMap, HeaderName,
    LAST_MODIFIED, RETRY_AFTER,
};
use url::Url;

use super::{HeaderLink, Held};
use crate::model::{RetryAfter, Validators, http_date};

/// How the answer was made of the document (RFC 3229, 10.5.2).
const IM: HeaderName = HeaderName::from_static("im");

/// How long the server thinks its answer keeps (RFC 9111, 5). What it did not say, or said unreadably, is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freshness {
    /// `max-age` of `Cache-Control`; zero for `no-cache` and `no-store`.
    pub max_age: Option<SignedDuration>,
    /// `Age`: how long the answer has lain in caches.
    pub age: Option<SignedDuration>,
    /// `Expires`.
    pub expires: Option<Timestamp>,
    /// `Date`, the server's clock.
    pub date: Option<Timestamp>,
}

/// An answer: 2xx with its whole body, or 304 without one.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The address that answered, after redirects.
    pub url: Url,
    /// Where the document has moved for good: set when there were redirects and all were 301 or 308.
    pub permanent: Option<Url>,
    /// `ETag` and `Last-Modified`, byte for byte. Those of a 304 replace the caller's one by one; those of a
    /// 200 replace them as a whole (RFC 9111, 4.3.4).
    pub validators: Validators,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Location`.
    pub content_location: Option<String>,
    /// How long it keeps.
    pub freshness: Freshness,
    /// When the server wants to be asked again.
    pub retry_after: Option<Timestamp>,
    /// Links of the `Link` header (RFC 8288).
    pub links: Vec<HeaderLink>,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// The room that it takes up, when the request named one; to be kept for as long as what is made of it.
    pub held: Option<Held>,
}

impl Response {
    /// True for 304: the caller's copy is still good.
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.status == 304
    }

    /// True for 226 (RFC 3229): the body has the entries that are newer than the caller's copy. They are
    /// to be merged; what is absent is not gone. Comes only when the request asked for it.
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.status == 226
    }
}

/// True when the answer was made by leaving out the entries that the caller has.
pub(super) fn says_delta(headers: &HeaderMap) -> bool {
    let values = headers.get_all(IM).iter();
    let texts = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
    let mut made = texts.flat_map(|text| {
        let names = text.split(',').map(|name| name.trim().to_ascii_lowercase());
        names.collect::<Vec<_>>()
    });
    // Another manipulation (a diff, a range) on top of it would have to be undone first.
    made.next().as_deref() == Some("feed") && made.next().is_none()
}

/// `Retry-After`, as a time on wirewatch's clock.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Timestamp> {
    let value = headers.get(RETRY_AFTER)?;
    Some(RetryAfter::parse(value.as_bytes())?.at(now))
}

/// The validators of an answer.
pub(super) fn validators(headers: &HeaderMap) -> Validators {
    let bytes = |name| headers.get(name).map(|value| value.as_bytes().to_vec());
    Validators {
        etag: bytes(ETAG),
        last_modified: bytes(LAST_MODIFIED),
    }
}

/// What the headers say of freshness.
pub(super) fn freshness(headers: &HeaderMap) -> Freshness {
    Freshness {
        max_age: max_age(headers),
        age: text(headers, &AGE).and_then(|age| seconds(&age)),
        expires: headers
            .get(EXPIRES)
            .and_then(|value| http_date(value.as_bytes())),
        date: headers
            .get(DATE)
            .and_then(|value| http_date(value.as_bytes())),
    }
}

fn max_age(headers: &HeaderMap) -> Option<SignedDuration> {
    let mut found = None;
    for value in headers.get_all(CACHE_CONTROL) {
        let value = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        for directive in value.split(',') {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim() {
                "no-cache" | "no-store" => return Some(SignedDuration::ZERO),
                "max-age" => found = found.or(seconds(argument.trim().trim_matches('"'))),
                _ => {}
            }
        }
    }
    found
}

fn seconds(text: &str) -> Option<SignedDuration> {
    text.trim()
        .parse::<u32>()
        .ok()
        .map(|s| SignedDuration::from_secs(s.into()))
}

/// A header as text; bytes that are no UTF-8 are replaced.
pub(super) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// `Content-Type` and `Content-Location`.
pub(super) fn content(headers: &HeaderMap) -> (Option<String>, Option<String>) {
    (
        text(headers, &CONTENT_TYPE),
        text(headers, &CONTENT_LOCATION),
    )
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(pairs: &[(HeaderName, &'static str)]) -> Freshness {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::from_static(value));
        }
        freshness(&headers)
    }

    fn secs(seconds: i64) -> Option<SignedDuration> {
        Some(SignedDuration::from_secs(seconds))
    }

    #[test]
    fn freshness_is_read_as_caches_read_it() {
        for (value, max_age) in [
            ("max-age=600", secs(600)),
            ("public, Max-Age=\"600\", s-maxage=9", secs(600)),
            ("max-age=600, no-cache", secs(0)),
            ("no-store", secs(0)),
            ("max-age=soon", None),
            ("private", None),
            ("max-age=-1", None),
        ] {
            assert_eq!(read(&[(CACHE_CONTROL, value)]).max_age, max_age, "{value}");
        }
        let expiry = read(&[
            (EXPIRES, "Sun, 22 Nov 2026 09:00:00 GMT"),
            (DATE, "Sun, 22 Nov 2026 08:00:00 GMT"),
            (AGE, "30"),
        ]);
        assert_eq!(expiry.expires, "2026-11-22T09:00:00Z".parse().ok());
        assert_eq!(expiry.date, "2026-11-22T08:00:00Z".parse().ok());
        assert_eq!(expiry.age, secs(30));
        assert_eq!(read(&[(EXPIRES, "0")]), Freshness::default());
    }
}
