//! What an article that a watch misses would need to hit: "adding *bertemu* would fire".
//!
//! The gaps of a rule are found on its tree (`gaps`); each proposal is applied to a copy of the article or of the
//! rule and judged, and only those that fire are given. Nothing depends on chance or order of hashing.

mod gaps;
mod wording;

use std::cmp::Reverse;

use serde::Serialize;

use self::gaps::{Gap, Gaps};
use self::wording::Wording;
use super::document::{Document, DocumentInput, Scope};
use super::engine::evaluate::Evaluation;
use super::parse::parse;
use super::rule_set::{RuleSet, Watch};
use super::source::RuleSource;
use crate::model::Field;

/// Proposals that are given of one watch.
const PROPOSALS_MAX: usize = 4;
/// Proposals that are tried.
const TRIED_MAX: usize = 40;

/// What would make a watch hit an article that it misses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// In words.
    pub says: String,
    /// It was tried on a copy, and the watch hit. Otherwise it only says what is missing.
    pub fires: bool,
    /// Changes of the article, from its end to its beginning.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
    /// The whole rule, changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// A change of a text: `text` in place of bytes `start..end`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Which text.
    pub field: Field,
    /// First byte.
    pub start: usize,
    /// One past the last byte; the same where something is put in.
    pub end: usize,
    /// What stands there then.
    pub text: String,
}

impl Proposal {
    /// The article with the changes.
    #[must_use]
    pub fn applied_to(&self, input: &DocumentInput) -> DocumentInput {
        let mut changed = input.clone();
        for edit in &self.edits {
            let text = match edit.field {
                Field::Title => &mut changed.title,
                Field::Body => &mut changed.body,
                Field::EntryTitle => &mut changed.entry_title,
                Field::EntrySummary => &mut changed.entry_summary,
            };
            if text.get(edit.start..edit.end).is_some() {
                text.replace_range(edit.start..edit.end, &edit.text);
            }
        }
        changed
    }
}

impl RuleSet {
    /// What would make a watch hit an article; nothing when it does, or when nobody knows. `source` is what the
    /// set was compiled from.
    #[must_use]
    pub fn proposals(
        &self,
        source: &RuleSource,
        watch: &str,
        input: &DocumentInput,
    ) -> Vec<Proposal> {
        let Some((layer, watch)) = self.layer_of(watch) else {
            return Vec::new();
        };
        let mut input = input.clone();
        let document = Document::new(input.clone());
        // The copy must not be taken for another language.
        input.lang = document.lang().map(str::to_owned);
        let findings = layer.index().find(&document);
        let evaluation = Evaluation::new(&document, &findings);
        let gaps = Gaps {
            layer,
            evaluation,
            wording: &mut Wording::new(source, document.lang()),
        };
        let candidates = candidates(watch, gaps);
        let trial = Trial {
            rules: self,
            source,
            watch,
            input: &input,
        };
        let mut found: Vec<Proposal> = Vec::new();
        for candidate in candidates.into_iter().take(TRIED_MAX) {
            let proposal = trial.tried(candidate);
            let is_new = found.iter().all(|other| other.says != proposal.says);
            if is_new && (proposal.fires || (proposal.edits.is_empty() && proposal.rule.is_none()))
            {
                found.push(proposal);
            }
            if found.len() == PROPOSALS_MAX {
                break;
            }
        }
        // What only says what is missing stands behind what fires.
        found.sort_by_key(|proposal| !proposal.fires);
        found
    }
}

/// A title that a watch hits, made of words that it asks for, those of a language where it knows some; `None` where none
/// could be made.
#[must_use]
pub fn example(source: &RuleSource, watch: &str, lang: Option<&str>) -> Option<String> {
    let rules = RuleSet::compile(source).ok()?;
    let empty = DocumentInput {
        lang: lang.map(str::to_owned),
        ..DocumentInput::default()
    };
    let proposals = rules.proposals(source, watch, &empty);
    let proposal = proposals
        .iter()
        .find(|proposal| proposal.fires && proposal.rule.is_none())?;
    let title = proposal.applied_to(&empty).title;
    Some(title.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What might make the watch hit: of one condition that fails the ways to meet it, of several all together.
fn candidates<'a>(watch: &'a Watch, mut gaps: Gaps<'a>) -> Vec<Gap> {
    let mut failed: Vec<Vec<Gap>> = Vec::new();
    for (number, conjunct) in watch.conjuncts.iter().enumerate() {
        if gaps.evaluation.holds(&conjunct.condition, Scope::ALL) {
            continue;
        }
        // It was compiled from this text.
        let Ok(expr) = parse(&conjunct.written) else {
            return Vec::new();
        };
        let mut found = gaps.of(&expr, &conjunct.condition, Scope::ALL);
        for gap in &mut found {
            if let Some(change) = &mut gap.rule {
                change.conjunct = number;
            }
        }
        failed.push(found);
    }
    match failed.len() {
        0 | 1 => failed.into_iter().flatten().collect(),
        _ => gaps::together(failed).into_iter().collect(),
    }
}

/// Tries proposals on copies.
struct Trial<'a> {
    rules: &'a RuleSet,
    source: &'a RuleSource,
    watch: &'a Watch,
    input: &'a DocumentInput,
}

impl Trial<'_> {
    fn tried(&self, gap: Gap) -> Proposal {
        let rule = gap.rule.map(|change| {
            let conjuncts = self.watch.conjuncts.iter().enumerate();
            let written = conjuncts.map(|(number, conjunct)| match number == change.conjunct {
                true => change.applied_to(&conjunct.written),
                false => conjunct.written.to_string(),
            });
            let written: Vec<String> = written.filter(|part| !part.is_empty()).collect();
            match written.as_slice() {
                [one] => one.clone(),
                _ => format!("all({})", written.join(", ")),
            }
        });
        let mut edits = gap.edits;
        // From the end to the beginning: no edit moves another.
        edits.sort_by_key(|edit| Reverse((edit.field, edit.start)));
        let mut proposal = Proposal {
            says: gap.says,
            fires: false,
            edits,
            rule,
        };
        proposal.fires = match &proposal.rule {
            Some(rule) => self.fires_as(rule),
            None if proposal.edits.is_empty() => false,
            None => self.hits(self.rules, &proposal.applied_to(self.input)),
        };
        if proposal.fires {
            proposal.says.push_str(" would fire");
        }
        proposal
    }

    /// Whether the watch hits the article with another rule.
    fn fires_as(&self, rule: &str) -> bool {
        let mut source = self.source.clone();
        source.watches.retain(|watch| watch.name == self.watch.name);
        for watch in &mut source.watches {
            rule.clone_into(&mut watch.expression);
        }
        RuleSet::compile(&source).is_ok_and(|rules| self.hits(&rules, self.input))
    }

    fn hits(&self, rules: &RuleSet, input: &DocumentInput) -> bool {
        let verdict = rules.judge(&Document::new(input.clone()));
        verdict.hits.iter().any(|hit| hit.watch == self.watch.name)
    }
}
