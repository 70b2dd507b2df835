//! Watches that failed by one condition, so that silence can be trusted.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::condition::Condition;
use super::evaluate::Evaluation;
use crate::rules::document::Scope;
use crate::rules::parse::ast::ExprKind;
use crate::rules::parse::{in_words, parse};

/// One of the conditions that a watch joins by `and`.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rules) struct Conjunct {
    /// As written in the rule.
    pub written: Box<str>,
    pub condition: Condition,
    /// Finding out whether it holds may take long.
    pub is_dear: bool,
}

impl Conjunct {
    pub fn is_exclusion(&self) -> bool {
        matches!(self.condition, Condition::Not(_))
    }
}

/// Says why a watch failed, if it failed by one conjunct only and more was found than was missing:
/// a single word is no near miss of a rule that asks for two countries beside it. `failed` is its index.
pub(in crate::rules) fn near_miss<'a>(
    conjuncts: &'a [Conjunct],
    failed: usize,
    evaluation: &Evaluation<'a>,
) -> Option<String> {
    let missing = &conjuncts[failed];
    let held = || {
        let others = conjuncts.iter().enumerate();
        others
            .filter(|(index, conjunct)| *index != failed && !conjunct.is_exclusion())
            .map(|(_, conjunct)| conjunct)
    };
    let found: usize = held()
        .map(|conjunct| evaluation.strength(&conjunct.condition, Scope::ALL))
        .sum();
    let near = found > 0 && found > missing.condition.demands();
    near.then(|| {
        let held: Vec<Rc<str>> = held()
            .map(|conjunct| said(&conjunct.written, false))
            .collect();
        let failed = said(&missing.written, missing.is_exclusion());
        let verb = match missing.is_exclusion() {
            true => "but excluded by",
            false => "missing",
        };
        format!("found: {}; {verb}: {failed}", held.join(" and "))
    })
}

/// Conjuncts whose words are kept; with their words a megabyte or two.
const KEPT_MAX: usize = 1 << 13;

thread_local! {
    /// The words of conjuncts by how these are written: the same few watches are missed by a hair all day, and reading
    /// a conjunct again took a seventh of the verdict of 100,000 rules.
    static SAID: RefCell<FxHashMap<Box<str>, Rc<str>>> = RefCell::default();
}

/// A conjunct in words, long lists of terms cut; of an exclusion what it excludes.
fn said(written: &str, is_exclusion: bool) -> Rc<str> {
    SAID.with_borrow_mut(|kept| {
        if let Some(words) = kept.get(written) {
            return Rc::clone(words);
        }
        if kept.len() == KEPT_MAX {
            kept.clear();
        }
        let words: Rc<str> = worked_out(written, is_exclusion).into();
        kept.insert(written.into(), Rc::clone(&words));
        words
    })
}

fn worked_out(written: &str, is_exclusion: bool) -> String {
    const CHARS_MAX: usize = 120;
    let line = match parse(written) {
        Ok(expr) => match &expr.kind {
            ExprKind::Not(inner) if is_exclusion => in_words(inner),
            _ => in_words(&expr),
        },
        // It was compiled, so it can be read; as it was written it is better than nothing.
        Err(_) => written.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    match line.char_indices().nth(CHARS_MAX) {
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
        None => line,
    }
}
