//! What went wrong, shaped by what the caller does next.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use crate::model::FailureKind;
use crate::world::{LookupError, causes};

/// Why a fetch gave no body. Messages are for people and carry neither credentials nor query strings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The options cannot work: fix the config.
    #[error("{why}")]
    Setup {
        /// In words.
        why: String,
    },
    /// wirewatch will not do that (URL, redirect or address): trying again changes nothing.
    #[error("{why}")]
    Refused {
        /// In words.
        why: String,
        /// `BlockedAddress`, `BadRedirect` or `Config`.
        kind: FailureKind,
    },
    /// The server answered, but with no body to read.
    #[error("the server answers {code}{}", reason(*.code))]
    Status {
        /// The HTTP status.
        code: u16,
        /// When the server wants to be asked again.
        retry_after: Option<Timestamp>,
        /// What it says besides, if the request wanted to know (`Request::wants_refusal`).
        page: Option<Box<RefusalPage>>,
    },
    /// No answer, or not the whole of it.
    #[error("{why}")]
    Network {
        /// In words.
        why: String,
        /// `Network` or `Tls`.
        kind: FailureKind,
        /// True when the next try may well succeed; false for a bad certificate.
        transient: bool,
    },
    /// The deadline passed.
    #[error("no complete answer within {limit:?}")]
    Timeout {
        /// The deadline.
        limit: Duration,
    },
    /// `robots.txt` asks not to fetch the page, or cannot be asked.
    #[error("{why}")]
    Robots {
        /// In words.
        why: String,
        /// True when the file could not be had: it may allow the page next time.
        transient: bool,
    },
    /// The decoded body passed the cap.
    #[error("the body is longer than {cap} bytes, the `body_bytes_max` of [fetch]")]
    TooLarge {
        /// The cap, in bytes.
        cap: usize,
    },
}

/// The beginning of the page that comes with a refusal: bot checks, logins and consent walls often have
/// another status than 200, and only their text says what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalPage {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// The first bytes of the body, decompressed; as much as came when it broke off.
    pub body: Vec<u8>,
}

fn reason(code: u16) -> String {
    reqwest::StatusCode::from_u16(code)
        .ok()
        .and_then(|status| status.canonical_reason())
        .map_or_else(String::new, |reason| format!(" ({reason})"))
}

impl FetchError {
    /// The HTTP status, when the server answered with one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// When the server wants to be asked again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Timestamp> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The beginning of the page that came with a refusal.
    #[must_use]
    pub fn page(&self) -> Option<&RefusalPage> {
        match self {
            Self::Status { page, .. } => page.as_deref(),
            _ => None,
        }
    }

    /// The same in one word.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        match self {
            Self::Setup { .. } => FailureKind::Config,
            Self::Refused { kind, .. } | Self::Network { kind, .. } => *kind,
            Self::Status {
                code, retry_after, ..
            } => match code {
                401 | 403 | 407 => FailureKind::Forbidden,
                404 => FailureKind::NotFound,
                410 => FailureKind::Gone,
                429 => FailureKind::TooManyRequests,
                503 if retry_after.is_some() => FailureKind::TooManyRequests,
                301..=303 | 307 | 308 => FailureKind::BadRedirect,
                // Answers to what was not asked.
                206 | 226 | 304 => FailureKind::Protocol,
                _ => FailureKind::Status,
            },
            Self::Timeout { .. } => FailureKind::Timeout,
            Self::Robots { .. } => FailureKind::Robots,
            Self::TooLarge { .. } => FailureKind::TooLarge,
        }
    }

    /// True when a later try may well succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Status { code, .. } => matches!(code, 408 | 425 | 429 | 500..=599),
            Self::Network { transient, .. } | Self::Robots { transient, .. } => *transient,
            Self::Timeout { .. } => true,
            Self::Setup { .. } | Self::Refused { .. } | Self::TooLarge { .. } => false,
        }
    }

    pub(super) fn refused(kind: FailureKind, why: impl Into<String>) -> Self {
        let why = why.into();
        Self::Refused { why, kind }
    }

    /// Reads what reqwest has to say: refusals of our own resolver first, then the network's words.
    /// `proxy` is the one that the connection goes through.
    pub(super) fn from_reqwest(
        error: reqwest::Error,
        host: &str,
        proxy: Option<&Url>,
        limit: Duration,
    ) -> Self {
        let connecting = error.is_connect();
        let timed_out = error.is_timeout();
        let reading = error.is_decode() || error.is_body();
        let error = error.without_url();
        let causes = causes(&error);
        for cause in &causes {
            match cause.downcast_ref::<LookupError>() {
                Some(LookupError::Forbidden(why)) => {
                    return Self::refused(FailureKind::BlockedAddress, why.to_string());
                }
                Some(unknown) => {
                    return Self::Network {
                        why: match proxy {
                            Some(proxy) if is_about(unknown, proxy) => {
                                unreachable_proxy(proxy, unknown)
                            }
                            _ => unknown.to_string(),
                        },
                        kind: FailureKind::Network,
                        transient: true,
                    };
                }
                None => {}
            }
        }
        let bad_tls = causes.iter().any(|cause| cause.is::<rustls::Error>());
        let words = causes
            .last()
            .map_or_else(|| error.to_string(), ToString::to_string);
        let why = if let (true, Some(proxy)) = (connecting, proxy) {
            match causes.iter().any(|cause| is_unreached(*cause)) {
                true => unreachable_proxy(proxy, &words),
                false => format!(
                    "cannot connect to {host} through the proxy {}: {words}",
                    name_of(proxy)
                ),
            }
        } else if connecting && timed_out {
            format!("cannot connect to {host} in time")
        } else if connecting {
            format!("cannot connect to {host}: {words}")
        } else if timed_out {
            return Self::Timeout { limit };
        } else if reading {
            format!("the body from {host} broke off or cannot be decompressed: {words}")
        } else {
            format!("the answer from {host} broke off or is no HTTP: {words}")
        };
        let kind = if bad_tls {
            FailureKind::Tls
        } else {
            FailureKind::Network
        };
        Self::Network {
            why,
            kind,
            transient: !bad_tls,
        }
    }
}

/// True for what the system says when nobody is there. What lies behind a proxy is reached by the proxy, whose
/// own words are of another kind.
fn is_unreached(cause: &(dyn std::error::Error + 'static)) -> bool {
    use std::io::ErrorKind;
    let kind = cause
        .downcast_ref::<std::io::Error>()
        .map(std::io::Error::kind);
    matches!(
        kind,
        Some(
            ErrorKind::ConnectionRefused
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::TimedOut
        )
    )
}

fn is_about(lookup: &LookupError, proxy: &Url) -> bool {
    matches!(lookup, LookupError::Unknown { host, .. } if Some(host.as_str()) == proxy.host_str())
}

fn unreachable_proxy(proxy: &Url, why: &dyn std::fmt::Display) -> String {
    format!("the proxy {} cannot be reached: {why}", name_of(proxy))
}

/// The proxy as the config names it, without its login.
fn name_of(proxy: &Url) -> String {
    let host = proxy.host_str().unwrap_or_default();
    let port = proxy
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{host}{port}", proxy.scheme())
}
