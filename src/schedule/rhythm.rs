//! A feed's own rhythm, from the dates of the entries that it shows.

use jiff::{SignedDuration, Timestamp};

/// Fewer gaps say nothing about a rhythm.
const GAPS_MIN: usize = 2;

/// The usual time between entries: the median gap of their dates.
///
/// A feed that has been silent for longer than its usual gap has slowed down: half of the silence counts
/// then. `None` without enough dates. Dates in the future are left out.
#[must_use]
pub fn usual_gap(
    entry_times: &[Timestamp],
    last_new_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<SignedDuration> {
    let mut times: Vec<Timestamp> = entry_times
        .iter()
        .copied()
        .filter(|&at| at <= now)
        .collect();
    times.sort_unstable();
    let mut gaps: Vec<SignedDuration> = times
        .windows(2)
        .map(|pair| pair[1].duration_since(pair[0]))
        .collect();
    if gaps.len() < GAPS_MIN {
        return None;
    }
    let middle = gaps.len() / 2;
    let median = *gaps.select_nth_unstable(middle).1;
    let newest = times.last().copied().max(last_new_at)?;
    let silence = now.duration_since(newest) / 2;
    Some(median.max(silence))
}
