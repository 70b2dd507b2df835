//! One pass over the words of a document: which terms may stand in it. Where they stand is found out for those
//! that a watch asks for.

use std::sync::Arc;

use super::findings::Findings;
use super::locate::Locator;
use super::pattern::{Form, PatternId, Symbol, TermId};
use super::rows::NumberSet;
use super::stem_table::{StemClass, StemTable};
use super::term_index::TermIndex;
use crate::rules::document::{Document, FieldText};

/// Stands for a word of an article that no term has.
pub(super) const NONE: u32 = u32::MAX;

/// The words of one field as an index knows them.
#[derive(Debug)]
pub(super) struct FieldWords {
    pub stems: Arc<StemTable>,
    /// By word of the field's analysis.
    pub symbols: Vec<Symbol>,
    pub classes: Vec<StemClass>,
}

impl FieldWords {
    fn new(index: &TermIndex, field: &FieldText) -> Self {
        let stems = index.stems(field.lang());
        let words = &field.analysis.words;
        let symbol = |fold: &str| index.symbols.get(fold).unwrap_or(NONE);
        let symbols: Vec<Symbol> = words.iter().map(|word| symbol(&word.fold)).collect();
        let classes = words.iter().zip(&symbols);
        let classes = classes.map(|(word, symbol)| match Arc::ptr_eq(&word.fold, &word.stem) {
            // A word that is its own stem is of the class of its symbol.
            true if *symbol != NONE => *symbol,
            _ => stems.class(&word.stem, &index.symbols).unwrap_or(NONE),
        });
        Self {
            classes: classes.collect(),
            symbols,
            stems,
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
        for field in fields {
            scan.words_by_form(field);
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
        for field in words {
            for symbol in field.symbols.iter().filter(|symbol| **symbol != NONE) {
                self.here.insert(*symbol);
            }
            for class in field.classes.iter().filter(|class| **class != NONE) {
                field.stems.symbols_of(*class, |symbol| {
                    self.here.insert(symbol);
                });
            }
        }
        let index = self.index;
        for (field, (text, words)) in fields.iter().zip(words).enumerate() {
            let pairs = words.symbols.iter().zip(&words.classes);
            for (word, (symbol, class)) in (0..).zip(pairs) {
                let locator = |pattern| Locator {
                    index,
                    text,
                    words,
                    field,
                    pattern,
                };
                if *symbol != NONE {
                    for one in index.by_anchor.row(*symbol) {
                        if self.here.contains(one.other) {
                            self.tell_row(&locator(one.pattern), word, *symbol);
                        }
                    }
                }
                if *class == NONE {
                    continue;
                }
                words.stems.symbols_of(*class, |other| {
                    if other == *symbol {
                        return;
                    }
                    for one in index.by_anchor.row(other) {
                        if self.here.contains(one.other)
                            && index.rows[one.pattern as usize].has_stems
                        {
                            self.tell_row(&locator(one.pattern), word, other);
                        }
                    }
                });
            }
        }
    }

    /// Tells of a row of symbols if it stands around a word that is one of them.
    fn tell_row(&mut self, locator: &Locator<'_>, word: u32, symbol: Symbol) {
        let row = &self.index.rows[locator.pattern as usize];
        let is_known = !row.is_place && self.told.contains(row.term);
        if is_known {
            return;
        }
        let stands = row.length == 1
            || (self.all_here(locator.pattern) && locator.stands_around(word, symbol));
        if stands {
            self.tell(locator.pattern);
        }
    }

    /// Whether all symbols of a pattern stand somewhere in the document.
    fn all_here(&self, pattern: PatternId) -> bool {
        let mut symbols = self.index.symbols_of(pattern).iter();
        symbols.all(|symbol| self.here.contains(*symbol))
    }

    /// Tells of beginnings of words, and of words that may be misspelt.
    fn words_by_form(&mut self, field: &FieldText) {
        let index = self.index;
        if index.prefixes.is_empty() && index.fuzzy.is_empty() {
            return;
        }
        let mut alike: Vec<PatternId> = Vec::new();
        for word in &field.analysis.words {
            index.prefixes.find(&word.fold, |pattern| {
                if self.all_here(pattern) {
                    self.tell(pattern);
                }
            });
            if index.fuzzy.is_empty() {
                continue;
            }
            alike.clear();
            index.fuzzy.find(&word.fold, |pattern| alike.push(pattern));
            alike.sort_unstable();
            alike.dedup();
            for pattern in &alike {
                let is_known = self.told.contains(index.rows[*pattern as usize].term);
                if !is_known
                    && let Form::Fuzzy(phrase) = &index.detail(*pattern).form
                    && phrase.is_anchor(&word.fold)
                {
                    self.tell(*pattern);
                }
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
