//! How lists and times are written to a terminal or a pipe.

use std::io::{self, IsTerminal, Write};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::environment;
use crate::channel::render::guarded;

/// True when standard output may carry colours: never with `NO_COLOR`, always with `CLICOLOR_FORCE`, else on a
/// terminal that is able to.
pub(super) fn colour() -> bool {
    if environment("NO_COLOR").is_some() {
        return false;
    }
    let is_forced = environment("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let is_dumb = || environment("TERM").is_some_and(|term| term == "dumb");
    is_forced || io::stdout().is_terminal() && !is_dumb()
}

/// One JSON object a line.
pub(super) fn json_lines<T: Serialize>(rows: &[T]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for row in rows {
        out.write_all(guarded(serde_json::to_string(row)?).as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// One JSON object, indented.
pub(super) fn json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(guarded(serde_json::to_string_pretty(value)?).as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// Writes text to standard output; a closed pipe is an error like any other.
pub(super) fn text(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// A time for people: local, with its zone.
pub(super) fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%Y-%m-%d %H:%M %Z")
        .to_string()
}

/// How long ago (or in how long) something is, in one unit.
pub(super) fn ago(at: Timestamp, now: Timestamp) -> String {
    let distance = now.duration_since(at);
    let amount = length(distance.abs());
    if distance.is_negative() {
        format!("in {amount}")
    } else {
        format!("{amount} ago")
    }
}

/// A length of time in one unit.
pub(super) fn length(length: SignedDuration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A number with its thousands set apart: 1,843.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Text without control characters: what feeds and pages say must not drive the terminal.
pub(super) fn safe(text: &str) -> String {
    crate::channel::render::plain(text)
}

/// A table with columns as wide as their widest cell; the last column is not padded.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.width()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut out = String::new();
    let head: Vec<String> = head.iter().map(ToString::to_string).collect();
    for row in std::iter::once(&head).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_look() {
        let rows = vec![
            vec!["中国".to_owned(), "x".to_owned()],
            vec!["ab".to_owned(), "y".to_owned()],
        ];
        assert_eq!(table(&["A", "B"], &rows), "A     B\n中国  x\nab    y\n");
    }

    #[test]
    fn thousands_are_set_apart() {
        for (number, told) in [
            (0, "0"),
            (999, "999"),
            (1_843, "1,843"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(grouped(number), told);
        }
    }

    #[test]
    fn distances_are_told_in_one_unit() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(ago(now - SignedDuration::from_secs(30), now), "30 s ago");
        assert_eq!(ago(now - SignedDuration::from_mins(150), now), "2 h ago");
        assert_eq!(ago(now + SignedDuration::from_hours(72), now), "in 3 d");
    }
}
