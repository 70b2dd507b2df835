//! Regular expressions: `/CVE-\d{4}-\d+/`.
//!
//! One automaton looks for the literals without which they cannot match. An expression is compiled and tried when
//! a watch that lacks nothing else asks for it, and only on the paragraphs that have one of its literals.

use std::sync::{Arc, PoisonError, RwLock};

use aho_corasick::AhoCorasick;
use regex::Regex;
use regex_syntax::hir::{Class, Hir, HirKind};
use rustc_hash::FxHashMap;

use super::findings::Occurrence;
use super::pattern::{PatternId, number};
use crate::rules::document::FieldText;
use crate::text;

/// Letters that must stand in a row in whatever matches; a character of a script without spaces says as
/// much as two.
const LITERAL_LETTERS_MIN: usize = 3;
/// Size of an expression, in ranges of characters: `\w` has some 770.
const SIZE_MAX: usize = 20_000;
/// Expressions that are kept compiled; one with a class of Unicode takes some 90 kB.
const COMPILED_MAX: usize = 512;
/// Matches that are looked for in one paragraph.
const MATCHES_MAX: usize = 100;
/// Bytes of a paragraph that are searched at once: an expression that runs to the end of what it is given before
/// it settles for less does so for every match. Few paragraphs are longer.
const WINDOW: usize = 8_192;
/// How far a match may reach across the end of such a window.
const OVERLAP: usize = 1_024;
/// Literals of one expression; more say as little as none.
const LITERALS_MAX: usize = 64;

/// Why a regular expression is refused.
#[derive(Debug)]
pub(in crate::rules) struct Refusal {
    pub message: String,
    pub help: String,
}

/// All regular expressions.
#[derive(Debug, Default)]
pub(super) struct RegexIndex {
    regexes: Vec<(Box<str>, PatternId)>,
    /// By index, those that were tried last.
    compiled: RwLock<FxHashMap<u32, Arc<Regex>>>,
    literals: Vec<String>,
    /// Index of the expression, by literal.
    owners: Vec<u32>,
    automaton: Option<AhoCorasick>,
}

impl RegexIndex {
    pub fn is_empty(&self) -> bool {
        self.regexes.is_empty()
    }

    /// Adds an expression and gives its index; `None` when it is refused.
    pub fn add(&mut self, written: &str, pattern: PatternId) -> Option<u32> {
        let literals = required_literals(written).ok()?;
        let owner = number(self.regexes.len());
        self.owners.extend(literals.iter().map(|_| owner));
        self.literals.extend(literals);
        self.regexes.push((written.into(), pattern));
        Some(owner)
    }

    /// Builds the automaton, once all are added.
    pub fn finish(&mut self) {
        let literals = std::mem::take(&mut self.literals);
        if !literals.is_empty() {
            self.automaton = AhoCorasick::new(&literals).ok();
        }
    }

    /// The pattern that an expression is.
    pub fn pattern(&self, regex: u32) -> PatternId {
        self.regexes[regex as usize].1
    }

    /// An expression, compiled when it is first needed.
    fn compiled(&self, at: u32) -> Option<Arc<Regex>> {
        // A poisoned lock only means that a panic was caught elsewhere: the map is whole.
        let known = self.compiled.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = known.get(&at) {
            return Some(Arc::clone(regex));
        }
        drop(known);
        let regex = Arc::new(Regex::new(&self.regexes[at as usize].0).ok()?);
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

    /// Calls `found` with the expressions that a paragraph of this text may match, and the paragraph: each pair
    /// once, by paragraph.
    pub fn candidates(&self, text: &FieldText, mut found: impl FnMut(u32, u32)) {
        let Some(automaton) = &self.automaton else {
            return;
        };
        let mut line = String::new();
        let mut owners: Vec<u32> = Vec::new();
        for (paragraph, range) in (0..).zip(&text.analysis.paragraphs) {
            line.clear();
            line.extend(text.text[range.clone()].chars().map(small));
            let hits = automaton.find_overlapping_iter(&line);
            owners.clear();
            owners.extend(hits.map(|hit| self.owners[hit.pattern().as_usize()]));
            owners.sort_unstable();
            owners.dedup();
            owners.iter().for_each(|regex| found(*regex, paragraph));
        }
    }

    /// Adds what an expression matches in a paragraph of a field, which has this index in its document, and gives
    /// the bytes that were searched. A match within a word stands for the word; none crosses a paragraph.
    pub fn run(
        &self,
        regex: u32,
        (text, field): (&FieldText, usize),
        paragraph: u32,
        found: &mut Vec<Occurrence>,
    ) -> usize {
        let Some(compiled) = self.compiled(regex) else {
            return 0;
        };
        let pattern = self.pattern(regex);
        let paragraph = &text.analysis.paragraphs[paragraph as usize];
        let line = &text.text[paragraph.clone()];
        let tokens = &text.analysis.tokens;
        matches_in(&compiled, line, |range| {
            let bytes = paragraph.start + range.start..paragraph.start + range.end;
            let first = tokens.partition_point(|token| token.end as usize <= bytes.start);
            let end = tokens.partition_point(|token| (token.start as usize) < bytes.end);
            if first < end {
                found.push(Occurrence::new(field, first..end, pattern));
            }
        })
    }
}

/// Calls `found` with the first matches in a line; gives the bytes that were searched at most.
fn matches_in(regex: &Regex, line: &str, mut found: impl FnMut(std::ops::Range<usize>)) -> usize {
    if line.len() <= WINDOW {
        let matches = regex.find_iter(line).take(MATCHES_MAX);
        let searched = matches.map(|one| {
            found(one.range());
            line.len() - one.start()
        });
        return line.len() + searched.sum::<usize>();
    }
    let (mut from, mut left, mut searched) = (0, MATCHES_MAX, 0);
    while from < line.len() && left > 0 {
        let end = line.ceil_char_boundary(from + WINDOW);
        searched += end - from;
        // What stands before the window counts for `` and its like.
        match regex.find_at(&line[..end], from) {
            Some(one) => {
                found(one.range());
                left -= 1;
                from = line.ceil_char_boundary(one.end().max(one.start() + 1));
            }
            None if end == line.len() => break,
            None => from = line.floor_char_boundary(end - OVERLAP),
        }
    }
    searched
}

/// The literals, in small letters, of which one must stand in whatever an expression matches.
///
/// # Errors
/// When it is no regular expression, too large, or has no such literal.
pub(in crate::rules) fn required_literals(written: &str) -> Result<Vec<String>, Refusal> {
    let parsed = regex_syntax::parse(written).map_err(|error| {
        let why = match &error {
            regex_syntax::Error::Parse(error) => error.kind().to_string(),
            regex_syntax::Error::Translate(error) => error.kind().to_string(),
            _ => error.to_string(),
        };
        Refusal {
            message: format!("this is no regular expression: {why}"),
            help: "the syntax is that of the Rust crate regex; a sign that stands for itself is written \\( or \\.".to_owned(),
        }
    })?;
    if size(&parsed) > SIZE_MAX {
        return Err(Refusal {
            message: "this regular expression is too large".to_owned(),
            help: "lower the numbers in {...}, or write what it stands for as a list of terms"
                .to_owned(),
        });
    }
    let best = required(&parsed).filter(|set| weight(set) >= LITERAL_LETTERS_MIN);
    best.ok_or_else(|| Refusal {
        message: "nothing in this regular expression must be there: it would be tried on every word".to_owned(),
        help: "at least 3 letters in a row must stand in whatever it matches: /CVE-\\d+/, not /\\w+-\\d+/".to_owned(),
    })
}

/// How large an expression becomes.
fn size(part: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(size).fold(0, usize::saturating_add);
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min.saturating_add(1));
            size(&repeated.sub).saturating_mul(times.max(1) as usize)
        }
        HirKind::Capture(capture) => size(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    }
}

/// Letters of the shortest of these.
fn weight(set: &[String]) -> usize {
    let letters = |literal: &String| -> usize {
        let counted = literal.chars().filter(|c| c.is_alphanumeric());
        counted
            .map(|c| 1 + usize::from(text::is_spaceless(c)))
            .sum()
    };
    set.iter().map(letters).min().unwrap_or(0)
}

fn required(part: &Hir) -> Option<Vec<String>> {
    if let Some(literal) = exact(part) {
        return Some(vec![literal]);
    }
    match part.kind() {
        HirKind::Repetition(repeated) if repeated.min >= 1 => required(&repeated.sub),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Concat(parts) => in_a_row(parts),
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<_>> = parts.iter().map(required).collect();
            sets.map(|sets| sets.concat())
                .filter(|set| set.len() <= LITERALS_MAX)
        }
        _ => None,
    }
}

/// The best of what stands one after the other; what is exact is joined.
fn in_a_row(parts: &[Hir]) -> Option<Vec<String>> {
    let mut sets = Vec::new();
    let mut run = String::new();
    for part in parts {
        match exact(part) {
            Some(literal) => run.push_str(&literal),
            None => {
                sets.push(vec![std::mem::take(&mut run)]);
                sets.extend(required(part));
            }
        }
    }
    sets.push(vec![run]);
    sets.into_iter().max_by_key(|set| weight(set))
}

/// What a part matches, in small letters, if it is one text only.
fn exact(part: &Hir) -> Option<String> {
    match part.kind() {
        HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(lowered),
        HirKind::Capture(capture) => exact(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(exact).collect(),
        HirKind::Class(Class::Unicode(class)) => {
            /// A letter has no more forms than that.
            const FORMS_MAX: usize = 4;
            let letters = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end());
            let mut forms: Vec<char> = letters.take(FORMS_MAX + 1).collect();
            let is_letter = forms.len() <= FORMS_MAX;
            forms.iter_mut().for_each(|form| *form = small(*form));
            forms.dedup();
            match forms[..] {
                [letter] if is_letter => Some(letter.to_string()),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Small letters, one by one, so that a part of a text is a part of the text.
fn lowered(text: &str) -> String {
    text.chars().map(small).collect()
}

fn small(letter: char) -> char {
    match letter {
        'ſ' => 's',
        'ς' => 'σ',
        _ => {
            let mut lower = letter.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => letter,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_that_must_be_there() {
        for (written, expected) in [
            (r"CVE-\d{4}-\d+", Some("cve-")),
            (r"(?i)cve[- ]\d+", Some("cve")),
            (r"\d+ (million|billion) dollars?", Some("million|billion")),
            (r"\d+(?:bn|million)", None),
            (r"(Boeing|Airbus) \d+", Some("boeing|airbus")),
            (r"(abc)?def", Some("def")),
            (r"(abc)+", Some("abc")),
            (r"俄罗\w", Some("俄罗")),
            (r"\w+", None),
            (r"ab\d", None),
            (r"abc*", None),
            ("[Ss]anksi", Some("sanksi")),
        ] {
            let found = required_literals(written).ok().map(|set| set.join("|"));
            assert_eq!(found.as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn what_is_not_too_large_compiles() {
        for written in [
            r"abc\w{25}",
            r"abc[^a]{9000}",
            r"(?i)abc(\pL|\d){20}",
            r"abc.{5000}",
        ] {
            assert!(required_literals(written).is_ok(), "{written}");
            assert!(Regex::new(written).is_ok(), "{written}");
        }
    }

    #[test]
    fn what_is_refused_is_told() {
        for (written, message) in [
            ("abc(", "no regular expression"),
            (r"abc\w{900}", "too large"),
            (r"(\w+)\1abc", "no regular expression"),
            (r".*", "must be there"),
            (r"abc(\w{20}){20}", "too large"),
        ] {
            let refusal = required_literals(written).expect_err(written);
            assert!(refusal.message.contains(message), "{refusal:?}");
        }
    }
}
