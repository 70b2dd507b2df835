//! `judge`: what do the watches find in an article, which story is it, is that worth telling?

use jiff::SignedDuration;

use crate::alert::{self, Decision, KnownFacts, WatchFacts};
use crate::model::{AlertChange, Claim, Committed, Hit, Judgement, ReadArticle, StoryChoice};
use crate::rules::{Document, DocumentInput, RuleSet, Verdict};
use crate::store::{JudgementReport, KnownAlert, StoreError};
use crate::story::{self, Candidate, Fingerprint, StoryOptions, StoryText};

use super::{Panicked, Pipeline, Setup};

/// How long an article that made a room panic waits for the next try.
const RETRY_AFTER_PANIC: SignedDuration = SignedDuration::from_mins(10);

/// Tries after which such an article is parked.
const PARK_AFTER: u32 = 3;

/// Judges one article and commits hits, story, alerts and deliveries together.
///
/// # Errors
/// Only when the store fails.
pub async fn work(
    pipeline: &Pipeline,
    claim: Claim<ReadArticle>,
) -> Result<(usize, Committed<JudgementReport>), StoreError> {
    let setup = pipeline.setup();
    let id = claim.item.id;
    let rules = std::sync::Arc::clone(&setup.rules);
    let examined = pipeline
        .compute
        .run(move || examine(&rules, claim.item))
        .await;
    let (article, examined) = match examined {
        Ok(examined) => examined,
        Err(panicked) => return park(pipeline, id, claim.lease_no, &panicked).await,
    };
    let judgement = judge(pipeline, &setup, &article, examined).await?;
    let hits = judgement.hits.len();
    let committed = pipeline
        .store
        .commit_judgement(id, claim.lease_no, judgement)
        .await?;
    if let Committed::Done(report) = &committed {
        log(&article, report);
    }
    Ok((hits, committed))
}

async fn park(
    pipeline: &Pipeline,
    id: crate::model::ArticleId,
    lease_no: i64,
    panicked: &Panicked,
) -> Result<(usize, Committed<JudgementReport>), StoreError> {
    tracing::error!(article = %id, "judging failed: {panicked}");
    let retry_at = pipeline.world.clock.now() + RETRY_AFTER_PANIC;
    let why = panicked.to_string();
    pipeline
        .store
        .release_article(id, lease_no, retry_at, PARK_AFTER, &why)
        .await?;
    Ok((0, Committed::Stale))
}

fn log(article: &ReadArticle, report: &JudgementReport) {
    for (alert, kind) in &report.alerts {
        let kind = kind.map_or("a further article", crate::model::AlertKind::name);
        tracing::info!(alert_id = %alert, "{kind}: {} ({})", article.article.title, article.url);
    }
}

/// What the rooms found, before anybody looked at what is stored.
struct Examined {
    verdict: Verdict,
    fingerprint: Option<Fingerprint>,
}

fn examine(rules: &RuleSet, article: ReadArticle) -> (ReadArticle, Examined) {
    let document = Document::new(DocumentInput {
        title: article.article.title.clone(),
        body: article.article.body.clone(),
        entry_title: article.entry.title.clone(),
        entry_summary: article.entry.summary.clone(),
        lang: article
            .article
            .lang
            .clone()
            .or_else(|| article.lang_hint.clone()),
    });
    let verdict = rules.judge(&document);
    let fingerprint = (!verdict.hits.is_empty()).then(|| {
        Fingerprint::of(StoryText {
            title: title(&article),
            body: &article.article.body,
            lang: article.article.lang.as_deref(),
        })
    });
    (
        article,
        Examined {
            verdict,
            fingerprint,
        },
    )
}

fn title(article: &ReadArticle) -> &str {
    if article.article.title.is_empty() {
        &article.entry.title
    } else {
        &article.article.title
    }
}

async fn judge(
    pipeline: &Pipeline,
    setup: &Setup,
    article: &ReadArticle,
    examined: Examined,
) -> Result<Judgement, StoreError> {
    let now = pipeline.world.clock.now();
    let mut judgement = Judgement {
        at: now,
        version: article.version,
        rule_set: setup.rules.fingerprint().to_owned(),
        hits: examined.verdict.hits,
        near_misses: examined.verdict.near_misses,
        story: None,
        fingerprint: Vec::new(),
        story_keys: Vec::new(),
        watermark: 0,
        alerts: Vec::new(),
    };
    let Some(fingerprint) = examined.fingerprint else {
        return Ok(judgement);
    };
    judgement.story_keys = fingerprint.keys();
    judgement.fingerprint = fingerprint.to_bytes();
    let options = StoryOptions::default();
    let since = article
        .first_seen
        .saturating_sub(options.window)
        .unwrap_or(article.first_seen);
    let found = pipeline
        .store
        .story_candidates(&judgement.story_keys, since)
        .await?;
    judgement.watermark = found.watermark;
    let choice = match article.story {
        // A corrected article stays in its story.
        Some(story) => StoryChoice::Join {
            story,
            copy_of: None,
        },
        None => {
            let candidates: Vec<Candidate> = found
                .candidates
                .into_iter()
                .filter(|candidate| candidate.article != article.id)
                .filter_map(|candidate| {
                    Some(Candidate {
                        article: candidate.article,
                        story: candidate.story,
                        fingerprint: Fingerprint::from_bytes(&candidate.fingerprint).ok()?,
                        first_seen: candidate.first_seen,
                    })
                })
                .collect();
            story::choose(&fingerprint, article.first_seen, &candidates, &options)
        }
    };
    judgement.story = Some(choice);
    let known = match choice {
        StoryChoice::New => Vec::new(),
        StoryChoice::Join { story, .. } => {
            let watches: Vec<String> = judgement.hits.iter().map(|hit| hit.watch.clone()).collect();
            pipeline
                .store
                .known_alerts(story, &watches, article.id)
                .await?
        }
    };
    judgement.alerts = judgement
        .hits
        .iter()
        .filter_map(|hit| change(setup, article, hit, choice, &known))
        .collect();
    Ok(judgement)
}

/// What happens to the alert of one hit.
fn change(
    setup: &Setup,
    article: &ReadArticle,
    hit: &Hit,
    choice: StoryChoice,
    known: &[KnownAlert],
) -> Option<AlertChange> {
    let watch = setup.rules.watch(&hit.watch)?;
    let known = known.iter().find(|known| known.watch == hit.watch);
    let channels = setup.channels_of(&watch.name);
    alert::decide(&Decision {
        watch: WatchFacts {
            name: &watch.name,
            title: &watch.title,
            severity: watch.severity,
            channels: &channels,
        },
        article,
        evidence: &hit.sentences,
        story: &choice,
        known: known.map(|known| KnownFacts {
            state: known.state,
            revision: known.revision,
            has_article: known.has_article,
            sources: known.sources,
            languages: &known.languages,
        }),
    })
}
