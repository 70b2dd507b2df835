//! When a permanent redirect is believed: a 301 by mistake, for an hour, must not change an address.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::Moving;

/// On so many different days it must have been seen.
const DAYS: u32 = 3;

/// The redirect that is being watched after a poll that ended `to` there; `None` when the poll was not
/// redirected for good. Another target, or a poll without a redirect, begins anew. Days are those of UTC.
#[must_use]
pub fn sighting(watched: Option<&Moving>, to: Option<&str>, now: Timestamp) -> Option<Moving> {
    let to = to?;
    match watched {
        Some(moving) if moving.to == to && day(moving.last_at) == day(now) => Some(moving.clone()),
        Some(moving) if moving.to == to => Some(Moving {
            to: to.to_owned(),
            days: moving.days.saturating_add(1),
            last_at: now,
        }),
        _ => Some(Moving {
            to: to.to_owned(),
            days: 1,
            last_at: now,
        }),
    }
}

/// True when the redirect was seen on enough days.
#[must_use]
pub fn is_believed(moving: &Moving) -> bool {
    moving.days >= DAYS
}

fn day(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned(TimeZone::UTC).date()
}
