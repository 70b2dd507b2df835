//! What an article costs against many rules: `cargo bench --bench rules -- ARTICLES.jsonl`.
//! A second argument, `012345` where it is missing, says which of the six forms of rules are made.
//!
//! Articles are JSON Lines with title, body and lang; without a file, made texts are judged. The rules are
//! made of words of the articles, one sixth of each form, so that many nearly hit. Prints, for 0 to 100,000
//! rules: time to compile, memory of the rules, time for an article, and how much more that is than without.

use std::fs;
use std::time::{Duration, Instant};

use wirewatch::rules::{Document, DocumentInput, RuleSet, RuleSource, WatchSource};

const COUNTS: [usize; 4] = [0, 1_000, 10_000, 100_000];
const ARTICLES_MAX: usize = 400;
const WORDS_MIN: usize = 5;

/// Knuth's MMIX generator: the same rules in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

/// Without those that cargo adds.
fn arguments() -> impl Iterator<Item = String> {
    std::env::args().skip(1).filter(|arg| !arg.starts_with('-'))
}

fn articles() -> Vec<DocumentInput> {
    let Some(path) = arguments().next() else {
        let mut chance = Chance(5);
        return (0..ARTICLES_MAX).map(|_| made(&mut chance)).collect();
    };
    let text = fs::read_to_string(&path).expect("the file of articles can be read");
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    let field =
        |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    let inputs = lines.map(|line: serde_json::Value| DocumentInput {
        title: field(&line, "title"),
        body: field(&line, "body"),
        lang: Some(field(&line, "lang")).filter(|lang| !lang.is_empty()),
        ..DocumentInput::default()
    });
    inputs.take(ARTICLES_MAX).collect()
}

fn made(chance: &mut Chance) -> DocumentInput {
    const SYLLABLES: [&str; 16] = [
        "ka", "ri", "mo", "ten", "sul", "ban", "dor", "mi", "la", "ves", "gro", "pin", "tar", "ke",
        "nu", "zol",
    ];
    let mut words = |count: usize| -> String {
        let word = |chance: &mut Chance| -> String {
            // Few words are frequent, most are rare.
            let frequent = chance.below(14);
            let rank = chance.below(1 << frequent);
            [rank % 16, rank / 16 % 16, rank / 256 % 16]
                .map(|at| SYLLABLES[at])
                .concat()
        };
        let words: Vec<String> = (0..count).map(|_| word(chance)).collect();
        words.join(" ")
    };
    DocumentInput {
        title: words(9),
        body: words(450),
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    }
}

/// Words that rules are made of.
fn vocabulary(articles: &[DocumentInput]) -> Vec<String> {
    let words = articles
        .iter()
        .flat_map(|article| article.body.split(|c: char| !c.is_alphabetic()));
    // A star, a tilde and a literal need a script with spaces between words.
    let has_forms = |word: &&str| word.chars().all(|letter| letter < '\u{530}');
    let words = words
        .filter(|word| word.chars().count() >= WORDS_MIN)
        .filter(has_forms);
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn rules(count: usize, words: &[String]) -> RuleSource {
    const COUNTRIES: [&str; 8] = ["CN", "RU", "ID", "FR", "DE", "IN", "BR", "JP"];
    let mut chance = Chance(7);
    let forms = arguments().nth(1).unwrap_or_else(|| "012345".to_owned());
    let forms: Vec<u32> = forms.chars().filter_map(|form| form.to_digit(6)).collect();
    let watches = (0..count).map(|number| {
        let mut word = || words[chance.below(words.len())].as_str();
        let (a, b, c) = (word(), word(), word());
        let begin: String = a.chars().take(4).collect();
        let country = COUNTRIES[number / 6 % COUNTRIES.len()];
        let expression = match forms[number % forms.len()] {
            0 => format!("\"{a}\" near/10 \"{b}\" and not \"{c}\""),
            1 => format!("\"{begin}*\" in-sentence \"{b}\""),
            2 => format!("~\"{a}\" and country:{country}"),
            3 => format!("/{a}\\w*/ before/5 any(\"{b}\", \"{c}\")"),
            4 => format!("country:{country} in-paragraph \"{b}\" and title(\"{c}\")"),
            _ => format!("2 of (\"{a}\", \"{b}\", \"{c}\")"),
        };
        WatchSource {
            name: format!("w{number}"),
            expression,
            ..WatchSource::default()
        }
    });
    RuleSource {
        watches: watches.collect(),
        ..RuleSource::default()
    }
}

/// Resident memory in MB.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line
        .and_then(|line| line.trim().strip_suffix(" kB"))
        .and_then(|kb| kb.parse().ok());
    kb.unwrap_or(0.0) / 1024.0
}

/// The best of several passes over all articles: analysis and verdict.
fn pass(rules: &RuleSet, articles: &[DocumentInput]) -> (Duration, usize) {
    const PASSES: usize = 4;
    let mut best = Duration::MAX;
    let mut hits = 0;
    for _ in 0..PASSES {
        let inputs = articles.to_vec();
        let begun = Instant::now();
        hits = inputs
            .into_iter()
            .map(|input| rules.judge(&Document::new(input)).hits.len())
            .sum();
        best = best.min(begun.elapsed());
    }
    (best, hits)
}

fn main() {
    let articles = articles();
    let words = vocabulary(&articles);
    println!("{} articles, {} words", articles.len(), words.len());
    println!(
        "{:>8} {:>12} {:>9} {:>14} {:>7} {:>8}",
        "rules", "compile ms", "MB", "us an article", "factor", "hits"
    );
    let mut without = None;
    for count in COUNTS {
        let source = rules(count, &words);
        let (before, begun) = (resident(), Instant::now());
        let rules = match RuleSet::compile(&source) {
            Ok(rules) => rules,
            Err(errors) => panic!("{}", errors[0]),
        };
        let compiled = begun.elapsed();
        let (taken, hits) = pass(&rules, &articles);
        let memory = resident() - before;
        let each = taken.as_secs_f64() * 1e6 / articles.len() as f64;
        let factor = each / *without.get_or_insert(each);
        println!(
            "{count:>8} {:>12.0} {memory:>9.0} {each:>14.0} {factor:>7.2} {hits:>8}",
            compiled.as_secs_f64() * 1e3
        );
    }
}
