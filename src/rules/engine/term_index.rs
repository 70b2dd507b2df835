//! Every term of every rule in one hash: one pass over an article's tokens finds them all.
//!
//! A *symbol* numbers a distinct normal form among the tokens of the terms, a *stem class* the symbols
//! that share a stem in one language. A *pattern* is a row of symbols; terms have one pattern, a
//! country has one for each form of its name.

use std::cmp::{Ordering, Reverse};
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::alike::AlikeIndex;
use super::findings::Occurrence;
use super::fuzzy::Phrase;
use super::pattern::{
    Detail, Form, Meaning, NameForm, PatternId, Row, StemUse, Symbol, TermId, number, written,
};
use super::regex::RegexIndex;
use super::rows::{NumberSet, Rows};
use super::scan::Anchored;
use super::states::Aspect;
use super::stem_table::{StemTable, StemTables};
use super::word_table::WordTable;
use crate::rules::parse::ast::{Likeness, Term};
use crate::text::{self, Token};

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Sought {
    Term(Term),
    /// A state, by its code.
    Place(Aspect, String),
    /// A person or an organisation, as rules write it.
    Name(String),
}

/// The hash of all terms.
#[derive(Debug, Default)]
pub(in crate::rules) struct TermIndex {
    /// Empty once all is added.
    pub(super) ids: FxHashMap<Sought, TermId>,
    pub(super) symbols: WordTable,
    /// By pattern.
    pub(super) rows: Vec<Row>,
    pub(super) details: Vec<Detail>,
    /// The symbols of all patterns.
    row_symbols: Vec<Symbol>,
    /// The first pattern of each term; those of one term stand after each other.
    first_pattern: Vec<PatternId>,
    /// Patterns by that of their symbols which the fewest patterns have.
    pub(super) by_anchor: Rows<Anchored>,
    stems: StemTables,
    pub(super) alike: AlikeIndex,
    /// Terms with fuzzy patterns that are not looked for in every article, but when a watch asks for them.
    untold: NumberSet,
    /// Terms that are regular expressions.
    with_regex: NumberSet,
    pub(super) regexes: RegexIndex,
}

/// How often a term will be found, and what finding it costs: which group of terms a watch is known by.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Rarity {
    /// How many words it stands for, roughly.
    pub words: usize,
    /// It is found only when it is asked for, unless it is indexed, which costs every article.
    pub is_fuzzy: bool,
}

impl TermIndex {
    /// The number of a word or phrase; `None` if it has no tokens.
    pub fn add_term(&mut self, term: &Term) -> Option<TermId> {
        let sought = Sought::Term(term.clone());
        if let Some(id) = self.ids.get(&sought) {
            return Some(*id);
        }
        let begun = number(self.rows.len());
        let added = self.add_form(term, Meaning::Term(term.clone()));
        added.then(|| self.next_id(sought, begun))
    }

    /// The number of a person or an organisation, given as rules write it, with its names.
    pub fn add_name(&mut self, label: &str, names: &[Term]) -> TermId {
        let sought = Sought::Name(label.to_owned());
        if let Some(id) = self.ids.get(&sought) {
            return *id;
        }
        let begun = number(self.rows.len());
        let shared: Arc<str> = label.into();
        for name in names {
            let form = NameForm {
                label: Arc::clone(&shared),
                name: name.clone(),
            };
            self.add_form(name, Meaning::Name(Box::new(form)));
        }
        self.next_id(sought, begun)
    }

    /// Adds one way to write the next term. False when there is nothing to look for.
    fn add_form(&mut self, term: &Term, meaning: Meaning) -> bool {
        let next = number(self.rows.len());
        if term.likeness == Likeness::Regex {
            let Some(regex) = self.regexes.add(&term.text, next) else {
                return false;
            };
            self.add_pattern([].into_iter(), Form::Regex(regex), StemUse::Never, meaning);
            return true;
        }
        let analysis = text::analyse(&term.text, None);
        let Some((last, before)) = analysis.tokens.split_last() else {
            return false;
        };
        let folds = || folds_of(&analysis.tokens);
        match term.likeness {
            Likeness::Prefix => {
                let term = number(self.ids.len());
                self.alike.prefixes.add(&last.fold, (next, term));
                let form = Form::Prefix((&*last.fold).into());
                self.add_pattern(folds_of(before), form, StemUse::Never, meaning);
            }
            Likeness::Fuzzy(most) => {
                let Some(phrase) = Phrase::new(folds(), most) else {
                    return false;
                };
                let form = Form::Fuzzy(Box::new(phrase));
                self.add_pattern([].into_iter(), form, StemUse::Never, meaning);
            }
            Likeness::Stem => {
                self.add_pattern(folds(), Form::Row, StemUse::Always, meaning);
            }
            Likeness::Cased => {
                let form = Form::Cased(written(&term.text, &analysis));
                self.add_pattern(folds(), form, StemUse::Never, meaning);
            }
            Likeness::Exact | Likeness::Regex => {
                self.add_pattern(folds(), Form::Row, StemUse::Never, meaning);
            }
        }
        true
    }

    /// How often a term will be found.
    pub fn rarity(&self, term: TermId) -> Rarity {
        const OF_PLACE: usize = 20;
        let mut rarity = Rarity {
            words: 0,
            is_fuzzy: false,
        };
        for pattern in self.patterns_of(term) {
            let detail = &self.details[pattern as usize];
            rarity.is_fuzzy |= matches!(detail.form, Form::Fuzzy(_));
            rarity.words = match (&detail.meaning, &detail.form) {
                (Meaning::Place(_), _) => OF_PLACE,
                (_, Form::Prefix(beginning)) => rarity.words + words_of_beginning(beginning),
                _ => rarity.words + 1,
            };
        }
        rarity
    }

    /// Looks for a term by its fuzzy patterns in every article.
    pub fn index_fuzzy(&mut self, terms: impl Iterator<Item = TermId>) {
        let mut indexed = NumberSet::below(self.first_pattern.len());
        for term in terms {
            if !indexed.insert(term) {
                continue;
            }
            for pattern in self.patterns_of(term) {
                if let Form::Fuzzy(phrase) = &self.details[pattern as usize].form {
                    self.alike.fuzzy.add(phrase, pattern, term);
                }
            }
        }
        self.untold = NumberSet::below(self.first_pattern.len());
        self.with_regex = NumberSet::below(self.first_pattern.len());
        for (row, detail) in self.rows.iter().zip(&self.details) {
            if matches!(detail.form, Form::Regex(_)) {
                self.with_regex.insert(row.term);
            }
        }
        for term in 0..number(self.first_pattern.len()) {
            if !indexed.contains(term) && self.rarity(term).is_fuzzy {
                self.untold.insert(term);
            }
        }
    }

    /// Whether every article that has a term tells of it.
    pub fn is_told(&self, term: TermId) -> bool {
        !self.untold.contains(term)
    }

    /// Whether finding out where a term stands may take long.
    pub fn is_dear(&self, term: TermId) -> bool {
        self.untold.contains(term) || self.with_regex.contains(term)
    }

    /// Makes ready what can be made only once all is added.
    pub fn finish(&mut self) {
        if self.details.iter().any(Detail::is_place) {
            self.add_compounds();
        }
        self.ids = FxHashMap::default();
        let users = self.number_by_use();
        self.anchor(&users);
        self.symbols.finish();
        self.finish_alike();
        self.rows.shrink_to_fit();
        self.details.shrink_to_fit();
        self.row_symbols.shrink_to_fit();
        self.first_pattern.shrink_to_fit();
    }

    /// Gives the first numbers to the symbols that most rows have, and tells how many have each: those are the words that
    /// texts are full of, and what is known of them lies together in memory.
    fn number_by_use(&mut self) -> Vec<u32> {
        let mut users = vec![0_u32; self.symbols.len()];
        for symbol in &self.row_symbols {
            users[*symbol as usize] += 1;
        }
        let mut order: Vec<Symbol> = (0..number(users.len())).collect();
        order.sort_by_key(|symbol| Reverse(users[*symbol as usize]));
        let mut symbols = WordTable::default();
        let mut new = vec![0; users.len()];
        for symbol in &order {
            new[*symbol as usize] = symbols.add(self.symbols.word(*symbol));
        }
        self.symbols = symbols;
        for symbol in &mut self.row_symbols {
            *symbol = new[*symbol as usize];
        }
        order.iter().map(|old| users[*old as usize]).collect()
    }

    /// Puts every row of symbols to that of its symbols which the fewest rows have.
    fn anchor(&mut self, users: &[u32]) {
        let mut anchors = Vec::with_capacity(self.rows.len());
        for (id, detail) in (0..).zip(&self.details) {
            if matches!(detail.form, Form::Row | Form::Cased(_)) {
                let symbols = self.symbols_of(id);
                let places = (0..).zip(symbols);
                let rarest = places.min_by_key(|(_, symbol)| users[**symbol as usize]);
                let Some((place, symbol)) = rarest else {
                    continue;
                };
                anchors.push((*symbol, self.anchored(id, place)));
            }
        }
        // Words that are all of a pattern come first, so that what is the same is done in a row.
        let alone = anchors.iter().filter(|(_, one)| one.is_alone);
        let others = anchors.iter().filter(|(_, one)| !one.is_alone);
        self.by_anchor = Rows::new(self.symbols.len(), alone.chain(others).copied());
    }

    /// A pattern by the symbol at this place of it.
    fn anchored(&self, pattern: PatternId, place: usize) -> Anchored {
        let row = &self.rows[pattern as usize];
        let symbols = self.symbols_of(pattern);
        let following = symbols.get(place + 1);
        let neighbour = following.or(place.checked_sub(1).map(|before| &symbols[before]));
        Anchored {
            pattern,
            term: row.term,
            neighbour: *neighbour.unwrap_or(&symbols[place]),
            neighbour_follows: following.is_some(),
            is_alone: symbols.len() == 1,
            is_pair: symbols.len() == 2,
            is_place: row.is_place,
            has_stems: row.has_stems,
        }
    }

    /// Patterns that are added from here on are of no term.
    pub(super) fn end_terms(&mut self) {
        self.first_pattern.push(number(self.rows.len()));
    }

    pub(super) fn next_id(&mut self, sought: Sought, first_pattern: PatternId) -> TermId {
        let id = number(self.ids.len());
        self.ids.insert(sought, id);
        self.first_pattern.push(first_pattern);
        id
    }

    pub(super) fn add_pattern<'a>(
        &mut self,
        folds: impl Iterator<Item = &'a str>,
        form: Form,
        stems: StemUse,
        meaning: Meaning,
    ) -> PatternId {
        let start = self.row_symbols.len();
        for fold in folds {
            let symbol = self.symbols.add(fold);
            self.row_symbols.push(symbol);
        }
        let id = number(self.rows.len());
        self.rows.push(Row {
            start: number(start),
            length: number(self.row_symbols.len() - start),
            term: number(self.ids.len()),
            is_place: matches!(meaning, Meaning::Place(_)),
            has_stems: !matches!(stems, StemUse::Never),
        });
        self.details.push(Detail {
            form,
            stems,
            meaning,
        });
        id
    }

    /// How many terms there are.
    pub fn terms(&self) -> usize {
        self.first_pattern.len()
    }

    /// The patterns of a term.
    #[inline]
    pub fn patterns_of(&self, term: TermId) -> Range<PatternId> {
        let at = term as usize;
        let next = self.first_pattern.get(at + 1).copied();
        self.first_pattern[at]..next.unwrap_or(number(self.rows.len()))
    }

    /// Reads a little of what will be asked for of these terms.
    pub fn reach(&self, terms: &[TermId]) {
        let patterns = terms.iter().map(|term| self.first_pattern[*term as usize]);
        let patterns: Vec<PatternId> = patterns.collect();
        let stems = patterns.iter().filter(|pattern| {
            let (row, detail) = (
                &self.rows[**pattern as usize],
                &self.details[**pattern as usize],
            );
            row.has_stems & matches!(detail.form, Form::Row)
        });
        std::hint::black_box(stems.count());
    }

    #[inline]
    pub fn detail(&self, pattern: PatternId) -> &Detail {
        &self.details[pattern as usize]
    }

    /// The symbols of a pattern.
    #[inline]
    pub fn symbols_of(&self, pattern: PatternId) -> &[Symbol] {
        let row = &self.rows[pattern as usize];
        &self.row_symbols[row.start as usize..(row.start + row.length) as usize]
    }

    /// The stems of all symbols in a language.
    pub fn stems(&self, lang: &str) -> Arc<StemTable> {
        self.stems.get(lang, || StemTable::new(&self.symbols, lang))
    }

    /// The order of terms that stand at one place.
    pub fn compare(&self, one: TermId, other: TermId) -> Ordering {
        if one == other {
            return Ordering::Equal;
        }
        let rank = |term: TermId| {
            let pattern = self.patterns_of(term).next();
            pattern.map(|pattern| self.details[pattern as usize].meaning.rank())
        };
        rank(one).cmp(&rank(other)).then(one.cmp(&other))
    }

    /// How an occurrence came about, for people.
    pub fn why(&self, occurrence: &Occurrence, lang: Option<&str>) -> String {
        self.detail(occurrence.pattern)
            .why(occurrence.stemmed, lang)
    }
}

/// The normal forms of tokens.
pub(super) fn folds_of(tokens: &[Token]) -> impl Iterator<Item = &str> {
    tokens.iter().map(|token| &*token.fold)
}

/// How many words begin so, roughly.
fn words_of_beginning(beginning: &str) -> usize {
    match beginning.chars().count() {
        0..=3 => 16,
        4 => 6,
        _ => 2,
    }
}
