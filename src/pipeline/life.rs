//! `life`: alerts whose life goes on without an article: what was gathered is told, snoozes and mutes end, stories that
//! have gone quiet end, and bursts are noticed.

use jiff::{SignedDuration, Timestamp};

use crate::alert::{self, BURST_DAYS, BURST_TEXTS_MIN, LifeOptions, RouteFacts, Standing, Step};
use crate::model::{
    AlertKind, AlertState, BurstFacts, BurstOutcome, Committed, LifeChange, LifeFacts, Severity,
};
use crate::store::StoreError;

use super::{Pipeline, Setup, settling};

/// Alerts looked at in one piece.
const PIECE: usize = 100;

/// What is to be looked at again is not looked at at once.
const AGAIN_MIN: SignedDuration = SignedDuration::from_secs(1);

/// What a look at the alerts came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LifeReport {
    /// Alerts that were told: what was gathered, and what a snooze held back.
    pub told: u64,
    /// Alerts that have ended.
    pub ended: u64,
    /// Bursts that were told.
    pub bursts: u64,
    /// What was told, each with its kind.
    pub kinds: Vec<AlertKind>,
    /// Deliveries that now wait.
    pub deliveries: u64,
}

/// Looks at the alerts that are due, and, when `bursts` says so, at what the watches have hit of late.
///
/// # Errors
/// When the store fails.
pub async fn work(pipeline: &Pipeline, bursts: bool) -> Result<LifeReport, StoreError> {
    let mut report = LifeReport::default();
    let now = pipeline.world.clock.now();
    let setup = pipeline.setup();
    if pipeline
        .store
        .next_due(now)
        .await?
        .life
        .is_some_and(|due| due <= now)
    {
        pipeline.store.end_mutes(now).await?;
        look(pipeline, &setup, now, &mut report).await?;
    }
    if bursts
        && setup
            .config
            .rules
            .watches
            .iter()
            .any(|watch| may_burst(&setup, &watch.name))
    {
        look_for_bursts(pipeline, &setup, now, &mut report).await?;
    }
    Ok(report)
}

async fn look(
    pipeline: &Pipeline,
    setup: &Setup,
    now: Timestamp,
    report: &mut LifeReport,
) -> Result<(), StoreError> {
    loop {
        let due = pipeline.store.alerts_due(now, PIECE).await?;
        let is_last = due.len() < PIECE;
        let mut done = false;
        let options = setup.config.stories.options();
        for facts in due {
            if settling::is_told(pipeline, &options, &facts, now).await? {
                done = true;
                continue;
            }
            let change = change_of(setup, &facts, now);
            done |= commit(pipeline, &facts, change, report).await?;
        }
        // What is stale is looked at next time.
        if is_last || !done {
            return Ok(());
        }
    }
}

/// What becomes of an alert.
fn change_of(setup: &Setup, facts: &LifeFacts, now: Timestamp) -> LifeChange {
    let options = &setup.config.life;
    let Some(watch) = setup.rules.watch(&facts.watch) else {
        // Its watch is out of the config: nobody is told any more.
        return unchanged(facts, now, facts.severity, None);
    };
    let burst = facts.burst_until.is_some() && facts.state != AlertState::Ended;
    let severity = match facts.state.is_untold() {
        true => facts.severity,
        false => alert::severity(watch.severity, facts.sources, burst, options),
    };
    let standing = Standing {
        state: facts.state,
        told: &facts.told,
        sources: facts.sources,
        news: facts.news,
        new_language: alert::has_new_language(&facts.told, &facts.languages),
        severity,
        grown_at: facts.grown_at,
        until: facts.until,
        settles_at: facts.settles_at,
        burst_until: facts.burst_until,
    };
    match alert::step(&standing, options, now) {
        Step::Wait(due_at) => unchanged(facts, now, severity, due_at),
        Step::Wake => LifeChange {
            state: AlertState::Open,
            ..unchanged(facts, now, severity, Some(now))
        },
        Step::End => LifeChange {
            state: AlertState::Ended,
            ..told(setup, facts, AlertKind::Ended, severity, now)
        },
        Step::Tell(kind) => LifeChange {
            updates: match (facts.state, kind) {
                (AlertState::Ended, _) | (_, AlertKind::New) => 0,
                _ => alert::used_up(&facts.told, facts.sources),
            },
            // What is told for the first time has no message before.
            note: facts
                .told
                .at
                .and_then(|_| alert::gathered(&facts.told, facts.sources, &facts.languages)),
            due_at: Some(after_telling(now, options)),
            ..told(setup, facts, kind, severity, now)
        },
    }
}

/// Nothing is told; it is looked at again when it is due.
fn unchanged(
    facts: &LifeFacts,
    now: Timestamp,
    severity: Severity,
    due_at: Option<Timestamp>,
) -> LifeChange {
    let soonest = now.saturating_add(AGAIN_MIN).unwrap_or(Timestamp::MAX);
    LifeChange {
        alert: facts.id,
        at: now,
        seen_revision: facts.revision,
        seen_state: facts.state,
        state: facts.state,
        kind: None,
        severity,
        updates: facts.told.updates,
        note: None,
        channels: Vec::new(),
        due_at: due_at.map(|due| due.max(soonest)),
        burst: None,
    }
}

/// Something is told, through the channels that tell such things. An acknowledged alert stays so.
fn told(
    setup: &Setup,
    facts: &LifeFacts,
    kind: AlertKind,
    severity: Severity,
    now: Timestamp,
) -> LifeChange {
    let state = match facts.state {
        AlertState::Acked => AlertState::Acked,
        _ => AlertState::Open,
    };
    let channels = setup.rules.watch(&facts.watch).map(|watch| {
        let facts = RouteFacts {
            watch: &watch.name,
            severity,
            labels: &watch.labels,
            lang: facts.lang.as_deref(),
            tags: &facts.tags,
            kind,
        };
        setup.route(&facts).channels
    });
    LifeChange {
        kind: Some(kind),
        state,
        channels: channels.unwrap_or_default(),
        ..unchanged(facts, now, severity, None)
    }
}

fn after_telling(now: Timestamp, options: &LifeOptions) -> Timestamp {
    alert::end_at(now, options)
}

/// Commits a change; false when it was stale.
async fn commit(
    pipeline: &Pipeline,
    facts: &LifeFacts,
    change: LifeChange,
    report: &mut LifeReport,
) -> Result<bool, StoreError> {
    let kind = change.kind;
    let Committed::Done(deliveries) = pipeline.store.commit_life(change).await? else {
        return Ok(false);
    };
    report.deliveries += deliveries;
    if let Some(kind) = kind {
        let (id, watch, story) = (facts.id, &facts.watch, facts.story);
        tracing::info!(alert_id = %id, watch, story = %story, "{}: {watch}", kind.name());
        report.kinds.push(kind);
        match kind {
            AlertKind::Ended => report.ended += 1,
            AlertKind::Burst => report.bursts += 1,
            _ => report.told += 1,
        }
    }
    Ok(true)
}

/// True when bursts of a watch are told.
fn may_burst(setup: &Setup, watch: &str) -> bool {
    let mut watches = setup.config.rules.watches.iter();
    let own = watches.find(|other| other.name == watch);
    own.is_some_and(|own| own.bursts.unwrap_or(setup.config.life.bursts))
}

async fn look_for_bursts(
    pipeline: &Pipeline,
    setup: &Setup,
    now: Timestamp,
    report: &mut LifeReport,
) -> Result<(), StoreError> {
    let store = &pipeline.store;
    let busy = store.burst_facts(now, BURST_TEXTS_MIN, BURST_DAYS).await?;
    for facts in busy.iter().filter(|busy| may_burst(setup, &busy.watch)) {
        if let Some(change) = burst_of(setup, facts, now) {
            commit(pipeline, &facts.alert, change, report).await?;
        }
    }
    Ok(())
}

/// The burst that is told of the alert that carries most of it.
fn burst_of(setup: &Setup, facts: &BurstFacts, now: Timestamp) -> Option<LifeChange> {
    let note = alert::burst_note(facts.now, facts.feeds, &facts.before)?;
    let options = &setup.config.life;
    let watch = setup.rules.watch(&facts.watch)?;
    let alert = &facts.alert;
    let severity = alert::severity(watch.severity, alert.sources, true, options);
    let until = now
        .saturating_add(options.burst_cool_down)
        .unwrap_or(Timestamp::MAX);
    Some(LifeChange {
        note: Some(note),
        // It tells of the gathered articles as well.
        updates: match (alert.news, alert.state) {
            (_, AlertState::Ended) => 0,
            (true, _) => alert::used_up(&alert.told, alert.sources),
            (false, _) => alert.told.updates,
        },
        due_at: Some(after_telling(now, options)),
        burst: Some(BurstOutcome { until }),
        ..told(setup, alert, AlertKind::Burst, severity, now)
    })
}
