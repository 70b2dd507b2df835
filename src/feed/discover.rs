//! Where the feeds of a site are: what its pages name, where feeds usually lie, which sitemaps it has.
//!
//! Gives addresses to look at, best first; whether there is a feed behind one, only fetching tells.

mod links;
mod page_list;
mod places;
mod sitemaps;
#[cfg(test)]
mod tests;

use url::Url;

pub use links::linked_feeds;
pub use page_list::{LinkList, guess_links};
pub use places::usual_places;
pub use sitemaps::{sitemaps_of_index, sitemaps_of_robots, usual_sitemaps};

/// How a page names a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundKind {
    /// `<link rel="alternate">` with the type of a feed: the site says so.
    Link,
    /// `<a>` to an address that looks like a feed's: often one, sometimes a page about feeds.
    Anchor,
}

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFeed {
    /// Absolute address, `http` or `https`.
    pub url: Url,
    /// What the page calls it, plain text on one line.
    pub title: Option<String>,
    /// How the page names it.
    pub kind: FoundKind,
}

/// An address as a page writes it, made absolute; `None` if it cannot be fetched.
fn resolved(address: &str, base: &Url) -> Option<Url> {
    let address = address.trim();
    // `feed:https://…` and `feed://…` are how browsers once handed feeds to readers.
    let address = match address.get(..5) {
        Some(start) if start.eq_ignore_ascii_case("feed:") => {
            let rest = &address[5..];
            rest.strip_prefix("//")
                .map_or_else(|| rest.to_owned(), |rest| format!("http://{rest}"))
        }
        _ => address.to_owned(),
    };
    let mut url = base.join(&address).ok()?;
    url.set_fragment(None);
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}
