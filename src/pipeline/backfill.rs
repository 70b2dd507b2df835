//! A watch applied to an article of the past: what it would have found, written as if it had been there.

use std::sync::Arc;

use crate::model::{Committed, Hit};
use crate::rules::RuleSet;
use crate::store::{StoreError, StoredArticle};

use super::judge::{Compared, examine, facts, judge};
use super::{Pipeline, Setup};

/// How often an article is tried again that something else changes at the same time.
const TRIES: usize = 5;

/// What becomes of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// Nothing is written.
    Dry,
    /// Alerts are listed; nobody is told.
    Quiet,
    /// New alerts go to the channels of the watch, marked late.
    Tell,
}

/// What came of one article.
#[derive(Debug, Clone, PartialEq)]
pub enum Filled {
    /// The watch does not hit it.
    Miss,
    /// The watch has hit it before.
    Known,
    /// Its text is no longer stored.
    NoText,
    /// It is being read or judged at this moment, which tells of it anyway.
    Busy,
    /// It hits.
    Hit(Box<Hit>),
    /// A room panicked on it.
    Failed(String),
}

/// Applies a rule set of one watch to a stored article. What is known besides its text counts as of the time when it
/// was first seen.
///
/// # Errors
/// Only when the store fails.
pub async fn work(
    pipeline: &Pipeline,
    setup: &Setup,
    rules: &Arc<RuleSet>,
    stored: StoredArticle,
    telling: Telling,
) -> Result<Filled, StoreError> {
    let Some(watch) = rules
        .watches()
        .iter()
        .next()
        .map(|watch| watch.name.clone())
    else {
        return Ok(Filled::Miss);
    };
    if stored.watches.contains(&watch) {
        return Ok(Filled::Known);
    }
    if !stored.has_text {
        return Ok(Filled::NoText);
    }
    let mut item = stored.article;
    item.backlog = telling != Telling::Tell;
    item.late = true;
    let age = item.first_seen.duration_since(item.dated_at);
    let facts = facts(setup, &item, age);
    let rules = Arc::clone(rules);
    let examined = pipeline.compute.run(move || examine(&rules, item, facts));
    let (article, examined) = match examined.await {
        Ok(examined) => examined,
        Err(panicked) => return Ok(Filled::Failed(panicked.to_string())),
    };
    let Some(hit) = examined.verdict.hits.first().cloned() else {
        return Ok(Filled::Miss);
    };
    if telling == Telling::Dry {
        return Ok(Filled::Hit(Box::new(hit)));
    }
    let mut compared = Compared::default();
    for _ in 0..TRIES {
        let mut judgement = judge(pipeline, setup, &article, &examined, &mut compared).await?;
        judgement.alerts.retain(|change| change.watch == watch);
        judgement.near_misses.clear();
        let id = article.id;
        let committed = pipeline.store.commit_backfill(id, judgement).await?;
        if let Committed::Done(_) = committed {
            return Ok(Filled::Hit(Box::new(hit)));
        }
    }
    Ok(Filled::Busy)
}
