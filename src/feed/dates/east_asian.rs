//! Dates of East Asia: `2024年1月10日 10:30`, `2024년 1월 10일 오전 10시 30분`, `令和8年5月3日`, `民國115年5月3日`.

use jiff::Timestamp;

use super::{Time, civil, full_year, instant, zones};

/// Signs behind year, month, day, hour, minute and second, in the order they are written.
const UNITS: [&[char]; 6] = [
    &['年', '년'],
    &['月', '월'],
    &['日', '일', '号', '號'],
    &['時', '시', '时', '点', '點'],
    &['分', '분'],
    &['秒', '초'],
];

/// Names of eras and the year before their first.
const ERAS: [(&str, i32); 6] = [
    ("令和", 2018),
    ("平成", 1988),
    ("昭和", 1925),
    ("大正", 1911),
    ("民國", 1911),
    ("民国", 1911),
];

const AFTERNOON: [&str; 7] = ["오후", "下午", "午後", "午后", "晚上", "傍晚", "夜"];
const MORNING: [&str; 7] = ["오전", "上午", "午前", "凌晨", "早上", "清晨", "새벽"];

/// Years that are meant; `115年` without its era is none.
const YEARS: std::ops::RangeInclusive<i16> = 1868..=2200;

/// Reads a date whose year, month and day are marked by 年月日 or 년월일; `text` is folded.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let at = text.find(UNITS[0])?;
    let year = year(&text[..at]).filter(|year| YEARS.contains(year))?;
    let (month, rest) = part(&text[at..], UNITS[1])?;
    let (day, rest) = part(rest, UNITS[2])?;
    let mut time = clock(rest).or_else(|| hours(rest)).unwrap_or_default();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if time.hour < 12 && says(&AFTERNOON) {
        time.hour += 12;
    } else if time.hour == 12 && says(&MORNING) {
        time.hour = 0;
    }
    let zones = rest.split([' ', '(', ')']);
    let mut offsets =
        zones.filter_map(|token| zones::named(token).or_else(|| zones::numeric(token)));
    let offset = offsets.next_back().unwrap_or(0);
    instant(civil(year, month, day, time)?, offset)
}

/// The year that ends a text, counted from an era or not.
fn year(text: &str) -> Option<i16> {
    let era = ERAS
        .iter()
        .find_map(|(era, before)| Some((text.split_once(era)?.1, before)));
    if let Some((count, before)) = era {
        let first = (count.trim() == "元").then_some(1);
        return i16::try_from(before + first.or_else(|| trailing_number(count))?).ok();
    }
    let year = trailing_number(text)?;
    full_year(year, year.to_string().len())
}

/// The number before the first of these signs, and what follows the sign.
fn part<'a>(text: &'a str, units: &[char]) -> Option<(i8, &'a str)> {
    let (before, rest) = text.split_once(units)?;
    Some((i8::try_from(trailing_number(before)?).ok()?, rest))
}

/// `15:30`, wherever it stands.
fn clock(text: &str) -> Option<Time> {
    let colon = text.find(':')?;
    let digits = text[..colon]
        .bytes()
        .rev()
        .take_while(u8::is_ascii_digit)
        .count();
    Time::leading(&text[colon - digits..]).map(|(time, _)| time)
}

/// `15時30分`, `15시`.
fn hours(text: &str) -> Option<Time> {
    let (hour, rest) = part(text, UNITS[3])?;
    let (minute, rest) = part(rest, UNITS[4]).unwrap_or((0, rest));
    let second = part(rest, UNITS[5]).map_or(0, |(second, _)| second);
    Some(Time {
        hour,
        minute,
        second,
    })
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
