//! Tables as they are read, and places in their files.

use super::*;
use crate::rules::source::Expectation;

const FILE: &str = r#"
        [store]
        path = "of no concern here"

        [watch.quake]
        match = "\"erdbeben\" or $words"
        severity = "high"
        labels = { desk = "asia" }
        [[watch.quake.test]]
        title = "Erdbeben"
        expect = "match"

        [watch.flood]
        title = "Floods"
        match = '''
"flood" xor
"river"'''
        channels = []

        [list.words]
        any = ["gempa", "земля"]
        "2.5" = ['地震']
        -1 = ["party"]
    "#;

#[test]
fn watches_and_lists_are_taken_and_the_rest_is_ignored() {
    let source = RuleFile::parse(FILE).unwrap().source;
    let [flood, quake] = &source.watches[..] else {
        panic!("two watches");
    };
    assert_eq!(
        (flood.title.as_str(), quake.title.as_str()),
        ("Floods", "quake")
    );
    assert_eq!(
        (flood.severity, quake.severity),
        (Severity::Medium, Severity::High)
    );
    assert_eq!(
        (flood.channels.as_deref(), &quake.channels),
        (Some(&[][..]), &None)
    );
    assert_eq!(quake.labels["desk"], "asia");
    assert_eq!(quake.tests[0].expect, Expectation::Match);
    assert_eq!(quake.expression, "\"erdbeben\" or $words");
    let mut terms: Vec<(&str, f64)> = source.lists[0]
        .terms
        .iter()
        .map(|term| (term.text.as_str(), term.weight))
        .collect();
    terms.sort_by(|a, b| a.1.total_cmp(&b.1));
    assert_eq!(
        terms,
        [
            ("party", -1.0),
            ("gempa", 1.0),
            ("земля", 1.0),
            ("地震", 2.5)
        ]
    );
}

#[test]
fn bytes_of_an_expression_are_found_in_the_file() {
    let file = RuleFile::parse(FILE).unwrap();
    let watch = |name: &str| RulePlace::Watch(name.to_owned());
    let at = |place: &RulePlace, at: Range<usize>| &FILE[file.locate(FILE, place, &at)];
    assert_eq!(at(&watch("flood"), 8..11), "xor");
    // With escapes the whole string is shown.
    assert_eq!(at(&watch("quake"), 0..10), r#""\"erdbeben\" or $words""#);
    let terms = file.source.lists[0].terms.iter();
    for (term, text) in terms.map(|term| term.text.as_str()).enumerate() {
        let name = "words".to_owned();
        assert_eq!(at(&RulePlace::List { name, term }, 0..text.len()), text);
    }
    assert_eq!(at(&watch("none"), 3..9), "");
    assert!(file.has(&watch("flood")) && !file.has(&watch("none")));
}

#[test]
fn wrong_shapes_name_their_place() {
    let cases = [
        ("[watch.a]\n", "[watch.a]", "missing field `match`"),
        ("[watch.a]\nmatch = 1\n", "1", "expected a string"),
        (
            "[watch.a]\nmatch = '\"a\"'\nfor = 1\n",
            "for",
            "unknown field `for`",
        ),
        (
            "[list.a]\nall = [\"a\"]\n",
            "all",
            "`all` is no key of a list",
        ),
        ("[list.a]\n0 = [\"a\"]\n", "0", "`0` is no key of a list"),
        ("[list.a\n", "", "unclosed table"),
    ];
    for (text, place, message) in cases {
        let error = RuleFile::parse(text).expect_err(text);
        assert_eq!(&text[error.at.clone()], place, "{error}");
        assert!(error.message.contains(message), "{error}");
    }
}
