//! Feed documents: bytes in, a [`ParsedFeed`] out.
//!
//! Takes the body of a response and what the response said about it ([`Hints`]), gives the feed's
//! entries with plain text, absolute addresses, instants and an identity. Pure: it never fetches, never
//! reads a clock, never panics, and knows nothing of schedules, stores or watches. Faults of a document
//! are repaired and noted; only what is no feed at all is an error, and never "a feed without entries".
//!
//! `decode` → `repair` → `build` → `tolerant` read XML and `json` reads JSON Feed; `second` (feed-rs)
//! cross-checks both, and [`parse`] is the one place that chooses. [`parse_page`] makes entries of a
//! page without a feed.

mod address;
mod announced;
mod bounds;
mod build;
pub mod dates;
mod decode;
pub mod discover;
mod embedded;
mod entity;
mod error;
mod field;
mod fields;
mod identity;
mod json;
mod json_members;
mod lists;
mod markup;
mod names;
mod namespace;
pub mod opml;
mod page;
mod reader;
mod repair;
mod second;
mod signs;
mod sitemap;
mod sniff;
mod text;
mod tolerant;
mod tree;

pub use error::{FeedError, Foreign};
pub use identity::{entry_hash, normal_url};
pub use page::{PageSelectors, parse_page};
pub use reader::{parse, parse_body, refusal};

use crate::model::FeedKind;

/// Entries of one document that are kept; an honest feed has a hundredth of it.
const ENTRIES_MAX: usize = 10_000;

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
    /// What the config calls the address. A sitemap without news is read under
    /// [`FeedKind::Sitemap`] only: any site has one, and it is no feed.
    pub kind: FeedKind,
    /// Have feed-rs read the document too, doubt or not, for people who look at one feed.
    pub compare: bool,
}

impl Hints {
    /// The last label of the host, a hint at the encoding (chardetng).
    fn domain(&self) -> Option<String> {
        let url = url::Url::parse(self.base_url.as_deref()?).ok()?;
        let label = url.domain()?.rsplit('.').next()?.to_owned();
        (!label.is_empty()).then_some(label)
    }
}
