//! A date as a page wrote it, and what may be said of it before it becomes an instant.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use regex::Regex;

use super::zones;
use crate::model::Dated;

/// A date as it was written: what is missing is known to be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageDate {
    pub(super) date: Date,
    pub(super) time: Option<Time>,
    pub(super) offset: Option<Offset>,
}

impl PageDate {
    /// Has a time of day.
    #[must_use]
    pub fn has_time(&self) -> bool {
        self.time.is_some()
    }

    /// Has an offset from UTC, so that it names an instant.
    #[must_use]
    pub fn has_offset(&self) -> bool {
        self.offset.is_some()
    }

    /// `other` says the same and more: the same day with a time of day, or the same time with an offset.
    #[must_use]
    pub fn is_refined_by(&self, other: &Self) -> bool {
        self.date == other.date
            && match (self.time, other.time) {
                (None, Some(_)) => true,
                (Some(mine), Some(theirs)) => {
                    same_minute(mine, theirs) && self.offset.is_none() && other.offset.is_some()
                }
                _ => false,
            }
    }

    /// Lies later than `now` by more than a day: a slip of the pen, or an event that is announced.
    #[must_use]
    pub fn is_future(&self, now: Timestamp) -> bool {
        const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
        let latest = now.saturating_add(DAY).unwrap_or(Timestamp::MAX);
        self.dated().is_some_and(|dated| dated.at > latest)
    }

    /// With the offset that its site's country had then, where it names none itself.
    #[must_use]
    pub fn in_country_of(mut self, host: &str) -> Self {
        if let (None, Some(time)) = (self.offset, self.time) {
            self.offset = zones::of_country(host, DateTime::from_parts(self.date, time));
        }
        self
    }

    /// The instant and its RFC 3339 form. What has no time of day starts at midnight, what has no
    /// offset is UTC.
    #[must_use]
    pub fn dated(&self) -> Option<Dated> {
        let civil = DateTime::from_parts(self.date, self.time.unwrap_or(Time::midnight()));
        let offset = self.offset.unwrap_or(Offset::UTC);
        let at = offset.to_timestamp(civil).ok()?;
        let at = Timestamp::from_second(at.as_second()).ok()?;
        let written = if offset == Offset::UTC {
            at.to_string()
        } else {
            at.display_with_offset(offset).to_string()
        };
        Some(Dated { at, written })
    }
}

fn same_minute(a: Time, b: Time) -> bool {
    (a.hour(), a.minute()) == (b.hour(), b.minute())
}

static IN_PATH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"[/_-](20\d{2})(?:[/_-](\d{1,2})[/_-](\d{1,2})|[/_-]?([01]\d)([0-3]\d))(?:[/_.+-]|$)",
    )
    .expect("a constant pattern")
});

/// The day in an address such as `/2024/05/03/title` or `/20240503/1.html`.
#[must_use]
pub fn in_path(path: &str) -> Option<PageDate> {
    let found = IN_PATH.captures(path)?;
    let number = |a: usize, b: usize| -> Option<i8> {
        let digits = found.get(a).or_else(|| found.get(b))?;
        digits.as_str().parse().ok()
    };
    let date = Date::new(found[1].parse().ok()?, number(2, 4)?, number(3, 5)?).ok()?;
    Some(PageDate {
        date,
        time: None,
        offset: None,
    })
}

/// A text calls its date the last change.
#[must_use]
pub fn says_update(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "updat",
        "modifi",
        "revis",
        "aktualis",
        "geändert",
        "actualiz",
        "actualis",
        "mis à jour",
        "aggiornat",
        "atualiza",
        "diperbarui",
        "обновл",
        "изменен",
        "更新",
        "修改",
        "수정",
        "güncel",
        "cập nhật",
        "bijgewerkt",
        "oppdatert",
        "uppdaterad",
        "opdateret",
        "zaktualiz",
        "تحديث",
        "تم التعديل",
        "ปรับปรุง",
        "अपडेट",
    ];
    let text = text.to_lowercase();
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dates::parse;

    #[test]
    fn a_day_is_refined_by_its_time_and_a_time_by_its_offset() {
        let day = parse("2024-05-03", None).unwrap();
        let local = parse("2024-05-03 15:47", None).unwrap();
        let instant = parse("2024-05-03T15:47:12+07:00", None).unwrap();
        assert!(day.is_refined_by(&local));
        assert!(local.is_refined_by(&instant));
        assert!(!instant.is_refined_by(&local));
        assert!(!day.is_refined_by(&parse("2024-05-04 15:47", None).unwrap()));
    }

    #[test]
    fn addresses_name_days() {
        for (path, expected) in [
            ("/2024/05/03/title", Some("2024-05-03T00:00:00Z")),
            ("/world/20240503/1.html", Some("2024-05-03T00:00:00Z")),
            ("/n1/2024/0503/c1-2.html", Some("2024-05-03T00:00:00Z")),
            ("/blog/2024-05-03-title", Some("2024-05-03T00:00:00Z")),
            ("/blog/2024-12_title", None),
            ("/a-65464327", None),
            ("/2024/33/44/", None),
        ] {
            let found = in_path(path).and_then(|date| date.dated());
            assert_eq!(
                found.map(|dated| dated.written).as_deref(),
                expected,
                "{path}"
            );
        }
    }

    #[test]
    fn dates_called_changes_are_known() {
        for text in [
            "Updated May 3",
            "Zuletzt aktualisiert: 3. Mai",
            "Diperbarui 3 Mei",
            "更新日",
        ] {
            assert!(says_update(text), "{text}");
        }
        assert!(!says_update("Published May 3"));
    }

    #[test]
    fn a_date_without_zone_takes_that_of_its_country() {
        let date = parse("2024-07-03 15:47", None).unwrap();
        let written = |host| date.in_country_of(host).dated().map(|dated| dated.written);
        assert_eq!(
            written("zeitung.de").as_deref(),
            Some("2024-07-03T15:47:00+02:00")
        );
        assert_eq!(
            written("news.example").as_deref(),
            Some("2024-07-03T15:47:00Z")
        );
    }
}
