//! What a hub asks or says at the callback (WebSub, 5.2 and 5.3), and what it is answered.

use url::form_urlencoded;

use crate::model::SubscriptionState;

/// The query of a GET to a callback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intent {
    /// `hub.mode`.
    pub mode: String,
    /// `hub.topic`.
    pub topic: String,
    /// `hub.challenge`.
    pub challenge: Option<String>,
    /// `hub.lease_seconds`, when it is a number.
    pub lease_seconds: Option<u64>,
    /// `hub.reason` of a denial.
    pub reason: Option<String>,
}

impl Intent {
    /// Reads a query. What is missing stays empty; of what comes twice the first counts.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let value = |name: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        Self {
            mode: value("hub.mode").unwrap_or_default(),
            topic: value("hub.topic").unwrap_or_default(),
            challenge: value("hub.challenge"),
            lease_seconds: value("hub.lease_seconds").and_then(|text| text.trim().parse().ok()),
            reason: value("hub.reason"),
        }
    }
}

/// What a hub's question is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The subscription is wanted: the challenge is given back.
    Subscribe {
        /// To be given back.
        challenge: String,
        /// The lease that the hub grants, in seconds, if it says.
        lease_seconds: Option<u64>,
    },
    /// Its end is wanted: the challenge is given back.
    Unsubscribe {
        /// To be given back.
        challenge: String,
    },
    /// The hub has said no; that is noted.
    Denied {
        /// Its reason.
        reason: String,
    },
    /// Nobody here asked for that: 404.
    Unknown,
}

/// Most characters of a hub's reason that are kept.
const REASON_MAX: usize = 200;

/// The answer to a hub's question about a subscription with this topic and state.
///
/// The topic must be the very text that was asked for. `subscribe` is confirmed while it is wanted: a
/// hub may ask again in the middle of a lease (WebSub, 5), and a refusal would end it. Nothing is
/// confirmed after a denial, until wirewatch has asked anew.
#[must_use]
pub fn verdict(intent: Intent, topic: &str, state: SubscriptionState) -> Verdict {
    use SubscriptionState::{Denied, Ending, Failed, Pending, Verified};
    if intent.topic != topic {
        return Verdict::Unknown;
    }
    let lease_seconds = intent.lease_seconds;
    match (intent.mode.as_str(), state, intent.challenge) {
        ("subscribe", Pending | Verified | Failed, Some(challenge)) => Verdict::Subscribe {
            challenge,
            lease_seconds,
        },
        ("unsubscribe", Ending, Some(challenge)) => Verdict::Unsubscribe { challenge },
        ("denied", Pending | Verified | Failed | Denied, _) => Verdict::Denied {
            reason: one_line(&intent.reason.unwrap_or_default()),
        },
        _ => Verdict::Unknown,
    }
}

/// A hub's words on one line of bounded length.
fn one_line(text: &str) -> String {
    let printable = text.chars().filter(|c| !c.is_control());
    printable
        .take(REASON_MAX)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use SubscriptionState::{Denied, Ending, Failed, Pending, Verified};

    const TOPIC: &str = "https://news.example/rss?a=1&b=ü";
    const QUERY: &str = "hub.topic=https%3A%2F%2Fnews.example%2Frss%3Fa%3D1%26b%3D%C3%BC\
                         &hub.challenge=c+1&hub.lease_seconds=3600&hub.mode=";

    fn ask(mode: &str, state: SubscriptionState) -> Verdict {
        verdict(Intent::parse(&format!("{QUERY}{mode}")), TOPIC, state)
    }

    #[test]
    fn what_is_wanted_is_confirmed_and_nothing_else() {
        let yes = Verdict::Subscribe {
            challenge: "c 1".to_owned(),
            lease_seconds: Some(3600),
        };
        for state in [Pending, Verified, Failed] {
            assert_eq!(ask("subscribe", state), yes, "{state:?}");
            assert_eq!(ask("unsubscribe", state), Verdict::Unknown, "{state:?}");
        }
        for state in [Denied, Ending] {
            assert_eq!(ask("subscribe", state), Verdict::Unknown, "{state:?}");
        }
        let end = Verdict::Unsubscribe {
            challenge: "c 1".to_owned(),
        };
        assert_eq!(ask("unsubscribe", Ending), end);
        assert_eq!(ask("unsubscribe", Denied), Verdict::Unknown);
        assert_eq!(ask("Subscribe", Pending), Verdict::Unknown);
        assert_eq!(ask("publish", Pending), Verdict::Unknown);
    }

    #[test]
    fn another_topic_or_no_challenge_is_unknown() {
        for query in [
            "",
            "hub.mode=subscribe",
            "hub.mode=subscribe&hub.topic=https://news.example/rss&hub.challenge=c",
            "hub.mode=subscribe&hub.topic=https://news.example/rss?a=1%26b=%C3%BC",
            "hub.mode=denied&hub.topic=https://news.example/other",
            "%00%ff&&==&hub.topic",
        ] {
            let answer = verdict(Intent::parse(query), TOPIC, Pending);
            assert_eq!(answer, Verdict::Unknown, "{query}");
        }
    }

    #[test]
    fn a_denial_keeps_a_bounded_reason() {
        let long = format!(
            "{QUERY}denied&hub.reason=no%0Athanks%1B%5B31m{}",
            "x".repeat(999)
        );
        let Verdict::Denied { reason } = verdict(Intent::parse(&long), TOPIC, Verified) else {
            panic!("not denied");
        };
        assert!(reason.starts_with("nothanks[31mx"), "{reason}");
        assert_eq!(reason.len(), REASON_MAX);
        assert_eq!(ask("denied", Ending), Verdict::Unknown);
    }

    #[test]
    fn a_lease_that_is_no_number_is_none() {
        for (text, lease) in [
            ("86400", Some(86400)),
            ("-1", None),
            ("1e9", None),
            ("", None),
        ] {
            let intent = Intent::parse(&format!("hub.lease_seconds={text}"));
            assert_eq!(intent.lease_seconds, lease, "{text}");
        }
    }
}
