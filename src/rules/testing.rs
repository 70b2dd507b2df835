//! Runs the tests that were written with the watches.

use std::fmt;

use super::document::{Document, DocumentInput};
use super::facts::period;
use super::rule_set::RuleSet;
use super::source::{Expectation, RuleSource, WatchSource, WatchTest};
use crate::model::Hit;

/// A test of a watch that did not go as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFailure {
    /// NAME of the watch.
    pub watch: String,
    /// Number of the test within its watch, from 1.
    pub test: usize,
    /// The test's title, or the beginning of its body.
    pub about: String,
    /// What was expected and what came.
    pub why: String,
}

impl fmt::Display for TestFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            watch,
            test,
            about,
            why,
        } = self;
        write!(f, "[[watch.{watch}.test]] number {test} ({about}): {why}")
    }
}

/// Runs every test of `source` against `rules`, which must have been compiled from it.
#[must_use]
pub fn run_tests(rules: &RuleSet, source: &RuleSource) -> Vec<TestFailure> {
    run_tests_of(rules, &source.watches)
}

/// The same for some of the watches.
#[must_use]
pub fn run_tests_of(rules: &RuleSet, watches: &[WatchSource]) -> Vec<TestFailure> {
    let mut failures = Vec::new();
    for watch in watches {
        for (index, test) in watch.tests.iter().enumerate() {
            let Err(why) = run_test(rules, &watch.name, test) else {
                continue;
            };
            failures.push(TestFailure {
                watch: watch.name.clone(),
                test: index + 1,
                about: about(test),
                why,
            });
        }
    }
    failures
}

/// A body written by hand: a line `---` alone says that a further story of the page begins below it. Gives
/// the body without these lines and the numbers of the lines at which the further stories begin.
#[must_use]
pub fn marked_body(text: &str) -> (String, Vec<usize>) {
    const MARK: &str = "---";
    let (mut lines, mut parts) = (Vec::new(), Vec::new());
    for line in text.lines() {
        match line.trim() {
            MARK => parts.push(lines.len()),
            _ => lines.push(line),
        }
    }
    (lines.join("\n"), parts)
}

/// The article that a test tells of.
pub(super) fn document_of(test: &WatchTest) -> Document {
    let (body, parts) = marked_body(&test.body);
    Document::new(DocumentInput {
        title: test.title.clone(),
        body,
        parts,
        lang: test.lang.clone(),
        facts: test.facts(),
        ..DocumentInput::default()
    })
}

fn run_test(rules: &RuleSet, watch: &str, test: &WatchTest) -> Result<(), String> {
    if let Some(age) = &test.age
        && period(age).is_none()
    {
        return Err(format!("`{age}` is no length of time: write age = \"3h\""));
    }
    let document = document_of(test);
    let verdict = rules.judge(&document);
    let hit = verdict.hits.iter().find(|hit| hit.watch == watch);
    match (test.expect, hit) {
        (Expectation::NoMatch, None) => Ok(()),
        (Expectation::NoMatch, Some(hit)) => Err(format!(
            "expected no match, but it hit by {}",
            spans_of(hit)
        )),
        (Expectation::Match, None) => {
            let misses = verdict.near_misses.iter();
            let near = misses
                .filter(|miss| miss.watch == watch)
                .map(|miss| format!(" ({})", miss.why))
                .collect::<String>();
            Err(format!("expected a match, but it did not hit{near}"))
        }
        (Expectation::Match, Some(hit)) => {
            let missing = |text: &&String| !hit.evidence.iter().any(|span| span.text == **text);
            match test.evidence.iter().find(missing) {
                Some(text) => Err(format!(
                    "\"{text}\" is not among the evidence: {}",
                    spans_of(hit)
                )),
                None => Ok(()),
            }
        }
    }
}

fn spans_of(hit: &Hit) -> String {
    let spans = hit.evidence.iter();
    let spans: Vec<String> = spans
        .map(|span| format!("\"{}\" = {}", span.text, span.why))
        .collect();
    spans.join(", ")
}

fn about(test: &WatchTest) -> String {
    const CHARS: usize = 60;
    let text = match test.title.trim() {
        "" => test.body.trim(),
        title => title,
    };
    text.chars().take(CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_dashes_stands_before_a_further_story() {
        for (text, body, parts) in [
            ("", "", &[][..]),
            ("a\nb", "a\nb", &[]),
            ("a\n---\nb\nc\n  --- \r\nd\n", "a\nb\nc\nd", &[1, 3]),
            ("a --- b\n----\n- - -", "a --- b\n----\n- - -", &[]),
            ("---\na", "a", &[0]),
            ("a\n---", "a", &[1]),
        ] {
            assert_eq!(
                marked_body(text),
                (body.to_owned(), parts.to_vec()),
                "{text:?}"
            );
        }
    }
}
