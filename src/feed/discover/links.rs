//! Feeds that a page links to.

use std::collections::HashSet;

use url::Url;

use super::{FoundFeed, FoundKind, resolved};
use crate::feed::markup::{Tag, Tags};
use crate::feed::normal_url;
use crate::feed::text::{self, Shape};

/// Feeds of one page; a page that names more is a catalogue.
const FOUND_MAX: usize = 200;
/// Bytes of the text of a link that are looked at.
const LINK_TEXT_BYTES_MAX: usize = 1024;

/// Media types of feeds.
const FEED_TYPES: [&str; 5] = [
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/x.atom+xml",
];
/// Media types that feeds have and other documents too.
const VAGUE_TYPES: [&str; 4] = ["application/xml", "text/xml", "application/json", ""];
/// Names that a feed's path ends with.
const FEED_NAMES: [&str; 8] = [
    "feed",
    "feeds",
    "rss",
    "rss2",
    "atom",
    "rdf",
    "feed.json",
    "rss.php",
];
/// Reading services: their links lead to an account there, not to a feed.
const READERS: [&str; 6] = [
    "feedly.com",
    "inoreader.com",
    "netvibes.com",
    "newsblur.com",
    "theoldreader.com",
    "add.my.yahoo.com",
];

/// The feeds that a page names, best first: those in its head, then links that look like feeds.
/// Feeds of comments come last within each.
#[must_use]
pub fn linked_feeds(html: &str, base: &Url) -> Vec<FoundFeed> {
    let mut base = base.clone();
    let mut based = false;
    let mut found: Vec<FoundFeed> = Vec::new();
    let mut open: Option<(Tag<'_>, Url)> = None;
    for tag in Tags::new(html) {
        if found.len() >= FOUND_MAX {
            break;
        }
        if tag.opens("base") && !based {
            let named = tag
                .attribute("href")
                .and_then(|href| resolved(&href, &base));
            based = named.is_some();
            base = named.unwrap_or(base);
        } else if tag.opens("link") {
            found.extend(head_link(&tag, &base));
        } else if tag.is("a") {
            found.extend(
                open.take()
                    .map(|(start, url)| anchor(html, &start, tag.at, url)),
            );
            let href = tag.attribute("href").filter(|_| tag.opens("a"));
            let url = href.and_then(|href| resolved(&href, &base));
            open = url.filter(looks_like_feed).map(|url| (tag, url));
        }
    }
    found.extend(open.map(|(start, url)| anchor(html, &start, html.len(), url)));
    found.sort_by_key(|feed| (feed.kind, is_of_comments(&feed.url)));
    let mut seen = HashSet::new();
    found.retain(|feed| seen.insert(normal_url(feed.url.as_str())));
    found
}

fn head_link(tag: &Tag<'_>, base: &Url) -> Option<FoundFeed> {
    let rel = tag.attribute("rel")?.to_ascii_lowercase();
    let mut rels = rel.split_ascii_whitespace();
    if !rels.any(|rel| matches!(rel, "alternate" | "feed")) || rel.contains("stylesheet") {
        return None;
    }
    let url = resolved(&tag.attribute("href")?, base)?;
    let media_type = tag
        .attribute("type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let is_feed = FEED_TYPES.contains(&media_type)
        || (VAGUE_TYPES.contains(&media_type) && looks_like_feed(&url));
    is_feed.then(|| FoundFeed {
        url,
        title: tag.attribute("title").and_then(|title| plain(&title)),
        kind: FoundKind::Link,
    })
}

fn anchor(html: &str, start: &Tag<'_>, end: usize, url: Url) -> FoundFeed {
    let shown = &html[start.after..end];
    let shown = &shown[..shown.floor_char_boundary(LINK_TEXT_BYTES_MAX)];
    let title = plain(shown).or_else(|| start.attribute("title").and_then(|title| plain(&title)));
    FoundFeed {
        url,
        title,
        kind: FoundKind::Anchor,
    }
}

fn plain(text: &str) -> Option<String> {
    let text = text::html(text, Shape::Line);
    (!text.is_empty()).then_some(text)
}

fn is_of_comments(url: &Url) -> bool {
    url.path().to_ascii_lowercase().contains("comments")
}

/// Whether an address looks like a feed's.
fn looks_like_feed(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    if READERS.iter().any(|reader| host.ends_with(reader)) {
        return false;
    }
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    let is_other_xml = ["sitemap", "opensearch", "browserconfig", "osd"]
        .iter()
        .any(|other| name.contains(other));
    let by_path = FEED_NAMES.contains(&name)
        || matches!(end, "rss" | "atom" | "rdf")
        || (end == "xml" && !is_other_xml);
    let by_query = url.query_pairs().any(|(key, value)| {
        let value = value.to_ascii_lowercase();
        matches!(
            &*key,
            "feed" | "format" | "type" | "output" | "alt" | "_format"
        ) && matches!(&*value, "rss" | "rss2" | "atom" | "feed" | "rdf")
    });
    let by_host = ["feeds.", "feed.", "rss."]
        .iter()
        .any(|start| host.starts_with(start));
    by_path || by_query || (by_host && !path.is_empty())
}
