//! Every mistake in a rule gets words that say what is wrong, where, and how to put it right.
//!
//! `tests/fixtures/rules/mistakes.txt` holds one block for each: the rule, a mark under the fault with
//! the message, the help. An answer that differs fails; the failure prints the whole file as it would be.

use wirewatch::rules::{ListSource, ListTerm, RuleError, RuleSet, RuleSource, WatchSource};

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
            },
            ListSource {
                name: "empty".to_owned(),
                terms: vec![],
            },
        ],
    }
}

fn shown(expression: &str, errors: &[RuleError]) -> String {
    let mut block = format!("{expression}\n");
    for error in errors {
        let indent = expression[..error.at.start].chars().count();
        let marks = expression[error.at.clone()].chars().count().max(1);
        let mark = format!("{}{}", " ".repeat(indent), "^".repeat(marks));
        block.push_str(&format!("{mark} {}\n", error.message));
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
    assert!(now == MISTAKES, "the answers are now:\n{now}");
    assert!(blocks.len() >= 40);
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
