//! What a judged article does to the alerts of its story, and which of them are held because they may be told already.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::joining::candidates;
use crate::alert::{self, Decision, KnownFacts, RouteFacts, WatchFacts};
use crate::model::{
    AlertChange, AlertKind, EvidenceSentence, Hit, Judgement, ReadArticle, StoryChoice,
};
use crate::pipeline::{Pipeline, Setup};
use crate::rules::Watch;
use crate::store::{KnownAlert, StoreError};
use crate::story::{self, Fingerprint};

/// A judged article and its place.
pub(super) struct Found<'a> {
    pub(super) article: &'a ReadArticle,
    pub(super) fingerprint: &'a Arc<Fingerprint>,
    pub(super) choice: StoryChoice,
    /// Watches that would have hit what the article said when it was judged before.
    pub(super) old_hits: &'a [String],
}

/// How far the reports of watches have been looked through for what the article tells, in vain: a second look begins there.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Compared(HashMap<String, i64>);

/// What one watch found in the article.
struct Finding<'a> {
    watch: &'a str,
    evidence: &'a [EvidenceSentence],
    only_list: bool,
    known: Option<&'a KnownAlert>,
}

/// Decides what happens to the alerts of the story: those of the watches that hit, and those that told of this
/// article before and whose watch no longer hits it.
pub(super) async fn decide(
    pipeline: &Pipeline,
    setup: &Setup,
    found: &Found<'_>,
    compared: &mut Compared,
    judgement: &mut Judgement,
) -> Result<(), StoreError> {
    let known = match found.choice {
        StoryChoice::New => Vec::new(),
        StoryChoice::Join { story, .. } => {
            // Of all watches: a story has few alerts, a rule set may have very many names.
            let article = found.article.id;
            pipeline.store.known_alerts(story, &[], article).await?
        }
    };
    let hits = std::mem::take(&mut judgement.hits);
    for finding in findings(found, &hits, &known) {
        let change = change(pipeline, setup, found, &finding, compared, judgement.at).await?;
        judgement.alerts.extend(change);
    }
    judgement.hits = hits;
    let told = judgement.alerts.iter();
    let watermarks = told.filter_map(|change| compared.0.get(&change.watch));
    judgement.compared_to = watermarks.min().copied();
    Ok(())
}

fn findings<'a>(
    found: &Found<'_>,
    hits: &'a [Hit],
    known: &'a [KnownAlert],
) -> impl Iterator<Item = Finding<'a>> {
    let of_hits = hits.iter().map(|hit| {
        let known = known.iter().find(|known| known.watch == hit.watch);
        Finding {
            watch: &hit.watch,
            evidence: &hit.sentences,
            // A changed watch looks forward only: what it would have found before is listed.
            only_list: known.is_none() && found.old_hits.contains(&hit.watch),
            known,
        }
    });
    let no_longer = known
        .iter()
        .filter(|known| known.has_article && !hits.iter().any(|hit| hit.watch == known.watch));
    of_hits.chain(no_longer.map(|known| Finding {
        watch: &known.watch,
        evidence: &[],
        only_list: false,
        known: Some(known),
    }))
}

/// What happens to the alert of one watch.
async fn change(
    pipeline: &Pipeline,
    setup: &Setup,
    found: &Found<'_>,
    finding: &Finding<'_>,
    compared: &mut Compared,
    now: Timestamp,
) -> Result<Option<AlertChange>, StoreError> {
    let Some(watch) = setup.rules.watch(finding.watch) else {
        return Ok(None);
    };
    let mut decision = Decision {
        watch: WatchFacts {
            name: &watch.name,
            title: &watch.title,
            severity: watch.severity,
            burst: watch.burst,
        },
        article: found.article,
        only_list: finding.only_list,
        evidence: finding.evidence,
        story: &found.choice,
        is_near: false,
        known: finding.known.map(facts),
        options: &setup.config.life,
        now,
    };
    let mut change = alert::decide(&decision);
    let is_new = change
        .as_ref()
        .is_some_and(|change| change.kind == Some(AlertKind::New));
    if is_new && setup.config.life.may_hold(watch.severity) {
        decision.is_near = is_near(pipeline, setup, found, &watch.name, compared).await?;
        if decision.is_near {
            change = alert::decide(&decision);
        }
    }
    Ok(change.map(|change| routed(setup, found.article, watch, change)))
}

fn facts(known: &KnownAlert) -> KnownFacts<'_> {
    KnownFacts {
        state: known.state,
        revision: known.revision,
        has_article: known.has_article,
        sources: known.sources,
        languages: &known.languages,
        reports: &known.reports,
        told: &known.told,
        until: known.until,
        settles_at: known.settles_at,
        burst_until: known.burst_until,
    }
}

/// True when the article may tell what another alert of the watch has told. If not, notes how far the store was looked
/// through.
async fn is_near(
    pipeline: &Pipeline,
    setup: &Setup,
    found: &Found<'_>,
    watch: &str,
    compared: &mut Compared,
) -> Result<bool, StoreError> {
    let (article, options) = (found.article, setup.config.stories.options());
    let since = article
        .dated_at
        .saturating_sub(options.foreign_window)
        .unwrap_or(Timestamp::MIN);
    let after = compared.0.get(watch).copied().unwrap_or_default();
    let told = pipeline
        .store
        .watch_reports(watch, since, article.id, after)
        .await?;
    let (fingerprint, dated_at) = (Arc::clone(found.fingerprint), article.dated_at);
    let is_near = pipeline.compute.run(move || {
        let reports = candidates(told.candidates);
        story::is_near(&fingerprint, dated_at, &reports, &options)
    });
    let is_near = is_near.await.unwrap_or_else(|panicked| {
        tracing::error!(article = %article.id, "comparing it with what its watch has told failed: {panicked}");
        // Held is the safe side: it is told a few minutes later.
        true
    });
    if !is_near {
        compared.0.insert(watch.to_owned(), told.watermark);
    }
    Ok(is_near)
}

/// The change with the channels that it is told through.
fn routed(setup: &Setup, article: &ReadArticle, watch: &Watch, change: AlertChange) -> AlertChange {
    let Some(kind) = change.kind else {
        return change;
    };
    let facts = RouteFacts {
        watch: &watch.name,
        severity: change.severity,
        labels: &watch.labels,
        lang: article.article.lang.as_deref(),
        tags: &article.tags,
        kind,
    };
    AlertChange {
        channels: setup.route(&facts).channels,
        ..change
    }
}
