//! Regular expressions: `/CVE-\d{4}-\d+/`.
//!
//! Literals without which they cannot match are looked for in every article ([`Literals`]). An expression is compiled and
//! tried when a watch that lacks nothing else asks for it, and only on the paragraphs that have one of its literals.

use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use regex::Regex;
use rustc_hash::FxHashMap;

use super::findings::Occurrence;
use super::literals::Literals;
use super::pattern::{PatternId, number};
use super::regex_parts::{gap_of, required_literals};
use crate::rules::document::FieldText;

/// Expressions that are kept compiled; one with a class of Unicode takes some 90 kB.
const COMPILED_MAX: usize = 512;
/// Matches that are looked for in one paragraph.
const MATCHES_MAX: usize = 100;
/// Bytes of a paragraph that are searched at once: an expression that runs to the end of what it is given before
/// it settles for less does so for every match. Few paragraphs are longer.
const WINDOW: usize = 8_192;
/// The same for expressions with a gap of more than `WIDE_GAP`.
const NARROW_WINDOW: usize = 2_048;
const WIDE_GAP: usize = 200;
/// How far a match may reach across the end of such a window.
const OVERLAP: usize = 1_024;
/// An expression that is looked for.
#[derive(Debug)]
struct Sought {
    written: Box<str>,
    pattern: PatternId,
    /// See `GAP_MAX`.
    gap: usize,
}

/// All regular expressions.
#[derive(Debug, Default)]
pub(super) struct RegexIndex {
    regexes: Vec<Sought>,
    /// By index, those that were tried last.
    compiled: RwLock<FxHashMap<u32, Arc<Regex>>>,
    /// Each of an expression.
    pub literals: Literals,
}

impl RegexIndex {
    /// Adds an expression and gives its index; `None` when it is refused.
    pub fn add(&mut self, written: &str, pattern: PatternId) -> Option<u32> {
        let literals = required_literals(written).ok()?;
        let gap = gap_of(written);
        let owner = number(self.regexes.len());
        for literal in literals {
            self.literals.add(literal, owner);
        }
        self.regexes.push(Sought {
            written: written.into(),
            pattern,
            gap,
        });
        Some(owner)
    }

    /// Makes ready what can be made only once all is added.
    pub fn finish(&mut self) {
        self.literals.finish();
    }

    /// The pattern that an expression is.
    pub fn pattern(&self, regex: u32) -> PatternId {
        self.regexes[regex as usize].pattern
    }

    /// An expression, compiled when it is first needed.
    fn compiled(&self, at: u32) -> Option<Arc<Regex>> {
        // A poisoned lock only means that a panic was caught elsewhere: the map is whole.
        let known = self.compiled.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = known.get(&at) {
            return Some(Arc::clone(regex));
        }
        drop(known);
        let regex = Arc::new(Regex::new(&self.regexes[at as usize].written).ok()?);
        let mut known = self
            .compiled
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if known.len() >= COMPILED_MAX {
            // Any will do: what is needed often comes back at once and mostly stays.
            let any = known.keys().next().copied();
            any.map(|any| known.remove(&any));
        }
        known.insert(at, Arc::clone(&regex));
        Some(regex)
    }

    /// Adds what an expression matches in a paragraph of a field, which has this index in its document, and gives
    /// the bytes that were searched, those of expressions with gaps counted several times; little more than `most`. A match within a word stands for the word; none crosses a paragraph.
    pub fn run(
        &self,
        regex: u32,
        (text, field): (&FieldText, usize),
        paragraph: u32,
        most: usize,
        found: &mut Vec<Occurrence>,
    ) -> usize {
        let Some(compiled) = self.compiled(regex) else {
            return 0;
        };
        let pattern = self.pattern(regex);
        let paragraph = &text.analysis.paragraphs[paragraph as usize];
        let line = &text.text[paragraph.clone()];
        let tokens = &text.analysis.tokens;
        let gap = self.regexes[regex as usize].gap;
        matches_in(&compiled, (gap, most), line, |range| {
            let bytes = paragraph.start + range.start..paragraph.start + range.end;
            let first = tokens.partition_point(|token| token.end as usize <= bytes.start);
            let end = tokens.partition_point(|token| (token.start as usize) < bytes.end);
            if first < end {
                found.push(Occurrence::new(field, first..end, pattern));
            }
        })
    }
}

/// Calls `found` with the first matches in a line; gives the bytes that were searched, weighed by how many states
/// an expression with this gap may carry along.
fn matches_in(
    regex: &Regex,
    (gap, most): (usize, usize),
    line: &str,
    mut found: impl FnMut(Range<usize>),
) -> usize {
    let window = if gap > WIDE_GAP {
        NARROW_WINDOW
    } else {
        WINDOW
    };
    let (mut from, mut left, mut searched) = (0, MATCHES_MAX, 0);
    while from < line.len() && left > 0 && searched <= most {
        let end = match line.len() - from <= window {
            true => line.len(),
            false => line.ceil_char_boundary(from + window),
        };
        let bytes = end - from;
        searched += bytes + bytes * bytes.min(gap) / 2;
        // What stands before the window counts for `\b` and its like.
        match regex.find_at(&line[..end], from) {
            Some(one) => {
                found(one.range());
                left -= 1;
                from = match one.is_empty() {
                    true => line.ceil_char_boundary(one.end() + 1),
                    false => one.end(),
                };
            }
            None if end == line.len() => break,
            None => from = line.floor_char_boundary(end - OVERLAP),
        }
    }
    searched
}
