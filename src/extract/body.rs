//! The part of a page that holds the story, by `dom_smoothie`'s Readability.
//!
//! The only file that knows which extractor is at work.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_query::Document;
use dom_smoothie::{CandidateSelectMode, Config, Readability};
use scraper::Html;

use super::blocks::{self, Line};
use super::hidden;

/// Why a page has no body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// No part of the page looks like a story.
    #[error("no body found")]
    NotFound,
    /// The extractor stopped.
    #[error("the extractor failed on this page")]
    Failed,
}

/// The lines of the story's container, uncleaned. `html` must have passed [`crate::text::safe_html`].
///
/// # Errors
/// When there is none, or the extractor panicked.
pub fn lines(html: &str) -> Result<Vec<Line>, BodyError> {
    let config = Config {
        // Line cleaning reads the classes.
        keep_classes: true,
        disable_json_ld: true,
        candidate_select_mode: CandidateSelectMode::Readability,
        ..Config::default()
    };
    let content = catch_unwind(AssertUnwindSafe(|| {
        let page = Document::from(html);
        hidden::remove(&page);
        let mut reader = Readability::with_document(page, None, Some(config)).ok()?;
        reader
            .parse()
            .ok()
            .map(|article| article.content.to_string())
    }))
    .map_err(|_| BodyError::Failed)?
    .ok_or(BodyError::NotFound)?;
    Ok(blocks::lines(&Html::parse_fragment(&content)))
}
