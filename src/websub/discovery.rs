//! Which hub, and what to ask it for (WebSub, 4).

use url::Url;

use crate::model::FeedLinks;

/// The links of a feed when its HTTP answer had `Link` headers too, given as one relation (lower case) and
/// absolute address each: when they name a hub they go before what the document says (WebSub, 4).
#[must_use]
pub fn prefer_headers<'a>(
    mut links: FeedLinks,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> FeedLinks {
    let mut hubs = Vec::new();
    let mut itself = None;
    for (rel, url) in headers {
        match rel {
            "hub" => hubs.push(url.to_owned()),
            "self" => _ = itself.get_or_insert_with(|| url.to_owned()),
            _ => {}
        }
    }
    if !hubs.is_empty() {
        links.hubs = hubs;
        links.itself = itself.or(links.itself);
    }
    links
}

/// Hubs of one feed that are tried.
const HUBS_MAX: usize = 3;

/// The hubs to subscribe at, one after the other when one refuses: the first few that can be asked over HTTP.
#[must_use]
pub fn hubs_of(links: &FeedLinks) -> Vec<Url> {
    let mut hubs: Vec<Url> = Vec::new();
    for hub in links.hubs.iter().filter_map(|hub| http_url(hub)) {
        if hubs.len() < HUBS_MAX && !hubs.contains(&hub) {
            hubs.push(hub);
        }
    }
    hubs
}

/// `hub.topic`: what the feed calls itself, byte for byte, if that is on the host that is polled; else
/// the polled address. A feed cannot have another host's news pushed under its name.
#[must_use]
pub fn topic_of(links: &FeedLinks, polled: &str) -> String {
    let host = |text: &str| http_url(text).and_then(|url| url.host_str().map(str::to_owned));
    match &links.itself {
        Some(itself) if host(itself).is_some() && host(itself) == host(polled) => itself.clone(),
        _ => polled.to_owned(),
    }
}

fn http_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(itself: &str, hubs: &[&str]) -> FeedLinks {
        FeedLinks {
            itself: (!itself.is_empty()).then(|| itself.to_owned()),
            hubs: hubs.iter().map(ToString::to_string).collect(),
            ..FeedLinks::default()
        }
    }

    #[test]
    fn a_topic_stays_on_the_polled_host() {
        let polled = "https://news.example/rss";
        for (itself, topic) in [
            (
                "https://news.example/feed?x=%7e",
                "https://news.example/feed?x=%7e",
            ),
            ("http://NEWS.example/rss", "http://NEWS.example/rss"),
            ("https://evil.example/rss", polled),
            ("https://sub.news.example/rss", polled),
            ("mailto:desk@news.example", polled),
            ("/rss", polled),
            ("", polled),
        ] {
            assert_eq!(topic_of(&links(itself, &[]), polled), topic, "{itself}");
        }
    }

    #[test]
    fn a_few_hubs_that_speak_http_are_taken() {
        let found = |hubs: &[&str]| {
            let hubs = hubs_of(&links("", hubs));
            hubs.iter().map(Url::to_string).collect::<Vec<_>>()
        };
        let named = ["xmpp:hub.example", "nonsense", "https://hub.example/"];
        assert_eq!(found(&named), ["https://hub.example/"]);
        assert!(found(&["file:///etc/passwd"]).is_empty());
        let many = [
            "http://a/",
            "http://b/",
            "http://a/",
            "http://c/",
            "http://d/",
        ];
        assert_eq!(found(&many), ["http://a/", "http://b/", "http://c/"]);
    }

    #[test]
    fn headers_go_before_the_document_only_when_they_name_a_hub() {
        let document = links("https://a.example/doc", &["https://old.example/"]);
        let headers = [
            ("self", "https://a.example/header"),
            ("hub", "https://new.example/"),
        ];
        let both = prefer_headers(document.clone(), headers);
        assert_eq!(
            both,
            links("https://a.example/header", &["https://new.example/"])
        );
        assert_eq!(prefer_headers(document.clone(), [headers[0]]), document);
        let hub_only = prefer_headers(document, [headers[1]]);
        assert_eq!(
            hub_only,
            links("https://a.example/doc", &["https://new.example/"])
        );
    }
}
