//! What an article costs against many rules: `cargo bench --bench rules -- ARTICLES.jsonl [HARSH [COUNT [PASSES]]]`.
//!
//! Articles are JSON Lines with title, body and lang; without a file, made texts are judged. Two kinds of sets are
//! judged: `desks`, as analysts keep them, and `harsh`, nearly all of whose rules hit (`rule_sets/` says how they
//! are made). HARSH, `012345` where it is missing, says which of the six forms of harsh rules are made, and `desks` that none are; COUNT how many rules, 1,000 to 100,000 where it
//! is missing; PASSES how often all articles are judged, 5 where it is missing.
//! Prints for 1,000 to 100,000 rules: time to compile, memory of the rules when all articles were judged, time of an
//! article (analysis and verdict), how much more that is than the analysis alone in the same pass, articles in a
//! second, hits and near misses of an article, and a hash of all that was said, which a change that is to change nothing
//! must leave as it is; then how long it takes to compile again after an edit. CPU time.

#[path = "common/clock.rs"]
#[allow(dead_code, reason = "shared with benches that need all of it")]
mod clock;
#[allow(dead_code, reason = "shared with benches that need all of it")]
mod rule_sets;

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::thread;

use clock::cpu_ms;
use rule_sets::{articles, desks, harsh};
use wirewatch::rules::{Document, DocumentInput, RuleSet, RuleSource};

const COUNTS: [usize; 3] = [1_000, 10_000, 100_000];
const ARTICLES_MAX: usize = 400;
const PASSES: usize = 5;

/// Without those that cargo adds.
fn arguments() -> Vec<String> {
    let given = std::env::args().skip(1);
    given.filter(|arg| !arg.starts_with('-')).collect()
}

/// Memory in MB that is the program's own.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kb = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .and_then(|kb| kb.parse().ok());
    kb.unwrap_or(0.0) / 1024.0
}

/// What came of several passes over all articles: the best times of a pass, and what was found.
struct Passed {
    /// Milliseconds of the analysis alone.
    analysis: f64,
    /// With the verdicts.
    whole: f64,
    hits: usize,
    near_misses: usize,
}

/// On a thread of its own, as the daemon judges: what is taken and given back for an article is not strewn over the memory
/// that compiling left behind.
fn pass(rules: &RuleSet, articles: &[DocumentInput], times: usize) -> Passed {
    let passed = thread::scope(|scope| {
        let named = thread::Builder::new().name("judging".to_owned());
        let judging = named.spawn_scoped(scope, || passes(rules, articles, times));
        judging.expect("the machine gives a thread").join()
    });
    passed.expect("judging does not panic")
}

fn passes(rules: &RuleSet, articles: &[DocumentInput], times: usize) -> Passed {
    let mut passed = Passed {
        analysis: f64::INFINITY,
        whole: f64::INFINITY,
        hits: 0,
        near_misses: 0,
    };
    for _ in 0..times {
        let inputs = articles.to_vec();
        let begun = cpu_ms();
        for input in inputs {
            std::hint::black_box(Document::new(input));
        }
        passed.analysis = passed.analysis.min(cpu_ms() - begun);
        let inputs = articles.to_vec();
        (passed.hits, passed.near_misses) = (0, 0);
        let begun = cpu_ms();
        for input in inputs {
            let verdict = rules.judge(&Document::new(input));
            passed.hits += verdict.hits.len();
            passed.near_misses += verdict.near_misses.len();
        }
        passed.whole = passed.whole.min(cpu_ms() - begun);
    }
    passed
}

/// A hash of what all articles were said to hit and nearly hit, with the evidence.
fn said(rules: &RuleSet, articles: &[DocumentInput]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for article in articles {
        let verdict = rules.judge(&Document::new(article.clone()));
        format!("{verdict:?}").hash(&mut hasher);
    }
    hasher.finish()
}

fn row(name: &str, source: &RuleSource, articles: &[DocumentInput], times: usize) {
    let (before, begun) = (resident(), cpu_ms());
    let rules = match RuleSet::compile(source) {
        Ok(rules) => rules,
        Err(errors) => panic!("{}", errors[0]),
    };
    let compiled = cpu_ms() - begun;
    let passed = pass(&rules, articles, times);
    let memory = resident() - before;
    let count = articles.len() as f64;
    let each = passed.whole * 1e3 / count;
    println!(
        "{name:<6} {:>8} {compiled:>11.0} {memory:>6.0} {:>9.0} {each:>9.0} {:>7.2} {:>10.0} {:>7.2} {:>7.2} {:016x}",
        source.watches.len(),
        passed.analysis * 1e3 / count,
        passed.whole / passed.analysis,
        1e6 / each,
        passed.hits as f64 / count,
        passed.near_misses as f64 / count,
        said(&rules, articles),
    );
    edits(&rules, source);
}

/// How long it takes to compile again when one watch, or one list, has changed.
fn edits(rules: &RuleSet, source: &RuleSource) {
    let mut edited = source.clone();
    let middle = edited.watches.len() / 2;
    edited.watches[middle]
        .expression
        .push_str(" and not \"zzyzx\"");
    let mut listed = edited.clone();
    if let Some(list) = listed.lists.first_mut() {
        list.terms.truncate(list.terms.len() / 2);
    }
    for (what, source) in [("a watch", &edited), ("a watch and a list", &listed)] {
        let times = (0..PASSES).map(|_| {
            let begun = cpu_ms();
            let again = RuleSet::recompile(rules, source);
            assert!(again.is_ok_and(|again| again.fingerprint() != rules.fingerprint()));
            cpu_ms() - begun
        });
        let best = times.fold(f64::INFINITY, f64::min);
        println!("       {what} edited: compiled again in {best:.1} ms");
    }
}

fn main() {
    let given = arguments();
    let corpus = articles::read(given.first().map(String::as_str));
    let judged = articles::spread(&corpus, ARTICLES_MAX);
    let bytes: usize = judged.iter().map(|article| article.body.len()).sum();
    println!(
        "{} articles, {} bytes each",
        judged.len(),
        bytes / judged.len()
    );
    println!(
        "{:<6} {:>8} {:>11} {:>6} {:>9} {:>9} {:>7} {:>10} {:>7} {:>7} {:>16}",
        "rules",
        "",
        "compile ms",
        "MB",
        "analysis",
        "us whole",
        "factor",
        "articles/s",
        "hits",
        "near",
        "said"
    );
    let words = desks::vocabulary(&corpus);
    let count = given.get(2).and_then(|count| count.parse().ok());
    let counts = count.map_or(COUNTS.to_vec(), |count| vec![count]);
    let times = given.get(3).and_then(|times| times.parse().ok());
    let times = times.unwrap_or(PASSES);
    for count in counts.iter().copied() {
        row("desks", &desks::rules(count, &words).source, &judged, times);
    }
    let forms = given.get(1).map_or("012345", String::as_str);
    if forms == "desks" {
        return;
    }
    let words = harsh::vocabulary(&judged);
    for count in counts {
        row("harsh", &harsh::rules(count, &words, forms), &judged, times);
    }
}
