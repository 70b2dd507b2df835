//! What is asked of the article as a whole.

use wirewatch::rules::{DocumentInput, Facts, RuleFile, RuleSet, run_tests};

use crate::asking::{found_in, input, rules};

fn with_facts(lang: &str) -> DocumentInput {
    let one = |text: &str| vec![text.to_owned()];
    DocumentInput {
        facts: Facts {
            url: "https://www.kemlu.go.id/berita/1".to_owned(),
            feeds: one("https://rss.kemlu.go.id/all.xml"),
            feed_countries: one("ID"),
            tags: one("Asia"),
            authors: one("Siti Rahma, Jakarta"),
            age_s: Some(3 * 3_600),
        },
        ..input(lang, "quake a b c d e f g")
    }
}

#[test]
fn facts_are_asked_of_the_article_as_a_whole() {
    for (test, expected) in [
        ("lang in [id, ms]", true),
        ("lang in [en]", false),
        ("lang == \"ind\"", true),
        ("feed in [\"kemlu.go.id\"]", true),
        ("feed in [\"antaranews.com\", \"rss.kemlu.go.id/*\"]", true),
        ("feed in [\"lu.go.id\"]", false),
        ("feed-country == \"ID\"", true),
        ("feed-country in [MY, SG]", false),
        ("tag:\"asia\"", true),
        ("tag:\"europe\"", false),
        ("author:\"siti rahma\"", true),
        ("author:\"Rahman\"", false),
        ("url:\"*.go.id/*\"", true),
        ("url:\"*/sport/*\"", false),
        ("words >= 8", true),
        ("words >= 9", false),
        ("words < 9", true),
        ("age < 4h", true),
        ("age < 2h", false),
        ("age >= 2h", true),
        ("not age >= 1d", true),
    ] {
        let hit = found_in(&rules(&format!("\"quake\" and {test}")), with_facts("id"));
        assert_eq!(hit == "quake", expected, "{test}");
    }
    // What is not known makes the question false.
    let unknown = input("id", "quake");
    assert_eq!(
        found_in(&rules("\"quake\" and age < 9d"), unknown.clone()),
        "-"
    );
    assert_eq!(
        found_in(&rules("\"quake\" and feed in [\"https*\"]"), unknown),
        "-"
    );
}

#[test]
fn tests_of_a_watch_may_say_where_the_article_comes_from() {
    let text = r#"
        [watch.w]
        match = '"quake" and feed-country == "ID" and tag:"asia" and age < 2d and url:"*/berita/*"'
        [[watch.w.test]]
        title = "Quake"
        feed = "https://www.antaranews.co.id/rss"
        tags = ["Asia"]
        url = "https://www.antaranews.co.id/berita/1"
        age = "3h"
        expect = "match"
        [[watch.w.test]]
        title = "Quake"
        feed = "https://www.antaranews.com/rss"
        feed-country = "MY"
        tags = ["Asia"]
        url = "https://www.antaranews.co.id/berita/1"
        age = "3h"
        expect = "no-match"
    "#;
    let source = RuleFile::parse(text).expect("right shape").source;
    let rules = RuleSet::compile(&source).expect("right rules");
    assert_eq!(run_tests(&rules, &source), []);
}
