//! Factiva search statements: bare words next to each other are a phrase; `and`, `or`, `not`, `and not`; `adj5` and `w/5`
//! in this order, `near5`, `/N5/`, `same` (one paragraph); `atleast3 word`, `word/F50/`; `$`, `*` and `?`; `hd=` (headline),
//! `hlp=` (headline and lead), `lp=`, `la=`, `by=`, `wc>500`. Indexing codes (`co=`, `rst=`, `ns=`, ...) have no counterpart.

use std::ops::Range;

use super::boolean::{Dialect, Operator, Parser, paragraphs, parse};
use super::brandwatch::{languages, named};
use super::node::Node;
use super::term::{quoted, word};
use super::{Notes, Query};

pub(super) fn queries(text: &str, notes: &mut Notes) -> Vec<Query> {
    paragraphs(text)
        .into_iter()
        .map(|at| {
            let (name, query) = named(&text[at.clone()]);
            let node = parse(query, at.end - query.len(), &Factiva, notes);
            let name = name.map(str::to_owned);
            Query { name, node, at }
        })
        .collect()
}

struct Factiva;

/// The number at the end of an operator, 1 where there is none.
fn number(rest: &str) -> Option<u16> {
    match rest.trim_matches('/') {
        "" => Some(1),
        digits => digits.parse().ok().filter(|words| *words > 0),
    }
}

fn operator(word: &str) -> Option<Operator> {
    let small = word.to_lowercase();
    let related = |sign: &str, rest: &str| {
        let words = number(rest)?;
        Some(Operator::Related(format!("{sign}/{words}")))
    };
    match small.as_str() {
        "and" => return Some(Operator::And),
        "or" => return Some(Operator::Or),
        "not" => return Some(Operator::Not),
        "same" => return Some(Operator::Related("in-paragraph".to_owned())),
        _ => {}
    }
    if let Some(rest) = small.strip_prefix("adj") {
        return related("before", rest);
    }
    if let Some(rest) = small.strip_prefix("near") {
        return related("near", rest).filter(|_| !rest.is_empty());
    }
    if let Some(rest) = small.strip_prefix("w/") {
        return related("before", rest);
    }
    let between = small.strip_prefix("/n")?.strip_suffix('/')?;
    related("near", between)
}

/// Field signs that stand before `=`, as far as they can be carried over.
const FIELDS: &[&str] = &["hd", "hl", "hlp", "lp", "td", "la", "by"];

impl Dialect for Factiva {
    fn operator(&self, word: &str) -> Option<Operator> {
        operator(word)
    }

    fn between(&self) -> Option<Operator> {
        None
    }

    fn word(&self, text: &str, at: Range<usize>, parser: &mut Parser<'_>) -> Option<Node> {
        if let Some((field, value)) = text.split_once('=') {
            return field_of(&field.to_lowercase(), value, at, parser);
        }
        if let Some(node) = size(text) {
            return Some(node);
        }
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let times = first.to_lowercase();
        let times = times
            .strip_prefix("atleast")
            .and_then(|times| times.parse::<u32>().ok());
        if let Some(times) = times.filter(|times| *times > 0) {
            let start = at.end - rest.len();
            let node = match rest {
                "" => parser.operand(),
                rest => self.word(rest, start..at.end, parser),
            }?;
            if times == 1 || !node.is_placed() {
                return Some(node);
            }
            return Some(Node::Count(Box::new(node), times));
        }
        within_slashes(self, text, at, parser)
    }

    fn phrase(&self, text: &str, tail: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
        let node = truncated(text, at.clone(), notes);
        match first_words(tail) {
            Some(words) => node.map(|node| Node::within(&format!("first({words}, "), node)),
            None if tail.is_empty() => node,
            None => {
                notes.left_out(at, format!("`{tail}` behind a phrase"));
                node
            }
        }
    }
}

/// `toyota/F50/`, `boeing/N30/airbus`: operators without space around them.
fn within_slashes(
    dialect: &Factiva,
    text: &str,
    at: Range<usize>,
    parser: &mut Parser<'_>,
) -> Option<Node> {
    let Some(slash) = text.find('/') else {
        return truncated(text, at, parser.notes);
    };
    let end = text[slash + 1..]
        .find('/')
        .map_or(text.len(), |end| slash + 1 + end + 1);
    let (before, sign, behind) = (&text[..slash], &text[slash..end], &text[end..]);
    let left = match before {
        "" => return left_out(sign, at, parser.notes),
        before => truncated(before, at.start..at.start + slash, parser.notes)?,
    };
    if let Some(words) = first_words(sign) {
        return Some(Node::within(&format!("first({words}, "), left));
    }
    match operator(sign) {
        Some(Operator::Related(relation)) => {
            let right = match behind {
                "" => parser.operand()?,
                behind => dialect.word(behind, at.start + end..at.end, parser)?,
            };
            match right.is_placed() {
                true => Some(Node::Related(relation, Box::new(left), Box::new(right))),
                false => Node::all([Some(left), Some(right)]),
            }
        }
        _ => truncated(text, at, parser.notes),
    }
}

fn left_out(sign: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    notes.left_out(at, format!("`{sign}` has nothing before it"));
    None
}

/// N of `/FN/`.
fn first_words(sign: &str) -> Option<u32> {
    let small = sign.to_lowercase();
    let digits = small.strip_prefix("/f")?.strip_suffix('/')?;
    digits.parse().ok().filter(|words| *words > 0)
}

/// `wc>500`, `wc<300`.
fn size(text: &str) -> Option<Node> {
    let rest = text.to_lowercase();
    let rest = rest.strip_prefix("wc")?;
    let least = rest
        .strip_prefix('>')
        .and_then(|words| words.parse::<u32>().ok());
    let most = rest
        .strip_prefix('<')
        .and_then(|words| words.parse::<u32>().ok());
    let fact = match (least, most) {
        (Some(words), _) => format!("words >= {}", words.saturating_add(1)),
        (_, Some(words)) if words > 0 => format!("words < {words}"),
        _ => return None,
    };
    Some(Node::Fact(fact))
}

fn field_of(field: &str, value: &str, at: Range<usize>, parser: &mut Parser<'_>) -> Option<Node> {
    if !FIELDS.contains(&field) {
        parser.texts(value);
        let why = format!(
            "`{field}=` asks for Factiva's own indexing; name the words, or a country, instead"
        );
        parser.notes.left_out(at, why);
        return None;
    }
    match field {
        "la" => languages(&parser.texts(value), at, parser.notes),
        "by" => {
            let names = parser.texts(value);
            let author = |name: &String| Some(Node::Fact(format!("author:{}", quoted(name))));
            Node::any(names.iter().map(author))
        }
        "hd" | "hl" => parser
            .value(value, at)
            .map(|node| Node::within("title", node)),
        "lp" => parser
            .value(value, at)
            .map(|node| Node::within("lead", node)),
        "hlp" => {
            let node = parser.value(value, at)?;
            let title = Node::within("title", node.clone());
            Node::any([Some(title), Some(Node::within("lead", node))])
        }
        // Full text.
        _ => parser.value(value, at),
    }
}

/// `engineer$3` and `engineer$` are `engineer*`.
fn truncated(text: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
            match bare.strip_suffix('$') {
                Some(stem) => format!("{stem}*"),
                None => word.to_owned(),
            }
        })
        .collect();
    let starred = words
        .iter()
        .rev()
        .skip(1)
        .any(|word| word.contains(['*', '?']));
    if !starred {
        return word(&words.join(" "), at, notes);
    }
    // A star within a phrase: its words one after the other.
    let mut node: Option<Node> = None;
    for part in &words {
        let next = word(part, at.clone(), notes)?;
        node = Some(match node {
            None => next,
            Some(before) => Node::Related("before/1".to_owned(), Box::new(before), Box::new(next)),
        });
    }
    node
}
