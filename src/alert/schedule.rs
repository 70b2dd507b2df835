//! When a digest falls due: plain words or a cron line, in an IANA time zone.
//!
//! | written | means |
//! |---|---|
//! | `daily 07:30` | every day |
//! | `weekdays 07:30`, `weekends 09:00` | Monday to Friday, Saturday and Sunday |
//! | `mondays 09:00`, `weekly monday 09:00` | that day of the week |
//! | `mondays, thursdays 09:00` | several days |
//! | `hourly` | every full hour |
//! | `every 15m`, `every 6h` | minutes that divide an hour, hours that divide a day |
//! | `30 7 * * MON-FRI` | a cron line of five fields (minute, hour, day, month, weekday) |

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};

/// A schedule that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` is no schedule: {why}; write for example \"{example}\"")]
pub struct ScheduleError {
    /// The text.
    pub written: String,
    /// What is wrong with it.
    pub why: String,
    /// A text that would do, as near to the one given as could be guessed.
    pub example: &'static str,
}

/// The times at which a digest falls due.
#[derive(Debug, Clone)]
pub struct DigestTime {
    cron: Cron,
    written: String,
}

const DAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

impl DigestTime {
    /// Reads plain words or a cron line.
    ///
    /// # Errors
    /// When the text is neither, or names a day that never comes (30 February).
    pub fn parse(written: &str) -> Result<Self, ScheduleError> {
        let words = written.trim().to_lowercase();
        let error = |why: String, example| ScheduleError {
            written: written.trim().to_owned(),
            why,
            example,
        };
        if words.is_empty() {
            return Err(error("it is empty".to_owned(), "weekdays 07:30"));
        }
        let line = match in_words(&words) {
            Words::Cron(line) => line,
            Words::Wrong(why, example) => return Err(error(why, example)),
            Words::None => words,
        };
        let cron = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(&line)
            .map_err(|why| error(cron_words(&why.to_string()), "weekdays 07:30"))?;
        let time = Self {
            cron,
            written: written.trim().to_owned(),
        };
        if time.following(&reference()).is_none() {
            return Err(error(
                "that day never comes".to_owned(),
                "30 7 1 * * (the first of each month)",
            ));
        }
        Ok(time)
    }

    /// The text it was read from.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The first due time after `now` (strictly).
    ///
    /// Wall-clock times that a zone skips fall on the first instant after the gap; times that it
    /// has twice fall due once, at the first of the two.
    #[must_use]
    pub fn next_after(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        // Found on the bare calendar and only then put into the zone, so that gap and fold are
        // decided here. The mapping never goes back, so the search may begin at the present.
        let mut wall = zone.to_datetime(now);
        loop {
            let Some(next) = self.following(&wall) else {
                return Timestamp::MAX;
            };
            match instant(next, zone) {
                Some(at) if at > now => return at,
                Some(_) => wall = next,
                None => return Timestamp::MAX,
            }
        }
    }

    /// The first matching wall-clock time after `wall`.
    fn following(&self, wall: &DateTime) -> Option<DateTime> {
        let bare: Zoned = wall.to_zoned(TimeZone::UTC).ok()?;
        let next = self.cron.find_next_occurrence(&bare, false).ok()?;
        Some(next.datetime())
    }
}

/// Any day will do to find out whether a schedule has a next time; a leap year is the kindest.
fn reference() -> DateTime {
    jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0)
}

/// What plain words came to.
enum Words {
    /// A cron line.
    Cron(String),
    /// Words, but wrong ones: why, and an example.
    Wrong(String, &'static str),
    /// No words: perhaps a cron line.
    None,
}

fn in_words(words: &str) -> Words {
    if words == "hourly" {
        return Words::Cron("0 * * * *".to_owned());
    }
    if let Some(step) = words.strip_prefix("every ") {
        return every(step.trim());
    }
    // A cron line begins with a digit, `*` or `@`; words begin with a letter.
    if !words.starts_with(|c: char| c.is_alphabetic()) {
        return Words::None;
    }
    let (days, time) = match words.rsplit_once(char::is_whitespace) {
        Some((days, time)) if time.contains(':') => (days.trim(), time),
        _ => {
            return Words::Wrong(
                "a time of day is missing or not HH:MM".to_owned(),
                "weekdays 07:30",
            );
        }
    };
    let Some((hour, minute)) = time_of_day(time) else {
        return Words::Wrong(format!("`{time}` is no time of day"), "weekdays 07:30");
    };
    match weekdays(days) {
        Ok(days) => Words::Cron(format!("{minute} {hour} * * {days}")),
        Err(day) => Words::Wrong(
            format!("`{day}` is neither a day nor daily, weekdays, weekends"),
            "mondays 09:00",
        ),
    }
}

fn every(step: &str) -> Words {
    let wrong = || {
        Words::Wrong(
            "a step is minutes that divide an hour or hours that divide a day".to_owned(),
            "every 15m",
        )
    };
    let digits = step.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace());
    let Ok(number) = digits.parse::<u32>() else {
        return wrong();
    };
    match step[digits.len()..].trim() {
        "m" | "min" | "minutes" if number > 0 && number < 60 && 60 % number == 0 => {
            Words::Cron(format!("*/{number} * * * *"))
        }
        "h" | "hours" | "hour" if number > 0 && number < 24 && 24 % number == 0 => {
            Words::Cron(format!("0 */{number} * * *"))
        }
        _ => wrong(),
    }
}

fn time_of_day(text: &str) -> Option<(u8, u8)> {
    let (hour, minute) = text.split_once(':')?;
    let plain = |part: &str| {
        let short = !part.is_empty() && part.len() <= 2;
        (short && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u8>().ok())?
    };
    let (hour, minute) = (plain(hour)?, plain(minute)?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// The weekday field of a cron line, or the word that is no day.
fn weekdays(words: &str) -> Result<String, String> {
    let words = words.strip_prefix("weekly ").unwrap_or(words);
    match words {
        "daily" | "every day" | "everyday" => return Ok("*".to_owned()),
        "weekdays" => return Ok("MON-FRI".to_owned()),
        "weekends" => return Ok("SAT,SUN".to_owned()),
        _ => {}
    }
    let mut numbers = Vec::new();
    for word in words
        .split([',', ' '])
        .filter(|word| !word.is_empty() && *word != "and" && *word != "on")
    {
        let single = word.strip_suffix('s').unwrap_or(word);
        let known = |day: &&str| single.len() >= 3 && day.starts_with(single);
        match DAYS.iter().position(known) {
            Some(number) => numbers.push(number.to_string()),
            None => return Err(word.to_owned()),
        }
    }
    if numbers.is_empty() {
        return Err(words.to_owned());
    }
    Ok(numbers.join(","))
}

/// The cron crate's reasons begin with a name of its own; people want the words behind it.
fn cron_words(why: &str) -> String {
    why.rsplit(": ").next().unwrap_or(why).to_owned()
}

/// The instant of a wall-clock time: behind a gap its end, in a fold the first of the two.
fn instant(wall: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => {
            let before_gap = ambiguous.earlier().ok()?;
            let end = zone.following(before_gap).next();
            end.map(|transition| transition.timestamp())
        }
        _ => ambiguous.earlier().ok(),
    }
}

#[cfg(test)]
mod tests;
