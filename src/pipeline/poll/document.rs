//! A document that was read: which of its entries are new, what is missing, what it teaches.

use jiff::SignedDuration;

use super::pages::{self, Walker};
use super::{Failure, Moment, entries, request, twin};
use crate::fetch::Response;
use crate::model::{Discrepancies, FailureKind, FeedFormat, ParsedFeed, PollOutcome, PollResult};
use crate::pipeline::{Pipeline, Setup};
use crate::schedule::{self, Arrivals, Overlap};
use crate::store::StoreError;

/// Reads the body of an answer. One that is no feed is a failure, and advances nothing.
pub(super) async fn read(
    pipeline: &Pipeline,
    setup: &Setup,
    response: Response,
    body_hash: [u8; 32],
    mut moment: Moment<'_>,
) -> Result<PollOutcome, StoreError> {
    let feed = moment.feed;
    let (url, status) = (response.url.clone(), response.status);
    let mut validators = response.validators.clone();
    // Of a delta (RFC 3229) nothing follows from what it leaves out.
    let is_part = response.is_delta();
    let body_hash = (!is_part).then_some(body_hash);
    let mut parsed = match request::parse(pipeline, setup, feed, response).await {
        Ok(parsed) => parsed,
        Err(failure) => return Ok(moment.failed(failure)),
    };
    if parsed.cut.is_some() {
        // Those of a document that broke off would hide its rest for ever.
        validators = feed.validators.clone();
        if parsed.entries.is_empty() {
            return Ok(moment.failed(broken_off(status)));
        }
    }
    let keys = parsed.entries.iter().map(|entry| entry.key.clone());
    let known = match feed.first_success_at {
        None => vec![false; parsed.entries.len()],
        Some(_) => {
            pipeline
                .store
                .known_keys(feed.id, keys.collect(), None)
                .await?
        }
    };
    arrivals(&mut moment, &parsed, &known);
    let walker = Walker {
        pipeline,
        setup,
        document: &url,
    };
    let overlap = overlap(&moment, &parsed, &known);
    let joins = is_part || overlap.known > 0 || overlap.entries == 0;
    if joins || overlap.last_success_at.is_none() {
        pages::resume(walker, &mut moment).await?;
    } else {
        let may_lose = schedule::is_rolled_over(&overlap);
        pages::follow(walker, &mut moment, &parsed.links, may_lose).await?;
    }
    differed(&mut moment, &parsed);
    if !is_part {
        moment.state.duplicate_of = twin::of(pipeline, &moment, &parsed, body_hash).await?;
        taught(&mut moment, &mut parsed);
    }
    if let Some(other) = &moment.state.duplicate_of {
        tracing::info!(feed_id = %feed.id, "{} is the same feed as {other}, which is polled", feed.spec.url);
    }
    let now = moment.times.now;
    Ok(moment.succeeded(PollResult::Fetched {
        validators,
        body_hash,
        format: parsed.format.unwrap_or(FeedFormat::Rss),
        title: parsed.title,
        language: parsed.language,
        entries: entries::polled(setup, feed, parsed.entries, now),
    }))
}

fn broken_off(status: u16) -> Failure {
    Failure {
        why: "the document breaks off before its first entry is whole".to_owned(),
        kind: FailureKind::Network,
        status: Some(status),
        retry_after: None,
    }
}

/// Learns when the new entries came.
fn arrivals(moment: &mut Moment<'_>, parsed: &ParsedFeed, known: &[bool]) {
    let now = moment.times.now;
    let new = || {
        let numbered = parsed.entries.iter().zip(known);
        numbered
            .filter(|(_, known)| !**known)
            .map(|(entry, _)| entries::believed(entry.published, now))
    };
    if new().next().is_none() {
        return;
    }
    let found = Arrivals {
        now,
        last_success_at: moment.feed.last_success_at,
        last_new_at: moment.feed.last_new_at,
        published: new().flatten().collect(),
        undated: new().any(|date| date.is_none()),
    };
    moment.state.rhythm = schedule::learn(&moment.state.rhythm, &found);
    moment.times.last_new_at = Some(now);
}

fn overlap(moment: &Moment<'_>, parsed: &ParsedFeed, known: &[bool]) -> Overlap {
    let dates = parsed.entries.iter().filter_map(|entry| entry.published);
    Overlap {
        entries: parsed.entries.len(),
        known: known.iter().filter(|&&known| known).count(),
        oldest: dates.min(),
        last_success_at: moment.feed.last_success_at,
    }
}

/// Keeps what the document says of itself.
fn taught(moment: &mut Moment<'_>, parsed: &mut ParsedFeed) {
    let (now, state) = (moment.times.now, &mut moment.state);
    let seconds = |ttl: SignedDuration| u64::try_from(ttl.as_secs()).ok();
    state.ttl_s = parsed.ttl.and_then(seconds);
    state.syndication = std::mem::take(&mut parsed.syndication);
    state.links = std::mem::take(&mut parsed.links);
    if !parsed.entries.is_empty() {
        state.empty_since = None;
    } else if state.entries_last > 0 {
        state.empty_since = Some(now);
    }
    state.entries_last = u32::try_from(parsed.entries.len()).unwrap_or(u32::MAX);
}

/// Counts, with the feed, a document that the second reader read otherwise.
fn differed(moment: &mut Moment<'_>, parsed: &ParsedFeed) {
    let Some(discrepancy) = &parsed.discrepancy else {
        return;
    };
    let before = moment.state.discrepancies.as_ref();
    moment.state.discrepancies = Some(Discrepancies {
        documents: before
            .map_or(0, |before| before.documents)
            .saturating_add(1),
        last_at: moment.times.now,
        last: discrepancy.to_string(),
    });
}
