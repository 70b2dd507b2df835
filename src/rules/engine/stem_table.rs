//! Which normal forms share a stem, language by language.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::pattern::{Pattern, PatternId, Symbol, number};
use crate::text::Stemmer;

/// Number of the symbols that share a stem.
pub(in crate::rules) type StemClass = u32;

/// The stems of all symbols in one language.
#[derive(Debug, PartialEq)]
pub(in crate::rules) struct StemTable {
    pub classes: FxHashMap<Box<str>, StemClass>,
    /// By symbol.
    pub class_of: Vec<StemClass>,
    /// Patterns that may match by stem, by the class of their first symbol.
    pub by_first: Vec<Vec<PatternId>>,
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
    pub fn new(symbols: &FxHashMap<Box<str>, Symbol>, patterns: &[Pattern], lang: &str) -> Self {
        let stemmer = Stemmer::new(lang);
        let mut classes: FxHashMap<Box<str>, StemClass> = FxHashMap::default();
        let mut class_of = vec![0; symbols.len()];
        for (fold, symbol) in symbols {
            let next = number(classes.len());
            let class = classes.entry(stemmer.stem(fold).into()).or_insert(next);
            class_of[*symbol as usize] = *class;
        }
        let mut by_first = vec![Vec::new(); classes.len()];
        for (id, pattern) in patterns.iter().enumerate() {
            if pattern.stems.in_language(lang)
                && let Some(first) = pattern.symbols.first()
            {
                by_first[class_of[*first as usize] as usize].push(number(id));
            }
        }
        Self {
            classes,
            class_of,
            by_first,
        }
    }
}
