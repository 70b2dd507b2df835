//! What the worst rules take for an article of 100 kB: `cargo bench --bench worst_rules -- [ARTICLES.jsonl]`.
//!
//! Every rule of `rule_sets/worst.rs` is judged alone, on made articles and, where a file is given, on one made of its
//! articles in each of its languages. Prints for each rule its dearest article: milliseconds of CPU for the verdict
//! (the best of three; the analysis is not counted), steps that were taken, and whether the watch was given up. Fails
//! when one takes more than 10 ms.

#[path = "common/clock.rs"]
#[allow(dead_code, reason = "shared with benches that need all of it")]
mod clock;
#[allow(dead_code, reason = "shared with benches that need all of it")]
mod rule_sets;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clock::cpu_ms;
use rule_sets::{articles, worst};
use wirewatch::rules::{Document, DocumentInput, RuleSet};

const MS_MAX: f64 = 10.0;

/// The articles of each language in one.
fn long_articles(path: &str) -> Vec<(String, DocumentInput)> {
    let mut by_lang: BTreeMap<String, DocumentInput> = BTreeMap::new();
    for article in articles::read(Some(path)) {
        let lang = article.lang.clone().unwrap_or_default();
        let long = by_lang.entry(lang).or_insert_with(|| DocumentInput {
            body: String::new(),
            ..article.clone()
        });
        if long.body.len() + article.body.len() < worst::BYTES {
            long.body.push_str(&article.body);
            long.body.push('\n');
        }
    }
    by_lang.retain(|_, long| long.body.len() > worst::BYTES * 3 / 4);
    by_lang.into_iter().collect()
}

struct Cost {
    ms: f64,
    steps: u64,
    is_given_up: bool,
    compiled_ms: f64,
}

fn cost(source: &wirewatch::rules::RuleSource, document: &Document) -> Option<Cost> {
    let begun = cpu_ms();
    let rules = match RuleSet::compile(source) {
        Ok(rules) => rules,
        Err(errors) => {
            eprintln!("left out: {}", errors[0]);
            return None;
        }
    };
    let compiled_ms = cpu_ms() - begun;
    let mut ms = f64::INFINITY;
    let mut is_given_up = false;
    for _ in 0..3 {
        let begun = cpu_ms();
        let verdict = rules.judge(document);
        ms = ms.min(cpu_ms() - begun);
        is_given_up = verdict
            .near_misses
            .iter()
            .any(|miss| miss.why.starts_with("given up"));
    }
    Some(Cost {
        ms,
        steps: rules.steps("w", document)?,
        is_given_up,
        compiled_ms,
    })
}

fn main() -> ExitCode {
    let given = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let made = worst::articles().into_iter();
    let mut inputs: Vec<(String, DocumentInput)> =
        made.map(|(name, input)| (name.to_owned(), input)).collect();
    if let Some(path) = given {
        inputs.extend(long_articles(&path));
    }
    let mut dearest: BTreeMap<&str, (f64, String)> = BTreeMap::new();
    for (article, input) in inputs {
        let words = worst::frequent_words(&input);
        let document = Document::new(input);
        for (name, source) in worst::rules(&words) {
            let Some(cost) = cost(&source, &document) else {
                continue;
            };
            let given_up = if cost.is_given_up { ", given up" } else { "" };
            let said = format!(
                "{:>7.2} ms {:>9} steps on {article}{given_up} (compiled in {:.0} ms)",
                cost.ms, cost.steps, cost.compiled_ms
            );
            let known = dearest.entry(name).or_insert((-1.0, String::new()));
            if cost.ms > known.0 {
                *known = (cost.ms, said);
            }
        }
    }
    for (name, (_, said)) in &dearest {
        println!("{name:<30} {said}");
    }
    match dearest.values().all(|(ms, _)| *ms <= MS_MAX) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
