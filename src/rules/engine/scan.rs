//! One pass over the tokens of one field.

use rustc_hash::FxHashMap;

use super::findings::Occurrence;
use super::fuzzy::{FuzzyIndex, Phrase};
use super::pattern::{Pattern, PatternId, Symbol};
use super::prefix::PrefixIndex;
use super::stem_table::{StemClass, StemTable};
use crate::rules::document::FieldText;
use crate::text::Token;

/// Stands for a token of an article that no term has.
const NONE: u32 = u32::MAX;

/// One pass over one field.
pub(in crate::rules) struct Scan<'a> {
    patterns: &'a [Pattern],
    /// Patterns by their first symbol.
    by_first: &'a [Vec<PatternId>],
    stems: &'a StemTable,
    lang: &'a str,
    field: &'a FieldText,
    /// By token.
    symbols: Vec<Symbol>,
    classes: Vec<StemClass>,
}

impl<'a> Scan<'a> {
    /// Looks up the tokens of a field.
    pub fn new(
        field: &'a FieldText,
        lang: &'a str,
        symbols: &FxHashMap<Box<str>, Symbol>,
        (patterns, by_first): (&'a [Pattern], &'a [Vec<PatternId>]),
        stems: &'a StemTable,
    ) -> Self {
        Self {
            patterns,
            by_first,
            stems,
            lang,
            field,
            symbols: lookup(field, |token| symbols.get(&token.fold)),
            classes: lookup(field, |token| stems.classes.get(&token.stem)),
        }
    }

    /// Adds what stands in the field, which has this index in its document.
    pub fn run(&self, field: usize, found: &mut Vec<Occurrence>) {
        for first in 0..self.symbols.len() {
            let (symbol, class) = (self.symbols[first], self.classes[first]);
            if let Some(patterns) = self.by_first.get(symbol as usize) {
                self.try_all(patterns, field, first, found);
            }
            if let Some(patterns) = self.stems.by_first.get(class as usize) {
                let others = patterns.iter().filter(|pattern| {
                    let pattern = &self.patterns[**pattern as usize];
                    pattern.symbols.first() != Some(&symbol)
                });
                self.try_all(others, field, first, found);
            }
        }
    }

    fn try_all<'p>(
        &self,
        patterns: impl IntoIterator<Item = &'p PatternId>,
        field: usize,
        first: usize,
        found: &mut Vec<Occurrence>,
    ) {
        for id in patterns {
            let pattern = &self.patterns[*id as usize];
            if let Some(stemmed) = self.matches(pattern, first) {
                let tokens = first..first + pattern.symbols.len();
                found.push(Occurrence {
                    stemmed,
                    ..Occurrence::new(field, tokens, *id)
                });
            }
        }
    }

    /// Adds the words that begin as sought.
    pub fn prefixes(&self, index: &PrefixIndex, field: usize, found: &mut Vec<Occurrence>) {
        let tokens = &self.field.analysis.tokens;
        for (last, token) in tokens.iter().enumerate() {
            index.find(&token.fold, |prefix| {
                let Some(first) = last.checked_sub(prefix.before.len()) else {
                    return;
                };
                let stands = tokens[first].paragraph == token.paragraph
                    && (first..last)
                        .zip(&prefix.before)
                        .all(|(at, symbol)| self.is_symbol(at, *symbol));
                if stands {
                    found.push(Occurrence::new(field, first..last + 1, prefix.pattern));
                }
            });
        }
    }

    /// Adds the words that may be misspelt forms of what is sought.
    pub fn misspelt(&self, index: &FuzzyIndex, field: usize, found: &mut Vec<Occurrence>) {
        let tokens = &self.field.analysis.tokens;
        let mut known: FxHashMap<&str, Vec<&Phrase>> = FxHashMap::default();
        for (at, token) in tokens.iter().enumerate() {
            let phrases = known
                .entry(&token.fold)
                .or_insert_with(|| index.find(&token.fold));
            for phrase in &*phrases {
                let Some(first) = at.checked_sub(phrase.anchor) else {
                    continue;
                };
                let Some(words) = tokens.get(first..first + phrase.len()) else {
                    continue;
                };
                let together = words.iter().all(|word| word.paragraph == token.paragraph);
                if together && phrase.is_like(words.iter().map(|word| &*word.fold)) {
                    found.push(Occurrence::new(
                        field,
                        first..first + phrase.len(),
                        phrase.pattern,
                    ));
                }
            }
        }
    }

    /// Whether a token is a symbol, by its normal form or its stem.
    fn is_symbol(&self, at: usize, symbol: Symbol) -> bool {
        self.symbols[at] == symbol || self.classes[at] == self.stems.class_of[symbol as usize]
    }

    /// Whether a pattern stands at a token, and if so whether by stem only.
    fn matches(&self, pattern: &Pattern, first: usize) -> Option<bool> {
        let end = first + pattern.symbols.len();
        let symbols = self.symbols.get(first..end)?;
        let tokens = &self.field.analysis.tokens[first..end];
        if tokens[0].paragraph != tokens[tokens.len() - 1].paragraph {
            return None;
        }
        if symbols != &*pattern.symbols {
            let by_stem = pattern.stems.in_language(self.lang)
                && (first..end)
                    .zip(&pattern.symbols)
                    .all(|(at, symbol)| self.is_symbol(at, *symbol));
            return by_stem.then_some(true);
        }
        let as_written = pattern.written.as_ref().is_none_or(|written| {
            let text = &self.field.text;
            let mut pairs = tokens.iter().zip(written);
            pairs
                .all(|(token, written)| text[token.start as usize..token.end as usize] == **written)
        });
        as_written.then_some(false)
    }
}

fn lookup<'a>(field: &'a FieldText, number_of: impl Fn(&'a Token) -> Option<&'a u32>) -> Vec<u32> {
    let tokens = field.analysis.tokens.iter();
    tokens
        .map(|token| number_of(token).copied().unwrap_or(NONE))
        .collect()
}
