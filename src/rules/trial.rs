//! How close an article came to the bounds of a watch, and which of its terms it has.

use super::compile::needs;
use super::document::{Document, Scope};
use super::engine::condition::Condition;
use super::engine::evaluate::Evaluation;
use super::rule_set::{RuleSet, Verdict};
use super::source::RuleSource;

/// What a watch says of an article of the past.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trial {
    /// What it says to every article.
    pub verdict: Verdict,
    /// By how much the tightest `>=` of the rule was passed, or the one that failed was missed (negative): of scores,
    /// counts and numbers of different terms. `None` where none decided.
    pub margin: Option<f64>,
    /// Terms of the rule that stand in the article, as [`rule_terms`] writes them; of hits only.
    pub terms: Vec<String>,
}

/// A term that a rule looks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct RuleTerm {
    /// List that it stands in; `None` for the rule itself.
    pub list: Option<String>,
    /// As rules write it.
    pub term: String,
}

/// All terms that may make a watch hit: of its rule, and of the lists that it names.
#[must_use]
pub fn rule_terms(source: &RuleSource, watch: &str) -> Vec<RuleTerm> {
    let terms = needs::terms(source, watch).into_iter();
    terms.map(|(list, term)| RuleTerm { list, term }).collect()
}

impl RuleSet {
    /// Judges an article by a watch, and says how close it was.
    #[must_use]
    pub fn try_on(&self, watch: &str, document: &Document) -> Trial {
        let mut verdict = self.judge(document);
        verdict.hits.retain(|hit| hit.watch == watch);
        verdict.near_misses.retain(|miss| miss.watch == watch);
        let is_hit = !verdict.hits.is_empty();
        let Some((layer, rule)) = self
            .layer_of(watch)
            .filter(|_| is_hit || !verdict.near_misses.is_empty())
        else {
            return Trial {
                verdict,
                ..Trial::default()
            };
        };
        let findings = layer.index().find(document);
        let evaluation = Evaluation::new(document, &findings);
        let mut margins = Vec::new();
        for conjunct in &rule.conjuncts {
            if is_hit || !evaluation.holds(&conjunct.condition, Scope::ALL) {
                add_margins(&conjunct.condition, Scope::ALL, &evaluation, &mut margins);
            }
        }
        let margins = margins
            .into_iter()
            .filter(|margin| (*margin >= 0.0) == is_hit);
        let margin = match is_hit {
            true => margins.min_by(f64::total_cmp),
            false => margins.max_by(f64::total_cmp),
        };
        let mut terms = Vec::new();
        if is_hit {
            let places = findings
                .terms()
                .iter()
                .filter_map(|term| findings.located(*term).places.first().copied());
            terms = places
                .map(|place| {
                    let why = layer.index().why(&place, None);
                    why.strip_suffix(" (stem)")
                        .map(str::to_owned)
                        .unwrap_or(why)
                })
                .collect();
        }
        Trial {
            verdict,
            margin,
            terms,
        }
    }
}

/// By how much each bound of a condition was passed or missed.
fn add_margins<'a>(
    condition: &'a Condition,
    scope: Scope,
    evaluation: &Evaluation<'a>,
    margins: &mut Vec<f64>,
) {
    let number = |reached: usize, at_least: u32| reached as f64 - f64::from(at_least);
    match condition {
        Condition::Score(weights, at_least) => {
            margins.push(evaluation.score(weights, scope) - at_least);
        }
        Condition::Count { inner, at_least } => {
            margins.push(number(evaluation.count(inner, scope), *at_least));
        }
        Condition::Distinct { inner, at_least } => {
            margins.push(number(evaluation.distinct(inner, scope), *at_least));
        }
        Condition::Any(parts) | Condition::All(parts) | Condition::Several { parts, .. } => {
            for part in parts {
                add_margins(part, scope, evaluation, margins);
            }
        }
        Condition::Within { part, inner } => {
            add_margins(inner, scope.within(*part), evaluation, margins);
        }
        Condition::Terms(_)
        | Condition::Not(_)
        | Condition::Related { .. }
        | Condition::Anchored { .. }
        | Condition::Fact(_) => {}
    }
}
