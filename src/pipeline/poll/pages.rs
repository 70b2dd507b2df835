//! After a gap: the older pages of a feed (RFC 5005), until something known is met.
//!
//! A page that cannot be read leaves the gap open ([`OpenGap`]): later polls go on from it, whatever they
//! bring themselves. Possible loss is told when a gap is given up.

use std::cmp::Reverse;
use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Failure, Moment, entries, request};
use crate::fetch;
use crate::model::{FailureKind, FeedLinks, OpenGap, ParsedEntry, ParsedFeed};
use crate::pipeline::{Pipeline, Setup};
use crate::schedule;
use crate::store::StoreError;

/// No gap is worth more requests than this, over all polls that read it.
const PAGES_MAX: u32 = 10;

/// Nor more time in one poll: its lease holds for two minutes.
const TIME_MAX: SignedDuration = SignedDuration::from_secs(45);

/// Polls that may end at a page that cannot be read; after that the gap is given up.
const TRIES_MAX: u32 = 3;

/// Follows `next` or `prev-archive` from page to page, for a document of which nothing is known.
pub(super) async fn follow(
    walker: Walker<'_>,
    moment: &mut Moment<'_>,
    links: &FeedLinks,
    may_lose: bool,
) -> Result<(), StoreError> {
    let now = moment.times.now;
    let before = moment.state.gap.take();
    let fresh = OpenGap {
        page: String::new(),
        tries: 0,
        pages: 0,
        after: moment.feed.last_success_at.unwrap_or(now),
        found_at: now,
        may_lose,
    };
    let walked = walker.walk(moment, &fresh, older(links), None).await?;
    // Below a gap that joins one that is open already lies that one: the page of the newer leads to both.
    let gap = match (&walked.end, before) {
        (End::Stopped(_), Some(before)) => OpenGap {
            may_lose: may_lose || before.may_lose,
            ..before
        },
        (_, before) => {
            moment.state.gap = before;
            fresh
        }
    };
    settle(walker.setup, moment, gap, walked);
    Ok(())
}

/// Goes on with a gap that an earlier poll left open; costs nothing when there is none.
pub(super) async fn resume(walker: Walker<'_>, moment: &mut Moment<'_>) -> Result<(), StoreError> {
    let Some(gap) = moment.state.gap.take() else {
        return Ok(());
    };
    let page = fetch::parse_url(&gap.page).ok();
    // What was brought since is known, too, but does not lie at the gap's other end.
    let known_before = Some(gap.found_at);
    let walked = walker.walk(moment, &gap, page, known_before).await?;
    settle(walker.setup, moment, gap, walked);
    Ok(())
}

/// Keeps what was found, and the gap if it is to be gone on with.
fn settle(setup: &Setup, moment: &mut Moment<'_>, gap: OpenGap, walked: Walked) {
    let (feed, now) = (moment.feed, moment.times.now);
    let found = oldest_last(walked.entries);
    moment
        .older
        .extend(entries::polled(setup, feed, found, now));
    let tries = gap.tries + 1;
    match walked.end {
        End::Met => {}
        End::Stopped(page) if tries < TRIES_MAX => {
            moment.state.gap = Some(OpenGap {
                page: page.into(),
                tries,
                pages: gap.pages + walked.pages,
                ..gap
            });
        }
        End::Stopped(_) | End::Over => {
            if gap.may_lose {
                rolled_over(moment, &gap);
            }
        }
    }
}

/// Tells that entries may be lost, and has the feed polled more often.
fn rolled_over(moment: &mut Moment<'_>, gap: &OpenGap) {
    let feed = moment.feed;
    if schedule::overlap(&mut moment.state, gap.after, gap.found_at) {
        tracing::warn!(feed_id = %feed.id, "{}: possible loss, every entry was new since the poll of {}; \
             it is polled more often now", feed.spec.url, gap.after);
    }
}

/// What reading pages came to.
struct Walked {
    /// Entries that were passed unseen, newest page first.
    entries: Vec<ParsedEntry>,
    pages: u32,
    end: End,
}

enum End {
    /// Something known: nothing is missing.
    Met,
    /// A page that may be read another time.
    Stopped(Url),
    /// No further page, or one too many.
    Over,
}

/// Reads pages on the host of the document that was polled, and no others.
#[derive(Clone, Copy)]
pub(super) struct Walker<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) setup: &'a Setup,
    /// The address that answered.
    pub(super) document: &'a Url,
}

impl Walker<'_> {
    async fn walk(
        &self,
        moment: &mut Moment<'_>,
        gap: &OpenGap,
        first: Option<Url>,
        known_before: Option<Timestamp>,
    ) -> Result<Walked, StoreError> {
        let feed = moment.feed;
        let host = fetch::host_key(self.document);
        let mut seen = HashSet::from([self.document.clone()]);
        let mut next = first;
        let mut walked = Walked {
            entries: Vec::new(),
            pages: 0,
            end: End::Over,
        };
        while gap.pages + walked.pages < PAGES_MAX {
            let on_host = next.filter(|url| fetch::host_key(url) == host);
            let Some(url) = on_host.filter(|url| seen.insert(url.clone())) else {
                break;
            };
            let page = match self.page(moment, &host, url.clone()).await {
                Ok(page) => page,
                Err(failure) => {
                    tracing::debug!(feed_id = %feed.id, "an older page of {}: {}", feed.spec.url, failure.why);
                    if may_be_read_later(failure.kind) {
                        walked.end = End::Stopped(url);
                    }
                    break;
                }
            };
            walked.pages += 1;
            next = older(&page.links);
            let keys = page.entries.iter().map(|entry| entry.key.clone()).collect();
            let store = &self.pipeline.store;
            let known = store.known_keys(feed.id, keys, known_before).await?;
            walked
                .entries
                .extend(unseen(page.entries, &known, gap.after));
            if known.contains(&true) {
                walked.end = End::Met;
                break;
            }
        }
        Ok(walked)
    }

    /// One page. A host that asks for rest meanwhile gets it.
    async fn page(
        &self,
        moment: &mut Moment<'_>,
        host: &str,
        url: Url,
    ) -> Result<ParsedFeed, Failure> {
        let now = self.pipeline.world.clock.now();
        if now.duration_since(moment.times.now) > TIME_MAX {
            return Err(failure("there is no time left", FailureKind::Timeout));
        }
        let (setup, feed) = (self.setup, moment.feed);
        let answer = setup.fetcher.get(request::of_page(setup, feed, url)).await;
        let response = answer.map_err(|error| {
            let failure = Failure::from(error);
            moment.rests_until(failure.retry_after);
            failure
        })?;
        if fetch::host_key(&response.url) != host {
            let kind = FailureKind::BadRedirect;
            return Err(failure("it leads to another host", kind));
        }
        request::parse(self.pipeline, setup, feed, response).await
    }
}

fn failure(why: &str, kind: FailureKind) -> Failure {
    Failure {
        why: why.to_owned(),
        kind,
        status: None,
        retry_after: None,
    }
}

/// False when the answer would be the same another time.
fn may_be_read_later(kind: FailureKind) -> bool {
    !matches!(
        kind,
        FailureKind::NotFound
            | FailureKind::Gone
            | FailureKind::BadRedirect
            | FailureKind::BlockedAddress
            | FailureKind::Config
    )
}

fn older(links: &FeedLinks) -> Option<Url> {
    let link = links.next.as_deref().or(links.prev_archive.as_deref())?;
    fetch::parse_url(link).ok()
}

/// The entries of a page that came after the last poll. Below the first known one lies what was there before
/// the feed was first polled, and is nobody's news.
fn unseen(entries: Vec<ParsedEntry>, known: &[bool], last_poll: Timestamp) -> Vec<ParsedEntry> {
    let first_known = known.iter().position(|&known| known);
    let is_after = |entry: &ParsedEntry| entry.published.is_some_and(|at| at >= last_poll);
    let numbered = entries.into_iter().enumerate();
    numbered
        .filter(|(index, entry)| first_known.is_none_or(|known| *index < known) || is_after(entry))
        .map(|(_, entry)| entry)
        .collect()
}

/// The entries of several pages by date, where all have one.
fn oldest_last(mut entries: Vec<ParsedEntry>) -> Vec<ParsedEntry> {
    if entries.iter().all(|entry| entry.published.is_some()) {
        entries.sort_by_key(|entry| Reverse(entry.published));
    }
    entries
}
