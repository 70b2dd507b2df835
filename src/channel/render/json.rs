//! JSON: the model itself, for programs.

use serde_json::{Value, json};

use crate::model::{AlertKind, AlertView, Correction, Digest};

/// The alert's own fields with `kind` and, for a correction, `correction`. Channels add what is
/// theirs (`delivery`, `sent_at`).
#[must_use]
pub fn alert_json(alert: &AlertView, kind: AlertKind, correction: Option<&Correction>) -> Value {
    let mut value = json!(alert);
    value["kind"] = json!(kind);
    if let Some(correction) = correction {
        value["correction"] = json!(correction);
    }
    value
}

/// The digest as one indented object: its canonical form, all other forms hold the same facts.
#[must_use]
pub fn digest_json(digest: &Digest) -> String {
    serde_json::to_string_pretty(digest).expect("the model has string keys and finite scores only")
}
