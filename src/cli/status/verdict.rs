//! Is it well? What is known, against what a person would want to hear of.

use jiff::{SignedDuration, Timestamp};

use super::{Facts, Files};
use crate::cli::print;
use crate::model::FeedHealth;

/// Feeds answer far more often than this; when none has, the network is at fault or the program.
const NO_POLL: SignedDuration = SignedDuration::from_hours(1);

/// A daemon that has run for less has not polled all feeds yet.
const WARM_UP: SignedDuration = SignedDuration::from_mins(20);

/// More of the feeds than this failing at once is no bad day of a few publishers.
const FAILING_SHARE: f64 = 0.2;

/// Bytes on the disk of the database below which somebody should make room, and below which it is urgent.
const DISK_LOW: u64 = 1_000_000_000;
const DISK_URGENT: u64 = 100_000_000;

/// How bad something is, as monitoring plugins count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Somebody should look at it.
    Warning,
    /// Nothing is watched, or soon will not be.
    Critical,
}

/// All that is not well, gravest first; empty = it is well.
pub(super) fn reasons(files: &Files, facts: &Facts, now: Timestamp) -> Vec<(Level, String)> {
    let mut reasons = Vec::new();
    reasons.extend(of_daemon(facts, now).map(|why| (Level::Critical, why)));
    reasons.extend(of_disk(facts));
    reasons.extend(of_config(files, facts).map(|why| (Level::Warning, why)));
    reasons.extend(of_feeds(facts).map(|why| (Level::Warning, why)));
    reasons.extend(of_channels(facts, now).map(|why| (Level::Warning, why)));
    reasons.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    reasons
}

fn of_daemon(facts: &Facts, now: Timestamp) -> Option<String> {
    let Some(daemon) = &facts.daemon else {
        return Some("the daemon is not running".to_owned());
    };
    let is_warm = daemon
        .since
        .is_none_or(|since| now.duration_since(since) > WARM_UP);
    let last = facts.totals.last_poll_at;
    let is_late = last.is_none_or(|at| now.duration_since(at) > NO_POLL);
    (facts.totals.feeds > 0 && is_warm && is_late).then(|| {
        let last = last.map_or("never".to_owned(), |at| print::ago(at, now));
        format!("no poll succeeds; the last one that did: {last}")
    })
}

fn of_disk(facts: &Facts) -> Option<(Level, String)> {
    let free = facts.disk_free_bytes?;
    let level = match free {
        ..DISK_URGENT => Level::Critical,
        DISK_URGENT..DISK_LOW => Level::Warning,
        _ => return None,
    };
    let free = free as f64 / 1e6;
    Some((
        level,
        format!("{free:.0} MB are free on the disk of the database"),
    ))
}

fn of_config(files: &Files, facts: &Facts) -> Option<String> {
    let refused = facts
        .in_force
        .as_ref()
        .is_some_and(|in_force| in_force.refused_at.is_some());
    (files.rule_set.is_none() || refused)
        .then(|| "the config files are refused, the config before is in force".to_owned())
}

fn of_feeds(facts: &Facts) -> Option<String> {
    let failing = facts.count(FeedHealth::Failing) + facts.count(FeedHealth::Gone);
    let all = facts.totals.feeds;
    (failing as f64 > FAILING_SHARE * all as f64).then(|| format!("{failing} of {all} feeds fail"))
}

fn of_channels(facts: &Facts, now: Timestamp) -> impl Iterator<Item = String> {
    let failing = facts.channels.iter().filter_map(move |channel| {
        let since = channel.failing_since.filter(|_| channel.waiting > 0)?;
        let (name, waiting) = (&channel.name, channel.waiting);
        let since = print::ago(since, now);
        Some(format!(
            "the channel {name} began to refuse deliveries {since}; {waiting} wait"
        ))
    });
    let dead = facts.dead_channels.iter();
    failing.chain(
        dead.map(|(name, dead, _)| format!("{dead} deliveries through {name} were given up")),
    )
}
