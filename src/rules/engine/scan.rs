//! One pass over the words of a document: which terms may stand in it. Where they stand is found out for those
//! that a watch asks for.

use std::cell::OnceCell;
use std::sync::Arc;

use super::alike::Alike;
use super::findings::Findings;
use super::locate::Locator;
use super::pattern::{PatternId, Symbol, TermId, number};
use super::rows::NumberSet;
use super::stem_table::{StemClass, StemTable};
use super::term_index::TermIndex;
use super::word_places::{Chains, PairFilter};
use super::word_table::hashed;
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
    /// With its neighbour it is all of the pattern.
    pub is_pair: bool,
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
    /// First bytes of the words, made when they are first asked for.
    firsts: OnceCell<Vec<u8>>,
}

impl FieldWords {
    fn new(index: &TermIndex, field: &FieldText) -> Self {
        let stems = index.stems(field.lang());
        let words = &field.analysis.words;
        let folds: Vec<(&str, u64)> = words.iter().map(|word| hashed(&word.fold)).collect();
        let symbols = index.symbols.get_all(&folds, NONE);
        let forms = folds.into_iter().zip(words.iter().map(|word| &*word.stem));
        let forms: Vec<_> = forms.collect();
        let classes = stems.classes(&index.symbols, (&symbols, &forms), NONE);
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
            firsts: OnceCell::new(),
        }
    }

    /// The words of the field, ascending, whose normal form begins with a byte.
    pub fn beginning_with(&self, byte: u8, field: &FieldText) -> impl Iterator<Item = u32> {
        let firsts = self.firsts.get_or_init(|| {
            let words = field.analysis.words.iter();
            words
                .map(|word| word.fold.bytes().next().unwrap_or_default())
                .collect()
        });
        memchr::memchr_iter(byte, firsts).map(number)
    }

    /// The words of a class, ascending.
    pub fn of_class(&self, class: StemClass) -> impl Iterator<Item = u32> {
        let words = self.by_class.of(class);
        words.filter(move |word| self.classes[*word as usize] == class)
    }

    /// Words with the symbols that they are, as they are or by stem.
    fn with_symbols(&self) -> Vec<(u32, Symbol)> {
        let mut found = Vec::with_capacity(2 * self.symbols.len());
        let of_classes = self.stems.symbols_of(&self.classes);
        for ((word, symbol), (stem, inflected)) in (0..).zip(&self.symbols).zip(of_classes) {
            if *symbol != NONE {
                found.push((word, *symbol));
            }
            let others = stem.iter().chain(inflected);
            let others = others.filter(|other| *other != symbol);
            found.extend(others.map(|other| (word, *other)));
        }
        found
    }

    /// Whether a symbol of this class and its neighbour in a pattern may stand beside each other, as they are or by stem.
    #[inline]
    fn may_pair(&self, class: StemClass, one: &Anchored) -> bool {
        let neighbour = self.stems.class_of(one.neighbour);
        match one.neighbour_follows {
            true => self.pairs.may_have(class, neighbour),
            false => self.pairs.may_have(neighbour, class),
        }
    }
}

/// A word of an article, and a symbol that it is, as it is or by stem.
#[derive(Debug, Clone, Copy)]
struct Here {
    word: u32,
    symbol: Symbol,
    class: StemClass,
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
    /// Expressions that may match: expression, field, paragraph.
    regexes: Vec<(u32, u32, u32)>,
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
            regexes: Vec::new(),
        };
        scan.rows(fields, &words);
        for ((at, field), words) in (0..).zip(fields).zip(&words) {
            scan.words_by_form((at, field), words);
            scan.regexes_by_text(at, field);
        }
        let Scan {
            told,
            terms,
            mut places,
            mut regexes,
            ..
        } = scan;
        regexes.sort_unstable();
        regexes.dedup();
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
                let here = Here {
                    word: *word,
                    symbol: *symbol,
                    class: words.stems.class_of(*symbol),
                };
                for one in row.iter().filter(|one| is_exact || one.has_stems) {
                    self.tell_row(one, &locator, here);
                }
            }
        }
    }

    /// Tells of a row of symbols if it stands around a word that is one of them.
    fn tell_row<'l>(
        &mut self,
        one: &Anchored,
        locator: &impl Fn(PatternId) -> Locator<'l>,
        here: Here,
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
            locator.words.may_pair(here.class, one)
                && match one.is_pair && !one.is_place {
                    true => locator.pair_stands(here.word, one),
                    false => {
                        self.all_here(one.pattern) && locator.stands_around(here.word, here.symbol)
                    }
                }
        };
        if !stands {
            return;
        }
        match one.is_place {
            true => self.places.push(one.pattern),
            false => self.tell(one.term),
        }
    }

    /// Whether all symbols of a pattern stand somewhere in the document.
    #[inline]
    fn all_here(&self, pattern: PatternId) -> bool {
        let mut symbols = self.index.symbols_of(pattern).iter();
        symbols.all(|symbol| self.here.contains(*symbol))
    }

    /// Tells of what is found by the form of words.
    fn words_by_form(&mut self, (at, field): (u32, &FieldText), words: &FieldWords) {
        let index = self.index;
        if !index.has_alike() {
            return;
        }
        let mut found: Vec<Alike> = Vec::new();
        let of_symbols = index.alike_to_symbols(&words.symbols);
        let forms = field.analysis.words.iter().zip(&words.symbols);
        for (word, ((forms, symbol), of_symbol)) in (0..).zip(forms.zip(of_symbols)) {
            let alike = match *symbol {
                NONE => {
                    found.clear();
                    let is_known = |term| self.told.contains(term);
                    index.alike(&forms.fold, is_known, &mut found);
                    &found
                }
                _ => of_symbol,
            };
            for one in alike {
                if let Some(regex) = one.regex {
                    let tokens = field.tokens_of_word(word).iter();
                    let tokens = tokens.map(|token| &field.analysis.tokens[*token as usize]);
                    self.regexes
                        .extend(tokens.map(|token| (regex, at, token.paragraph)));
                    self.tell(one.term);
                } else if !self.told.contains(one.term) && self.all_here(one.pattern) {
                    self.tell(one.term);
                }
            }
        }
    }

    /// Tells of the regular expressions that are not found by the words of a field.
    fn regexes_by_text(&mut self, at: u32, field: &FieldText) {
        let regexes = &self.index.regexes;
        let begun = self.regexes.len();
        regexes.literals.in_text(field, |regex, paragraph| {
            self.regexes.push((regex, at, paragraph));
        });
        for found in begun..self.regexes.len() {
            let pattern = regexes.pattern(self.regexes[found].0);
            self.tell(self.index.rows[pattern as usize].term);
        }
    }

    #[inline]
    fn tell(&mut self, term: TermId) {
        if self.told.insert(term) {
            self.terms.push(term);
        }
    }
}
