//! Which normal forms share a stem, language by language.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::pattern::{Symbol, number};
use super::rows::Rows;
use super::word_table::WordTable;
use crate::text::Stemmer;

/// Number of a stem. A stem that is a symbol's normal form has the symbol's number; others have numbers behind
/// those of all symbols.
pub(in crate::rules) type StemClass = u32;

/// The stems of all symbols in one language.
#[derive(Debug, PartialEq)]
pub(in crate::rules) struct StemTable {
    /// By symbol.
    class_of: Box<[StemClass]>,
    /// Stems that are no symbol's normal form.
    others: WordTable,
    /// The symbols that have another stem than themselves, by class.
    inflected: Rows<Symbol>,
}

/// A table for each language, made when the first article in it comes.
#[derive(Debug, Default)]
pub(in crate::rules) struct StemTables {
    by_lang: RwLock<FxHashMap<String, Arc<StemTable>>>,
}

impl StemTables {
    /// The table of a language; `make` is asked for it once.
    pub fn get(&self, lang: &str, make: impl FnOnce() -> StemTable) -> Arc<StemTable> {
        // A poisoned lock only means that a panic was caught while a table was added: the map is whole.
        let tables = self.by_lang.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(table) = tables.get(lang) {
            return Arc::clone(table);
        }
        drop(tables);
        let table = make();
        let mut tables = self.by_lang.write().unwrap_or_else(PoisonError::into_inner);
        // Languages without a stemmer share one table.
        let shared = tables.values().find(|other| ***other == table).cloned();
        let table = shared.unwrap_or_else(|| Arc::new(table));
        tables.insert(lang.to_owned(), Arc::clone(&table));
        table
    }
}

impl StemTable {
    /// The stems of `symbols` in a language.
    pub fn new(symbols: &WordTable, lang: &str) -> Self {
        let stemmer = Stemmer::new(lang);
        let mut others = WordTable::default();
        let first_other = number(symbols.len());
        let class_of: Box<[StemClass]> = symbols
            .words()
            .map(|fold| {
                let stem = stemmer.stem(fold);
                let known = symbols.get(&stem);
                known.unwrap_or_else(|| first_other + others.add(&stem))
            })
            .collect();
        others.shrink();
        let inflected = (0..)
            .zip(&*class_of)
            .filter(|(symbol, class)| symbol != *class)
            .map(|(symbol, class)| (*class, symbol));
        Self {
            inflected: Rows::new(symbols.len() + others.len(), inflected),
            others,
            class_of,
        }
    }

    /// The class of a stem, if a symbol may have it.
    pub fn class(&self, stem: &str, symbols: &WordTable) -> Option<StemClass> {
        let symbol = symbols.get(stem);
        symbol.or_else(|| self.other_class(stem))
    }

    /// The same of a stem that is no symbol.
    pub fn other_class(&self, stem: &str) -> Option<StemClass> {
        let other = self.others.get(stem)?;
        Some(number(self.class_of.len()) + other)
    }

    /// The class of a symbol.
    pub fn class_of(&self, symbol: Symbol) -> StemClass {
        self.class_of[symbol as usize]
    }

    /// Calls `found` with the symbols of a class.
    pub fn symbols_of(&self, class: StemClass, mut found: impl FnMut(Symbol)) {
        if self.class_of.get(class as usize) == Some(&class) {
            found(class);
        }
        self.inflected.row(class).iter().copied().for_each(found);
    }
}
