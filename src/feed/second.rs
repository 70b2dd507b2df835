//! The second opinion: feed-rs, behind a panic guard.
//!
//! It gets UTF-8 without an XML declaration only, for quick-xml's decoder panics on UTF-16.

use feed_rs::model::{Entry, Feed, FeedType, Link, Text};
use feed_rs::parser::Builder;
use jiff::{SignedDuration, Timestamp};

use crate::model::{FeedFormat, FeedLinks, ParsedEntry, ParsedFeed, Syndication};
use crate::telemetry;

use super::address::{document_base, web_address};
use super::text::{self, Shape};
use super::{Hints, dates};

/// Reads a document with feed-rs.
///
/// # Errors
/// In words, when feed-rs gives up or panics.
pub(super) fn read(document: &str, hints: &Hints) -> Result<ParsedFeed, String> {
    let language = hints.lang.clone();
    let parsed = telemetry::caught(|| {
        Builder::new()
            .base_uri(document_base(hints).as_ref())
            // feed-rs makes up ids where there are none; an empty one says that none was sent.
            .id_generator(|_, _, _| String::new())
            .timestamp_parser(move |text| {
                let at = dates::parse(text, language.as_deref())?;
                Some(std::time::SystemTime::from(at).into())
            })
            .build()
            .parse(document.as_bytes())
    });
    match parsed {
        Some(Ok(feed)) => Ok(converted(feed, hints)),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("it panicked".to_owned()),
    }
}

fn converted(feed: Feed, hints: &Hints) -> ParsedFeed {
    let base = document_base(hints);
    let is_json = feed.feed_type == FeedType::JSON;
    let address = |link: &Link| web_address(&link.href, base.as_ref());
    ParsedFeed {
        format: Some(match feed.feed_type {
            FeedType::Atom => FeedFormat::Atom,
            FeedType::JSON => FeedFormat::Json,
            FeedType::RSS1 => FeedFormat::Rdf,
            FeedType::RSS0 | FeedType::RSS2 => FeedFormat::Rss,
        }),
        title: feed.title.and_then(|title| plain(&title, Shape::Line)),
        link: feed
            .links
            .iter()
            .find(|link| is_page(link))
            .and_then(address),
        language: feed.language,
        description: feed
            .description
            .and_then(|text| plain(&text, Shape::Paragraphs)),
        updated: feed
            .updated
            .and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        ttl: feed
            .ttl
            .map(|minutes| SignedDuration::from_mins(i64::from(minutes))),
        syndication: Syndication::default(),
        links: FeedLinks::default(),
        cut: None,
        entries: feed
            .entries
            .into_iter()
            .map(|entry| converted_entry(entry, is_json, &address))
            .collect(),
        notes: Vec::new(),
        discrepancy: None,
    }
}

fn converted_entry(
    entry: Entry,
    is_json: bool,
    address: &dyn Fn(&Link) -> Option<String>,
) -> ParsedEntry {
    // An attachment of JSON Feed becomes a link with a media type, an enclosure of XML one with a relation.
    let is_enclosure = |link: &&Link| {
        link.rel.as_deref() == Some("enclosure") || (is_json && link.media_type.is_some())
    };
    let media = entry.media.iter().flat_map(|media| &media.content);
    let media = media.filter_map(|content| web_address(content.url.as_ref()?.as_str(), None));
    let mut authors: Vec<String> = Vec::new();
    for person in entry.authors {
        let name = person.name.or(person.email);
        authors.extend(name.filter(|name| !name.is_empty() && !authors.contains(name)));
    }
    let content = entry.content.and_then(|content| {
        let body = content.body?;
        said(
            if content.content_type.subty() == "plain" && !text::looks_like_html(&body) {
                text::fold(&body, Shape::Paragraphs)
            } else {
                text::html(&body, Shape::Paragraphs)
            },
        )
    });
    ParsedEntry {
        key: String::new(),
        id: said(entry.id),
        title: entry.title.and_then(|title| plain(&title, Shape::Line)),
        link: entry
            .links
            .iter()
            .find(|link| is_page(link) && !is_enclosure(link))
            .and_then(address),
        links: entry
            .links
            .iter()
            .filter(|link| !is_enclosure(link))
            .filter_map(address)
            .collect(),
        published: entry
            .published
            .and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        updated: entry
            .updated
            .and_then(|at| Timestamp::from_second(at.timestamp()).ok()),
        authors,
        categories: entry
            .categories
            .into_iter()
            .map(|category| category.term)
            .collect(),
        enclosures: entry
            .links
            .iter()
            .filter(is_enclosure)
            .filter_map(address)
            .chain(media)
            .collect(),
        summary: entry
            .summary
            .and_then(|text| plain(&text, Shape::Paragraphs)),
        content,
    }
}

fn is_page(link: &Link) -> bool {
    link.rel
        .as_deref()
        .is_none_or(|relation| relation == "alternate")
}

fn plain(text: &Text, shape: Shape) -> Option<String> {
    let is_html = text.content_type.subty() != "plain" || text::looks_like_html(&text.content);
    said(if is_html {
        text::html(&text.content, shape)
    } else {
        text::fold(&text.content, shape)
    })
}

fn said(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}
