//! `send`: one delivery through its channel, and how the try went.

use crate::channel::{DeliveryError, Parcel, backoff};
use crate::model::{Attempt, Claim, Committed, Delivery};
use crate::store::StoreError;

use super::Pipeline;

/// Sends one delivery and commits the attempt.
///
/// # Errors
/// Only when the store fails; a channel's failure is part of the attempt.
pub async fn work(
    pipeline: &Pipeline,
    claim: Claim<Delivery>,
) -> Result<(Attempt, Committed), StoreError> {
    let setup = pipeline.setup();
    let delivery = claim.item;
    let attempt = match setup.channels.get(&delivery.channel) {
        Some(channel) => {
            let parcel = Parcel {
                key: delivery.key.clone(),
                kind: delivery.kind,
                channel: delivery.channel.clone(),
                message: delivery.message.clone(),
                thread: delivery.thread.clone(),
                created_at: delivery.created_at,
                sent_at: pipeline.world.clock.now(),
            };
            let result = channel.deliver(&parcel).await;
            attempt(pipeline, &delivery, result)
        }
        None => Attempt::Dead {
            at: pipeline.world.clock.now(),
            why: format!("there is no [channel.{}] any more", delivery.channel),
        },
    };
    log(&delivery, &attempt);
    let committed = pipeline
        .store
        .commit_attempt(delivery.id, claim.lease_no, attempt.clone())
        .await?;
    Ok((attempt, committed))
}

fn attempt(pipeline: &Pipeline, delivery: &Delivery, result: Result<(), DeliveryError>) -> Attempt {
    let at = pipeline.world.clock.now();
    match result {
        Ok(()) => Attempt::Sent { at },
        Err(DeliveryError::Permanent { why }) => Attempt::Dead { at, why },
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

fn log(delivery: &Delivery, attempt: &Attempt) {
    let (id, channel) = (delivery.id, &delivery.channel);
    match attempt {
        Attempt::Sent { .. } => {
            tracing::debug!(delivery = %id, key = %delivery.key, "sent through {channel}");
        }
        Attempt::Retry { why, due_at, .. } if delivery.failures == 0 => {
            tracing::warn!(delivery = %id, "{channel} did not take it, next try at {due_at}: {why}");
        }
        Attempt::Retry { why, .. } => tracing::debug!(delivery = %id, "{channel}: {why}"),
        Attempt::Dead { why, .. } => {
            tracing::error!(delivery = %id, "{channel} will never take it: {why}");
        }
    }
}
