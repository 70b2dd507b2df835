//! A text cut into tokens, sentences and paragraphs.

use std::ops::Range;

/// One token: a word, or in scripts without spaces (Han, Kana, Thai, Lao, Khmer, Myanmar) one
/// character (with the combining marks that belong to it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the original text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Normal form (see [`fold`](super::fold)).
    pub fold: Box<str>,
    /// Stem of the normal form in the language of the text; the normal form where there is no stemmer.
    pub stem: Box<str>,
    /// Position in half words: a word takes two, a character of a spaceless script one. `near/N`
    /// holds when two tokens are at most `2 * N` apart.
    pub pos: u32,
    /// Index into [`Analysis::sentences`].
    pub sentence: u32,
    /// Index into [`Analysis::paragraphs`].
    pub paragraph: u32,
    /// A character of a spaceless script.
    pub spaceless: bool,
}

/// A text, analysed.
#[derive(Debug, Clone, Default)]
pub struct Analysis {
    /// Language that the stems are of (shortest BCP 47 tag).
    pub lang: Option<String>,
    /// Tokens in order.
    pub tokens: Vec<Token>,
    /// Byte ranges of the sentences, in order, trimmed.
    pub sentences: Vec<Range<usize>>,
    /// Byte ranges of the paragraphs (lines that are not blank), in order.
    pub paragraphs: Vec<Range<usize>>,
}
