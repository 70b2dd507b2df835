//! Does a report of a watch perhaps tell what another report of that watch has told? And does it still look so when more
//! reports have come?

use jiff::{SignedDuration, Timestamp};

use super::choose::{Candidate, StoryOptions, scores};
use super::fingerprint::Fingerprint;
use super::likeness;
use crate::model::StoryId;

/// So much of the likeness that joins a story is near it. Between .4 and .8 the same orders of the demo come out right.
const NEAR_MIN: f64 = 0.6;

/// Names and numbers that near reports in two languages have in common, at least. One is enough: they share the watch, too.
const DETAILS_MIN: usize = 1;

/// True when a report, dated at `dated_at`, is nearly like enough to a story of `reports` to join it. These are what the
/// same watch has hit; they need no look-up key in common. Reports further apart than [`StoryOptions::foreign_window`] are
/// not compared, whatever their language.
#[must_use]
pub fn is_near(
    fingerprint: &Fingerprint,
    dated_at: Timestamp,
    reports: &[Candidate],
    options: &StoryOptions,
) -> bool {
    let near = within(options.foreign_window, dated_at, reports.iter());
    scores(fingerprint, dated_at, &near, options, DETAILS_MIN)
        .into_iter()
        .any(|(_, score)| score >= NEAR_MIN)
}

/// The story among those of `reports` that tells the same happening as `story`: one of its reports would show it if it came
/// only now, when there are more to compare it with ([`StoryOptions::bridge_min`]). Of several the most alike.
#[must_use]
pub fn same_happening(
    story: StoryId,
    reports: &[Candidate],
    options: &StoryOptions,
) -> Option<StoryId> {
    let mut best: Option<(f64, StoryId)> = None;
    for own in reports.iter().filter(|report| report.story == story) {
        let others = reports.iter().filter(|report| report.story != story);
        let near = within(options.foreign_window, own.first_seen, others);
        let (details, dated_at) = (likeness::DETAILS_MIN, own.first_seen);
        for (other, score) in scores(&own.fingerprint, dated_at, &near, options, details) {
            if score >= options.bridge_min && best.is_none_or(|(most, _)| score > most) {
                best = Some((score, other));
            }
        }
    }
    best.map(|(_, other)| other)
}

/// Those that are dated so near, the oldest first.
fn within<'a>(
    window: SignedDuration,
    dated_at: Timestamp,
    reports: impl Iterator<Item = &'a Candidate>,
) -> Vec<&'a Candidate> {
    let mut near: Vec<&Candidate> = reports
        .filter(|report| dated_at.duration_since(report.first_seen).abs() <= window)
        .collect();
    near.sort_by_key(|report| (report.first_seen, report.article));
    near
}
