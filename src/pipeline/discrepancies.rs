//! Documents that two feed readers read differently: no outcome of a poll, but worth a number.

use std::sync::atomic::{AtomicU64, Ordering};

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
