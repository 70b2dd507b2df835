//! One pass over the words of a document: which terms may stand in it. Where they stand is found out for those
//! that a watch asks for.

use std::sync::Arc;

use super::findings::Findings;
use super::locate::Locator;
use super::pattern::{PatternId, Symbol, TermId};
use super::rows::NumberSet;
use super::stem_table::{StemClass, StemTable};
use super::term_index::TermIndex;
use super::word_places::{Chains, PairFilter};
use crate::rules::document::{Document, FieldText};

/// Stands for a word of an article that no term has.
pub(super) const NONE: u32 = u32::MAX;

/// A pattern by one of its symbols, with what mostly is enough to let it go: the pattern itself lies elsewhere in memory.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Anchored {
    pub pattern: PatternId,
    pub term: TermId,
    /// The symbol beside it; the same where it has one only.
    pub neighbour: Symbol,
    /// The neighbour stands behind it.
    pub neighbour_follows: bool,
    /// It is all of the pattern.
    pub is_alone: bool,
    /// See [`Row`](super::pattern::Row).
    pub is_place: bool,
    /// See [`Row`](super::pattern::Row).
    pub has_stems: bool,
}

/// The words of one field as an index knows them.
#[derive(Debug)]
pub(super) struct FieldWords {
    pub stems: Arc<StemTable>,
    /// By word of the field's analysis.
    pub symbols: Vec<Symbol>,
    /// By word. A word that is a symbol is of the symbol's class.
    pub classes: Vec<StemClass>,
    by_class: Chains,
    pairs: PairFilter,
}

impl FieldWords {
    fn new(index: &TermIndex, field: &FieldText) -> Self {
        let stems = index.stems(field.lang());
        let words = &field.analysis.words;
        let symbols = index
            .symbols
            .get_all(words.iter().map(|word| &*word.fold), NONE);
        let classes = words.iter().zip(&symbols);
        let classes = classes.map(|(word, symbol)| match *symbol {
            NONE if Arc::ptr_eq(&word.fold, &word.stem) => {
                stems.other_class(&word.stem).unwrap_or(NONE)
            }
            NONE => stems.class(&word.stem, &index.symbols).unwrap_or(NONE),
            symbol => stems.class_of(symbol),
        });
        let classes: Vec<StemClass> = classes.collect();
        let mut pairs = PairFilter::with_room_for(field.analysis.tokens.len());
        let mut before = NONE;
        for token in &field.analysis.tokens {
            let class = classes[token.word as usize];
            if before != NONE && class != NONE {
                pairs.insert(before, class);
            }
            before = class;
        }
        Self {
            by_class: Chains::new(&classes),
            pairs,
            classes,
            symbols,
            stems,
        }
    }

    /// The words of a class, ascending.
    pub fn of_class(&self, class: StemClass) -> impl Iterator<Item = u32> {
        let words = self.by_class.of(class);
        words.filter(move |word| self.classes[*word as usize] == class)
    }

    /// Words with the symbols that they are, as they are or by stem.
    fn with_symbols(&self) -> Vec<(u32, Symbol)> {
        let mut found = Vec::with_capacity(2 * self.symbols.len());
        for (word, (symbol, class)) in (0..).zip(self.symbols.iter().zip(&self.classes)) {
            if *symbol != NONE {
                found.push((word, *symbol));
            }
            if *class != NONE {
                self.stems.symbols_of(*class, |other| {
                    if other != *symbol {
                        found.push((word, other));
                    }
                });
            }
        }
        found
    }

    /// Whether a symbol and its neighbour in a pattern may stand beside each other, as they are or by stem.
    fn may_pair(&self, symbol: Symbol, one: &Anchored) -> bool {
        let class = self.stems.class_of(symbol);
        let neighbour = self.stems.class_of(one.neighbour);
        match one.neighbour_follows {
            true => self.pairs.may_have(class, neighbour),
            false => self.pairs.may_have(neighbour, class),
        }
    }
}

/// One pass over a document.
struct Scan<'a> {
    index: &'a TermIndex,
    /// Symbols that stand in the document, as they are or by stem.
    here: NumberSet,
    told: NumberSet,
    terms: Vec<TermId>,
    /// Forms of states that may stand in it: which of them count is seen once all are known.
    places: Vec<PatternId>,
}

impl TermIndex {
    /// What may stand in a document.
    pub fn find<'a>(&'a self, document: &'a Document) -> Findings<'a> {
        let fields = document.fields();
        let words: Vec<FieldWords> = fields.iter().map(|f| FieldWords::new(self, f)).collect();
        let mut scan = Scan {
            index: self,
            here: NumberSet::below(self.symbols.len()),
            told: NumberSet::below(self.terms()),
            terms: Vec::new(),
            places: Vec::new(),
        };
        scan.rows(fields, &words);
        for (field, words) in fields.iter().zip(&words) {
            scan.words_by_form(field, words);
        }
        let mut regexes = Vec::new();
        if !self.regexes.is_empty() {
            for (index, field) in (0..).zip(fields) {
                self.regexes.candidates(field, |regex, paragraph| {
                    regexes.push((regex, index, paragraph));
                });
            }
            regexes.sort_unstable();
            for (regex, ..) in &regexes {
                scan.tell(self.regexes.pattern(*regex));
            }
        }
        let Scan {
            told,
            terms,
            mut places,
            ..
        } = scan;
        places.sort_unstable();
        places.dedup();
        Findings::new(self, document, words, (told, terms), regexes).with_places(&places)
    }
}

impl Scan<'_> {
    /// Tells of the rows of symbols that stand in the document.
    fn rows(&mut self, fields: &[FieldText], words: &[FieldWords]) {
        let asked: Vec<_> = words.iter().map(FieldWords::with_symbols).collect();
        for (_, symbol) in asked.iter().flatten() {
            self.here.insert(*symbol);
        }
        let index = self.index;
        let fields = fields.iter().zip(words).zip(&asked);
        for (field, ((text, words), asked)) in fields.enumerate() {
            let locator = |pattern| Locator {
                index,
                text,
                words,
                field,
                pattern,
            };
            let rows = index
                .by_anchor
                .rows(asked.iter().map(|(_, symbol)| *symbol));
            for ((word, symbol), row) in asked.iter().zip(rows) {
                let is_exact = words.symbols[*word as usize] == *symbol;
                for one in row.iter().filter(|one| is_exact || one.has_stems) {
                    self.tell_row(one, &locator, *word, *symbol);
                }
            }
        }
    }

    /// Tells of a row of symbols if it stands around a word that is one of them.
    fn tell_row<'l>(
        &mut self,
        one: &Anchored,
        locator: &impl Fn(PatternId) -> Locator<'l>,
        word: u32,
        symbol: Symbol,
    ) {
        if !one.is_alone && !self.here.contains(one.neighbour) {
            return;
        }
        let is_known = !one.is_place && self.told.contains(one.term);
        if is_known {
            return;
        }
        let stands = one.is_alone || {
            let locator = locator(one.pattern);
            locator.words.may_pair(symbol, one)
                && self.all_here(one.pattern)
                && locator.stands_around(word, symbol)
        };
        if !stands {
            return;
        }
        if one.is_place {
            self.places.push(one.pattern);
        } else if self.told.insert(one.term) {
            self.terms.push(one.term);
        }
    }

    /// Whether all symbols of a pattern stand somewhere in the document.
    fn all_here(&self, pattern: PatternId) -> bool {
        let mut symbols = self.index.symbols_of(pattern).iter();
        symbols.all(|symbol| self.here.contains(*symbol))
    }

    /// Tells of beginnings of words, and of words that may be misspelt.
    fn words_by_form(&mut self, field: &FieldText, words: &FieldWords) {
        let index = self.index;
        if index.prefixes.is_empty() && index.fuzzy.is_empty() {
            return;
        }
        let mut found: Vec<PatternId> = Vec::new();
        for (word, symbol) in field.analysis.words.iter().zip(&words.symbols) {
            if *symbol == NONE {
                found.clear();
                // To measure how far words are apart takes long.
                let is_known = |pattern| self.told.contains(index.rows[pattern as usize].term);
                index.alike(&word.fold, is_known, &mut found);
                self.tell_all(&found);
            } else {
                self.tell_all(index.alike_to_symbol(*symbol));
            }
        }
    }

    /// Tells of patterns that are found by the form of a word.
    fn tell_all(&mut self, patterns: &[PatternId]) {
        for pattern in patterns {
            let is_known = self.told.contains(self.index.rows[*pattern as usize].term);
            if !is_known && self.all_here(*pattern) {
                self.tell(*pattern);
            }
        }
    }

    fn tell(&mut self, pattern: PatternId) {
        let row = &self.index.rows[pattern as usize];
        if row.is_place {
            self.places.push(pattern);
        } else if self.told.insert(row.term) {
            self.terms.push(row.term);
        }
    }
}
