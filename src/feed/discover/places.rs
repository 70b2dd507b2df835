//! Where feeds usually lie.

use url::Url;

/// Paths below the root of a site, the most common first.
const ROOT_PLACES: [&str; 14] = [
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feeds",
    "/feed.json",
    "/feed/",
    "/rss/",
    "/feeds/posts/default",
    "/index.rdf",
    "/rss/news",
    "/?feed=rss2",
];
/// Names below the path of a section, such as `/world`.
const SECTION_PLACES: [&str; 4] = ["feed", "rss", "rss.xml", "index.xml"];

/// Addresses at which the feed of a page or of its site may lie, the most likely first: the rules of
/// well-known hosts, then the page's own section, then the root of the site.
#[must_use]
pub fn usual_places(url: &Url) -> Vec<Url> {
    let mut places = of_known_hosts(url);
    let section = url.path().trim_matches('/');
    let is_section =
        !section.is_empty() && !section.contains('.') && section.split('/').count() <= 3;
    if is_section {
        places.extend(
            SECTION_PLACES
                .iter()
                .map(|name| format!("/{section}/{name}")),
        );
    }
    places.extend(ROOT_PLACES.iter().map(|&place| place.to_owned()));
    let mut found: Vec<Url> = Vec::new();
    for place in places {
        // A section may begin with an empty name; `//x` would be another host.
        let joined = url
            .join(&place)
            .ok()
            .filter(|found| found.host() == url.host() || place.contains("://"));
        if let Some(mut place) = joined
            && !found.contains(&place)
            && place != *url
        {
            place.set_fragment(None);
            found.push(place);
        }
    }
    found
}

/// Feeds of hosts that build their addresses by a rule.
fn of_known_hosts(url: &Url) -> Vec<String> {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let names: Vec<&str> = url
        .path()
        .split('/')
        .filter(|name| !name.is_empty())
        .collect();
    let youtube =
        |key: &str, id: &str| format!("https://www.youtube.com/feeds/videos.xml?{key}={id}");
    match (host, names.as_slice()) {
        ("youtube.com" | "m.youtube.com", ["channel", id, ..]) => vec![youtube("channel_id", id)],
        ("youtube.com" | "m.youtube.com", ["user", name, ..]) => vec![youtube("user", name)],
        ("youtube.com" | "m.youtube.com", ["playlist"]) => {
            let list = url.query_pairs().find(|(key, _)| key == "list");
            list.map(|(_, id)| vec![youtube("playlist_id", &id)])
                .unwrap_or_default()
        }
        ("reddit.com" | "old.reddit.com", [kind @ ("r" | "user" | "u"), name, ..]) => {
            vec![format!("/{kind}/{name}/.rss")]
        }
        ("github.com", [owner, project, ..]) => ["releases", "tags", "commits"]
            .map(|what| format!("/{owner}/{project}/{what}.atom"))
            .to_vec(),
        ("github.com", [owner]) => vec![format!("/{owner}.atom")],
        ("medium.com", [name, ..]) => vec![format!("/feed/{name}")],
        // Mastodon and its kin, on any host.
        (_, [name]) if name.starts_with('@') => vec![format!("/{name}.rss")],
        _ => Vec::new(),
    }
}
