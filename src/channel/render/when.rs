//! Times as people read them; each carries its zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The zone that times are shown in.
pub(super) struct When {
    zone: TimeZone,
    name: String,
}

impl When {
    /// The zone of that IANA name; UTC (and saying so) where the machine does not know it.
    pub fn in_zone(name: &str) -> Self {
        match TimeZone::get(name) {
            Ok(zone) => Self {
                zone,
                name: name.to_owned(),
            },
            Err(_) => Self::utc(),
        }
    }

    /// UTC, for alerts, which may be read anywhere.
    pub fn utc() -> Self {
        Self {
            zone: TimeZone::UTC,
            name: "UTC".to_owned(),
        }
    }

    /// `Sun 22 Nov 2026 07:30 (Asia/Jakarta)`.
    pub fn full(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        format!("{} ({})", zoned.strftime("%a %d %b %Y %H:%M"), self.name)
    }

    /// `Sun 22 Nov 2026 07:30`, where the zone is said beside it.
    pub fn minute(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        zoned.strftime("%a %d %b %Y %H:%M").to_string()
    }

    /// `Sat 21 Nov 21:14 WIB`.
    pub fn short(&self, at: Timestamp) -> String {
        let zoned = at.to_zoned(self.zone.clone());
        zoned.strftime("%a %d %b %H:%M %Z").to_string()
    }
}
