//! Rule 23: a month of four kinds of feeds, polled as `schedule` says, as Miniflux' `entry_frequency` does, and
//! every hour. `docs/polling.md` has the table that
//! `cargo test --test polling rule_23_a_month -- --nocapture` prints.

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use wirewatch::model::PollState;
use wirewatch::schedule::{Arrivals, PollTimes, learn, next_poll};

use crate::bed::{at, hours, minutes};

/// The documents show so many entries.
const SHOWN: usize = 20;

const DAYS: i64 = 30;

/// A month of history, and a month of polls.
fn span() -> (Timestamp, Timestamp) {
    let begin = at("2026-03-02T00:00:00Z");
    (begin, begin + hours(24 * DAYS))
}

/// A kind of feed: how many entries come in an hour of the week on average (Monday 0 h UTC first).
struct Kind {
    name: &'static str,
    per_hour: fn(day: i64, hour: i64) -> f64,
    /// So many come together.
    batch: usize,
    /// Exactly one a time at which there is any: an editor, not chance.
    regular: bool,
}

const KINDS: [Kind; 4] = [
    Kind {
        name: "news wire, by night a tenth",
        per_hour: |_, hour| if (5..22).contains(&hour) { 10.0 } else { 1.0 },
        batch: 1,
        regular: false,
    },
    Kind {
        name: "daily column at 6 h",
        per_hour: |_, hour| f64::from(u8::from(hour == 6)),
        batch: 1,
        regular: true,
    },
    Kind {
        name: "weekly magazine, 15 at once",
        per_hour: |day, hour| f64::from(u8::from(day == 3 && hour == 5)),
        batch: 15,
        regular: true,
    },
    Kind {
        name: "office hours in UTC+7",
        per_hour: |day, hour| {
            if day < 5 && (1..10).contains(&hour) {
                1.5
            } else {
                0.0
            }
        },
        batch: 1,
        regular: false,
    },
];

impl Kind {
    /// When its entries come, the month before the polls included.
    fn entries(&self) -> Vec<Timestamp> {
        let mut chance = StdRng::seed_from_u64(7);
        let (begin, end) = span();
        let mut hour = begin - hours(24 * DAYS);
        let mut times = Vec::new();
        while hour < end {
            let since_monday = hour.duration_since(begin).as_hours().rem_euclid(168);
            let rate = (self.per_hour)(since_monday / 24, since_monday % 24);
            let mut come = |second: i64| {
                let at = hour + SignedDuration::from_secs(second);
                times.extend(std::iter::repeat_n(at, self.batch));
            };
            if self.regular && rate > 0.0 {
                come(chance.random_range(0..1200));
            } else {
                for minute in 0..60 {
                    if chance.random::<f64>() < rate / 60.0 {
                        come(60 * minute);
                    }
                }
            }
            hour += hours(1);
        }
        times
    }
}

/// How a month of polls went.
struct Month {
    requests_a_day: f64,
    mean_delay_min: f64,
    worst_in_twenty_min: f64,
    lost: usize,
    by_hour: [usize; 24],
}

/// Polls for a month; `wait` is told the time, the new entries, and all that came before.
fn month(
    entries: &[Timestamp],
    mut next: impl FnMut(Timestamp, &[Timestamp], &[Timestamp]) -> Timestamp,
) -> Month {
    let (begin, end) = span();
    let mut seen = entries.partition_point(|&at| at <= begin);
    let mut now = begin;
    let (mut polls, mut lost, mut by_hour) = (0_usize, 0, [0; 24]);
    let mut delays: Vec<f64> = Vec::new();
    let mut first = true;
    while now < end {
        polls += 1;
        by_hour[usize::try_from(now.as_second() / 3600 % 24).expect("an hour")] += 1;
        let come = entries.partition_point(|&at| at <= now);
        let shown = come.saturating_sub(SHOWN);
        lost += shown.saturating_sub(seen);
        let fresh = &entries[shown.max(seen)..come];
        delays.extend(
            fresh
                .iter()
                .map(|&at| now.duration_since(at).as_secs_f64() / 60.0),
        );
        let new = if first { &entries[shown..come] } else { fresh };
        first = false;
        seen = come;
        now = next(now, new, &entries[..come]);
    }
    delays.sort_by(f64::total_cmp);
    let mean = delays.iter().sum::<f64>() / delays.len() as f64;
    Month {
        requests_a_day: polls as f64 / DAYS as f64,
        mean_delay_min: mean,
        worst_in_twenty_min: delays[delays.len() * 19 / 20],
        lost,
        by_hour,
    }
}

fn ours(entries: &[Timestamp]) -> Month {
    let mut state = PollState::default();
    let mut times = PollTimes::at(span().0);
    let mut last_success_at = None;
    month(entries, |now, new, _| {
        if !new.is_empty() {
            let found = Arrivals {
                now,
                last_success_at,
                last_new_at: times.last_new_at,
                published: new.to_vec(),
                undated: false,
            };
            state.rhythm = learn(&state.rhythm, &found);
            times.last_new_at = Some(now);
        }
        last_success_at = Some(now);
        times.now = now;
        next_poll(&times, &state, 0.5)
    })
}

/// Miniflux' `entry_frequency` with its defaults: a week divided by last week's entries, 5 minutes to a day.
fn entry_frequency(entries: &[Timestamp]) -> Month {
    month(entries, |now, _, all| {
        let week_ago = now - hours(168);
        let count = all.len() - all.partition_point(|&at| at < week_ago);
        let wait = match i64::try_from(count).expect("a count") {
            0 => minutes(1440),
            count => minutes((10_080 / count).clamp(5, 1440)),
        };
        now + wait
    })
}

fn hourly(entries: &[Timestamp]) -> Month {
    month(entries, |now, _, _| now + hours(1))
}

#[test]
fn rule_23_a_month_of_feeds_costs_fewer_requests_for_less_delay() {
    println!("| feed | | requests a day | mean delay | 95 % within | lost |");
    println!("|---|---|--:|--:|--:|--:|");
    let months = KINDS.map(|kind| {
        let entries = kind.entries();
        let all = [ours(&entries), entry_frequency(&entries), hourly(&entries)];
        for (policy, month) in ["wirewatch", "entry_frequency", "hourly"].iter().zip(&all) {
            println!(
                "| {} | {policy} | {:.1} | {:.0} min | {:.0} min | {} |",
                kind.name,
                month.requests_a_day,
                month.mean_delay_min,
                month.worst_in_twenty_min,
                month.lost
            );
        }
        all
    });
    for (kind, [ours, theirs, hourly]) in KINDS.iter().zip(&months) {
        let name = kind.name;
        assert!(ours.mean_delay_min < hourly.mean_delay_min, "{name}");
        assert!(ours.mean_delay_min < theirs.mean_delay_min, "{name}");
        assert_eq!(ours.lost, 0, "{name}");
    }
    let [[wire, ..], [column, ..], [weekly, _, hourly], [office, ..]] = &months;
    assert!(wire.mean_delay_min < 5.0, "near the floor");
    let sum = |hours: std::ops::Range<usize>| wire.by_hour[hours].iter().sum::<usize>();
    let (night, day) = (sum(0..4) / 4, sum(8..20) / 12);
    assert!(
        night * 2 < day,
        "a night is quiet: {night} and {day} an hour"
    );
    for month in [column, weekly, office] {
        assert!(month.requests_a_day < hourly.requests_a_day * 2.0);
    }
}
