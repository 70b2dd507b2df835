//! Which words a term finds, and how conditions are joined.

use wirewatch::model::Field;
use wirewatch::rules::{Document, DocumentInput};

use crate::asking::{check, document, rules};

#[test]
fn words_match_by_stem_and_normal_form() {
    check(
        "\"visit\"",
        "en",
        "He VISITED and visits.",
        "VISITED|visits",
    );
    check("=\"visit\"", "en", "He visited. A Visit.", "Visit");
    check("=Aa\"WHO\"", "en", "Who? The WHO.", "WHO");
    check("\"cafe\"", "fr", "Un café.", "café");
    check("\"переговоры\"", "ru", "После переговоров.", "переговоров");
    check(
        "\"foreign minister\"",
        "en",
        "Two foreign ministers; foreign. Minister",
        "foreign ministers|foreign. Minister",
    );
    check("\"foreign minister\"", "en", "A foreign\nminister", "-");
    check(
        "\"foreign minister\"",
        "en",
        "A foreign-minister",
        "foreign-minister",
    );
    check("\"visit\"", "id", "visits", "-");
    check("\"a \\\"b\\\"\"", "en", "a b", "a b");
}

#[test]
fn scripts_without_spaces_match_on_characters() {
    check("\"外长\"", "zh", "中国外长访问", "外长");
    check("\"外长\" near/1 \"访问\"", "zh", "外长将访问", "外长|访问");
    check("\"外长\" near/1 \"访问\"", "zh", "外长即将来访问", "-");
    check("\"会談\"", "ja", "首脳会談を開く", "会談");
}

#[test]
fn and_or_not_and_brackets() {
    check("\"a\" and \"b\"", "en", "a b", "a|b");
    check("\"a\" and \"b\"", "en", "a // c", "-");
    check("\"a\" and \"b\"", "en", "a // b", "a|b");
    check("\"a\" or \"b\"", "en", "b c", "b");
    check("\"a\" and (\"b\" or \"c\")", "en", "a c", "a|c");
    check("any(\"a\", \"b\", )", "en", "b", "b");
    check("all(\"a\", \"b\")", "en", "b", "-");
    check("\"a\" and not \"b\"", "en", "a b", "-");
    check(
        "\"one\" and not \"two\" in-sentence \"six\"",
        "en",
        "One two. Now six.",
        "One",
    );
    check("\"a\" and not (\"b\" and \"c\")", "en", "a b", "a");
}

#[test]
fn the_words_of_an_entry_are_stemmed_in_their_own_language() {
    let document = Document::new(DocumentInput {
        title: "A brief introduction to bread".to_owned(),
        body: "Flour, water and salt are all that is needed for a good loaf.".to_owned(),
        entry_title: "Китай и Россия расширяют дипломатическое взаимодействие".to_owned(),
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    });
    let verdict = rules("\"дипломатический\"").judge(&document);
    assert_eq!(verdict.hits.len(), 1, "{verdict:?}");
    assert_eq!(verdict.hits[0].evidence[0].field, Field::EntryTitle);
    assert_eq!(verdict.hits[0].evidence[0].text, "дипломатическое");
}

#[test]
fn odd_documents_are_judged_without_a_panic() {
    let rules = rules("\"a\" near/65535 \"b\" and not first(1, country:RU)");
    for text in [
        "",
        " ",
        "\n\n",
        "\u{0}",
        "a\u{301}b",
        "🦀",
        "a b",
        "a\r\nb",
        "ａ\u{200d}b",
        "a".repeat(70_000).as_str(),
    ] {
        for lang in ["", "zz", "en-US", "zh-Hant", "not a tag"] {
            let verdict = rules.judge(&document(lang, text, text));
            assert_eq!(
                verdict.hits.is_empty(),
                !["a b", "a\r\nb"].contains(&text),
                "{text} in {lang}"
            );
        }
    }
}

#[test]
fn counts_and_scores() {
    check("count(\"a\") >= 2", "en", "a // a", "a|a");
    check("count(\"a\") >= 3", "en", "a // a", "-");
    check("count(any(\"a\", \"b\")) >= 3", "en", "a b // a", "a|b|a");
    check(
        "score($weighed) >= 3",
        "en",
        "talks, a summit",
        "talks|summit",
    );
    check("score($weighed) >= 2", "en", "talks and talks", "-");
    check(
        "score($weighed) >= 2",
        "en",
        "talks, a summit, football",
        "-",
    );
    check("$weighed", "en", "football and summit", "summit");
    check("$weighed", "en", "football", "-");
    check("$exact", "en", "visits visit who WHO", "visit|WHO");
    let verdict = rules("score($weighed) >= 2").judge(&document("en", "A summit", "talks"));
    assert!((verdict.hits[0].score - 3.0).abs() < f64::EPSILON);
}
