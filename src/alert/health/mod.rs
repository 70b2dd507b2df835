//! Is a feed in trouble? And what is said about feeds that are, or are well again.
//!
//! A false alarm costs trust, a missed one costs news: everything is judged by what successful polls
//! have seen, never by the clock alone, so that a daemon that was stopped for a week cries about nobody.

mod notice;
mod silence;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::model::{FeedFacts, FeedFormat, Trouble, TroubleKind};

pub use notice::{ChannelNews, make_notice, without_gathering};
pub use silence::{HISTORY, HISTORY_NEWS_MIN, may_be_silent, usual_silence};

/// A trouble that begins again within this after its end is told only when it has lasted as long: what
/// comes and goes by the hour is told once, not by the hour.
pub const DAMPING: SignedDuration = SignedDuration::from_hours(24);

/// An empty document may be a site that is being rebuilt: it is believed after this.
const EMPTY_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// A news sitemap lists the articles of two days, and may have none on a long weekend.
const EMPTY_SITEMAP_AFTER: SignedDuration = SignedDuration::from_hours(72);
/// Fewer failures than this say little, however far apart.
const FAILURES_MIN: u32 = 2;
/// A redirect that was seen on so many days is meant so (rule 15 of polling).
const MOVED_DAYS: u32 = 3;
/// How long a possible loss stands in the list.
const LOST_SHOWN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A first 404 this soon after the first failure means that the failures are 404s from the begin.
const SAME_FAILURE: SignedDuration = SignedDuration::from_hours(1);

/// Bodies that are "recent".
const THIN_RECENT: usize = 8;
/// Bodies before them that are needed for a comparison.
const THIN_BEFORE_MIN: usize = 20;
/// Median bodies shorter than this (in characters) say nothing when they become shorter still.
const THIN_MEDIAN_MIN: u32 = 200;
/// The median has collapsed at this part of the one before (a fall by 80 %) ...
const THIN_PART: u32 = 5;
/// ... and is well again at this part of it.
const THIN_WELL_PART: u32 = 2;

/// When a feed counts as in trouble (`[health]`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HealthOptions {
    /// All polls have failed for this long.
    pub failing_after: SignedDuration,
    /// 404 for this long.
    pub missing_after: SignedDuration,
    /// Nothing new for so many times its usual silence.
    pub silent_factor: f64,
}

impl Default for HealthOptions {
    fn default() -> Self {
        Self {
            failing_after: SignedDuration::from_hours(24),
            missing_after: SignedDuration::from_hours(72),
            silent_factor: 5.0,
        }
    }
}

/// What is wrong with a feed, gravest first; empty when it is well.
///
/// `news` are the times at which it had something new, ascending, as far back as [`HISTORY`]; they are
/// needed only when [`may_be_silent`] says so. A trouble that explains others keeps them from being opened;
/// what is open already stays until it is over by its own measure.
#[must_use]
pub fn troubles(
    facts: &FeedFacts,
    news: &[Timestamp],
    options: &HealthOptions,
    now: Timestamp,
) -> Vec<Trouble> {
    let mut found: Vec<Trouble> = Vec::new();
    if facts.state.duplicate_of.is_some() {
        return found;
    }
    for kind in TroubleKind::ALL {
        let trouble = match kind {
            TroubleKind::Gone => gone(facts),
            TroubleKind::Missing => missing(facts, options),
            TroubleKind::Failing => failing(facts, options),
            TroubleKind::Empty => empty(facts, now),
            TroubleKind::Silent => silence::silent(facts, news, options),
            TroubleKind::Thin => thin(facts, now),
            TroubleKind::Moved => moved(facts, now),
            TroubleKind::Lost => lost(facts, now),
            // No feed has it.
            TroubleKind::Channel => None,
        };
        let explained = found.iter().any(|graver| explains(graver.kind, kind));
        let is_open = facts.open(kind).is_some();
        found.extend(trouble.filter(|_| is_open || !explained));
    }
    found
}

/// True when a person who knows of the one need not be told of the other.
fn explains(graver: TroubleKind, kind: TroubleKind) -> bool {
    let stands_alone = matches!(kind, TroubleKind::Moved | TroubleKind::Lost);
    graver == TroubleKind::Gone || (!stands_alone && graver < kind)
}

fn trouble(kind: TroubleKind, since: Timestamp, why: String) -> Option<Trouble> {
    Some(Trouble {
        kind,
        since,
        why,
        measure: None,
    })
}

fn gone(facts: &FeedFacts) -> Option<Trouble> {
    let since = facts.state.gone_at?;
    let why = "the server says that it is gone for good (410); it is not polled any more";
    trouble(TroubleKind::Gone, since, why.to_owned())
}

/// 404 from one poll to another one that is long after it.
fn missing(facts: &FeedFacts, options: &HealthOptions) -> Option<Trouble> {
    let since = facts.state.missing_since?;
    let lasted = facts.polled_at?.duration_since(since);
    if facts.failures < FAILURES_MIN || lasted < options.missing_after {
        return None;
    }
    let why = format!("not found (404) for {}", words(lasted));
    trouble(TroubleKind::Missing, since, why)
}

/// Failures from one poll to another one that is long after it. A feed that is only missing (404) has
/// its own, longer time.
fn failing(facts: &FeedFacts, options: &HealthOptions) -> Option<Trouble> {
    let since = facts.state.failing_since?;
    let lasted = facts.polled_at?.duration_since(since);
    let is_open = facts.open(TroubleKind::Failing).is_some();
    let only_missing = facts
        .state
        .missing_since
        .is_some_and(|missing| missing.duration_since(since) <= SAME_FAILURE);
    if facts.failures < FAILURES_MIN || lasted < options.failing_after || (only_missing && !is_open)
    {
        return None;
    }
    let last = facts.last_error.as_deref().unwrap_or("no reason is known");
    let why = match facts.last_success_at {
        Some(_) => format!(
            "{} polls failed for {}: {last}",
            facts.failures,
            words(lasted)
        ),
        None => format!(
            "it has never answered well, {} polls failed: {last}",
            facts.failures
        ),
    };
    trouble(TroubleKind::Failing, since, why)
}

fn empty(facts: &FeedFacts, now: Timestamp) -> Option<Trouble> {
    let since = facts.state.empty_since?;
    let after = match facts.format {
        Some(FeedFormat::Sitemap) => EMPTY_SITEMAP_AFTER,
        _ => EMPTY_AFTER,
    };
    if now.duration_since(since) < after {
        return None;
    }
    let why = "it answers, but lists no entries, and there were some before";
    trouble(TroubleKind::Empty, since, why.to_owned())
}

/// Compares the newest bodies with those before. While it is open the median of then is the measure:
/// the bodies before are short ones themselves after a while.
fn thin(facts: &FeedFacts, now: Timestamp) -> Option<Trouble> {
    let (before, recent) = facts
        .body_chars
        .split_at(facts.body_chars.len().saturating_sub(THIN_RECENT));
    let median_now = median(recent)?;
    let (since, measure) = match facts.open(TroubleKind::Thin) {
        Some(open) => {
            let measure = open.measure.unwrap_or(0);
            if median_now >= measure / THIN_WELL_PART {
                return None;
            }
            (open.since, measure)
        }
        None => {
            let measure = median(before)?;
            let collapsed = median_now.saturating_mul(THIN_PART) <= measure;
            if before.len() < THIN_BEFORE_MIN || measure < THIN_MEDIAN_MIN || !collapsed {
                return None;
            }
            (now, measure)
        }
    };
    Some(Trouble {
        kind: TroubleKind::Thin,
        since,
        why: format!(
            "the texts of its articles have become short: {median_now} characters, {measure} before"
        ),
        measure: Some(measure),
    })
}

/// The middle value; the lower one of two.
fn median(values: &[u32]) -> Option<u32> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(values.len().checked_sub(1)? / 2).copied()
}

fn moved(facts: &FeedFacts, now: Timestamp) -> Option<Trouble> {
    let state = &facts.state;
    let since = facts
        .open(TroubleKind::Moved)
        .map_or(now, |open| open.since);
    if let Some(to) = &state.poll_url {
        let why = format!("it has moved for good and is polled at {to}");
        return trouble(TroubleKind::Moved, since, why);
    }
    let moving = state.moving.as_ref()?;
    if moving.days < MOVED_DAYS || same_host(&facts.url, &moving.to) {
        return None;
    }
    let why = format!(
        "it says since {} days that it has moved for good, to another host: {}",
        moving.days, moving.to
    );
    trouble(TroubleKind::Moved, since, why)
}

/// True when both addresses are of one host, `www.` aside.
fn same_host(a: &str, b: &str) -> bool {
    let host = |text: &str| {
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?;
        let host = host.strip_prefix("www.").unwrap_or(host).to_owned();
        Some((host, url.port()))
    };
    host(a) == host(b)
}

fn lost(facts: &FeedFacts, now: Timestamp) -> Option<Trouble> {
    let at = facts.state.rolled_over_at?;
    if now.duration_since(at) > LOST_SHOWN {
        return None;
    }
    let why = "every entry was new at one poll: some may have come and gone before it";
    trouble(TroubleKind::Lost, at, why.to_owned())
}

/// A length of time in one unit.
fn words(length: SignedDuration) -> String {
    let minutes = length.as_mins();
    match minutes {
        ..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", length.as_hours()),
        _ => format!("{} d", length.as_hours() / 24),
    }
}
