//! A parcel as JSON: what the `file` channel appends and `webhook` posts.

use serde_json::{Value, json};

use super::Parcel;
use super::render::{alert_json, discord_content, guarded, slack_text};
use crate::model::{AlertKind, AlertView, Message, Together, rfc3339};

/// One line of JSON without its line end: the alert as `alert list --json` prints it, the digest, the
/// feeds in trouble, or the first of several late alerts with all of them in `alerts`; with `kind`, `delivery` (the key) and `sent_at`.
pub(super) fn payload(parcel: &Parcel) -> String {
    guarded(object(parcel).to_string())
}

/// The same with what chats show: `text` (Slack, Matrix hookshot) and `content` (Discord), and nobody to ping.
pub(super) fn posted(parcel: &Parcel) -> String {
    let mut object = object(parcel);
    let of_chats: [(&str, Value); 3] = [
        ("text", json!(slack_text(&parcel.message, parcel.kind))),
        (
            "content",
            json!(discord_content(&parcel.message, parcel.kind)),
        ),
        ("allowed_mentions", json!({ "parse": [] })),
    ];
    for (key, value) in of_chats {
        object[key] = value;
    }
    guarded(object.to_string())
}

/// The same as a value, for templates.
pub(super) fn object(parcel: &Parcel) -> Value {
    let mut object = match &parcel.message {
        Message::Alert { alert, correction } => alert_json(alert, parcel.kind, correction.as_ref()),
        Message::Late {
            alerts,
            corrections,
            why,
        } => {
            let mut object = late(alerts, parcel.kind);
            object["late"] = json!(*why == Together::Late);
            object["together"] = json!(why);
            if !corrections.is_empty() {
                object["corrections"] = json!(corrections);
            }
            object
        }
        Message::Digest { digest } => json!(digest),
        Message::Health { notice } => json!(notice),
    };
    let of_the_delivery: [(&str, Value); 3] = [
        ("kind", json!(parcel.kind)),
        ("delivery", json!(parcel.key)),
        ("sent_at", json!(rfc3339(parcel.sent_at))),
    ];
    for (key, value) in of_the_delivery {
        object[key] = value;
    }
    object
}

/// Late alerts that were grouped: the object of the first, so that a reader finds the keys it knows,
/// with all of them in `alerts`.
fn late(alerts: &[AlertView], kind: AlertKind) -> Value {
    let mut object = match alerts.first() {
        Some(first) => alert_json(first, kind, None),
        None => json!({}),
    };
    object["alerts"] = json!(alerts);
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::tests::{alert, corrected, digest, health, late, parcel};
    use crate::model::AlertView;

    fn value(message: Message) -> Value {
        let line = payload(&parcel(message));
        assert!(!line.contains('\n'));
        serde_json::from_str(&line).expect("JSON")
    }

    #[test]
    fn an_alert_is_its_view_and_the_delivery() {
        let value = value(alert());
        let Message::Alert { alert, .. } = alert() else {
            panic!("not an alert");
        };
        let back: AlertView = serde_json::from_value(value.clone()).expect("an alert");
        assert_eq!(back, *alert);
        assert_eq!(value["id"], "a17");
        assert_eq!(value["kind"], "new");
        assert_eq!(value["delivery"], "a17.1.desk");
        assert_eq!(value["sent_at"], "2026-11-22T07:30:00Z");
        assert_eq!(value.get("correction"), None);
    }

    #[test]
    fn corrections_late_groups_and_digests_keep_their_parts() {
        assert_eq!(value(corrected())["correction"]["title_after"], "after");
        let group = value(late());
        assert_eq!(group["alerts"][0]["id"], "a17");
        assert_eq!(
            (&group["late"], &group["delivery"]),
            (&true.into(), &"a17.1.desk".into())
        );
        let digest = value(digest());
        assert_eq!(digest["name"], "morning");
        assert_eq!(digest["delivery"], "a17.1.desk");
        let health = value(health());
        assert_eq!(health["kind"], "health");
        assert_eq!(health["begun"][1]["kind"], "failing");
        assert_eq!(
            health["begun"][1]["feeds"].as_array().map(Vec::len),
            Some(3)
        );
        assert_eq!(
            health["over"][0]["feeds"][0]["until"],
            "2026-11-23T11:55:00Z"
        );
    }
}
