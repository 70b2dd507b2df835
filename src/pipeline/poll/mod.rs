//! `poll`: fetch a feed, read it, decide when to poll again.
//!
//! What is decided is decided in `schedule`; here it is put together. A poll without news writes two times
//! and nothing else.

mod document;
mod entries;
mod moved;
mod pages;
mod request;
mod twin;

use jiff::{SignedDuration, Timestamp};

use crate::fetch::{FetchError, Held, Response};
use crate::model::{
    Claim, Committed, FailureKind, Feed, PollOutcome, PollResult, PollState, PolledEntry,
};
use crate::schedule::{self, PollTimes, Pushes};
use crate::store::{PollReport, StoreError};

use super::asides::concerns_hubs;
use super::{Pipeline, Setup};
use pages::Walker;

pub(super) use entries::polled_entry;

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
    let (outcome, _held) = poll(pipeline, &setup, feed).await?;
    let polled = tell(feed, &outcome);
    let concerns_hubs = concerns_hubs(feed, &outcome);
    let committed = pipeline
        .store
        .commit_poll(feed.id, claim.lease_no, outcome)
        .await?;
    if concerns_hubs {
        pipeline.hub_news.note();
    }
    Ok((polled, committed))
}

/// One line per change of state: the first failure is worth a line, the next ones are not.
fn tell(feed: &Feed, outcome: &PollOutcome) -> Polled {
    let url = &feed.spec.url;
    if let Some(until) = outcome.host_not_before {
        let host = &feed.spec.host;
        if feed.failures == 0 {
            tracing::warn!(feed_id = %feed.id, host = %host, "{host} asks to be left alone until {until}: its feeds and pages wait");
        } else {
            tracing::debug!(feed_id = %feed.id, host = %host, "{host} asks to be left alone until {until}");
        }
    }
    let polled = match &outcome.result {
        PollResult::NotModified { .. } => Polled::NotModified,
        PollResult::Unchanged { .. } => Polled::Unchanged,
        PollResult::Fetched { .. } => Polled::Fetched,
        PollResult::Failed { why, .. } if feed.failures == 0 => {
            tracing::warn!(feed_id = %feed.id, "{url} cannot be polled: {why}");
            Polled::Failed
        }
        PollResult::Failed { why, .. } => {
            tracing::debug!(feed_id = %feed.id, failures = feed.failures, "{url}: {why}");
            Polled::Failed
        }
    };
    if polled != Polled::Failed && feed.failures > 0 {
        tracing::info!(feed_id = %feed.id, "{url} answers again");
    }
    let gone = outcome.state.as_ref().and_then(|state| state.gone_at);
    if gone.is_some() && feed.state.gone_at.is_none() {
        tracing::warn!(feed_id = %feed.id, "{url} is gone for good (410, seen twice) and is not polled any more; \
             take it out of the config, or try it: wirewatch feed poll {url}");
    }
    polled
}

/// An outcome, and the room that its document takes up until it is committed.
type Done = (PollOutcome, Option<Held>);

async fn poll(pipeline: &Pipeline, setup: &Setup, feed: &Feed) -> Result<Done, StoreError> {
    let answer = match request::of_feed(pipeline, setup, feed) {
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
        state: feed.state.clone(),
        jitter: pipeline.world.random.fraction(),
        older: Vec::new(),
        rest: None,
        feed,
    };
    match answer {
        Ok(response) => answered(pipeline, setup, response, moment).await,
        Err(error) => Ok((moment.failed(request::refused(pipeline, error).await), None)),
    }
}

async fn answered(
    pipeline: &Pipeline,
    setup: &Setup,
    mut response: Response,
    mut moment: Moment<'_>,
) -> Result<Done, StoreError> {
    let feed = moment.feed;
    moment.times.max_age = response.freshness.max_age;
    moment.times.age = response.freshness.age;
    moment.times.expires = response.freshness.expires;
    moved::note(setup, &response, &mut moment);
    let url = response.url.clone();
    let walker = Walker {
        pipeline,
        setup,
        document: &url,
    };
    if response.is_not_modified() {
        pages::resume(walker, &mut moment).await?;
        let validators = request::kept(feed, response);
        let outcome = moment.succeeded(PollResult::NotModified { validators });
        return Ok((outcome, None));
    }
    let body_hash = *blake3::hash(&response.body).as_bytes();
    if feed.body_hash == Some(body_hash) {
        pages::resume(walker, &mut moment).await?;
        let validators = response.validators;
        let outcome = moment.succeeded(PollResult::Unchanged { validators });
        return Ok((outcome, None));
    }
    let held = response.held.take();
    // Boxed: hundreds of polls are under way, and few of them read a document at the same time.
    let read = Box::pin(document::read(pipeline, setup, response, body_hash, moment));
    let outcome = read.await?;
    Ok((outcome, held))
}

/// Why a poll failed.
struct Failure {
    why: String,
    kind: FailureKind,
    status: Option<u16>,
    retry_after: Option<Timestamp>,
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self {
            why: error.to_string(),
            kind: error.kind(),
            status: error.status(),
            retry_after: error.retry_after(),
        }
    }
}

/// A poll in the making: what it was told, what it teaches, and the chance that spreads retries.
struct Moment<'a> {
    feed: &'a Feed,
    times: PollTimes,
    state: PollState,
    jitter: f64,
    /// Entries of older pages.
    older: Vec<PolledEntry>,
    /// Until when the host asked to be left alone while older pages were read.
    rest: Option<Timestamp>,
}

impl Moment<'_> {
    fn succeeded(mut self, result: PollResult) -> PollOutcome {
        schedule::succeeded(&mut self.state);
        self.finish(result, None)
    }

    /// Notes a wish of the host to be left alone.
    fn rests_until(&mut self, asked: Option<Timestamp>) {
        let now = self.times.now;
        let asked = asked.filter(|&asked| asked > now);
        self.rest = asked
            .map(|asked| schedule::patience(asked, now))
            .max(self.rest);
    }

    fn failed(mut self, failure: Failure) -> PollOutcome {
        let now = self.times.now;
        self.times.failures = self.feed.failures.saturating_add(1);
        self.times.retry_after = failure.retry_after;
        let named = schedule::failed(&mut self.state, failure.kind, now);
        self.rests_until(failure.retry_after);
        let result = PollResult::Failed {
            why: failure.why,
            kind: failure.kind,
            status: failure.status,
        };
        self.finish(result, named)
    }

    /// The outcome; what was taught goes into it only when something was.
    fn finish(self, result: PollResult, named: Option<Timestamp>) -> PollOutcome {
        let due_at = named.unwrap_or_else(|| self.next_poll());
        PollOutcome {
            at: self.times.now,
            result,
            due_at,
            host_not_before: self.rest,
            older: self.older,
            state: (self.state != self.feed.state).then(|| Box::new(self.state)),
        }
    }

    /// When to come again: later than else while a hub pushes what is new.
    fn next_poll(&self) -> Timestamp {
        let due = schedule::next_poll(&self.times, &self.state, self.jitter);
        if self.times.failures > 0 || self.times.interval.is_some() {
            return due;
        }
        let gap = SignedDuration::try_from_secs_f64(self.state.rhythm.gap_s).ok();
        let pushes = Pushes {
            subscribed_until: self.feed.subscribed_until,
            pushed_at: self.feed.pushed_at,
            usual_gap: gap.filter(|gap| !gap.is_zero()),
        };
        schedule::stretched(self.times.now, due, &pushes)
    }
}
