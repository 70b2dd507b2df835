//! The lines of the story among the lines of the page.
//!
//! Two passes of a small learnt classifier (`model.rs`) over what is known of each line (`features.rs`): the first
//! sees a line and what is around it, the second also what the first thought of the lines around it.

use rustc_hash::{FxHashMap, FxHashSet};

use super::blocks::{Line, Outline};
use super::features::{Table, Witnesses};
use super::memory::Recall;
use super::metadata::Metadata;
use super::model::STAGES;
use super::shingles;

/// A line is of the story from this probability on.
const THRESHOLD: f32 = 0.55;
/// On a page of which the classifier is unsure, a line is of the story when it is nearly as likely as the likeliest ones.
const THRESHOLD_OF_BEST: f32 = 0.75;
/// The likeliest lines that hold this share of all there is are the best ones.
const BEST_SHARE: f32 = 0.3;
/// A line that stands on the page twice is told once from this length on, in bytes.
const REPEATED_BYTES_MIN: usize = 40;
/// The same for one that says again what was told: words, and the share of them.
const RETOLD_WORDS_MIN: usize = 6;
const RETOLD_SHARE: f32 = 0.85;

/// How likely each line is of the story, 0 to 1.
#[must_use]
pub fn probabilities(outline: &Outline, metadata: &Metadata) -> Vec<f32> {
    let witnesses = Witnesses::of(metadata);
    let table = Table::new(outline, &witnesses);
    let lines = 0..outline.lines.len();
    let mut rows: Vec<Vec<f32>> = lines
        .map(|index| {
            let mut row = Vec::with_capacity(160);
            table.each(index, &mut |_, value| row.push(value));
            row
        })
        .collect();
    let first: Vec<f32> = rows.iter().map(|row| STAGES[0].probability(row)).collect();
    let opinions = table.opinions(&first);
    for (index, row) in rows.iter_mut().enumerate() {
        opinions.each(index, &mut |_, value| row.push(value));
    }
    rows.iter().map(|row| STAGES[1].probability(row)).collect()
}

/// The story's lines, uncleaned; `recall` is what is remembered of the host.
#[must_use]
pub fn lines(outline: Outline, metadata: &Metadata, recall: Option<&mut Recall<'_>>) -> Vec<Line> {
    let mut probabilities = probabilities(&outline, metadata);
    let threshold = threshold(&outline.lines, &probabilities);
    if let Some(recall) = recall {
        recall.adjust(&outline, metadata, threshold, &mut probabilities);
    }
    let lines = outline.lines.into_iter().zip(probabilities);
    told_once(lines.filter(|(_, probability)| *probability >= threshold).collect())
}

#[expect(clippy::cast_precision_loss, reason = "lines are shorter than 2^24 bytes")]
fn threshold(lines: &[Line], probabilities: &[f32]) -> f32 {
    let mut masses: Vec<(f32, f32)> = lines
        .iter()
        .zip(probabilities)
        .map(|(line, &probability)| (probability, probability * line.text.len() as f32))
        .collect();
    masses.sort_by(|one, other| other.0.total_cmp(&one.0));
    let whole: f32 = masses.iter().map(|(_, mass)| mass).sum();
    let mut sum = 0.0;
    let best = masses.iter().find(|(_, mass)| {
        sum += mass;
        sum >= whole * BEST_SHARE
    });
    best.map_or(THRESHOLD, |(best, _)| THRESHOLD.min(best * THRESHOLD_OF_BEST))
}

/// Leaves out what was told before: of two equal lines the less likely one, and lines made of what stands above
/// them, such as pull quotes.
fn told_once(lines: Vec<(Line, f32)>) -> Vec<Line> {
    let mut best: FxHashMap<String, f32> = FxHashMap::default();
    for (line, probability) in &lines {
        if line.text.len() >= REPEATED_BYTES_MIN {
            let known = best.entry(line.text.clone()).or_default();
            *known = known.max(*probability);
        }
    }
    let mut told = FxHashSet::default();
    let mut kept = Vec::with_capacity(lines.len());
    for (line, probability) in lines {
        if best.get(&line.text).is_some_and(|known| probability < *known) {
            continue;
        }
        let words = shingles::words(&line.text);
        if words.len() >= RETOLD_WORDS_MIN {
            if shingles::share(&words, &told) >= RETOLD_SHARE {
                continue;
            }
            told.extend(shingles::runs(&words));
        }
        kept.push(line);
    }
    kept
}
