//! All watches, compiled into one structure.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::ast::{Expr, ExprKind, Likeness, Term};
use super::condition::{Condition, ListTerms, Lowering};
use super::document::{Document, Scope};
use super::error::{Mistake, RuleError, RulePlace};
use super::evaluate::Evaluation;
use super::evidence::evidence;
use super::near_miss::{Conjunct, near_miss};
use super::parser;
use super::pattern::TermId;
use super::source::{ListSource, RuleSource, WatchSource};
use super::term_index::TermIndex;
use crate::model::{Hit, NearMiss, Severity};

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
    /// Hex; changes when the meaning of its expression or of a list that it names does.
    pub version: String,
    /// All of these must hold.
    conjuncts: Vec<Conjunct>,
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
    /// Compiles all watches and lists.
    ///
    /// # Errors
    /// Every mistake that was found: at most one for each expression and each term of a list.
    pub fn compile(source: &RuleSource) -> Result<Self, Vec<RuleError>> {
        let mut compiler = Compiler::default();
        compiler.add_lists(&source.lists);
        let mut watches: Vec<&WatchSource> = source.watches.iter().collect();
        watches.sort_by(|a, b| a.name.cmp(&b.name));
        for watch in watches {
            compiler.add_watch(watch);
        }
        compiler.finish()
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

    /// Hex; changes when any watch or a list that one names does.
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

#[derive(Default)]
struct Compiler {
    rules: RuleSet,
    lists: FxHashMap<String, ListTerms>,
    /// Normal form of each list, for the versions of the watches that name it.
    list_texts: FxHashMap<String, String>,
    /// Names of watches, those with mistakes too.
    names: BTreeSet<String>,
    errors: Vec<RuleError>,
}

impl Compiler {
    fn add_lists(&mut self, lists: &[ListSource]) {
        for list in lists {
            if self.lists.contains_key(&list.name) {
                self.errors.push(duplicate(
                    RulePlace::List {
                        name: list.name.clone(),
                        term: 0,
                    },
                    &list.name,
                ));
                continue;
            }
            let (terms, text) = self.list_terms(list);
            self.lists.insert(list.name.clone(), terms);
            self.list_texts.insert(list.name.clone(), text);
        }
    }

    fn list_terms(&mut self, list: &ListSource) -> (ListTerms, String) {
        let mut weights: BTreeMap<TermId, f64> = BTreeMap::new();
        let mut lines = Vec::new();
        for (index, term) in list.terms.iter().enumerate() {
            match self.list_term(&term.text) {
                Ok((id, normal)) => {
                    // A term written twice counts with the later weight.
                    weights.insert(id, term.weight);
                    lines.push(format!("{normal} {}", term.weight));
                }
                Err(mistake) => self.errors.push(mistake.in_place(RulePlace::List {
                    name: list.name.clone(),
                    term: index,
                })),
            }
        }
        // The order of terms means nothing.
        lines.sort_unstable();
        (weights.into_iter().collect(), lines.join("\n"))
    }

    fn list_term(&mut self, text: &str) -> Result<(TermId, Term), Mistake> {
        let term = if text.starts_with('=') {
            match parser::parse(text)?.kind {
                ExprKind::Term(term) => term,
                _ => {
                    return Err(
                        Mistake::new(0..text.len(), "a list holds terms, not conditions")
                            .help("write a word, a phrase, =\"exact\" or =Aa\"Cased\""),
                    );
                }
            }
        } else {
            Term {
                text: text.to_owned(),
                likeness: Likeness::Stem,
            }
        };
        match self.rules.index.add_term(&term) {
            Some(id) => Ok((id, term)),
            None => Err(
                Mistake::new(0..text.len(), "this term has no word to look for")
                    .help("write a word or a phrase, or take it out"),
            ),
        }
    }

    fn add_watch(&mut self, source: &WatchSource) {
        let place = RulePlace::Watch(source.name.clone());
        if !self.names.insert(source.name.clone()) {
            self.errors.push(duplicate(place, &source.name));
            return;
        }
        match self.compile_watch(source) {
            Ok(watch) => {
                let number = self.rules.watches.len();
                for term in needed(&watch.conjuncts) {
                    self.rules.candidates.entry(term).or_default().push(number);
                }
                self.rules.by_name.insert(watch.name.clone(), number);
                self.rules.watches.push(watch);
            }
            Err(mistake) => self.errors.push(mistake.in_place(place)),
        }
    }

    fn compile_watch(&mut self, source: &WatchSource) -> Result<Watch, Mistake> {
        let expr = parser::parse(&source.expression)?;
        let mut lowering = Lowering {
            index: &mut self.rules.index,
            lists: &self.lists,
        };
        let condition = lowering.rule(&expr)?;
        let conjuncts = conjuncts(&source.expression, &expr, condition);
        Ok(Watch {
            name: source.name.clone(),
            title: source.title.clone(),
            severity: source.severity,
            channels: source.channels.clone(),
            labels: source.labels.clone(),
            version: self.version(&expr),
            conjuncts,
        })
    }

    fn version(&self, expr: &Expr) -> String {
        const HEX_DIGITS: usize = 12;
        let mut lists = BTreeSet::new();
        named_lists(expr, &mut lists);
        let mut hasher = blake3::Hasher::new();
        hasher.update(expr.to_string().as_bytes());
        for list in lists {
            let text = self.list_texts.get(list).map_or("", String::as_str);
            hasher.update(format!("\n${list}\n{text}").as_bytes());
        }
        hasher.finalize().to_hex()[..HEX_DIGITS].to_owned()
    }

    fn finish(mut self) -> Result<RuleSet, Vec<RuleError>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        self.rules.index.add_compounds();
        let mut hasher = blake3::Hasher::new();
        for watch in &self.rules.watches {
            hasher.update(format!("{}\0{}\n", watch.name, watch.version).as_bytes());
        }
        self.rules.fingerprint = hasher.finalize().to_hex().to_string();
        Ok(self.rules)
    }
}

/// The parts of an `and` at the top of a rule; the whole rule where there is none.
fn conjuncts(text: &str, expr: &Expr, condition: Condition) -> Vec<Conjunct> {
    let conjunct = |expr: &Expr, condition| Conjunct {
        written: text[expr.at.clone()].to_owned(),
        condition,
    };
    match (&expr.kind, condition) {
        (ExprKind::All(exprs), Condition::All(conditions)) => {
            let pairs = exprs.iter().zip(conditions);
            pairs
                .map(|(expr, condition)| conjunct(expr, condition))
                .collect()
        }
        (_, condition) => vec![conjunct(expr, condition)],
    }
}

fn duplicate(place: RulePlace, name: &str) -> RuleError {
    Mistake::new(0..0, format!("the name `{name}` is given twice"))
        .help("rename one of the two")
        .in_place(place)
}

/// Terms of which a watch needs one to hit or to nearly hit: the smallest group of required terms,
/// and the second smallest, since the first may be what a near miss lacks.
fn needed(conjuncts: &[Conjunct]) -> BTreeSet<TermId> {
    let mut groups: Vec<Vec<TermId>> = conjuncts
        .iter()
        .filter_map(|conjunct| conjunct.condition.required())
        .collect();
    groups.sort_by_key(Vec::len);
    groups.into_iter().take(2).flatten().collect()
}

fn named_lists<'e>(expr: &'e Expr, names: &mut BTreeSet<&'e str>) {
    match &expr.kind {
        ExprKind::Term(_) | ExprKind::Country(_) => {}
        ExprKind::List(name) | ExprKind::Score { list: name, .. } => {
            names.insert(name);
        }
        ExprKind::All(parts) | ExprKind::Any(parts) => {
            parts.iter().for_each(|part| named_lists(part, names));
        }
        ExprKind::Not(inner) | ExprKind::Within { inner, .. } | ExprKind::Count { inner, .. } => {
            named_lists(inner, names);
        }
        ExprKind::Related { left, right, .. } => {
            named_lists(left, names);
            named_lists(right, names);
        }
    }
}
