//! Is there more than usual at this hour?

/// Texts of an hour that make a burst, at least.
pub const BURST_TEXTS_MIN: u64 = 5;

/// Feeds that must have brought them: one site's live blog is no burst.
const FEEDS_MIN: u64 = 3;

/// Days of which something must be known.
const DAYS_MIN: usize = 3;

/// Days that are looked at.
pub const BURST_DAYS: usize = 28;

/// Times as much as usual, at least: news comes in clumps, so that chance alone is more generous than Poisson says.
const TIMES_MIN: f64 = 3.0;

/// What is never thought to be less usual: with nothing in four weeks, two in an hour are no wonder.
const USUAL_MIN: f64 = 0.5;

/// How rarely chance may bring so much in an hour: about once in a year for a watch.
const CHANCE_MAX: f64 = 1e-4;

/// One day in this many is left out as unusual itself: former bursts do not make the next one usual.
const OUTLIERS: usize = 14;

/// The mean of the hours before, without the busiest ones.
#[must_use]
pub fn usual(before: &[u64]) -> f64 {
    let mut hours = before.to_vec();
    hours.sort_unstable();
    hours.truncate(hours.len() - hours.len() / OUTLIERS);
    if hours.is_empty() {
        return 0.0;
    }
    hours.iter().sum::<u64>() as f64 / hours.len() as f64
}

/// In words, why the last hour is a burst, or `None` when it is none. `now` counts texts (copies once) of the last hour,
/// `feeds` the feeds that brought them, `before` the texts of the same hour on each day before.
#[must_use]
pub fn burst_note(now: u64, feeds: u64, before: &[u64]) -> Option<String> {
    if now < BURST_TEXTS_MIN || feeds < FEEDS_MIN || before.len() < DAYS_MIN {
        return None;
    }
    let usual = usual(before);
    let expected = usual.max(USUAL_MIN);
    if (now as f64) < TIMES_MIN * expected || at_least_by_chance(now, expected) > CHANCE_MAX {
        return None;
    }
    let days = before.len();
    Some(format!(
        "{now} articles in the last hour, usually {usual:.1} at this hour ({days} days)"
    ))
}

/// P(X >= n) for X of a Poisson distribution with this mean.
fn at_least_by_chance(n: u64, mean: f64) -> f64 {
    // The terms from n on: each is the one before times mean / k.
    let mut term = (-mean).exp();
    for k in 1..=n {
        term *= mean / k as f64;
    }
    let (mut sum, mut k) = (0.0, n);
    while term > sum * 1e-12 && term > 0.0 {
        sum += term;
        k += 1;
        term *= mean / k as f64;
        if k > n + 1_000 {
            break;
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_burst_depends_on_what_is_usual() {
        let zeros = vec![0; 28];
        let one_busy_day = [vec![0; 27], vec![40]].concat();
        let fives = vec![5; 28];
        for (now, feeds, before, expected) in [
            (12, 6, &zeros, true),
            (5, 3, &zeros, false),
            (6, 3, &zeros, true),
            (4, 4, &zeros, false),
            (12, 2, &zeros, false),
            (12, 6, &one_busy_day, true),
            (14, 9, &fives, false),
            (18, 9, &fives, true),
        ] {
            let told = burst_note(now, feeds, before);
            assert_eq!(
                told.is_some(),
                expected,
                "{now} {feeds} {before:?}: {told:?}"
            );
        }
        assert_eq!(burst_note(12, 6, &[0, 0]), None, "too little is known");
    }

    #[test]
    fn a_burst_says_what_is_usual() {
        let before = [vec![0; 14], vec![1; 14]].concat();
        assert_eq!(
            burst_note(12, 6, &before).as_deref(),
            Some("12 articles in the last hour, usually 0.5 at this hour (28 days)")
        );
    }

    #[test]
    fn the_tail_is_that_of_poisson() {
        for (n, mean, tail) in [
            (0, 2.0, 1.0),
            (1, 0.5, 0.393_469),
            (5, 0.5, 0.000_172_1),
            (20, 5.0, 3.45e-7),
        ] {
            let found = at_least_by_chance(n, mean);
            assert!((found / tail - 1.0).abs() < 0.01, "{n} {mean}: {found}");
        }
        assert!(at_least_by_chance(1_200, 1_000.0) < 1e-8);
    }
}
