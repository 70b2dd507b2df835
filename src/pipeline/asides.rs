//! What polls notice besides their outcome: documents that two feed readers read differently, and changes that
//! concern hubs.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::model::{Feed, PollOutcome, PollResult};

/// Documents that feed-rs read otherwise than our own reader, since they were last taken.
#[derive(Debug, Default)]
pub struct Discrepancies(AtomicU64);

impl Discrepancies {
    /// Counts one.
    pub(super) fn note(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Their number; counting begins anew.
    pub fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// Whether a poll has changed what hubs are to be asked for (WebSub), since that was last taken.
#[derive(Debug, Default)]
pub struct HubNews(AtomicBool);

impl HubNews {
    pub(super) fn note(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once after a change.
    pub fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// True when the outcome changes which hub is to push the feed, or whether one is to: only then all feeds are looked
/// through for hubs.
pub(super) fn concerns_hubs(feed: &Feed, outcome: &PollOutcome) -> bool {
    let before = &feed.state;
    let after = outcome.state.as_deref().unwrap_or(before);
    if before.links.hubs.is_empty() && after.links.hubs.is_empty() {
        return false;
    }
    let was_well = feed.failures == 0 && feed.last_success_at.is_some();
    let is_well = !matches!(outcome.result, PollResult::Failed { .. });
    let is_parked = |gone: bool, duplicate: &Option<String>| gone || duplicate.is_some();
    (is_well && !was_well)
        || before.links.hubs != after.links.hubs
        || before.links.itself != after.links.itself
        || before.poll_url != after.poll_url
        || is_parked(before.gone_at.is_some(), &before.duplicate_of)
            != is_parked(after.gone_at.is_some(), &after.duplicate_of)
}
