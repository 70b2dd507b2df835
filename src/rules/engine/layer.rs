//! Watches compiled together, and what they say of a document. What one of them says hangs on no other.

use super::candidates::{Candidates, Gathering};
use super::condition::Condition;
use super::evaluate::Evaluation;
use super::evidence::{evidence, span};
use super::findings::{Findings, Occurrence};
use super::near_miss::{Conjunct, near_miss};
use super::pattern::number;
use super::rows::NumberSet;
use super::term_index::TermIndex;
use crate::model::{Hit, NearMiss, Span};
use crate::rules::document::{Document, Scope};
use crate::rules::rule_set::{Verdict, Watch};

/// Watches with the index of their terms.
#[derive(Debug, Default)]
pub(in crate::rules) struct Layer {
    /// In the order they were given.
    watches: Vec<Watch>,
    index: TermIndex,
    candidates: Candidates,
}

impl Layer {
    /// Puts watches and the index of their terms together.
    pub fn new(mut watches: Vec<Watch>, mut index: TermIndex) -> Self {
        let mut gathering = Gathering::default();
        for watch in &watches {
            gathering.add(&watch.conjuncts, &index);
        }
        let candidates = gathering.finish(&mut index);
        index.finish();
        for conjunct in watches.iter_mut().flat_map(|watch| &mut watch.conjuncts) {
            let is_dear = |term| index.is_dear(term);
            conjunct.is_dear = conjunct.condition.has_term(&is_dear);
        }
        Self {
            watches,
            index,
            candidates,
        }
    }

    pub fn watches(&self) -> &[Watch] {
        &self.watches
    }

    pub fn index(&self) -> &TermIndex {
        &self.index
    }

    /// Adds what the watches say of a document, but for those that are `replaced`; in no order.
    pub fn judge(&self, document: &Document, replaced: &NumberSet, verdict: &mut Verdict) {
        if self.watches.is_empty() {
            return;
        }
        let findings = self.index.find(document);
        let evaluation = Evaluation::new(document, &findings);
        /// Watches that are read ahead: far more of them would be gone from the cache before they are asked.
        const AT_ONCE: usize = 32;
        let candidates = self.candidates.of(findings.terms());
        for candidates in candidates.chunks(AT_ONCE) {
            self.reach(candidates, &findings);
            for number in candidates
                .iter()
                .filter(|number| !replaced.contains(**number))
            {
                evaluation.begin();
                match self.verdict(*number, &evaluation) {
                    Some(Ok(hit)) => verdict.hits.push(hit),
                    Some(Err(miss)) => verdict.near_misses.push(miss),
                    None => {}
                }
            }
        }
    }

    /// Reads a little of each of these watches, and of the terms of theirs that may stand in the document: they lie far
    /// apart, and memory is waited for some few times, not for each.
    fn reach(&self, watches: &[u32], findings: &Findings<'_>) {
        let conjuncts = watches
            .iter()
            .map(|at| &*self.watches[*at as usize].conjuncts);
        let conjuncts: Vec<&[Conjunct]> = conjuncts.collect();
        let mut terms = Vec::new();
        for conjunct in conjuncts.into_iter().flatten() {
            conjunct.condition.terms(&mut terms);
        }
        terms.retain(|term| findings.has_told(*term));
        self.index.reach(&terms);
    }

    /// Steps that a watch takes in a document, whether or not all that it needs may stand there.
    pub fn steps(&self, watch: &Watch, document: &Document) -> Option<u64> {
        let findings = self.index.find(document);
        let evaluation = Evaluation::new(document, &findings);
        let at = self
            .watches
            .iter()
            .position(|known| known.name == watch.name)?;
        self.verdict(number(at), &evaluation);
        Some(evaluation.steps())
    }

    /// A hit, or a near miss.
    fn verdict<'a>(
        &'a self,
        at: u32,
        evaluation: &Evaluation<'a>,
    ) -> Option<Result<Hit, NearMiss>> {
        let watch = &self.watches[at as usize];
        let near_miss = |why| {
            let watch = watch.name.clone();
            Some(Err(NearMiss { watch, why }))
        };
        let failed = self.failed(at, evaluation);
        if evaluation.is_exhausted() {
            return near_miss(EXHAUSTED.to_owned());
        }
        match failed? {
            None => Some(Ok(self.hit(watch, evaluation))),
            Some(failed) => near_miss(near_miss_of(watch, failed, evaluation)?),
        }
    }

    /// The conjunct that alone does not hold, if any: `Some(None)` for a hit, `None` for no hit and no near miss.
    /// Those that may take long are asked last.
    fn failed<'a>(&'a self, at: u32, evaluation: &Evaluation<'a>) -> Option<Option<usize>> {
        let conjuncts = &self.watches[at as usize].conjuncts;
        let may_lack = self.candidates.may_lack(at);
        let mut failed = None;
        for dear in [false, true] {
            for (index, conjunct) in conjuncts.iter().enumerate() {
                if conjunct.is_dear != dear || evaluation.conjunct_holds(conjunct) {
                    continue;
                }
                if failed.is_some() || !may_lack.has(number(index)) {
                    return None;
                }
                failed = Some(index);
            }
        }
        Some(failed)
    }

    fn hit<'a>(&'a self, watch: &'a Watch, evaluation: &Evaluation<'a>) -> Hit {
        let conditions = || watch.conjuncts.iter().map(|conjunct| &conjunct.condition);
        let proof: Vec<_> = conditions()
            .flat_map(|condition: &'a Condition| evaluation.proof(condition, Scope::ALL))
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

    /// A place as people read it.
    pub fn span(&self, document: &Document, place: &Occurrence) -> Span {
        let field = &document.fields()[place.field as usize];
        let why = self.index.why(place, field.analysis.lang.as_deref());
        span(field, place, why)
    }
}

/// What is said of a watch that was given up.
const EXHAUSTED: &str = "given up: its words stand at too many places of so long an article";

fn near_miss_of<'a>(
    watch: &'a Watch,
    failed: usize,
    evaluation: &Evaluation<'a>,
) -> Option<String> {
    near_miss(&watch.conjuncts, failed, evaluation)
}
