//! The verdict over a page for terminals and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Verdict;
use crate::cli::print;
use crate::extract::SeenLine;

const GREEN: &str = "\u{1b}[32m";
const DIM: &str = "\u{1b}[2m";
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// Line by line, then what else is known.
pub(super) fn text(verdict: &Verdict, colour: bool) -> String {
    let mut out = String::new();
    let paint = |style: &str, text: &str| match colour {
        true => format!("{style}{text}{PLAIN}"),
        false => text.to_owned(),
    };
    for line in &verdict.explained.lines {
        let style = if line.fate.is_kept() { GREEN } else { DIM };
        out.push_str(&paint(style, &shown(line)));
        out.push('\n');
    }
    if !out.is_empty() {
        out.push('\n');
    }
    for (name, value) in verdict.facts() {
        let name = paint(BOLD, &format!("{name:14}"));
        writeln!(out, "{name} {}", print::safe(&value)).expect("a string grows");
    }
    out
}

fn shown(line: &SeenLine) -> String {
    let text = print::safe(&line.text);
    match line.why() {
        None => format!("+ {text}"),
        Some(why) => format!("- {text}  ({why})"),
    }
}

/// One object.
pub(super) fn object(verdict: &Verdict) -> Value {
    let (explained, rule) = (&verdict.explained, verdict.rule.as_ref());
    let article = &explained.extracted.article;
    let line = |line: &SeenLine| json!({ "text": line.text, "taken": line.fate.is_kept(), "reason": line.why() });
    json!({
        "url": verdict.url,
        "rule": rule.map(|rule| &rule.name),
        "not_understood": rule.map(|rule| &rule.not_understood),
        "test_urls": rule.map(|rule| &rule.test_urls),
        "title": article.title,
        "authors": article.authors,
        "published": article.published.as_ref().map(|date| &date.written),
        "published_by": explained.published_by,
        "modified": article.modified.as_ref().map(|date| &date.written),
        "modified_by": explained.modified_by,
        "lang": article.lang,
        "declared_lang": explained.extracted.declared_lang,
        "confidence": explained.extracted.confidence,
        "failure": explained.extracted.failure,
        "next_page": explained.extracted.next_page,
        "other_version": explained.extracted.other_version,
        "notes": article.notes,
        "body": article.body,
        "lines": explained.lines.iter().map(line).collect::<Vec<_>>(),
    })
}
