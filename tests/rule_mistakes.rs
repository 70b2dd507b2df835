//! Every mistake in a rule gets words that say what is wrong, where, and how to put it right.
//!
//! `tests/fixtures/rules/mistakes.txt` holds one block for each: the rule, a mark under the fault with
//! its place and the message, the help. `tables.txt` holds whole files with what is said of them. An answer
//! that differs fails; the failure prints the whole file as it would be, and `UPDATE=1` writes it.

use std::path::Path;

use wirewatch::rules::{
    ListSource, ListTerm, NamedKind, NamedSource, RuleError, RuleFile, RuleSet, RuleSource,
    WatchSource,
};

const MISTAKES: &str = include_str!("fixtures/rules/mistakes.txt");

fn source(expression: &str) -> RuleSource {
    let term = |text: &str| ListTerm {
        text: text.to_owned(),
        weight: 2.0,
    };
    RuleSource {
        watches: vec![WatchSource {
            name: "w".to_owned(),
            expression: expression.to_owned(),
            ..WatchSource::default()
        }],
        lists: vec![
            ListSource {
                name: "diplomacy".to_owned(),
                terms: vec![term("talks"), term("visit")],
                ..ListSource::default()
            },
            ListSource {
                name: "strangers".to_owned(),
                terms: vec![term("camus")],
                ..ListSource::default()
            },
            ListSource {
                name: "empty".to_owned(),
                ..ListSource::default()
            },
        ],
        named: vec![
            named(NamedKind::Person, "lavrov", None),
            named(NamedKind::Person, "ring", Some("person:ring")),
            named(NamedKind::Org, "gazprom", None),
        ],
        ..RuleSource::default()
    }
}

fn named(kind: NamedKind, name: &str, context: Option<&str>) -> NamedSource {
    NamedSource {
        kind,
        name: name.to_owned(),
        names: vec![name.to_owned()],
        misspellings: 0,
        context: context.map(str::to_owned),
        within: 30,
    }
}

fn shown(expression: &str, errors: &[RuleError]) -> String {
    let mut block = format!("{expression}\n");
    for error in errors {
        let indent = expression[..error.at.start].chars().count();
        let marks = expression[error.at.clone()].chars().count().max(1);
        let mark = format!("{}{}", " ".repeat(indent), "^".repeat(marks));
        let column = indent + 1;
        block.push_str(&format!("{mark} 1:{column}: {}\n", error.message));
        let help = error
            .help
            .as_deref()
            .expect("every mistake comes with help");
        block.push_str(&format!("    help: {help}\n"));
    }
    block
}

#[test]
fn every_mistake_is_explained() {
    let blocks: Vec<&str> = MISTAKES.split("\n\n").collect();
    let now: Vec<String> = blocks
        .iter()
        .map(|block| {
            let expression = block.lines().next().unwrap_or_default();
            let errors = RuleSet::compile(&source(expression))
                .err()
                .unwrap_or_else(|| panic!("{expression} has no mistake"));
            shown(expression, &errors)
        })
        .collect();
    let now = now.join("\n");
    compare(&now, MISTAKES, "mistakes.txt");
    assert!(blocks.len() >= 120);
}

fn compare(now: &str, expected: &str, file: &str) {
    if now != expected && std::env::var_os("UPDATE").is_some() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules");
        std::fs::write(folder.join(file), now).expect("the fixtures can be written");
    }
    assert!(now == expected, "{file} is now:\n{now}");
}

/// A mistake as it is shown in its file: place, line, mark, help.
fn shown_in(text: &str, at: std::ops::Range<usize>, message: &str, help: Option<&str>) -> String {
    let line_start = text[..at.start].rfind('\n').map_or(0, |end| end + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let number = text[..at.start].matches('\n').count() + 1;
    let column = text[line_start..at.start].chars().count() + 1;
    let end = at.end.min(line_start + line.len()).max(at.start);
    let marks = text[at.start..end].chars().count().max(1);
    let help = help.map_or_else(String::new, |help| format!("    help: {help}\n"));
    let (indent, mark) = (" ".repeat(column - 1), "^".repeat(marks));
    format!("rules.toml:{number}:{column}: {message}\n{line}\n{indent}{mark}\n{help}")
}

#[test]
fn every_mistake_of_a_table_is_explained() {
    const TABLES: &str = include_str!("fixtures/rules/tables.txt");
    let files = TABLES.split("[watch.w]\n").skip(1);
    let now: Vec<String> = files
        .map(|file| {
            let text = file.split("====\n").next().unwrap_or_default();
            let text = format!("[watch.w]\n{text}");
            let mut told = String::new();
            match RuleFile::parse(&text) {
                Err(error) => told.push_str(&shown_in(&text, error.at, &error.message, None)),
                Ok(file) => {
                    let errors = RuleSet::compile(&file.source).err();
                    let errors = errors.unwrap_or_else(|| panic!("{text} has no mistake"));
                    for error in errors {
                        assert!(file.has(&error.place), "{error}");
                        assert!(error.help.is_some(), "{error} comes without help");
                        let at = file.locate(&text, &error.place, &error.at);
                        told.push_str(&shown_in(&text, at, &error.message, error.help.as_deref()));
                    }
                }
            }
            format!("{text}====\n{told}")
        })
        .collect();
    compare(&now.join("\n"), TABLES, "tables.txt");
}

#[test]
fn every_mistake_of_a_set_is_reported_at_once() {
    let mut rules = source("\"a\" and");
    rules.watches.push(WatchSource {
        name: "w".to_owned(),
        expression: "\"b\"".to_owned(),
        ..WatchSource::default()
    });
    rules.watches.push(WatchSource {
        name: "x".to_owned(),
        expression: "country:China".to_owned(),
        ..WatchSource::default()
    });
    rules.lists.push(ListSource {
        name: "signs".to_owned(),
        terms: vec![
            ListTerm {
                text: "fine".to_owned(),
                weight: 1.0,
            },
            ListTerm {
                text: "?!".to_owned(),
                weight: 1.0,
            },
        ],
        ..ListSource::default()
    });
    let errors = RuleSet::compile(&rules).expect_err("four are wrong");
    let told: Vec<String> = errors.iter().map(RuleError::to_string).collect();
    assert_eq!(
        told,
        [
            "list.signs: this term has no word to look for",
            "watch.w: the rule ends too early",
            "watch.w: the name `w` is given twice",
            "watch.x: `China` is not the code of a country",
        ]
    );
}

#[test]
fn any_text_is_a_rule_or_a_mistake_with_a_place_in_it() {
    let pieces = [
        "\"a\"",
        "\"",
        "=",
        "=Aa",
        "\\",
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        ">=",
        ">",
        "3",
        "0",
        "1e9",
        "near/2",
        "near/",
        "before/3",
        "2 of (",
        "distinct(",
        "lang in [",
        "id",
        "]",
        "words",
        "<",
        "==",
        "tag:",
        "person:",
        "person:lavrov",
        "region:EU",
        "\"pre*\"",
        "\"*\"",
        "~",
        "~\"fuzzy\"",
        "/abc/",
        "/",
        "2d",
        "in-sentence",
        "title(",
        "first(",
        "main(",
        "later(",
        "count(",
        "score(",
        "any(",
        "all(",
        "$diplomacy",
        "$",
        "country:CN",
        "country:",
        ":",
        "&",
        "|",
        "!",
        "“",
        "外",
        "é",
        "🦀",
        "\u{301}",
        " ",
        "\n",
        "\t",
    ];
    let mut state: u64 = 11;
    let mut compiled = 0;
    for _ in 0..20_000 {
        let mut expression = String::new();
        // Knuth's MMIX generator: the same texts in every run.
        for _ in 0..8 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let piece = usize::try_from(state >> 33).expect("31 bits") % pieces.len();
            expression.push_str(pieces[piece]);
            expression.push(' ');
        }
        match RuleSet::compile(&source(&expression)) {
            Ok(_) => compiled += 1,
            Err(errors) => {
                let error = &errors[0];
                assert!(
                    expression.get(error.at.clone()).is_some(),
                    "{expression:?}: {error:?}"
                );
            }
        }
    }
    assert!(compiled > 0);
}

#[test]
fn depth_is_bounded() {
    let deep = [
        format!("{}\"a\"{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{}\"a\"", "title(".repeat(100_000)),
        format!("\"a\"{}", " near/2 \"b\"".repeat(100_000)),
        format!("{}\"a\"", "not ".repeat(100_000)),
    ];
    for expression in deep {
        assert!(RuleSet::compile(&source(&expression)).is_err());
    }
    let wide = format!("\"a\"{}", " or \"b\"".repeat(100_000));
    assert!(RuleSet::compile(&source(&wide)).is_ok());
}
