//! Feed documents: bytes in, a [`ParsedFeed`] out.
//!
//! Takes the body of a response and what the response said about it ([`Hints`]), gives the feed's
//! entries with plain text, absolute addresses, instants and an identity. Pure: it never fetches, never
//! reads a clock, never panics, and knows nothing of schedules, stores or watches. Faults of a document
//! are repaired and noted; only what is no feed at all is an error, and never "a feed without entries".
//!
//! `decode` → `repair` → `tree` → `tolerant` read XML; `second` (feed-rs) reads JSON Feed and
//! cross-checks the XML; [`parse`] is the one place that chooses between them.

mod address;
pub mod dates;
mod decode;
pub mod discover;
mod entity;
mod error;
mod field;
mod identity;
mod json;
mod markup;
mod names;
mod namespace;
pub mod opml;
mod reader;
mod repair;
mod second;
mod sniff;
mod text;
mod tolerant;
mod tree;

pub use error::{FeedError, Foreign};
pub use identity::{entry_hash, normal_url};
pub use reader::parse;

/// What is known about a document besides its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Value of `Content-Type`.
    pub content_type: Option<String>,
    /// Address the document came from, after redirects.
    pub base_url: Option<String>,
    /// Value of `Content-Location`.
    pub content_location: Option<String>,
    /// Language as configured or as `Content-Language` says (BCP 47).
    pub lang: Option<String>,
}
