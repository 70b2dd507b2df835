//! After a gap: the older pages of a feed (RFC 5005), until something known is met.

use std::collections::HashSet;

use jiff::SignedDuration;
use url::Url;

use super::{Moment, request};
use crate::fetch;
use crate::model::{FeedLinks, ParsedEntry};
use crate::pipeline::{Pipeline, Setup};
use crate::store::StoreError;

/// No gap is worth more requests than this.
const PAGES_MAX: usize = 10;

/// Nor more time: the lease of the poll holds for two minutes.
const TIME_MAX: SignedDuration = SignedDuration::from_secs(45);

/// What lies between the document and what is known.
#[derive(Default)]
pub(super) struct Gap {
    /// Entries that were passed unseen, newest page first.
    pub(super) entries: Vec<ParsedEntry>,
    /// True when something known was met, so that nothing is missing.
    pub(super) is_closed: bool,
}

/// Follows `next` or `prev-archive` from page to page, on the host of the first one only.
pub(super) async fn follow(
    pipeline: &Pipeline,
    setup: &Setup,
    moment: &Moment<'_>,
    document: &Url,
    links: &FeedLinks,
) -> Result<Gap, StoreError> {
    let feed = moment.feed;
    let host = fetch::host_key(document);
    let begun = moment.times.now;
    let mut gap = Gap::default();
    let mut seen = HashSet::from([document.clone()]);
    let mut next = older(links);
    for _ in 0..PAGES_MAX {
        let late = pipeline.world.clock.now().duration_since(begun) > TIME_MAX;
        let Some(url) = next.filter(|url| fetch::host_key(url) == host && !late) else {
            break;
        };
        if !seen.insert(url.clone()) {
            break;
        }
        let page = match setup.fetcher.get(request::of_page(setup, feed, url)).await {
            Ok(response) if fetch::host_key(&response.url) == host => {
                request::parse(pipeline, setup, feed, response).await
            }
            Ok(_) => break,
            Err(error) => Err(error.into()),
        };
        let page = match page {
            Ok(page) => page,
            Err(failure) => {
                tracing::debug!(feed_id = %feed.id, "an older page of {}: {}", feed.spec.url, failure.why);
                break;
            }
        };
        next = older(&page.links);
        let keys = page.entries.iter().map(|entry| entry.key.clone()).collect();
        let known = pipeline.store.known_keys(feed.id, keys).await?;
        gap.is_closed = known.contains(&true);
        gap.entries.extend(unseen(moment, page.entries, &known));
        if gap.is_closed {
            break;
        }
    }
    Ok(gap)
}

fn older(links: &FeedLinks) -> Option<Url> {
    let link = links.next.as_deref().or(links.prev_archive.as_deref())?;
    fetch::parse_url(link).ok()
}

/// The entries of a page that came after the last poll. Below the first known one lies what was there before
/// the feed was first polled, and is nobody's news.
fn unseen(moment: &Moment<'_>, entries: Vec<ParsedEntry>, known: &[bool]) -> Vec<ParsedEntry> {
    let last_poll = moment.feed.last_success_at;
    let first_known = known.iter().position(|&known| known);
    let is_after = |entry: &ParsedEntry| entry.published.is_some() && entry.published >= last_poll;
    let numbered = entries.into_iter().enumerate();
    numbered
        .filter(|(index, entry)| first_known.is_none_or(|known| *index < known) || is_after(entry))
        .map(|(_, entry)| entry)
        .collect()
}
