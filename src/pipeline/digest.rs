//! `digest`: closes the window of a digest that is due.

use crate::alert::{self, DigestHead, DigestOptions};
use crate::config::{Config, DigestConfig};
use crate::model::{Claim, Committed, Digest, DigestId, DigestMaterial, DigestOutcome, DigestSlot};
use crate::rules::RuleSet;
use crate::store::{DigestSchedule, Queries, StoreError};

use super::Pipeline;

/// Makes up one digest and closes its window.
///
/// # Errors
/// Only when the store fails.
pub async fn work(
    pipeline: &Pipeline,
    claim: Claim<DigestSlot>,
) -> Result<Committed<Option<DigestId>>, StoreError> {
    let setup = pipeline.setup();
    let slot = claim.item;
    let now = pipeline.world.clock.now();
    let Some(config) = setup
        .config
        .digests
        .iter()
        .find(|digest| digest.name == slot.name)
    else {
        // Taken out of the config since it was claimed: the next sync removes its schedule.
        return Ok(Committed::Stale);
    };
    let queries = pipeline.queries.as_ref();
    let made = of_slot(queries, &setup.config, &setup.rules, config, &slot, now).await?;
    let is_due = alert::is_heartbeat_due(config.options.heartbeat, slot.sent_at, now);
    let outcome = DigestOutcome {
        at: now,
        up_to_seq: made.up_to_seq,
        digest: made.digest.or_else(|| is_due.then_some(made.heartbeat)),
        channels: config.channels.clone(),
        next_at: config.next_after(now),
    };
    pipeline
        .store
        .commit_digest(&slot.name, claim.lease_no, outcome)
        .await
}

/// A window of a digest, made up.
#[derive(Debug, Clone)]
pub struct MadeDigest {
    /// The last event of the window.
    pub up_to_seq: i64,
    /// What there is to tell; `None` when nothing happened.
    pub digest: Option<Digest>,
    /// What is sent instead when a sign of life is due.
    pub heartbeat: Digest,
}

/// What a digest of the config says of its open window.
///
/// # Errors
/// Only when the store fails.
pub async fn of_slot(
    queries: &dyn Queries,
    config: &Config,
    rules: &RuleSet,
    digest: &DigestConfig,
    slot: &DigestSlot,
    now: jiff::Timestamp,
) -> Result<MadeDigest, StoreError> {
    let watches = digest.watch_filter();
    let material = queries
        .digest_material(slot.after_seq, None, &watches)
        .await?;
    let title = config.digest_title(digest);
    let head = DigestHead {
        name: &digest.name,
        title: &title,
        timezone: &digest.zone_name,
        since: slot.since,
        until: now,
        by_clock: false,
    };
    compose(queries, rules, material, head, &watches, &digest.options).await
}

/// Makes a digest of a window's material: asks what its readers know and how often its watches hit.
///
/// # Errors
/// Only when the store fails.
pub async fn compose(
    queries: &dyn Queries,
    rules: &RuleSet,
    material: DigestMaterial,
    head: DigestHead<'_>,
    watches: &[String],
    options: &DigestOptions,
) -> Result<MadeDigest, StoreError> {
    let zone = alert::zone(head.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let bounds = alert::day_bounds(head.until, &zone);
    let ask = alert::digest_ask(&material, head, watches, bounds);
    let background = queries.digest_background(ask).await?;
    let threshold = |watch: &str, version: &str| {
        let watch = rules.watch(watch).filter(|w| w.version == version)?;
        watch.threshold()
    };
    let up_to_seq = material.up_to_seq;
    let quiet = DigestMaterial {
        health: material.health.clone(),
        ..DigestMaterial::default()
    };
    Ok(MadeDigest {
        up_to_seq,
        digest: alert::make_digest(material, &background, head, options, &threshold),
        heartbeat: alert::make_heartbeat(quiet, background, head),
    })
}

/// The schedules of a config, as the store keeps them.
#[must_use]
pub fn schedules(digests: &[DigestConfig], now: jiff::Timestamp) -> Vec<DigestSchedule> {
    digests
        .iter()
        .map(|digest| DigestSchedule {
            name: digest.name.clone(),
            schedule: format!("{} {}", digest.schedule, digest.zone_name),
            next_at: digest.next_after(now),
        })
        .collect()
}
