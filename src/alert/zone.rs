//! Time zones by name.

use jiff::tz::TimeZone;

/// A time zone that the zone database does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{name}`{}", .suggestion.as_ref().map(|s| format!("; did you mean \"{s}\"?")).unwrap_or_default())]
pub struct ZoneError {
    /// The name as written.
    pub name: String,
    /// The nearest name there is.
    pub suggestion: Option<String>,
}

/// Looks up an IANA zone.
///
/// # Errors
/// When the zone database does not know the name; the nearest one is suggested.
pub fn zone(name: &str) -> Result<TimeZone, ZoneError> {
    let name = name.trim();
    TimeZone::get(name).map_err(|_| ZoneError {
        name: name.to_owned(),
        suggestion: nearest_zone(name),
    })
}

/// Below this likeness (Jaro-Winkler) a suggestion would only puzzle.
const LIKENESS_MIN: f64 = 0.75;

fn nearest_zone(name: &str) -> Option<String> {
    let wanted = name.to_lowercase().replace(' ', "_");
    let mut best: Option<(f64, String)> = None;
    for known in jiff::tz::db().available() {
        let lower = known.as_str().to_lowercase();
        // People often know the city only.
        let city = lower.rsplit('/').next().unwrap_or(&lower);
        let likeness = strsim::jaro_winkler(&wanted, &lower).max(strsim::jaro_winkler(
            wanted.rsplit('/').next().unwrap_or(&wanted),
            city,
        ));
        if best.as_ref().is_none_or(|(most, _)| likeness > *most) {
            best = Some((likeness, known.to_string()));
        }
    }
    best.filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_zone_suggests_the_nearest_name() {
        for (name, nearest) in [
            ("Asia/Jakata", "Asia/Jakarta"),
            ("Europe/Moskow", "Europe/Moscow"),
            ("Jakarta", "Asia/Jakarta"),
            ("Asia/Ho Chi Minh", "Asia/Ho_Chi_Minh"),
        ] {
            let error = zone(name).expect_err(name);
            assert_eq!(error.suggestion.as_deref(), Some(nearest), "{error}");
        }
        assert_eq!(zone("#!?").expect_err("no zone").suggestion, None);
    }
}
