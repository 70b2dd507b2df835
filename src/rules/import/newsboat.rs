//! newsboat: filter expressions in its config (`highlight-article`, `ignore-article`, `define-filter`), query feeds in its
//! `urls` (`"query:Name:expression"`), or an expression alone on its line.
//!
//! `title =~ "foo|bar" and tags # "asia"`: `=`, `!=`, `=~`, `!~` (any case), `#`, `!#`, `<`, `>`, `<=`, `>=`, `between`.

use std::ops::Range;

use super::node::Node;
use super::term::{quoted, word};
use super::{Notes, Query, regex};

pub(super) fn queries(text: &str, notes: &mut Notes) -> Vec<Query> {
    let mut queries = Vec::new();
    for (at, line) in super::lines(text) {
        let whole = at..at + line.len();
        let arguments = arguments(line, at);
        let first = arguments.first().map_or("", |(text, _)| text.as_str());
        let (name, expression) = match first {
            "highlight-article" => (None, arguments.get(1)),
            "ignore-article" => (None, arguments.get(2)),
            "define-filter" => (
                arguments.get(1).map(|(name, _)| name.clone()),
                arguments.get(2),
            ),
            _ if first.starts_with("query:") => {
                if let Some(query) = query_feed(&arguments[0], whole, notes) {
                    queries.push(query);
                }
                continue;
            }
            _ if is_setting(first) => continue,
            _ => {
                let node = parse(line, at, notes);
                let name = None;
                queries.push(Query {
                    name,
                    node,
                    at: whole,
                });
                continue;
            }
        };
        let Some((expression, place)) = expression else {
            notes.left_out(whole, format!("`{first}` without an expression"));
            continue;
        };
        let node = parse(expression, place.start, notes);
        if first == "ignore-article" {
            let unwanted = node.map_or_else(String::new, |node| node.negated().to_string());
            let why = format!("it says what is not wanted: add `and {unwanted}` to watches");
            notes.left_out(whole, why);
            continue;
        }
        queries.push(Query {
            name,
            node,
            at: whole,
        });
    }
    queries
}

/// `"query:Name:expression"`, tags behind it are of no concern.
fn query_feed(
    (argument, place): &(String, Range<usize>),
    at: Range<usize>,
    notes: &mut Notes,
) -> Option<Query> {
    let rest = argument.strip_prefix("query:")?;
    let Some((name, expression)) = rest.split_once(':') else {
        notes.left_out(at, "a query feed without an expression");
        return None;
    };
    let offset = place.end - expression.len();
    Some(Query {
        name: Some(name.to_owned()),
        node: parse(expression, offset, notes),
        at,
    })
}

/// A line of the config or of `urls` that has no expression.
fn is_setting(first: &str) -> bool {
    let is_key = first.contains('-') && first.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    is_key
        || first.contains("://")
        || ["bind", "color", "macro", "browser", "include", "set"].contains(&first)
}

/// The arguments of a line, with the bytes of their insides. `\"` in quotes is a quote.
fn arguments(line: &str, offset: usize) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(skipped) = line[at..].find(|c: char| !c.is_whitespace()) {
        at += skipped;
        let is_quoted = line[at..].starts_with('"');
        let start = at + usize::from(is_quoted);
        let mut text = String::new();
        let mut escaped = false;
        let mut end = line.len();
        let mut next = line.len();
        for (index, letter) in line[start..].char_indices() {
            let ends = match is_quoted {
                true => letter == '"' && !escaped,
                false => letter.is_whitespace(),
            };
            if ends {
                end = start + index;
                next = end + usize::from(is_quoted);
                break;
            }
            escaped = letter == '\\' && !escaped && is_quoted;
            if !escaped {
                text.push(letter);
            }
        }
        found.push((text, offset + start..offset + end));
        at = next;
    }
    found
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Operator(String),
    Text(String),
    Word(String),
}

fn parse(text: &str, offset: usize, notes: &mut Notes) -> Option<Node> {
    let mut reading = Reading {
        tokens: tokens(text, offset),
        at: 0,
        depth: 0,
        end: offset + text.len(),
        notes,
    };
    let node = reading.or();
    if let Some((_, at)) = reading.tokens.get(reading.at).cloned() {
        reading.notes.left_out(
            at.start..reading.end,
            "what follows is no filter expression",
        );
    }
    node
}

fn tokens(text: &str, offset: usize) -> Vec<(Token, Range<usize>)> {
    const SIGNS: &str = "=!~#<>";
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let start = at;
        at += first.len_utf8();
        let run = |at: usize, stops: &dyn Fn(char) -> bool| {
            text[at..]
                .find(|c: char| stops(c))
                .map_or(text.len(), |end| at + end)
        };
        let token = match first {
            _ if first.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '"' | '\'' => {
                let end = run(at, &|c| c == first);
                let inner = text[at..end].to_owned();
                at = (end + 1).min(text.len());
                Token::Text(inner)
            }
            _ if SIGNS.contains(first) => {
                at = run(at, &|c| !SIGNS.contains(c));
                Token::Operator(text[start..at].to_owned())
            }
            _ => {
                at = run(at, &|c| {
                    c.is_whitespace() || SIGNS.contains(c) || "()\"'".contains(c)
                });
                match &text[start..at] {
                    "and" => Token::And,
                    "or" => Token::Or,
                    "between" => Token::Operator("between".to_owned()),
                    word => Token::Word(word.to_owned()),
                }
            }
        };
        tokens.push((token, offset + start..offset + at));
    }
    tokens
}

struct Reading<'a> {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: u32,
    end: usize,
    notes: &'a mut Notes,
}

impl Reading<'_> {
    fn take(&mut self, wanted: &Token) -> bool {
        let found = self
            .tokens
            .get(self.at)
            .is_some_and(|(token, _)| token == wanted);
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Option<Node> {
        let mut parts = vec![self.and()];
        while self.take(&Token::Or) {
            parts.push(self.and());
        }
        Node::any(parts)
    }

    fn and(&mut self) -> Option<Node> {
        let mut parts = vec![self.comparison()];
        while self.take(&Token::And) {
            parts.push(self.comparison());
        }
        Node::all(parts)
    }

    fn comparison(&mut self) -> Option<Node> {
        const DEPTH_MAX: u32 = 40;
        if self.take(&Token::Open) {
            self.depth += 1;
            if self.depth > DEPTH_MAX {
                self.at = self.tokens.len();
                return None;
            }
            let inner = self.or();
            self.depth -= 1;
            if !self.take(&Token::Close) {
                self.notes
                    .left_out(self.end..self.end, "a bracket is never closed");
            }
            return inner;
        }
        let place = self.tokens.get(self.at).map(|(_, at)| at.clone());
        let three: Vec<Token> = self.tokens[self.at.min(self.tokens.len())..]
            .iter()
            .take(3)
            .map(|(token, _)| token.clone())
            .collect();
        let [
            Token::Word(name),
            Token::Operator(operator),
            Token::Text(value) | Token::Word(value),
        ] = three.as_slice()
        else {
            let at = place.unwrap_or(self.end..self.end);
            self.notes.left_out(
                at.start..self.end,
                "no filter expression: write attribute =~ \"text\"",
            );
            self.at = self.tokens.len();
            return None;
        };
        let start = self.tokens[self.at].1.start;
        self.at += 3;
        let at = start..self.tokens[self.at - 1].1.end;
        compared(name, operator, value, at, self.notes)
    }
}

fn compared(
    name: &str,
    operator: &str,
    value: &str,
    at: Range<usize>,
    notes: &mut Notes,
) -> Option<Node> {
    if name == "age" {
        return age(operator, value, at, notes);
    }
    let (is_negated, operator) = match operator {
        "!=" => (true, "="),
        "!~" => (true, "=~"),
        "!#" => (true, "#"),
        "==" => (false, "="),
        operator => (false, operator),
    };
    if !["=", "=~", "#"].contains(&operator) {
        notes.left_out(at, format!("`{name} {operator}` has no counterpart"));
        return None;
    }
    let node = asked(name, operator, value, at, notes)?;
    Some(if is_negated { node.negated() } else { node })
}

fn asked(
    name: &str,
    operator: &str,
    value: &str,
    at: Range<usize>,
    notes: &mut Notes,
) -> Option<Node> {
    let is_regex = operator == "=~";
    let text = |notes: &mut Notes| match is_regex {
        true => regex::searched(value, true, at.clone(), notes),
        false => word(value, at.clone(), notes),
    };
    let plain = |notes: &mut Notes, fact: &dyn Fn(&str) -> Option<Node>| {
        let texts = match is_regex {
            true => regex::plains(value),
            false => Some(vec![value.to_owned()]),
        };
        if texts.is_none() {
            let why = format!("/{value}/: only a plain text can be asked of `{name}`");
            notes.left_out(at.clone(), why);
        }
        Node::any(texts?.iter().map(|text| fact(text)))
    };
    match name {
        "title" => text(notes).map(|node| Node::within("title", node)),
        "content" => text(notes).map(|node| Node::within("body", node)),
        "author" => plain(notes, &|name| {
            Some(Node::Fact(format!("author:{}", quoted(name))))
        }),
        // The attribute is all tags, separated by spaces.
        "tags" => plain(notes, &|tags| {
            let tag = |tag: &str| Some(Node::Fact(format!("tag:{}", quoted(tag))));
            Node::all(tags.split_whitespace().map(tag))
        }),
        "link" | "guid" => plain(notes, &|text| Some(regex::url(text))),
        "feedlink" | "rssurl" => plain(notes, &|text| Some(regex::feed(text))),
        _ => {
            notes.left_out(at, format!("`{name}` is not known of an article here"));
            None
        }
    }
}

/// Days since it was published.
fn age(operator: &str, value: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let days = value.parse::<u32>().ok();
    let fact = match (operator, days) {
        ("<", Some(days)) if days > 0 => Some(format!("age < {days}d")),
        ("<=", Some(days)) => Some(format!("age < {}d", days.saturating_add(1))),
        (">", Some(days)) => Some(format!("age >= {}d", days.saturating_add(1))),
        (">=", Some(days)) if days > 0 => Some(format!("age >= {days}d")),
        ("between", None) => value.split_once(':').and_then(|(from, to)| {
            let to: u32 = to.parse().ok()?;
            (from == "0").then(|| format!("age < {}d", to.saturating_add(1)))
        }),
        _ => None,
    };
    if fact.is_none() {
        notes.left_out(at, format!("`age {operator} {value}` has no counterpart"));
    }
    fact.map(Node::Fact)
}
