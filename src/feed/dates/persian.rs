//! The Persian (Solar Hijri) calendar.

use jiff::civil::Date;

/// Years of our time: 1300 is 1921.
const YEARS: std::ops::RangeInclusive<i16> = 1300..=1500;

/// The Gregorian year, month and day of a Persian date.
///
/// Arithmetical rule of 33 years with 8 leap years, the one ICU has.
pub(super) fn gregorian(year: i16, month: i8, day: i8) -> Option<(i16, i8, i8)> {
    let is_leap = |year: i16| (i32::from(year) * 8 + 29) % 33 < 8;
    let length = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + i8::from(is_leap(year)),
        _ => return None,
    };
    if !YEARS.contains(&year) || !(1..=length).contains(&day) {
        return None;
    }
    let months = i32::from(month) - 1;
    let day_of_year = months * 30 + months.min(6) + i32::from(day) - 1;
    let leap_years = (*YEARS.start()..year).filter(|&year| is_leap(year)).count();
    let years = i32::from(year - YEARS.start());
    let days = years * 365 + i32::try_from(leap_years).ok()? + day_of_year;
    // 1 Farvardin 1300.
    let first = Date::new(1921, 3, 21).expect("a date");
    let date = first.checked_add(jiff::Span::new().days(days)).ok()?;
    Some((date.year(), date.month(), date.day()))
}

#[cfg(test)]
mod tests {
    use super::gregorian;

    #[test]
    fn new_years_are_where_the_almanac_has_them() {
        for (year, expected) in [
            (1304, (1925, 3, 21)),
            (1305, (1926, 3, 22)),
            (1357, (1978, 3, 21)),
            (1375, (1996, 3, 20)),
            (1376, (1997, 3, 21)),
            (1399, (2020, 3, 20)),
            (1400, (2021, 3, 21)),
            (1403, (2024, 3, 20)),
            (1404, (2025, 3, 21)),
            (1405, (2026, 3, 21)),
            (1408, (2029, 3, 20)),
        ] {
            assert_eq!(gregorian(year, 1, 1), Some(expected), "{year}");
        }
        assert_eq!(gregorian(1403, 12, 30), Some((2025, 3, 20)));
        assert_eq!(gregorian(1404, 12, 30), None);
        assert_eq!(gregorian(1403, 9, 22), Some((2024, 12, 12)));
        assert_eq!(gregorian(2024, 1, 1), None);
    }
}
