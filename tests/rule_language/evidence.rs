//! What is said of a hit, of a near miss, and of the meaning of a watch.

use wirewatch::model::Field;
use wirewatch::rules::{Document, DocumentInput, RuleFile, RuleSet};

use crate::asking::{document, input, rules};

#[test]
fn evidence_says_why_and_stands_in_its_sentence() {
    let verdict = rules("country:CN in-sentence country:RU and \"visit\"").judge(&document(
        "id",
        "Kabar pagi",
        "Hujan di Jakarta. Menlu Tiongkok tiba di Moskow untuk visit. Tiongkok.",
    ));
    let hit = &verdict.hits[0];
    let why: Vec<&str> = hit.evidence.iter().map(|span| span.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "country:CN (id name)",
            "country:RU (id capital)",
            "\"visit\""
        ]
    );
    assert!(hit.evidence.iter().all(|span| span.field == Field::Body));
    assert_eq!(hit.sentences.len(), 1);
    let sentence = &hit.sentences[0];
    assert_eq!(
        sentence.sentence,
        "Menlu Tiongkok tiba di Moskow untuk visit."
    );
    for span in &sentence.spans {
        assert_eq!(sentence.sentence[span.start..span.end], span.text);
    }
    assert_eq!(hit.watch_version.len(), 12);
}

#[test]
fn evidence_is_bounded_and_shows_every_condition() {
    let body = format!("{}Now two.", "Just one. ".repeat(500));
    let verdict = rules("\"one\" and \"two\"").judge(&document("en", "", &body));
    let evidence = &verdict.hits[0].evidence;
    assert_eq!(evidence.len(), 12);
    assert_eq!(evidence[11].text, "two");
    assert_eq!(verdict.hits[0].sentences.len(), 3);
}

#[test]
fn the_entry_is_judged_under_its_own_fields_unless_it_repeats_the_page() {
    let rules = rules("count(\"quake\") >= 1");
    let judge = |entry_title: &str, entry_summary: &str| {
        let document = Document::new(DocumentInput {
            title: "Quake".to_owned(),
            body: "A quake hit. More later.".to_owned(),
            entry_title: entry_title.to_owned(),
            entry_summary: entry_summary.to_owned(),
            lang: Some("en".to_owned()),
            ..DocumentInput::default()
        });
        let hit = &rules.judge(&document).hits[0];
        hit.evidence
            .iter()
            .map(|span| span.field)
            .collect::<Vec<_>>()
    };
    assert_eq!(judge("QUAKE", "A quake hit."), [Field::Title, Field::Body]);
    assert_eq!(
        judge("Big quake", "The quake"),
        [
            Field::Title,
            Field::Body,
            Field::EntryTitle,
            Field::EntrySummary
        ]
    );
}

#[test]
fn near_misses_lack_one_condition_and_have_more_than_they_lack() {
    let miss = |expression: &str, text: &str| {
        let verdict = rules(expression).judge(&document("en", "", text));
        verdict.near_misses.first().map(|miss| miss.why.clone())
    };
    let rule = "country:CN in-paragraph country:RU and $weighed and not \"volleyball\"";
    assert_eq!(
        miss(rule, "China and Russia").as_deref(),
        Some("found: China and Russia in one paragraph; missing: a word of the list weighed")
    );
    assert_eq!(
        miss(rule, "China and Russia: talks on volleyball").as_deref(),
        Some(
            "found: China and Russia in one paragraph and a word of the list weighed; but excluded by: \"volleyball\""
        )
    );
    assert_eq!(miss(rule, "talks"), None);
    assert_eq!(miss(rule, "China"), None);
    assert_eq!(miss(rule, "China and Russia: volleyball"), None);
    assert_eq!(miss(rule, "China and Russia: talks"), None);
    let rule = "any(\"pact\", country:CN near/9 country:RU) and $weighed";
    assert!(miss(rule, "A Chinese restaurant in Moscow").is_some());
    assert_eq!(miss(rule, "A pact"), None);
    assert_eq!(miss("\"a\" and \"b\"", "a"), None);
    assert_eq!(
        miss("\"a\" and \"b\" and \"c\"", "a c").as_deref(),
        Some("found: \"a\" and \"c\"; missing: \"b\"")
    );
}

#[test]
fn versions_follow_the_meaning_not_the_spelling() {
    let version = |expression: &str| {
        rules(expression)
            .watch("w")
            .map(|watch| watch.version.clone())
    };
    assert_eq!(version("\"a\"  and \"b\""), version("all(\"a\", \"b\")"));
    assert_ne!(version("\"a\" and \"b\""), version("\"a\" or \"b\""));
    assert_ne!(version("\"a\""), version("=\"a\""));
    assert_ne!(version("$weighed"), version("$exact"));
    assert_ne!(rules("\"a\"").fingerprint(), rules("\"b\"").fingerprint());
    assert_eq!(rules("\"a\"").fingerprint(), rules("\"a\"").fingerprint());
}

#[test]
fn near_misses_and_explanations_know_every_form() {
    let expression =
        "person:zang and region:ASEAN near/9 $talk and 2 of (\"x\", \"y\", \"z\") and words >= 200";
    let rules = rules(expression);
    let document = Document::new(input("en", "The envoy Zang held talks in Indonesia. x z"));
    let verdict = rules.judge(&document);
    assert_eq!(
        verdict.near_misses[0].why,
        "found: zang and a country of the region ASEAN within 9 words of a word of the list talk and 2 of \"x\", \"y\", \"z\"; missing: at least 200 words"
    );
    let explained = rules.explain("w", &document).expect("the watch is there");
    let shown: Vec<(&str, bool, Option<&str>)> = explained
        .parts
        .iter()
        .map(|part| (part.part.as_str(), part.holds, part.says.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("person:zang", true, None),
            ("near/9", true, None),
            ("2 of", true, None),
            ("words >= 200", false, Some("9")),
        ]
    );
    assert_eq!(explained.parts[0].spans[0].why, "person:zang (Zang)");
    let several: Vec<bool> = explained.parts[2]
        .parts
        .iter()
        .map(|part| part.holds)
        .collect();
    assert_eq!(several, [true, false, true]);
    assert_eq!(rules.explain("v", &document), None);
}

#[test]
fn the_version_of_a_watch_follows_what_it_names() {
    let version = |expression: &str, tables: &str| {
        let text = format!("[watch.w]\nmatch = '''{expression}'''\n{tables}");
        let source = RuleFile::parse(&text).expect("right shape").source;
        let rules = RuleSet::compile(&source).expect("right rules");
        rules.watch("w").expect("it is there").version.clone()
    };
    let changes = |expression: &str, one: &str, other: &str| {
        assert_ne!(
            version(expression, one),
            version(expression, other),
            "{other}"
        );
    };
    let list = "[list.a]\ninclude = [\"b\"]\n[list.b]\nany = [\"x\"]\n";
    changes("$a", list, &list.replace("\"x\"", "\"y\""));
    changes("$a", list, &list.replace("any", "2"));
    let person = "[person.p]\nnames = [\"Anna\"]\ncontext = '$c'\n[list.c]\nany = [\"x\"]\n[list.q]\nany = [\"p\"]\n";
    for expression in ["person:p", "person:$q"] {
        changes(expression, person, &person.replace("Anna", "Anne"));
        changes(expression, person, &person.replace("\"x\"", "\"y\""));
        changes(
            expression,
            person,
            &format!("{person}[person.other]\nnames = [\"x\"]\n")
                .replace("names = [\"Anna\"]", "names = [\"Anna\"]\nwithin = 9"),
        );
        changes(
            expression,
            person,
            &person.replace("names = [\"Anna\"]", "names = [\"Anna\"]\nmisspellings = 1"),
        );
    }
    changes("$diplomacy", "", "[list.diplomacy]\nany = [\"x\"]");
    // What it does not name is of no concern.
    assert_eq!(
        version("$b", list),
        version("$b", &list.replace("[\"b\"]", "[]"))
    );
    assert_eq!(version("~\"Lavrov\"", ""), version("~\"Lavrov\"", list));
}
