//! A folder with a config, a watch, and articles that were polled and judged by the program itself.

use std::process::Output;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value;

use crate::bed::{Bed, Entry, gibberish, now, rss};

/// A title and what the article says.
pub type Text<'a> = (&'a str, &'a str);

/// Polls and judges these articles by the watch in `rules` (`watches/w.toml`). Each is a story of its own: words of
/// no language follow what it says.
pub fn library(rules: &str, texts: &[Text<'_>]) -> Bed {
    let bed = Bed::new(&[("/a", "1h")], "");
    std::fs::remove_file(bed.path("watches/meteor.toml")).expect("it was written");
    bed.write("watches/w.toml", rules);
    let entries: Vec<Entry> = texts
        .iter()
        .enumerate()
        .map(|(number, (title, text))| Entry {
            name: format!("n{number}"),
            title: (*title).to_owned(),
            text: format!("{text} {}.", gibberish(&format!("{number} {title}"), 30)),
            published: now() - SignedDuration::from_mins(10),
        })
        .collect();
    bed.serve("/a", rss(&entries), Duration::ZERO);
    bed.run_well(&["run", "--once"]);
    bed
}

/// Standard output of a command that ends with this code.
pub fn ends(bed: &Bed, arguments: &[&str], code: i32) -> (String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = bed.run(arguments);
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let (out, err) = (said(stdout), said(stderr));
    assert_eq!(status.code(), Some(code), "{arguments:?}: {out}{err}");
    (out, err)
}

/// What a command prints as JSON Lines.
pub fn lines(bed: &Bed, arguments: &[&str]) -> Vec<Value> {
    let out = bed.run_well(arguments);
    let lines = out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    lines.collect()
}

/// The id of the alert with this title.
pub fn alert(bed: &Bed, title: &str) -> String {
    let alerts = lines(bed, &["alert", "list", "--json"]);
    let found = alerts.iter().find(|alert| alert["title"] == title);
    let id = &found.unwrap_or_else(|| panic!("{title}: {alerts:?}"))["id"];
    id.as_str().expect("an id").to_owned()
}
