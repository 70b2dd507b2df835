//! Times as HTTP headers write them (RFC 9110, 5.6.7 and 10.2.3).

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};

/// Reads an HTTP-date in any of its three forms; `None` when it is none.
#[must_use]
pub fn http_date(value: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(value).ok()?;
    let time: SystemTime = httpdate::parse_http_date(text.trim()).ok()?;
    Timestamp::try_from(time).ok()
}

/// Value of a `Retry-After` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So long from now.
    In(SignedDuration),
    /// At that time.
    At(Timestamp),
}

impl RetryAfter {
    /// Reads either form; `None` when the value is neither.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        if let Some(at) = http_date(value) {
            return Some(Self::At(at));
        }
        let text = std::str::from_utf8(value).ok()?.trim();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        // More digits than fit are still a very long time.
        let seconds = text.parse().unwrap_or(i64::MAX);
        Some(Self::In(SignedDuration::from_secs(seconds)))
    }

    /// The time it names, seen from `now`. May lie in the past.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::In(wait) => now.saturating_add(wait).unwrap_or(Timestamp::MAX),
            Self::At(at) => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(value: &str) -> Option<String> {
        let now = "2026-11-22T07:30:00Z".parse().expect("a time");
        RetryAfter::parse(value.as_bytes()).map(|retry| retry.at(now).to_string())
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        for (value, expected) in [
            ("120", Some("2026-11-22T07:32:00Z")),
            (" 0 ", Some("2026-11-22T07:30:00Z")),
            (
                "Sun, 22 Nov 2026 09:00:00 GMT",
                Some("2026-11-22T09:00:00Z"),
            ),
            (
                "Sunday, 22-Nov-26 09:00:00 GMT",
                Some("2026-11-22T09:00:00Z"),
            ),
            ("Sun Nov 22 09:00:00 2026", Some("2026-11-22T09:00:00Z")),
            (
                "99999999999999999999999",
                Some("9999-12-30T22:00:00.999999999Z"),
            ),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(at(value).as_deref(), expected, "{value}");
        }
    }
}
