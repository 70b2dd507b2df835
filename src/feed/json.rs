//! JSON Feed 1.0 and 1.1, leniently: a member that is missing or of another type costs itself only, and
//! a fault costs only what comes after it.

use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use crate::model::{Cut, FeedFormat, FeedLinks, ParsedEntry, ParsedFeed};

use super::address::{document_base, web_address};
use super::announced::note_link;
use super::json_members::{self, Members};
use super::text::{self, Shape};
use super::{FeedError, Foreign, Hints, dates};

/// Reads a JSON document.
///
/// # Errors
/// When it has no list of items, or nesting without end stands before the first.
pub(super) fn read(document: &str, hints: &Hints) -> Result<ParsedFeed, FeedError> {
    let mut found = json_members::read(document);
    if found.fault.is_some() && document.contains(|c: char| c.is_control()) {
        // Line breaks inside a string are no JSON; between the tokens a space does as well.
        let spaced = document.replace(|c: char| c.is_control(), " ");
        let again = json_members::read(&spaced);
        if again.items.len() >= found.items.len() {
            found = again;
        }
    }
    if found.items.is_empty() && found.too_deep() {
        return Err(FeedError::TooDeep);
    }
    if !found.has_list || (found.items.is_empty() && found.fault.is_some()) {
        let what = Foreign::Json;
        return Err(FeedError::NotAFeed { what });
    }
    Ok(feed(found, hints))
}

fn feed(found: Members, hints: &Hints) -> ParsedFeed {
    let reader = Reader {
        base: document_base(hints),
        language: hints.lang.clone().or_else(|| word(&found.feed, "language")),
    };
    let feed_authors = authors(&found.feed);
    let entries = found.items.iter();
    let entries = entries
        .map(|item| reader.entry(item, &feed_authors))
        .collect();
    let feed = &found.feed;
    ParsedFeed {
        format: Some(FeedFormat::Json),
        title: line(feed, "title"),
        link: reader.address(feed, "home_page_url"),
        language: word(feed, "language"),
        description: paragraphs(feed, "description"),
        links: reader.links(feed),
        entries,
        // What stands before the fault is whole: half an item is left out.
        cut: found.fault.is_some().then_some(Cut::BetweenEntries),
        notes: found.notes(),
        ..ParsedFeed::default()
    }
}

/// What is known beside the members themselves.
struct Reader {
    base: Option<Url>,
    language: Option<String>,
}

impl Reader {
    fn entry(&self, item: &Map<String, Value>, feed_authors: &[String]) -> ParsedEntry {
        let own = authors(item);
        let links = ["url", "external_url"];
        ParsedEntry {
            key: String::new(),
            id: word(item, "id"),
            title: line(item, "title"),
            link: links.iter().find_map(|key| self.address(item, key)),
            links: links
                .iter()
                .filter_map(|key| self.address(item, key))
                .collect(),
            published: self.date(item, "date_published"),
            updated: self.date(item, "date_modified"),
            authors: match own.is_empty() {
                true => feed_authors.to_vec(),
                false => own,
            },
            categories: list(item, "tags").filter_map(scalar).collect(),
            enclosures: list(item, "attachments")
                .filter_map(|part| self.address(part.as_object()?, "url"))
                .collect(),
            summary: paragraphs(item, "summary"),
            content: marked_up(item, "content_html").or_else(|| paragraphs(item, "content_text")),
        }
    }

    fn links(&self, feed: &Map<String, Value>) -> FeedLinks {
        let mut links = FeedLinks::default();
        for (relation, key) in [("self", "feed_url"), ("next", "next_url")] {
            if let Some(address) = self.address(feed, key) {
                note_link(&mut links, relation, &address);
            }
        }
        for hub in list(feed, "hubs").filter_map(Value::as_object) {
            let is_websub =
                word(hub, "type").is_none_or(|kind| kind.eq_ignore_ascii_case("websub"));
            if let Some(address) = self.address(hub, "url").filter(|_| is_websub) {
                note_link(&mut links, "hub", &address);
            }
        }
        links
    }

    fn address(&self, members: &Map<String, Value>, key: &str) -> Option<String> {
        web_address(&word(members, key)?, self.base.as_ref())
    }

    fn date(&self, members: &Map<String, Value>, key: &str) -> Option<Timestamp> {
        dates::parse(&word(members, key)?, self.language.as_deref())
    }
}

/// A string, or a number or boolean written out.
fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    said(text)
}

fn word(members: &Map<String, Value>, key: &str) -> Option<String> {
    members.get(key).and_then(scalar)
}

fn line(members: &Map<String, Value>, key: &str) -> Option<String> {
    said(plain(&word(members, key)?, Shape::Line))
}

fn paragraphs(members: &Map<String, Value>, key: &str) -> Option<String> {
    said(plain(&word(members, key)?, Shape::Paragraphs))
}

fn marked_up(members: &Map<String, Value>, key: &str) -> Option<String> {
    said(text::html(&word(members, key)?, Shape::Paragraphs))
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

/// A list, or the one thing that stands where a list should be.
fn list<'v>(members: &'v Map<String, Value>, key: &str) -> impl Iterator<Item = &'v Value> {
    let found = members.get(key).filter(|found| !found.is_null());
    match found {
        Some(Value::Array(values)) => values.iter(),
        Some(one) => std::slice::from_ref(one).iter(),
        None => [].iter(),
    }
}

/// `authors` of 1.1 and `author` of 1.0: objects with a name, or just names.
fn authors(members: &Map<String, Value>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for author in list(members, "authors").chain(list(members, "author")) {
        let name = author
            .as_object()
            .map_or_else(|| scalar(author), |author| word(author, "name"));
        names.extend(name.filter(|name| !names.contains(name)));
    }
    names
}
