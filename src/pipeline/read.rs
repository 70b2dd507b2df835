//! `read`: fetch an article's page and take its text; when the page cannot be had, the article is made of
//! what its entry said, so that a watch never goes blind.

use jiff::{SignedDuration, Timestamp};

use crate::fetch::{self, Accept, FetchError, Request, Response};
use crate::model::{Claim, Committed, ReadOutcome, WantedArticle};
use crate::schedule;
use crate::store::StoreError;

use super::{Pipeline, Setup};
use answer::{Answer, Source};
use page::Reader;
use prepared::{Around, Missing, Prepared, article_of_entry};

mod again;
mod answer;
mod page;
mod paged;
mod prepared;
mod scheduled;

pub use again::{Reread, Rereading, reread};

/// Failed tries after which the entry's own text is taken.
const TRIES: u32 = 3;

/// First wait between two tries; it doubles.
const RETRY: SignedDuration = SignedDuration::from_mins(2);

/// How reading went, for counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadResult {
    /// The page's text.
    Page,
    /// The entry's text.
    Entry,
    /// To be tried again.
    Retry,
    /// Read again, and nothing had changed.
    Unchanged,
}

/// Reads one article and commits what came of it.
///
/// # Errors
/// Only when the store fails.
pub async fn work(
    pipeline: &Pipeline,
    claim: Claim<WantedArticle>,
) -> Result<(ReadResult, Committed), StoreError> {
    let setup = pipeline.setup();
    let wanted = claim.item;
    let id = wanted.id;
    let outcome = read(pipeline, &setup, wanted).await;
    let result = match &outcome {
        ReadOutcome::Read { article, .. } if article.origin.is_page() => ReadResult::Page,
        ReadOutcome::Read { .. } => ReadResult::Entry,
        ReadOutcome::Retry { .. } => ReadResult::Retry,
        ReadOutcome::Unchanged { .. } | ReadOutcome::Missing { .. } => ReadResult::Unchanged,
    };
    let committed = pipeline
        .store
        .commit_read(id, claim.lease_no, outcome)
        .await?;
    Ok((result, committed))
}

async fn read(pipeline: &Pipeline, setup: &Setup, wanted: WantedArticle) -> ReadOutcome {
    if wanted.url.starts_with("entry:") {
        return from_entry(pipeline, wanted, None, None).await;
    }
    if scheduled::is_off(setup, &wanted) {
        return ReadOutcome::Unchanged {
            at: pipeline.world.clock.now(),
        };
    }
    let answer = match page_request(pipeline, setup, &wanted) {
        Ok(request) => setup.fetcher.get(request).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(response) if response.status == 304 => ReadOutcome::Unchanged {
            at: pipeline.world.clock.now(),
        },
        Ok(response) => from_page(pipeline, setup, wanted, response).await,
        Err(error) => failed(pipeline, setup, wanted, &error).await,
    }
}

fn page_request(
    pipeline: &Pipeline,
    setup: &Setup,
    wanted: &WantedArticle,
) -> Result<Request, FetchError> {
    let url = fetch::parse_url(&wanted.url)?;
    Ok(Request {
        access: setup.access_of_page(&wanted.feeds, &url),
        url,
        validators: wanted.validators.clone(),
        accept: Accept::Page,
        delta: false,
        wants_refusal: false,
        room: Some(pipeline.room.clone()),
    })
}

async fn failed(
    pipeline: &Pipeline,
    setup: &Setup,
    wanted: WantedArticle,
    error: &FetchError,
) -> ReadOutcome {
    let now = pipeline.world.clock.now();
    let host_not_before = error
        .retry_after()
        .map(|asked| schedule::patience(asked, now));
    if !error.is_transient() || wanted.failures + 1 >= TRIES {
        if scheduled::keeps_text(&wanted) {
            return scheduled::without_page(setup, error, now);
        }
        let missing = Missing::new(error.to_string(), Some(error.kind()));
        return from_entry(pipeline, wanted, Some(missing), host_not_before).await;
    }
    let wait = RETRY.saturating_mul(1 << wanted.failures.min(8));
    let due_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    ReadOutcome::Retry {
        at: now,
        due_at: host_not_before.map_or(due_at, |until| until.max(due_at)),
        why: error.to_string(),
        host_not_before,
    }
}

async fn from_page(
    pipeline: &Pipeline,
    setup: &Setup,
    wanted: WantedArticle,
    response: Response,
) -> ReadOutcome {
    let validators = response.validators.clone();
    let was_moved = scheduled::is_front_page(&wanted.url, &response.url);
    let answer = Answer::fetched(wanted.url.clone(), response, pipeline.world.clock.now());
    let reader = Reader {
        pipeline,
        setup,
        source: Source::Web {
            feeds: &wanted.feeds,
        },
        entry: &wanted.entry,
        hint: wanted.lang_hint.as_deref(),
    };
    let found = reader.article(answer).await;
    if scheduled::keeps_text(&wanted) {
        let now = pipeline.world.clock.now();
        let found = if was_moved {
            None
        } else {
            scheduled::told(found)
        };
        return match found {
            Some(found) => {
                let own = scheduled::own_change(pipeline, wanted.id, &found.text.article).await;
                let around = Around {
                    validators,
                    learnt: found.learnt,
                    pages: found.pages,
                    own,
                    ..Around::default()
                };
                found.text.outcome(now, around)
            }
            None => ReadOutcome::Unchanged { at: now },
        };
    }
    match found {
        Ok(done) => {
            let around = Around {
                validators,
                learnt: done.learnt,
                pages: done.pages,
                ..Around::default()
            };
            done.text.outcome(pipeline.world.clock.now(), around)
        }
        Err(missing) => from_entry(pipeline, wanted, Some(missing), None).await,
    }
}

async fn from_entry(
    pipeline: &Pipeline,
    wanted: WantedArticle,
    missing: Option<Missing>,
    host_not_before: Option<Timestamp>,
) -> ReadOutcome {
    let now = pipeline.world.clock.now();
    let (entry, hint) = (wanted.entry, wanted.lang_hint);
    let (why, kind) = missing.map_or((None, None), |missing| (Some(missing.why), missing.kind));
    let worked = pipeline
        .compute
        .run(move || Prepared::new(article_of_entry(&entry, kind), hint.as_deref()))
        .await;
    match worked {
        Ok(text) => text.outcome(
            now,
            Around {
                why,
                host_not_before,
                ..Around::default()
            },
        ),
        Err(panicked) => ReadOutcome::Retry {
            at: now,
            due_at: now.saturating_add(RETRY).unwrap_or(Timestamp::MAX),
            why: panicked.to_string(),
            host_not_before,
        },
    }
}
