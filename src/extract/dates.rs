//! Dates as pages write them: ISO 8601 and its misspellings, mail dates, epochs, and the visible kind
//! ("Senin, 18 Sep 2023, 14:05 WIB") in every language of [`crate::text::calendar`].

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use regex::{Captures, Regex};

pub use super::page_date::PageDate;
use super::zones::offset;
use crate::text::{calendar, shortest_tag};

/// Years that a news page can mean; anything else is a number that looks like a year.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2100;
/// The Thai calendar is ahead of the Gregorian one by so many years.
const BUDDHIST_YEARS_AHEAD: i16 = 543;
/// Longest text that is looked at; a date is written in less.
const DATE_CHARS_MAX: usize = 120;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|\D)(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})(?:\D|$)")
});
static COMPACT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(?:\D|$)"));
static YEAR_LAST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|\D)(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?:\D|$)"));
static DAY_MONTH_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|\D)(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s\-/]*(?:de\s+|tháng\s+)?(\p{L}[\p{L}\p{M}]*|\d{1,2})(?:/\p{L}+)?\.?,?[\s\-/]*(?:de\s+|del\s+|năm\s+)?(\d{4})",
    )
});
static MONTH_DAY_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(\p{L}[\p{L}\p{M}]*)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,|\s)\s*(?:(?:\d{1,2}:\d{2}:\d{2})\s+\S+\s+)?(\d{4})",
    )
});
static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[^\d:.])(\d{1,2})\s?(?::|h|時|时|点|시|\.)\s?(\d{2})(?:分|분)?(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(a\.?m\b\.?|p\.?m\b\.?)?(?:[^\d]|$)",
    )
});
static ISO_TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\d[Tt](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?"));
/// Reads a date. `None` when there is none, or only part of one.
///
/// `language` (BCP 47) decides what a name means that is another month's in another language.
#[must_use]
pub fn parse(text: &str, language: Option<&str>) -> Option<PageDate> {
    let text = text.trim();
    if text.len() > DATE_CHARS_MAX * 4 || text.chars().count() > DATE_CHARS_MAX {
        return None;
    }
    let text = &*ascii_digits(text);
    if !has_year(text) {
        return None;
    }
    if let Some(date) = iso(text).or_else(|| epoch(text)) {
        return Some(date);
    }
    if let Some(found) = COMPACT.captures(text) {
        let date = civil(number(&found, 1)?, number(&found, 2)?, number(&found, 3)?)?;
        return Some(PageDate {
            date,
            time: clock(&found, 4, None),
            offset: offset(text),
        });
    }
    let (date, rest) = find_date(text, language)?;
    let time = match ISO_TIME.captures(text) {
        Some(found) => clock(&found, 1, None),
        None => find_clock(&rest),
    };
    let offset = time.and_then(|_| offset(text));
    Some(PageDate { date, time, offset })
}

/// Every form of a date has four digits in a row.
fn has_year(text: &str) -> bool {
    let mut run = 0;
    text.bytes().any(|byte| {
        run = if byte.is_ascii_digit() { run + 1 } else { 0 };
        run == 4
    })
}

/// The digits of other scripts are digits too.
fn ascii_digits(text: &str) -> Cow<'_, str> {
    /// Zeros of the scripts that news pages use for numbers; nine digits follow each.
    const ZEROS: &[char] = &[
        '٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '၀', '០', '０',
    ];
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let digit = |c: char| {
        let of = |zero: &char| u32::from(c).checked_sub(u32::from(*zero));
        let value = ZEROS.iter().filter_map(of).find(|value| *value < 10)?;
        char::from_digit(value, 10)
    };
    Cow::Owned(text.chars().map(|c| digit(c).unwrap_or(c)).collect())
}

/// `2024-05-03T15:47:42.123+02:00` and its shorter forms, which are most of all machine-readable dates.
fn iso(text: &str) -> Option<PageDate> {
    let number = |from: usize, to: usize| -> Option<i16> {
        let digits = text.get(from..to)?;
        let all = digits.bytes().all(|byte| byte.is_ascii_digit());
        all.then(|| digits.parse().ok()).flatten()
    };
    let bytes = text.as_bytes();
    let is = |at: usize, expected: &[u8]| bytes.get(at).is_some_and(|byte| expected.contains(byte));
    if !is(4, b"-") || !is(7, b"-") {
        return None;
    }
    let date = civil(number(0, 4)?, number(5, 7)?, number(8, 10)?)?;
    if bytes.len() == 10 {
        return Some(PageDate {
            date,
            time: None,
            offset: None,
        });
    }
    if !is(10, b"T ") || !is(13, b":") {
        return None;
    }
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let second = if is(16, b":") { number(17, 19)? } else { 0 };
    let rest = text.get(if is(16, b":") { 19 } else { 16 }..)?;
    let rest = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    // What is written in words is for the slower way.
    if !rest
        .bytes()
        .all(|byte| matches!(byte, b'Z' | b'+' | b'-' | b':' | b'0'..=b'9'))
    {
        return None;
    }
    let time = Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second.min(59)).ok()?,
        0,
    );
    Some(PageDate {
        date,
        time: Some(time.ok()?),
        offset: offset(text),
    })
}

/// Seconds or milliseconds since 1970.
fn epoch(text: &str) -> Option<PageDate> {
    if !matches!(text.len(), 10 | 13) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let seconds = if text.len() == 13 {
        number / 1_000
    } else {
        number
    };
    let civil = Offset::UTC.to_datetime(Timestamp::from_second(seconds).ok()?);
    Some(PageDate {
        date: civil.date(),
        time: Some(civil.time()),
        offset: Some(Offset::UTC),
    })
}

/// The date, and the text without it: its numbers must not be taken for a time of day.
fn find_date(text: &str, language: Option<&str>) -> Option<(Date, String)> {
    let numbers = |found: &Captures<'_>, year, month, day| {
        civil(
            number(found, year)?,
            number(found, month)?,
            number(found, day)?,
        )
    };
    let without = |found: &Captures<'_>| {
        let span = found.get(0).expect("group 0 always takes part").range();
        // The character behind a date may be the first digit's neighbour of a time: keep the rest whole.
        format!(
            "{} {}",
            &text[..span.start],
            &text[last_digit_end(&text[span.clone()]) + span.start..]
        )
    };
    if let Some(found) = YEAR_FIRST.captures(text) {
        return Some((numbers(&found, 1, 2, 3)?, without(&found)));
    }
    if let Some(found) = YEAR_LAST.captures(text) {
        // Day first is the custom of most of the world; a second number past 12 can only be a day.
        let (day_first, month_first) = (numbers(&found, 3, 2, 1), numbers(&found, 3, 1, 2));
        let american = language.is_some_and(|tag| tag.eq_ignore_ascii_case("en-US"));
        let american = american && text.contains('/');
        let date = if american {
            month_first.or(day_first)
        } else {
            day_first.or(month_first)
        }?;
        return Some((date, without(&found)));
    }
    let language = language.and_then(shortest_tag);
    for (regex, day, month) in [(&DAY_MONTH_YEAR, 1, 2), (&MONTH_DAY_YEAR, 2, 1)] {
        for found in regex.captures_iter(text) {
            let named = calendar::month(&found[month], language.as_deref())
                .map(i16::from)
                .or_else(|| found[month].parse().ok().filter(|_| text.contains("tháng")));
            if let Some(named) = named
                && let Some(date) = civil(number(&found, 3)?, named, number(&found, day)?)
            {
                return Some((date, without(&found)));
            }
        }
    }
    None
}

fn last_digit_end(text: &str) -> usize {
    text.rfind(|c: char| c.is_ascii_digit())
        .map_or(0, |at| at + 1)
}

fn number(found: &Captures<'_>, group: usize) -> Option<i16> {
    found.get(group)?.as_str().parse().ok()
}

fn civil(year: i16, month: i16, day: i16) -> Option<Date> {
    let year = if YEARS.contains(&year) {
        year
    } else {
        year - BUDDHIST_YEARS_AHEAD
    };
    if !YEARS.contains(&year) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn find_clock(text: &str) -> Option<Time> {
    CLOCK
        .captures_iter(text)
        .find_map(|found| clock(&found, 1, found.get(4).map(|half| half.as_str())))
}

/// The time in the groups `first` (hours), `first + 1` and `first + 2`.
fn clock(found: &Captures<'_>, first: usize, half: Option<&str>) -> Option<Time> {
    let hour = number(found, first)?;
    let afternoon = half.map(|half| half.starts_with(['p', 'P']));
    let hour = match (afternoon, hour) {
        (Some(true), 1..=11) => hour + 12,
        (Some(false), 12) => 0,
        _ => hour,
    };
    let second = number(found, first + 2).unwrap_or(0);
    Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(number(found, first + 1)?).ok()?,
        // A leap second is the second before it.
        i8::try_from(second.min(59)).ok()?,
        0,
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_pages_write_them() {
        for (text, expected) in [
            ("2024-05-03T15:47:42.389Z", "2024-05-03T15:47:42Z"),
            ("2024-05-03T15:47:42+0200", "2024-05-03T15:47:42+02:00"),
            ("2024-05-03T15:47+07:00", "2024-05-03T15:47:00+07:00"),
            ("2024-05-03 15:47:42", "2024-05-03T15:47:42Z"),
            ("2024-05-03", "2024-05-03T00:00:00Z"),
            ("20240503T154700Z", "2024-05-03T15:47:00Z"),
            ("20240503", "2024-05-03T00:00:00Z"),
            ("1714751262", "2024-05-03T15:47:42Z"),
            ("1714751262000", "2024-05-03T15:47:42Z"),
            (
                "Fri, 03 May 2024 15:47:42 +0200",
                "2024-05-03T15:47:42+02:00",
            ),
            ("Fri, 03 May 2024 15:47:42 GMT", "2024-05-03T15:47:42Z"),
            (
                "Fri May 03 2024 15:47:42 GMT+0200 (Central European Summer Time)",
                "2024-05-03T15:47:42+02:00",
            ),
            ("Senin, 18 Sep 2023, 14:05 WIB", "2023-09-18T14:05:00+07:00"),
            (
                "Senin, 18 September 2023 14.05 WITA",
                "2023-09-18T14:05:00+08:00",
            ),
            ("May 3, 2024 3:47 PM EDT", "2024-05-03T15:47:00-04:00"),
            ("3 May 2024, 12:05 a.m.", "2024-05-03T00:05:00Z"),
            ("3. Mai 2024, 15:47 Uhr", "2024-05-03T15:47:00Z"),
            ("03.05.2024 15:47", "2024-05-03T15:47:00Z"),
            ("12/28/2023", "2023-12-28T00:00:00Z"),
            ("3 мая 2024, 18:20 МСК", "2024-05-03T18:20:00+03:00"),
            ("2024年5月3日 15:47", "2024-05-03T15:47:00Z"),
            ("2024年5月3日 15時47分", "2024-05-03T15:47:00Z"),
            ("2024년 5월 3일 15:47", "2024-05-03T15:47:00Z"),
            ("3 de mayo de 2024 a las 15:47", "2024-05-03T15:47:00Z"),
            ("Publié le 3 août 2024 à 15h47", "2024-08-03T15:47:00Z"),
            ("3 تموز/يوليو 2024", "2024-07-03T00:00:00Z"),
            ("3 مايو 2024", "2024-05-03T00:00:00Z"),
            ("3 พฤษภาคม 2567", "2024-05-03T00:00:00Z"),
            ("٣ مايو ٢٠٢٤ ١٥:٤٧", "2024-05-03T15:47:00Z"),
            ("३ मई २०२४", "2024-05-03T00:00:00Z"),
            ("2024-05-03T15:47:42 +0200", "2024-05-03T15:47:42+02:00"),
            ("2024-05-03T15:47Z", "2024-05-03T15:47:00Z"),
            ("Thứ sáu, 3 tháng 5, 2024, 15:47", "2024-05-03T15:47:00Z"),
        ] {
            let found = parse(text, None)
                .and_then(|date| date.dated())
                .map(|dated| dated.written);
            assert_eq!(found.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "2024",
            "yesterday",
            "3 hours ago",
            "12345",
            "9999-99-99",
            "31/31/2024",
            "call 555 1234 2024",
            "1999-2003 12",
        ] {
            assert_eq!(parse(text, None), None, "{text}");
        }
    }
}
