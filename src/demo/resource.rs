//! One thing the site serves, with its validators, and the answer to a request for it.

use axum::body::Bytes;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// What the site answers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 200, 304 or 404.
    pub status: StatusCode,
    /// Media type, validators, caching.
    pub headers: HeaderMap,
    /// Empty with 304.
    pub body: Bytes,
}

/// A page, feed or file of an outlet.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    headers: HeaderMap,
    etag: String,
    last_modified: Timestamp,
    body: Bytes,
}

impl Resource {
    /// A resource with its validators; `max_age_s` becomes `Cache-Control`.
    pub(super) fn new(
        content_type: &str,
        max_age_s: Option<u32>,
        last_modified: Timestamp,
        body: Vec<u8>,
    ) -> Self {
        let etag = format!("\"{}\"", &blake3::hash(&body).to_hex()[..20]);
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            // The canned world writes printable ASCII here; anything else would be left out.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(CONTENT_TYPE, content_type);
        set(ETAG, &etag);
        if let Ok(date) =
            rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&last_modified)
        {
            set(LAST_MODIFIED, &date);
        }
        if let Some(seconds) = max_age_s {
            set(CACHE_CONTROL, &format!("public, max-age={seconds}"));
        }
        Self {
            headers,
            etag,
            last_modified,
            body: Bytes::from(body),
        }
    }

    /// Answers a GET (RFC 9110, 13.2.2: `If-None-Match` wins over `If-Modified-Since`).
    pub(super) fn answer(&self, request: &HeaderMap) -> Answer {
        let header = |name: HeaderName| request.get(name).and_then(|value| value.to_str().ok());
        let unchanged = match (header(IF_NONE_MATCH), header(IF_MODIFIED_SINCE)) {
            (Some(tags), _) => self.is_tagged(tags),
            (None, Some(date)) => self.is_unmodified_since(date),
            (None, None) => false,
        };
        let (status, body) = if unchanged {
            (StatusCode::NOT_MODIFIED, Bytes::new())
        } else {
            (StatusCode::OK, self.body.clone())
        };
        Answer {
            status,
            headers: self.headers.clone(),
            body,
        }
    }

    fn is_tagged(&self, tags: &str) -> bool {
        tags.split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag == self.etag)
    }

    fn is_unmodified_since(&self, date: &str) -> bool {
        rfc2822::DateTimeParser::new()
            .parse_timestamp(date)
            .is_ok_and(|since| self.last_modified.as_second() <= since.as_second())
    }
}

impl Answer {
    /// The answer for a path that no outlet has.
    pub(super) fn not_found() -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        );
        Self {
            status: StatusCode::NOT_FOUND,
            headers,
            body: Bytes::from_static(b"Not found\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(name: HeaderName, value: &str) -> StatusCode {
        let at: Timestamp = "2026-11-22T07:30:00.5Z".parse().unwrap();
        let resource = Resource::new("text/plain", None, at, b"text".to_vec());
        let value = value.replace("TAG", resource.etag.trim_matches('"'));
        let mut request = HeaderMap::new();
        request.insert(name, HeaderValue::from_str(&value).unwrap());
        resource.answer(&request).status
    }

    #[test]
    fn validators_decide_between_200_and_304() {
        for (name, value, expected) in [
            (IF_NONE_MATCH, "\"TAG\"", StatusCode::NOT_MODIFIED),
            (IF_NONE_MATCH, "\"x\", W/\"TAG\"", StatusCode::NOT_MODIFIED),
            (IF_NONE_MATCH, "*", StatusCode::NOT_MODIFIED),
            (IF_NONE_MATCH, "\"other\"", StatusCode::OK),
            (
                IF_MODIFIED_SINCE,
                "Sun, 22 Nov 2026 07:30:00 GMT",
                StatusCode::NOT_MODIFIED,
            ),
            (
                IF_MODIFIED_SINCE,
                "Sun, 22 Nov 2026 07:29:59 GMT",
                StatusCode::OK,
            ),
            (IF_MODIFIED_SINCE, "yesterday", StatusCode::OK),
        ] {
            assert_eq!(status(name.clone(), value), expected, "{name}: {value}");
        }
    }
}
