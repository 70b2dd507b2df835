//! `send`: deliveries through their channel, one after the other, and how each try went.

mod turns;

use jiff::{SignedDuration, Timestamp};
use tracing::field::display;

use crate::channel::{Channel, DeliveryError, Parcel, backoff};
use crate::model::{Attempt, Claim, Delivery, Lessee, Message};
use crate::store::StoreError;

use super::{Pipeline, Setup};
use std::collections::BTreeMap;

use turns::Turn;
pub use turns::Turns;

/// Deliveries of one channel that are claimed together: a mail server is told them over one connection.
const BATCH: usize = 20;

/// A try that might outlive its lease is not begun: another daemon would tell the same.
const LEASE_LEFT_MIN: SignedDuration = SignedDuration::from_secs(60);

/// A channel that did not take so many deliveries one after the other does not answer at all; one alone may be to blame
/// itself.
const FAILURES_OF_A_CHANNEL: usize = 2;

/// A channel whose receiver says that it is gone for good is left alone for so long, unless a person says otherwise.
const CLOSED: SignedDuration = SignedDuration::from_hours(24);

/// More late alerts than this for one channel become one message.
const LATE_ONE_BY_ONE: usize = 10;

/// Deliveries of one channel, oldest first.
#[derive(Debug)]
pub struct Batch {
    /// NAME of the channel.
    pub channel: String,
    /// When the leases end.
    pub leased_until: Timestamp,
    /// What is to be sent.
    pub claims: Vec<Claim<Delivery>>,
}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchReport {
    /// Taken.
    pub sent: u64,
    /// To be tried again.
    pub retries: u64,
    /// Given up.
    pub dead: u64,
    /// How long those that were taken had been promised.
    pub waits: Vec<SignedDuration>,
    /// There may be more to send through the channel at once.
    pub may_be_more: bool,
}

/// Claims what may be sent now: up to `free` batches, each of another channel. Channels that are in hand, left alone,
/// or have had their share give nothing.
///
/// # Errors
/// When the store fails.
pub async fn claim(
    pipeline: &Pipeline,
    lessee: &Lessee,
    free: usize,
) -> Result<Vec<Batch>, StoreError> {
    let setup = pipeline.setup();
    let now = lessee.now;
    let mut by_allowance: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for name in setup.channels.keys() {
        let allowed = pipeline.turns.allowance(name, setup.pace_of(name), now);
        by_allowance.entry(allowed).or_default().push(name.clone());
    }
    by_allowance.remove(&0);
    // Most of them may be sent a whole batch: they are asked for in one go, right behind what is decided before. The
    // store works in the order in which it is asked; to wait for each answer would be three commits of others.
    let (allowed, mut channels) = by_allowance.pop_last().unwrap_or_default();
    channels.truncate(free);
    let store = &pipeline.store;
    let (grouped, planned, claimed) = tokio::join!(
        biased;
        store.group_late(now, LATE_ONE_BY_ONE),
        store.plan_sends(setup.send_plans(now), now),
        store.claim_deliveries(lessee, &channels, allowed),
    );
    grouped?;
    planned?;
    let mut batches = Batches::new();
    add(&mut batches, lessee, claimed?);
    for (allowed, mut channels) in by_allowance.into_iter().rev() {
        channels.truncate(free.saturating_sub(batches.len()));
        let claimed = store.claim_deliveries(lessee, &channels, allowed).await?;
        add(&mut batches, lessee, claimed);
    }
    for batch in batches.values() {
        pipeline.turns.begin(&batch.channel, batch.claims.len());
    }
    Ok(batches.into_values().collect())
}

/// Batches by the NAME of their channel.
type Batches = BTreeMap<String, Batch>;

fn add(batches: &mut Batches, lessee: &Lessee, claims: Vec<Claim<Delivery>>) {
    for claim in claims {
        let channel = claim.item.channel.clone();
        let batch = batches.entry(channel.clone()).or_insert_with(|| Batch {
            channel,
            leased_until: lessee.until(),
            claims: Vec::new(),
        });
        batch.claims.push(claim);
    }
}

/// Sends a batch and commits every attempt. A channel that does not answer is left alone for a while, with all that waits
/// for it.
///
/// # Errors
/// Only when the store fails; a channel's failure is part of the attempt.
pub async fn work(pipeline: &Pipeline, batch: Batch) -> Result<BatchReport, StoreError> {
    let _turn = Turn {
        turns: &pipeline.turns,
        channel: batch.channel.clone(),
    };
    let mut report = BatchReport {
        may_be_more: true,
        ..BatchReport::default()
    };
    let mut failed: Vec<Failed> = Vec::new();
    let mut is_closed = false;
    let mut rest = batch.claims.into_iter();
    while let Some(claim) = rest.next() {
        let left = batch
            .leased_until
            .duration_since(pipeline.world.clock.now());
        if left < LEASE_LEFT_MIN {
            return_unsent(pipeline, std::iter::once(claim).chain(rest)).await?;
            break;
        }
        let created_at = claim.item.created_at;
        let (attempt, is_gone) = send(pipeline, claim).await?;
        if is_gone {
            return_unsent(pipeline, rest).await?;
            is_closed = true;
            report.dead += 1;
            break;
        }
        match attempt {
            Attempt::Sent { at } => {
                report.sent += 1;
                report.waits.push(at.duration_since(created_at));
                failed.clear();
            }
            Attempt::Dead { .. } => report.dead += 1,
            Attempt::Retry { due_at, .. } => {
                report.retries += 1;
                failed.push(Failed { created_at, due_at });
            }
        }
        if failed.len() >= FAILURES_OF_A_CHANNEL {
            return_unsent(pipeline, rest).await?;
            break;
        }
    }
    let setup = pipeline.setup();
    if let Some(channel) = setup.channels.get(&batch.channel) {
        channel.rest().await;
    }
    if is_closed {
        let until = pipeline.world.clock.now().saturating_add(CLOSED);
        hold(pipeline, &batch.channel, until.unwrap_or(Timestamp::MAX)).await?;
        report.may_be_more = false;
    } else if let Some(first) = failed.iter().min_by_key(|failed| failed.due_at)
        && is_channels_fault(
            report.sent,
            &failed,
            last_sent(pipeline, &batch.channel).await?,
        )
    {
        hold(pipeline, &batch.channel, first.due_at).await?;
        report.may_be_more = false;
    }
    Ok(report)
}

/// A delivery that was not taken.
#[derive(Debug, Clone, Copy)]
struct Failed {
    created_at: Timestamp,
    due_at: Timestamp,
}

/// Whether the channel itself does not answer, judged by the last tries of a batch. One message that was refused alone is to
/// blame itself when the channel has taken another one since it was promised.
fn is_channels_fault(sent: u64, failed: &[Failed], last_sent: Option<Timestamp>) -> bool {
    match failed {
        [] => false,
        [only] => sent == 0 && last_sent.is_none_or(|at| at < only.created_at),
        _ => true,
    }
}

async fn last_sent(pipeline: &Pipeline, channel: &str) -> Result<Option<Timestamp>, StoreError> {
    let states = pipeline.queries.channel_states().await?;
    let state = states.into_iter().find(|state| state.name == channel);
    Ok(state.and_then(|state| state.last_sent_at))
}

async fn return_unsent(
    pipeline: &Pipeline,
    claims: impl Iterator<Item = Claim<Delivery>>,
) -> Result<(), StoreError> {
    let claims: Vec<_> = claims
        .map(|claim| (claim.item.id, claim.lease_no))
        .collect();
    if claims.is_empty() {
        return Ok(());
    }
    pipeline.store.release_deliveries(claims).await
}

async fn hold(pipeline: &Pipeline, channel: &str, until: Timestamp) -> Result<(), StoreError> {
    let now = pipeline.world.clock.now();
    let before = now
        .saturating_sub(backoff::GIVE_UP_AFTER)
        .unwrap_or(Timestamp::MIN);
    let store = &pipeline.store;
    let given_up = store.hold_channel(channel, until, before, now).await?;
    if given_up > 0 {
        tracing::error!(
            channel,
            "{given_up} deliveries through {channel} are given up: it has not answered for three days"
        );
    }
    Ok(())
}

/// Sends one delivery and commits the attempt. True when the receiver is gone for good.
async fn send(pipeline: &Pipeline, claim: Claim<Delivery>) -> Result<(Attempt, bool), StoreError> {
    let setup = pipeline.setup();
    let delivery = claim.item;
    let mut is_gone = false;
    let attempt = match setup.channels.get(&delivery.channel) {
        Some(channel) => {
            let result = deliver(pipeline, channel.as_ref(), &delivery).await;
            is_gone = matches!(result, Err(DeliveryError::Gone { .. }));
            attempt(pipeline, &delivery, result)
        }
        None => Attempt::Dead {
            at: pipeline.world.clock.now(),
            why: format!("there is no [channel.{}] any more", delivery.channel),
        },
    };
    log(&pipeline.turns, &delivery, &attempt);
    let store = &pipeline.store;
    store
        .commit_attempt(delivery.id, claim.lease_no, attempt.clone())
        .await?;
    Ok((attempt, is_gone))
}

async fn deliver(
    pipeline: &Pipeline,
    channel: &dyn Channel,
    delivery: &Delivery,
) -> Result<(), DeliveryError> {
    let mut message = delivery.message.clone();
    label(&pipeline.setup(), &mut message);
    let parcel = Parcel {
        key: delivery.key.clone(),
        kind: delivery.kind,
        channel: delivery.channel.clone(),
        message,
        thread: delivery.thread.clone(),
        created_at: delivery.created_at,
        sent_at: pipeline.world.clock.now(),
    };
    channel.deliver(&parcel).await
}

/// Adds the labels of the watches.
fn label(setup: &Setup, message: &mut Message) {
    let alerts = match message {
        Message::Alert { alert, .. } => std::slice::from_mut(&mut **alert),
        Message::Late { alerts, .. } => alerts.as_mut_slice(),
        Message::Digest { .. } | Message::Health { .. } => return,
    };
    for alert in alerts {
        if let Some(watch) = setup.rules.watch(&alert.watch) {
            alert.labels.clone_from(&watch.labels);
        }
    }
}

fn attempt(pipeline: &Pipeline, delivery: &Delivery, result: Result<(), DeliveryError>) -> Attempt {
    let at = pipeline.world.clock.now();
    match result {
        Ok(()) => Attempt::Sent { at },
        Err(DeliveryError::Permanent { why }) => Attempt::Dead { at, why },
        Err(DeliveryError::Gone { why }) => Attempt::Dead {
            at,
            why: format!("{why}; the channel is switched off until a reload, and tried once a day"),
        },
        Err(DeliveryError::Retry { why, after }) => {
            let fraction = pipeline.world.random.fraction();
            let next = backoff::next_try(
                delivery.failures.saturating_add(1),
                delivery.created_at,
                at,
                after,
                fraction,
            );
            match next {
                Some(due_at) => Attempt::Retry { at, due_at, why },
                None => Attempt::Dead {
                    at,
                    why: format!("given up after three days: {why}"),
                },
            }
        }
    }
}

/// One line when a channel begins to refuse what it is sent, and one when it takes it again. A delivery that is given up is
/// lost: each has a line.
fn log(turns: &Turns, delivery: &Delivery, attempt: &Attempt) {
    let (id, channel) = (delivery.id, &delivery.channel);
    let story = delivery.message.story().map(display);
    let has_changed = match attempt {
        Attempt::Sent { .. } => turns.takes(channel, true),
        Attempt::Retry { .. } => turns.takes(channel, false),
        Attempt::Dead { .. } => false,
    };
    match attempt {
        Attempt::Sent { .. } if has_changed => {
            tracing::info!(delivery = %id, channel, story, "{channel} takes deliveries again");
        }
        Attempt::Sent { .. } => {
            tracing::debug!(delivery = %id, channel, story, key = %delivery.key, "sent through {channel}");
        }
        Attempt::Retry { why, due_at, .. } if has_changed => {
            tracing::warn!(delivery = %id, channel, story, "{channel} did not take it, next try at {due_at}; \
                 a line when it takes deliveries again: {why}");
        }
        Attempt::Retry { why, .. } => {
            tracing::debug!(delivery = %id, channel, story, failures = delivery.failures, "{channel}: {why}");
        }
        Attempt::Dead { why, .. } => {
            tracing::error!(delivery = %id, channel, story, "{channel} will never take it: {why}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_that_is_refused_alone_holds_up_nobody() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let failed = |created: i64| Failed {
            created_at: at(created),
            due_at: at(999),
        };
        for (sent, failures, last_sent, expected) in [
            (0, vec![], None, false),
            // Nothing was ever taken, or nothing since it was promised.
            (0, vec![failed(10)], None, true),
            (0, vec![failed(10)], Some(9), true),
            // Others were.
            (0, vec![failed(10)], Some(11), false),
            (3, vec![failed(10)], Some(9), false),
            (0, vec![failed(10), failed(11)], Some(20), true),
        ] {
            let found = is_channels_fault(sent, &failures, last_sent.map(at));
            assert_eq!(found, expected, "{sent} {failures:?} {last_sent:?}");
        }
    }
}
