//! Every term of every rule in one hash: one pass over an article's tokens finds them all.
//!
//! A *symbol* numbers a distinct normal form among the tokens of the terms, a *stem class* the symbols
//! that share a stem in one language. A *pattern* is a row of symbols; terms have one pattern, a
//! country has one for each form of its name.

use rustc_hash::{FxHashMap, FxHashSet};

use super::compounds;
use super::findings::{Findings, Occurrence};
use super::fuzzy::FuzzyIndex;
use super::pattern::{Meaning, Pattern, PatternId, StemUse, Symbol, TermId, number, written};
use super::prefix::{Prefix, PrefixIndex};
use super::regex::RegexIndex;
use super::scan::Scan;
use super::stem_table::{StemTable, StemTables};
use crate::rules::document::Document;
use crate::rules::parse::ast::{Likeness, Term};
use crate::text::gazetteer::{self, FormKind};
use crate::text::{self, Analysis};

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sought {
    Term(Term),
    /// A state, by its code.
    Place(Aspect, String),
    /// A person or an organisation, as rules write it.
    Name(String),
}

/// What of a state is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::rules) enum Aspect {
    /// Everything that newspapers write for it.
    Country,
    Capital,
    /// Its capital, and the words that stand for its government.
    Gov,
}

/// The hash of all terms.
#[derive(Debug, Default)]
pub(in crate::rules) struct TermIndex {
    ids: FxHashMap<Sought, TermId>,
    symbols: FxHashMap<Box<str>, Symbol>,
    patterns: Vec<Pattern>,
    /// Patterns by their first symbol.
    by_first: Vec<Vec<PatternId>>,
    stems: StemTables,
    /// Terms that are states: newspapers name these more often than any one word.
    places: FxHashSet<TermId>,
    prefixes: PrefixIndex,
    fuzzy: FuzzyIndex,
    regexes: RegexIndex,
}

impl TermIndex {
    /// The number of a word or phrase; `None` if it has no tokens.
    pub fn add_term(&mut self, term: &Term) -> Option<TermId> {
        let sought = Sought::Term(term.clone());
        if let Some(id) = self.ids.get(&sought) {
            return Some(*id);
        }
        let id = number(self.ids.len());
        let added = self.add_form(term, id, Meaning::Term(term.clone()));
        added.then(|| self.next_id(sought))
    }

    /// The number of a person or an organisation, given as rules write it, with its names.
    pub fn add_name(&mut self, label: &str, names: &[Term]) -> TermId {
        let sought = Sought::Name(label.to_owned());
        if let Some(id) = self.ids.get(&sought) {
            return *id;
        }
        let id = self.next_id(sought);
        for name in names {
            let meaning = Meaning::Name {
                label: label.to_owned(),
                name: name.clone(),
            };
            self.add_form(name, id, meaning);
        }
        id
    }

    /// Adds one way to write what has this number. False when there is nothing to look for.
    fn add_form(&mut self, term: &Term, id: TermId, meaning: Meaning) -> bool {
        if term.likeness == Likeness::Regex {
            let pattern = self.push_pattern([].into(), None, StemUse::Never, Some(id), meaning);
            return self.regexes.add(&term.text, pattern);
        }
        let analysis = text::analyse(&term.text, None);
        let Some((last, before)) = analysis.tokens.split_last() else {
            return false;
        };
        match term.likeness {
            Likeness::Prefix => {
                let before = before
                    .iter()
                    .map(|token| self.symbol(&token.fold))
                    .collect();
                let pattern = self.push_pattern([].into(), None, StemUse::Never, Some(id), meaning);
                self.prefixes.add(&last.fold, Prefix { before, pattern });
            }
            Likeness::Fuzzy(most) => {
                let pattern = self.push_pattern([].into(), None, StemUse::Never, Some(id), meaning);
                return self.fuzzy.add(folds_of(&analysis), most, pattern);
            }
            Likeness::Stem | Likeness::Exact | Likeness::Cased | Likeness::Regex => {
                let stems = match term.likeness {
                    Likeness::Stem => StemUse::Always,
                    _ => StemUse::Never,
                };
                let cased = term.likeness == Likeness::Cased;
                let written = cased.then(|| written(&term.text, &analysis));
                self.add_pattern(folds_of(&analysis), written, stems, Some(id), meaning);
            }
        }
        true
    }

    /// The number of a state, by its code; `None` where no form of it is known.
    pub fn add_place(&mut self, aspect: Aspect, code: &str) -> Option<TermId> {
        let sought = Sought::Place(aspect, code.to_owned());
        if let Some(id) = self.ids.get(&sought) {
            return Some(*id);
        }
        let id = number(self.ids.len());
        let label = format!("{}:{code}", aspect.sign());
        // A form that several languages share is one pattern.
        let mut known: FxHashMap<(Vec<Box<str>>, Option<String>), PatternId> = FxHashMap::default();
        let forms = gazetteer::forms(code);
        for form in forms.into_iter().filter(|form| aspect.has(form.kind)) {
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
            let meaning = Meaning::Place {
                label: label.clone(),
                forms: vec![said],
            };
            let pattern = self.add_pattern(folds_of(&analysis), written, stems, Some(id), meaning);
            known.insert(key, pattern);
        }
        if known.is_empty() {
            return None;
        }
        self.places.insert(id);
        Some(self.next_id(sought))
    }

    /// How many words a term stands for, roughly.
    pub fn breadth(&self, term: TermId) -> usize {
        const OF_PLACE: usize = 20;
        match self.places.contains(&term) {
            true => OF_PLACE,
            false => 1,
        }
    }

    /// Makes ready what can be made only once all is added.
    pub fn finish(&mut self) {
        self.add_compounds();
        self.regexes.finish();
    }

    /// Adds the names of other countries that hold a name of a country sought (Belarus in Chinese
    /// holds Russia), so that the longer one is seen to stand in a text.
    fn add_compounds(&mut self) {
        let countries: FxHashSet<&str> = self.ids.keys().filter_map(Sought::country).collect();
        let firsts: FxHashSet<&str> = self
            .symbols
            .iter()
            .filter(|(_, symbol)| self.starts_place(**symbol))
            .map(|(fold, _)| &**fold)
            .collect();
        if firsts.is_empty() {
            return;
        }
        let compounds: Vec<_> = compounds::all()
            .iter()
            .filter(|compound| !countries.contains(compound.code))
            .filter(|compound| compound.folds().any(|fold| firsts.contains(fold)))
            .collect();
        for compound in compounds {
            let meaning = Meaning::Place {
                label: format!("country:{}", compound.code),
                forms: Vec::new(),
            };
            let stems = StemUse::In(vec![compound.lang.clone()]);
            self.add_pattern(compound.folds(), None, stems, None, meaning);
        }
    }

    fn starts_place(&self, symbol: Symbol) -> bool {
        let mut patterns = self.by_first[symbol as usize].iter();
        patterns.any(|pattern| self.patterns[*pattern as usize].is_place())
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
        let symbols: Box<[Symbol]> = folds.map(|fold| self.symbol(fold)).collect();
        let first = symbols.first().copied();
        let id = self.push_pattern(symbols, written, stems, term, meaning);
        if let Some(first) = first {
            self.by_first[first as usize].push(id);
        }
        id
    }

    fn push_pattern(
        &mut self,
        symbols: Box<[Symbol]>,
        written: Option<Box<[Box<str>]>>,
        stems: StemUse,
        term: Option<TermId>,
        meaning: Meaning,
    ) -> PatternId {
        let id = number(self.patterns.len());
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
            let scan = Scan::new(field, lang, &self.symbols, patterns, &stems);
            scan.run(index, &mut found);
            if !self.prefixes.is_empty() {
                scan.prefixes(&self.prefixes, index, &mut found);
            }
            if !self.fuzzy.is_empty() {
                scan.misspelt(&self.fuzzy, index, &mut found);
            }
            if !self.regexes.is_empty() {
                self.regexes.run(field, index, &mut found);
            }
        }
        Findings::new(
            found,
            |pattern| self.patterns[pattern as usize].term,
            |pattern| self.patterns[pattern as usize].is_place(),
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
            Self::Place(Aspect::Country, code) => Some(code),
            Self::Place(..) | Self::Term(_) | Self::Name(_) => None,
        }
    }
}

impl Aspect {
    fn sign(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Capital => "capital",
            Self::Gov => "gov",
        }
    }

    /// Whether a form of this kind counts.
    fn has(self, kind: FormKind) -> bool {
        match self {
            Self::Country => true,
            Self::Capital => kind == FormKind::Capital,
            Self::Gov => matches!(kind, FormKind::Capital | FormKind::Metonym),
        }
    }
}
