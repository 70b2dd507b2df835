//! `judge`: what do the watches find in an article, which story is it, is that worth telling?

use std::sync::Arc;

use jiff::SignedDuration;
use tracing::field::display;

use crate::channel::render::plain;
use crate::model::{Claim, Committed, Hit, Judgement, PartNumber, ReadArticle};
use crate::rules::{Document, DocumentInput, Facts, RuleSet, Verdict};
use crate::store::{JudgementReport, StoreError};
use crate::story::{Fingerprint, StoryText};

use super::{Panicked, Pipeline, Setup};
use telling::Found;

pub(super) use joining::candidates;
pub(super) use telling::Compared;

mod joining;
mod telling;

/// How long an article that made a room panic waits for the next try.
const RETRY_AFTER_PANIC: SignedDuration = SignedDuration::from_mins(10);

/// How often what is stored is looked at before an article is given back: others wait meanwhile for their second look.
const LOOKS_MAX: u32 = 20;

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
    let rules = Arc::clone(&setup.rules);
    let mut item = claim.item;
    // What only our second reading finds in yesterday's news is listed; nobody is woken by it.
    let age = pipeline.world.clock.now().duration_since(item.dated_at);
    item.backlog |= item.reread && age > setup.config.max_age;
    let facts = facts(&setup, &item, age);
    // Judged before, by other rules: what they find now may be no news of the article's.
    let was_judged = item.judged_by.as_deref();
    let rules_changed = was_judged.is_some_and(|judged_by| judged_by != rules.fingerprint());
    let examined = pipeline.compute.run(move || {
        let (item, mut examined) = examine(&rules, item, facts.clone());
        if rules_changed && !examined.verdict.hits.is_empty() {
            examined.old_hits = hits_before(&rules, &item, facts);
        }
        (item, examined)
    });
    let examined = examined.await;
    let (article, examined) = match examined {
        Ok(examined) => examined,
        Err(panicked) => return park(pipeline, id, claim.lease_no, &panicked).await,
    };
    let hits = examined.verdict.hits.len();
    let committed = place(pipeline, &setup, &article, &examined, claim.lease_no).await?;
    if let Committed::Done(report) = &committed {
        log(&article, report);
    }
    Ok((hits, committed))
}

/// Looks at what is stored and commits; again when a twin was committed in between. Whoever looks again does so alone: of
/// many reports that come at once each would else be overtaken by another many times.
async fn place(
    pipeline: &Pipeline,
    setup: &Setup,
    article: &ReadArticle,
    examined: &Examined,
    lease_no: i64,
) -> Result<Committed<JudgementReport>, StoreError> {
    let mut compared = Compared::default();
    let mut turn = None;
    for look in 1.. {
        let mut judgement = judge(pipeline, setup, article, examined, &mut compared).await?;
        // One that has a story already is to be claimed with the story that it has by then.
        judgement.is_last_look = article.story.is_some() || look == LOOKS_MAX;
        let store = &pipeline.store;
        match store
            .commit_judgement(article.id, lease_no, judgement)
            .await?
        {
            Committed::Outdated if turn.is_none() => {
                turn = Some(pipeline.second_looks.lock().await)
            }
            Committed::Outdated => {}
            committed => return Ok(committed),
        }
    }
    Ok(Committed::Stale)
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
    let story = report.story.map(display);
    for (alert, kind) in &report.alerts {
        let kind = kind.map_or("a further article", crate::model::AlertKind::name);
        let title = plain(&article.article.title);
        tracing::info!(alert_id = %alert, story, "{kind}: {title} ({})", article.url);
    }
}

/// What the rooms found, before anybody looked at what is stored.
pub(super) struct Examined {
    pub(super) verdict: Verdict,
    /// Watches that would have hit what the article said when it was judged before.
    old_hits: Vec<String>,
    fingerprint: Option<Arc<Fingerprint>>,
}

/// What is known of an article besides its text.
pub(super) fn facts(setup: &Setup, item: &ReadArticle, age: SignedDuration) -> Facts {
    facts_with(|feed| setup.country_of(feed), item, age)
}

/// The same, with the countries of feeds from elsewhere.
pub(super) fn facts_with(
    country_of: impl Fn(&str) -> Option<&'static str>,
    item: &ReadArticle,
    age: SignedDuration,
) -> Facts {
    let countries = item.feeds.iter().filter_map(|feed| country_of(feed));
    let mut authors = item.article.authors.clone();
    authors.extend(item.entry.authors.iter().cloned());
    Facts {
        url: item.url.clone(),
        feeds: item.feeds.clone(),
        feed_countries: countries.map(str::to_owned).collect(),
        tags: [&item.tags[..], &item.article.tags[..]].concat(),
        authors,
        age_s: Some(age.as_secs()),
    }
}

/// An article as it is analysed.
pub(super) fn input_of(article: &ReadArticle, facts: Facts) -> DocumentInput {
    let text = &article.article;
    DocumentInput {
        title: text.title.clone(),
        body: text.body.clone(),
        parts: text.parts.clone(),
        entry_title: article.entry.title.clone(),
        entry_summary: article.entry.summary.clone(),
        lang: text.lang.clone().or_else(|| article.lang_hint.clone()),
        facts,
    }
}

pub(super) fn examine(
    rules: &RuleSet,
    article: ReadArticle,
    facts: Facts,
) -> (ReadArticle, Examined) {
    let document = Document::new(input_of(&article, facts));
    let verdict = rules.judge(&document);
    // An article that was alerted and no longer hits is still part of its story: it may be a correction.
    let needs_story = !verdict.hits.is_empty() || article.story.is_some();
    let fingerprint = needs_story.then(|| {
        let text = &article.article;
        let (title, lang) = (title(&article), text.lang.as_deref());
        let part = told_part(&verdict.hits);
        Arc::new(Fingerprint::of(StoryText::of_part(
            title,
            &text.body,
            lang,
            &text.parts,
            part.0,
        )))
    });
    (
        article,
        Examined {
            verdict,
            old_hits: Vec::new(),
            fingerprint,
        },
    )
}

/// Which story of its page an article is in the story for: the first that a watch hit in.
fn told_part(hits: &[Hit]) -> PartNumber {
    let spans = hits.iter().flat_map(|hit| &hit.evidence);
    spans.map(|span| span.part).min().unwrap_or_default()
}

/// The watches that hit the text before it was changed. What its entries said then is not known: they are left out.
fn hits_before(rules: &RuleSet, article: &ReadArticle, facts: Facts) -> Vec<String> {
    let text = article.before.as_ref().unwrap_or(&article.article);
    let document = Document::new(DocumentInput {
        title: text.title.clone(),
        body: text.body.clone(),
        parts: text.parts.clone(),
        lang: text.lang.clone().or_else(|| article.lang_hint.clone()),
        facts,
        ..DocumentInput::default()
    });
    let hits = rules.judge(&document).hits;
    hits.into_iter().map(|hit| hit.watch).collect()
}

fn title(article: &ReadArticle) -> &str {
    if article.article.title.is_empty() {
        &article.entry.title
    } else {
        &article.article.title
    }
}

pub(super) async fn judge(
    pipeline: &Pipeline,
    setup: &Setup,
    article: &ReadArticle,
    examined: &Examined,
    compared: &mut Compared,
) -> Result<Judgement, StoreError> {
    let now = pipeline.world.clock.now();
    let mut judgement = Judgement {
        at: now,
        version: article.version,
        rule_set: setup.rules.fingerprint().to_owned(),
        hits: examined.verdict.hits.clone(),
        near_misses: examined.verdict.near_misses.clone(),
        story: None,
        fingerprint: Vec::new(),
        story_keys: Vec::new(),
        watermark: 0,
        alerts: Vec::new(),
        compared_to: None,
        rereads: setup.config.rereads.clone(),
        is_last_look: true,
    };
    let Some(fingerprint) = &examined.fingerprint else {
        return Ok(judgement);
    };
    judgement.story_keys = fingerprint.keys();
    judgement.fingerprint = fingerprint.to_bytes();
    let options = setup.config.stories.options();
    let choice = joining::choose(pipeline, article, fingerprint, &options, &mut judgement).await?;
    judgement.story = Some(choice);
    let found = Found {
        article,
        fingerprint,
        choice,
        old_hits: &examined.old_hits,
    };
    telling::decide(pipeline, setup, &found, compared, &mut judgement).await?;
    Ok(judgement)
}
