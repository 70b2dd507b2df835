//! What is remembered of the `robots.txt` of every origin.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex as TurnMutex;

use super::rules::Rules;
use crate::fetch::FetchError;

/// How long a file is good (RFC 9309, 2.4).
const KEEP: SignedDuration = SignedDuration::from_hours(24);

/// A file that cannot be had forbids everything for so long; a monitor must not go blind over it.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);

/// The first wait before such a file is asked for again; it doubles.
const RETRY: SignedDuration = SignedDuration::from_mins(1);

/// The longest such wait.
const RETRY_MAX: SignedDuration = SignedDuration::from_hours(1);

/// Origins that are remembered.
const ORIGINS_MAX: usize = 2_000;

/// Bytes of rules that are remembered, over all origins.
const WEIGHT_MAX: usize = 8 << 20;

/// What is known of one file.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) rules: Rules,
    /// Why the file cannot be had, while that forbids everything.
    pub(super) unreachable: Option<FetchError>,
    at: Timestamp,
    until: Timestamp,
    /// Since when it cannot be had, and how often that was tried.
    failing: Option<(Timestamp, u32)>,
    /// True when the rules come from a file (and not from the lack of one).
    read: bool,
}

impl Known {
    /// The file was read.
    pub(super) fn read(rules: Rules, now: Timestamp) -> Self {
        Self {
            rules,
            unreachable: None,
            at: now,
            until: later(now, KEEP),
            failing: None,
            read: true,
        }
    }

    /// There is no such file: everything is allowed (RFC 9309, 2.3.1.3).
    pub(super) fn absent(now: Timestamp) -> Self {
        Self {
            read: false,
            ..Self::read(Rules::default(), now)
        }
    }

    /// The file cannot be had (RFC 9309, 2.3.1.4): the one that was read before goes on to count; without
    /// one everything is forbidden for a day and allowed from then on.
    pub(super) fn failed(before: Option<&Self>, why: FetchError, now: Timestamp) -> Self {
        let failing = before.and_then(|before| before.failing);
        let (since, tries) = failing.unwrap_or((now, 0));
        let wait = RETRY.saturating_mul(1 << tries.min(10)).min(RETRY_MAX);
        let read = before.filter(|before| before.read);
        let patient = now.duration_since(since) < PATIENCE;
        Self {
            rules: read.map(|read| read.rules.clone()).unwrap_or_default(),
            unreachable: (read.is_none() && patient).then_some(why),
            at: now,
            until: later(now, wait),
            failing: Some((since, tries.saturating_add(1))),
            read: read.is_some(),
        }
    }

    /// True while it need not be asked for again. A clock that was set back does not prolong it.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        (self.at..self.until).contains(&now)
    }
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// One origin; who holds the lock asks for the file, the others wait for what he learns.
pub(super) type Origin = Arc<TurnMutex<Option<Known>>>;

/// Bounded memory of files, by origin.
#[derive(Default)]
pub(in crate::fetch) struct RobotsCache(Mutex<HashMap<String, Origin>>);

impl RobotsCache {
    /// The place of one origin.
    pub(super) fn origin(&self, origin: &str) -> Origin {
        let mut origins = self.lock();
        if let Some(known) = origins.get(origin) {
            return Arc::clone(known);
        }
        make_room(&mut origins);
        let place = Origin::default();
        origins.insert(origin.to_owned(), Arc::clone(&place));
        place
    }

    /// The distance that the file of an origin asks for, if it was read.
    pub(in crate::fetch) fn crawl_delay(&self, origin: &str) -> Option<Duration> {
        let place = self.lock().get(origin).map(Arc::clone)?;
        let known = place.try_lock().ok()?;
        known.as_ref()?.rules.crawl_delay
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Origin>> {
        // A panic elsewhere leaves the map whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the oldest quarter when there are too many, or too many rules.
fn make_room(origins: &mut HashMap<String, Origin>) {
    let looked_up = |place: &Origin| {
        let known = place.try_lock().ok()?;
        Some(known.as_ref().map_or((Timestamp::MIN, 0), |known| {
            (known.at, known.rules.weight())
        }))
    };
    let weight = |origins: &HashMap<String, Origin>| -> usize {
        let places = origins.values().filter_map(looked_up);
        places.map(|(_, weight)| weight).sum()
    };
    if origins.len() < ORIGINS_MAX && weight(origins) < WEIGHT_MAX {
        return;
    }
    let mut ages: Vec<Timestamp> = origins
        .values()
        .filter_map(looked_up)
        .map(|(at, _)| at)
        .collect();
    ages.sort_unstable();
    let Some(oldest) = ages.get(ages.len() / 4).copied() else {
        return;
    };
    origins.retain(|_, place| {
        Arc::strong_count(place) > 1 || looked_up(place).is_none_or(|(at, _)| at > oldest)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        let start: Timestamp = "2026-11-22T00:00:00Z".parse().expect("a time");
        later(start, SignedDuration::from_hours(hours))
    }

    fn unavailable() -> FetchError {
        FetchError::Status {
            code: 503,
            retry_after: None,
            page: None,
        }
    }

    #[test]
    fn a_file_that_cannot_be_had_forbids_for_a_day_and_no_longer() {
        let why = unavailable;
        let mut known = Known::failed(None, why(), at(0));
        for hour in 1..24 {
            assert!(known.unreachable.is_some(), "{hour}");
            assert!(!known.is_fresh(at(hour)), "asked for again every hour");
            known = Known::failed(Some(&known), why(), at(hour));
        }
        let known = Known::failed(Some(&known), why(), at(24));
        assert!(known.unreachable.is_none() && known.rules.allow("/x"));
    }

    #[test]
    fn the_last_file_goes_on_to_count_while_there_is_no_newer_one() {
        let rules = Rules::parse("User-agent: *\nDisallow: /x");
        let read = Known::read(rules, at(0));
        assert!(read.is_fresh(at(23)) && !read.is_fresh(at(24)));
        assert!(!read.is_fresh(at(-1)), "the clock was set back");
        let failed = Known::failed(Some(&read), unavailable(), at(24));
        let failed = Known::failed(Some(&failed), unavailable(), at(60));
        assert!(failed.unreachable.is_none() && !failed.rules.allow("/x"));
        // What was no file is not remembered as one.
        let failed = Known::failed(Some(&Known::absent(at(0))), unavailable(), at(24));
        assert!(failed.unreachable.is_some());
    }

    #[test]
    fn the_memory_is_bounded() {
        let cache = RobotsCache::default();
        for n in 0..i64::try_from(3 * ORIGINS_MAX).expect("small") {
            let place = cache.origin(&format!("http://h{n}.example"));
            *place.try_lock().expect("nobody has it") = Some(Known::absent(at(n)));
        }
        assert!(cache.lock().len() <= ORIGINS_MAX);
        let heavy = "Disallow: /x".to_owned() + &"x".repeat(100_000);
        let heavy = Rules::parse(&format!("User-agent: *\n{heavy}"));
        for n in 0..400 {
            let place = cache.origin(&format!("http://heavy{n}.example"));
            *place.try_lock().expect("nobody has it") = Some(Known::read(heavy.clone(), at(n)));
        }
        let places: Vec<_> = cache.lock().values().cloned().collect();
        let weights = places.iter().map(|place| {
            let known = place.try_lock().expect("nobody has it");
            known.as_ref().map_or(0, |known| known.rules.weight())
        });
        assert!(weights.sum::<usize>() < WEIGHT_MAX + 200_000);
    }
}
