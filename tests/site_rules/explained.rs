//! `wirewatch article test` and `wirewatch extract` with rules.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::bed::{Bed, PAGE, RULE, URL, said};

/// Text and reason of the lines.
fn reasons(tried: &Value) -> Vec<(String, String)> {
    let lines = tried["lines"].as_array().expect("lines").iter();
    let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines
        .map(|line| {
            (
                words(&line["text"]).chars().take(12).collect(),
                words(&line["reason"]),
            )
        })
        .collect()
}

#[test]
fn every_line_is_shown_in_the_order_of_the_page_with_its_reason() {
    let bed = Bed::new();
    let tried = bed.tried(&["--site-rules", "sites.toml"]);
    let outside = "outside of `body` of [[site]]";
    let expected = [
        ("Home", "navigation"),
        ("Harbour open", outside),
        ("By Ana Lopez", outside),
        ("The harbour ", ""),
        ("Our morning ", "removed by [[site]]"),
        ("Read also: T", "read-also label"),
        ("The first fe", ""),
        ("Words for se", "hidden"),
        ("She expects ", ""),
        ("The harbour ", outside),
    ];
    let expected = expected.map(|(text, reason)| (text.to_owned(), reason.to_owned()));
    assert_eq!(reasons(&tried), expected);
    assert_eq!(tried["rule"], "[[site]] *.harbour.example");
    assert_eq!(tried["authors"], serde_json::json!(["Ana Lopez"]));
    assert_eq!(tried["published"], "2026-11-21T18:30:00Z");
    assert_eq!(tried["published_by"], "[[site]]");
    assert_eq!(tried["lang"], "en");
    assert!(
        tried["confidence"]
            .as_f64()
            .is_some_and(|share| share > 0.5)
    );

    let without = bed.tried(&[]);
    assert_eq!(without["rule"], Value::Null);
    assert_eq!(without["published_by"], "a meta element");
    let unlikely = reasons(&without)
        .into_iter()
        .filter(|(_, reason)| reason.starts_with("not likely of the story (0."));
    assert!(unlikely.count() > 0, "{without}");
}

#[test]
fn taken_lines_are_green_on_terminals_only() {
    let bed = Bed::new();
    let arguments = [
        "article",
        "test",
        "page.html",
        "--url",
        URL,
        "--site-rules",
        "sites.toml",
    ];
    let (out, code) = bed.said(&arguments);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.contains("\n+ The first ferry left"), "{out}");
    assert!(
        out.contains("\n- Our morning letter")
            && out.contains("<script>.  (removed by [[site]])\n"),
        "{out}"
    );
    assert!(
        out.contains("\npublished      2026-11-21T18:30:00Z ([[site]])\n"),
        "{out}"
    );
    assert!(!out.contains('\u{1b}'), "{out}");
    let (out, _) = bed.said(&[&arguments[..], &["--color", "always"]].concat());
    assert!(out.contains("\u{1b}[32m+ The first ferry left"), "{out}");
    assert!(out.contains("\u{1b}[2m- Our morning letter"), "{out}");
    let (out, _) = bed.said(&[&arguments[..], &["--color", "never"]].concat());
    assert!(!out.contains('\u{1b}'), "{out}");
}

#[test]
fn the_page_side_by_side_holds_no_script_and_nothing_of_the_page_unescaped() {
    let bed = Bed::new();
    let (out, code) = bed.said(&[
        "article",
        "test",
        "page.html",
        "--url",
        URL,
        "--html",
        "out.html",
    ]);
    assert_eq!(code, Some(0), "{out}");
    let page = fs::read_to_string(bed.path("out.html")).expect("it was written");
    assert!(
        page.contains("<th>The page</th><th>The article</th>"),
        "{page}"
    );
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<script"),
        "{page}"
    );
    assert!(
        page.contains("default-src 'none'") && !page.contains("http://"),
        "{page}"
    );
    let taken = "<td dir=\"auto\" class=\"taken\">The first ferry left";
    assert!(page.contains(taken), "{page}");
}

#[test]
fn pages_come_from_standard_input_too_and_one_without_an_article_is_a_problem() {
    let bed = Bed::new();
    let mut child = bed
        .command(&["article", "test", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(b"<html><body></body></html>")
        .expect("it reads");
    let (out, code) = said(child.wait_with_output().expect("it ends"));
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("rule           none"), "{out}");
    let (out, code) = bed.said(&["article", "test", "no-such-page.html"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("no-such-page.html: cannot be read"), "{out}");
}

#[test]
fn a_rule_that_finds_nothing_is_told_and_the_page_read_without_it() {
    let bed = Bed::new();
    bed.write(
        "old.toml",
        "[[site]]\nmatch = \"*.harbour.example\"\nbody = \".old\"\ntitle = \"h1.old\"\n",
    );
    let tried = bed.tried(&["--site-rules", "old.toml"]);
    let without = bed.tried(&[]);
    assert_eq!(
        (&tried["body"], &tried["title"]),
        (&without["body"], &without["title"])
    );
    let notes = tried["notes"].to_string();
    for note in [
        "`body` finds nothing on this page, which was read without it",
        "`title` finds nothing on this page",
    ] {
        assert!(
            notes.contains(&format!("[[site]] *.harbour.example: {note}")),
            "{notes}"
        );
    }
}

#[test]
fn files_of_ftr_site_config_are_read_from_a_folder() {
    let bed = Bed::new();
    fs::create_dir(bed.path("rules")).expect("a folder");
    bed.write(
        "rules/harbour.example.txt",
        "body: //div[contains(concat(' ',normalize-space(@class),' '),' txt ')]\n\
         author: //span[@class='who']\ndate: //span[@class='when']\n\
         strip_id_or_class: promo\nhttp_header(user-agent): x\ntest_url: https://www.harbour.example/news/2\n",
    );
    let tried = bed.tried(&["--site-rules", "rules"]);
    let own = bed.tried(&["--site-rules", "sites.toml"]);
    for key in ["body", "authors", "published"] {
        assert_eq!(tried[key], own[key], "{key}");
    }
    assert_eq!(tried["rule"], "harbour.example.txt");
    assert_eq!(
        tried["not_understood"],
        serde_json::json!(["line 5: `http_header(user-agent)` is not understood"])
    );
}

#[test]
fn an_imported_rule_that_finds_a_small_part_of_the_text_is_not_believed() {
    let bed = Bed::new();
    let more = (1..9).map(|pier| format!("<p>Pier number {pier} is {pier} metres longer than the plans of the town said, and nobody knows why.</p>"));
    bed.write(
        "page.html",
        &PAGE.replace(
            "<div class=\"foot\">",
            &format!("<div class=\"more\">{}", more.collect::<String>()),
        ),
    );
    fs::create_dir(bed.path("rules")).expect("a folder");
    bed.write(
        "rules/harbour.example.txt",
        "body: //div[@class='txt']/p[1]\n",
    );
    let tried = bed.tried(&["--site-rules", "rules"]);
    assert!(
        tried["notes"]
            .to_string()
            .contains("finds a small part of the text"),
        "{tried}"
    );
    assert!(
        tried["body"]
            .as_str()
            .expect("a body")
            .contains("The first ferry left"),
        "{tried}"
    );
}

#[test]
fn the_filter_takes_the_rules_of_a_file_or_of_a_config() {
    let bed = Bed::new();
    let config = format!("{RULE}[[feed]]\nurl = \"https://www.harbour.example/rss\"\n");
    bed.write("config.toml", &config);
    let body = |arguments: &[&str]| {
        let mut child = bed
            .command(&[&["extract"], arguments].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let line = serde_json::json!({ "id": 1, "file": "page.html", "url": URL });
        writeln!(child.stdin.take().expect("a pipe"), "{line}").expect("it reads");
        let (out, code) = said(child.wait_with_output().expect("it ends"));
        assert_eq!(code, Some(0), "{out}");
        let answer: Value = serde_json::from_str(&out).expect("JSON");
        answer["authors"].to_string() + answer["published"].as_str().unwrap_or_default()
    };
    let by_rule = "[\"Ana Lopez\"]2026-11-21T18:30:00Z";
    assert_eq!(body(&["--site-rules", "sites.toml"]), by_rule);
    assert_eq!(body(&["--config", "config.toml"]), by_rule);
    assert_ne!(body(&[]), by_rule);
    bed.write(
        "bad.toml",
        "[[site]]\nmatch = \"x.example\"\nbody = \"p[\"\n",
    );
    let (out, code) = bed.said(&["extract", "--site-rules", "bad.toml"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(
        out.contains("bad.toml:3:8") && out.contains("no CSS selector"),
        "{out}"
    );
}
