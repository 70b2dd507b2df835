//! Google Alerts: one query a line, or the OPML that a reader exports, whose titles say "Google Alert - QUERY".
//!
//! Known: words (all of them), `"phrase"`, `OR`, `|`, `-word`, `AROUND(5)`, `site:`, `intitle:`, `allintitle:`,
//! `inurl:`, `intext:`. A `*` within a phrase stands for a word or two.

use std::ops::Range;

use super::boolean::{Dialect, Operator, Parser, parse};
use super::node::Node;
use super::term::word;
use super::{Notes, Query, lines, regex};

pub(super) fn queries(text: &str, notes: &mut Notes) -> Vec<Query> {
    let found: Vec<Range<usize>> = match text.contains("<outline") {
        true => titles(text),
        false => lines(text).map(|(at, line)| at..at + line.len()).collect(),
    };
    found
        .into_iter()
        .map(|at| {
            let written = &text[at.clone()];
            let query = written
                .strip_prefix("Google Alert - ")
                .or_else(|| written.strip_prefix("Google Alert – "))
                .unwrap_or(written);
            let offset = at.end - query.len();
            let plain = around(&unescaped(query));
            let node = parse(&plain, offset, &Google, notes);
            Query {
                name: None,
                node,
                at,
            }
        })
        .collect()
}

/// Where the titles of the alerts stand in an OPML.
fn titles(text: &str) -> Vec<Range<usize>> {
    const MARK: &str = "Google Alert";
    let mut found: Vec<Range<usize>> = Vec::new();
    for (outline, _) in text.match_indices("<outline") {
        let end = text[outline..]
            .find('>')
            .map_or(text.len(), |end| outline + end);
        let Some(start) = text[outline..end].find(MARK).map(|start| outline + start) else {
            continue;
        };
        let quote = text[..start].chars().next_back().unwrap_or('"');
        let close = text[start..end]
            .find(quote)
            .map_or(end, |close| start + close);
        found.push(start..close);
    }
    found
}

/// Without the entities of XML; behind one, places are some bytes off.
fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, letter) in [
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, letter);
    }
    plain
}

/// `AROUND(5)` as one word of the same length.
fn around(text: &str) -> String {
    let mut plain = text.to_owned();
    while let Some(at) = plain.find("AROUND(") {
        let Some(end) = plain[at..].find(')').map(|end| at + end) else {
            break;
        };
        let words = plain[at + "AROUND(".len()..end].trim().to_owned();
        plain.replace_range(at..=end, &format!("AROUND/{words}/"));
    }
    plain
}

struct Google;

impl Dialect for Google {
    fn operator(&self, word: &str) -> Option<Operator> {
        Some(match word {
            "OR" | "|" => Operator::Or,
            "AND" | "+" => Operator::And,
            "NOT" | "-" => Operator::Not,
            _ => {
                let words = word.strip_prefix("AROUND/")?.strip_suffix('/')?;
                let words: u16 = words.parse().ok().filter(|words| *words > 0)?;
                Operator::Related(format!("near/{words}"))
            }
        })
    }

    fn between(&self) -> Option<Operator> {
        Some(Operator::And)
    }

    fn or_binds_first(&self) -> bool {
        true
    }

    fn word(&self, text: &str, at: Range<usize>, parser: &mut Parser<'_>) -> Option<Node> {
        if let Some(rest) = text.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            let node = self.word(rest, at.start + 1..at.end, parser);
            return node.map(Node::negated);
        }
        if text == "-" {
            return parser.operand().map(Node::negated);
        }
        let Some((field, value)) = text.split_once(':').filter(|(field, _)| is_field(field)) else {
            return word(text.trim_start_matches('+'), at, parser.notes);
        };
        let within = |call: &str, node: Option<Node>| node.map(|node| Node::within(call, node));
        match field {
            "intitle" | "allintitle" => within("title", parser.value(value, at)),
            "intext" | "allintext" => within("body", parser.value(value, at)),
            "site" => site(&parser.texts(value)),
            "inurl" | "allinurl" => {
                let texts = parser.texts(value);
                Node::any(texts.iter().map(|text| Some(regex::url(text))))
            }
            _ => {
                parser.texts(value);
                let why = format!("`{field}:` asks for what is not known of an article here");
                parser.notes.left_out(at, why);
                None
            }
        }
    }

    fn phrase(&self, text: &str, tail: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
        if !tail.is_empty() {
            notes.left_out(at.clone(), format!("`{tail}` behind a phrase"));
        }
        // `*` alone stands for a word or two between the others.
        let parts: Vec<&str> = text.split(" * ").collect();
        let mut node = word(parts[0], at.clone(), notes);
        for part in &parts[1..] {
            let next = word(part, at.clone(), notes);
            node = match (node, next) {
                (Some(a), Some(b)) => Some(Node::Related(
                    "before/3".to_owned(),
                    Box::new(a),
                    Box::new(b),
                )),
                (one, other) => one.or(other),
            };
        }
        node
    }
}

fn is_field(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// An address on any of these hosts or below, or on this part of a site.
pub(super) fn site(hosts: &[String]) -> Option<Node> {
    let of_host = |host: &String| {
        let host = host
            .trim_start_matches("https://")
            .trim_start_matches("http://");
        let host = host
            .trim_start_matches("www.")
            .trim_start_matches("*.")
            .trim_end_matches('/');
        // Google's `site:.id` is an ending.
        let (own, below) = match host.strip_prefix('.') {
            Some(ending) => (None, format!("*.{ending}/*")),
            None => (Some(format!("{host}/*")), format!("*.{host}/*")),
        };
        let fact = |pattern: String| Some(Node::Fact(format!("url:\"{pattern}\"")));
        Node::any([own.and_then(fact), fact(below)])
    };
    Node::any(hosts.iter().map(of_host))
}
