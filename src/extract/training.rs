//! What `benches/extraction` needs to teach the line classifier: the lines of a page with their features.

use super::features::{self, Table, Witnesses};
use super::parsed::Parsed;
use super::{Page, blocks, decode, metadata};

/// A line of a page as the classifier sees it.
#[derive(Debug)]
pub struct Row {
    /// Its text.
    pub text: String,
    /// Values of the features, in the order of [`names`].
    pub features: Vec<f32>,
}

/// Names of the features.
#[must_use]
pub fn names() -> Vec<String> {
    features::names()
}

/// The lines of a page.
#[must_use]
pub fn rows(bytes: &[u8], page: &Page<'_>) -> Vec<Row> {
    let (text, _) = decode::decode_from(bytes, page.content_type, page.url);
    let parsed = Parsed::page(&text);
    let metadata = metadata::read(&parsed.html, page.url, None);
    let outline = blocks::outline(&parsed);
    let table = Table::new(&outline, &Witnesses::of(&metadata));
    let row = |(index, line): (usize, &blocks::Line)| {
        let mut features = Vec::new();
        table.each(index, &mut |_, value| features.push(value));
        Row {
            text: line.text.clone(),
            features,
        }
    };
    outline.lines.iter().enumerate().map(row).collect()
}
