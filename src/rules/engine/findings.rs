//! Where the terms stand in one document.

use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::condition::Condition;
use super::evaluate::STEPS_MAX;
use super::locate::Locator;
use super::namesakes;
use super::pattern::{Form, Meaning, NO_TERM, PatternId, TermId, number};
use super::rows::NumberSet;
use super::scan::FieldWords;
use super::term_index::TermIndex;
use crate::rules::document::Document;
use crate::text::gazetteer::ArticleLanguage;

/// A term at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) struct Occurrence {
    /// Index of the field in the document.
    pub field: u32,
    /// First token.
    pub first: u32,
    /// Last token.
    pub last: u32,
    /// The pattern that matched.
    pub pattern: u32,
    /// The term that it is a pattern of; known once all is found.
    pub term: TermId,
    /// It matched by stem only.
    pub stemmed: bool,
}

impl Occurrence {
    /// A pattern in a field, at tokens that are at least one; its term is not yet known.
    pub fn new(field: usize, tokens: Range<usize>, pattern: PatternId) -> Self {
        Self {
            field: number(field),
            first: number(tokens.start),
            last: number(tokens.end - 1),
            pattern,
            term: TermId::MAX,
            stemmed: false,
        }
    }

    /// Order in the text; at one place the longest comes first, then what matched most closely.
    fn order(&self) -> (u32, u32, Reverse<u32>, bool, u32) {
        let Self {
            field,
            first,
            last,
            pattern,
            stemmed,
            term: _,
        } = *self;
        (field, first, Reverse(last), stemmed, pattern)
    }

    /// Field, first and last token.
    pub fn place(&self) -> (u32, u32, u32) {
        (self.field, self.first, self.last)
    }
}

/// A table that need not grow for what most articles are asked.
pub(super) fn with_room<K, V>() -> FxHashMap<K, V> {
    const ASKED: usize = 28;
    FxHashMap::with_capacity_and_hasher(ASKED, FxBuildHasher)
}

/// Tokens of the longest name of a state.
const NAME_TOKENS_MAX: u32 = 32;

/// Everything sought that stands in a document. Where a term stands is looked up when it is asked for.
#[derive(Debug)]
pub(in crate::rules) struct Findings<'a> {
    index: &'a TermIndex,
    document: &'a Document,
    /// By field.
    words: Vec<FieldWords>,
    /// Terms that may stand in it.
    told: NumberSet,
    terms: Vec<TermId>,
    /// Expressions whose literals stand in a paragraph: expression, field, paragraph; ascending.
    regexes: Vec<(u32, u32, u32)>,
    /// Places of terms that were asked for.
    known: RefCell<FxHashMap<TermId, Located>>,
}

/// Where a term stands.
#[derive(Debug, Clone)]
pub(in crate::rules) struct Located {
    /// In text order.
    pub places: Rc<[Occurrence]>,
    /// What it took to find out.
    pub steps: u64,
}

impl<'a> Findings<'a> {
    pub(super) fn new(
        index: &'a TermIndex,
        document: &'a Document,
        words: Vec<FieldWords>,
        (told, terms): (NumberSet, Vec<TermId>),
        regexes: Vec<(u32, u32, u32)>,
    ) -> Self {
        Self {
            index,
            document,
            words,
            told,
            terms,
            regexes,
            known: RefCell::new(with_room()),
        }
    }

    /// Looks up these forms of states. A name within a longer name of a state is dropped; so is a word that is
    /// another one in the language of the text, and what is somebody else's name.
    pub(super) fn with_places(mut self, patterns: &[PatternId]) -> Self {
        let (mut found, mut steps) = (Vec::new(), 0);
        for pattern in patterns {
            steps += self.locate(*pattern, &mut found);
        }
        let is_of_government = |one: &mut Occurrence| self.is_of_government(one);
        let government: Vec<Occurrence> = found.extract_if(.., is_of_government).collect();
        found.sort_unstable_by_key(Occurrence::order);
        // The name that reaches furthest among those that began before.
        let mut widest: Option<(u32, u32, u32)> = None;
        found.retain(|occurrence| {
            let place = occurrence.place();
            match widest {
                Some(wide) if wide != place && covers(wide, place) => return false,
                _ => widest = Some(place),
            }
            true
        });
        self.add_government(&mut found, government);
        let fields = self.document.fields().iter();
        let articles: Vec<ArticleLanguage> = fields
            .map(|field| ArticleLanguage::new(field.lang()))
            .collect();
        found.retain(|occurrence| {
            let article = articles[occurrence.field as usize];
            self.is_of_language(occurrence, article)
                && !namesakes::is_cut_out(self.document, occurrence)
        });
        let others = namesakes::others(self.index, self.document, &found);
        found.retain(|occurrence| !others.has(occurrence));
        let mut by_term: FxHashMap<TermId, Vec<Occurrence>> = FxHashMap::default();
        for occurrence in found {
            let term = self.index.rows[occurrence.pattern as usize].term;
            if term != NO_TERM {
                by_term.entry(term).or_default().push(occurrence);
            }
        }
        for (term, places) in by_term {
            if self.told.insert(term) {
                self.terms.push(term);
            }
            let places = once_each(places, term);
            // Every watch that asks for a state answers for what looking for states took.
            self.known.get_mut().insert(term, Located { places, steps });
        }
        self
    }

    fn is_of_government(&self, occurrence: &Occurrence) -> bool {
        match &self.index.detail(occurrence.pattern).meaning {
            Meaning::Place(place) => place.is_of_government(),
            Meaning::Term(_) | Meaning::Name(_) => false,
        }
    }

    /// Adds leaders and offices to the names of states; not an office whose state is a part of a longer name
    /// (白俄罗斯外交部 is not of Russia).
    fn add_government(&self, found: &mut Vec<Occurrence>, mut government: Vec<Occurrence>) {
        if government.is_empty() {
            return;
        }
        government.retain(|office| {
            let begun = (office.field, office.first.saturating_sub(NAME_TOKENS_MAX));
            let near = found.partition_point(|name| (name.field, name.first) < begun);
            let end = (office.field, office.last);
            let near = found[near..].iter();
            let mut near = near.take_while(|name| (name.field, name.first) <= end);
            !near.any(|name| crosses(office, name))
        });
        found.append(&mut government);
        found.sort_unstable_by_key(Occurrence::order);
    }

    /// Whether a form of a state is one in the language of the text.
    fn is_of_language(&self, occurrence: &Occurrence, article: ArticleLanguage) -> bool {
        match &self.index.detail(occurrence.pattern).meaning {
            Meaning::Place(place) => place.articles.contains(article),
            Meaning::Term(_) | Meaning::Name(_) => true,
        }
    }

    /// Terms that may stand in it, in no order; not those that are looked for only when they are asked for.
    pub fn terms(&self) -> &[TermId] {
        &self.terms
    }

    /// Whether a term may stand in it, as far as was looked.
    pub fn has_told(&self, term: TermId) -> bool {
        self.told.contains(term)
    }

    /// Where a term stands.
    pub fn located(&self, term: TermId) -> Located {
        if let Some(known) = self.known.borrow().get(&term) {
            return known.clone();
        }
        let (mut found, mut steps) = (Vec::new(), 0);
        for pattern in self.index.patterns_of(term) {
            // States are known already: those that count.
            if steps <= STEPS_MAX && !self.index.rows[pattern as usize].is_place {
                steps += self.locate(pattern, &mut found);
            }
        }
        found.sort_unstable_by_key(Occurrence::order);
        let places = once_each(found, term);
        let located = Located { places, steps };
        self.known.borrow_mut().insert(term, located.clone());
        located
    }

    /// Those of `terms` that may stand in the document.
    pub fn found_among<'t>(&'t self, terms: &'t [TermId]) -> impl Iterator<Item = TermId> + 't {
        let terms = terms.iter().copied();
        terms.filter(|term| self.told.contains(*term) || !self.index.is_told(*term))
    }

    /// Whether finding out where a condition stands may take long: it has terms that are looked for only when they
    /// are asked for.
    pub fn is_dear(&self, condition: &Condition) -> bool {
        condition.has_term(&|term| self.index.is_dear(term))
    }

    /// The order of places: that of the text; at one place what matched most closely comes first.
    #[inline]
    pub fn compare(&self, one: &Occurrence, other: &Occurrence) -> Ordering {
        let by_place = one.place().cmp(&other.place());
        let by_likeness = by_place.then(one.stemmed.cmp(&other.stemmed));
        match one.term == other.term {
            true => by_likeness,
            false => by_likeness.then_with(|| self.index.compare(one.term, other.term)),
        }
    }

    /// Adds the places of a pattern, and says what it took.
    fn locate(&self, pattern: PatternId, found: &mut Vec<Occurrence>) -> u64 {
        let before = found.len();
        let detail = self.index.detail(pattern);
        let mut looked_at = 0;
        for (field, words) in self.words.iter().enumerate() {
            let text = &self.document.fields()[field];
            let locator = Locator {
                index: self.index,
                text,
                words,
                field,
                pattern,
            };
            looked_at += match &detail.form {
                Form::Row | Form::Cased(_) => locator.row(found),
                Form::Prefix(beginning) => locator.prefix(beginning, found),
                Form::Fuzzy(phrase) => locator.fuzzy(phrase, found),
                Form::Regex(regex) => locator.regex(*regex, &self.regexes, found),
            };
        }
        (looked_at + found.len() - before) as u64
    }
}

/// At every place the one that comes first.
fn once_each(mut places: Vec<Occurrence>, term: TermId) -> Rc<[Occurrence]> {
    places.dedup_by_key(|place| place.place());
    places.iter_mut().for_each(|place| place.term = term);
    places.into()
}

/// Whether a name begins or ends outside of an office, and has a part in it.
fn crosses(office: &Occurrence, name: &Occurrence) -> bool {
    let overlap =
        office.field == name.field && name.first <= office.last && office.first <= name.last;
    overlap && (name.first < office.first || office.last < name.last)
}

fn covers(wide: (u32, u32, u32), place: (u32, u32, u32)) -> bool {
    wide.0 == place.0 && wide.1 <= place.1 && place.2 <= wide.2
}
