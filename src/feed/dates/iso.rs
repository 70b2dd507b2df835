//! ISO 8601 and its profiles (RFC 3339, W3C-DTF), strictly: what follows the date must be a time and a zone.

use jiff::Timestamp;

use super::{Time, civil, full_year, instant, number, zones};

/// Reads a date that is written in numbers, largest unit first.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    if let Some(found) = digits_only(text) {
        return Some(found);
    }
    let (date, rest) = date(text)?;
    let (year, month, day) = date;
    let (time, offset) = time_and_zone(rest)?;
    instant(civil(year, month, day, time)?, offset)
}

type Ymd = (i16, i8, i8);

/// The date at the start, and what follows it.
fn date(text: &str) -> Option<(Ymd, &str)> {
    if let Some(found) = century_left_out(text) {
        return Some(found);
    }
    let (year, rest) = number(text, 4, 4)?;
    let year = full_year(year, 4)?;
    let Some(separator) = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.')) else {
        let whole = rest.is_empty() || rest.starts_with(['T', 't']);
        return whole.then_some(((year, 1, 1), rest));
    };
    let rest = &rest[1..];
    // Some write the month with three digits (`2003-012-31`); three digits alone are a day of the year.
    let (month, rest) = number(rest, 1, 3)?;
    let Some(after) = rest.strip_prefix(separator) else {
        if month > 12 {
            return Some((day_of_year(year, month)?, rest));
        }
        return Some(((year, month as i8, 1), rest));
    };
    let (day, rest) = number(after, 1, 2)?;
    Some(((year, i8::try_from(month).ok()?, day as i8), rest))
}

/// `-YYMM`, `-YY-MM` and `YY-MM-DD` of ISO 8601:1988.
fn century_left_out(text: &str) -> Option<(Ymd, &str)> {
    if let Some(body) = text.strip_prefix('-') {
        if let Some((both, rest)) = number(body, 4, 4) {
            return Some(((full_year(both / 100, 2)?, (both % 100) as i8, 1), rest));
        }
        let (year, rest) = number(body, 2, 2)?;
        let (month, rest) = number(rest.strip_prefix('-')?, 2, 2)?;
        return Some(((full_year(year, 2)?, month as i8, 1), rest));
    }
    let (year, rest) = number(text, 2, 2)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 2, 2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 2, 2)?;
    Some(((full_year(year, 2)?, month as i8, day as i8), rest))
}

fn day_of_year(year: i16, day: i32) -> Option<Ymd> {
    let first = jiff::civil::Date::new(year, 1, 1).ok()?;
    let date = first
        .with()
        .day_of_year(i16::try_from(day).ok()?)
        .build()
        .ok()?;
    Some((date.year(), date.month(), date.day()))
}

/// `YYYYMMDD`, `YYYYMMDDhhmmss`, `YYDDD`, `YYYYDDD`, and seconds or milliseconds since 1970.
fn digits_only(text: &str) -> Option<Timestamp> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    let value: i64 = digits.parse().ok()?;
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i32>().ok();
    let (year, month, day) = match length {
        5 => day_of_year(full_year(part(0, 2)?, 2)?, part(2, 5)?)?,
        7 => day_of_year(full_year(part(0, 4)?, 4)?, part(4, 7)?)?,
        8 | 12 | 14 => (
            full_year(part(0, 4)?, 4)?,
            part(4, 6)? as i8,
            part(6, 8)? as i8,
        ),
        9 | 10 if rest.is_empty() => return Timestamp::from_second(value).ok(),
        13 if rest.is_empty() => return Timestamp::from_millisecond(value).ok(),
        _ => return None,
    };
    let (time, offset) = if length > 8 {
        let second = part(12, 14).unwrap_or(0) as i8;
        let time = Time {
            hour: part(8, 10)? as i8,
            minute: part(10, 12)? as i8,
            second,
        };
        (time, zones::offset(rest.trim())?)
    } else {
        time_and_zone(rest)?
    };
    instant(civil(year, month, day, time)?, offset)
}

/// What follows the date: nothing, or a time with or without a zone.
fn time_and_zone(text: &str) -> Option<(Time, i32)> {
    if text.is_empty() {
        return Some((Time::default(), 0));
    }
    let text = text.strip_prefix(['T', 't', ' ', '_'])?.trim_start();
    if let Some((time, rest)) = Time::leading(text) {
        return Some((time, zones::offset(rest.trim())?));
    }
    // Basic form: hhmm or hhmmss.
    let (hour, minute, second) = match number(text, 4, 6)? {
        (value, rest) if text.len() - rest.len() == 6 => {
            (value / 10_000, value / 100 % 100, value % 100)
        }
        (value, rest) if text.len() - rest.len() == 4 => (value / 100, value % 100, 0),
        _ => return None,
    };
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let time = Time {
        hour: hour as i8,
        minute: minute as i8,
        second: second as i8,
    };
    Some((time, zones::offset(rest.trim())?))
}
