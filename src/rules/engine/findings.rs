//! Where the terms stand in one document.

use std::cmp::Reverse;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::pattern::{PatternId, TermId, number};

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

    /// The same, and the term.
    pub fn place_of_term(&self) -> (u32, u32, u32, TermId) {
        (self.field, self.first, self.last, self.term)
    }
}

/// Everything sought that stands in a document.
#[derive(Debug, Default)]
pub(in crate::rules) struct Findings {
    by_term: FxHashMap<TermId, Vec<Occurrence>>,
    terms: Vec<TermId>,
}

impl Findings {
    /// Orders what was found. A country's name within a longer name of a country is dropped.
    pub fn new(
        mut found: Vec<Occurrence>,
        term_of: impl Fn(u32) -> Option<TermId>,
        is_country: impl Fn(u32) -> bool,
    ) -> Self {
        found.sort_unstable_by_key(Occurrence::order);
        let mut findings = Self::default();
        // The country's name that reaches furthest among those that began before.
        let mut widest: Option<(u32, u32, u32)> = None;
        for occurrence in found {
            if is_country(occurrence.pattern) {
                let place = occurrence.place();
                match widest {
                    Some(wide) if wide != place && covers(wide, place) => continue,
                    _ => widest = Some(place),
                }
            }
            let Some(term) = term_of(occurrence.pattern) else {
                continue;
            };
            let places = findings.by_term.entry(term).or_default();
            if places.last().map(Occurrence::place) != Some(occurrence.place()) {
                places.push(Occurrence { term, ..occurrence });
            }
        }
        findings.terms = findings.by_term.keys().copied().collect();
        findings.terms.sort_unstable();
        findings
    }

    /// Terms that were found, ascending.
    pub fn terms(&self) -> &[TermId] {
        &self.terms
    }

    /// Places of a term, in text order.
    pub fn places(&self, term: TermId) -> &[Occurrence] {
        self.by_term.get(&term).map_or(&[], Vec::as_slice)
    }

    /// Those of `terms` (ascending) that were found.
    pub fn found_among<'a>(&'a self, terms: &'a [TermId]) -> impl Iterator<Item = TermId> + 'a {
        let (few, many) = match terms.len() < self.terms.len() {
            true => (terms, &self.terms[..]),
            false => (&self.terms[..], terms),
        };
        let found = few.iter().copied();
        found.filter(move |term| many.binary_search(term).is_ok())
    }
}

fn covers(wide: (u32, u32, u32), place: (u32, u32, u32)) -> bool {
    wide.0 == place.0 && wide.1 <= place.1 && place.2 <= wide.2
}
