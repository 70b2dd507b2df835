//! Parts of a document, and pages that tell several stories.

use wirewatch::rules::{Document, DocumentInput, RuleFile, RuleSet, marked_body, run_tests};

use crate::asking::{check, found, rules};

#[test]
fn parts_of_a_document() {
    let long = format!("a {}b\nc\nd\ne", "x ".repeat(58));
    check("title(\"a\")", "en", "a // b", "a");
    check("title(\"b\")", "en", "a // b", "-");
    check("body(\"a\")", "en", "a // b", "-");
    check("lead(\"b\")", "en", &long, "b");
    check("lead(\"d\")", "en", &long, "d");
    check("lead(\"e\")", "en", &long, "-");
    check("lead(\"b\")", "en", &format!("{}b", "x ".repeat(120)), "-");
    check("first(2, \"a\" and \"b\")", "en", "a // x b", "a|b");
    check("first(2, \"b\")", "en", "a // x x b", "-");
    check("first(2, \"外\")", "zh", "// 一二三外", "外");
    check("first(2, \"外\")", "zh", "// 一二三四外", "-");
}

/// A page of three stories; a line `---` stands before the second and the third.
const PAGE: &str = "Ada one.
Two.
---
Headline ada. Bob here.
Cid.
---
Headline bob.";

/// What a rule finds on a page of which the title, the entry and the body each say something.
fn found_on(expression: &str, body: &str) -> String {
    let (body, parts) = marked_body(body);
    let document = Document::new(DocumentInput {
        title: "Title eve".to_owned(),
        body,
        parts,
        entry_title: "Entry fay".to_owned(),
        entry_summary: "Summary gus.".to_owned(),
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    });
    found(&rules(expression).judge(&document))
}

#[test]
fn a_page_may_tell_several_stories() {
    for (expression, expected) in [
        // Without a function, and in body(), every story counts.
        ("\"ada\"", "Ada|ada"),
        ("body(\"bob\")", "Bob|bob"),
        // The first story has the titles and the summary.
        ("main(\"ada\")", "Ada"),
        ("main(\"two\")", "Two"),
        ("main(\"bob\")", "-"),
        ("main(\"cid\")", "-"),
        ("main(\"eve\")", "eve"),
        ("main(\"fay\")", "fay"),
        ("main(\"gus\")", "gus"),
        ("main(body(\"eve\"))", "-"),
        ("main(lead(\"two\"))", "Two"),
        ("count(main(\"ada\")) >= 2", "-"),
        // The later ones have none of these.
        ("later(\"ada\")", "ada"),
        ("later(\"two\")", "-"),
        ("later(\"bob\")", "Bob|bob"),
        ("later(any(\"eve\", \"fay\", \"gus\"))", "-"),
        ("later(body(\"cid\"))", "Cid"),
        ("count(later(\"headline\")) >= 2", "Headline|Headline"),
        ("\"two\" and not later(\"two\")", "Two"),
        ("\"bob\" and not main(\"bob\")", "Bob|bob"),
        ("main(\"ada\") and later(\"ada\")", "Ada|ada"),
        // What looks at a beginning ends with the first story.
        ("lead(\"two\")", "Two"),
        ("lead(\"headline\")", "-"),
        ("first(4, \"two\")", "Two"),
        ("first(99, \"headline\")", "-"),
        ("first(99, \"eve\")", "eve"),
        // Nothing is near to a thing in another story.
        ("\"one\" near/1 \"two\"", "one|Two"),
        ("\"two\" near/99 \"headline\"", "-"),
        ("\"two\" in-paragraph \"headline\"", "-"),
        ("\"cid\" near/2 \"bob\"", "Bob|Cid"),
        ("\"cid\" near/1 \"headline\"", "-"),
        ("\"ada\" in-sentence \"headline\"", "Headline|ada"),
        ("\"two\" near/9 \"ada\"", "Ada|Two"),
        ("main(\"two\") near/99 later(\"headline\")", "-"),
        ("(\"two\" near/9 \"ada\") near/9 \"bob\"", "-"),
    ] {
        assert_eq!(found_on(expression, PAGE), expected, "{expression}");
    }
}

#[test]
fn most_pages_tell_one_story() {
    let page = "Ada one.\nTwo. Three.\nFour.";
    for (expression, expected) in [
        ("main(\"four\")", "Four"),
        ("later(\"ada\")", "-"),
        ("\"four\" and not later(\"four\")", "Four"),
        ("lead(\"four\")", "Four"),
        ("\"one\" near/3 \"four\"", "one|Four"),
    ] {
        assert_eq!(found_on(expression, page), expected, "{expression}");
    }
}

#[test]
fn parts_are_numbers_of_lines_and_may_be_odd() {
    let judge = |expression: &str, body: &str, parts: &[usize]| {
        found(&rules(expression).judge(&Document::new(DocumentInput {
            body: body.to_owned(),
            parts: parts.to_vec(),
            lang: Some("en".to_owned()),
            ..DocumentInput::default()
        })))
    };
    for (body, parts, expected) in [
        ("ada\nbob\nada", &[2][..], "ada"),
        ("ada\nbob\nada", &[2, 1, 2], "ada"),
        ("ada\r\n\r\n  \r\nada x", &[2], "ada"),
        ("\n\nada\n\nada", &[3], "ada"),
        ("ada", &[0], "ada"),
        ("ada", &[1], "-"),
        ("ada\n", &[1, 9, usize::MAX], "-"),
        ("", &[0, 1], "-"),
    ] {
        assert_eq!(
            judge("later(\"ada\")", body, parts),
            expected,
            "{body:?} {parts:?}"
        );
    }
}

#[test]
fn evidence_says_in_which_story_of_the_page_it_stands() {
    let (body, parts) = marked_body(PAGE);
    let verdict = rules("any(\"two\", \"cid\", \"bob\")").judge(&Document::new(DocumentInput {
        body,
        parts,
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    }));
    let hit = &verdict.hits[0];
    let spans = hit.evidence.iter();
    let spans: Vec<_> = spans
        .map(|span| (span.text.as_str(), span.part.0))
        .collect();
    assert_eq!(spans, [("Two", 1), ("Bob", 2), ("Cid", 2), ("bob", 3)]);
    let sentences = hit.sentences.iter();
    let sentences: Vec<_> = sentences.map(|s| (s.sentence.as_str(), s.part.0)).collect();
    assert_eq!(sentences, [("Two.", 1), ("Bob here.", 2), ("Cid.", 2)]);
    // JSON names the part where it is not the first, and is read with and without it.
    let json = serde_json::to_value(&hit.sentences).expect("JSON");
    assert_eq!((json[0].get("part"), &json[1]["part"]), (None, &2.into()));
    let back: Vec<wirewatch::model::EvidenceSentence> =
        serde_json::from_value(json).expect("JSON of its own");
    assert_eq!(back, hit.sentences);
}

#[test]
fn tests_of_a_watch_mark_a_later_story_by_a_line_of_dashes() {
    let text = r#"
        [watch.main]
        match = 'main("quake")'
        [[watch.main.test]]
        body = """
        A quake hit.
        ---
        Talks went on."""
        expect = "match"
        [[watch.main.test]]
        body = """
        Talks went on.
        ---
        A quake hit."""
        expect = "no-match"

        [watch.later]
        match = 'later("quake")'
        [[watch.later.test]]
        body = """
        A quake hit.
        ---
        Talks went on."""
        expect = "no-match"
        [[watch.later.test]]
        body = """
        Talks went on.
        ---
        A quake hit."""
        expect = "match"
        evidence = ["quake"]
    "#;
    let source = RuleFile::parse(text).expect("right shape").source;
    let rules = RuleSet::compile(&source).expect("right rules");
    assert_eq!(run_tests(&rules, &source), []);
}
