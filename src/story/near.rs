//! Does a report of a watch perhaps tell what another report of that watch has told?

use jiff::Timestamp;

use super::choose::{Candidate, StoryOptions, of_story, scores};
use super::fingerprint::Fingerprint;

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
    let window = options.foreign_window;
    let mut near: Vec<&Candidate> = reports
        .iter()
        .filter(|report| dated_at.duration_since(report.first_seen).abs() <= window)
        .collect();
    near.sort_by_key(|report| (report.first_seen, report.article));
    scores(fingerprint, dated_at, &near, options, DETAILS_MIN)
        .into_iter()
        .any(|(_, scores)| of_story(scores) >= NEAR_MIN)
}
