//! When a feed's new entries come: learnt from what polls find, and turned into the next wait.
//!
//! What is learnt are *arrivals*: moments at which the feed had something new, counted by hour of the week
//! (UTC) with old weeks fading. Entries that come together are one arrival, because one poll finds them all.
//! Reading the [`Rhythm`] takes the time since it was last written into account, so that polls without news
//! need not write it.

use jiff::{SignedDuration, Timestamp};

use crate::model::Rhythm;

/// Hours of a week.
const WEEK_H: usize = 168;
const WEEK: SignedDuration = SignedDuration::from_hours(168);

/// What happened so many weeks ago counts half.
const HALF_LIFE_WEEKS: f64 = 4.0;

/// Entries closer together than this came together: one push of a button.
const TOGETHER: SignedDuration = SignedDuration::from_mins(1);

/// A document may show entries of years; older ones say nothing of today's rhythm.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(8 * 168);

/// Fewer arrivals (fading ones) are no rhythm.
const ARRIVALS_MIN: f64 = 2.5;

/// So many arrivals may fail to come before a feed is believed to have slowed down by half.
const PATIENCE: f64 = 4.0;

/// The price of a request, in hours that an arrival may wait for its poll instead.
const REQUEST_H: f64 = 1.0 / 30.0;

/// The share of the mean intensity that every hour keeps: news may come at any time.
const SURPRISE: f64 = 0.1;

/// Days after which the hours of the day are half believed, and weeks for the hours of the week.
const DAYS_HALF: f64 = 3.0;
const WEEKS_HALF: f64 = 2.0;

/// What a poll found that was new to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrivals {
    /// When the poll was.
    pub now: Timestamp,
    /// When the poll before it succeeded; `None` on the first one.
    pub last_success_at: Option<Timestamp>,
    /// When an entry was last new before this poll.
    pub last_new_at: Option<Timestamp>,
    /// When the new entries were published, as far as they say, in any order.
    pub published: Vec<Timestamp>,
    /// True when there are new entries without a date.
    pub undated: bool,
}

/// The rhythm after a poll that brought something new.
///
/// On the first poll the dates of the document stand for a history. Later, an entry arrived when it was
/// published, or half-way between the last two polls when its date lies outside of them or is missing.
#[must_use]
pub fn learn(rhythm: &Rhythm, found: &Arrivals) -> Rhythm {
    let first = found.last_success_at.is_none();
    let since = found.last_success_at.unwrap_or(Timestamp::MIN);
    let between = found.now.duration_since(since).max(SignedDuration::ZERO);
    let middle = found.now.min(since + between / 2);
    let inside = |&at: &Timestamp| at > since && at <= found.now;
    let mut times: Vec<Timestamp> = if first {
        let oldest = found.now.saturating_sub(LOOK_BACK);
        let oldest = oldest.unwrap_or(Timestamp::MIN);
        let published = found.published.iter().copied();
        published.filter(|at| inside(at) && *at >= oldest).collect()
    } else {
        let dated = found.published.iter().copied();
        let undated = found.undated.then_some(middle);
        dated
            .map(|at| if inside(&at) { at } else { middle })
            .chain(undated)
            .collect()
    };
    times.sort_unstable();
    times.dedup_by(|later, earlier| later.duration_since(*earlier) < TOGETHER);
    let mut learnt = if first {
        begun_at(times.first().copied().unwrap_or(found.now))
    } else {
        rhythm.clone()
    };
    gaps(&mut learnt, found.last_new_at, &times);
    add(&mut learnt, found.now, &times);
    learnt
}

/// A rhythm of which nothing is known but when it began.
fn begun_at(at: Timestamp) -> Rhythm {
    Rhythm {
        faded_at: Some(at),
        ..Rhythm::default()
    }
}

/// Lets the weights fade until `now`, then adds the arrivals, each faded by its own age.
fn add(rhythm: &mut Rhythm, now: Timestamp, times: &[Timestamp]) {
    let kept = Faded::at(rhythm, now);
    rhythm.hours.resize(WEEK_H, 0.0);
    for weight in &mut rhythm.hours {
        *weight *= kept.factor as f32;
    }
    rhythm.weeks = kept.weeks as f32;
    rhythm.faded_at = Some(now);
    for &at in times {
        rhythm.hours[hour_of_week(at)] += fading(weeks(now.duration_since(at))) as f32;
    }
    // Three digits are more than the estimate is worth, and keep the stored JSON small.
    for weight in &mut rhythm.hours {
        *weight = (*weight * 1000.0).round() / 1000.0;
    }
}

/// Moves the running median of the gaps between arrivals: a step up for a longer gap, down for a shorter one.
fn gaps(rhythm: &mut Rhythm, last_new_at: Option<Timestamp>, times: &[Timestamp]) {
    let mut before = last_new_at;
    for &at in times {
        let gap = before.map(|before| at.duration_since(before).as_secs_f64());
        before = Some(at);
        let Some(gap) = gap.filter(|&gap| gap > 0.0) else {
            continue;
        };
        let step = 1.0 + f64::from(rhythm.gaps + 1).recip().max(0.05);
        rhythm.gap_s = if rhythm.gaps == 0 {
            gap
        } else if gap > rhythm.gap_s {
            (rhythm.gap_s * step).min(gap)
        } else {
            (rhythm.gap_s / step).max(gap)
        };
        rhythm.gaps = rhythm.gaps.saturating_add(1);
    }
}

/// How long to wait for the next poll; `None` when too little is known.
///
/// Of all ways to spend a number of requests, the entries wait least when requests follow the *square root*
/// of the intensity (a poll rate r costs r·price in requests and λ/2r in waiting, least at r = √(λ/2·price)).
/// So the next poll is when that rate, summed up over the hours ahead, has come to one. Never longer than
/// `ceiling`.
///
/// A feed that stays silent against its own rhythm has slowed down: the intensity is that of a rate of which
/// nothing was seen while so many arrivals were expected (a gamma prior of shape [`PATIENCE`]).
#[must_use]
pub fn wait(
    rhythm: &Rhythm,
    last_new_at: Option<Timestamp>,
    now: Timestamp,
    ceiling: SignedDuration,
) -> Option<SignedDuration> {
    let intensity = Intensity::of(rhythm, now)?;
    let missed = last_new_at.map_or(0.0, |since| intensity.expected(since, now));
    let slowed = PATIENCE / (PATIENCE + missed);
    let ceiling_h = hours(ceiling);
    let into_hour = (now.as_second().rem_euclid(3600) as f64) / 3600.0;
    let (mut hour, mut waited, mut polls) = (hour_of_week(now), 0.0, 0.0);
    let mut left_of_hour = 1.0 - into_hour;
    while waited < ceiling_h {
        let rate = (slowed * intensity.at(hour) / (2.0 * REQUEST_H)).sqrt();
        if polls + rate * left_of_hour >= 1.0 {
            waited += (1.0 - polls) / rate;
            break;
        }
        polls += rate * left_of_hour;
        waited += left_of_hour;
        left_of_hour = 1.0;
        hour = (hour + 1) % WEEK_H;
    }
    let seconds = waited.min(ceiling_h) * 3600.0;
    Some(SignedDuration::try_from_secs_f64(seconds).unwrap_or(ceiling))
}

/// How many arrivals are to be expected between two times: what "silent" can be measured against. 0 when
/// too little is known.
#[must_use]
pub fn expected_arrivals(rhythm: &Rhythm, from: Timestamp, to: Timestamp) -> f64 {
    Intensity::of(rhythm, to).map_or(0.0, |intensity| intensity.expected(from, to))
}

/// The weights as they are at some time after they were written.
struct Faded {
    factor: f64,
    weeks: f64,
}

impl Faded {
    fn at(rhythm: &Rhythm, now: Timestamp) -> Self {
        let since = rhythm.faded_at.unwrap_or(now);
        let factor = fading(weeks(now.duration_since(since)));
        // The weeks that were watched fade like what was seen in them, while new ones are added.
        let added = (1.0 - factor) * HALF_LIFE_WEEKS / std::f64::consts::LN_2;
        Self {
            factor,
            weeks: f64::from(rhythm.weeks) * factor + added,
        }
    }
}

/// Arrivals per hour, by hour of the week.
struct Intensity<'a> {
    hours: &'a [f32],
    factor: f64,
    weeks: f64,
    mean: f64,
    day_share: f64,
    week_share: f64,
}

impl<'a> Intensity<'a> {
    fn of(rhythm: &'a Rhythm, now: Timestamp) -> Option<Self> {
        let faded = Faded::at(rhythm, now);
        let sum: f64 = rhythm.hours.iter().map(|&weight| f64::from(weight)).sum();
        if rhythm.hours.len() != WEEK_H || sum < ARRIVALS_MIN || faded.weeks <= 0.0 {
            return None;
        }
        let days = faded.weeks * 7.0;
        Some(Self {
            hours: &rhythm.hours,
            factor: faded.factor,
            weeks: faded.weeks,
            mean: sum * faded.factor / (faded.weeks * WEEK_H as f64),
            day_share: days / (days + DAYS_HALF),
            week_share: faded.weeks / (faded.weeks + WEEKS_HALF),
        })
    }

    /// The hours of the week where they are known well, else those of the day, else the mean.
    fn at(&self, hour: usize) -> f64 {
        let of_week = self.smooth(hour) / self.weeks;
        let of_day: f64 = (0..7).map(|day| self.smooth(day * 24 + hour % 24)).sum();
        let of_day = of_day / (self.weeks * 7.0);
        let daily = mix(of_day, self.mean, self.day_share);
        let learnt = mix(of_week, daily, self.week_share);
        mix(self.mean, learnt, SURPRISE)
    }

    /// Arrivals to be expected between two times.
    fn expected(&self, from: Timestamp, to: Timestamp) -> f64 {
        let span_h = hours(to.duration_since(from)).max(0.0);
        let whole_weeks = (span_h / WEEK_H as f64).floor();
        let week_sum = if whole_weeks > 0.0 {
            (0..WEEK_H).map(|hour| self.at(hour)).sum()
        } else {
            0.0
        };
        let mut expected = whole_weeks * week_sum;
        let mut left_h = span_h - whole_weeks * WEEK_H as f64;
        let mut hour = hour_of_week(from);
        while left_h > 0.0 {
            expected += self.at(hour) * left_h.min(1.0);
            left_h -= 1.0;
            hour = (hour + 1) % WEEK_H;
        }
        expected
    }

    /// The weight of an hour with half of its neighbours': an editor is not punctual to the minute.
    fn smooth(&self, hour: usize) -> f64 {
        let weight = |hour: usize| f64::from(self.hours[hour % WEEK_H]);
        let sum = weight(hour + WEEK_H - 1) + 2.0 * weight(hour) + weight(hour + 1);
        sum * self.factor / 4.0
    }
}

fn mix(one: f64, other: f64, share_of_one: f64) -> f64 {
    one * share_of_one + other * (1.0 - share_of_one)
}

/// What is left of a weight after so many weeks; times in the future count as now.
fn fading(weeks: f64) -> f64 {
    (-weeks.max(0.0) / HALF_LIFE_WEEKS).exp2()
}

fn weeks(span: SignedDuration) -> f64 {
    span.as_secs_f64() / WEEK.as_secs_f64()
}

fn hours(span: SignedDuration) -> f64 {
    span.as_secs_f64() / 3600.0
}

/// Monday 0 h UTC is 0.
pub(super) fn hour_of_week(at: Timestamp) -> usize {
    // 1970 began on a Thursday.
    let hours = at.as_second().div_euclid(3600) + 3 * 24;
    usize::try_from(hours.rem_euclid(WEEK_H as i64)).expect("a remainder is not negative")
}
