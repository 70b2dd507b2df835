//! How often a watch hit, day by day: today against what is usual.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::model::{Trend, WatchDays};

/// Days shown, the one that ends with the digest included.
pub const TREND_DAYS: usize = 14;

/// Bounds of the days that end at `until`, ascending, in a zone: a day is from one time of day to the same on the
/// next, 23 or 25 hours when the clock is changed.
#[must_use]
pub fn day_bounds(until: Timestamp, zone: &TimeZone) -> Vec<Timestamp> {
    let end = until.to_zoned(zone.clone());
    let days = i32::try_from(TREND_DAYS).expect("a fortnight");
    (0..=days)
        .rev()
        .filter_map(|back| end.checked_sub(Span::new().days(back)).ok())
        .map(|bound| bound.timestamp())
        .collect()
}

/// Tells days on which nothing was found from those of which nothing is known: before the watch was there, and
/// those on which no article came at all (`alive`), since then nobody looked.
#[must_use]
pub(super) fn trend(found: &WatchDays, alive: &[bool], until: Timestamp) -> Trend {
    let len = found.counts.len();
    let age = found.since.map(|since| until.duration_since(since));
    let age_days = age.map(|age| u64::try_from(age.as_hours() / 24).unwrap_or(0));
    let age_days = age_days.filter(|age| *age < len as u64);
    let is_known = |place: usize, count: u64| {
        let back = (len - 1 - place) as u64;
        // What a first poll brings of the days before is only a part of them.
        let was_there = age_days.is_none_or(|age| back <= age);
        was_there && (count > 0 || back == 0 || alive.get(place).copied().unwrap_or(true))
    };
    let days: Vec<Option<u64>> = found
        .counts
        .iter()
        .enumerate()
        .map(|(place, count)| is_known(place, *count).then_some(*count))
        .collect();
    let before: Vec<u64> = days
        .iter()
        .take(len.saturating_sub(1))
        .filter_map(|count| *count)
        .collect();
    let usual = before.iter().sum::<u64>() as f64 / before.len() as f64;
    Trend {
        watch: found.watch.clone(),
        usual: (!before.is_empty()).then_some(usual),
        days,
        age_days,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::zone;

    const UNTIL: &str = "2026-11-22T00:30:00Z";

    fn made(counts: &[u64], since: Option<&str>, dead: &[usize]) -> Trend {
        let found = WatchDays {
            watch: "w".to_owned(),
            since: since.map(|at| at.parse().unwrap()),
            counts: counts.to_vec(),
        };
        let alive: Vec<bool> = (0..counts.len()).map(|day| !dead.contains(&day)).collect();
        trend(&found, &alive, UNTIL.parse().unwrap())
    }

    #[test]
    fn today_stands_against_the_mean_of_the_days_before() {
        let counts = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 5];
        let trend = made(&counts, Some("2025-01-01T00:00:00Z"), &[]);
        assert_eq!(trend.days.last(), Some(&Some(5)));
        assert!((trend.usual.unwrap() - 4.0 / 13.0).abs() < 1e-9);
        assert_eq!(trend.age_days, None);
        assert_eq!(made(&counts, None, &[]), trend);
    }

    #[test]
    fn days_on_which_nobody_looked_are_no_zeros() {
        let counts = [0, 0, 4, 0, 0, 4, 1];
        let trend = made(&counts, None, &[3, 4, 6]);
        let days = [Some(0), Some(0), Some(4), None, None, Some(4), Some(1)];
        assert_eq!(trend.days, days);
        assert_eq!(trend.usual, Some(2.0));
    }

    #[test]
    fn a_young_watch_says_so() {
        let counts = [0, 0, 7, 0, 0, 1, 3];
        let trend = made(&counts, Some("2026-11-19T12:00:00Z"), &[]);
        assert_eq!(trend.age_days, Some(2));
        assert_eq!(trend.days[..4], [None; 4]);
        assert_eq!(trend.usual, Some(0.5));
        let first = made(&[0, 0, 3], Some("2026-11-21T20:00:00Z"), &[]);
        assert_eq!((first.age_days, first.usual), (Some(0), None));
        assert_eq!(first.days, [None, None, Some(3)]);
    }

    #[test]
    fn days_are_those_of_the_zone() {
        let berlin = zone("Europe/Berlin").unwrap();
        let until: Timestamp = "2026-10-26T06:30:00Z".parse().unwrap();
        let bounds = day_bounds(until, &berlin);
        assert_eq!(bounds.len(), TREND_DAYS + 1);
        let hours = |day: usize| bounds[day + 1].duration_since(bounds[day]).as_hours();
        assert_eq!((hours(TREND_DAYS - 1), hours(TREND_DAYS - 2)), (24, 25));
        assert_eq!(hours(0), 24);
        assert_eq!(bounds[TREND_DAYS], until);
    }
}
