//! JSON Feed 1.1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::entry::{Entry, Feed};
use crate::channel::render::guarded;
use crate::model::rfc3339;

const VERSION: &str = "https://jsonfeed.org/version/1.1";

/// A member that the standard leaves to us begins with an underscore.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Own {
    keys: Vec<String>,
    watch: Option<String>,
    watch_title: String,
    severity: Option<String>,
}

#[derive(Deserialize)]
struct Document {
    version: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    title: String,
    language: Option<String>,
    url: Option<String>,
    content_html: String,
    date_published: Timestamp,
    date_modified: Timestamp,
    #[serde(rename = "_wirewatch")]
    own: Own,
}

/// The file.
pub(super) fn write(feed: &Feed) -> String {
    let items: Vec<_> = feed.entries.iter().map(item).collect();
    let mut document = json!({
        "version": VERSION,
        "title": feed.title,
        "authors": [{ "name": "wirewatch" }],
        "items": items,
    });
    if let Some(address) = &feed.address {
        document["feed_url"] = json!(address);
    }
    let text = serde_json::to_string_pretty(&document).expect("its keys are strings");
    guarded(text) + "\n"
}

fn item(entry: &Entry) -> serde_json::Value {
    let tags: Vec<&String> = entry.watch.iter().chain(&entry.severity).collect();
    let mut item = json!({
        "id": entry.id,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "tags": tags,
        "_wirewatch": Own {
            keys: entry.keys.clone(),
            watch: entry.watch.clone(),
            watch_title: entry.watch_title.clone(),
            severity: entry.severity.clone(),
        },
    });
    for (name, value) in [("language", &entry.lang), ("url", &entry.url)] {
        if let Some(value) = value {
            item[name] = json!(value);
        }
    }
    item
}

/// The entries of a file that [`write`] made.
///
/// # Errors
/// In words, when it is damaged or another's.
pub(super) fn read(text: &str) -> Result<Vec<Entry>, String> {
    let document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if document.version != VERSION {
        return Err("it is no JSON Feed 1.1".to_owned());
    }
    let entry = |item: Item| Entry {
        id: item.id,
        title: item.title,
        lang: item.language,
        url: item.url,
        published: item.date_published,
        updated: item.date_modified,
        watch: item.own.watch,
        watch_title: item.own.watch_title,
        severity: item.own.severity,
        html: item.content_html,
        keys: item.own.keys,
    };
    Ok(document.items.into_iter().map(entry).collect())
}
