//! What a watch found in an article, and the proof.

use serde::{Deserialize, Serialize};

/// A part of a document that a watch may look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Title of the page.
    Title,
    /// Body of the page.
    Body,
    /// Title as the feed's entry gave it.
    EntryTitle,
    /// Summary (or content) as the feed's entry gave it.
    EntrySummary,
}

impl Field {
    /// The name in JSON and in explanations.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
            Self::EntryTitle => "entry_title",
            Self::EntrySummary => "entry_summary",
        }
    }
}

/// Which of the stories of its page a place stands in, from 1: the first tells what the title says, the
/// others stand below it under headlines of their own ([`Article::parts`](super::Article::parts)). JSON
/// leaves it out when it is 1, as it nearly always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartNumber(pub u32);

impl PartNumber {
    /// The first story of a page.
    pub const FIRST: Self = Self(1);

    /// It is the first story of its page.
    #[must_use]
    pub fn is_first(&self) -> bool {
        *self == Self::FIRST
    }
}

impl Default for PartNumber {
    fn default() -> Self {
        Self::FIRST
    }
}

/// A place in a field that a watch matched. Offsets are bytes of the UTF-8 field.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Which field.
    pub field: Field,
    /// Which story of the page.
    #[serde(default, skip_serializing_if = "PartNumber::is_first")]
    pub part: PartNumber,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The text between the two.
    pub text: String,
    /// How it matched, e.g. `country:CN (id name)` or `"foreign minister" (stem)`.
    pub why: String,
}

/// A span within a sentence. Offsets are bytes of the sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentenceSpan {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The text between the two.
    pub text: String,
    /// How it matched.
    pub why: String,
}

/// A sentence that proves a hit, with its marked spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceSentence {
    /// The field it stands in.
    pub field: Field,
    /// Which story of the page.
    #[serde(default, skip_serializing_if = "PartNumber::is_first")]
    pub part: PartNumber,
    /// The sentence as written.
    pub sentence: String,
    /// What matched in it, in order.
    pub spans: Vec<SentenceSpan>,
}

/// One watch found in one article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// NAME of the watch.
    pub watch: String,
    /// Fingerprint of the watch as it was when it hit (hex), so that an alert can name its version.
    pub watch_version: String,
    /// Strength; 1.0 for a watch without scores.
    pub score: f64,
    /// All places that made it true.
    pub evidence: Vec<Span>,
    /// The sentences that prove it, best first.
    pub sentences: Vec<EvidenceSentence>,
}

/// A watch that failed by one condition, so that silence can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    /// NAME of the watch.
    pub watch: String,
    /// What held and what did not, in words.
    pub why: String,
}
