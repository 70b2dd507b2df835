//! One evaluator serves alerts, `match`, `search`, tests, explain, backtest and backfill: on random rules and articles all
//! of them find the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use wirewatch::rules::{RuleFile, RuleSet};

use crate::bed::{Bed, Entry, now, rss};
use crate::chance::Chance;

const ARTICLES: usize = 40;
const RULES: usize = 24;
/// Articles that are explained: each takes a start of the program for every rule.
const EXPLAINED: usize = 2;

/// Words of several languages and scripts; some are forms of others.
const WORDS: [&str; 24] = [
    "minister",
    "ministers",
    "visited",
    "visit",
    "Moscow",
    "Beijing",
    "China",
    "Russia",
    "trade",
    "talks",
    "sanctions",
    "Lavrov",
    "Lavrow",
    "Kunjungan",
    "Tiongkok",
    "Menlu",
    "Москва",
    "переговоры",
    "Китай",
    "中国外长",
    "俄罗斯",
    "gas",
    "deal",
    "CVE-2026-1234",
];

impl Chance {
    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }

    fn sentence(&mut self, words: usize) -> String {
        let words: Vec<&str> = (0..words).map(|_| self.word()).collect();
        words.join(" ")
    }

    fn term(&mut self) -> String {
        match self.below(9) {
            0 => format!("\"{} {}\"", self.word(), self.word()),
            1 => "\"minis*\"".to_owned(),
            2 => "~\"Lavrov\"".to_owned(),
            3 => r"/CVE-\d{4}-\d+/".to_owned(),
            4 => "country:CN".to_owned(),
            5 => "$goods".to_owned(),
            6 => "person:lavrov".to_owned(),
            _ => format!("\"{}\"", self.word()),
        }
    }

    fn rule(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.term();
        }
        let (a, b) = (self.rule(depth - 1), self.rule(depth - 1));
        match self.below(9) {
            0 => format!("({a} and {b})"),
            1 => format!("({a} or {b})"),
            2 => format!("({a} and not {b})"),
            3 => format!("title({a})"),
            4 => format!("first(12, {a})"),
            5 => format!("lead({a})"),
            6 => format!("({} near/4 {})", self.term(), self.term()),
            7 => format!("({} in-sentence {})", self.term(), self.term()),
            _ => format!("({a} and score($goods) >= 2)"),
        }
    }
}

const NAMES: &str = "[list.goods]\nany = [\"gas\", \"trade\"]\n2 = [\"deal\"]\n[person.lavrov]\nnames = [\"Lavrov\", \"Лавров\"]\nmisspellings = 1\n";

/// Rules that compile, as TOML; a random one may ask for nothing that is present.
fn rules(chance: &mut Chance) -> Vec<String> {
    let mut rules = Vec::new();
    while rules.len() < RULES {
        let rule = chance.rule(2);
        let toml = format!("{NAMES}[watch.w]\nmatch = '''{rule}'''\n");
        let file = RuleFile::parse(&toml).expect("TOML");
        if RuleSet::compile(&file.source).is_ok() {
            rules.push(rule);
        }
    }
    rules
}

fn articles(chance: &mut Chance) -> Vec<Entry> {
    (0..ARTICLES)
        .map(|number| {
            let sentences: Vec<String> = (0..5).map(|_| chance.sentence(7)).collect();
            Entry {
                name: format!("a{number}"),
                title: chance.sentence(5),
                text: sentences.join(". "),
                published: now(),
            }
        })
        .collect()
}

/// Pairs of a watch and an article.
type Hits = BTreeSet<(String, String)>;

fn watches(rules: &[String], tests: impl Fn(&str) -> String) -> String {
    let mut toml = NAMES.to_owned();
    for (number, rule) in rules.iter().enumerate() {
        let name = format!("w{number}");
        write!(
            toml,
            "[watch.{name}]\nmatch = '''{rule}'''\n{}",
            tests(&name)
        )
        .expect("a string");
    }
    toml
}

fn of_alerts(bed: &Bed) -> Hits {
    let db = Connection::open(bed.path("w.db")).expect("a database");
    let mut hits = db
        .prepare("select watch, url from hit join article on article.id = article_id")
        .expect("a query");
    let pairs = hits.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    let pairs = pairs.expect("hits").map(|pair| pair.expect("a hit"));
    pairs.map(|(watch, url)| (watch, name_of(&url))).collect()
}

/// The language that each article was found to be in.
fn langs(bed: &Bed) -> BTreeMap<String, String> {
    let db = Connection::open(bed.path("w.db")).expect("a database");
    let sql = "select url, lang from article join article_version on article_id = article.id";
    let mut langs = db.prepare(sql).expect("a query");
    let pairs = langs.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
    let pairs = pairs
        .expect("articles")
        .map(|pair| pair.expect("an article"));
    pairs.map(|(url, lang)| (name_of(&url), lang)).collect()
}

fn name_of(url: &str) -> String {
    url.rsplit('/').next().unwrap_or_default().to_owned()
}

fn of_match(bed: &Bed, articles: &[Entry], langs: &BTreeMap<String, String>) -> Hits {
    let rules = bed.path("watches/rules.toml");
    let mut command = bed.command(&["match", "--rules", &rules.to_string_lossy()]);
    let mut filter = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut input = filter.stdin.take().expect("a pipe");
    for article in articles {
        let line = json!({ "id": article.name, "title": article.title, "body": article.text, "lang": langs[&article.name] });
        writeln!(input, "{line}").expect("the filter reads");
    }
    drop(input);
    let output = filter.wait_with_output().expect("it ends");
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let mut hits = Hits::new();
    for line in lines.lines() {
        let answer: Value = serde_json::from_str(line).expect("JSON");
        let id = answer["id"].as_str().expect("an id").to_owned();
        for watch in answer["watches"].as_array().expect("watches") {
            hits.insert((watch.as_str().expect("a name").to_owned(), id.clone()));
        }
    }
    hits
}

fn of_search(bed: &Bed, rules: &[String]) -> Hits {
    let mut hits = Hits::new();
    for (number, rule) in rules.iter().enumerate() {
        let output = bed.run(&["search", "--match", rule, "--json", "--limit", "1000"]);
        assert!(output.status.code() < Some(2), "{rule}: {output:?}");
        for line in String::from_utf8(output.stdout).expect("UTF-8").lines() {
            let found: Value = serde_json::from_str(line).expect("JSON");
            hits.insert((
                format!("w{number}"),
                name_of(found["url"].as_str().expect("an address")),
            ));
        }
    }
    hits
}

fn of_explain(bed: &Bed, articles: &[Entry]) -> Hits {
    let mut hits = Hits::new();
    for number in 0..RULES {
        for article in articles {
            let (watch, url) = (
                format!("w{number}"),
                format!("http://127.0.0.1:9/{}", article.name),
            );
            let output = bed.run(&["watch", "explain", &watch, &url, "--json"]);
            let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            if told["hit"] == true {
                hits.insert((watch, article.name.clone()));
            }
        }
    }
    hits
}

/// Says where two differ, and not where they do not.
fn same(who: &str, found: &Hits, alerts: &Hits, rules: &[String]) {
    let differ: Vec<_> = found.symmetric_difference(alerts).collect();
    assert!(
        differ.is_empty(),
        "{who} differs on {differ:?} of {rules:#?}"
    );
}

#[test]
fn alerts_match_search_tests_backtest_and_backfill_find_the_same() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    std::fs::remove_file(bed.path("watches/meteor.toml")).expect("a file");
    let mut chance = Chance(11);
    let (rules, articles) = (rules(&mut chance), articles(&mut chance));
    bed.write("watches/rules.toml", &watches(&rules, |_| String::new()));
    bed.serve("/feed", rss(&articles), Duration::ZERO);
    bed.run_well(&["run", "--once"]);
    let alerts = of_alerts(&bed);
    let share = alerts.len() as f64 / (RULES * ARTICLES) as f64;
    assert!(
        (0.05..0.95).contains(&share),
        "most rules say nothing: {share}"
    );

    let langs = langs(&bed);
    same("match", &of_match(&bed, &articles, &langs), &alerts, &rules);
    same("search", &of_search(&bed, &rules), &alerts, &rules);
    let some = &articles[..EXPLAINED];
    let explained = of_explain(&bed, some);
    let of_some = |hit: &&(String, String)| some.iter().any(|article| article.name == hit.1);
    let told = alerts.iter().filter(of_some).cloned().collect();
    same("explain", &explained, &told, &rules);
    for (number, rule) in rules.iter().enumerate() {
        let name = format!("w{number}");
        let expected = alerts.iter().filter(|(watch, _)| *watch == name).count();
        for sieve in [&[][..], &["--full"]] {
            let command = [&["watch", "backtest", &name, "--json"], sieve].concat();
            let report: Value = serde_json::from_str(&bed.run_well(&command)).expect("JSON");
            assert_eq!(report["hits"], expected, "{rule}: {report}");
            for change in ["gained", "lost"] {
                assert_eq!(report[change], json!([]), "{rule}");
            }
        }
        let filled = bed.run_well(&["watch", "backfill", &name, "--since", "1d"]);
        assert!(filled.contains(": 0 found"), "{rule}: {filled}");
    }

    // Written as tests of the watches, all of it passes.
    let tests = |watch: &str| {
        let of_one = |article: &Entry| {
            let hit = alerts.contains(&(watch.to_owned(), article.name.clone()));
            let expect = if hit { "match" } else { "no-match" };
            let Entry {
                name, title, text, ..
            } = article;
            let lang = &langs[name];
            format!(
                "[[watch.{watch}.test]]\ntitle = \"{title}\"\nbody = \"{text}\"\nlang = \"{lang}\"\nexpect = \"{expect}\"\n"
            )
        };
        articles.iter().map(of_one).collect()
    };
    bed.write("watches/rules.toml", &watches(&rules, tests));
    let checked = bed.run(&["check"]);
    let said = String::from_utf8_lossy(&checked.stdout);
    let all = RULES * ARTICLES;
    assert!(
        said.contains(&format!("{all} of {all} tests pass")),
        "{said}"
    );
}
