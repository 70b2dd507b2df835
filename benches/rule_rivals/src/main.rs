//! What an article costs when many rules are asked of it: by wirewatch, by one regular expression for each rule, as readers
//! of feeds keep them, by one for each group of terms of a rule, by one set of them (`RegexSet`), and by an index of the one article that every rule is a query to,
//! as percolators work (tantivy).
//!
//!     cd benches/rule_rivals && cargo run --release -- ../../../shared/corpus/topics/dev.jsonl [RULES]
//!
//! The rules are those of `../rule_sets/desks.rs`, 1,000 unless said. The others get an easier task: words as written
//! (no stems, no folding of marks), no nearness, no sentences, no misspellings, of countries the names only. A rule is a
//! few groups of each of which a term must be there, and words that must not; the first group that fails ends it.
//! Compiling and the making of queries are not counted. CPU time of the thread, the least of three passes.

#[path = "../../common/clock.rs"]
#[allow(dead_code, reason = "shared with benches that need all of it")]
mod clock;
mod others;
#[path = "../../rule_sets/mod.rs"]
#[allow(dead_code, reason = "shared with benches that need all of it")]
mod rule_sets;

use std::thread;

use clock::cpu_ms;
use others::{OneDocumentIndex, OneSet, RegexEach, RegexOfRule};
use rule_sets::{articles, desks};
use wirewatch::rules::{Document, DocumentInput, RuleSet};

const ARTICLES_MAX: usize = 100;
const PASSES: usize = 3;

/// Microseconds for an article, and hits for an article. On a thread of its own, as the daemon judges: what is taken and given
/// back for an article is not strewn over the memory that compiling left behind.
fn measure(
    articles: &[DocumentInput],
    judge: impl FnMut(&DocumentInput) -> usize + Send,
) -> (f64, f64) {
    let measured = thread::scope(|scope| scope.spawn(|| passes(articles, judge)).join());
    measured.expect("judging does not panic")
}

fn passes(
    articles: &[DocumentInput],
    mut judge: impl FnMut(&DocumentInput) -> usize,
) -> (f64, f64) {
    let (mut best, mut hits) = (f64::INFINITY, 0);
    for _ in 0..PASSES {
        let begun = cpu_ms();
        hits = articles.iter().map(&mut judge).sum();
        best = best.min(cpu_ms() - begun);
    }
    let count = articles.len() as f64;
    (best * 1e3 / count, hits as f64 / count)
}

fn main() {
    let mut given = std::env::args().skip(1);
    let corpus = articles::read(given.next().as_deref());
    let count = given
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap_or(1_000);
    let judged = articles::spread(&corpus, ARTICLES_MAX);
    let desks = desks::rules(count, &desks::vocabulary(&corpus));
    let rules = RuleSet::compile(&desks.source).expect("the rules are right");
    println!("{count} rules, {} articles", judged.len());
    println!(
        "{:<34} {:>14} {:>8} {:>14} {:>8}",
        "", "us an article", "hits", "times whole", "verdict"
    );
    let (analysis, _) = measure(&judged, |article| {
        std::hint::black_box(Document::new(article.clone()));
        0
    });
    let (whole, hits) = measure(&judged, |article| {
        rules.judge(&Document::new(article.clone())).hits.len()
    });
    // What the rules cost over the analysis, which the store and the stories need in any case.
    let verdict = (whole - analysis).max(1.0);
    println!(
        "{:<34} {whole:>14.0} {hits:>8.2} {:>14} {:>8}",
        "wirewatch", 1, ""
    );
    println!(
        "{:<34} {verdict:>14.0} {:>8} {:>14} {:>8}",
        "  of that the verdict", "", "", 1
    );
    let show = |name: &str, (each, hits): (f64, f64)| {
        println!(
            "{name:<34} {each:>14.0} {hits:>8.2} {:>14.0} {:>8.0}",
            each / whole,
            each / verdict
        );
    };
    let index = OneDocumentIndex::new(&desks.plain);
    show(
        "tantivy, one article in memory",
        measure(&judged, |article| index.hits(article)),
    );
    let of_rule = RegexOfRule::new(&desks.plain);
    // Some seconds an article.
    let few = articles::spread(&judged, 5);
    show(
        "a regex for each rule",
        measure(&few, |article| of_rule.hits(article)),
    );
    let each = RegexEach::new(&desks.plain);
    show(
        "a regex for each group of terms",
        measure(&judged, |article| each.hits(article)),
    );
    match OneSet::new(&desks.plain) {
        Ok(set) => {
            show(
                "RegexSet of all groups",
                measure(&few, |article| set.hits(article)),
            );
        }
        Err(error) => println!("RegexSet of all groups: {error}"),
    }
}
