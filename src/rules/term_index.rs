//! Every term of every rule in one hash: one pass over an article's tokens finds them all.
//!
//! A *symbol* numbers a distinct normal form among the tokens of the terms, a *stem class* the symbols
//! that share a stem in one language. A *pattern* is a row of symbols; terms have one pattern, a
//! country has one for each form of its name.

use rustc_hash::{FxHashMap, FxHashSet};

use super::ast::{Likeness, Term};
use super::compounds;
use super::document::Document;
use super::findings::{Findings, Occurrence};
use super::pattern::{Meaning, Pattern, PatternId, StemUse, Symbol, TermId, number, written};
use super::scan::Scan;
use super::stem_table::{StemTable, StemTables};
use crate::text::{self, Analysis, gazetteer};

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sought {
    Term(Term),
    Country(String),
}

/// The hash of all terms.
#[derive(Debug, Default)]
pub(super) struct TermIndex {
    ids: FxHashMap<Sought, TermId>,
    symbols: FxHashMap<Box<str>, Symbol>,
    patterns: Vec<Pattern>,
    /// Patterns by their first symbol.
    by_first: Vec<Vec<PatternId>>,
    stems: StemTables,
}

impl TermIndex {
    /// The number of a word or phrase; `None` if it has no tokens.
    pub fn add_term(&mut self, term: &Term) -> Option<TermId> {
        let sought = Sought::Term(term.clone());
        if let Some(id) = self.ids.get(&sought) {
            return Some(*id);
        }
        let analysis = text::analyse(&term.text, None);
        if analysis.tokens.is_empty() {
            return None;
        }
        let id = self.next_id(sought);
        let cased = term.likeness == Likeness::Cased;
        let stems = match term.likeness {
            Likeness::Stem => StemUse::Always,
            Likeness::Exact | Likeness::Cased => StemUse::Never,
        };
        let written = cased.then(|| written(&term.text, &analysis));
        let meaning = Meaning::Term(term.clone());
        self.add_pattern(folds_of(&analysis), written, stems, Some(id), meaning);
        Some(id)
    }

    /// The number of a country, by its code.
    pub fn add_country(&mut self, code: &str) -> TermId {
        let sought = Sought::Country(code.to_owned());
        if let Some(id) = self.ids.get(&sought) {
            return *id;
        }
        let id = self.next_id(sought);
        // A form that several languages share is one pattern.
        let mut known: FxHashMap<(Vec<Box<str>>, Option<String>), PatternId> = FxHashMap::default();
        for form in gazetteer::forms(code) {
            let analysis = text::analyse(&form.text, Some(&form.lang));
            if analysis.tokens.is_empty() {
                continue;
            }
            let folds = analysis.tokens.iter().map(|t| t.fold.clone()).collect();
            let key = (folds, form.cased.then(|| form.text.clone()));
            let said = (form.lang.clone(), form.kind);
            if let Some(pattern) = known.get(&key) {
                self.patterns[*pattern as usize].also(said, form.cased);
                continue;
            }
            let stems = match form.cased || form.lang == "*" {
                true => StemUse::Never,
                false => StemUse::In(vec![form.lang.clone()]),
            };
            let written = form.cased.then(|| written(&form.text, &analysis));
            let meaning = Meaning::Country {
                code: code.to_owned(),
                forms: vec![said],
            };
            let pattern = self.add_pattern(folds_of(&analysis), written, stems, Some(id), meaning);
            known.insert(key, pattern);
        }
        id
    }

    /// Adds the names of other countries that hold a name of a country sought (Belarus in Chinese
    /// holds Russia), so that the longer one is seen to stand in a text. Call it last.
    pub fn add_compounds(&mut self) {
        let countries: FxHashSet<&str> = self.ids.keys().filter_map(Sought::country).collect();
        if countries.is_empty() {
            return;
        }
        let firsts: FxHashSet<&str> = self
            .symbols
            .iter()
            .filter(|(_, symbol)| self.starts_country(**symbol))
            .map(|(fold, _)| &**fold)
            .collect();
        let compounds: Vec<_> = compounds::all()
            .iter()
            .filter(|compound| !countries.contains(compound.code))
            .filter(|compound| compound.folds().any(|fold| firsts.contains(fold)))
            .collect();
        for compound in compounds {
            let meaning = Meaning::Country {
                code: compound.code.to_owned(),
                forms: Vec::new(),
            };
            let stems = StemUse::In(vec![compound.lang.clone()]);
            self.add_pattern(compound.folds(), None, stems, None, meaning);
        }
    }

    fn starts_country(&self, symbol: Symbol) -> bool {
        let mut patterns = self.by_first[symbol as usize].iter();
        patterns.any(|pattern| self.patterns[*pattern as usize].is_country())
    }

    fn next_id(&mut self, sought: Sought) -> TermId {
        let id = number(self.ids.len());
        self.ids.insert(sought, id);
        id
    }

    fn add_pattern<'a>(
        &mut self,
        folds: impl Iterator<Item = &'a str>,
        written: Option<Box<[Box<str>]>>,
        stems: StemUse,
        term: Option<TermId>,
        meaning: Meaning,
    ) -> PatternId {
        let id = number(self.patterns.len());
        let symbols: Box<[Symbol]> = folds.map(|fold| self.symbol(fold)).collect();
        if let Some(first) = symbols.first() {
            self.by_first[*first as usize].push(id);
        }
        self.patterns.push(Pattern {
            symbols,
            written,
            stems,
            term,
            meaning,
        });
        id
    }

    fn symbol(&mut self, fold: &str) -> Symbol {
        if let Some(symbol) = self.symbols.get(fold) {
            return *symbol;
        }
        let symbol = number(self.by_first.len());
        self.by_first.push(Vec::new());
        self.symbols.insert(fold.into(), symbol);
        symbol
    }

    /// Everything sought that stands in a document.
    pub fn find(&self, document: &Document) -> Findings {
        let mut found = Vec::new();
        for (index, field) in document.fields().iter().enumerate() {
            let lang = field.analysis.lang.as_deref().unwrap_or_default();
            let stems = self
                .stems
                .get(lang, || StemTable::new(&self.symbols, &self.patterns, lang));
            let patterns = (&self.patterns[..], &self.by_first[..]);
            Scan::new(field, lang, &self.symbols, patterns, &stems).run(index, &mut found);
        }
        Findings::new(
            found,
            |pattern| self.patterns[pattern as usize].term,
            |pattern| self.patterns[pattern as usize].is_country(),
        )
    }

    /// How an occurrence came about, for people.
    pub fn why(&self, occurrence: &Occurrence, lang: Option<&str>) -> String {
        self.patterns[occurrence.pattern as usize].why(occurrence.stemmed, lang)
    }
}

/// The normal forms of the tokens.
fn folds_of(analysis: &Analysis) -> impl Iterator<Item = &str> {
    analysis.tokens.iter().map(|token| &*token.fold)
}

impl Sought {
    fn country(&self) -> Option<&str> {
        match self {
            Self::Country(code) => Some(code),
            Self::Term(_) => None,
        }
    }
}
