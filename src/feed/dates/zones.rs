//! Time zones as feeds write them: offsets, and the abbreviations of newspapers.

/// Abbreviations and their offset in minutes. Ambiguous ones mean what most feeds with them mean.
const ABBREVIATIONS: [(&str, i32); 78] = [
    ("Z", 0),
    ("UT", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("WET", 0),
    ("ETC/GMT", 0),
    ("ETC/UTC", 0),
    ("EST", -300),
    ("EDT", -240),
    ("ET", -300),
    ("CST", -360),
    ("CDT", -300),
    ("CT", -360),
    ("MST", -420),
    ("MDT", -360),
    ("MT", -420),
    ("PST", -480),
    ("PDT", -420),
    ("PT", -480),
    ("AST", -240),
    ("ADT", -180),
    ("NST", -210),
    ("NDT", -150),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("ART", -180),
    ("BRT", -180),
    ("BRST", -120),
    ("CLT", -240),
    ("CLST", -180),
    ("COT", -300),
    ("PET", -300),
    ("VET", -240),
    ("UYT", -180),
    ("BST", 60),
    ("IST", 330),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("MET", 60),
    ("MEST", 120),
    ("MEZ", 60),
    ("MESZ", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("МСК", 180),
    ("MSD", 240),
    ("TRT", 180),
    ("SAMT", 240),
    ("YEKT", 300),
    ("OMST", 360),
    ("NOVT", 420),
    ("KRAT", 420),
    ("IRKT", 480),
    ("VLAT", 600),
    ("CAT", 120),
    ("SAST", 120),
    ("EAT", 180),
    ("WAT", 60),
    ("AZT", 240),
    ("GST", 240),
    ("IRST", 210),
    ("AFT", 270),
    ("PKT", 300),
    ("UZT", 300),
    ("NPT", 345),
    ("ICT", 420),
    ("WIB", 420),
    ("WITA", 480),
    ("WIT", 540),
    ("HKT", 480),
    ("SGT", 480),
    ("PHT", 480),
    ("MYT", 480),
    ("JST", 540),
    ("KST", 540),
];

/// The same for the southern Pacific, where summer is in January.
const PACIFIC: [(&str, i32); 7] = [
    ("AWST", 480),
    ("ACST", 570),
    ("ACDT", 630),
    ("AEST", 600),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
];

/// Offset in seconds of a zone: empty is UTC; `None` if it is no zone at all.
pub(super) fn offset(zone: &str) -> Option<i32> {
    let zone = zone.trim().trim_matches(['(', ')']);
    if zone.is_empty() {
        return Some(0);
    }
    named(zone).or_else(|| numeric(zone))
}

/// Offset in seconds of an abbreviation, with its own offset behind it (`GMT+7`, `UTC+07:00`) or not.
pub(super) fn named(zone: &str) -> Option<i32> {
    let upper = zone.to_uppercase();
    let known = |name: &str| {
        ABBREVIATIONS
            .iter()
            .chain(&PACIFIC)
            .find(|(known, _)| *known == name)
            .map(|&(_, minutes)| minutes * 60)
    };
    known(&upper).or_else(|| {
        let sign = upper.find(['+', '-'])?;
        matches!(&upper[..sign], "GMT" | "UTC" | "UT").then(|| numeric(&upper[sign..]))?
    })
}

/// Offset in seconds of `+hh`, `+hhmm`, `+hh:mm` or `+hh:mm:ss`.
pub(super) fn numeric(zone: &str) -> Option<i32> {
    let (sign, body) = match zone.as_bytes().first()? {
        b'+' => (1, &zone[1..]),
        b'-' => (-1, &zone[1..]),
        _ => return None,
    };
    let digits: String = body.chars().filter(|&c| c != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from, to| {
        digits
            .get(from..to)
            .and_then(|part: &str| part.parse::<i32>().ok())
    };
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        3 => (part(0, 1)?, part(1, 3)?),
        4 | 6 => (part(0, 2)?, part(2, 4)?),
        _ => return None,
    };
    // The widest offset in use is 14 hours; a little more does no harm, 99:99 is no offset.
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes) * 60)
}
