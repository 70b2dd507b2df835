//! A last look at an alert that was held because it may be told already, before it is told.

use jiff::Timestamp;

use super::Pipeline;
use super::judge::candidates;
use crate::model::{AlertState, ArticleId, LifeFacts, StoryEdited};
use crate::store::StoreError;
use crate::story::{self, StoryOptions};

/// No article has this id.
const NOBODY: ArticleId = ArticleId(0);

/// Looks whether a held alert whose time has come tells what another alert of its watch tells: since it was judged other
/// reports may have come, so that more is known of both stories. If so they are made one story, and true is the answer:
/// what was held is news of the other alert.
///
/// # Errors
/// When the store fails.
pub(super) async fn is_told(
    pipeline: &Pipeline,
    options: &StoryOptions,
    facts: &LifeFacts,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_over = facts.settles_at.is_some_and(|settles_at| settles_at <= now);
    if facts.state != AlertState::Waiting || !is_over {
        return Ok(false);
    }
    // Its reports may have been as old as the window is long when they came.
    let since = facts
        .grown_at
        .saturating_sub(options.foreign_window + options.foreign_window)
        .unwrap_or(Timestamp::MIN);
    let store = &pipeline.store;
    let found = store.watch_reports(&facts.watch, since, NOBODY, 0).await?;
    let reports = candidates(found.candidates);
    let Some(other) = story::same_happening(facts.story, &reports, options) else {
        return Ok(false);
    };
    // The older story is the one that stays.
    let (into, from) = (other.min(facts.story), other.max(facts.story));
    let why = "alike, now that more is reported".to_owned();
    let merged = store.merge_alike(into, from, now, why).await?;
    Ok(matches!(merged, StoryEdited::Done { .. }))
}
