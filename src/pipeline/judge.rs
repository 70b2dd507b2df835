//! `judge`: what do the watches find in an article, which story is it, is that worth telling?

use jiff::{SignedDuration, Timestamp};

use crate::alert::{self, Decision, KnownFacts, RouteFacts, WatchFacts};
use crate::channel::render::plain;
use crate::model::{
    AlertChange, Claim, Committed, EvidenceSentence, Hit, Judgement, PartNumber, ReadArticle,
    StoryChoice, StoryEdited, StoryId,
};
use crate::rules::{Document, DocumentInput, Facts, RuleSet, Verdict};
use crate::store::{JudgementReport, KnownAlert, StoreError};
use crate::story::{self, Candidate, Chosen, Fingerprint, StoryOptions, StoryText};

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
        let title = plain(&article.article.title);
        tracing::info!(alert_id = %alert, "{kind}: {title} ({})", article.url);
    }
}

/// What the rooms found, before anybody looked at what is stored.
pub(super) struct Examined {
    pub(super) verdict: Verdict,
    /// Watches that would have hit what the article said when it was judged before.
    old_hits: Vec<String>,
    fingerprint: Option<Fingerprint>,
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
        Fingerprint::of(StoryText::of_part(
            title,
            &text.body,
            lang,
            &text.parts,
            part.0,
        ))
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
        rereads: setup.config.rereads.clone(),
    };
    let Some(fingerprint) = examined.fingerprint else {
        return Ok(judgement);
    };
    judgement.story_keys = fingerprint.keys();
    judgement.fingerprint = fingerprint.to_bytes();
    let options = setup.config.stories.options();
    let choice = choose(pipeline, article, &fingerprint, &options, &mut judgement).await?;
    judgement.story = Some(choice);
    let old = &examined.old_hits;
    judgement.alerts = changes(pipeline, setup, article, choice, &judgement.hits, old).await?;
    Ok(judgement)
}

/// How often the stories that an article shows to be one are merged before it joins what there is.
const MERGES_MAX: usize = 3;

/// Which story the article belongs to; stories that it shows to be one are merged first, so that it meets the one alert
/// of them. Notes in the judgement how far the store was looked through.
async fn choose(
    pipeline: &Pipeline,
    article: &ReadArticle,
    fingerprint: &Fingerprint,
    options: &StoryOptions,
    judgement: &mut Judgement,
) -> Result<StoryChoice, StoreError> {
    for _ in 0..MERGES_MAX {
        let chosen = look_up(pipeline, article, fingerprint, options, judgement).await?;
        if !merge(pipeline, article, &chosen.to_merge(), judgement.at).await? {
            return Ok(chosen.story);
        }
    }
    let chosen = look_up(pipeline, article, fingerprint, options, judgement).await?;
    Ok(chosen.story)
}

/// Makes the stories one with the first, unless a person set them apart; true when any was merged.
async fn merge(
    pipeline: &Pipeline,
    article: &ReadArticle,
    stories: &[StoryId],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let Some((into, others)) = stories.split_first() else {
        return Ok(false);
    };
    let mut is_merged = false;
    for other in others {
        let why = format!("{} tells both", article.id);
        let merged = pipeline.store.merge_alike(*into, *other, at, why).await?;
        is_merged |= matches!(merged, StoryEdited::Done { .. });
    }
    Ok(is_merged)
}

async fn look_up(
    pipeline: &Pipeline,
    article: &ReadArticle,
    fingerprint: &Fingerprint,
    options: &StoryOptions,
    judgement: &mut Judgement,
) -> Result<Chosen, StoreError> {
    let since = article
        .dated_at
        .saturating_sub(options.window)
        .unwrap_or(Timestamp::MIN);
    let found = pipeline
        .store
        .story_candidates(&judgement.story_keys, since)
        .await?;
    judgement.watermark = found.watermark;
    if let Some(story) = article.story {
        // A corrected article stays in its story.
        let story = StoryChoice::Join {
            story,
            copy_of: None,
        };
        return Ok(Chosen {
            story,
            bridged: Vec::new(),
        });
    }
    let candidates: Vec<Candidate> = found
        .candidates
        .into_iter()
        .filter(|found| found.article != article.id)
        .filter_map(|found| {
            // A fingerprint of an older layout is no candidate; it ages out of the window.
            let fingerprint = Fingerprint::from_bytes(&found.fingerprint).ok()?;
            Some(Candidate {
                article: found.article,
                story: found.story,
                fingerprint,
                first_seen: found.dated_at,
            })
        })
        .collect();
    Ok(story::choose(
        fingerprint,
        article.dated_at,
        &candidates,
        options,
    ))
}

/// What happens to the alerts of the story: those of the watches that hit, and those that told of this
/// article before and whose watch no longer hits it.
async fn changes(
    pipeline: &Pipeline,
    setup: &Setup,
    article: &ReadArticle,
    choice: StoryChoice,
    hits: &[Hit],
    old_hits: &[String],
) -> Result<Vec<AlertChange>, StoreError> {
    let known = match choice {
        StoryChoice::New => Vec::new(),
        StoryChoice::Join { story, .. } => {
            // Of all watches: a story has few alerts, a rule set may have very many names.
            pipeline.store.known_alerts(story, &[], article.id).await?
        }
    };
    let now = pipeline.world.clock.now();
    let mut changes = Vec::new();
    for hit in hits {
        let known = known.iter().find(|known| known.watch == hit.watch);
        // A changed watch looks forward only: what it would have found before is listed.
        let only_list = known.is_none() && old_hits.contains(&hit.watch);
        let found = Found {
            watch: &hit.watch,
            evidence: &hit.sentences,
            only_list,
        };
        changes.extend(change(setup, article, &found, choice, known, now));
    }
    for known in known.iter().filter(|known| known.has_article) {
        if !hits.iter().any(|hit| hit.watch == known.watch) {
            let found = Found {
                watch: &known.watch,
                evidence: &[],
                only_list: false,
            };
            changes.extend(change(setup, article, &found, choice, Some(known), now));
        }
    }
    Ok(changes)
}

/// What one watch found in the article.
struct Found<'a> {
    watch: &'a str,
    evidence: &'a [EvidenceSentence],
    only_list: bool,
}

/// What happens to the alert of one watch.
fn change(
    setup: &Setup,
    article: &ReadArticle,
    found: &Found<'_>,
    choice: StoryChoice,
    known: Option<&KnownAlert>,
    now: Timestamp,
) -> Option<AlertChange> {
    let watch = setup.rules.watch(found.watch)?;
    let change = alert::decide(&Decision {
        watch: WatchFacts {
            name: &watch.name,
            title: &watch.title,
            severity: watch.severity,
            burst: watch.burst,
        },
        article,
        only_list: found.only_list,
        evidence: found.evidence,
        story: &choice,
        known: known.map(|known| KnownFacts {
            state: known.state,
            revision: known.revision,
            has_article: known.has_article,
            sources: known.sources,
            languages: &known.languages,
            reports: &known.reports,
            told: &known.told,
            until: known.until,
            burst_until: known.burst_until,
        }),
        options: &setup.config.life,
        now,
    })?;
    let Some(kind) = change.kind else {
        return Some(change);
    };
    let facts = RouteFacts {
        watch: &watch.name,
        severity: change.severity,
        labels: &watch.labels,
        lang: article.article.lang.as_deref(),
        tags: &article.tags,
        kind,
    };
    Some(AlertChange {
        channels: setup.route(&facts).channels,
        ..change
    })
}
