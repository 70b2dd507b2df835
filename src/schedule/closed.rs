//! When a feed says that it has no news: `skipHours` and `skipDays` of RSS 2.0, `sy:update*` of RSS 1.0.

use jiff::{SignedDuration, Timestamp};

use super::rhythm::hour_of_week;
use crate::model::Syndication;

const HOUR_S: i64 = 3600;
const WEEK_H: usize = 168;

/// `due`, moved to the start of the first hour that is open. A feed that is never open is taken for always
/// open: it cannot mean that.
#[must_use]
pub fn open_hour(syndication: &Syndication, due: Timestamp) -> Timestamp {
    if syndication.skip_hours.is_empty() && syndication.skip_days.is_empty() {
        return due;
    }
    let first = hour_of_week(due);
    let ahead = (0..WEEK_H).find(|ahead| is_open(syndication, (first + ahead) % WEEK_H));
    match ahead {
        None | Some(0) => due,
        Some(ahead) => {
            let ahead = i64::try_from(ahead).unwrap_or(0);
            let second = (due.as_second().div_euclid(HOUR_S) + ahead).saturating_mul(HOUR_S);
            Timestamp::from_second(second).unwrap_or(due)
        }
    }
}

fn is_open(syndication: &Syndication, hour_of_week: usize) -> bool {
    let is = |skipped: &u8, value: usize| usize::from(*skipped) == value;
    let (day, hour) = (hour_of_week / 24, hour_of_week % 24);
    // Some write 24 for midnight, as the first draft of RSS 0.91 did.
    let skips_hour = |skipped: &u8| is(skipped, hour) || (*skipped == 24 && hour == 0);
    !syndication.skip_hours.iter().any(skips_hour)
        && !syndication.skip_days.iter().any(|skipped| is(skipped, day))
}

/// The earliest time at which the feed says it will be updated again: a period from now, or with
/// `sy:updateBase` the next whole period after it. `None` when it says nothing.
///
/// A feed whose usual gap is less than half of its period does not do what it says (a blog engine writes
/// "hourly" into every feed): it is not taken at its word.
#[must_use]
pub fn next_update(
    syndication: &Syndication,
    usual_gap: Option<SignedDuration>,
    now: Timestamp,
) -> Option<Timestamp> {
    let period = i64::try_from(syndication.period_s.filter(|&s| s > 0)?).ok()?;
    if usual_gap.is_some_and(|gap| gap.as_secs() < period / 2) {
        return None;
    }
    let second = match syndication.base {
        None => now.as_second().saturating_add(period),
        Some(base) => {
            let since = now.as_second().saturating_sub(base.as_second());
            let periods = since.div_euclid(period) + 1;
            base.as_second()
                .saturating_add(periods.saturating_mul(period))
        }
    };
    Timestamp::from_second(second).ok()
}
