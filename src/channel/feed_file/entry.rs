//! The entries of a feed, whatever its form.

use jiff::Timestamp;

use crate::channel::Parcel;
use crate::channel::render::{alert_subject, message_html, plain};
use crate::channel::template::Words;
use crate::model::{AlertKind, AlertView, Message, Together};

/// Keys of deliveries that an entry remembers; an alert has some ten.
const KEYS_MAX: usize = 50;

/// What begins a subject, and is superfluous in a feed of nothing else.
const PREFIX: &str = "[wirewatch] ";

/// A feed as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Feed {
    pub title: String,
    /// Where readers find it.
    pub address: Option<String>,
    /// Latest change first.
    pub entries: Vec<Entry>,
}

/// What is told of one alert, or another message. All fields come back from the file as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The same for all that is told of one alert.
    pub id: String,
    pub title: String,
    pub lang: Option<String>,
    pub url: Option<String>,
    pub published: Timestamp,
    pub updated: Timestamp,
    pub watch: Option<String>,
    pub watch_title: String,
    pub severity: Option<String>,
    pub html: String,
    /// Keys of the deliveries that are in it.
    pub keys: Vec<String>,
}

impl Feed {
    /// Puts an entry in, or what it says in the place of what was said before. A delivery that is in the feed
    /// changes nothing.
    pub fn merge(&mut self, new: &Entry) {
        let Some(old) = self.entries.iter_mut().find(|old| old.id == new.id) else {
            self.entries.push(new.clone());
            return;
        };
        if new.keys.iter().all(|key| old.keys.contains(key)) {
            return;
        }
        let mut keys = std::mem::take(&mut old.keys);
        keys.extend(new.keys.iter().cloned());
        let beyond = keys.len().saturating_sub(KEYS_MAX);
        keys.drain(..beyond);
        let (published, updated) = (
            old.published.min(new.published),
            old.updated.max(new.updated),
        );
        *old = Entry {
            published,
            updated,
            keys,
            ..new.clone()
        };
    }

    /// Latest first, no more than `most`.
    pub fn bound(&mut self, most: usize) {
        self.entries
            .sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.id.cmp(&b.id)));
        self.entries.truncate(most);
    }

    /// When anything in it last changed.
    pub fn updated(&self) -> Timestamp {
        let all = self.entries.iter().map(|entry| entry.updated);
        all.max().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// What the feed is known by.
    pub fn id(&self) -> String {
        match &self.address {
            Some(address) => address.clone(),
            None => urn(&["feed", &self.title]),
        }
    }
}

/// The entries that a parcel makes: one, or one for each of several late alerts.
pub(super) fn entries(parcel: &Parcel, words: &Words) -> Vec<Entry> {
    let title = words.title.strip_prefix(PREFIX);
    let title = title.unwrap_or(&words.title);
    match &parcel.message {
        Message::Alert { alert, .. } => vec![of_alert(
            parcel,
            alert,
            urn(&[parcel.thread_key()]),
            title.to_owned(),
            inner(&words.body).to_owned(),
        )],
        Message::Late {
            alerts,
            corrections,
            why,
        } => {
            let entry = |alert: &AlertView| {
                let found = corrections.iter().rfind(|found| found.alert == alert.id);
                let correction = found.map(|found| found.correction.clone());
                let kind = match correction {
                    Some(_) => AlertKind::Correction,
                    None if *why != Together::Late && alert.revision > 1 => AlertKind::Update,
                    None => AlertKind::New,
                };
                let title = alert_subject(alert, kind);
                let message = Message::Alert {
                    alert: Box::new(alert.clone()),
                    correction,
                };
                let html = message_html(&message, kind);
                let id = urn(&[&parcel.key, &alert.id.to_string()]);
                let title = title.strip_prefix(PREFIX).unwrap_or(&title).to_owned();
                of_alert(parcel, alert, id, title, inner(&html).to_owned())
            };
            alerts.iter().map(entry).collect()
        }
        _ => vec![Entry {
            id: urn(&[&parcel.key]),
            title: title.to_owned(),
            lang: None,
            url: None,
            published: parcel.created_at,
            updated: parcel.created_at,
            watch: None,
            watch_title: String::new(),
            severity: None,
            html: inner(&words.body).to_owned(),
            keys: vec![parcel.key.clone()],
        }],
    }
}

fn of_alert(parcel: &Parcel, alert: &AlertView, id: String, title: String, html: String) -> Entry {
    let url = alert.articles.first().map(|article| article.url.clone());
    let is_web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    Entry {
        id,
        title,
        lang: alert.lang.clone(),
        url: url.filter(is_web),
        published: alert.first_seen.min(parcel.created_at),
        // Not the time of this try: the same delivery makes the same entry.
        updated: parcel.created_at,
        watch: Some(alert.watch.clone()),
        watch_title: plain(&alert.watch_title),
        severity: Some(alert.severity.name().to_owned()),
        html,
        keys: vec![parcel.key.clone()],
    }
}

/// What stands inside the body of a page; readers of feeds bring their own style.
fn inner(html: &str) -> &str {
    let inner = html.split_once("<body>").map_or(html, |(_, inner)| inner);
    inner
        .rsplit_once("</body>")
        .map_or(inner, |(inner, _)| inner)
        .trim()
}

fn urn(parts: &[&str]) -> String {
    let hash = blake3::hash(parts.join("\n").as_bytes()).to_hex();
    format!("urn:wirewatch:{}", &hash[..32])
}
