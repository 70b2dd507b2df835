//! The lines of the story among the lines of the page.
//!
//! Two passes of a small learnt classifier (`model.rs`) over what is known of each line (`features.rs`): the first
//! sees a line and what is around it, the second also what the first thought of the lines around it.

use rustc_hash::FxHashMap;

use super::blocks::{Line, Outline};
use super::features::{Table, Witnesses};
use super::metadata::Metadata;
use super::model::STAGES;

/// A line is of the story from this probability on.
pub const THRESHOLD: f32 = 0.5;
/// A line that stands on the page twice is told once from this length on, in bytes.
const REPEATED_BYTES_MIN: usize = 40;

/// How likely each line is of the story, 0 to 1.
#[must_use]
pub fn probabilities(outline: &Outline, metadata: &Metadata) -> Vec<f32> {
    let witnesses = Witnesses::of(metadata);
    let table = Table::new(outline, &witnesses);
    let mut row = Vec::new();
    let first: Vec<f32> = (0..outline.lines.len())
        .map(|index| {
            row.clear();
            table.each(index, &mut |_, value| row.push(value));
            STAGES[0].probability(&row)
        })
        .collect();
    let opinions = table.opinions(&first);
    (0..outline.lines.len())
        .map(|index| {
            row.clear();
            table.each(index, &mut |_, value| row.push(value));
            opinions.each(index, &mut |_, value| row.push(value));
            STAGES[1].probability(&row)
        })
        .collect()
}

/// The story's lines, uncleaned.
#[must_use]
pub fn lines(outline: Outline, metadata: &Metadata) -> Vec<Line> {
    let probabilities = probabilities(&outline, metadata);
    let mut best: FxHashMap<String, f32> = FxHashMap::default();
    for (line, &probability) in outline.lines.iter().zip(&probabilities) {
        if line.text.len() >= REPEATED_BYTES_MIN {
            let known = best.entry(line.text.clone()).or_default();
            *known = known.max(probability);
        }
    }
    let lines = outline.lines.into_iter().zip(probabilities);
    lines
        .filter(|(_, probability)| *probability >= THRESHOLD)
        .filter(|(line, probability)| match best.get_mut(&line.text) {
            // The likeliest of its copies is kept, and only once.
            Some(known) if *probability >= *known => {
                *known = f32::INFINITY;
                true
            }
            Some(_) => false,
            None => true,
        })
        .map(|(line, _)| line)
        .collect()
}
