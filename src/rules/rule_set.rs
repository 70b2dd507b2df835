//! All watches, compiled into one structure.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::compile::compile;
use super::document::{Document, Scope};
use super::engine::evaluate::Evaluation;
use super::engine::evidence::{evidence, span};
use super::engine::findings::Occurrence;
use super::engine::near_miss::{Conjunct, near_miss};
use super::engine::pattern::TermId;
use super::engine::term_index::TermIndex;
use super::error::RuleError;
use super::source::RuleSource;
use crate::model::{Burst, Hit, NearMiss, Severity, Span};

/// A watch rule, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// NAME of `[watch.NAME]`.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// How much its alerts matter.
    pub severity: Severity,
    /// Channels its alerts go to; `None` for all.
    pub channels: Option<Vec<String>>,
    /// Labels, passed on to channels.
    pub labels: BTreeMap<String, String>,
    /// What must have been reported before it speaks.
    pub burst: Option<Burst>,
    /// Hex; changes when the meaning of its expression or of anything that it names does.
    pub version: String,
    /// All of these must hold.
    pub(super) conjuncts: Vec<Conjunct>,
}

/// All watches, ready to judge documents. Sharing it between threads is fine.
#[derive(Debug, Default)]
pub struct RuleSet {
    watches: Vec<Watch>,
    by_name: BTreeMap<String, usize>,
    index: TermIndex,
    /// Watches by the terms of which each needs one.
    candidates: FxHashMap<TermId, Vec<usize>>,
    fingerprint: String,
}

/// What a rule set says of a document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// Watches that hit, by name.
    pub hits: Vec<Hit>,
    /// Watches that failed by one condition, by name.
    pub near_misses: Vec<NearMiss>,
}

impl RuleSet {
    /// Compiles all watches, and what they name.
    ///
    /// # Errors
    /// Every mistake that was found: at most one for each expression and each term of a list.
    pub fn compile(source: &RuleSource) -> Result<Self, Vec<RuleError>> {
        compile(source)
    }

    /// Adds a watch, and the terms of which it needs one.
    pub(super) fn add(&mut self, watch: Watch, needed: impl IntoIterator<Item = TermId>) {
        let number = self.watches.len();
        for term in needed {
            self.candidates.entry(term).or_default().push(number);
        }
        self.by_name.insert(watch.name.clone(), number);
        self.watches.push(watch);
    }

    /// Takes the terms of all watches, once all are added.
    pub(super) fn finish(&mut self, mut index: TermIndex) {
        index.finish();
        self.index = index;
        let mut hasher = blake3::Hasher::new();
        for watch in &self.watches {
            hasher.update(format!("{}\0{}\n", watch.name, watch.version).as_bytes());
        }
        self.fingerprint = hasher.finalize().to_hex().to_string();
    }

    /// Judges a document: time grows with its length and with the watches that nearly hit.
    #[must_use]
    pub fn judge(&self, document: &Document) -> Verdict {
        let findings = self.index.find(document);
        let evaluation = Evaluation {
            document,
            findings: &findings,
        };
        let candidates: BTreeSet<usize> = findings
            .terms()
            .iter()
            .filter_map(|term| self.candidates.get(term))
            .flatten()
            .copied()
            .collect();
        let mut verdict = Verdict::default();
        for watch in candidates.into_iter().map(|watch| &self.watches[watch]) {
            let failed = watch.failed(&evaluation);
            if failed.is_empty() {
                verdict.hits.push(self.hit(watch, &evaluation));
            } else if let Some(why) = near_miss(&watch.conjuncts, &failed, &evaluation) {
                verdict.near_misses.push(NearMiss {
                    watch: watch.name.clone(),
                    why,
                });
            }
        }
        verdict
    }

    fn hit(&self, watch: &Watch, evaluation: &Evaluation) -> Hit {
        let conditions = || watch.conjuncts.iter().map(|conjunct| &conjunct.condition);
        let proof: Vec<_> = conditions()
            .flat_map(|condition| evaluation.proof(condition, Scope::ALL))
            .collect();
        let fields = evaluation.document.fields();
        let (evidence, sentences) = evidence(evaluation.document, &proof, |occurrence| {
            let lang = fields[occurrence.field as usize].analysis.lang.as_deref();
            self.index.why(occurrence, lang)
        });
        Hit {
            watch: watch.name.clone(),
            watch_version: watch.version.clone(),
            score: conditions()
                .filter_map(|condition| evaluation.highest_score(condition, Scope::ALL))
                .max_by(f64::total_cmp)
                .unwrap_or(1.0),
            evidence,
            sentences,
        }
    }

    pub(super) fn index(&self) -> &TermIndex {
        &self.index
    }

    /// A place as people read it.
    pub(super) fn span(&self, evaluation: &Evaluation, place: &Occurrence) -> Span {
        let field = &evaluation.document.fields()[place.field as usize];
        let why = self.index.why(place, field.analysis.lang.as_deref());
        span(field, place, why)
    }

    /// Hex; changes when any watch or anything that one names does.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// A watch by its name.
    #[must_use]
    pub fn watch(&self, name: &str) -> Option<&Watch> {
        self.by_name.get(name).map(|index| &self.watches[*index])
    }

    /// All watches, by name.
    #[must_use]
    pub fn watches(&self) -> &[Watch] {
        &self.watches
    }
}

impl Watch {
    /// Indices of the conjuncts that do not hold. Stops at the second: it is no near miss then.
    fn failed(&self, evaluation: &Evaluation) -> Vec<usize> {
        let conjuncts = self.conjuncts.iter().enumerate();
        conjuncts
            .filter(|(_, conjunct)| !evaluation.holds(&conjunct.condition, Scope::ALL))
            .map(|(index, _)| index)
            .take(2)
            .collect()
    }
}
