//! Addresses of feeds: which spellings are one feed, and how one is shown without its secrets.

use std::borrow::Cow;

use url::Url;

use crate::feed::normal_url;
use crate::fetch::strip_credentials;

/// What all spellings of one feed's address have in common: they may differ in scheme, login, default port,
/// a slash at the end, fragment, tracking parameters, and the case of the host.
pub(super) fn same_feed(url: &Url) -> String {
    let url = without_login(url);
    let normal = normal_url(url.as_str()).unwrap_or_else(|| url.to_string());
    let rest = normal
        .split_once("://")
        .map_or(normal.as_str(), |(_, rest)| rest);
    rest.trim_end_matches('/').to_owned()
}

/// The same of a text as a person writes it: the scheme may be missing, or be `feed:`.
pub(super) fn same_feed_as_written(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = text.strip_prefix("feed:").unwrap_or(text);
    let bare = bare.strip_prefix("//").unwrap_or(bare);
    let whole = if bare.contains("://") {
        Cow::Borrowed(bare)
    } else {
        Cow::Owned(format!("https://{bare}"))
    };
    Url::parse(&whole).ok().map(|url| same_feed(&url))
}

/// An address without user and password: what is stored, listed, logged and sent.
pub(super) fn without_login(url: &Url) -> Url {
    let mut url = url.clone();
    strip_credentials(&mut url);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_feed_are_one() {
        let key = same_feed_as_written("https://x.example/rss");
        assert!(key.is_some());
        for spelling in [
            "http://x.example/rss/",
            "x.example/rss",
            "feed://X.example:443/rss",
            "feed:https://x.example/rss#top",
            " https://u:secret@x.example/rss?utm_source=a ",
        ] {
            assert_eq!(same_feed_as_written(spelling), key, "{spelling}");
        }
        for other in [
            "https://x.example/rss2",
            "https://y.example/rss",
            "https://x.example:8443/rss",
        ] {
            assert_ne!(same_feed_as_written(other), key, "{other}");
        }
    }
}
