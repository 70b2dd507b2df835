//! What a digest says as a whole: window and counts, trends, the machinery, and that there is nothing new.

use serde::Serialize;

use crate::model::{Digest, DigestHealth, LastAlert, Trend};

use super::page::{count, direction, name, tag};
use super::plain::{plain, shorten};
use super::when::When;

/// Failing feeds that are named, and as many feeds in trouble.
const FAILING_SHOWN: usize = 5;
/// Signs from nothing to most.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// A day of which nothing is known.
const UNKNOWN: char = '·';

/// How often a watch hit, day by day.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TrendLine {
    /// `Trend of china-russia, 14 days`.
    pub of: String,
    /// One sign a day.
    pub bars: String,
    /// `today 5, usually 0.6 a day`.
    pub words: String,
    /// The bars in words, for people who do not see them.
    pub aloud: String,
}

/// The last alert before a time without any.
#[derive(Debug, Serialize)]
pub(super) struct LastLine {
    /// `Last alert: a17, Sat 21 Nov 21:14 WIB, watch china-russia`.
    pub what: String,
    pub title: String,
    pub lang: String,
    pub dir: &'static str,
}

impl LastLine {
    pub fn of(last: &LastAlert, zone: &When) -> Self {
        let lang = tag(last.lang.as_deref());
        let (id, at) = (last.id, zone.short(last.at));
        Self {
            what: format!("Last alert: {id}, {at}, watch {}", name(&last.watch)),
            title: shorten(&plain(&last.title), 200),
            dir: direction(&lang),
            lang,
        }
    }
}

/// Window and counts.
pub(super) fn head(digest: &Digest, zone: &When) -> Vec<String> {
    let until = zone.full(digest.until);
    let window = match digest.since {
        Some(since) => format!("Window: {} to {until}", zone.minute(since)),
        None => format!("Window: the first one, up to {until}"),
    };
    let (counts, health) = (&digest.counts, &digest.health);
    let happened = format!(
        "{} new, {} updated, {} corrected, {} ended; {}, {}",
        counts.new,
        counts.updated,
        counts.corrected,
        counts.ended,
        count(counts.articles, "article"),
        count(counts.languages, "language"),
    );
    let feeds = format!("{}, {} failing", polled(health), health.failing.len());
    vec![window, happened, feeds]
}

/// `41 of 43 feeds polled`.
fn polled(health: &DigestHealth) -> String {
    let feeds = count(health.feeds, "feed");
    format!("{} of {feeds} polled", health.polled)
}

/// The first of the two lines of a digest without stories.
pub(super) fn sign_of_life(digest: &Digest, zone: &When) -> String {
    let health = &digest.health;
    let failing = health.failing.len();
    let mut line = format!("{}, {failing} failing", polled(health));
    if let Some(since) = digest.since {
        line.push_str(&format!("; nothing new since {}", zone.short(since)));
    }
    line
}

pub(super) fn trend(trend: &Trend) -> TrendLine {
    let most = trend
        .days
        .iter()
        .flatten()
        .max()
        .copied()
        .unwrap_or(0)
        .max(1);
    let bar = |day: &Option<u64>| match day {
        None => UNKNOWN,
        // Something is never shown as nothing.
        Some(number) => {
            BARS[usize::try_from((number * 7).div_ceil(most))
                .unwrap_or(7)
                .min(7)]
        }
    };
    let days = trend.days.len();
    let numbers = trend.days.iter().map(|day| match day {
        None => "unknown".to_owned(),
        Some(number) => number.to_string(),
    });
    let words = words(trend);
    TrendLine {
        of: format!("Trend of {}, {days} days", name(&trend.watch)),
        bars: trend.days.iter().map(bar).collect(),
        aloud: format!(
            "Articles a day, the last {days} days: {}; {words}",
            numbers.collect::<Vec<_>>().join(", ")
        ),
        words,
    }
}

fn words(trend: &Trend) -> String {
    let today = trend.days.last().copied().flatten().unwrap_or(0);
    let mut words = format!("today {today}");
    match trend.usual {
        Some(usual) => words.push_str(&format!(", usually {usual:.1} a day")),
        None => words.push_str(", no day before it to compare with"),
    }
    if let Some(age) = trend.age_days {
        let age = match age {
            0 => "less than a day".to_owned(),
            age => count(age, "day"),
        };
        words.push_str(&format!("; the watch is {age} old"));
    } else {
        let known = trend.days.iter().flatten().count();
        if known < trend.days.len() {
            words.push_str(&format!(
                "; nothing is known of {}",
                count((trend.days.len() - known) as u64, "day")
            ));
        }
    }
    words
}

/// Failing and silent feeds, deliveries that were given up.
pub(super) fn machinery(health: &DigestHealth) -> Vec<String> {
    let mut given_up = format!("Deliveries given up: {}", health.dead_deliveries);
    if !health.dead_by_channel.is_empty() {
        let channels = health.dead_by_channel.iter().take(FAILING_SHOWN);
        let channels = channels.map(|(channel, dead)| format!("{} {dead}", name(channel)));
        let channels = channels.collect::<Vec<_>>().join(", ");
        given_up.push_str(&format!(" ({channels}); see wirewatch status"));
    }
    let mut lines = vec![format!(
        "Feeds: {} of {} polled, {} failing, {} in trouble. {given_up}.",
        health.polled,
        health.feeds,
        health.failing.len(),
        health.troubles.len(),
    )];
    let failing = health.failing.iter().take(FAILING_SHOWN);
    lines.extend(failing.map(|(url, why)| {
        format!(
            "{}: {}",
            shorten(&plain(url), 160),
            shorten(&plain(why), 160)
        )
    }));
    if health.failing.len() > FAILING_SHOWN {
        let more = health.failing.len() - FAILING_SHOWN;
        lines.push(format!("and {more} more: wirewatch feed list"));
    }
    let troubles = health.troubles.iter().take(FAILING_SHOWN);
    lines.extend(troubles.map(|(url, trouble)| {
        format!(
            "In trouble ({}): {}: {}",
            trouble.kind.name(),
            shorten(&plain(url), 160),
            shorten(&plain(&trouble.why), 200)
        )
    }));
    if health.troubles.len() > FAILING_SHOWN {
        let more = health.troubles.len() - FAILING_SHOWN;
        lines.push(format!("and {more} more: wirewatch feed list --bad"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(days: &[Option<u64>], usual: Option<f64>, age_days: Option<u64>) -> TrendLine {
        trend(&Trend {
            watch: "w".to_owned(),
            days: days.to_vec(),
            usual,
            age_days,
        })
    }

    #[test]
    fn a_trend_is_bars_and_words() {
        let days: Vec<Option<u64>> = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 5]
            .map(Some)
            .to_vec();
        let line = shown(&days, Some(0.31), None);
        assert_eq!(line.bars, "▁▁▃▁▁▁▁▃▁▁▁▁▄█");
        assert_eq!(line.of, "Trend of w, 14 days");
        assert_eq!(line.words, "today 5, usually 0.3 a day");
        assert!(
            line.aloud
                .starts_with("Articles a day, the last 14 days: 0, 0, 1,")
        );
        assert!(line.aloud.ends_with("2, 5; today 5, usually 0.3 a day"));
        let young = shown(&[None, None, Some(0), Some(1)], Some(0.0), Some(1));
        assert_eq!(young.bars, "··▁█");
        assert_eq!(
            young.words,
            "today 1, usually 0.0 a day; the watch is 1 day old"
        );
        let first = shown(&[None, Some(3)], None, Some(0));
        assert_eq!(
            first.words,
            "today 3, no day before it to compare with; the watch is less than a day old"
        );
        let down = shown(&[None, None, Some(2), Some(0)], Some(2.0), None);
        assert_eq!(
            down.words,
            "today 0, usually 2.0 a day; nothing is known of 2 days"
        );
        let many = shown(&[Some(1), Some(1_000_000)], Some(1.0), None);
        assert_eq!(many.bars, "▂█", "something is never shown as nothing");
    }
}
