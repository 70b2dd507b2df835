//! `websub`: ask hubs to push feeds, show them that it was meant, take what they push.
//!
//! Unlike the other stages this one has two sides: [`plan`] and [`work`] go out to the hubs, [`confirm`]
//! and [`deliver`] answer what hubs send to the callback. They meet in the table of subscriptions.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use crate::feed::{self, Hints};
use crate::fetch::{self, FetchError};
use crate::model::{
    Claim, Committed, FeedId, ParsedFeed, Rhythm, Subscription, SubscriptionAnswer,
    SubscriptionChanges, SubscriptionOutcome, SubscriptionState,
};
use crate::schedule::{self, Arrivals};
use crate::store::{PollReport, StoreError};
use crate::websub::{self, Intent, Mode, Verdict};

use super::poll::polled_entry;
use super::{Pipeline, Setup};

/// A hub pushes an entry within this after it was published; an older date is not when it came.
const PUSH_LAG: SignedDuration = SignedDuration::from_mins(5);

/// What a callback is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200 with this challenge.
    Challenge(String),
    /// 200: noted, taken, or ignored without a word.
    Noted,
    /// 404: nobody here knows of that.
    Unknown,
}

/// What came of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// It was read and merged into the feed.
    Merged(PollReport),
    /// It was ignored: its signature is wrong or missing, or it is no feed. Acknowledged all the same,
    /// since a hub would only send it again.
    Ignored,
    /// 410: the subscription is to end, the hub may stop.
    Ending,
}

/// A push as it came over the wire.
#[derive(Debug, Clone, Default)]
pub struct Push {
    /// `X-Hub-Signature`.
    pub signature: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Location`.
    pub content_location: Option<String>,
    /// The body, byte for byte: the signature is over it.
    pub body: Vec<u8>,
}

/// Begins and ends subscriptions so that they are in line with config and feeds. Answers with the
/// number of those that there are, the ending ones included.
///
/// # Errors
/// When the store fails.
pub async fn plan(pipeline: &Pipeline) -> Result<usize, StoreError> {
    let setup = pipeline.setup();
    let held = pipeline.store.subscriptions().await?;
    let changes = match &setup.config.websub {
        Some(options) => {
            let wanted: Vec<_> = pipeline
                .store
                .hub_feeds()
                .await?
                .iter()
                .filter(|feed| setup.may_be_pushed(&feed.url))
                .filter_map(websub::wanted)
                .collect();
            websub::plan(&wanted, &held, &options.callback, || {
                BASE64_URL_SAFE_NO_PAD.encode(pipeline.world.random.unguessable())
            })
        }
        None => SubscriptionChanges {
            begin: Vec::new(),
            end: held
                .iter()
                .filter(|row| row.state != SubscriptionState::Ending)
                .map(|row| row.id)
                .collect(),
        },
    };
    let number = held.len() + changes.begin.len();
    if !changes.begin.is_empty() || !changes.end.is_empty() {
        tracing::debug!(
            "WebSub: {} subscriptions begin, {} end",
            changes.begin.len(),
            changes.end.len()
        );
        let now = pipeline.world.clock.now();
        pipeline.store.change_subscriptions(changes, now).await?;
    }
    Ok(number)
}

/// Asks one hub and commits what came of it.
///
/// # Errors
/// Only when the store fails; everything else is part of the outcome.
pub async fn work(
    pipeline: &Pipeline,
    claim: Claim<Subscription>,
) -> Result<Committed, StoreError> {
    let setup = pipeline.setup();
    let subscription = &claim.item;
    let asked = ask(&setup, subscription).await;
    let now = pipeline.world.clock.now();
    let tries = subscription.tries.saturating_add(1);
    let jitter = pipeline.world.random.fraction();
    let mut due_at = websub::retry_at(now, tries, jitter);
    if let Some(patience) = asked.as_ref().err().and_then(FetchError::retry_after) {
        due_at = due_at.max(schedule::patience(patience, now));
    }
    let failed = asked.err().map(|error| error.to_string());
    log_attempt(subscription, failed.as_deref());
    let ending = subscription.state == SubscriptionState::Ending;
    let outcome = SubscriptionOutcome {
        at: now,
        failed,
        due_at,
        forget: ending && tries >= websub::TRIES_TO_END,
    };
    pipeline
        .store
        .commit_subscription(subscription.id, claim.lease_no, outcome)
        .await
}

async fn ask(setup: &Setup, subscription: &Subscription) -> Result<(), FetchError> {
    let hub = fetch::parse_url(&subscription.hub)?;
    let mode = match subscription.state {
        SubscriptionState::Ending => Mode::Unsubscribe,
        _ => Mode::Subscribe,
    };
    let fields = websub::fields(
        mode,
        &subscription.topic,
        &subscription.callback,
        subscription
            .secret
            .as_ref()
            .map(ExposeSecret::expose_secret),
    );
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    // Secrets of the feed's host stay with that host: a hub elsewhere gets none of them.
    let access = setup.access_of(&subscription.feed_url);
    let asked = setup.fetcher.post_form(hub, &fields, &access).await;
    asked.map(|_| ())
}

/// One line per change of state: the first failure is worth a line, the next ones are not.
fn log_attempt(subscription: &Subscription, failed: Option<&str>) {
    let Subscription { feed_url, hub, .. } = subscription;
    match failed {
        Some(why) if subscription.tries == 0 => {
            tracing::warn!(feed_id = %subscription.feed, "the WebSub hub {hub} of {feed_url} cannot be asked: {why}");
        }
        Some(why) => {
            tracing::debug!(feed_id = %subscription.feed, tries = subscription.tries, "{hub}: {why}");
        }
        None => tracing::debug!(feed_id = %subscription.feed, "asked {hub} for {feed_url}"),
    }
}

/// Answers a hub that asks whether a request was meant, or says no (WebSub, 5.2 and 5.3).
///
/// # Errors
/// When the store fails.
pub async fn confirm(pipeline: &Pipeline, token: &str, query: &str) -> Result<Answer, StoreError> {
    let Some(subscription) = pipeline.store.subscription_by_token(token).await? else {
        return Ok(Answer::Unknown);
    };
    let intent = Intent::parse(query);
    let verdict = websub::verdict(intent, &subscription.topic, subscription.state);
    let now = pipeline.world.clock.now();
    let jitter = pipeline.world.random.fraction();
    let Subscription { feed_url, hub, .. } = &subscription;
    let (said, answer) = match verdict {
        Verdict::Subscribe {
            challenge,
            lease_seconds,
        } => {
            let granted_until = websub::granted_until(now, lease_seconds);
            if subscription.state != SubscriptionState::Verified {
                tracing::info!(feed_id = %subscription.feed, "{hub} pushes {feed_url} from now on");
            }
            let said = SubscriptionAnswer::Verified {
                granted_until,
                due_at: websub::renew_at(now, granted_until, jitter),
            };
            (said, Answer::Challenge(challenge))
        }
        Verdict::Unsubscribe { challenge } => {
            (SubscriptionAnswer::Ended, Answer::Challenge(challenge))
        }
        Verdict::Denied { reason } => {
            tracing::warn!(feed_id = %subscription.feed, "{hub} does not push {feed_url}: {reason:?}");
            let due_at = websub::deny_pause(now, jitter);
            (SubscriptionAnswer::Denied { reason, due_at }, Answer::Noted)
        }
        Verdict::Unknown => return Ok(Answer::Unknown),
    };
    // Before the hub has its answer: it may push at once.
    pipeline.store.commit_answer(subscription.id, said).await?;
    Ok(answer)
}

/// Takes what a hub pushed to the callback of a subscription.
///
/// # Errors
/// When the store fails.
pub async fn deliver(
    pipeline: &Pipeline,
    subscription: &Subscription,
    push: Push,
) -> Result<Delivered, StoreError> {
    if subscription.state == SubscriptionState::Ending {
        return Ok(Delivered::Ending);
    }
    if !is_authentic(subscription, &push) {
        let rejected = pipeline.store.reject_push(subscription.id).await?;
        if rejected == 1 {
            let Subscription { feed_url, hub, .. } = subscription;
            tracing::warn!(feed_id = %subscription.feed, "a push for {feed_url} without the signature of {hub} was ignored; more of them are only counted");
        }
        return Ok(Delivered::Ignored);
    }
    let parsed = match parse(pipeline, subscription, push).await {
        Ok(parsed) => parsed,
        Err(why) => {
            tracing::debug!(feed_id = %subscription.feed, "{} pushed what cannot be read: {why}", subscription.hub);
            return Ok(Delivered::Ignored);
        }
    };
    let setup = pipeline.setup();
    let now = pipeline.world.clock.now();
    let rhythm = taught(pipeline, subscription.feed, &parsed, now).await?;
    let entries = parsed
        .entries
        .into_iter()
        // A subscription is begun only after a poll: nothing that is pushed is backlog.
        .map(|entry| polled_entry(entry, false, setup.config.max_age, now))
        .collect();
    let report = pipeline
        .store
        .commit_push(subscription.feed, now, entries, rhythm)
        .await?;
    Ok(Delivered::Merged(report))
}

/// The feed's rhythm after a push, as after a poll that found the same; `None` when nothing of it is new.
async fn taught(
    pipeline: &Pipeline,
    feed: FeedId,
    parsed: &ParsedFeed,
    now: Timestamp,
) -> Result<Option<Rhythm>, StoreError> {
    let keys = parsed.entries.iter().map(|entry| entry.key.clone());
    let known = pipeline
        .store
        .known_keys(feed, keys.collect(), None)
        .await?;
    let entries = parsed.entries.iter().zip(known);
    let new: Vec<_> = entries.filter(|(_, known)| !known).collect();
    if new.is_empty() {
        return Ok(None);
    }
    let Some((rhythm, last_new_at)) = pipeline.store.rhythm(feed).await? else {
        return Ok(None);
    };
    let found = Arrivals {
        now,
        last_success_at: Some(now.saturating_sub(PUSH_LAG).unwrap_or(Timestamp::MIN)),
        last_new_at,
        published: new
            .iter()
            .filter_map(|(entry, _)| entry.published)
            .collect(),
        undated: new.iter().any(|(entry, _)| entry.published.is_none()),
    };
    Ok(Some(schedule::learn(&rhythm, &found)))
}

/// True when the push bears the signature that was agreed upon; without a secret the callback's token
/// is all that the hub can show.
fn is_authentic(subscription: &Subscription, push: &Push) -> bool {
    match (&subscription.secret, &push.signature) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(secret), Some(signature)) => {
            websub::signed_by(secret.expose_secret(), signature, &push.body)
        }
    }
}

async fn parse(
    pipeline: &Pipeline,
    subscription: &Subscription,
    push: Push,
) -> Result<ParsedFeed, String> {
    let hints = Hints {
        content_type: push.content_type,
        base_url: Some(subscription.topic.clone()),
        content_location: push.content_location,
        lang: subscription.lang.clone(),
        kind: subscription.kind,
        compare: false,
    };
    let parsed = pipeline
        .compute
        .run(move || feed::parse(&push.body, &hints))
        .await;
    match parsed {
        Ok(Ok(mut parsed)) => {
            parsed.drop_half_entry();
            Ok(parsed)
        }
        Ok(Err(error)) => Err(error.to_string()),
        Err(panicked) => Err(panicked.to_string()),
    }
}
