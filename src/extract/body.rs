//! The lines of the story among the lines of the page.
//!
//! A small learnt classifier (`model.rs`) is asked about each line, with what is known of it and of what is around it
//! (`features/`).

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::blocks::{Line, Outline};
use super::fate::{Fate, Reason};
use super::features::{Table, Witnesses};
use super::memory::Recall;
use super::metadata::Metadata;
use super::model::FOREST;
use super::shingles::{self, Words};

/// A line is of the story from this probability on.
const THRESHOLD: f32 = 0.52;
/// On a page of which the classifier is unsure, a line is of the story when it is nearly as likely as the likeliest ones.
const THRESHOLD_OF_BEST: f32 = 0.75;
/// A page without a likelier line has no story.
const THRESHOLD_MIN: f32 = 0.15;
/// The likeliest lines that hold this share of all there is are the best ones.
const BEST_SHARE: f32 = 0.3;
/// Room for the features of a line.
const FEATURES: usize = 160;
/// A line that stands on the page twice is told once from this length on, in bytes.
const REPEATED_BYTES_MIN: usize = 40;
/// The same for one that says again what was told: words, and the share of them.
const RETOLD_WORDS_MIN: usize = 6;
const RETOLD_SHARE: f32 = 0.85;

/// How likely each line of a table is of the story, 0 to 1.
fn probabilities(table: &Table<'_>, lines: usize) -> Vec<f32> {
    let mut row = Vec::with_capacity(FEATURES);
    let probability = |index| {
        row.clear();
        table.each(index, &mut |_, value| row.push(value));
        FOREST.probability(&row)
    };
    (0..lines).map(probability).collect()
}

/// Which lines are of the story, before cleaning; marks those that open a further story of the page.
/// `recall` is what is remembered of the host. With them how likely each line is.
#[must_use]
pub fn fates(
    outline: &mut Outline,
    metadata: &Metadata,
    recall: Option<&mut Recall<'_>>,
) -> (Vec<Fate>, Vec<f32>) {
    let table = Table::new(outline, &Witnesses::of(metadata));
    let count = outline.lines.len();
    let mut probabilities = probabilities(&table, count);
    let opening: Vec<usize> = (0..count)
        .filter(|&index| table.opens_story(index))
        .collect();
    let words = table.into_words();
    for index in opening {
        outline.lines[index].opens_story = true;
    }
    let threshold = threshold(&outline.lines, &probabilities);
    if let Some(recall) = recall {
        recall.adjust(outline, metadata, threshold, &mut probabilities);
    }
    let fate = |probability: &f32| match *probability >= threshold {
        true => Fate::Kept,
        false => Fate::LeftOut(Reason::Unlikely(*probability)),
    };
    let mut fates: Vec<Fate> = probabilities.iter().map(fate).collect();
    tell_once(outline, &words, &probabilities, &mut fates);
    (fates, probabilities)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "lines are shorter than 2^24 bytes"
)]
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
    best.map_or(THRESHOLD, |(best, _)| {
        (best * THRESHOLD_OF_BEST).clamp(THRESHOLD_MIN, THRESHOLD)
    })
}

/// Leaves out what was told before: of two equal lines the less likely one, and lines made of what stands above
/// them, such as pull quotes. Those are made differently from the paragraphs of the story, which may well repeat
/// themselves.
fn tell_once(outline: &Outline, words: &[Words], probabilities: &[f32], fates: &mut [Fate]) {
    let lines = &outline.lines;
    let made = |line: &Line| outline.blocks[line.block].signature;
    let paragraphs = usual(lines, fates, made);
    let mut best: FxHashMap<&str, f32> = FxHashMap::default();
    let told = lines.iter().zip(probabilities).zip(fates.iter());
    for ((line, probability), _) in told.filter(|(_, fate)| fate.is_kept()) {
        if line.text.len() >= REPEATED_BYTES_MIN {
            let known = best.entry(&line.text).or_default();
            *known = known.max(*probability);
        }
    }
    let kept = words
        .iter()
        .zip(fates.iter())
        .filter(|(_, fate)| fate.is_kept());
    let count = kept.map(|(words, _)| words.len()).sum();
    let mut told = FxHashSet::with_capacity_and_hasher(count, FxBuildHasher);
    let kept = lines.iter().zip(words).zip(probabilities).zip(fates);
    for (((line, words), probability), fate) in kept.filter(|(_, fate)| fate.is_kept()) {
        if best
            .get(line.text.as_str())
            .is_some_and(|known| probability < known)
        {
            *fate = Fate::LeftOut(Reason::ToldBefore);
            continue;
        }
        if words.len() >= RETOLD_WORDS_MIN {
            let may_quote = paragraphs != Some(made(line));
            if may_quote && shingles::share(words, &told) >= RETOLD_SHARE {
                *fate = Fate::LeftOut(Reason::ToldBefore);
                continue;
            }
            told.extend(shingles::runs(words));
        }
    }
}

/// How most of the kept text is made.
fn usual(lines: &[Line], fates: &[Fate], made: impl Fn(&Line) -> u64) -> Option<u64> {
    let mut bytes: FxHashMap<u64, usize> = FxHashMap::default();
    let kept = lines.iter().zip(fates).filter(|(_, fate)| fate.is_kept());
    kept.for_each(|(line, _)| *bytes.entry(made(line)).or_default() += line.text.len());
    bytes
        .into_iter()
        .max_by_key(|(made, bytes)| (*bytes, *made))
        .map(|(made, _)| made)
}
