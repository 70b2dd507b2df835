//! Where a pattern stands in a field.

use std::ops::Range;

use super::evaluate::STEPS_MAX;
use super::findings::Occurrence;
use super::fuzzy::Phrase;
use super::pattern::{Form, PatternId, Symbol};
use super::scan::{Anchored, FieldWords};
use super::term_index::TermIndex;
use crate::rules::document::FieldText;
use crate::text::{WordForms, as_read};

/// Words that are looked over at once: they lie side by side in memory.
const WORDS_AT_ONCE: usize = 16;
/// The same, where only their first letters are compared.
const FIRST_LETTERS_AT_ONCE: usize = 4;
/// Places of a word that are tried before it is known that anybody asks for what stands around it.
const TRIED_MAX: usize = 32;
/// Steps of measuring how far two words are apart.
const STEPS_OF_MEASURING: usize = 12;
/// Bytes that a regular expression searches at once.
const BYTES_AT_ONCE: usize = 16;
/// What a regular expression searches in a field before the watch is given up.
const BYTES_MAX: usize = BYTES_AT_ONCE * STEPS_MAX as usize;

/// A pattern that is looked for in a field.
pub(super) struct Locator<'a> {
    pub index: &'a TermIndex,
    pub text: &'a FieldText,
    pub words: &'a FieldWords,
    /// Index of the field in its document.
    pub field: usize,
    pub pattern: PatternId,
}

/// Every way to look adds what it finds, and gives the steps that it took besides.
impl Locator<'_> {
    /// A row of symbols.
    pub fn row(&self, found: &mut Vec<Occurrence>) -> usize {
        let symbols = self.index.symbols_of(self.pattern);
        let detail = self.index.detail(self.pattern);
        let by_stem = detail.stems.in_language(self.text.lang());
        let Some(first) = symbols.first() else {
            return 0;
        };
        // A word that is the symbol is of its class, too.
        let class = self.words.stems.class_of(*first);
        let mut tried = 0;
        for word in self.words.of_class(class) {
            if !by_stem && self.words.symbols[word as usize] != *first {
                continue;
            }
            for token in self.text.tokens_of_word(word) {
                tried += 1;
                let first = *token as usize;
                if let Some(stemmed) = self.stands(symbols, by_stem, first) {
                    let tokens = first..first + symbols.len();
                    found.push(Occurrence {
                        stemmed,
                        ..Occurrence::new(self.field, tokens, self.pattern)
                    });
                }
            }
        }
        tried + self.steps_over_words()
    }

    /// Whether two symbols may stand beside each other where the first of them is a word; nothing more of their pattern
    /// is asked for, which lies far off in memory. Where the word stands at many places that is taken for granted.
    pub fn pair_stands(&self, word: u32, one: &Anchored) -> bool {
        let tokens = self.text.tokens_of_word(word);
        if tokens.len() > TRIED_MAX {
            return true;
        }
        let all = &self.text.analysis.tokens;
        let class = self.words.stems.class_of(one.neighbour);
        tokens.iter().any(|token| {
            let at = *token as usize;
            let beside = match one.neighbour_follows {
                true => Some(at + 1),
                false => at.checked_sub(1),
            };
            let beside = beside.and_then(|beside| all.get(beside));
            beside.is_some_and(|beside| {
                let word = beside.word as usize;
                let is_neighbour = self.words.symbols[word] == one.neighbour
                    || (one.has_stems && self.words.classes[word] == class);
                is_neighbour && beside.paragraph == all[at].paragraph
            })
        })
    }

    /// Whether a row of symbols stands around a word that is this one of them. Where the word stands at many places
    /// that is taken for granted.
    pub fn stands_around(&self, word: u32, symbol: Symbol) -> bool {
        let symbols = self.index.symbols_of(self.pattern);
        let tokens = self.text.tokens_of_word(word);
        if tokens.len() > TRIED_MAX {
            return true;
        }
        let by_stem = self
            .index
            .detail(self.pattern)
            .stems
            .in_language(self.text.lang());
        let place = symbols.iter().position(|one| *one == symbol);
        let place = place.unwrap_or_default();
        let mut firsts = tokens
            .iter()
            .filter_map(|token| (*token as usize).checked_sub(place));
        firsts.any(|first| self.stands(symbols, by_stem, first).is_some())
    }

    /// A row of symbols and a word that begins so.
    pub fn prefix(&self, beginning: &str, found: &mut Vec<Occurrence>) -> usize {
        let before = self.index.symbols_of(self.pattern);
        let tokens = &self.text.analysis.tokens;
        let begins = |word: &WordForms| word.fold.starts_with(beginning);
        let tried = self.tokens_of_words(begins, |last| {
            let first = last.checked_sub(before.len())?;
            let stands = tokens[first].paragraph == tokens[last].paragraph
                && (first..last)
                    .zip(before)
                    .all(|(at, symbol)| self.is_symbol(at, *symbol));
            stands.then(|| found.push(Occurrence::new(self.field, first..last + 1, self.pattern)))
        });
        tried + self.steps_over_words()
    }

    /// Words that may be misspelt.
    pub fn fuzzy(&self, phrase: &Phrase, found: &mut Vec<Occurrence>) -> usize {
        let words = &self.text.analysis.words;
        let (mut measured, mut tried) = (0, 0);
        for word in self.words.beginning_with(phrase.first_byte(), self.text) {
            let fold = &words[word as usize].fold;
            let may_be = phrase.may_be_anchor(fold);
            measured += usize::from(may_be);
            if !may_be || !phrase.is_anchor(fold) {
                continue;
            }
            for token in self.text.tokens_of_word(word) {
                tried += 1;
                let row = self.phrase_around(phrase, *token as usize);
                found.extend(row.map(|row| Occurrence::new(self.field, row, self.pattern)));
            }
        }
        let measured = measured + tried * phrase.len();
        measured * STEPS_OF_MEASURING + self.words.symbols.len() / FIRST_LETTERS_AT_ONCE
    }

    /// The tokens around one that are a phrase, if they are.
    fn phrase_around(&self, phrase: &Phrase, anchor: usize) -> Option<Range<usize>> {
        let tokens = &self.text.analysis.tokens;
        let first = anchor.checked_sub(phrase.anchor)?;
        let row = first..first + phrase.len();
        let words = tokens.get(row.clone())?;
        let paragraph = tokens[anchor].paragraph;
        let together = words.iter().all(|word| word.paragraph == paragraph);
        let is_like = together && phrase.is_like(words.iter().map(|word| &*word.fold));
        is_like.then_some(row)
    }

    /// A regular expression, in the paragraphs that have one of its literals.
    pub fn regex(
        &self,
        regex: u32,
        candidates: &[(u32, u32, u32)],
        found: &mut Vec<Occurrence>,
    ) -> usize {
        let field = super::pattern::number(self.field);
        let begun = candidates.partition_point(|(of, at, _)| (*of, *at) < (regex, field));
        let here = candidates[begun..].iter();
        let here = here.take_while(|(of, at, _)| (*of, *at) == (regex, field));
        let text = (self.text, self.field);
        let mut searched = 0;
        for (_, _, paragraph) in here {
            if searched > BYTES_MAX {
                break;
            }
            let most = BYTES_MAX - searched;
            searched += self.index.regexes.run(regex, text, *paragraph, most, found);
        }
        searched / BYTES_AT_ONCE
    }

    /// Asks `take` of every token of the words that are `wanted`; gives how many there were.
    fn tokens_of_words(
        &self,
        wanted: impl Fn(&WordForms) -> bool,
        mut take: impl FnMut(usize) -> Option<()>,
    ) -> usize {
        let mut tried = 0;
        for (word, forms) in (0..).zip(&self.text.analysis.words) {
            if wanted(forms) {
                for token in self.text.tokens_of_word(word) {
                    tried += 1;
                    take(*token as usize);
                }
            }
        }
        tried
    }

    fn steps_over_words(&self) -> usize {
        self.words.symbols.len() / WORDS_AT_ONCE
    }

    /// Whether a token is a symbol, by its normal form or its stem.
    fn is_symbol(&self, at: usize, symbol: Symbol) -> bool {
        let word = self.text.analysis.tokens[at].word as usize;
        self.words.symbols[word] == symbol
            || self.words.classes[word] == self.words.stems.class_of(symbol)
    }

    /// Whether a row of symbols stands at a token, and if so whether by stem only.
    fn stands(&self, symbols: &[Symbol], by_stem: bool, first: usize) -> Option<bool> {
        let end = first + symbols.len();
        let tokens = self.text.analysis.tokens.get(first..end)?;
        if tokens[0].paragraph != tokens[tokens.len() - 1].paragraph {
            return None;
        }
        let exact = tokens
            .iter()
            .zip(symbols)
            .all(|(token, symbol)| self.words.symbols[token.word as usize] == *symbol);
        if !exact {
            let by_stem = by_stem
                && (first..end)
                    .zip(symbols)
                    .all(|(at, symbol)| self.is_symbol(at, *symbol));
            return by_stem.then_some(true);
        }
        let Form::Cased(written) = &self.index.detail(self.pattern).form else {
            return Some(false);
        };
        let text = &self.text.text;
        let mut pairs = tokens.iter().zip(written);
        let as_written = pairs.all(|(token, written)| {
            as_read(&text[token.start as usize..token.end as usize]) == **written
        });
        as_written.then_some(false)
    }
}
