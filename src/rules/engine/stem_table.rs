//! Which normal forms share a stem, language by language.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::pattern::{Symbol, number};
use super::rows::Rows;
use super::word_table::{WordTable, hashed};
use crate::text::Stemmer;

/// A word with its hash.
type Hashed<'w> = (&'w str, u64);

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
        others.finish();
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

    /// The classes of words in normal form that are these symbols, or none; `none` for those that no symbol may have the
    /// stem of. `forms` are the words with their hashes and their stems.
    pub fn classes(
        &self,
        symbols: &WordTable,
        (are, forms): (&[Symbol], &[(Hashed<'_>, &str)]),
        none: StemClass,
    ) -> Vec<StemClass> {
        let classes = are.iter().map(|symbol| self.class_of.get(*symbol as usize));
        let mut classes: Vec<StemClass> = classes.map(|class| *class.unwrap_or(&none)).collect();
        // A stem that is another word than the normal form may be a symbol though that is not.
        let without = (0..classes.len()).filter(|at| are[*at] == none);
        let (same, other): (Vec<usize>, Vec<usize>) =
            without.partition(|at| std::ptr::eq(forms[*at].0.0, forms[*at].1));
        let stems: Vec<Hashed<'_>> = other.iter().map(|at| hashed(forms[*at].1)).collect();
        let found = symbols.get_all(&stems, none);
        let mut left: Vec<(usize, Hashed<'_>)> = Vec::with_capacity(same.len() + other.len());
        for ((at, stem), symbol) in other.into_iter().zip(stems).zip(found) {
            match symbol == none {
                true => left.push((at, stem)),
                false => classes[at] = symbol,
            }
        }
        left.extend(same.into_iter().map(|at| (at, forms[at].0)));
        let asked: Vec<Hashed<'_>> = left.iter().map(|(_, stem)| *stem).collect();
        let first_other = number(self.class_of.len());
        let found = self.others.get_all(&asked, none);
        for ((at, _), other) in left.into_iter().zip(found) {
            if other != none {
                classes[at] = first_other + other;
            }
        }
        classes
    }

    /// The class of a symbol.
    #[inline]
    pub fn class_of(&self, symbol: Symbol) -> StemClass {
        self.class_of[symbol as usize]
    }

    /// The symbols of each of these classes: the one that is its stem, if it is one, and the others. What is no class has
    /// none.
    pub fn symbols_of(&self, classes: &[StemClass]) -> Vec<(Option<Symbol>, &[Symbol])> {
        let of_itself = classes.iter().map(|class| {
            let of = self.class_of.get(*class as usize);
            of.filter(|of| *of == class).copied()
        });
        of_itself
            .zip(self.inflected.rows(classes.iter().copied()))
            .collect()
    }
}
