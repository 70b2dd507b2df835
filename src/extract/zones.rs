//! Offsets from UTC as pages write them, and the zone that a site's country implies.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// Hours of zone names that pages write, in minutes. Names that mean several zones are left out,
/// but for those that news pages of one country use daily.
const ZONES: &[(&str, i32)] = &[
    ("WIB", 420),
    ("WITA", 480),
    ("WIT", 540),
    ("UTC", 0),
    ("GMT", 0),
    ("MSK", 180),
    ("МСК", 180),
    ("CET", 60),
    ("CEST", 120),
    ("MEZ", 60),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("WEST", 60),
    ("BST", 60),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("IST", 330),
    ("JST", 540),
    ("KST", 540),
    ("HKT", 480),
    ("SGT", 480),
    ("MYT", 480),
    ("PHT", 480),
    ("ICT", 420),
    ("PKT", 300),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("SAST", 120),
    ("EAT", 180),
    ("CAT", 120),
    ("WAT", 60),
    ("TRT", 180),
];

/// The offset that stands behind a time of day: a number, `Z`, or the name of a zone.
#[must_use]
pub fn offset(text: &str) -> Option<Offset> {
    numeric(text).or_else(|| named(text))
}

/// `+07:00`, `+0700` or `+7` behind a digit or `GMT`; `Z` at the end.
fn numeric(text: &str) -> Option<Offset> {
    let bytes = text.as_bytes();
    if let [.., digit, b'Z' | b'z'] = bytes
        && digit.is_ascii_digit()
    {
        return Some(Offset::UTC);
    }
    let clock = text.find([':', 'T', 'G', 'U'])?;
    let (at, sign) = text[clock..]
        .char_indices()
        .filter(|(_, c)| matches!(c, '+' | '-' | '−'))
        .find(|(at, _)| follows_time(&text[..clock + at]))?;
    let rest = text[clock + at..].trim_start_matches(sign);
    let places = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (hours, behind) = rest.split_at(places.min(2));
    let hours: i32 = hours.parse().ok()?;
    let behind = behind.strip_prefix(':').unwrap_or(behind);
    let minutes: i32 = match behind.get(..2) {
        Some(two) if two.bytes().all(|byte| byte.is_ascii_digit()) => two.parse().ok()?,
        _ => 0,
    };
    let total = hours * 60 + minutes;
    let seconds = if sign == '+' { total * 60 } else { -total * 60 };
    (total <= 14 * 60 && places <= 4)
        .then(|| Offset::from_seconds(seconds).ok())
        .flatten()
}

/// A sign behind a time of day, and not behind a date.
fn follows_time(before: &str) -> bool {
    let before = before.trim_end();
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let stem = &before[..before.len() - digits];
    before.ends_with("GMT")
        || before.ends_with("UTC")
        || (digits >= 2 && stem.ends_with([':', '.', ',']) && stem.contains(':'))
        || (digits >= 4 && stem.ends_with(['T', 't']))
}

fn named(text: &str) -> Option<Offset> {
    text.split(|c: char| !c.is_alphabetic()).find_map(|word| {
        let (_, minutes) = ZONES.iter().find(|(name, _)| *name == word)?;
        Offset::from_seconds(minutes * 60).ok()
    })
}

/// Countries whose news sites keep one time, by the end of the host name.
const COUNTRIES: &[(&str, &str)] = &[
    ("ae", "Asia/Dubai"),
    ("al", "Europe/Tirane"),
    ("am", "Asia/Yerevan"),
    ("at", "Europe/Vienna"),
    ("az", "Asia/Baku"),
    ("ba", "Europe/Sarajevo"),
    ("bd", "Asia/Dhaka"),
    ("be", "Europe/Brussels"),
    ("bg", "Europe/Sofia"),
    ("by", "Europe/Minsk"),
    ("ch", "Europe/Zurich"),
    ("cn", "Asia/Shanghai"),
    ("cz", "Europe/Prague"),
    ("de", "Europe/Berlin"),
    ("dk", "Europe/Copenhagen"),
    ("ee", "Europe/Tallinn"),
    ("eg", "Africa/Cairo"),
    ("es", "Europe/Madrid"),
    ("fi", "Europe/Helsinki"),
    ("fr", "Europe/Paris"),
    ("ge", "Asia/Tbilisi"),
    ("gr", "Europe/Athens"),
    ("hk", "Asia/Hong_Kong"),
    ("hr", "Europe/Zagreb"),
    ("hu", "Europe/Budapest"),
    ("ie", "Europe/Dublin"),
    ("il", "Asia/Jerusalem"),
    ("in", "Asia/Kolkata"),
    ("iq", "Asia/Baghdad"),
    ("ir", "Asia/Tehran"),
    ("is", "Atlantic/Reykjavik"),
    ("it", "Europe/Rome"),
    ("jo", "Asia/Amman"),
    ("jp", "Asia/Tokyo"),
    ("ke", "Africa/Nairobi"),
    ("kh", "Asia/Phnom_Penh"),
    ("kr", "Asia/Seoul"),
    ("lb", "Asia/Beirut"),
    ("lk", "Asia/Colombo"),
    ("lt", "Europe/Vilnius"),
    ("lu", "Europe/Luxembourg"),
    ("lv", "Europe/Riga"),
    ("ma", "Africa/Casablanca"),
    ("md", "Europe/Chisinau"),
    ("mk", "Europe/Skopje"),
    ("mm", "Asia/Yangon"),
    ("my", "Asia/Kuala_Lumpur"),
    ("ng", "Africa/Lagos"),
    ("nl", "Europe/Amsterdam"),
    ("no", "Europe/Oslo"),
    ("np", "Asia/Kathmandu"),
    ("nz", "Pacific/Auckland"),
    ("pe", "America/Lima"),
    ("ph", "Asia/Manila"),
    ("pk", "Asia/Karachi"),
    ("pl", "Europe/Warsaw"),
    ("qa", "Asia/Qatar"),
    ("ro", "Europe/Bucharest"),
    ("rs", "Europe/Belgrade"),
    ("sa", "Asia/Riyadh"),
    ("se", "Europe/Stockholm"),
    ("sg", "Asia/Singapore"),
    ("si", "Europe/Ljubljana"),
    ("sk", "Europe/Bratislava"),
    ("th", "Asia/Bangkok"),
    ("tr", "Europe/Istanbul"),
    ("tw", "Asia/Taipei"),
    ("ua", "Europe/Kyiv"),
    ("uk", "Europe/London"),
    ("uz", "Asia/Tashkent"),
    ("ve", "America/Caracas"),
    ("vn", "Asia/Ho_Chi_Minh"),
    ("za", "Africa/Johannesburg"),
];

/// The offset that a site's country had at a time, if the country keeps one time.
#[must_use]
pub fn of_country(host: &str, at: DateTime) -> Option<Offset> {
    let (_, end) = host.rsplit_once('.')?;
    let (_, zone) = COUNTRIES.iter().find(|(country, _)| *country == end)?;
    let zone = TimeZone::get(zone).ok()?;
    Some(zone.to_ambiguous_zoned(at).compatible().ok()?.offset())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_behind_times_only() {
        for (text, hours) in [
            ("2024-05-03T15:47:42Z", Some(0)),
            ("2024-05-03T15:47:42+0200", Some(2)),
            ("2024-05-03T15:47:42.123+07:00", Some(7)),
            ("20240503T154742-0500", Some(-5)),
            ("3 May 2024 15:47 +7", Some(7)),
            ("15:47:42 GMT+0200 (Central European Summer Time)", Some(2)),
            ("18 Sep 2023, 14:05 WIB", Some(7)),
            ("2024-05-03 15:47", None),
            ("15:47 - 03-05-2024", None),
            ("2024-05-03", None),
        ] {
            let found = offset(text).map(|offset| offset.seconds() / 3_600);
            assert_eq!(found, hours, "{text}");
        }
    }

    #[test]
    fn countries_with_one_time_are_known() {
        let summer = jiff::civil::date(2024, 7, 1).at(12, 0, 0, 0);
        let hours = |host| of_country(host, summer).map(|offset| offset.seconds() / 3_600);
        assert_eq!(hours("www.zeitung.de"), Some(2));
        assert_eq!(hours("news.example.co.jp"), Some(9));
        assert_eq!(hours("example.id"), None);
        assert_eq!(hours("example.com"), None);
        let end = |(country, _): &(&'static str, &str)| *country;
        assert!(COUNTRIES.is_sorted_by_key(end));
        assert!(
            COUNTRIES
                .iter()
                .all(|(_, zone)| TimeZone::get(zone).is_ok())
        );
    }
}
