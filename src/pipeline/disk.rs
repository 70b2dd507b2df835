//! Room on the database's disk: when it is nearly full no pages are read, so that what was read can still be told.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::{StoreError, bytes_told};

use super::Pipeline;

/// Whether the disk was nearly full when it was last looked at.
#[derive(Debug, Default)]
pub struct Disk {
    is_low: AtomicBool,
}

impl Disk {
    /// As it was last seen.
    #[must_use]
    pub fn was_low(&self) -> bool {
        self.is_low.load(Ordering::Relaxed)
    }
}

/// Looks at the disk, and says so when it has become nearly full, or no longer is.
///
/// # Errors
/// When the store fails.
pub async fn is_low(pipeline: &Pipeline) -> Result<bool, StoreError> {
    let floor = pipeline.setup().config.store.free_bytes_min;
    // Where the system does not say, writing fails when it is too late, as ever.
    let Some(free) = pipeline.queries.free_bytes().await? else {
        return Ok(false);
    };
    let was_low = pipeline.disk.was_low();
    let is_low = free < needed(floor, was_low);
    pipeline.disk.is_low.store(is_low, Ordering::Relaxed);
    let (free, floor) = (bytes_told(free), bytes_told(floor));
    match (was_low, is_low) {
        (false, true) => tracing::warn!(
            "the database's disk is nearly full: {free} are free, [store] free_bytes_min is {floor}; no pages are read until \
             there is more, alerts are sent all the same"
        ),
        (true, false) => {
            tracing::info!("the database's disk has room again: {free} are free; pages are read");
        }
        _ => {}
    }
    Ok(is_low)
}

/// A tenth more ends it, so that it does not begin and end all the time.
fn needed(floor: u64, was_low: bool) -> u64 {
    match was_low {
        true => floor.saturating_add(floor / 10),
        false => floor,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_later_than_it_begins() {
        assert_eq!(needed(200, false), 200);
        assert_eq!(needed(200, true), 220);
        assert_eq!(needed(u64::MAX, true), u64::MAX);
    }
}
