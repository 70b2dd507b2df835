//! What a preset can name of a message.

use minijinja::Value;
use minijinja::value::Serde;

use crate::channel::Parcel;
use crate::channel::payload::object;
use crate::channel::template::{Context, Words};
use crate::model::{AlertKind, AlertView, Message, Severity, rfc3339};

/// Longest title and text, as the service takes them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub title_chars: usize,
    /// UTF-16 units, as chats count.
    pub text_chars: usize,
    pub text_bytes: usize,
}

/// The names of a message for a preset; `add` gives those of the config.
pub(super) fn context(
    parcel: &Parcel,
    words: Words,
    limits: &Limits,
    add: impl FnOnce(&mut Context),
) -> Context {
    let alert = alert(&parcel.message);
    let whole = limits.fitting(&words.whole());
    let is_own = words.has_own_body || words.has_own_title;
    let title: String = words.title.chars().take(limits.title_chars).collect();
    let link = alert.and_then(|alert| alert.articles.first());
    let link = link.map(|article| article.url.clone());
    let mut context = Context::new();
    let values: [(&str, Value); 14] = [
        ("key", Value::from(&*parcel.key)),
        ("thread", Value::from(parcel.thread_key())),
        ("kind", Value::from(parcel.kind.name())),
        ("severity", Value::from(severity(parcel).name())),
        ("title", Value::from(title)),
        ("text", Value::from(limits.fitting(&words.body))),
        ("whole", Value::from(whole)),
        ("is_own", Value::from(is_own)),
        ("watch", Value::from(alert.map(|alert| alert.watch.clone()))),
        (
            "alert",
            Value::from(alert.map(|alert| alert.id.to_string())),
        ),
        (
            "story",
            Value::from(alert.map(|alert| alert.story.to_string())),
        ),
        ("link", Value::from(link.filter(|link| is_web(link)))),
        ("sent_at", Value::from(rfc3339(parcel.sent_at))),
        ("message", Value::from(Serde(object(parcel)))),
    ];
    context.extend(values.map(|(name, value)| (name.to_owned(), value)));
    add(&mut context);
    context
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn alert(message: &Message) -> Option<&AlertView> {
    match message {
        Message::Alert { alert, .. } => Some(alert),
        _ => None,
    }
}

/// How much a message matters: as much as the alerts in it; a digest is for when there is time.
fn severity(parcel: &Parcel) -> Severity {
    match &parcel.message {
        Message::Alert { alert, .. } => alert.severity,
        Message::Late { alerts, .. } => {
            let all = alerts.iter().map(|alert| alert.severity);
            all.max().unwrap_or_default()
        }
        Message::Digest { .. } => Severity::Low,
        _ if parcel.kind == AlertKind::Test => Severity::Low,
        _ => Severity::Medium,
    }
}

impl Limits {
    /// As many whole lines as the service takes, so that no mark of a markup is cut in two.
    pub fn fitting(&self, text: &str) -> String {
        if self.fits(text) {
            return text.to_owned();
        }
        let mut out = String::new();
        for line in text.lines() {
            let longer = match out.as_str() {
                "" => line.to_owned(),
                out => format!("{out}\n{line}"),
            };
            if !self.fits(&format!("{longer}\n…")) {
                break;
            }
            out = longer;
        }
        if !out.is_empty() {
            return format!("{out}\n…");
        }
        // One endless line: cut anywhere, but not behind the begin of an escape.
        let mut cut = String::new();
        for c in text.chars() {
            cut.push(c);
            if !self.fits(&format!("{cut}…")) {
                cut.pop();
                break;
            }
        }
        let cut = cut.trim_end_matches('\\');
        let open = cut.rfind('&').filter(|at| !cut[*at..].contains(';'));
        format!("{}…", &cut[..open.unwrap_or(cut.len())])
    }

    /// Whether the service takes it.
    pub fn fits(&self, text: &str) -> bool {
        text.len() <= self.text_bytes && text.encode_utf16().count() <= self.text_chars
    }
}
