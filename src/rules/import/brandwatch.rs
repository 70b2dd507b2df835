//! Brandwatch queries: `AND`, `OR`, `NOT`, `NEAR/5`, `NEAR/5f` (in this order), `"phrase"~5`, `*` and `?`, `raw:`, `{Case}`,
//! `title:`, `author:`, `site:`, `url:`, `language:`, `country:`. A query goes on in the next line as long as a bracket is
//! open, or when that is indented; `Name = query` gives it a name.

use std::ops::Range;

use super::boolean::{Dialect, Operator, Parser, paragraphs, parse};
use super::google_alerts::site;
use super::node::Node;
use super::term::{cased, quoted, word};
use super::{Notes, Query, regex};
use crate::text::{self, gazetteer};

pub(super) fn queries(text: &str, notes: &mut Notes) -> Vec<Query> {
    paragraphs(text)
        .into_iter()
        .map(|at| {
            let (name, query) = named(&text[at.clone()]);
            let node = parse(query, at.end - query.len(), &Brandwatch, notes);
            let name = name.map(str::to_owned);
            Query { name, node, at }
        })
        .collect()
}

/// The name before ` = `, and the query.
pub(super) fn named(text: &str) -> (Option<&str>, &str) {
    match text.split_once(" = ") {
        Some((name, query)) if !name.contains(['"', '(', ':', '=']) => {
            (Some(name.trim()), query.trim_start())
        }
        _ => (None, text),
    }
}

struct Brandwatch;

/// `near/5` of `NEAR/5`, `before/5` of `NEAR/5f`.
fn near(word: &str) -> Option<Operator> {
    let small = word.to_lowercase();
    let number = small
        .strip_prefix("near/")
        .or_else(|| small.strip_prefix("w/"))?;
    let (number, sign) = match number.strip_suffix('f') {
        Some(number) => (number, "before"),
        None => (number, "near"),
    };
    let words: u16 = number.parse().ok().filter(|words| *words > 0)?;
    Some(Operator::Related(format!("{sign}/{words}")))
}

impl Dialect for Brandwatch {
    fn operator(&self, word: &str) -> Option<Operator> {
        match word {
            "AND" => Some(Operator::And),
            "OR" => Some(Operator::Or),
            "NOT" => Some(Operator::Not),
            _ => near(word),
        }
    }

    fn between(&self) -> Option<Operator> {
        Some(Operator::And)
    }

    fn word(&self, text: &str, at: Range<usize>, parser: &mut Parser<'_>) -> Option<Node> {
        if let Some(rest) = text.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            return self
                .word(rest, at.start + 1..at.end, parser)
                .map(Node::negated);
        }
        if let Some(words) = text.strip_prefix('~') {
            let why = format!("`~{words}` behind brackets: write near/{words} between two of them");
            parser.notes.left_out(at, why);
            return None;
        }
        let field = text.split_once(':');
        let is_field = |field: &str| field.bytes().all(|byte| byte.is_ascii_alphabetic());
        let Some((field, value)) = field.filter(|(field, _)| !field.is_empty() && is_field(field))
        else {
            return word(text, at, parser.notes);
        };
        match field.to_lowercase().as_str() {
            "title" => parser
                .value(value, at)
                .map(|node| Node::within("title", node)),
            "raw" => {
                let texts = parser.texts(value);
                Node::any(
                    texts
                        .iter()
                        .map(|text| cased(text, at.clone(), parser.notes))
                        .collect::<Vec<_>>(),
                )
            }
            "author" => facts(&parser.texts(value), |name| {
                format!("author:{}", quoted(name))
            }),
            "site" => site(&parser.texts(value)),
            "url" => {
                let texts = parser.texts(value);
                Node::any(texts.iter().map(|text| Some(regex::url(text))))
            }
            "language" | "lang" => languages(&parser.texts(value), at, parser.notes),
            "country" => countries(&parser.texts(value), at, parser.notes),
            field => {
                parser.texts(value);
                let why = format!("`{field}:` asks for what is not known of an article here");
                parser.notes.left_out(at, why);
                None
            }
        }
    }

    fn phrase(&self, text: &str, tail: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
        match tail
            .strip_prefix('~')
            .and_then(|words| words.parse::<u16>().ok())
        {
            Some(words) if words > 0 => {
                let mut parts = text.split_whitespace();
                let mut node = parts
                    .next()
                    .and_then(|first| word(first, at.clone(), notes))?;
                for part in parts {
                    let next = word(part, at.clone(), notes)?;
                    node = Node::Related(format!("near/{words}"), Box::new(node), Box::new(next));
                }
                Some(node)
            }
            _ => {
                if !tail.is_empty() {
                    notes.left_out(at.clone(), format!("`{tail}` behind a phrase"));
                }
                word(text, at, notes)
            }
        }
    }
}

fn facts(values: &[String], fact: impl Fn(&str) -> String) -> Option<Node> {
    Node::any(values.iter().map(|value| Some(Node::Fact(fact(value)))))
}

/// `lang in [...]` of codes.
pub(super) fn languages(values: &[String], at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let mut codes: Vec<String> = Vec::new();
    for value in values {
        match text::shortest_tag(value).filter(|tag| text::is_language(tag)) {
            Some(tag) => codes.push(tag),
            None => notes.left_out(
                at.clone(),
                format!("`{value}` is no ISO 639 code of a language"),
            ),
        }
    }
    (!codes.is_empty()).then(|| Node::Fact(format!("lang in [{}]", codes.join(", "))))
}

/// Where the feed is from stands for where the author is.
fn countries(values: &[String], at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let mut codes: Vec<String> = Vec::new();
    for value in values {
        let upper = match value.to_uppercase() {
            code if code == "UK" => "GB".to_owned(),
            code => code,
        };
        let known = gazetteer::codes().find(|code| *code == upper);
        match known.or_else(|| gazetteer::code_of(value)) {
            Some(code) => codes.push(format!("\"{code}\"")),
            None => notes.left_out(at.clone(), format!("`{value}` is no country that is known")),
        }
    }
    match codes.as_slice() {
        [] => None,
        [one] => Some(Node::Fact(format!("feed-country == {one}"))),
        _ => Some(Node::Fact(format!(
            "feed-country in [{}]",
            codes.join(", ")
        ))),
    }
}
