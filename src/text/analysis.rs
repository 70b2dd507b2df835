//! A text cut into tokens, sentences and paragraphs.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::fold::fold_into;
use super::language::shortest_tag;
use super::segment::{sentences, trimmed};
use super::stem::Stemmer;
use super::tokens::{Word, words};

/// One token: a word, or in scripts without spaces (Han, Kana, Thai, Lao, Khmer, Myanmar) one
/// character (with the combining marks that belong to it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Bytes of the original text.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// Normal form (see [`fold`](super::fold)).
    pub fold: Arc<str>,
    /// Stem of the normal form in the language of the text; the normal form where there is no stemmer.
    pub stem: Arc<str>,
    /// Index into [`Analysis::words`].
    pub word: u32,
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
    /// The words as written that there are, each once: what is looked up is looked up for them.
    pub words: Vec<WordForms>,
    /// Byte ranges of the sentences, in order, trimmed.
    pub sentences: Vec<Range<usize>>,
    /// Byte ranges of the paragraphs (lines that are not blank), in order.
    pub paragraphs: Vec<Range<usize>>,
}

/// What one way to write a word comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordForms {
    /// Normal form.
    pub fold: Arc<str>,
    /// Its stem.
    pub stem: Arc<str>,
}

/// Cuts a text into tokens, sentences and paragraphs.
///
/// `lang` is a BCP 47 tag and decides stems and apostrophes; without it tokens stem to themselves
/// (Korean apart: Hangul is the mark of its own language). Offsets are bytes of `text` as given.
/// Sentences never cross a line break. What lies past 4 GiB is left out.
#[must_use]
pub fn analyse(text: &str, lang: Option<&str>) -> Analysis {
    analyse_lead(text, lang, usize::MAX)
}

/// As [`analyse`], but a word that first stands behind so many tokens stems to itself: stemming is the dearest
/// step, and who compares only the beginning of a text need not pay for all of it.
#[must_use]
pub fn analyse_lead(text: &str, lang: Option<&str>, stemmed_tokens: usize) -> Analysis {
    let text = &text[..text.floor_char_boundary(u32::MAX as usize)];
    let lang = lang.and_then(shortest_tag);
    /// For each distinct word about so many bytes are read; long texts repeat their words.
    const BYTES_OF_WORD: usize = 10;
    const WORDS_MAX: usize = 1 << 12;
    /// For each token about so many; most texts have more of them, few twice as many.
    const BYTES_OF_TOKEN: usize = 7;
    let distinct = (text.len() / BYTES_OF_WORD).min(WORDS_MAX);
    let mut builder = Builder {
        text,
        stemmer: Stemmer::new(lang.as_deref().unwrap_or_default()),
        folded: String::new(),
        stemmed_tokens,
        seen: FxHashMap::with_capacity_and_hasher(distinct, Default::default()),
        pos: 0,
        analysis: Analysis {
            tokens: Vec::with_capacity(text.len() / BYTES_OF_TOKEN),
            words: Vec::with_capacity(distinct),
            ..Analysis::default()
        },
    };
    for paragraph in paragraphs(text) {
        builder.add_paragraph(paragraph, lang.as_deref());
    }
    Analysis {
        lang,
        ..builder.analysis
    }
}

/// The lines that are not blank, trimmed.
fn paragraphs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive(['\n', '\r', '\u{2028}', '\u{2029}'])
        .filter_map(move |line| {
            let range = trimmed(text, start..start + line.len());
            start += line.len();
            (!range.is_empty()).then_some(range)
        })
}

struct Builder<'t> {
    text: &'t str,
    stemmer: Stemmer,
    /// Words behind so many tokens are not stemmed.
    stemmed_tokens: usize,
    /// Kept between words.
    folded: String,
    /// Words seen, and their index: a text repeats most of its words, and stemming is the dearest step.
    seen: FxHashMap<&'t str, u32>,
    pos: u32,
    analysis: Analysis,
}

impl Builder<'_> {
    fn add_paragraph(&mut self, range: Range<usize>, lang: Option<&str>) {
        let paragraph = self.analysis.paragraphs.len();
        let offset = range.start;
        for sentence in sentences(&self.text[range.clone()]) {
            let sentence = offset + sentence.start..offset + sentence.end;
            let index = self.analysis.sentences.len();
            words(&self.text[sentence.clone()], lang, |word| {
                self.add_word(&word, sentence.start, (index, paragraph));
            });
            self.analysis.sentences.push(sentence);
        }
        self.analysis.paragraphs.push(range);
    }

    fn add_word(&mut self, word: &Word, offset: usize, (sentence, paragraph): (usize, usize)) {
        let range = offset + word.range.start..offset + word.range.end;
        let word_index = self.word(range.clone());
        let forms = &self.analysis.words[word_index as usize];
        self.analysis.tokens.push(Token {
            start: index(range.start),
            end: index(range.end),
            fold: Arc::clone(&forms.fold),
            stem: Arc::clone(&forms.stem),
            word: word_index,
            pos: self.pos,
            sentence: index(sentence),
            paragraph: index(paragraph),
            spaceless: word.spaceless,
        });
        self.pos = self.pos.saturating_add(if word.spaceless { 1 } else { 2 });
    }

    /// The index of a word as written.
    fn word(&mut self, range: Range<usize>) -> u32 {
        let word = &self.text[range];
        let Self {
            seen,
            stemmer,
            stemmed_tokens,
            folded,
            analysis,
            ..
        } = self;
        *seen.entry(word).or_insert_with(|| {
            folded.clear();
            fold_into(word, folded);
            let fold: Arc<str> = folded.as_str().into();
            let is_stemmed = analysis.tokens.len() < *stemmed_tokens;
            let stem = match is_stemmed.then(|| stemmer.stem(&fold)) {
                Some(stem) if *stem != *fold => stem.into(),
                _ => Arc::clone(&fold),
            };
            analysis.words.push(WordForms { fold, stem });
            index(analysis.words.len() - 1)
        })
    }
}

/// Fits, because [`analyse`] cuts the text to what `u32` can count.
fn index(at: usize) -> u32 {
    u32::try_from(at).expect("the text is cut to the range of u32")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(text: &str, lang: Option<&str>) -> Vec<String> {
        analyse(text, lang)
            .tokens
            .iter()
            .map(|token| token.fold.to_string())
            .collect()
    }

    #[test]
    fn words_behind_the_lead_are_not_stemmed() {
        let text = "Visits followed visits, and meetings visits. Talks followed.";
        let stems = |tokens| -> Vec<String> {
            let analysis = analyse_lead(text, Some("en"), tokens);
            analysis.tokens.iter().map(|t| t.stem.to_string()).collect()
        };
        let lead = stems(4);
        assert_eq!(lead[..4], stems(usize::MAX)[..4]);
        assert_eq!(lead[4..], ["meetings", "visit", "talks", "follow"]);
    }

    #[test]
    fn offsets_point_into_the_original() {
        let text = "  Łódź — China’s Straße\r\n\r\n中国とﾛｼｱ。\nEnd";
        let analysis = analyse(text, Some("en"));
        let slices: Vec<&str> = analysis
            .tokens
            .iter()
            .map(|token| &text[token.start as usize..token.end as usize])
            .collect();
        assert_eq!(
            slices,
            [
                "Łódź", "China", "Straße", "中", "国", "と", "ﾛ", "ｼ", "ｱ", "End"
            ]
        );
        assert_eq!(folds(text, None)[..3], ["lodz", "china", "strasse"]);
    }

    #[test]
    fn sentences_and_paragraphs_are_counted() {
        let text = "One two. Three!\n\n \nFour\nfive. Six";
        let analysis = analyse(text, None);
        let places: Vec<(u32, u32)> = analysis
            .tokens
            .iter()
            .map(|token| (token.sentence, token.paragraph))
            .collect();
        assert_eq!(places, [(0, 0), (0, 0), (1, 0), (2, 1), (3, 2), (4, 2)]);
        let sentences: Vec<&str> = analysis
            .sentences
            .iter()
            .map(|range| &text[range.clone()])
            .collect();
        assert_eq!(sentences, ["One two.", "Three!", "Four", "five.", "Six"]);
        let paragraphs: Vec<&str> = analysis
            .paragraphs
            .iter()
            .map(|range| &text[range.clone()])
            .collect();
        assert_eq!(paragraphs, ["One two. Three!", "Four", "five. Six"]);
    }

    #[test]
    fn positions_count_half_words() {
        let positions: Vec<u32> = analyse("Xi met 普京 today", None)
            .tokens
            .iter()
            .map(|token| token.pos)
            .collect();
        assert_eq!(positions, [0, 2, 4, 5, 6]);
    }

    #[test]
    fn stems_follow_the_language() {
        let stems = |text, lang| -> Vec<String> {
            analyse(text, lang)
                .tokens
                .iter()
                .map(|token| token.stem.to_string())
                .collect()
        };
        assert_eq!(stems("Visits visited", Some("en-US")), ["visit", "visit"]);
        assert_eq!(stems("Visits visited", None), ["visits", "visited"]);
        assert_eq!(stems("Rusya'nın", Some("tr")), stems("Rusya", Some("tr")));
        assert_eq!(stems("중국과", None), ["중국"]);
        assert_eq!(analyse("", Some("en-US")).lang.as_deref(), Some("en"));
    }

    #[test]
    fn odd_input_is_no_error() {
        for text in [
            "",
            "\n\r\n",
            "\u{300}\u{200d}",
            "'",
            "a'",
            "'s",
            "\u{fdfa}",
            ".\u{2029}.",
        ] {
            let analysis = analyse(text, Some("zz"));
            for token in &analysis.tokens {
                assert!(text.get(token.start as usize..token.end as usize).is_some());
            }
        }
    }
}
