//! What is found by the form of a word: beginnings, words that may be misspelt, and words with letters that a regular
//! expression must have.

use super::fuzzy::FuzzyIndex;
use super::pattern::{PatternId, Symbol, TermId, number};
use super::prefix::PrefixIndex;
use super::rows::Rows;
use super::term_index::TermIndex;

/// A pattern that a word may be of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alike {
    pub pattern: PatternId,
    pub term: TermId,
    /// The regular expression that it is, if so.
    pub regex: Option<u32>,
}

/// Patterns that are found by the form of a word.
#[derive(Debug, Default)]
pub(super) struct AlikeIndex {
    pub prefixes: PrefixIndex,
    pub fuzzy: FuzzyIndex,
    /// By symbol: articles share most of their words.
    of_symbols: Rows<Alike>,
}

impl TermIndex {
    /// Whether anything is found by the form of a word.
    pub(super) fn has_alike(&self) -> bool {
        let Self { alike, regexes, .. } = self;
        !alike.prefixes.is_empty() || !alike.fuzzy.is_empty() || regexes.literals.is_in_words()
    }

    /// Adds the patterns that a word in normal form may be of, each once; of those that may be misspelt not the ones whose
    /// terms are `known`.
    pub(super) fn alike(&self, word: &str, known: impl Fn(TermId) -> bool, found: &mut Vec<Alike>) {
        let of = |pattern, term| Alike {
            pattern,
            term,
            regex: None,
        };
        let prefixes = &self.alike.prefixes;
        prefixes.find(word, |pattern, term| found.push(of(pattern, term)));
        let fuzzy = &self.alike.fuzzy;
        fuzzy.find(word, known, |pattern, term| found.push(of(pattern, term)));
        let mut regexes: Vec<u32> = Vec::new();
        let literals = &self.regexes.literals;
        literals.in_word(word, |regex| regexes.push(regex));
        regexes.sort_unstable();
        regexes.dedup();
        found.extend(regexes.into_iter().map(|regex| {
            let pattern = self.regexes.pattern(regex);
            Alike {
                regex: Some(regex),
                ..of(pattern, self.rows[pattern as usize].term)
            }
        }));
    }

    /// Makes ready what can be made only once all is added.
    pub(super) fn finish_alike(&mut self) {
        self.alike.fuzzy.finish();
        self.regexes.finish();
        if !self.has_alike() {
            return;
        }
        let mut pairs: Vec<(Symbol, Alike)> = Vec::new();
        let mut found = Vec::new();
        for (symbol, word) in (0..number(self.symbols.len())).zip(self.symbols.words()) {
            found.clear();
            self.alike(word, |_| false, &mut found);
            pairs.extend(found.iter().map(|one| (symbol, *one)));
        }
        self.alike.of_symbols = Rows::new(self.symbols.len(), pairs.iter().copied());
    }

    /// The same as [`TermIndex::alike`] of each of these symbols, nothing known; of what is no symbol nothing.
    pub(super) fn alike_to_symbols(&self, symbols: &[Symbol]) -> Vec<&[Alike]> {
        self.alike.of_symbols.rows(symbols.iter().copied())
    }
}
