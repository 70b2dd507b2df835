//! `tidy`: periodic care of the store.

use jiff::SignedDuration;

use crate::store::{StoreError, TidyOptions, TidyReport};

use super::Pipeline;

/// How long story fingerprints are looked at, and a day more for articles that come late.
const FINGERPRINTS: SignedDuration = SignedDuration::from_hours(24 * 8);

/// How long what a host taught is kept when it says nothing more.
const HOSTS: SignedDuration = SignedDuration::from_hours(24 * 90);

/// How long near misses can be asked for.
const NEAR_MISSES: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Drops what is past its time and lets the store optimise itself.
///
/// # Errors
/// When the store fails.
pub async fn work(pipeline: &Pipeline) -> Result<TidyReport, StoreError> {
    let setup = pipeline.setup();
    let keep = setup.config.keep;
    let options = TidyOptions {
        bodies: keep.bodies,
        pages: keep.pages,
        pages_bytes_max: keep.pages_bytes_max,
        near_misses: NEAR_MISSES,
        fingerprints: FINGERPRINTS,
        hosts: HOSTS,
    };
    pipeline
        .store
        .tidy(options, pipeline.world.clock.now())
        .await
}
