//! Groups and regions of states, with the days on which states joined and left.
//!
//! `groups.toml` holds them, each with its source.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

static GROUPS: LazyLock<BTreeMap<String, Group>> =
    LazyLock::new(|| toml::from_str(include_str!("groups.toml")).expect("a test reads the file"));

/// A group or a region.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// How it is called, in the words of a list of a rule; none for regions that are only places.
    #[serde(default)]
    pub names: Vec<String>,
    /// Code under which the gazetteer knows it too (`EU`).
    pub code: Option<String>,
    /// Codes of those that were always in it.
    #[serde(default)]
    always: Vec<String>,
    /// Codes by the first day in it.
    #[serde(default)]
    since: BTreeMap<String, Vec<String>>,
    /// Codes by the first day no longer in it.
    #[serde(default)]
    until: BTreeMap<String, Vec<String>>,
}

impl Group {
    /// Codes of its members on a day, sorted; without a day after the last change that is known.
    #[must_use]
    pub fn members(&self, day: Option<Date>) -> Vec<&str> {
        let reached = |written: &str| match (day, written.parse::<Date>()) {
            (Some(day), Ok(date)) => date <= day,
            _ => true,
        };
        // The last of what happened to each: it may leave and come back.
        let mut last: BTreeMap<&str, (&str, bool)> = BTreeMap::new();
        last.extend(self.always.iter().map(|code| (code.as_str(), ("", true))));
        for (changes, joins) in [(&self.since, true), (&self.until, false)] {
            for (date, codes) in changes.iter().filter(|(date, _)| reached(date)) {
                for code in codes {
                    let known = last.get(code.as_str());
                    if known.is_none_or(|(before, _)| *before < date.as_str()) {
                        last.insert(code, (date, joins));
                    }
                }
            }
        }
        let members = last.into_iter().filter(|(_, (_, is_in))| *is_in);
        members.map(|(code, _)| code).collect()
    }
}

/// A group or region by its name.
#[must_use]
pub fn group(name: &str) -> Option<&'static Group> {
    GROUPS.get(name)
}

/// The names of all groups and regions, sorted.
pub fn groups() -> impl Iterator<Item = &'static str> {
    GROUPS.keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::text::gazetteer::codes;

    fn members(name: &str, day: &str) -> String {
        let day = day.parse().ok();
        group(name).unwrap().members(day).join(" ")
    }

    #[test]
    fn members_are_those_of_the_day() {
        assert_eq!(members("Benelux", ""), "BE LU NL");
        assert_eq!(members("ASEAN", "1990-01-01"), "BN ID MY PH SG TH");
        assert_eq!(members("ASEAN", ""), "BN ID KH LA MM MY PH SG TH TL VN");
        for (name, day, count) in [
            ("EU", "2019-12-31", 28),
            ("EU", "2020-02-01", 27),
            ("EU", "1995-01-01", 15),
            ("EU", "", 27),
            ("NATO", "2023-04-03", 30),
            ("NATO", "", 32),
            ("BRICS", "2011-01-01", 5),
            ("BRICS", "2024-06-01", 9),
            ("G7", "", 7),
            ("G8", "2010-01-01", 8),
            ("G20", "", 19),
            ("OECD", "", 38),
            ("AU", "", 55),
            ("Arab-League", "", 22),
            ("OIC", "", 57),
            ("SCO", "", 10),
            ("GCC", "", 6),
            ("CARICOM", "", 15),
            ("Pacific-Islands-Forum", "", 18),
            ("RCEP", "", 15),
            ("CPTPP", "", 12),
            ("BRICS", "", 10),
            ("NATO", "2024-03-06", 31),
            ("OPEC", "2023-12-31", 13),
            ("OPEC", "2024-01-01", 12),
            ("ECOWAS", "2025-01-28", 15),
            ("ECOWAS", "2025-01-29", 12),
            ("Eurozone", "2022-12-31", 19),
            ("Eurozone", "2025-12-31", 20),
            ("Eurozone", "2026-01-01", 21),
            ("OECD", "1961-12-31", 19),
            ("Pacific-Islands-Forum", "2022-08-01", 17),
        ] {
            let found = members(name, day);
            assert_eq!(found.split(' ').count(), count, "{name} {day}: {found}");
        }
    }

    #[test]
    fn the_file_says_what_it_can_be_read_to_say() {
        let known: BTreeSet<&str> = codes().collect();
        for name in groups() {
            let group = group(name).unwrap();
            assert!(
                name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
                "{name} can be written in a rule"
            );
            let changes = group.since.iter().chain(&group.until);
            for (date, _) in changes.clone() {
                assert!(date.parse::<Date>().is_ok(), "{name}: {date}");
            }
            let codes = group
                .always
                .iter()
                .chain(changes.flat_map(|(_, codes)| codes));
            for code in codes {
                assert!(known.contains(code.as_str()), "{name}: {code}");
            }
            assert!(!group.members(None).is_empty(), "{name}");
        }
        assert!(groups().count() >= 45);
    }
}
