//! Why a poll or the reading of a page failed.

use serde::{Deserialize, Serialize};

/// Why a poll or the reading of a page failed, in one word that programs can rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The config cannot work as it is.
    Config,
    /// No connection, it broke off, or what came over it is no HTTP.
    Network,
    /// A certificate that is not trusted, or no common TLS.
    Tls,
    /// An answer to what was not asked (304 to a request without a condition).
    Protocol,
    /// No complete answer in time.
    Timeout,
    /// More bytes than allowed, after decompression.
    TooLarge,
    /// Nested deeper than any honest document.
    TooDeep,
    /// An address that wirewatch does not go to.
    BlockedAddress,
    /// A redirect in a loop, without end, without a target, or to what may not be fetched.
    BadRedirect,
    /// 401 or 403, 407: credentials are missing or refused.
    Forbidden,
    /// 404, or a page that says so with another status.
    NotFound,
    /// 410.
    Gone,
    /// 429, or 503 with a wish to be left alone.
    TooManyRequests,
    /// Any other status that is no success.
    Status,
    /// `robots.txt` asks not to fetch it.
    Robots,
    /// Nothing in the body.
    Empty,
    /// XML, JSON or text that is no feed.
    NotAFeed,
    /// A web page where a feed was expected.
    Page,
    /// A page that asks for a password.
    LoginPage,
    /// A page that wants to see a person.
    BotCheck,
    /// Something else than HTML where a page was expected.
    NotHtml,
    /// Consent, captcha or paywall in place of the article.
    SoftBlock,
    /// wirewatch itself failed on the document (a bug; the document is worth a report).
    Crash,
}

impl FailureKind {
    /// The word in JSON, SQL, lists and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Network => "network",
            Self::Tls => "tls",
            Self::Protocol => "protocol",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::TooDeep => "too_deep",
            Self::BlockedAddress => "blocked_address",
            Self::BadRedirect => "bad_redirect",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Gone => "gone",
            Self::TooManyRequests => "too_many_requests",
            Self::Status => "status",
            Self::Robots => "robots",
            Self::Empty => "empty",
            Self::NotAFeed => "not_a_feed",
            Self::Page => "page",
            Self::LoginPage => "login_page",
            Self::BotCheck => "bot_check",
            Self::NotHtml => "not_html",
            Self::SoftBlock => "soft_block",
            Self::Crash => "crash",
        }
    }
}
