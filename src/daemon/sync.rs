//! The store is brought in line with the config: at the start, and after each reload.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::Daemon;
use crate::config::FeedConfig;
use crate::pipeline::{self, Setup};
use crate::schedule;
use crate::store::{StoreError, SyncReport, WatchSpec};

impl Daemon {
    /// Brings the store in line with the config in force: feeds, watches, digests, channels.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sync(&self, spread: bool) -> Result<(), StoreError> {
        let setup = self.pipeline.setup();
        let now = self.pipeline.world.clock.now();
        // Thousands of feeds take longer than all the rest of a reload, and most edits are of a rule.
        if !self.is_synced(&setup) {
            // What fails halfway leaves the store as no config has it.
            self.note_synced(None);
            self.sync_feeds(&setup, spread, now).await?;
        }
        self.note_synced(Some(Arc::clone(&setup)));
        self.sync_watches(&setup, now).await?;
        let digests = pipeline::digest::schedules(&setup.config.digests, now);
        self.pipeline.store.sync_digests(&digests, now).await?;
        let channels: Vec<String> = setup.channels.keys().cloned().collect();
        self.pipeline.store.end_holds(now).await?;
        let dropped = self.pipeline.store.drop_orphans(&channels, now).await?;
        if dropped > 0 {
            tracing::warn!("{dropped} deliveries dropped: their channels are no longer configured");
        }
        Ok(())
    }

    /// Whether the feeds are those that the store has.
    fn is_synced(&self, setup: &Setup) -> bool {
        let synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = |feed: &FeedConfig| (Arc::clone(&feed.spec), feed.moved_from.clone());
        synced.as_ref().is_some_and(|synced| {
            let (theirs, ours) = (&synced.config.feeds, &setup.config.feeds);
            theirs.iter().map(stored).eq(ours.iter().map(stored))
        })
    }

    fn note_synced(&self, setup: Option<Arc<Setup>>) {
        *self.synced.lock().unwrap_or_else(PoisonError::into_inner) = setup;
    }

    async fn sync_feeds(
        &self,
        setup: &Setup,
        spread: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let configured = &setup.config.feeds;
        let window = if spread {
            first_poll_window(configured.len())
        } else {
            SignedDuration::ZERO
        };
        let due = |feed: &FeedConfig| {
            let first = schedule::first_poll(&feed.spec.url, now, window);
            (Arc::clone(&feed.spec), first)
        };
        let feeds: Vec<_> = configured.iter().map(due).collect();
        self.move_feeds(configured, now).await?;
        let report = self.pipeline.store.sync_feeds(&feeds, now).await?;
        if report != SyncReport::default() {
            tracing::info!(
                "{} feeds: {} new, {} changed, {} no longer in the config",
                feeds.len(),
                report.added,
                report.changed,
                report.removed
            );
        }
        Ok(())
    }

    /// Feeds that have another address now keep what is stored of them.
    async fn move_feeds(&self, feeds: &[FeedConfig], now: Timestamp) -> Result<(), StoreError> {
        for feed in feeds {
            let Some(from) = &feed.moved_from else {
                continue;
            };
            let to = &feed.spec;
            if self.pipeline.store.move_feed(from, to, now).await? {
                tracing::info!(
                    "{} is {from} under a new address: its entries stay known",
                    to.url
                );
            }
        }
        Ok(())
    }

    async fn sync_watches(&self, setup: &Setup, now: Timestamp) -> Result<(), StoreError> {
        let sources = setup.config.rules.watches.iter();
        let renamed =
            sources.filter_map(|source| Some((&source.name, source.renamed_from.as_ref()?)));
        let renamed: HashMap<_, _> = renamed.collect();
        let specs = setup.rules.watches().iter().map(|watch| WatchSpec {
            name: watch.name.clone(),
            version: watch.version.clone(),
            renamed_from: renamed.get(&watch.name).map(|from| (*from).clone()),
        });
        let report = self
            .pipeline
            .store
            .sync_watches(specs.collect(), now)
            .await?;
        if report.changed + report.renamed + report.removed > 0 {
            tracing::info!(
                "{} watches: {} new or changed, {} renamed, {} no longer in the config",
                setup.rules.watches().len(),
                report.changed,
                report.renamed,
                report.removed
            );
        }
        if report.dropped > 0 {
            let dropped = report.dropped;
            tracing::warn!("{dropped} deliveries dropped: their watches are no longer configured");
        }
        Ok(())
    }
}

/// The first polls of many new feeds are spread: a few start at once, thousands over a quarter of an hour.
fn first_poll_window(feeds: usize) -> SignedDuration {
    let millis = i64::try_from(feeds).unwrap_or(i64::MAX).saturating_mul(200);
    SignedDuration::from_millis(millis).min(SignedDuration::from_mins(15))
}
