//! Dates in words: RFC 822 and what is made of it, asctime, and the order of East Asia.

use jiff::Timestamp;

use super::{Time, civil, full_year, instant, names, number, zones};

/// Reads a date that names its month, or writes it in numbers, smallest unit first or with 年月日.
pub(super) fn parse(text: &str, language: &str) -> Option<Timestamp> {
    if let Some(found) = east_asian(text) {
        return Some(found);
    }
    // What stands before the first comma is a weekday if the rest is a date by itself: it may have a number
    // in it (`Th 4,`) or read like a month (`mar,` is Tuesday in Italy).
    let weekday_off = text
        .split_once([',', '،', '、'])
        .filter(|(before, _)| before.chars().any(char::is_alphabetic));
    let without = weekday_off.and_then(|(_, rest)| Parts::gather(rest, language)?.instant());
    without.or_else(|| Parts::gather(text, language)?.instant())
}

/// What has been found of a date.
#[derive(Debug, Default)]
struct Parts {
    time: Option<Time>,
    month: Option<i8>,
    /// Numbers that are neither time nor offset: value and count of digits.
    numbers: Vec<(i32, usize)>,
    /// Year, month, day written as one token.
    whole: Option<(i16, i8, i8)>,
    offset: Option<i32>,
    afternoon: Option<bool>,
}

impl Parts {
    fn gather(text: &str, language: &str) -> Option<Self> {
        let mut parts = Self::default();
        for token in text
            .split([' ', ',', '(', ')', '،', '|'])
            .filter(|token| !token.is_empty())
        {
            parts.take(token, language)?;
        }
        Some(parts)
    }

    /// Takes one token; `None` if it makes a date impossible.
    fn take(&mut self, token: &str, language: &str) -> Option<()> {
        if token.as_bytes()[0].is_ascii_digit() {
            return self.take_number(token, language);
        }
        if self.time.is_some()
            && self.offset.is_none()
            && let Some(offset) = zones::named(token).or_else(|| zones::numeric(token))
        {
            self.offset = Some(offset);
            return Some(());
        }
        if token.starts_with(['+', '-']) && self.time.is_some() {
            // An offset that cannot be.
            return None;
        }
        if let Some(afternoon) = names::half_of_day(token) {
            self.afternoon = Some(afternoon);
        } else if self.month.is_none() && names::is_word_for_month(token) {
            // `tháng 1`: the number that follows is the month.
            self.month = Some(0);
        } else if self.month.is_none_or(|month| month == 0) {
            self.month = names::month(token, language).or(self.month);
        }
        Some(())
    }

    fn take_number(&mut self, token: &str, language: &str) -> Option<()> {
        if token.contains(':') {
            let (time, rest) = Time::leading(token)?;
            self.time = Some(time);
            return if rest.is_empty() {
                Some(())
            } else {
                self.take(rest, language)
            };
        }
        let pieces: Vec<&str> = token
            .split(['-', '/', '.', '\u{2010}', '\u{2013}'])
            .filter(|piece| !piece.is_empty())
            .collect();
        match pieces[..] {
            [a, b, c] => {
                if let Some(month) = names::month(b, language) {
                    self.month = Some(month);
                    self.push_number(a)?;
                    self.push_number(c)
                } else {
                    self.whole = Some(numeric_date(a, b, c, language)?);
                    Some(())
                }
            }
            // `10.30 WIB`: with a dot, and with a date already known.
            [_, _] if token.contains('.') && (self.month.is_some() || self.whole.is_some()) => {
                self.time = Some(Time::leading(token)?.0);
                Some(())
            }
            [one] => self.push_number(one),
            _ => None,
        }
    }

    fn push_number(&mut self, piece: &str) -> Option<()> {
        // `1st`, `5日`: what hangs on a number is an ending.
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (value, _) = number(&piece[..digits], 1, 4)?;
        if self.month == Some(0) && (1..=12).contains(&value) {
            self.month = Some(value as i8);
        } else {
            self.numbers.push((value, digits));
        }
        Some(())
    }

    fn instant(self) -> Option<Timestamp> {
        let (year, month, day) = match (self.whole, self.month) {
            (Some(whole), _) => whole,
            (None, Some(month @ 1..=12)) => {
                let (day, year) = day_and_year(&self.numbers)?;
                (year, month, day)
            }
            (None, _) => numeric_of(&self.numbers)?,
        };
        let mut time = self.time.unwrap_or_default();
        match self.afternoon {
            Some(true) if time.hour < 12 => time.hour += 12,
            Some(false) if time.hour == 12 => time.hour = 0,
            _ => {}
        }
        instant(civil(year, month, day, time)?, self.offset.unwrap_or(0))
    }
}

/// Day and year of the numbers beside a month's name: the year is the one that cannot be a day.
fn day_and_year(numbers: &[(i32, usize)]) -> Option<(i8, i16)> {
    let &[first, second] = numbers.get(..2)? else {
        return None;
    };
    let (day, year) = if first.1 > 2 || first.0 > 31 {
        (second, first)
    } else {
        (first, second)
    };
    Some((i8::try_from(day.0).ok()?, full_year(year.0, year.1)?))
}

/// `20 12 2024`, from `20. 12. 2024`.
fn numeric_of(numbers: &[(i32, usize)]) -> Option<(i16, i8, i8)> {
    let &[day, month, year] = numbers.get(..3)? else {
        return None;
    };
    (year.1 == 4).then_some(())?;
    Some((
        full_year(year.0, year.1)?,
        i8::try_from(month.0).ok()?,
        i8::try_from(day.0).ok()?,
    ))
}

/// `2006/09/15`, `15.09.2006`, `9/15/2006`: the last is American where nothing speaks against it.
fn numeric_date(a: &str, b: &str, c: &str, language: &str) -> Option<(i16, i8, i8)> {
    let value = |piece: &str| {
        number(piece, 1, 4)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(value, _)| value)
    };
    let (first, second, third) = (value(a)?, value(b)?, value(c)?);
    let (year, month, day) = match (a.len(), c.len()) {
        (4, _) => (full_year(first, 4)?, second, third),
        (_, 2 | 4) if second > 12 || (language == "en" && first <= 12) => {
            (full_year(third, c.len())?, first, second)
        }
        (_, 2 | 4) => (full_year(third, c.len())?, second, first),
        _ => return None,
    };
    Some((year, i8::try_from(month).ok()?, i8::try_from(day).ok()?))
}

/// `2024年1月10日 10:30`, `2024년 1월 10일 오전 10시 30분`.
fn east_asian(text: &str) -> Option<Timestamp> {
    const UNITS: [[char; 2]; 6] = [
        ['年', '년'],
        ['月', '월'],
        ['日', '일'],
        ['時', '시'],
        ['分', '분'],
        ['秒', '초'],
    ];
    let mut parts = [None; 6];
    for (part, units) in parts.iter_mut().zip(UNITS) {
        // `时` and `号` are the simplified and the spoken form.
        let spoken = match units[0] {
            '時' => '时',
            '日' => '号',
            unit => unit,
        };
        *part = text
            .find([units[0], units[1], spoken])
            .and_then(|at| trailing_number(&text[..at]));
    }
    let [Some(year), Some(month), Some(day), hour, minute, second] = parts else {
        return None;
    };
    let clock = text.split(' ').find_map(Time::leading_of_token);
    let clock = clock.or_else(|| {
        let after = text.find(['日', '일', '号']).map(|at| &text[at..])?;
        Time::leading_of_token(after.trim_start_matches(|c: char| !c.is_ascii_digit()))
    });
    let mut time = clock.unwrap_or(Time {
        hour: hour.unwrap_or(0) as i8,
        minute: minute.unwrap_or(0) as i8,
        second: second.unwrap_or(0) as i8,
    });
    let afternoon = ["오후", "下午", "午後", "晚上"]
        .iter()
        .any(|word| text.contains(word));
    if afternoon && time.hour < 12 {
        time.hour += 12;
    }
    let mut offset = text
        .split(' ')
        .filter_map(|token| zones::named(token).or_else(|| zones::numeric(token)));
    let offset = offset.next_back().unwrap_or(0);
    let year = full_year(year, year.to_string().len())?;
    instant(civil(year, month as i8, day as i8, time)?, offset)
}

impl Time {
    fn leading_of_token(token: &str) -> Option<Self> {
        token
            .contains(':')
            .then(|| Self::leading(token))?
            .map(|(time, _)| time)
    }
}

/// The number that ends a text, spaces aside.
fn trailing_number(text: &str) -> Option<i32> {
    let text = text.trim_end();
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits > 4 {
        return None;
    }
    text[text.len() - digits..].parse().ok()
}
