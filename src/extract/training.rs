//! What `benches/extraction` needs to teach the line classifier: the lines of a page with their features.

use scraper::Html;

use super::features::{self, Table, Witnesses};
use super::{Page, blocks, body, decode, metadata};
use crate::text::safe_html;

/// A line of a page as the classifier sees it.
#[derive(Debug)]
pub struct Row {
    /// Its text.
    pub text: String,
    /// Values of the features of the first stage, in the order of [`names`].
    pub features: Vec<f32>,
    /// What the model says, 0 to 1.
    pub probability: f32,
}

/// Names of the features of stage 1 or 2.
#[must_use]
pub fn names(stage: usize) -> Vec<String> {
    features::names(stage)
}

/// The lines of a page.
#[must_use]
pub fn rows(bytes: &[u8], page: &Page<'_>) -> Vec<Row> {
    let (text, _) = decode::decode(bytes, page.content_type);
    let html = Html::parse_document(safe_html::safe_part(&text).html);
    let metadata = metadata::read(&html, page.url);
    let outline = blocks::outline(&html);
    let probabilities = body::probabilities(&outline, &metadata);
    let witnesses = Witnesses::of(&metadata);
    let table = Table::new(&outline, &witnesses);
    let row = |(index, probability)| {
        let mut features = Vec::new();
        table.each(index, &mut |_, value| features.push(value));
        Row { text: outline.lines[index].text.clone(), features, probability }
    };
    probabilities.into_iter().enumerate().map(row).collect()
}

/// The rows of a page with the opinions of the second stage appended, `answers` taken for the first stage's.
#[must_use]
pub fn rows_with_opinions(bytes: &[u8], page: &Page<'_>, answers: &[f32]) -> Vec<Vec<f32>> {
    let (text, _) = decode::decode(bytes, page.content_type);
    let html = Html::parse_document(safe_html::safe_part(&text).html);
    let metadata = metadata::read(&html, page.url);
    let outline = blocks::outline(&html);
    let witnesses = Witnesses::of(&metadata);
    let table = Table::new(&outline, &witnesses);
    let opinions = table.opinions(answers);
    let row = |index| {
        let mut features = Vec::new();
        table.each(index, &mut |_, value| features.push(value));
        opinions.each(index, &mut |_, value| features.push(value));
        features
    };
    (0..outline.lines.len()).map(row).collect()
}
