//! `tidy`: periodic care of the store.

use jiff::SignedDuration;

use crate::store::{StoreError, TidyOptions, TidyReport, bytes_told};

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
    let now = pipeline.world.clock.now();
    let report = pipeline.store.tidy(options, now).await?;
    back_up(pipeline).await?;
    Ok(report)
}

/// Makes the backup that is due. One that does not fit, or cannot be written, is no reason to stop watching feeds; a
/// database that turns out to be damaged is.
async fn back_up(pipeline: &Pipeline) -> Result<(), StoreError> {
    let setup = pipeline.setup();
    let Some(plan) = &setup.config.store.backups else {
        return Ok(());
    };
    match pipeline
        .store
        .back_up(plan, pipeline.world.clock.now())
        .await
    {
        Ok(Some(made)) => {
            let (file, size) = (made.file.display(), bytes_told(made.bytes));
            tracing::info!("backed up: {file}, {size}");
        }
        Ok(None) => {}
        Err(error @ StoreError::Corrupt { .. }) => return Err(error),
        Err(error) => tracing::error!("no backup was made: {error}"),
    }
    Ok(())
}
