//! Is a feed silent for longer than is usual for it?
//!
//! What is usual is learnt as the silence that nine of ten moments lie in at most: of a feed that writes
//! on weekdays a third of all moments lie in a weekend, so that the weekend is usual for it; a
//! quantile of the *number* of silences would forget it among the many short ones of the day.

use jiff::{SignedDuration, Timestamp};

use super::{HealthOptions, trouble, words};
use crate::model::{FeedFacts, Trouble, TroubleKind};

/// How far back a feed's past is looked at.
pub const HISTORY: SignedDuration = SignedDuration::from_hours(56 * 24);

/// So many newest times are looked at, however old: a weekly magazine has few in [`HISTORY`].
pub const HISTORY_NEWS_MIN: usize = 13;

/// No feed is called silent before this.
const SILENT_MIN: SignedDuration = SignedDuration::from_hours(6);
/// Silences that must be known, ...
const SILENCES_MIN: usize = 6;
/// ... over at least this time: two weekends.
const SPAN_MIN: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Of so many silences the longest is left out: one break (or one outage of ours) is no habit.
const SILENCES_MANY: usize = 12;
/// The part of all moments that a usual silence covers.
const COVERED: f64 = 0.9;

/// True when the feed's past is worth looking at: it has been silent for so many times the *median* time
/// between its news, which is known without a look-up.
#[must_use]
pub fn may_be_silent(facts: &FeedFacts, options: &HealthOptions) -> bool {
    if facts.open(TroubleKind::Silent).is_some() {
        return false;
    }
    let least = seconds(options.silent_factor * facts.state.rhythm.gap_s).max(SILENT_MIN);
    silence(facts).is_some_and(|silence| silence > least)
}

/// How long successful polls have brought nothing new. The time in which the feed was not polled, or
/// did not answer, is no silence.
fn silence(facts: &FeedFacts) -> Option<SignedDuration> {
    Some(facts.last_success_at?.duration_since(facts.last_new_at?))
}

/// See [`troubles`](super::troubles). An open one is over with the next new entry, whatever the past says.
pub(super) fn silent(
    facts: &FeedFacts,
    news: &[Timestamp],
    options: &HealthOptions,
) -> Option<Trouble> {
    let since = facts.last_new_at?;
    let silence = silence(facts)?;
    match facts.open(TroubleKind::Silent) {
        Some(open) if since > open.since => return None,
        Some(_) => {}
        None => {
            let usual = usual_silence(news)?;
            let most = seconds(options.silent_factor * usual.as_secs_f64()).max(SILENT_MIN);
            if silence <= most || !may_be_silent(facts, options) {
                return None;
            }
        }
    }
    let usual = match usual_silence(news) {
        Some(usual) => format!(", usual is at most {}", words(usual)),
        None => String::new(),
    };
    let why = format!(
        "it answers, but has had nothing new for {}{usual}",
        words(silence)
    );
    trouble(TroubleKind::Silent, since, why)
}

/// The silence that nine of ten moments of the past lie in at most; `None` when too little is known.
/// `news` are the times at which something was new, ascending.
#[must_use]
pub fn usual_silence(news: &[Timestamp]) -> Option<SignedDuration> {
    let (first, last) = (news.first()?, news.last()?);
    if last.duration_since(*first) < SPAN_MIN {
        return None;
    }
    let mut silences: Vec<SignedDuration> = news
        .windows(2)
        .map(|pair| pair[1].duration_since(pair[0]))
        .collect();
    silences.sort_unstable();
    if silences.len() < SILENCES_MIN {
        return None;
    }
    if silences.len() >= SILENCES_MANY {
        silences.pop();
    }
    let all: f64 = silences.iter().map(SignedDuration::as_secs_f64).sum();
    let mut covered = 0.0;
    silences.into_iter().find(|silence| {
        covered += silence.as_secs_f64();
        covered >= COVERED * all
    })
}

/// Seconds as a length of time; one beyond all measure is the longest there is.
fn seconds(seconds: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX)
}
