//! What a system says of a page.

use serde::Deserialize;

use crate::plain;

/// An article in the terms of the scorer.
#[derive(Debug, Default, Clone)]
pub struct Answer {
    pub title: String,
    pub published: Option<String>,
    pub authors: Vec<String>,
    pub body: String,
}

/// The same as an outer program writes it: the body as text, or as HTML.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Written {
    /// CPU time that it took, by the program's own clock.
    pub ms: Option<f64>,
    pub title: Option<String>,
    pub published: Option<String>,
    pub authors: Vec<String>,
    pub body: Option<String>,
    pub html: Option<String>,
    /// It broke down over the page.
    pub failure: Option<String>,
}

impl From<Written> for Answer {
    fn from(written: Written) -> Self {
        let body = written.body.or_else(|| Some(plain::text(&written.html?)));
        Self {
            title: written.title.unwrap_or_default(),
            published: written.published,
            authors: written.authors,
            body: body.unwrap_or_default(),
        }
    }
}
