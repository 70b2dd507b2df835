//! Watches that failed by one condition, so that silence can be trusted.

use super::condition::Condition;
use super::evaluate::Evaluation;
use crate::rules::document::Scope;

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
        let held: Vec<String> = held()
            .map(|conjunct| shortened(&conjunct.written))
            .collect();
        let failed = shortened(&missing.written);
        let verb = match missing.is_exclusion() {
            true => "excluded by",
            false => "failed",
        };
        format!("held: {}; {verb}: {failed}", held.join(" and "))
    })
}

/// One line, long lists of terms cut.
fn shortened(written: &str) -> String {
    const CHARS_MAX: usize = 80;
    let line = written.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(CHARS_MAX) {
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
        None => line,
    }
}
