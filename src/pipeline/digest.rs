//! `digest`: closes the window of a digest that is due.

use crate::alert::{self, DIGEST_CUT, DigestHead};
use crate::config::DigestConfig;
use crate::model::{Claim, Committed, DigestId, DigestOutcome, DigestSlot};
use crate::store::{DigestSchedule, StoreError};

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
    let watches = config.watch_filter();
    let material = pipeline
        .queries
        .digest_material(slot.after_seq, None, &watches)
        .await?;
    let up_to_seq = material.up_to_seq;
    let title = setup.config.digest_title(config);
    let head = DigestHead {
        name: &config.name,
        title: &title,
        timezone: &config.zone_name,
        since: slot.since,
        until: now,
    };
    let outcome = DigestOutcome {
        at: now,
        up_to_seq,
        digest: alert::make_digest(material, head, DIGEST_CUT),
        channels: config.channels.clone(),
        next_at: config.next_after(now),
    };
    pipeline
        .store
        .commit_digest(&slot.name, claim.lease_no, outcome)
        .await
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
