//! Which reader's result is used.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::GzDecoder;

use crate::model::{Discrepancy, FeedFormat, ParsedFeed};

use super::tolerant::Unread;
use super::{
    FeedError, Foreign, Hints, bounds, decode, embedded, identity, json, second, sniff, tolerant,
};

/// How a gzip file begins (RFC 1952, 2.3.1).
const GZIP: &[u8] = b"\x1f\x8b";
/// Longest document that is unpacked, in bytes.
const UNPACKED_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Longest document that is read a second time, in bytes.
const CHECKED_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Most entries of such a document: feed-rs has no bounds of its own.
const CHECKED_ENTRIES_MAX: usize = 5_000;

/// One document in so many is checked without a doubt, so that the readers' differences stay visible. Its length
/// is the lot: the same document is always read the same way (`docs/decisions/0007-second-reader.md`).
const SAMPLED_OF: usize = 32;

/// Reads a feed document: RSS, RDF, Atom, CDF, JSON Feed, or a sitemap (see [`Hints::kind`]).
///
/// The result's `notes` say in words what was repaired.
///
/// # Errors
/// When the document is empty, something else than a feed ([`Foreign`](super::Foreign)), nested without end,
/// or a gzip file that unpacks to too much.
pub fn parse(bytes: &[u8], hints: &Hints) -> Result<ParsedFeed, FeedError> {
    let bytes = unpacked(bytes)?;
    let decoded = decode::decode(
        &bytes,
        hints.content_type.as_deref(),
        hints.domain().as_deref(),
    );
    let document = trimmed(&decoded.text);
    if document.is_empty() {
        return Err(FeedError::Empty);
    }
    let mut feed = if document.starts_with(['{', '[']) {
        let feed = json::read(document, hints)?;
        checked(feed, document, hints)
    } else {
        read_xml(document, hints)?
    };
    feed.notes.splice(0..0, decoded.notes);
    feed.language = feed.language.or_else(|| hints.lang.clone());
    identity::set_keys(&mut feed.entries);
    feed.notes.extend(bounds::cut(&mut feed.entries));
    Ok(feed)
}

/// What the page is that a server sends along with a refusal (403, 503, ...): a bot check, a login page or a
/// consent wall, as [`parse`] names them under status 200. `None` when it says no more than the status.
#[must_use]
pub fn refusal(bytes: &[u8], content_type: Option<&str>) -> Option<Foreign> {
    let decoded = decode::decode(bytes, content_type, None);
    sniff::refusal(trimmed(&decoded.text))
}

/// A document that is itself a gzip file (`sitemap.xml.gz`), and not only sent as one.
fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, FeedError> {
    if !bytes.starts_with(GZIP) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut unpacked = Vec::new();
    let mut reader = GzDecoder::new(bytes).take(UNPACKED_BYTES_MAX + 1);
    // What came before a fault is read like any document that is cut.
    match reader.read_to_end(&mut unpacked) {
        _ if unpacked.len() as u64 > UNPACKED_BYTES_MAX => Err(FeedError::TooLarge),
        Err(_) if unpacked.is_empty() => Ok(Cow::Borrowed(bytes)),
        _ => Ok(Cow::Owned(unpacked)),
    }
}

/// A document without the white space, controls and marks around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
}

fn read_xml(document: &str, hints: &Hints) -> Result<ParsedFeed, FeedError> {
    match tolerant::read(document, hints) {
        Ok(feed) => Ok(checked(feed, undeclared(document), hints)),
        Err(Unread::Useless(why)) => Err(why),
        Err(Unread::Foreign(root)) => {
            let rescued = shown_in_a_page(document, hints).or_else(|| second_try(document, hints));
            rescued.ok_or_else(|| FeedError::NotAFeed {
                what: sniff::foreign(document, root, hints),
            })
        }
    }
}

/// What feed-rs finds where the tolerant reader finds no feed.
fn second_try(document: &str, hints: &Hints) -> Option<ParsedFeed> {
    if document.len() > CHECKED_BYTES_MAX {
        return None;
    }
    let feed = second::read(undeclared(document), hints).ok()?;
    (!feed.entries.is_empty()).then_some(feed)
}

fn shown_in_a_page(document: &str, hints: &Hints) -> Option<ParsedFeed> {
    let feed = embedded::shown(document)?;
    let mut feed = tolerant::read(&feed, hints).ok()?;
    feed.notes
        .push("the feed is shown as text in a page".to_owned());
    (!feed.entries.is_empty()).then_some(feed)
}

/// The result of our own readers, or that of feed-rs where it finds more entries.
fn checked(mut own: ParsedFeed, document: &str, hints: &Hints) -> ParsedFeed {
    // feed-rs knows neither of them.
    let unknown = matches!(own.format, Some(FeedFormat::Sitemap | FeedFormat::Cdf));
    let large = document.len() > CHECKED_BYTES_MAX || own.entries.len() > CHECKED_ENTRIES_MAX;
    let sampled = hints.compare || document.len().is_multiple_of(SAMPLED_OF);
    let asked = sampled || is_doubtful(&own, document);
    if unknown || large || !asked || has_author_that_panics(&own) {
        return own;
    }
    let other = second::read(document, hints);
    let found = other.as_ref().map(|other| other.entries.len());
    let discrepancy = (found != Ok(own.entries.len())).then(|| Discrepancy {
        own: own.entries.len(),
        feed_rs: found.map_err(String::clone),
    });
    match other {
        Ok(mut other) if other.entries.len() > own.entries.len() => {
            other.notes = own.notes;
            other.syndication = own.syndication;
            other.links = own.links;
            other.discrepancy = discrepancy;
            other
        }
        _ => {
            own.discrepancy = discrepancy;
            own
        }
    }
}

/// Whether the document has more entries than were found, to go by its tags; JSON tells by having none.
fn is_doubtful(own: &ParsedFeed, document: &str) -> bool {
    let is_entry = |tag: &[u8]| {
        let name = tag
            .strip_prefix(b"item")
            .or_else(|| tag.strip_prefix(b"entry"));
        name.is_some_and(|rest| !rest.first().is_some_and(|&next| is_name_byte(next)))
    };
    let bytes = document.as_bytes();
    let starts = document.match_indices('<').map(|(at, _)| &bytes[at + 1..]);
    own.entries.is_empty() || starts.filter(|tag| is_entry(tag)).count() > own.entries.len()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.' | 0x80..)
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
