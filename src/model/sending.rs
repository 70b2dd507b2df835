//! When what may be sent: quiet hours, caps, channels that do not answer.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AlertId, AlertKind, Correction, DeliveryId, DeliveryState, Severity};

/// At most so many messages in so long a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cap {
    /// Messages.
    pub most: u64,
    /// Within this time.
    pub within: SignedDuration,
}

/// A text that is no cap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rate; write so many in so long a time: \"10/1h\", \"30/day\", \"1/s\"")]
pub struct CapError(String);

impl FromStr for Cap {
    type Err = CapError;

    fn from_str(text: &str) -> Result<Self, CapError> {
        parse_cap(text).ok_or_else(|| CapError(text.to_owned()))
    }
}

fn parse_cap(text: &str) -> Option<Cap> {
    let (most, within) = text.split_once('/')?;
    let within = within.trim();
    let letters = within.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &within[..within.len() - letters.len()];
    let number: i64 = if digits.is_empty() {
        1
    } else {
        digits.parse().ok()?
    };
    let seconds = match letters.trim() {
        "s" | "sec" | "second" => 1,
        "m" | "min" | "minute" => 60,
        "h" | "hour" => 3_600,
        "d" | "day" => 86_400,
        "w" | "week" => 7 * 86_400,
        _ => return None,
    };
    let within = number.checked_mul(seconds).filter(|within| *within > 0)?;
    let most = most.trim().parse().ok().filter(|most| *most > 0)?;
    Some(Cap {
        most,
        within: SignedDuration::from_secs(within),
    })
}

impl<'de> Deserialize<'de> for Cap {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What holds deliveries back although the channel would take them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Held {
    /// The channel's quiet hours.
    Quiet,
    /// A cap on the channel or on the watch.
    Rate,
}

impl Held {
    /// The word in JSON and SQL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Rate => "rate",
        }
    }
}

/// Why several alerts are told in one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Together {
    /// They were found late, many at once.
    #[default]
    Late,
    /// They came during quiet hours.
    Quiet,
    /// They were more than the channel or the watch may send.
    Rate,
}

impl Together {
    /// The word in JSON and SQL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Quiet => "quiet",
            Self::Rate => "rate",
        }
    }
}

impl From<Held> for Together {
    fn from(held: Held) -> Self {
        match held {
            Held::Quiet => Self::Quiet,
            Held::Rate => Self::Rate,
        }
    }
}

/// A correction among alerts that are told together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertCorrection {
    /// The alert.
    pub alert: AlertId,
    /// What changed.
    pub correction: Correction,
}

/// What a channel may be sent now. Critical alerts and digests are not held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendPlan {
    /// NAME of the channel.
    pub channel: String,
    /// End of its quiet hours, while they last.
    pub quiet_until: Option<Timestamp>,
    /// Its cap.
    pub cap: Option<Cap>,
    /// Caps of watches: NAME and cap.
    pub watch_caps: Vec<(String, Cap)>,
}

/// How a channel is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelState {
    /// NAME.
    pub name: String,
    /// Since when nothing was taken.
    #[serde(with = "super::time::option")]
    pub failing_since: Option<Timestamp>,
    /// Tries that were not taken, in a row.
    pub failures: u64,
    /// Nothing is tried before.
    #[serde(with = "super::time::option")]
    pub hold_until: Option<Timestamp>,
    /// Why the last try was not taken.
    pub last_error: Option<String>,
    /// When something was last taken.
    #[serde(with = "super::time::option")]
    pub last_sent_at: Option<Timestamp>,
    /// Deliveries given up since then.
    pub dead: u64,
    /// When people were told that it does not work.
    #[serde(with = "super::time::option")]
    pub told_at: Option<Timestamp>,
    /// Deliveries that wait for it.
    pub waiting: u64,
}

/// One try of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptView {
    /// When.
    #[serde(with = "super::time")]
    pub at: Timestamp,
    /// `sent`, `retry` or `dead`.
    pub result: String,
    /// Why it was not taken.
    pub why: Option<String>,
}

/// A delivery as `outbox list` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    /// Row id.
    pub id: DeliveryId,
    /// The key that receivers see.
    pub key: String,
    /// NAME of the channel.
    pub channel: String,
    /// Why it is said.
    pub kind: AlertKind,
    /// Where it is.
    pub state: DeliveryState,
    /// What holds it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// The alert it tells of; `None` for digests, messages about feeds and groups.
    pub alert: Option<AlertId>,
    /// Severity of that alert.
    pub severity: Severity,
    /// Headline of the alert, name of the digest, or what else it tells.
    pub about: String,
    /// When it was promised.
    #[serde(with = "super::time")]
    pub created_at: Timestamp,
    /// When it is tried next, while it waits.
    #[serde(with = "super::time::option")]
    pub due_at: Option<Timestamp>,
    /// When it was sent or given up.
    #[serde(with = "super::time::option")]
    pub finished_at: Option<Timestamp>,
    /// Tries that failed.
    pub failures: u64,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// The delivery that tells it together with others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_by: Option<DeliveryId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read() {
        for (text, expected) in [
            ("10/1h", Some((10, 3_600))),
            ("30/day", Some((30, 86_400))),
            ("1/s", Some((1, 1))),
            (" 5 / 10m ", Some((5, 600))),
            ("0/h", None),
            ("5/0h", None),
            ("5", None),
            ("5/", None),
            ("x/h", None),
            ("5/1y", None),
            ("99999999999999999999/h", None),
        ] {
            let cap = text.parse::<Cap>().ok();
            assert_eq!(
                cap.map(|cap| (cap.most, cap.within.as_secs())),
                expected,
                "{text}"
            );
        }
    }
}
