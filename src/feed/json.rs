//! JSON Feed 1.0 and 1.1, leniently: a member that is missing or of another type costs itself only.

use serde_json::Value;

use crate::model::{FeedFormat, ParsedEntry, ParsedFeed};

use super::address::{absolute, document_base};
use super::text::{self, Shape};
use super::{Hints, dates};

/// Reads a JSON document; `None` if it has no list of items.
pub(super) fn read(document: &str, hints: &Hints) -> Option<ParsedFeed> {
    let value: Value = serde_json::from_str(document).ok()?;
    let items = value.get("items")?.as_array()?;
    let base = document_base(hints);
    let address = |value: &Value, key| absolute(&word(value, key)?, base.as_ref());
    let feed_authors = authors(&value);
    let entries = items
        .iter()
        .filter(|item| item.is_object())
        .map(|item| {
            let own = authors(item);
            ParsedEntry {
                id: word(item, "id"),
                title: line(item, "title"),
                link: address(item, "url").or_else(|| address(item, "external_url")),
                links: ["url", "external_url"]
                    .into_iter()
                    .filter_map(|key| address(item, key))
                    .collect(),
                published: date(item, "date_published", hints),
                updated: date(item, "date_modified", hints),
                authors: if own.is_empty() {
                    feed_authors.clone()
                } else {
                    own
                },
                categories: list(item, "tags").filter_map(scalar).collect(),
                enclosures: list(item, "attachments")
                    .filter_map(|part| address(part, "url"))
                    .collect(),
                summary: paragraphs(item, "summary"),
                content: marked_up(item, "content_html")
                    .or_else(|| paragraphs(item, "content_text")),
                ..ParsedEntry::default()
            }
        })
        .collect();
    Some(ParsedFeed {
        format: Some(FeedFormat::Json),
        title: line(&value, "title"),
        link: address(&value, "home_page_url"),
        language: word(&value, "language"),
        description: paragraphs(&value, "description"),
        entries,
        ..ParsedFeed::default()
    })
}

/// A string, or a number or boolean written out.
fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn word(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(scalar)
}

fn line(value: &Value, key: &str) -> Option<String> {
    said(plain(&word(value, key)?, Shape::Line))
}

fn paragraphs(value: &Value, key: &str) -> Option<String> {
    said(plain(&word(value, key)?, Shape::Paragraphs))
}

fn marked_up(value: &Value, key: &str) -> Option<String> {
    said(text::html(&word(value, key)?, Shape::Paragraphs))
}

/// The specification says plain text; publishers put HTML there too.
fn plain(text: &str, shape: Shape) -> String {
    if text::looks_like_html(text) {
        text::html(text, shape)
    } else {
        text::fold(text, shape)
    }
}

fn said(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn date(value: &Value, key: &str, hints: &Hints) -> Option<jiff::Timestamp> {
    dates::parse(&word(value, key)?, hints.lang.as_deref())
}

/// A list, or the one thing that stands where a list should be.
fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    let found = value.get(key).filter(|found| !found.is_null());
    match found {
        Some(Value::Array(values)) => values.iter(),
        Some(one) => std::slice::from_ref(one).iter(),
        None => [].iter(),
    }
}

/// `authors` of 1.1 and `author` of 1.0: objects with a name, or just names.
fn authors(value: &Value) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for author in list(value, "authors").chain(list(value, "author")) {
        let name = word(author, "name").or_else(|| scalar(author));
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}
