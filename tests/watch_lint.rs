//! `wirewatch watch lint`: what in the rules is superfluous, by their shape and by the stored articles.

use std::fs;

use serde_json::Value;
use wirewatch::rules::{RuleFile, lint};

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
#[path = "common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;
#[path = "common/stocked.rs"]
mod stocked;

use program::wirewatch;
use stocked::Stocked;

/// What is found in two watches and these lists, each as `kind place`.
fn found(a: &str, b: &str, lists: &str) -> Vec<String> {
    let text = format!("[watch.a]\nmatch = '''{a}'''\n[watch.b]\nmatch = '''{b}'''\n{lists}");
    let source = RuleFile::parse(&text).expect("TOML").source;
    let compiled = wirewatch::rules::RuleSet::compile(&source);
    assert!(compiled.is_ok(), "{text}");
    lint(&source)
        .iter()
        .map(|finding| format!("{} {}", finding.kind.name(), finding.place))
        .collect()
}

const LISTS: &str = "[list.few]\nany = [\"talks\", \"summit\"]\n[list.many]\nany = [\"talks\", \"summit\", \"visit\"]\n";

#[test]
fn duplicates_and_shadows_are_seen_by_their_shape() {
    for (a, b, expected) in [
        (
            r#""x" and "y""#,
            r#""y" and "x" and "x""#,
            &["duplicate watch.b"][..],
        ),
        (
            r#"any("x", any("y", "z"))"#,
            r#""z" or "y" or "x""#,
            &["duplicate watch.b"],
        ),
        (
            r#""x" near/3 "y""#,
            r#""y" near/3 "x""#,
            &["duplicate watch.b"],
        ),
        (r#""x" before/3 "y""#, r#""y" before/3 "x""#, &[]),
        (r#""x" and "y""#, r#""x""#, &["shadowed watch.a"]),
        (r#""x""#, r#"any("x", "y")"#, &["shadowed watch.a"]),
        (r#"title("x")"#, r#""x""#, &["shadowed watch.a"]),
        (
            r#"first(20, "x")"#,
            r#"first(40, "x" or "y")"#,
            &["shadowed watch.a"],
        ),
        (
            r#""x" near/3 "y""#,
            r#""x" near/5 "y""#,
            &["shadowed watch.a"],
        ),
        (
            r#""x" before/3 "y""#,
            r#""x" near/3 "y""#,
            &["shadowed watch.a"],
        ),
        (
            r#""x" in-sentence "y""#,
            r#""x" in-paragraph "y""#,
            &["shadowed watch.a"],
        ),
        (
            r#"count("x") >= 3"#,
            r#"count("x") >= 2"#,
            &["shadowed watch.a"],
        ),
        (r#"$few and "z""#, r#"$many"#, &["shadowed watch.a"]),
        (
            r#"score($many) >= 2"#,
            r#"score($many) >= 1 or $few"#,
            &["shadowed watch.a"],
        ),
        (
            r#""x" and not any("y", "z") and $few"#,
            r#""x" and not "y" and $many"#,
            &["shadowed watch.a"],
        ),
        (r#"="xylem""#, r#""xylem""#, &["shadowed watch.a"]),
        // Not: one asks for something that the other does not.
        (
            r#""x" and not "y""#,
            r#""x" and not any("y", "z")"#,
            &["shadowed watch.b"],
        ),
        (r#"title("x" and not "y")"#, r#""x" and not "y""#, &[]),
        (
            r#"title("x") and lang in [id]"#,
            r#"body("x") and lang in [id]"#,
            &[],
        ),
        (
            r#"$many"#,
            r#"$few and $many and "z""#,
            &["shadowed watch.b"],
        ),
        (r#""x" and "z""#, r#""x" and "y""#, &[]),
    ] {
        let mut found = found(a, b, LISTS);
        found.retain(|finding| !finding.starts_with("unused"));
        assert_eq!(found, expected, "{a} | {b}");
    }
}

/// Where one watch shadows another, every article that the first hits is hit by the second.
#[test]
fn what_is_implied_holds_in_every_article() {
    const PARTS: &[&str] = &[
        r#""ant""#,
        r#""bee""#,
        r#"title("ant")"#,
        r#"body("bee")"#,
        r#"not "cow""#,
        r#"any("ant", "cow")"#,
        r#""ant" near/2 "bee""#,
        r#""ant" before/3 "bee""#,
        r#""bee" in-sentence "ant""#,
        r#"count("ant") >= 2"#,
        r#"first(3, "bee")"#,
        r#"lead("cow" or "bee")"#,
        r#"2 of ("ant", "bee", "cow")"#,
        r#"not title("bee")"#,
        "$few",
        "$many",
        r#"score($many) >= 2"#,
        r#"main("ant" and not "cow")"#,
        r#"title("ant" and not "bee")"#,
    ];
    const WORDS: &[&str] = &[
        "ant", "bee", "cow", "dog", "talks", "visit", ".", "\n", "dog dog",
    ];
    let mut state: u64 = 3;
    let mut next = |below: usize| {
        // Knuth's MMIX generator: the same in every run.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    let mut implied = 0;
    for _ in 0..1_500 {
        let mut rule = || {
            let parts: Vec<&str> = (0..=next(2)).map(|_| PARTS[next(PARTS.len())]).collect();
            let word = if next(3) == 0 { " or " } else { " and " };
            parts.join(word)
        };
        let text = format!(
            "[watch.a]\nmatch = '''{}'''\n[watch.b]\nmatch = '''{}'''\n{LISTS}",
            rule(),
            rule()
        );
        let source = RuleFile::parse(&text).expect("TOML").source;
        let Ok(rules) = wirewatch::rules::RuleSet::compile(&source) else {
            continue;
        };
        for finding in lint(&source) {
            let (wirewatch::rules::RulePlace::Watch(narrow), Some(wide)) =
                (&finding.place, &finding.other)
            else {
                continue;
            };
            implied += 1;
            for _ in 0..20 {
                let mut words = |most: usize| -> String {
                    (0..next(most))
                        .map(|_| WORDS[next(WORDS.len())])
                        .collect::<Vec<_>>()
                        .join(" ")
                };
                let document = wirewatch::rules::Document::new(wirewatch::rules::DocumentInput {
                    title: words(4),
                    body: words(12),
                    lang: Some("en".to_owned()),
                    ..Default::default()
                });
                let hits: Vec<String> = rules
                    .judge(&document)
                    .hits
                    .into_iter()
                    .map(|hit| hit.watch)
                    .collect();
                assert!(
                    !hits.contains(narrow) || hits.contains(wide),
                    "{text}\n{document:?}"
                );
            }
        }
    }
    assert!(implied > 100, "{implied}");
}

#[test]
fn lists_have_each_term_once_and_are_used() {
    let lists = "[list.l]\nany = [\"Minister\", \"ministers\", \"MINISTER\", '=\"minister\"', \"summit*\", \"summits\", \"summit talks\"]\n2 = [\"summitry\"]\n\
                 [list.inner]\nany = [\"a\"]\n[list.outer]\ninclude = [\"inner\"]\n[list.free]\nany = [\"b\"]\n\
                 [list.people]\nany = [\"ana\", \"person:ben\"]\n\
                 [person.ana]\nnames = [\"Ana\"]\n[person.ben]\nnames = [\"Ben\"]\n[person.cem]\nnames = [\"Cem\"]\ncontext = '''$near'''\n\
                 [list.near]\nany = [\"x\"]\n[org.acme]\nnames = [\"Acme\"]\n";
    let found = found("$l and $outer", "person:$people and \"z\"", lists);
    let expected = [
        "unused list.free",
        "unused person.cem",
        "unused org.acme",
        "repeated-term list.l",
        "repeated-term list.l",
        "covered-term list.l",
        "covered-term list.l",
    ];
    for one in expected {
        assert!(found.iter().any(|found| found == one), "{one}: {found:?}");
    }
    assert_eq!(
        found
            .iter()
            .filter(|found| found.starts_with("unused"))
            .count(),
        3,
        "{found:?}"
    );
}

#[test]
fn stored_articles_show_what_is_dead_and_what_is_shadowed() {
    let stocked = Stocked::new();
    stocked.write(
        "[watch.quake]\nmatch = '\"earthquake\"'\n[watch.coast]\nmatch = '\"coast\"'\n\
         [watch.union]\nmatch = '\"union\" and \"strike\"'\n[watch.strike]\nmatch = '\"strike\" and \"minister\"'\n\
         [watch.dead]\nmatch = '\"volcano\" near/5 \"ash\"'\n[list.free]\nany = [\"x\"]\n",
    );
    let config = stocked.path().join("config.toml");
    let run = |arguments: &[&str]| {
        let output = wirewatch(&config, &[&["watch", "lint"], arguments].concat())
            .output()
            .expect("it runs");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let (code, out) = run(&[]);
    assert_eq!(code, Some(1));
    for part in [
        "watch.dead: no hit and no near miss in 60 stored articles of the last 30 d",
        "all 7 hits of watch.union are among the 24 of watch.strike, in 60 stored articles",
        "nothing names list.free",
        "60 stored articles were looked at",
    ] {
        let line = out.replace("\n  │ ", " ");
        assert!(line.contains(part), "{part}: {out}");
    }
    let (_, json) = run(&["--json"]);
    let rows: Vec<Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON Lines"))
        .collect();
    let kinds: Vec<&str> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
    assert_eq!(kinds, ["unused", "dead", "shadowed"], "{json}");
    assert_eq!(
        (&rows[1]["place"], &rows[1]["line"]),
        (&"watch.dead".into(), &10.into())
    );
    fs::write(&config, "[watch.a]\nmatch = '\"a\"'\n").expect("a file");
    assert_eq!(run(&["--no-store"]).0, Some(0));
}
