//! Lengths of time as people write them, and how long what is stored is kept.

use std::fmt;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::{self, Deserializer, Error, Visitor};

/// A length of time, written as `"90s"`, `"15m"`, `"1h 30m"`, `"3d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(pub SignedDuration);

/// A text that is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no length of time; write a number and a unit: \"500ms\", \"90s\", \"15m\", \"1h 30m\", \"3d\", \"2w\", \"5y\""
)]
pub struct PeriodError(String);

impl std::str::FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        parse_period(text)
            .map(Self)
            .ok_or_else(|| PeriodError(text.to_owned()))
    }
}

fn parse_period(text: &str) -> Option<SignedDuration> {
    let mut rest = text.trim();
    let mut total = SignedDuration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: i64 = rest.get(..digits)?.parse().ok()?;
        let after = rest[digits..].trim_start();
        let letters = after
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(after.len());
        let unit_ms = unit_in_ms(&after[..letters])?;
        total = total.checked_add(SignedDuration::from_millis(number.checked_mul(unit_ms)?))?;
        rest = after[letters..].trim_start();
    }
    Some(total)
}

fn unit_in_ms(unit: &str) -> Option<i64> {
    Some(match unit {
        "ms" => 1,
        "s" | "sec" | "second" | "seconds" => 1_000,
        "m" | "min" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        "w" | "week" | "weeks" => 604_800_000,
        "y" | "year" | "years" => 365 * 86_400_000,
        _ => return None,
    })
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PeriodVisitor;
        impl Visitor<'_> for PeriodVisitor {
            type Value = Period;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time such as \"15m\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Period, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(PeriodVisitor)
    }
}

/// How long something is kept: a length of time, or `"off"` for not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept(pub SignedDuration);

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim() == "off" {
            return Ok(Self(SignedDuration::ZERO));
        }
        let period: Result<Period, PeriodError> = text.parse();
        period
            .map(|period| Self(period.0))
            .map_err(|error| D::Error::custom(format!("{error}, or \"off\"")))
    }
}

/// How long what was read is kept, where a feed or a watch says something else than `[keep]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// Bodies.
    pub bodies: Option<Kept>,
    /// Pages.
    pub pages: Option<Kept>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_people_write_them() {
        let ms = |text: &str| text.parse::<Period>().map(|period| period.0.as_millis());
        assert_eq!(ms("0s"), Ok(0));
        assert_eq!(ms("500ms"), Ok(500));
        assert_eq!(ms("15m"), Ok(900_000));
        assert_eq!(ms("1h 30m"), Ok(5_400_000));
        assert_eq!(ms("3 days"), Ok(259_200_000));
        assert_eq!(ms("5y"), Ok(157_680_000_000));
        for wrong in [
            "",
            "15",
            "m",
            "1.5h",
            "-3s",
            "3 parsecs",
            "999999999999999w",
        ] {
            let error = ms(wrong).expect_err(wrong).to_string();
            assert!(error.contains("\"15m\""), "{error}");
        }
    }
}
