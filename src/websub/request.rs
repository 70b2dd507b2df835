//! The form that a hub is sent (WebSub, 5.1).

use jiff::SignedDuration;

/// The lease that is asked for: 10 days, what most hubs grant at most.
pub const LEASE_WISHED: SignedDuration = SignedDuration::from_hours(24 * 10);

/// What a hub is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To push, or to go on pushing.
    Subscribe,
    /// To stop.
    Unsubscribe,
}

impl Mode {
    /// `hub.mode`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// The fields of a request, to be sent as `application/x-www-form-urlencoded`.
///
/// Lease and secret are for `subscribe` only. The secret must be shorter than 200 bytes.
#[must_use]
pub fn fields(
    mode: Mode,
    topic: &str,
    callback: &str,
    secret: Option<&str>,
) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("hub.mode", mode.name().to_owned()),
        ("hub.topic", topic.to_owned()),
        ("hub.callback", callback.to_owned()),
    ];
    if mode == Mode::Subscribe {
        fields.push(("hub.lease_seconds", LEASE_WISHED.as_secs().to_string()));
        if let Some(secret) = secret {
            fields.push(("hub.secret", secret.to_owned()));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_its_fields() {
        let names = |fields: Vec<(&'static str, String)>| {
            let parts = fields
                .into_iter()
                .map(|(name, value)| format!("{name}={value}"));
            parts.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            names(fields(Mode::Subscribe, "t", "c", Some("s"))),
            "hub.mode=subscribe hub.topic=t hub.callback=c hub.lease_seconds=864000 hub.secret=s"
        );
        assert_eq!(
            names(fields(Mode::Unsubscribe, "t", "c", Some("s"))),
            "hub.mode=unsubscribe hub.topic=t hub.callback=c"
        );
    }
}
