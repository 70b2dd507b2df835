//! How likely a text is the whole story of a page and nothing else: what the page, and the feed that named it, say
//! of the article elsewhere is held against it.

use rustc_hash::FxHashSet;

use super::lines::weight;
use super::metadata::Metadata;
use super::shingles;

/// What speaks for a text; shares from 0 to 1, `None` where nothing was said.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// Its length in characters (Han and Kana count twice).
    pub chars: usize,
    /// How likely its lines are of the story, on average over its characters; a rule for the site is sure.
    pub lines: Option<f32>,
    /// Share of the headline's words that it has.
    pub title: Option<f32>,
    /// Share of the description's words that it has.
    pub description: Option<f32>,
    /// How much it and the JSON-LD's text have in common (F1 of their runs of three words).
    pub json_ld: Option<f32>,
    /// Share of the words of the feed's summary or content that it has.
    pub feed: Option<f32>,
}

impl Evidence {
    /// The same of the JSON-LD's own text, which is no witness for itself.
    #[must_use]
    pub fn of_json_ld(self) -> Self {
        Self {
            json_ld: None,
            ..self
        }
    }

    /// Holds a text against what was said; `lines` as in [`Evidence::lines`], `feed` is the feed's text.
    #[must_use]
    pub fn of(text: &str, lines: Option<f32>, metadata: &Metadata, feed: Option<&str>) -> Self {
        let words = shingles::words(head(text));
        let known: FxHashSet<u32> = words.iter().copied().collect();
        let description = metadata.description.as_deref();
        Self {
            chars: weight(text),
            lines,
            title: repeated(&metadata.title, &known),
            description: description.and_then(|said| repeated(said, &known)),
            json_ld: metadata
                .json_ld_body
                .as_deref()
                .and_then(|said| in_common(said, &words)),
            feed: feed.and_then(|said| repeated(said, &known)),
        }
    }
}

/// From here on a text is taken as it is; below it other places are looked at.
pub const ENOUGH: f32 = 0.5;
/// A shorter text is hardly a story.
const STORY_CHARS: f32 = 250.0;
/// What the lines of a text that did not come from the page's own lines are worth: scripts and rules rarely err.
const LINES_ELSEWHERE: f32 = 0.9;

/// What each kind of evidence weighs in the log-odds of a good body (F1 of 0.85 and more). Found by logistic
/// regression on the development pages (AUC .87 in cross-validation), and rounded: the classifier knows most. Feeds
/// are not in that corpus; their word weighs what the headline's does.
mod weights {
    pub const BIAS: f32 = -6.7;
    pub const LINES: f32 = 9.2;
    pub const LENGTH: f32 = 0.07;
    pub const TITLE: f32 = 0.6;
    pub const DESCRIPTION: f32 = 0.1;
    pub const JSON_LD: f32 = 0.6;
    pub const FEED: f32 = 0.6;
    /// Share that is assumed where nothing was said.
    pub const UNSAID: f32 = 0.5;
}

impl Evidence {
    /// How likely the text is the whole story and nothing else, 0 to 1.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "texts are shorter than 2^24 characters"
    )]
    pub fn confidence(&self) -> f32 {
        use weights::{BIAS, DESCRIPTION, FEED, JSON_LD, LENGTH, LINES, TITLE, UNSAID};
        let chars = self.chars as f32;
        let said = |share: Option<f32>| share.unwrap_or(UNSAID);
        let sum = BIAS
            + LINES * self.lines.unwrap_or(LINES_ELSEWHERE)
            + LENGTH * chars.ln_1p()
            + TITLE * said(self.title)
            + DESCRIPTION * said(self.description)
            + JSON_LD * said(self.json_ld)
            + FEED * said(self.feed);
        (chars / STORY_CHARS).min(1.0) / (1.0 + (-sum).exp())
    }
}

/// Fewest words that say something.
const WORDS_MIN: usize = 3;

/// As much of a text as is compared, in bytes: what is wrong shows at its start.
const HEAD_BYTES: usize = 4_000;

fn head(text: &str) -> &str {
    &text[..text.floor_char_boundary(HEAD_BYTES)]
}

/// Share of the words of `said` among those known.
fn repeated(said: &str, known: &FxHashSet<u32>) -> Option<f32> {
    let said: FxHashSet<u32> = shingles::words(head(said)).into_iter().collect();
    let found = said.iter().filter(|word| known.contains(word)).count();
    (said.len() >= WORDS_MIN).then(|| share(found, said.len()))
}

/// F1 of the runs of words of two texts.
fn in_common(said: &str, words: &shingles::Words) -> Option<f32> {
    let said = shingles::of_text(head(said));
    let own: FxHashSet<u64> = shingles::runs(words).collect();
    let common = own.intersection(&said).count();
    (said.len() >= WORDS_MIN).then(|| share(2 * common, own.len() + said.len()))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "texts are shorter than 2^24 words"
)]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}
