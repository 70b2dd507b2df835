//! JSON: the model itself, for programs.

use serde_json::{Value, json};

use super::plain::is_steering;
use crate::model::{AlertKind, AlertView, Correction, Digest};

/// JSON whose strings say what they said, but without a character in it that could steer the terminal or
/// the editor it is looked at with: such characters are written as `\u202e`.
#[must_use]
pub fn guarded(json: String) -> String {
    let steers =
        |c: char| is_steering(c) || matches!(c, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}');
    if !json.chars().any(steers) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if steers(c) {
            // In JSON such characters stand in strings only.
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

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
    guarded(
        serde_json::to_string_pretty(digest)
            .expect("the model has string keys and finite scores only"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_steers_nothing_and_says_the_same() {
        for text in [
            "safe \u{202e}gnp.exe\u{2066}",
            "\u{9b}31m\u{7f}",
            "\u{e0041}",
            "می\u{200c}خواهم \u{1b}[2J",
        ] {
            let json = guarded(json!({ "title": text }).to_string());
            let steers = |c: char| is_steering(c) || c.is_control();
            assert!(!json.chars().any(steers), "{json}");
            let back: Value = serde_json::from_str(&json).expect("JSON");
            assert_eq!(back["title"], text);
        }
    }
}
