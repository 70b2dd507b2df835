//! `tidy`: periodic care of the store.

use jiff::SignedDuration;

use crate::config::Config;
use crate::store::{KeepRules, StoreError, TidyOptions, TidyReport, bytes_told};

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
    let now = pipeline.world.clock.now();
    let keep = setup.config.keep;
    let rules = rules(&setup.config);
    let (mut bodies, mut pages) = (keep.bodies, keep.pages);
    let mut ruled = TidyReport::default();
    if !rules.is_plain() {
        ruled = pipeline.store.tidy_by_rule(rules, now).await?;
        // What is too old was dropped with it; only the bound in bytes is left.
        (bodies, pages) = (SignedDuration::MAX, SignedDuration::MAX);
    }
    let options = TidyOptions {
        bodies,
        pages,
        pages_bytes_max: keep.pages_bytes_max,
        near_misses: NEAR_MISSES,
        fingerprints: FINGERPRINTS,
        hosts: HOSTS,
    };
    let report = pipeline.store.tidy(options, now).await?;
    back_up(pipeline).await?;
    Ok(TidyReport {
        bodies: report.bodies + ruled.bodies,
        pages: report.pages + ruled.pages,
        alerts: ruled.alerts,
        ..report
    })
}

/// What feeds and watches say of how long things are kept.
fn rules(config: &Config) -> KeepRules {
    let feeds = config.feeds.iter();
    let watches = config.rules.watches.iter();
    KeepRules {
        bodies: config.keep.bodies,
        pages: config.keep.pages,
        feeds: feeds
            .filter_map(|feed| Some((feed.spec.url.clone(), **feed.keep.as_ref()?)))
            .collect(),
        watches: watches
            .filter_map(|watch| Some((watch.name.clone(), watch.keep?)))
            .collect(),
        alerts: config.keep.alerts,
    }
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
