//! What `benches/extraction` needs to teach the line classifier: the lines of a page with their features.

use scraper::Html;

use super::features::{self, Table, Witnesses};
use super::{Page, blocks, decode, metadata};
use crate::text::safe_html;

/// A line of a page as the classifier sees it.
#[derive(Debug)]
pub struct Row {
    /// Its text.
    pub text: String,
    /// Values of the features, in the order of [`names`].
    pub features: Vec<f32>,
}

/// Names of the features of stage 1 or 2.
#[must_use]
pub fn names(stage: usize) -> Vec<String> {
    features::names(stage)
}

/// The lines of a page. With `answers`, what the first stage says of the lines of this page and of those that follow,
/// the rows are those of the second stage; the answers of this page are taken off.
#[must_use]
pub fn rows(bytes: &[u8], page: &Page<'_>, answers: &mut Option<&[f32]>) -> Vec<Row> {
    let (text, _) = decode::decode_from(bytes, page.content_type, page.url);
    let html = Html::parse_document(safe_html::safe_part(&text).html);
    let metadata = metadata::read(&html, page.url, None);
    let outline = blocks::outline(&html);
    let table = Table::new(&outline, &Witnesses::of(&metadata));
    let own = answers.as_mut().map(|all| {
        let (own, rest) = all.split_at(outline.lines.len().min(all.len()));
        *all = rest;
        own
    });
    let opinions = own
        .filter(|own| own.len() == outline.lines.len())
        .map(|own| table.opinions(own));
    let row = |(index, line): (usize, &blocks::Line)| {
        let mut features = Vec::new();
        table.each(index, &mut |_, value| features.push(value));
        if let Some(opinions) = &opinions {
            opinions.each(index, &mut |_, value| features.push(value));
        }
        Row {
            text: line.text.clone(),
            features,
        }
    };
    outline.lines.iter().enumerate().map(row).collect()
}
