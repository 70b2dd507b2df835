//! Which reader's result is used.

use crate::model::ParsedFeed;

use super::{FeedError, Foreign, Hints, decode, identity, json, second, sniff, tolerant};

/// Reads a feed document.
///
/// The result's `notes` say in words what was repaired and where the two readers differ.
///
/// # Errors
/// When the document is empty or something else than a feed ([`Foreign`]).
pub fn parse(bytes: &[u8], hints: &Hints) -> Result<ParsedFeed, FeedError> {
    let domain = hints.base_url.as_deref().and_then(top_level_domain);
    let decoded = decode::decode(bytes, hints.content_type.as_deref(), domain.as_deref());
    let document = decoded
        .text
        .trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    if document.is_empty() {
        return Err(FeedError::Empty);
    }
    let mut feed = if document.starts_with(['{', '[']) {
        read_json(document, hints)?
    } else {
        read_xml(document, hints)?
    };
    feed.notes.splice(0..0, decoded.notes);
    feed.language = feed.language.or_else(|| hints.lang.clone());
    identity::set_keys(&mut feed.entries);
    Ok(feed)
}

/// feed-rs reads JSON Feed; the lenient reader takes over where it is too strict.
fn read_json(document: &str, hints: &Hints) -> Result<ParsedFeed, FeedError> {
    let why = match second::read(document, hints) {
        Ok(feed) => return Ok(feed),
        Err(why) => why,
    };
    let mut feed = json::read(document, hints).ok_or(FeedError::NotAFeed {
        what: Foreign::Json,
    })?;
    feed.notes.push(format!("feed-rs: {why}"));
    Ok(feed)
}

/// The tolerant reader reads XML; feed-rs is preferred only where it finds more entries.
fn read_xml(document: &str, hints: &Hints) -> Result<ParsedFeed, FeedError> {
    let own = tolerant::read(document, hints);
    let other = if own.as_ref().is_ok_and(has_author_that_panics) {
        Err("left out, it cannot read the authors".to_owned())
    } else {
        second::read(undeclared(document), hints)
    };
    match (own, other) {
        (Ok(own), Ok(mut other)) if other.entries.len() > own.entries.len() => {
            other.notes = own.notes;
            other.notes.push(format!(
                "feed-rs found {} entries, the tolerant reader {}",
                other.entries.len(),
                own.entries.len()
            ));
            Ok(other)
        }
        (Ok(mut own), Ok(other)) => {
            if other.entries.len() < own.entries.len() {
                own.notes.push(format!(
                    "feed-rs found {} of {} entries",
                    other.entries.len(),
                    own.entries.len()
                ));
            }
            Ok(own)
        }
        (Ok(mut own), Err(why)) => {
            own.notes.push(format!("feed-rs: {why}"));
            Ok(own)
        }
        (Err(_), Ok(other)) if !other.entries.is_empty() => Ok(other),
        (Err(root), _) => Err(FeedError::NotAFeed {
            what: sniff::foreign(document, root),
        }),
    }
}

/// feed-rs cuts inside a character of an author with an address; the guard catches that, but a panic
/// at every poll of a sound feed would fill the log.
fn has_author_that_panics(feed: &ParsedFeed) -> bool {
    let mut authors = feed.entries.iter().flat_map(|entry| &entry.authors);
    authors.any(|author| author.contains('@') && !author.is_ascii())
}

/// The document without its XML declaration: what it says of the encoding is no longer true.
fn undeclared(document: &str) -> &str {
    let rest = document.strip_prefix("<?xml");
    rest.and_then(|rest| rest.split_once("?>"))
        .map_or(document, |(_, rest)| rest.trim_start())
}

/// The last label of the host, a hint at the encoding (chardetng).
fn top_level_domain(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let label = url.domain()?.rsplit('.').next()?.to_owned();
    (!label.is_empty()).then_some(label)
}
