//! Words and runs of three words as numbers, to see whether two texts say the same.

use rustc_hash::FxHashSet;

use crate::text::is_spaceless;

/// The words of a text; letters of scripts without spaces are words of their own.
pub type Words = Vec<u32>;

/// Words in a run.
const RUN: usize = 3;

/// Cuts a text into words, case folded.
#[must_use]
pub fn words(text: &str) -> Words {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut word: Option<u32> = None;
    for c in text.chars() {
        if is_spaceless(c) {
            words.extend(word.take());
            words.push(mixed(START, c));
        } else if c.is_alphanumeric() {
            let small = if c.is_ascii() {
                c.to_ascii_lowercase()
            } else {
                c.to_lowercase().next().unwrap_or(c)
            };
            word = Some(mixed(word.unwrap_or(START), small));
        } else {
            words.extend(word.take());
        }
    }
    words.extend(word);
    words
}

const START: u32 = 0x811c_9dc5;

fn mixed(hash: u32, c: char) -> u32 {
    (hash.rotate_left(5) ^ u32::from(c)).wrapping_mul(0x9e37_79b1)
}

fn run(words: &[u32]) -> u64 {
    words.iter().fold(0, |hash, word| {
        (hash.rotate_left(21) ^ u64::from(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// The runs of words.
pub fn runs(words: &Words) -> impl Iterator<Item = u64> {
    words.windows(RUN.min(words.len().max(1))).map(run)
}

/// The runs of words of a text; of a shorter text the text itself.
#[must_use]
pub fn of_text(text: &str) -> FxHashSet<u64> {
    runs(&words(text)).collect()
}

/// Share of the runs of `words` that `known` has, 0 to 1; -1 when nothing is known.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "lines are shorter than 2^24 words"
)]
pub fn share(words: &Words, known: &FxHashSet<u64>) -> f32 {
    if known.is_empty() {
        return -1.0;
    }
    if words.len() < RUN {
        return 0.0;
    }
    let found = words
        .windows(RUN)
        .filter(|words| known.contains(&run(words)))
        .count();
    found as f32 / (words.len() - RUN + 1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_say_the_same_share_their_runs() {
        let known = of_text("The minister met his colleague in Moscow on Monday.");
        for (text, expected) in [
            ("the MINISTER met his colleague, in moscow", 1.0),
            ("A baker met his colleague", 1.0 / 3.0),
            ("Moscow", 0.0),
        ] {
            assert!(
                (share(&words(text), &known) - expected).abs() < 1e-6,
                "{text}"
            );
        }
        assert!(share(&words("a b c"), &FxHashSet::default()) < 0.0);
        assert_eq!(words("王毅 met").len(), 3);
    }
}
