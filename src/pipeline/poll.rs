//! `poll`: fetch a feed, read it, decide when to poll again.

use jiff::{SignedDuration, Timestamp};

use crate::feed::{self, Hints};
use crate::fetch::{self, Accept, FetchError, Request, Response};
use crate::model::{
    Claim, Committed, FailureKind, Feed, ParsedEntry, ParsedFeed, PollOutcome, PollResult,
    PolledEntry,
};
use crate::schedule::{self, PollTimes};
use crate::store::{PollReport, StoreError};

use super::{Pipeline, Setup};

/// An entry of a later poll that was published longer ago than this is marked late.
const LATE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How a poll went, for counters and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polled {
    /// 304.
    NotModified,
    /// 200 with the bytes of the last time.
    Unchanged,
    /// A document was read.
    Fetched,
    /// It failed.
    Failed,
}

/// Polls one feed and commits what came of it.
///
/// # Errors
/// Only when the store fails; everything else is part of the outcome.
pub async fn work(
    pipeline: &Pipeline,
    claim: Claim<Feed>,
) -> Result<(Polled, Committed<PollReport>), StoreError> {
    let setup = pipeline.setup();
    let feed = &claim.item;
    let outcome = poll(pipeline, &setup, feed).await;
    if let Some(until) = outcome.host_not_before {
        let host = &feed.spec.host;
        tracing::warn!(feed_id = %feed.id, "{host} asks to be left alone until {until}: its feeds and pages wait");
    }
    let polled = match &outcome.result {
        PollResult::NotModified { .. } => Polled::NotModified,
        PollResult::Unchanged { .. } => Polled::Unchanged,
        PollResult::Fetched { .. } => Polled::Fetched,
        PollResult::Failed { why, .. } => {
            log_failure(feed, why);
            Polled::Failed
        }
    };
    if polled != Polled::Failed && feed.failures > 0 {
        tracing::info!(feed_id = %feed.id, "{} answers again", feed.spec.url);
    }
    let committed = pipeline
        .store
        .commit_poll(feed.id, claim.lease_no, outcome)
        .await?;
    Ok((polled, committed))
}

/// One line per change of state: the first failure is worth a line, the next ones are not.
fn log_failure(feed: &Feed, why: &str) {
    if feed.failures == 0 {
        tracing::warn!(feed_id = %feed.id, "{} cannot be polled: {why}", feed.spec.url);
    } else {
        tracing::debug!(feed_id = %feed.id, failures = feed.failures, "{}: {why}", feed.spec.url);
    }
}

async fn poll(pipeline: &Pipeline, setup: &Setup, feed: &Feed) -> PollOutcome {
    let answer = match request(setup, feed) {
        Ok(request) => setup.fetcher.get(request).await,
        Err(why) => Err(why),
    };
    let now = pipeline.world.clock.now();
    let moment = Moment {
        times: PollTimes {
            interval: feed.spec.interval,
            last_new_at: feed.last_new_at,
            ..PollTimes::at(now)
        },
        jitter: pipeline.world.random.fraction(),
    };
    match answer {
        Ok(response) => answered(pipeline, setup, feed, response, moment).await,
        Err(error) => moment.failed(
            feed,
            Failure {
                why: error.to_string(),
                kind: error.kind(),
                status: error.status(),
            },
            error.retry_after(),
        ),
    }
}

/// Why a poll failed.
struct Failure {
    why: String,
    kind: FailureKind,
    status: Option<u16>,
}

/// What is known about when to poll again, and the chance that spreads retries.
struct Moment {
    times: PollTimes,
    jitter: f64,
}

impl Moment {
    fn success(&self, result: PollResult) -> PollOutcome {
        PollOutcome {
            at: self.times.now,
            result,
            due_at: schedule::next_poll(&self.times, self.jitter),
            host_not_before: None,
            state: None,
        }
    }

    fn failed(
        mut self,
        feed: &Feed,
        failure: Failure,
        retry_after: Option<Timestamp>,
    ) -> PollOutcome {
        let Failure { why, kind, status } = failure;
        self.times.failures = feed.failures.saturating_add(1);
        self.times.retry_after = retry_after;
        PollOutcome {
            host_not_before: retry_after,
            ..self.success(PollResult::Failed { why, kind, status })
        }
    }
}

async fn answered(
    pipeline: &Pipeline,
    setup: &Setup,
    feed: &Feed,
    response: Response,
    mut moment: Moment,
) -> PollOutcome {
    moment.times.max_age = response.freshness.max_age;
    moment.times.age = response.freshness.age;
    moment.times.expires = response.freshness.expires;
    if response.is_not_modified() {
        let validators = kept(feed, &response);
        return moment.success(PollResult::NotModified { validators });
    }
    let validators = response.validators.clone();
    let body_hash = *blake3::hash(&response.body).as_bytes();
    if feed.body_hash == Some(body_hash) {
        return moment.success(PollResult::Unchanged { validators });
    }
    let status = response.status;
    match parse(pipeline, setup, feed, response).await {
        Ok(parsed) => {
            moment.times.ttl = parsed.ttl;
            let published = parsed.entries.iter().filter_map(|entry| entry.published);
            moment.times.entry_times = published.collect();
            let now = moment.times.now;
            moment.success(fetched(setup, feed, parsed, validators, body_hash, now))
        }
        Err((why, kind)) => {
            let status = Some(status);
            moment.failed(feed, Failure { why, kind, status }, None)
        }
    }
}

fn request(setup: &Setup, feed: &Feed) -> Result<Request, FetchError> {
    let url = fetch::parse_url(&feed.spec.url)?;
    Ok(Request {
        url,
        validators: feed.validators.clone(),
        access: setup.access_of(&feed.spec.url),
        accept: Accept::Feed,
        delta: false,
    })
}

/// A 304 may carry newer validators; what it does not carry stays (RFC 9111, 4.3.4).
fn kept(feed: &Feed, response: &Response) -> crate::model::Validators {
    let mut validators = feed.validators.clone();
    if response.validators.etag.is_some() {
        validators.etag.clone_from(&response.validators.etag);
    }
    if response.validators.last_modified.is_some() {
        validators
            .last_modified
            .clone_from(&response.validators.last_modified);
    }
    validators
}

async fn parse(
    pipeline: &Pipeline,
    setup: &Setup,
    feed: &Feed,
    response: Response,
) -> Result<ParsedFeed, (String, FailureKind)> {
    let hints = Hints {
        content_type: response.content_type.clone(),
        base_url: Some(response.url.to_string()),
        content_location: response.content_location.clone(),
        lang: feed.spec.lang.clone(),
        kind: feed.spec.kind,
    };
    let selectors = setup.selectors_of(&feed.spec.url);
    let parsed = pipeline
        .compute
        .run(move || match selectors {
            Some(selectors) => feed::parse_page(&response.body, &hints, &selectors),
            None => feed::parse(&response.body, &hints),
        })
        .await;
    match parsed {
        Ok(Ok(parsed)) => {
            if let Some(discrepancy) = &parsed.discrepancy {
                pipeline.discrepancies.note();
                tracing::debug!(feed_id = %feed.id, "{}: {discrepancy}", feed.spec.url);
            }
            Ok(parsed)
        }
        Ok(Err(error)) => Err((error.to_string(), error.kind())),
        Err(panicked) => Err((panicked.to_string(), FailureKind::Crash)),
    }
}

fn fetched(
    setup: &Setup,
    feed: &Feed,
    parsed: ParsedFeed,
    validators: crate::model::Validators,
    body_hash: [u8; 32],
    now: Timestamp,
) -> PollResult {
    let first = feed.first_success_at.is_none();
    let max_age = setup.config.max_age;
    let format = parsed.format.unwrap_or(crate::model::FeedFormat::Rss);
    let entries = parsed
        .entries
        .into_iter()
        .map(|entry| polled_entry(entry, first, max_age, now))
        .collect();
    PollResult::Fetched {
        validators,
        body_hash: Some(body_hash),
        format,
        title: parsed.title,
        language: parsed.language,
        entries,
    }
}

fn polled_entry(
    entry: ParsedEntry,
    first: bool,
    max_age: SignedDuration,
    now: Timestamp,
) -> PolledEntry {
    let date = entry.published.or(entry.updated);
    let older_than = |age: SignedDuration| date.is_some_and(|date| now.duration_since(date) > age);
    let article_url = entry
        .link
        .as_deref()
        .and_then(feed::normal_url)
        .unwrap_or_default();
    let article_host = fetch::parse_url(&article_url)
        .map(|url| fetch::host_key(&url))
        .unwrap_or_default();
    PolledEntry {
        hash: feed::entry_hash(&entry),
        backlog: first && (date.is_none() || older_than(max_age)),
        late: !first && older_than(LATE_AFTER),
        article_url,
        article_host,
        entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(published: Option<Timestamp>) -> ParsedEntry {
        ParsedEntry {
            key: "k".to_owned(),
            link: Some("https://news.example/a".to_owned()),
            published,
            ..ParsedEntry::default()
        }
    }

    #[test]
    fn old_and_undated_entries_are_backlog_on_the_first_poll_only() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let old = now - SignedDuration::from_hours(100);
        let max_age = SignedDuration::from_hours(72);
        assert!(polled_entry(entry(Some(old)), true, max_age, now).backlog);
        assert!(polled_entry(entry(None), true, max_age, now).backlog);
        assert!(!polled_entry(entry(Some(now)), true, max_age, now).backlog);
        let later = polled_entry(entry(Some(old)), false, max_age, now);
        assert!(!later.backlog);
        assert!(later.late);
        let undated = polled_entry(entry(None), false, max_age, now);
        assert!(!undated.backlog && !undated.late);
    }
}
