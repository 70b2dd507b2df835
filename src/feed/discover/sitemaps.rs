//! Sitemaps: news sites without a feed have one for the search engines (<https://www.sitemaps.org>).

use url::Url;

use crate::feed::markup::{TagKind, Tags};
use crate::feed::{decode, entity};

/// Sitemaps that one document is asked for.
const SITEMAPS_MAX: usize = 1000;
/// Where sitemaps lie when `robots.txt` names none; those of the news first.
const USUAL: [&str; 6] = [
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/sitemap/news.xml",
    "/sitemap.xml",
    "/sitemap_index.xml",
];

/// The sitemaps that a `robots.txt` names, those of the news first.
#[must_use]
pub fn sitemaps_of_robots(text: &str) -> Vec<Url> {
    let named = text.lines().filter_map(|line| {
        let (key, value) = line.trim_start_matches('\u{feff}').split_once(':')?;
        let value = value.split('#').next().unwrap_or_default().trim();
        key.trim().eq_ignore_ascii_case("sitemap").then_some(value)
    });
    ranked(named.filter_map(|address| Url::parse(address).ok()))
}

/// Addresses at which the sitemap of a site may lie.
#[must_use]
pub fn usual_sitemaps(site: &Url) -> Vec<Url> {
    USUAL
        .iter()
        .filter_map(|path| site.join(path).ok())
        .collect()
}

/// The sitemaps that a sitemap index names, those of the news first; none if the document is no index.
#[must_use]
pub fn sitemaps_of_index(document: &[u8]) -> Vec<Url> {
    let document = decode::decode(document, None, None).text;
    let mut tags = Tags::new(&document);
    if !tags.next().is_some_and(|root| root.opens("sitemapindex")) {
        return Vec::new();
    }
    let starts = tags.filter(|tag| tag.kind == TagKind::Start && tag.is("loc"));
    ranked(starts.filter_map(|tag| {
        let text = document[tag.after..].split('<').next().unwrap_or_default();
        Url::parse(entity::decode(text).trim()).ok()
    }))
}

fn ranked(found: impl Iterator<Item = Url>) -> Vec<Url> {
    let mut sitemaps: Vec<Url> = Vec::new();
    for url in found.take(SITEMAPS_MAX) {
        if matches!(url.scheme(), "http" | "https") && !sitemaps.contains(&url) {
            sitemaps.push(url);
        }
    }
    sitemaps.sort_by_key(|url| {
        let path = url.path().to_ascii_lowercase();
        let about = ["news", "latest", "recent", "post", "article"];
        // A compressed file is no document as it comes.
        let packed = path.ends_with(".gz");
        (
            packed,
            about
                .iter()
                .position(|word| path.contains(word))
                .unwrap_or(about.len()),
        )
    });
    sitemaps
}
