//! Subject lines: short, on one line, the topic first.

use crate::model::{AlertKind, AlertView, Digest, Message};

use super::health;
use super::page::{count, label, tag, together};
use super::plain::{plain, shorten};

/// Characters of a headline in a subject.
const TITLE_CHARS: usize = 120;

/// The subject of a message of any sort. It has no line break and no control character, so it can
/// stand in a header as it is (encoded words are the mailer's business).
#[must_use]
pub fn subject(message: &Message, kind: AlertKind) -> String {
    match message {
        Message::Alert { alert, .. } => alert_subject(alert, kind),
        Message::Late { alerts, why, .. } => {
            format!("[wirewatch] {}", together(alerts.len(), *why))
        }
        Message::Digest { digest } => digest_subject(digest),
        Message::Health { notice } => {
            format!("[wirewatch] {} {}", label(kind), health::subject(notice))
        }
    }
}

/// `[wirewatch] NEW China–Russia diplomacy: Menlu Tiongkok Wang Yi Kunjungi Moskow`.
#[must_use]
pub fn alert_subject(alert: &AlertView, kind: AlertKind) -> String {
    format!(
        "[wirewatch] {} {}: {}",
        label(kind),
        shorten(&plain(&alert.watch_title), TITLE_CHARS),
        shorten(&plain(&alert.title), TITLE_CHARS)
    )
}

/// `[wirewatch] China–Russia diplomacy: 1 new, 1 updated (3 sources, id ru zh)`.
#[must_use]
pub fn digest_subject(digest: &Digest) -> String {
    if digest.is_heartbeat() {
        let title = shorten(&plain(&digest.title), TITLE_CHARS);
        return format!("[wirewatch] {title}: nothing new");
    }
    let counts = &digest.counts;
    let parts: Vec<String> = [
        (counts.new, "new"),
        (counts.updated, "updated"),
        (counts.corrected, "corrected"),
        (counts.ended, "ended"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect();
    let items = || digest.items.iter().chain(&digest.rest);
    let sources = items().map(|item| item.sources).sum();
    let mut languages: Vec<String> = Vec::new();
    for lang in items().flat_map(|item| &item.languages) {
        let lang = tag(Some(lang));
        if !lang.is_empty() && !languages.contains(&lang) {
            languages.push(lang);
        }
    }
    let spoken = if languages.is_empty() { "" } else { ", " };
    format!(
        "[wirewatch] {}: {} ({}{spoken}{})",
        shorten(&plain(&digest.title), TITLE_CHARS),
        parts.join(", "),
        count(sources, "source"),
        languages.join(" ")
    )
}
