//! What has been found of a date, and the instant that it makes.

use jiff::Timestamp;

use crate::text::calendar::{Months, Senses, Weekdays};

use super::{Time, civil, full_year, instant, number, persian};

/// The parts of a date in the order they were found.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub time: Option<Time>,
    /// Seconds east of UTC.
    pub offset: Option<i32>,
    /// Weekdays that the date is said to be.
    pub weekdays: Weekdays,
    /// Names that may be the month's.
    months: Vec<Name>,
    persian: Option<i8>,
    /// Numbers that are neither time nor offset: value and count of digits.
    numbers: Vec<(i32, usize)>,
    /// Year, month, day written as one token.
    whole: Option<(i16, i8, i8)>,
    afternoon: Option<bool>,
    /// A half of the day that waits for its time (`오후 3:30`).
    announced: Option<bool>,
    last: Last,
    /// The last word follows a number and means nothing.
    is_unknown_after_number: bool,
    /// Such a word stands between two numbers, where months stand.
    has_unknown_month: bool,
}

/// The kind of the part that was found last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Name,
    Number,
    Time,
}

#[derive(Debug, Clone, Copy)]
struct Name {
    senses: Senses,
    /// Its language is the one expected or English, or it is too long to be one by chance.
    is_likely: bool,
}

impl Name {
    fn is_near(&self) -> bool {
        !self.senses.own.or(self.senses.english).is_empty()
    }
}

/// Names in a language that nothing speaks for must be this long to be likely.
const LIKELY_CHARS_MIN: usize = 4;
/// Years that a feed can mean.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2200;

impl Parts {
    /// Takes a time of day; the first one counts.
    pub(super) fn take_time(&mut self, time: Time) {
        if self.time.is_none() {
            self.time = Some(time);
            self.afternoon = self.announced;
        }
        self.announced = None;
        self.last = Last::Time;
    }

    /// Takes a half of the day beside a time; answers whether it has a place here.
    ///
    /// `is_english` lets it make a time of a bare hour (`3 PM`).
    pub(super) fn take_half(&mut self, afternoon: bool, is_english: bool) -> bool {
        match (self.last, self.numbers.last()) {
            (Last::Time, _) => self.afternoon = Some(afternoon),
            (Last::Number, Some(&(hour @ 1..=12, 1 | 2))) if is_english && self.time.is_none() => {
                self.numbers.pop();
                self.take_time(Time {
                    hour: hour as i8,
                    minute: 0,
                    second: 0,
                });
                self.afternoon = Some(afternoon);
            }
            _ => {
                self.announced = Some(afternoon);
                return !is_english;
            }
        }
        true
    }

    /// Takes a word of so many letters.
    pub(super) fn take_name(&mut self, senses: Senses, letters: usize) {
        if senses.is_month() {
            let mut name = Name {
                senses,
                is_likely: false,
            };
            name.is_likely = name.is_near() || letters >= LIKELY_CHARS_MIN;
            self.months.push(name);
        } else if !senses.weekdays.is_empty() {
            self.weekdays = senses.weekdays;
        }
        self.persian = self.persian.or(senses.persian);
        self.is_unknown_after_number = self.last == Last::Number && senses == Senses::default();
        self.last = Last::Name;
    }

    /// Takes a number by itself.
    pub(super) fn take_number(&mut self, value: i32, digits: usize) {
        self.has_unknown_month |= self.is_unknown_after_number;
        self.is_unknown_after_number = false;
        self.numbers.push((value, digits));
        self.announced = None;
        self.last = Last::Number;
    }

    /// Takes `2006/09/15`, `15.09.2006` or `9/15/2006`; the last is American where nothing speaks against it.
    pub(super) fn take_whole(&mut self, pieces: [&str; 3], language: Option<&str>) -> Option<()> {
        let value = |piece: &str| number(piece, 1, 4).map(|(value, _)| value);
        let [a, b, c] = pieces;
        let (first, second, third) = (value(a)?, value(b)?, value(c)?);
        let (year, month, day) = match (a.len(), c.len()) {
            (4, _) => (full_year(first, 4)?, second, third),
            (_, 2 | 4) if second > 12 || (language == Some("en") && first <= 12) => {
                (full_year(third, c.len())?, first, second)
            }
            (_, 2 | 4) => (full_year(third, c.len())?, second, first),
            _ => return None,
        };
        self.whole = Some((year, i8::try_from(month).ok()?, i8::try_from(day).ok()?));
        self.last = Last::Name;
        Some(())
    }

    /// Whether a day is known already, so that what follows can be a time.
    pub(super) fn has_date(&self) -> bool {
        self.whole.is_some() || !self.months.is_empty() || self.persian.is_some()
    }

    /// The instant, if the parts make one.
    pub(super) fn instant(self, language: Option<&str>) -> Option<Timestamp> {
        let (year, month, day) = match (self.whole, self.months.is_empty(), self.persian) {
            (Some(whole), ..) => whole,
            (None, true, Some(month)) => {
                let (day, year) = self.day_and_year(None)?;
                persian::gregorian(year, month, day)?
            }
            (None, true, None) => numeric(&self.numbers)?,
            (None, false, _) => {
                let (day, year) = self.day_and_year(language)?;
                YEARS.contains(&year).then_some(())?;
                (year, self.month(year, day)?, day)
            }
        };
        let mut time = self.time.unwrap_or_default();
        match self.afternoon {
            Some(true) if time.hour < 12 => time.hour += 12,
            Some(false) if time.hour == 12 => time.hour = 0,
            _ => {}
        }
        instant(civil(year, month, day, time)?, self.offset.unwrap_or(0))
    }

    /// The month that the names agree on.
    ///
    /// A name that also is a weekday's is one when another name can be the month; the weekday that stands
    /// beside the date settles what is left open, then the language, then English.
    fn month(&self, year: i16, day: i8) -> Option<i8> {
        let any_likely = self.months.iter().any(|name| name.is_likely);
        let mut names = self
            .months
            .iter()
            .filter(|name| name.is_likely || !any_likely);
        let months_only = names.clone().filter(|name| name.senses.weekdays.is_empty());
        let is_clear = |name: &Name| name.is_near() && name.senses.weekdays.is_empty();
        if self.has_unknown_month && !self.months.iter().any(is_clear) {
            // `Mar, 14 Maii 2024`: the month is a word that we do not know, the name is the weekday's.
            return None;
        }
        let (names, weekdays) = if months_only.clone().next().is_some() {
            let mut others = names.filter(|name| !name.senses.weekdays.is_empty());
            let weekdays = others
                .next()
                .map_or(self.weekdays, |name| name.senses.weekdays);
            (months_only.map(|name| name.senses).collect(), weekdays)
        } else {
            (vec![names.next_back()?.senses], self.weekdays)
        };
        let best = agreed(&names, |senses| senses.months())?;
        let open = agreed(&names, |senses| senses.own.or(senses.english)).unwrap_or(best);
        let open = if open.is_empty() { best } else { open };
        let fits = |&month: &i8| {
            let date = jiff::civil::Date::new(year, month, day);
            date.is_ok_and(|date| weekdays.contains(date.weekday().to_monday_one_offset()))
        };
        let mut fitting = open.iter().filter(fits);
        let by_weekday = fitting.next().filter(|_| fitting.next().is_none());
        open.only().or(by_weekday).or_else(|| best.only())
    }

    /// Day and year of the numbers beside a month's name: the year is the one that cannot be a day.
    fn day_and_year(&self, language: Option<&str>) -> Option<(i8, i16)> {
        let (&[first, second], rest) = self.numbers.split_at_checked(2)? else {
            return None;
        };
        // More numbers are another date, or another calendar's; zero is an offset without its sign.
        rest.iter().all(|&(value, _)| value == 0).then_some(())?;
        let (day, year) = if first.1 > 2 || first.0 > 31 {
            (second, first)
        } else {
            (first, second)
        };
        let year = match year {
            // Thai papers write 69 for 2569, which is 2026.
            (short @ 60.., 2) if language == Some("th") => full_year(short + 2500, 4)?,
            (year, digits) => full_year(year, digits)?,
        };
        Some((i8::try_from(day.0).ok()?, year))
    }
}

/// What several names have in common (`تموز/يوليو`), the better known ones first; `None` if they contradict each other.
fn agreed(names: &[Senses], months: impl Fn(&Senses) -> Months) -> Option<Months> {
    let rank = |senses: &Senses| (senses.own.is_empty(), senses.english.is_empty());
    let best = names.iter().map(rank).min()?;
    let mut sets = names
        .iter()
        .filter(|senses| rank(senses) == best)
        .map(months);
    let first = sets.next()?;
    let common = sets.fold(first, Months::and);
    (!common.is_empty() || first.is_empty()).then_some(common)
}

/// `20 12 2024`, from `20. 12. 2024`, and `2024 12 20`.
fn numeric(numbers: &[(i32, usize)]) -> Option<(i16, i8, i8)> {
    let &[first, (month, _), last] = numbers.get(..3)? else {
        return None;
    };
    let (year, day) = match (first.1, last.1) {
        (4, _) => (first, last),
        (_, 4) => (last, first),
        _ => return None,
    };
    Some((
        full_year(year.0, year.1)?,
        i8::try_from(month).ok()?,
        i8::try_from(day.0).ok()?,
    ))
}
