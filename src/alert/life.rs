//! How the life of an alert goes on: what is gathered and when it is told, when it ends, how severe it is.

use jiff::{SignedDuration, Timestamp};

use super::decide::SOURCE_MARKS;
use crate::model::{AlertKind, AlertState, Severity, Told};

/// `[alert]`: when an alert speaks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeOptions {
    /// Least time between two updates for further sources; as long a second source alone waits for more.
    pub update_every: SignedDuration,
    /// A story that has grown by nothing for so long has ended.
    pub ended_after: SignedDuration,
    /// Many sources and bursts raise the severity.
    pub raise: bool,
    /// Bursts are looked for.
    pub bursts: bool,
    /// A watch tells no second burst within this.
    pub burst_cool_down: SignedDuration,
    /// So long is a new alert held that may tell what another of its watch has told; zero = not at all.
    pub settle: SignedDuration,
}

impl LifeOptions {
    /// True when a new alert of this severity may be held. What wakes somebody is told at once.
    #[must_use]
    pub fn may_hold(&self, severity: Severity) -> bool {
        self.settle > SignedDuration::ZERO && severity < Severity::Critical
    }
}

impl Default for LifeOptions {
    fn default() -> Self {
        Self {
            update_every: SignedDuration::from_hours(1),
            ended_after: SignedDuration::from_hours(48),
            raise: true,
            bursts: true,
            burst_cool_down: SignedDuration::from_hours(6),
            settle: SignedDuration::from_mins(3),
        }
    }
}

/// Updates after which a new language brings no further one forward.
const LAST_MARK: u32 = SOURCE_MARKS.len() as u32 - 1;

/// Independent sources that make an alert more severe.
const MANY_SOURCES: u64 = 10;

/// An alert as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// State.
    pub state: AlertState,
    /// How far people have been told.
    pub told: &'a Told,
    /// Independent sources.
    pub sources: u64,
    /// Something has joined it that nobody was told of.
    pub news: bool,
    /// Some of it is in a language that nobody was told of.
    pub new_language: bool,
    /// How severe it is now.
    pub severity: Severity,
    /// When something last joined it.
    pub grown_at: Timestamp,
    /// When a snooze ends.
    pub until: Option<Timestamp>,
    /// While it is held because it may be told already: until when.
    pub settles_at: Option<Timestamp>,
    /// No update for single articles before.
    pub burst_until: Option<Timestamp>,
}

/// What happens to an alert now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is told, and is open (or acknowledged) from now on.
    Tell(AlertKind),
    /// The snooze is over, and there is nothing to tell.
    Wake,
    /// The story has gone quiet.
    End,
    /// Nothing before then.
    Wait(Option<Timestamp>),
}

/// Decides how the life of an alert goes on.
///
/// - One that nobody was told of because it was muted is told as new when something joins it.
/// - What joins is gathered. It is told when the sources reach the next of [`SOURCE_MARKS`], but not before
///   `update_every` has passed since the update before; a second source that stays alone, and a new language, are told after
///   that time. Each update uses up a mark, so that there are never more than there are marks; the last of them is kept for
///   sources, or a story that is told in many languages would not be told to have grown large.
/// - While a burst of its story is told, single articles wait.
/// - An acknowledged one speaks only when it has become more severe.
/// - One that was held is told as new when its time has come; one that waits for more reports waits.
/// - A snoozed one tells what has come when the snooze ends. A muted or listed one is silent.
/// - One that has ended is told again when something joins it.
#[must_use]
pub fn step(standing: &Standing<'_>, options: &LifeOptions, now: Timestamp) -> Step {
    match standing.state {
        AlertState::Muted | AlertState::Backlog => Step::Wait(None),
        AlertState::Waiting => match standing.settles_at {
            Some(at) if at <= now => Step::Tell(AlertKind::New),
            held => Step::Wait(held),
        },
        AlertState::Snoozed => match standing.until {
            Some(until) if until > now => Step::Wait(Some(until)),
            _ if standing.news => Step::Tell(AlertKind::Update),
            _ => Step::Wake,
        },
        AlertState::Ended if standing.news => Step::Tell(AlertKind::Update),
        AlertState::Ended => Step::Wait(None),
        AlertState::Open | AlertState::Acked => awake(standing, options, now),
    }
}

fn awake(standing: &Standing<'_>, options: &LifeOptions, now: Timestamp) -> Step {
    let Some(told_at) = standing.told.at else {
        return match standing.news {
            true => Step::Tell(AlertKind::New),
            false => Step::Wait(None),
        };
    };
    let update_at = update_at(standing, told_at, options);
    if update_at.is_some_and(|at| at <= now) {
        return Step::Tell(AlertKind::Update);
    }
    let end_at = later(standing.grown_at, options.ended_after);
    if end_at <= now && update_at.is_none() {
        return Step::End;
    }
    // An update that is still to come (a burst holds it back) is told before the end.
    Step::Wait(Some(update_at.unwrap_or(end_at)))
}

/// When what was gathered is told; `None` = with the next thing that is said, and in digests.
fn update_at(
    standing: &Standing<'_>,
    told_at: Timestamp,
    options: &LifeOptions,
) -> Option<Timestamp> {
    if !standing.news {
        return None;
    }
    let told = standing.told;
    let spaced = later(told_at, options.update_every);
    let free = standing.burst_until.unwrap_or(Timestamp::MIN);
    if standing.state == AlertState::Acked {
        return (standing.severity > told.severity).then(|| spaced.max(free));
    }
    let next_mark = SOURCE_MARKS.get(usize::try_from(told.updates).unwrap_or(usize::MAX))?;
    let at = if standing.sources.saturating_sub(told.base) >= *next_mark {
        // That a first report is no lone one is worth hearing at once.
        match told.updates {
            0 => told_at,
            _ => spaced,
        }
    } else if told.updates == 0 || (standing.new_language && told.updates < LAST_MARK) {
        spaced
    } else {
        return None;
    };
    Some(at.max(free))
}

/// Marks that are used up by an update at so many sources.
#[must_use]
pub fn used_up(told: &Told, sources: u64) -> u32 {
    let (updates, sources) = (told.updates, sources.saturating_sub(told.base));
    let reached = SOURCE_MARKS.iter().filter(|mark| **mark <= sources).count();
    let reached = u32::try_from(reached).unwrap_or(u32::MAX);
    reached.max(updates.saturating_add(1))
}

/// The severity of the rule, one step up for a burst and one for many independent sources.
#[must_use]
pub fn severity(of_rule: Severity, sources: u64, burst: bool, options: &LifeOptions) -> Severity {
    let mut severity = of_rule;
    if options.raise && burst {
        severity = severity.raised();
    }
    if options.raise && sources >= MANY_SOURCES {
        severity = severity.raised();
    }
    severity
}

/// When a told alert is looked at again if nothing joins it.
#[must_use]
pub fn end_at(grown_at: Timestamp, options: &LifeOptions) -> Timestamp {
    later(grown_at, options.ended_after)
}

/// True when the alert has a language that people were not told of.
#[must_use]
pub fn has_new_language(told: &Told, languages: &[String]) -> bool {
    languages.iter().any(|lang| !told.languages.contains(lang))
}

/// What has come since people were last told, in words; `None` when it is nothing.
#[must_use]
pub fn gathered(told: &Told, sources: u64, languages: &[String]) -> Option<String> {
    let more = sources.saturating_sub(told.sources);
    let new: Vec<&str> = languages
        .iter()
        .filter(|lang| !told.languages.contains(lang))
        .map(String::as_str)
        .collect();
    let counted = match more {
        0 => String::new(),
        1 => "1 more source".to_owned(),
        more => format!("{more} more sources"),
    };
    let languages = match new.len() {
        0 => String::new(),
        _ => format!("new: {}", new.join(", ")),
    };
    let parts: Vec<String> = [counted, languages]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| format!("{} since the last message", parts.join(", ")))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    /// Told at hour 0 of one source.
    fn told(updates: u32) -> Told {
        Told {
            at: Some(at(0)),
            updates,
            sources: 1,
            severity: Severity::High,
            ..Told::default()
        }
    }

    fn standing(told: &Told, state: AlertState, sources: u64, news: bool) -> Standing<'_> {
        Standing {
            state,
            told,
            sources,
            news,
            new_language: false,
            severity: Severity::High,
            grown_at: at(0),
            until: None,
            settles_at: None,
            burst_until: None,
        }
    }

    #[test]
    fn what_becomes_of_an_alert() {
        use AlertState::{Acked, Backlog, Ended, Muted, Open, Snoozed, Waiting};
        let update = Step::Tell(AlertKind::Update);
        let wait = |hours: i64| Step::Wait(Some(at(hours)));
        // State, updates so far, sources, news, hour: what happens.
        for (state, updates, sources, news, hour, expected) in [
            (Open, 0, 1, false, 0, wait(48)),
            (Open, 0, 1, false, 48, Step::End),
            (Open, 0, 2, true, 0, wait(1)),
            (Open, 0, 2, true, 1, update),
            (Open, 0, 3, true, 0, update),
            (Open, 1, 9, true, 5, wait(48)),
            (Open, 1, 10, true, 0, wait(1)),
            (Open, 1, 10, true, 1, update),
            (Open, 3, 500, true, 9, wait(48)),
            (Open, 3, 500, true, 48, Step::End),
            (Acked, 0, 5, true, 9, wait(48)),
            (Acked, 0, 5, false, 48, Step::End),
            (Snoozed, 0, 5, true, 9, update),
            (Snoozed, 0, 5, false, 9, Step::Wake),
            (Ended, 3, 5, true, 99, update),
            (Ended, 3, 5, false, 99, Step::Wait(None)),
            (Muted, 0, 50, true, 99, Step::Wait(None)),
            (Backlog, 0, 50, true, 99, Step::Wait(None)),
            (Waiting, 0, 50, true, 99, Step::Wait(None)),
        ] {
            let told = told(updates);
            let found = step(
                &standing(&told, state, sources, news),
                &LifeOptions::default(),
                at(hour),
            );
            let case = format!("{state:?}, {updates} updates, {sources} sources, {news}, {hour} h");
            assert_eq!(found, expected, "{case}");
        }
    }

    #[test]
    fn times_and_severities_hold_back_and_bring_forward() {
        let options = LifeOptions::default();
        let told = told(0);
        let snoozed = Standing {
            until: Some(at(8)),
            ..standing(&told, AlertState::Snoozed, 3, true)
        };
        assert_eq!(step(&snoozed, &options, at(7)), Step::Wait(Some(at(8))));
        let held = Standing {
            settles_at: Some(at(2)),
            ..standing(&told, AlertState::Waiting, 1, false)
        };
        assert_eq!(step(&held, &options, at(1)), Step::Wait(Some(at(2))));
        let told_now = Step::Tell(AlertKind::New);
        assert_eq!(step(&held, &options, at(2)), told_now);
        let burst = Standing {
            burst_until: Some(at(6)),
            ..standing(&told, AlertState::Open, 40, true)
        };
        assert_eq!(step(&burst, &options, at(5)), Step::Wait(Some(at(6))));
        assert_eq!(step(&burst, &options, at(6)), Step::Tell(AlertKind::Update));
        let more_severe = Standing {
            severity: Severity::Critical,
            ..standing(&told, AlertState::Acked, 10, true)
        };
        assert_eq!(
            step(&more_severe, &options, at(1)),
            Step::Tell(AlertKind::Update)
        );
        let never = Told::default();
        let unmuted = standing(&never, AlertState::Open, 1, true);
        assert_eq!(step(&unmuted, &options, at(1)), Step::Tell(AlertKind::New));
    }

    #[test]
    fn a_new_language_alone_is_told_but_for_the_last_mark() {
        for (updates, hour, expected) in [
            (0, 0, Step::Wait(Some(at(1)))),
            (0, 1, Step::Tell(AlertKind::Update)),
            (1, 0, Step::Wait(Some(at(1)))),
            (1, 1, Step::Tell(AlertKind::Update)),
            (2, 1, Step::Wait(Some(at(48)))),
            (3, 1, Step::Wait(Some(at(48)))),
        ] {
            let told = told(updates);
            let standing = Standing {
                new_language: true,
                ..standing(&told, AlertState::Open, 2, true)
            };
            let found = step(&standing, &LifeOptions::default(), at(hour));
            assert_eq!(found, expected, "{updates} updates, {hour} h");
        }
    }

    #[test]
    fn however_reports_come_there_are_at_most_three_updates() {
        let options = LifeOptions::default();
        for (minutes, new_language) in [0, 1, 7, 20, 45, 61, 300]
            .into_iter()
            .flat_map(|minutes| [(minutes, false), (minutes, true)])
        {
            let (mut told, mut updates) = (told(0), 0);
            for sources in 2..=100 {
                let now = at(0)
                    + SignedDuration::from_mins(minutes * (i64::try_from(sources).unwrap() - 1));
                let standing = Standing {
                    grown_at: now,
                    new_language,
                    ..standing(&told, AlertState::Open, sources, true)
                };
                if step(&standing, &options, now) == Step::Tell(AlertKind::Update) {
                    updates += 1;
                    told.updates = used_up(&told, sources);
                    (told.at, told.sources) = (Some(now), sources);
                }
            }
            assert!((1..=3).contains(&updates), "{minutes} minutes: {updates}");
        }
        assert_eq!(HOUR, options.update_every);
    }

    #[test]
    fn many_sources_and_a_burst_raise_the_severity() {
        let options = LifeOptions::default();
        for (rule, sources, burst, expected) in [
            (Severity::Low, 9, false, Severity::Low),
            (Severity::Low, 10, false, Severity::Medium),
            (Severity::Low, 10, true, Severity::High),
            (Severity::High, 10, true, Severity::Critical),
            (Severity::Critical, 1, true, Severity::Critical),
        ] {
            assert_eq!(severity(rule, sources, burst, &options), expected);
        }
        let off = LifeOptions {
            raise: false,
            ..options
        };
        assert_eq!(severity(Severity::Low, 99, true, &off), Severity::Low);
    }
}
