//! What a hit does to the alert of its watch and story.

use jiff::Timestamp;

use crate::model::{
    AlertChange, AlertKind, AlertState, Burst, EvidenceSentence, ReadArticle, Report, Severity,
    StoryChoice, Told,
};

use super::burst::has_burst;
use super::correction::find_correction;
use super::life::{self, LifeOptions, Standing, Step};

/// Numbers of independent sources at which an alert speaks again: "this is getting big".
pub const SOURCE_MARKS: [u64; 3] = [3, 10, 30];

/// The watch that hit, as far as the decision needs it.
#[derive(Debug, Clone, Copy)]
pub struct WatchFacts<'a> {
    /// NAME.
    pub name: &'a str,
    /// Title, for people.
    pub title: &'a str,
    /// Severity as configured.
    pub severity: Severity,
    /// What must have been reported before it speaks.
    pub burst: Option<Burst>,
}

/// What is known of the alert of that watch and story.
#[derive(Debug, Clone, Copy)]
pub struct KnownFacts<'a> {
    /// State.
    pub state: AlertState,
    /// Revision.
    pub revision: i64,
    /// True when this very article already belongs to the alert.
    pub has_article: bool,
    /// Articles that are no copies.
    pub sources: u64,
    /// Languages of its articles.
    pub languages: &'a [String],
    /// What was reported before, while nobody has been told of the alert.
    pub reports: &'a [Report],
    /// How far people have been told.
    pub told: &'a Told,
    /// When a snooze ends.
    pub until: Option<Timestamp>,
    /// While it is held because it may be told already: until when.
    pub settles_at: Option<Timestamp>,
    /// A burst is told; until then its single articles are told in no update.
    pub burst_until: Option<Timestamp>,
}

/// All that a decision rests on.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// The watch that hit.
    pub watch: WatchFacts<'a>,
    /// The article that it hit.
    pub article: &'a ReadArticle,
    /// The article is only listed: it is looked at for its own sake, or what made it hit is the rule's change.
    pub only_list: bool,
    /// The sentences that prove the hit: a correction that touches what they are about weighs more.
    pub evidence: &'a [EvidenceSentence],
    /// The story the article belongs to.
    pub story: &'a StoryChoice,
    /// It may tell what another alert of the watch has told ([`crate::model::AlertState::Waiting`]).
    pub is_near: bool,
    /// The alert, if there is one already.
    pub known: Option<KnownFacts<'a>>,
    /// When an alert speaks again.
    pub options: &'a LifeOptions,
    /// Now.
    pub now: Timestamp,
}

/// Decides what the article does to the alert; `None` when it does nothing (it was told before and
/// nothing that matters has changed). Where it is told is not decided here ([`super::route`]).
///
/// - No alert yet: it is opened and told ([`AlertKind::New`]); from a backlog article it is only
///   listed ([`AlertState::Backlog`]).
/// - What may tell the same as another alert of the watch is held for [`LifeOptions::settle`], unless it is critical: an
///   article like both shows in that time that they are one, and nobody is told twice. What joins it is held with it.
/// - A listed one and an article that is no backlog: opened and told.
/// - A watch with a [`Burst`] is told when enough has been reported; until then its alert is [`AlertState::Waiting`].
/// - What is only to be listed opens a listed alert, and else joins in silence.
/// - A copy is added silently. What an independent article brings is gathered and told when [`life::step`] says so.
/// - An article of the alert whose text has changed in substance is told as a correction.
/// - What our own second reading of a page finds ([`ReadArticle::reread`]) opens an alert, marked late, and else joins in
///   silence: neither the publisher nor the world has done anything.
/// - Backlog never sends; a muted alert grows in silence. Corrections of an acknowledged one are told, those of a snoozed one
///   when the snooze ends.
#[must_use]
pub fn decide(decision: &Decision<'_>) -> Option<AlertChange> {
    let Some(known) = &decision.known else {
        return Some(opened(decision, 0, &[], None));
    };
    // What was listed of this very article stays listed, whatever it says now.
    let was_listed = known.state == AlertState::Backlog && known.has_article;
    if known.state.is_untold() && !was_listed && !is_listed(decision) {
        let held = known.settles_at;
        return Some(opened(decision, known.revision, known.reports, held));
    }
    if known.has_article {
        return corrected(decision, known);
    }
    Some(joined(decision, known))
}

/// An article joins an alert that people know of.
fn joined(decision: &Decision<'_>, known: &KnownFacts<'_>) -> AlertChange {
    let silent = change(decision, known.state, None, known.revision);
    if !is_news(decision, known) {
        return AlertChange {
            sources: known.sources + u64::from(!is_copy(decision)),
            updates: known.told.updates,
            severity: severity(decision, known, known.sources),
            ..silent
        };
    }
    let sources = known.sources + 1;
    let severity = severity(decision, known, sources);
    let standing = Standing {
        state: known.state,
        told: known.told,
        sources,
        news: true,
        new_language: life::has_new_language(known.told, &languages(decision, known)),
        severity,
        grown_at: decision.now,
        until: known.until,
        settles_at: None,
        burst_until: known.burst_until,
    };
    let gathered = AlertChange {
        news: true,
        sources,
        severity,
        updates: known.told.updates,
        ..silent
    };
    match life::step(&standing, decision.options, decision.now) {
        Step::Tell(kind) => AlertChange {
            kind: Some(kind),
            updates: match (known.state, kind) {
                // It begins anew.
                (AlertState::Ended, _) | (_, AlertKind::New) => 0,
                _ => life::used_up(known.told, sources),
            },
            note: note(decision, known, sources),
            due_at: Some(life::end_at(decision.now, decision.options)),
            ..gathered
        },
        Step::Wait(due_at) => AlertChange { due_at, ..gathered },
        Step::Wake | Step::End => AlertChange {
            due_at: Some(decision.now),
            ..gathered
        },
    }
}

/// What has come since the last message; nothing when it is this article alone.
fn note(decision: &Decision<'_>, known: &KnownFacts<'_>, sources: u64) -> Option<String> {
    life::gathered(known.told, sources, &languages(decision, known))
}

/// Those of the alert, and the article's.
fn languages(decision: &Decision<'_>, known: &KnownFacts<'_>) -> Vec<String> {
    let mut languages = known.languages.to_vec();
    let own = decision.article.article.lang.as_ref();
    languages.extend(own.filter(|lang| !known.languages.contains(lang)).cloned());
    languages
}

fn severity(decision: &Decision<'_>, known: &KnownFacts<'_>, sources: u64) -> Severity {
    // What starts anew after its end is as severe as it was in the beginning.
    let burst = known.burst_until.is_some() && known.state != AlertState::Ended;
    life::severity(decision.watch.severity, sources, burst, decision.options)
}

fn is_copy(decision: &Decision<'_>) -> bool {
    matches!(
        decision.story,
        StoryChoice::Join {
            copy_of: Some(_),
            ..
        }
    )
}

/// `held` is until when an alert that is there is held.
fn opened(
    decision: &Decision<'_>,
    seen_revision: i64,
    before: &[Report],
    held: Option<Timestamp>,
) -> AlertChange {
    if is_listed(decision) {
        return change(decision, AlertState::Backlog, None, seen_revision);
    }
    let burst = decision.watch.burst;
    if burst.is_some_and(|burst| !has_burst(burst, decision.article, before)) {
        return change(decision, AlertState::Waiting, None, seen_revision);
    }
    if let Some(at) = held.or_else(|| held_until(decision))
        && at > decision.now
    {
        return AlertChange {
            settles_at: Some(at),
            due_at: Some(at),
            ..change(decision, AlertState::Waiting, None, seen_revision)
        };
    }
    let kind = Some(AlertKind::New);
    AlertChange {
        due_at: Some(life::end_at(decision.now, decision.options)),
        ..change(decision, AlertState::Open, kind, seen_revision)
    }
}

/// Until when an alert that is new is held.
fn held_until(decision: &Decision<'_>) -> Option<Timestamp> {
    let options = decision.options;
    if !decision.is_near || !options.may_hold(decision.watch.severity) {
        return None;
    }
    decision.now.checked_add(options.settle).ok()
}

fn corrected(decision: &Decision<'_>, known: &KnownFacts<'_>) -> Option<AlertChange> {
    if is_quiet(decision, known) {
        return None;
    }
    let correction = find_correction(decision.article, decision.evidence)?;
    let kind = Some(AlertKind::Correction);
    Some(AlertChange {
        correction: Some(correction),
        sources: known.sources,
        updates: known.told.updates,
        severity: severity(decision, known, known.sources),
        ..change(decision, known.state, kind, known.revision)
    })
}

fn is_listed(decision: &Decision<'_>) -> bool {
    decision.article.backlog || decision.only_list
}

/// Nobody is to be told of a correction.
fn is_quiet(decision: &Decision<'_>, known: &KnownFacts<'_>) -> bool {
    is_listed(decision)
        || decision.article.reread
        || matches!(known.state, AlertState::Muted | AlertState::Backlog)
}

/// The article is an independent source, and one that the world has brought, not our own second look.
fn is_news(decision: &Decision<'_>, known: &KnownFacts<'_>) -> bool {
    let listed = is_listed(decision) || decision.article.reread;
    !listed && !is_copy(decision) && !known.state.is_untold()
}

fn change(
    decision: &Decision<'_>,
    state: AlertState,
    kind: Option<AlertKind>,
    seen_revision: i64,
) -> AlertChange {
    let watch = &decision.watch;
    AlertChange {
        watch: watch.name.to_owned(),
        watch_title: watch.title.to_owned(),
        severity: watch.severity,
        state,
        kind,
        seen_revision,
        channels: Vec::new(),
        late: decision.article.late || decision.article.reread,
        correction: None,
        news: false,
        sources: decision.known.map_or(0, |known| known.sources) + u64::from(!is_copy(decision)),
        updates: 0,
        note: None,
        settles_at: None,
        due_at: None,
    }
}
