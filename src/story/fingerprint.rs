//! What is kept of a text to find its copies and its story again.

use crate::text::{self, Analysis};

use super::features::{Features, LEAD_TOKENS};
use super::hash;
use super::shingles::Sketch;

/// A text to take the fingerprint of.
#[derive(Debug, Clone, Copy)]
pub struct StoryText<'a> {
    /// Title.
    pub title: &'a str,
    /// Body without boilerplate.
    pub body: &'a str,
    /// Language, if known; else it is guessed.
    pub lang: Option<&'a str>,
}

/// A body of fewer tokens than this is sketched together with its title: a feed's one-sentence
/// description is hardly more of the text than the headline is.
const SHORT_BODY_TOKENS: usize = 40;

/// What lies beyond is not looked at: a copy shows itself long before.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Look-up keys that are shingles.
const SHINGLE_KEYS: usize = 16;

/// The fingerprint of a text: a sketch of its shingles and its most telling features.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint {
    pub(super) sketch: Sketch,
    pub(super) features: Features,
}

impl Fingerprint {
    /// Takes the fingerprint of a text.
    #[must_use]
    pub fn of(text: StoryText<'_>) -> Self {
        let body = &text.body[..text.body.floor_char_boundary(BODY_BYTES_MAX)];
        let guessed = match text.lang {
            Some(_) => None,
            None => text::detect_language(text.title, body, None),
        };
        let lang = text.lang.or(guessed.as_deref());
        let title = text::analyse(text.title, lang);
        let analysed = text::analyse_lead(body, lang, LEAD_TOKENS);
        Self {
            sketch: sketch(&title, &analysed),
            features: Features::of((text.title, &title), (body, &analysed)),
        }
    }

    /// Look-up keys, at most 38: articles of one text or one story share one with high probability.
    ///
    /// The smallest shingles of a text are those of its copies too, unless they were cut away; the
    /// weightiest features are shared by reports of one happening.
    #[must_use]
    pub fn keys(&self) -> Vec<u64> {
        let shingles = self.sketch.hashes.iter().take(SHINGLE_KEYS);
        let mut keys: Vec<u64> = shingles
            .map(|shingle| hash::of_hashes([0, u64::from(*shingle)]))
            .collect();
        keys.extend(self.features.keys());
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

fn sketch(title: &Analysis, body: &Analysis) -> Sketch {
    if body.tokens.len() >= SHORT_BODY_TOKENS {
        Sketch::of(&[body])
    } else {
        Sketch::of(&[title, body])
    }
}
