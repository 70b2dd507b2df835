//! Dates as feeds write them: RFC 3339, RFC 822 in its many wrong forms, ISO 8601's corners, and
//! month names of every language that Unicode CLDR knows (`text::calendar`).

mod east_asian;
mod iso;
mod parts;
mod persian;
mod words;
mod zones;

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::text;

/// Reads a date; `language` (BCP 47) settles what the text leaves open.
///
/// A date without a zone is UTC, one without a time is midnight. `None` when a part cannot be or what is
/// written has two meanings: a wrong instant is worse than none.
#[must_use]
pub fn parse(text: &str, language: Option<&str>) -> Option<Timestamp> {
    if text.len() > TEXT_BYTES_MAX {
        return None;
    }
    written(text, language).filter(|at| at.as_second() >= EARLIEST)
}

/// Midnight of 1900 in seconds: what is earlier is a year of another calendar written in figures
/// (1405 in Iran, 1448 by the Hijra), or a fault.
const EARLIEST: i64 = -2_208_988_800;

fn written(text: &str, language: Option<&str>) -> Option<Timestamp> {
    let text = tidy(text);
    if let Some(found) = iso::parse(&text) {
        return Some(found);
    }
    let text = text::fold(&text);
    if let Some(found) = east_asian::parse(&text) {
        return Some(found);
    }
    let language = language.and_then(text::shortest_tag);
    words::parse(&text, language.as_deref())
}

/// No date is longer.
const TEXT_BYTES_MAX: usize = 200;

/// White space to single spaces, digits of every script to ASCII, marks of writing direction off.
fn tidy(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let is_tidy = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    if text.as_bytes().iter().all(is_tidy) && !text.contains("  ") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {}
            '\u{2212}' => out.push('-'),
            _ if character.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ => out.push(ascii_digit(character).unwrap_or(character)),
        }
    }
    Cow::Owned(out)
}

/// Zeros of the scripts in whose digits CLDR knows dates written; the other nine follow each.
const ZEROS: [u32; 27] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1c50, 0xa8d0, 0xa9d0, 0xabf0, 0xff10,
    0x11136, 0x1e950,
];

/// The value of a decimal digit of another script.
fn ascii_digit(character: char) -> Option<char> {
    let code = u32::from(character);
    if code < ZEROS[0] {
        return None;
    }
    let value = ZEROS
        .iter()
        .find_map(|&zero| code.checked_sub(zero).filter(|&value| value < 10))?;
    char::from_digit(value, 10)
}

/// A civil time at an offset of so many seconds east of UTC.
fn instant(civil: DateTime, offset_seconds: i32) -> Option<Timestamp> {
    let offset = jiff::tz::Offset::from_seconds(offset_seconds).ok()?;
    offset.to_timestamp(civil).ok()
}

/// A civil time; 24:00 is the next midnight and a leap second the second before it.
fn civil(year: i16, month: i8, day: i8, time: Time) -> Option<DateTime> {
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    if time.hour == 24 && time.minute == 0 && time.second == 0 {
        return Some(date.tomorrow().ok()?.at(0, 0, 0, 0));
    }
    let clock = jiff::civil::Time::new(time.hour, time.minute, time.second.min(59), 0).ok()?;
    (time.second <= 60).then(|| date.to_datetime(clock))
}

/// A time of day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Time {
    hour: i8,
    minute: i8,
    second: i8,
}

impl Time {
    /// `h:mm`, `h:mm:ss` or `h:mm:ss.fraction`, with `.` for `:` allowed; answers what follows it.
    fn leading(text: &str) -> Option<(Self, &str)> {
        let (hour, rest) = number(text, 1, 2)?;
        let rest = rest.strip_prefix([':', '.'])?;
        let (minute, rest) = number(rest, 1, 2)?;
        let mut time = Self {
            hour: hour as i8,
            minute: minute as i8,
            second: 0,
        };
        let Some(after) = rest.strip_prefix([':', '.']) else {
            return Some((time, rest));
        };
        let (second, rest) = number(after, 1, 2)?;
        time.second = second as i8;
        let rest = match rest.strip_prefix(['.', ',']) {
            Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        // A fourth part is no time of day.
        (!rest.starts_with(':')).then_some((time, rest))
    }
}

/// A number of `least` to `most` digits at the start; answers what follows it.
fn number(text: &str, least: usize, most: usize) -> Option<(i32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits < least || digits > most {
        return None;
    }
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

/// The full year: two digits are of this century below 70; Thai papers count from 543 BC.
fn full_year(year: i32, digits: usize) -> Option<i16> {
    let year = match (digits, year) {
        (2, 0..70) => year + 2000,
        (2, _) => year + 1900,
        (4, 2400..2700) => year - 543,
        _ => year,
    };
    i16::try_from(year).ok()
}

#[cfg(test)]
mod tests;
