//! Dates in words: RFC 822 and what is made of it, asctime, and `day month year` in every language.

use jiff::Timestamp;

use crate::text::calendar;

use super::parts::Parts;
use super::{Time, number, zones};

/// Reads a date that names its month, or writes it in numbers, smallest unit first.
///
/// `text` is folded, `language` a shortest tag.
pub(super) fn parse(text: &str, language: Option<&str>) -> Option<Timestamp> {
    // What stands before the first comma is a weekday if the rest is a date by itself: it may have a number
    // in it (`Th 4,`) or read like a month (`mar,` is Tuesday in Italy).
    let weekday_off = text
        .split_once([',', '،', '、', '，'])
        .filter(|(before, _)| before.chars().any(char::is_alphabetic));
    let without = weekday_off.and_then(|(before, rest)| {
        let mut parts = gather(rest, language)?;
        parts.weekdays = calendar::leading(before, language).senses.weekdays;
        parts.instant(language)
    });
    without.or_else(|| gather(text, language)?.instant(language))
}

/// What a text says of a date; `None` if a part cannot be.
fn gather(text: &str, language: Option<&str>) -> Option<Parts> {
    let mut parts = Parts::default();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        rest = if character.is_ascii_digit() {
            take_number(&mut parts, rest, language)?
        } else if let Some(after) = take_zone(&mut parts, rest)? {
            after
        } else if character.is_alphabetic() || !character.is_ascii() {
            take_word(&mut parts, rest, language)
        } else {
            &rest[character.len_utf8()..]
        };
    }
    Some(parts)
}

/// Takes the zone that follows a time of day; `None` if it is an offset that cannot be.
fn take_zone<'a>(parts: &mut Parts, text: &'a str) -> Option<Option<&'a str>> {
    if parts.time.is_none() || parts.offset.is_some() {
        return Some(None);
    }
    let end = text
        .find([' ', ',', '(', ')', '،', '|'])
        .unwrap_or(text.len());
    let (zone, after) = text.split_at(end);
    if let Some(offset) = zones::named(zone).or_else(|| zones::numeric(zone)) {
        parts.offset = Some(offset);
        return Some(Some(after));
    }
    let is_offset = zone.starts_with(['+', '-']) && zone.len() > 1;
    // Between the time and the date there may be a dash; anything else with a sign is an impossible offset.
    (!is_offset).then_some(None)
}

fn take_word<'a>(parts: &mut Parts, text: &'a str, language: Option<&str>) -> &'a str {
    let found = calendar::leading(text, language);
    let (word, rest) = text.split_at(found.bytes);
    if let Some(afternoon) = found.senses.afternoon
        && parts.take_half(
            afternoon,
            matches!(word, "am" | "pm" | "a.m" | "p.m" | "a. m" | "p. m"),
        )
    {
        return rest;
    }
    parts.take_name(found.senses, word.chars().count());
    rest
}

fn take_number<'a>(parts: &mut Parts, text: &'a str, language: Option<&str>) -> Option<&'a str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = &text[digits..];
    if after.starts_with(':') {
        let (time, rest) = Time::leading(text)?;
        parts.take_time(time);
        return Some(rest);
    }
    if let Some((time, rest)) = hour_named(text) {
        parts.take_time(time);
        return Some(rest);
    }
    if let Some(rest) = take_numeric(parts, text, language) {
        return rest;
    }
    let follows = after.trim_start_matches('-').chars().next();
    if after.starts_with(|c: char| c != ' ') && follows.is_some_and(char::is_alphabetic) {
        let found = calendar::leading(text, language);
        // `11月`, `1-р сар`: the number is part of the month's name.
        if found.senses.is_month() && found.bytes > digits {
            parts.take_name(found.senses, found.bytes);
            return Some(&text[found.bytes..]);
        }
    }
    let (value, _) = number(text, 1, 4)?;
    parts.take_number(value, digits);
    Some(after_ordinal(after, language))
}

/// `10h30`, `10h`, `10 uhr`.
fn hour_named(text: &str) -> Option<(Time, &str)> {
    let (hour, rest) = number(text, 1, 2)?;
    let hour = i8::try_from(hour).ok()?;
    let (rest, minute) =
        if let Some(rest) = rest.strip_prefix('h').or_else(|| rest.strip_prefix(" h ")) {
            match number(rest, 2, 2) {
                Some((minute, rest)) => (rest, minute as i8),
                None => (rest, 0),
            }
        } else {
            (rest.strip_prefix(" uhr")?, 0)
        };
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric());
    ends.then_some((
        Time {
            hour,
            minute,
            second: 0,
        },
        rest,
    ))
}

/// `22.11.2026`, `2026/11/22`, `10.30`: two or three numbers in one token. The inner `None` refuses the date.
fn take_numeric<'a>(
    parts: &mut Parts,
    text: &'a str,
    language: Option<&str>,
) -> Option<Option<&'a str>> {
    const JOINTS: [char; 5] = ['-', '/', '.', '\u{2010}', '\u{2013}'];
    let length = text
        .find(|c: char| !(c.is_ascii_digit() || JOINTS.contains(&c)))
        .unwrap_or(text.len());
    let (token, rest) = text.split_at(length);
    let mut pieces = token.split(JOINTS).filter(|piece| !piece.is_empty());
    let (first, second) = (pieces.next()?, pieces.next()?);
    let third = pieces.next();
    // Letters may follow a number (`22.nov`), but no date (`2026-11-22Zebra`).
    let is_stuck = rest.starts_with(|c: char| c.is_ascii_alphabetic());
    if pieces.next().is_some() || (third.is_some() && is_stuck) {
        return Some(None);
    }
    // `10.30 WIB`: with a dot, and with a date already known.
    let is_time = parts.has_date() && token.contains('.') && parts.time.is_none();
    if let Some((time, _)) = Time::leading(token).filter(|_| is_time && first.len() <= 2) {
        parts.take_time(time);
        return Some(Some(rest));
    }
    let third = third?;
    Some(
        parts
            .take_whole([first, second, third], language)
            .map(|()| rest),
    )
}

/// `1st`, `22nd`, `5日`: what hangs on a number is an ending, unless it is a name (`22nov`).
fn after_ordinal<'a>(text: &'a str, language: Option<&str>) -> &'a str {
    if !text.starts_with(char::is_alphabetic) {
        return text;
    }
    let senses = calendar::leading(text, language).senses;
    if senses.is_month() || senses.afternoon.is_some() {
        return text;
    }
    text.trim_start_matches(char::is_alphabetic)
}
