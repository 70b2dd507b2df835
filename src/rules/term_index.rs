//! Every term of every rule in one hash: one pass over an article's tokens finds them all.
//!
//! A *symbol* numbers a distinct normal form among the tokens of the terms, a *stem class* the symbols
//! that share a stem in one language. A *pattern* is a row of symbols; terms have one pattern, a
//! country has one for each form of its name.

use std::sync::{Arc, RwLock};

use rustc_hash::{FxHashMap, FxHashSet};

use super::ast::{Likeness, Term};
use super::compounds;
use super::document::{Document, FieldText};
use super::findings::{Findings, Occurrence};
use crate::text::gazetteer::{self, FormKind};
use crate::text::{self, Analysis};

/// Number of a term, or of a country, in the index.
pub(super) type TermId = u32;
type PatternId = u32;
type Symbol = u32;
type StemClass = u32;

/// Stands for a token of an article that no term has.
const NONE: u32 = u32::MAX;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sought {
    Term(Term),
    Country(String),
}

/// A row of symbols.
#[derive(Debug)]
struct Pattern {
    symbols: Box<[Symbol]>,
    /// The tokens as written, when the text must repeat them letter by letter.
    written: Option<Box<[Box<str>]>>,
    stems: StemUse,
    /// `None` for a longer name that only takes the place of a country's name within it.
    term: Option<TermId>,
    meaning: Meaning,
}

/// In which languages a pattern matches by stem too.
#[derive(Debug)]
enum StemUse {
    Never,
    Always,
    In(Vec<String>),
}

/// What a pattern says in an explanation.
#[derive(Debug)]
enum Meaning {
    Term(Term),
    Country {
        code: String,
        forms: Vec<(String, FormKind)>,
    },
}

/// The stems of all symbols in one language.
#[derive(Debug, PartialEq)]
struct StemTable {
    classes: FxHashMap<Box<str>, StemClass>,
    /// By symbol.
    class_of: Vec<StemClass>,
    /// Patterns that may match by stem, by the class of their first symbol.
    by_first: Vec<Vec<PatternId>>,
}

/// The hash of all terms.
#[derive(Debug, Default)]
pub(super) struct TermIndex {
    ids: FxHashMap<Sought, TermId>,
    symbols: FxHashMap<Box<str>, Symbol>,
    patterns: Vec<Pattern>,
    /// Patterns by their first symbol.
    by_first: Vec<Vec<PatternId>>,
    /// By language, made when the first article in it comes.
    stems: RwLock<FxHashMap<String, Arc<StemTable>>>,
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
        self.add_pattern(&analysis, written, stems, Some(id), meaning);
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
            let pattern = self.add_pattern(&analysis, written, stems, Some(id), meaning);
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
            .filter(|compound| {
                let mut tokens = compound.analysis.tokens.iter();
                tokens.any(|token| firsts.contains(&*token.fold))
            })
            .collect();
        for compound in compounds {
            let meaning = Meaning::Country {
                code: compound.code.to_owned(),
                forms: Vec::new(),
            };
            let stems = StemUse::In(vec![compound.lang.clone()]);
            self.add_pattern(&compound.analysis, None, stems, None, meaning);
        }
    }

    fn starts_country(&self, symbol: Symbol) -> bool {
        self.by_first[symbol as usize].iter().any(|pattern| {
            matches!(
                self.patterns[*pattern as usize].meaning,
                Meaning::Country { .. }
            )
        })
    }

    fn next_id(&mut self, sought: Sought) -> TermId {
        let id = number(self.ids.len());
        self.ids.insert(sought, id);
        id
    }

    fn add_pattern(
        &mut self,
        analysis: &Analysis,
        written: Option<Box<[Box<str>]>>,
        stems: StemUse,
        term: Option<TermId>,
        meaning: Meaning,
    ) -> PatternId {
        let id = number(self.patterns.len());
        let symbols: Box<[Symbol]> = analysis
            .tokens
            .iter()
            .map(|token| self.symbol(&token.fold))
            .collect();
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
        let lang = document.lang().unwrap_or_default();
        let stems = self.stem_table(lang);
        let mut found = Vec::new();
        for (index, field) in document.fields().iter().enumerate() {
            let scan = Scan {
                index: self,
                stems: &stems,
                lang,
                field,
                symbols: lookup(field, |token| self.symbols.get(&token.fold)),
                classes: lookup(field, |token| stems.classes.get(&token.stem)),
            };
            scan.run(index, &mut found);
        }
        Findings::new(
            found,
            |pattern| self.patterns[pattern as usize].term,
            |pattern| {
                matches!(
                    self.patterns[pattern as usize].meaning,
                    Meaning::Country { .. }
                )
            },
        )
    }

    fn stem_table(&self, lang: &str) -> Arc<StemTable> {
        // A poisoned lock only means that a panic was caught while a table was added: the map is whole.
        let known = self
            .stems
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .get(lang)
            .map(Arc::clone);
        known.unwrap_or_else(|| {
            let table = Arc::new(self.make_stem_table(lang));
            let mut tables = self
                .stems
                .write()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            // Languages without a stemmer share one table.
            let shared = tables.values().find(|other| ***other == *table);
            let table = shared.map_or(table, Arc::clone);
            tables.insert(lang.to_owned(), Arc::clone(&table));
            table
        })
    }

    fn make_stem_table(&self, lang: &str) -> StemTable {
        let stemmer = text::Stemmer::new(lang);
        let mut classes: FxHashMap<Box<str>, StemClass> = FxHashMap::default();
        let mut class_of = vec![NONE; self.by_first.len()];
        for (fold, symbol) in &self.symbols {
            let next = number(classes.len());
            let class = classes.entry(stemmer.stem(fold).into()).or_insert(next);
            class_of[*symbol as usize] = *class;
        }
        let mut by_first = vec![Vec::new(); classes.len()];
        for (id, pattern) in self.patterns.iter().enumerate() {
            if pattern.stems.in_language(lang)
                && let Some(first) = pattern.symbols.first()
            {
                by_first[class_of[*first as usize] as usize].push(number(id));
            }
        }
        StemTable {
            classes,
            class_of,
            by_first,
        }
    }

    /// How an occurrence came about, for people.
    pub fn why(&self, occurrence: &Occurrence, lang: Option<&str>) -> String {
        match &self.patterns[occurrence.pattern as usize].meaning {
            Meaning::Term(term) if occurrence.stemmed => format!("{term} (stem)"),
            Meaning::Term(term) => term.to_string(),
            Meaning::Country { code, forms } => {
                let form = forms
                    .iter()
                    .find(|(of, _)| Some(of.as_str()) == lang)
                    .or(forms.first());
                match form {
                    Some((of, kind)) => format!("country:{code} ({of} {})", kind_name(*kind)),
                    None => format!("country:{code}"),
                }
            }
        }
    }
}

impl Sought {
    fn country(&self) -> Option<&str> {
        match self {
            Self::Country(code) => Some(code),
            Self::Term(_) => None,
        }
    }
}

impl Pattern {
    /// Notes that the same words are a form in one more language.
    fn also(&mut self, (lang, kind): (String, FormKind), cased: bool) {
        if !cased && lang != "*" {
            match &mut self.stems {
                StemUse::In(langs) => langs.push(lang.clone()),
                stems => *stems = StemUse::In(vec![lang.clone()]),
            }
        }
        if let Meaning::Country { forms, .. } = &mut self.meaning {
            forms.push((lang, kind));
        }
    }
}

impl StemUse {
    fn in_language(&self, lang: &str) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::In(langs) => langs.iter().any(|known| known == lang),
        }
    }
}

/// One pass over one field.
struct Scan<'a> {
    index: &'a TermIndex,
    stems: &'a StemTable,
    lang: &'a str,
    field: &'a FieldText,
    /// By token.
    symbols: Vec<Symbol>,
    classes: Vec<StemClass>,
}

impl Scan<'_> {
    fn run(&self, field: usize, found: &mut Vec<Occurrence>) {
        for first in 0..self.symbols.len() {
            let (symbol, class) = (self.symbols[first], self.classes[first]);
            if let Some(patterns) = self.index.by_first.get(symbol as usize) {
                self.try_all(patterns, field, first, found);
            }
            if let Some(patterns) = self.stems.by_first.get(class as usize) {
                let others = patterns.iter().filter(|pattern| {
                    let pattern = &self.index.patterns[**pattern as usize];
                    pattern.symbols.first() != Some(&symbol)
                });
                self.try_all(others, field, first, found);
            }
        }
    }

    fn try_all<'p>(
        &self,
        patterns: impl IntoIterator<Item = &'p PatternId>,
        field: usize,
        first: usize,
        found: &mut Vec<Occurrence>,
    ) {
        for id in patterns {
            let pattern = &self.index.patterns[*id as usize];
            if let Some(stemmed) = self.matches(pattern, first) {
                found.push(Occurrence {
                    field: number(field),
                    first: number(first),
                    last: number(first + pattern.symbols.len() - 1),
                    pattern: *id,
                    stemmed,
                });
            }
        }
    }

    /// Whether a pattern stands at a token, and if so whether by stem only.
    fn matches(&self, pattern: &Pattern, first: usize) -> Option<bool> {
        let end = first + pattern.symbols.len();
        let symbols = self.symbols.get(first..end)?;
        let tokens = &self.field.analysis.tokens[first..end];
        if tokens[0].paragraph != tokens[tokens.len() - 1].paragraph {
            return None;
        }
        if symbols != &*pattern.symbols {
            let by_stem = pattern.stems.in_language(self.lang)
                && (first..end).zip(&pattern.symbols).all(|(at, symbol)| {
                    self.symbols[at] == *symbol
                        || self.classes[at] == self.stems.class_of[*symbol as usize]
                });
            return by_stem.then_some(true);
        }
        let as_written = pattern.written.as_ref().is_none_or(|written| {
            let text = &self.field.text;
            let mut pairs = tokens.iter().zip(written);
            pairs
                .all(|(token, written)| text[token.start as usize..token.end as usize] == **written)
        });
        as_written.then_some(false)
    }
}

fn lookup<'a>(
    field: &'a FieldText,
    number_of: impl Fn(&'a text::Token) -> Option<&'a u32>,
) -> Vec<u32> {
    let tokens = field.analysis.tokens.iter();
    tokens
        .map(|token| number_of(token).copied().unwrap_or(NONE))
        .collect()
}

fn written(text: &str, analysis: &Analysis) -> Box<[Box<str>]> {
    let tokens = analysis.tokens.iter();
    tokens
        .map(|token| text[token.start as usize..token.end as usize].into())
        .collect()
}

fn kind_name(kind: FormKind) -> &'static str {
    match kind {
        FormKind::Name => "name",
        FormKind::Adjective => "adjective",
        FormKind::Capital => "capital",
        FormKind::Metonym => "metonym",
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 4 billion terms and tokens: they fit into memory")
}
