//! Quiet hours: when a channel is to be left alone, in a time zone.
//!
//! | written | means |
//! |---|---|
//! | `22:00-07:00` | every night; the end belongs to the next day |
//! | `sat, sun` | whole days |
//! | `weekdays 12:00-13:00` | Monday to Friday at noon |
//! | `fri-sun 20:00-09:00` | a span of days; the night begins on the day that is named |

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Quiet hours that are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` are no quiet hours: {why}; write for example \"22:00-07:00\" or \"sat, sun\"")]
pub struct QuietError {
    /// The text.
    pub written: String,
    /// What is wrong with it.
    pub why: String,
}

const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Nothing is quiet for longer: who wants that has no channel.
const LOOK_AHEAD_DAYS: i64 = 8;

/// When a channel is left alone.
#[derive(Debug, Clone, PartialEq)]
pub struct QuietHours {
    windows: Vec<Window>,
    zone: TimeZone,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Window {
    /// Monday first.
    days: [bool; 7],
    /// `None` = the whole day.
    hours: Option<(Time, Time)>,
}

impl QuietHours {
    /// Reads windows.
    ///
    /// # Errors
    /// When one of them is none, or all together leave no hour of the week.
    pub fn parse<'a>(
        written: impl IntoIterator<Item = &'a str>,
        zone: TimeZone,
    ) -> Result<Self, QuietError> {
        let mut windows = Vec::new();
        for text in written {
            let window = window(&text.trim().to_lowercase());
            windows.push(window.map_err(|why| QuietError {
                written: text.trim().to_owned(),
                why,
            })?);
        }
        let quiet = Self { windows, zone };
        let any = Timestamp::UNIX_EPOCH;
        if quiet.is_quiet(any) && quiet.until(any).is_none() {
            return Err(QuietError {
                written: "all of them".to_owned(),
                why: "they leave no hour of the week".to_owned(),
            });
        }
        Ok(quiet)
    }

    /// True when the channel is to be left alone at that moment.
    #[must_use]
    pub fn is_quiet(&self, at: Timestamp) -> bool {
        self.windows
            .iter()
            .any(|window| self.end(window, at).is_some())
    }

    /// The end of the quiet hours that `now` lies in; `None` outside of them.
    ///
    /// A wall-clock time that the zone skips is the first instant after the gap; of one that it has twice the first counts.
    #[must_use]
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let limit = now.checked_add((LOOK_AHEAD_DAYS * 24).hours()).ok()?;
        let mut at = now;
        while let Some(end) = self
            .windows
            .iter()
            .filter_map(|window| self.end(window, at))
            .max()
        {
            if end > limit {
                return None;
            }
            at = end;
        }
        (at > now).then_some(at)
    }

    /// The end of the window's span that `at` lies in.
    fn end(&self, window: &Window, at: Timestamp) -> Option<Timestamp> {
        let today = self.zone.to_datetime(at).date();
        let days = [today.yesterday().ok(), Some(today)];
        let spans = days
            .into_iter()
            .flatten()
            .filter_map(|day| self.span(window, day));
        spans
            .filter(|(start, end)| *start <= at && at < *end)
            .map(|(_, end)| end)
            .max()
    }

    fn span(&self, window: &Window, day: Date) -> Option<(Timestamp, Timestamp)> {
        let number = day.weekday().to_monday_zero_offset();
        if !window.days[usize::from(number.unsigned_abs())] {
            return None;
        }
        let (start, end) = window.hours.unwrap_or((Time::midnight(), Time::midnight()));
        let end_day = if end <= start {
            day.tomorrow().ok()?
        } else {
            day
        };
        let instant = |day: Date, time: Time| {
            let zoned = self.zone.to_ambiguous_zoned(day.to_datetime(time));
            zoned.compatible().ok().map(|zoned| zoned.timestamp())
        };
        Some((instant(day, start)?, instant(end_day, end)?))
    }
}

fn window(text: &str) -> Result<Window, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    let (days, hours) = match text.rsplit_once(char::is_whitespace) {
        Some((days, hours)) if hours.contains(':') => (days.trim(), Some(hours)),
        _ if text.contains(':') => ("", Some(text)),
        _ => (text, None),
    };
    Ok(Window {
        days: match days {
            "" => [true; 7],
            named => self::days(named)?,
        },
        hours: hours.map(span).transpose()?,
    })
}

fn span(text: &str) -> Result<(Time, Time), String> {
    let (start, end) = text
        .split_once(['-', '–'])
        .ok_or_else(|| format!("`{text}` has no end"))?;
    let (start, end) = (time(start)?, time(end)?);
    if start == end {
        return Err(format!(
            "`{text}` begins where it ends; a whole day is written by its name"
        ));
    }
    Ok((start, end))
}

fn time(text: &str) -> Result<Time, String> {
    let wrong = || format!("`{text}` is no time of day");
    let (hour, minute) = text.trim().split_once(':').ok_or_else(wrong)?;
    let number = |part: &str| part.parse::<i8>().map_err(|_| wrong());
    if (hour, minute) == ("24", "00") {
        return Ok(Time::midnight());
    }
    Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| wrong())
}

fn days(text: &str) -> Result<[bool; 7], String> {
    let mut days = [false; 7];
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match part {
            "daily" => days = [true; 7],
            "weekdays" => days[..5].fill(true),
            "weekends" => days[5..].fill(true),
            _ => match part.split_once(['-', '–']) {
                Some((first, last)) => {
                    let (first, last) = (day(first)?, day(last)?);
                    for offset in 0..=(last + 7 - first) % 7 {
                        days[(first + offset) % 7] = true;
                    }
                }
                None => days[day(part)?] = true,
            },
        }
    }
    Ok(days)
}

/// The number of a day, by its name or the first three letters of it.
fn day(text: &str) -> Result<usize, String> {
    let text = text.trim().trim_end_matches('s');
    let is_it = |name: &&str| {
        name.starts_with(text) && text.len() >= 3 || name.trim_end_matches('s') == text
    };
    DAYS.iter()
        .position(is_it)
        .ok_or_else(|| format!("`{text}` is no day"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::zone;

    fn until(written: &[&str], place: &str, now: &str) -> Option<String> {
        let zone = zone(place).unwrap();
        let quiet = QuietHours::parse(written.iter().copied(), zone.clone()).unwrap();
        let now: Timestamp = zone
            .to_ambiguous_zoned(now.parse().unwrap())
            .compatible()
            .unwrap()
            .timestamp();
        assert_eq!(quiet.is_quiet(now), quiet.until(now).is_some());
        Some(zone.to_datetime(quiet.until(now)?).to_string())
    }

    #[test]
    fn the_end_of_quiet_hours_is_found() {
        let jakarta = "Asia/Jakarta";
        // 22 November 2026 is a Sunday.
        for (written, now, end) in [
            (
                &["22:00-07:00"][..],
                "2026-11-22T23:00",
                Some("2026-11-23T07:00:00"),
            ),
            (
                &["22:00-07:00"],
                "2026-11-22T06:59",
                Some("2026-11-22T07:00:00"),
            ),
            (&["22:00-07:00"], "2026-11-22T07:00", None),
            (&["22:00-07:00"], "2026-11-22T21:59", None),
            (
                &["sat, sun"],
                "2026-11-21T10:00",
                Some("2026-11-23T00:00:00"),
            ),
            (
                &["weekends", "22:00-07:00"],
                "2026-11-22T23:30",
                Some("2026-11-23T07:00:00"),
            ),
            (&["weekdays 12:00-13:00"], "2026-11-22T12:30", None),
            (
                &["weekdays 12:00-13:00"],
                "2026-11-23T12:30",
                Some("2026-11-23T13:00:00"),
            ),
            // The night of Sunday ends on Monday, which is not named.
            (
                &["fri-sun 20:00-09:00"],
                "2026-11-23T08:00",
                Some("2026-11-23T09:00:00"),
            ),
            (&["fri-sun 20:00-09:00"], "2026-11-23T21:00", None),
        ] {
            assert_eq!(
                until(written, jakarta, now).as_deref(),
                end,
                "{written:?} at {now}"
            );
        }
    }

    #[test]
    fn clocks_that_change_neither_lose_nor_repeat_the_night() {
        let berlin = "Europe/Berlin";
        // 02:30 does not exist on 29 March 2026, and exists twice on 25 October.
        for (now, end) in [
            ("2026-03-29T01:30", "2026-03-29T03:30:00"),
            ("2026-10-25T01:30", "2026-10-25T02:30:00"),
        ] {
            assert_eq!(
                until(&["22:00-02:30"], berlin, now).as_deref(),
                Some(end),
                "{now}"
            );
        }
    }

    #[test]
    fn what_is_no_quiet_hour_is_told() {
        for (written, part) in [
            (&["22-07"][..], "no day"),
            (&["22:00"], "no end"),
            (&["25:00-07:00"], "no time of day"),
            (&["someday 22:00-07:00"], "no day"),
            (&["07:00-07:00"], "begins where it ends"),
            (&[""], "empty"),
            (&["daily"], "leave no hour"),
            (&["00:00-12:00", "12:00-24:00"], "leave no hour"),
        ] {
            let error = QuietHours::parse(written.iter().copied(), TimeZone::UTC).expect_err(part);
            assert!(error.to_string().contains(part), "{error}");
        }
    }
}
