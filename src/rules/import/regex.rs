//! Regular expressions of feed readers: plain alternatives become words, the rest stays an expression.

use std::ops::Range;

use super::Notes;
use super::node::Node;
use super::term::{is_term, quoted, word};

/// An expression that is searched for anywhere in a text, as these readers do; `any_case` where they do not mind case.
pub(super) fn searched(
    pattern: &str,
    any_case: bool,
    at: Range<usize>,
    notes: &mut Notes,
) -> Option<Node> {
    let (bare, any_case) = match pattern.strip_prefix("(?i)") {
        Some(bare) => (bare, true),
        None => (pattern, any_case),
    };
    if any_case && let Some(words) = alternatives(bare) {
        let words: Vec<Option<Node>> = words
            .into_iter()
            .map(|text| word(&text, at.clone(), notes))
            .collect();
        return Node::any(words);
    }
    let flag = if any_case { "(?i)" } else { "" };
    let term = format!("/{flag}{}/", bare.replace("\\/", "/").replace('/', "\\/"));
    if is_term(&term) {
        return Some(Node::Term(term));
    }
    notes.left_out(
        at,
        format!("/{bare}/: no expression of this language, or no three letters in a row must stand in it"),
    );
    None
}

/// The alternatives of an expression that has nothing but letters, `|`, `\b` and brackets around it.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut bare = pattern.trim();
    while let Some(inner) = bare
        .strip_prefix("\\b")
        .and_then(|rest| rest.strip_suffix("\\b"))
        .or_else(|| {
            bare.strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'))
        })
        .or_else(|| {
            bare.strip_prefix(".*")
                .and_then(|rest| rest.strip_suffix(".*"))
        })
    {
        bare = inner;
    }
    let bare = bare.strip_prefix("?:").unwrap_or(bare);
    let words: Vec<String> = bare
        .split('|')
        .map(|word| {
            word.replace("\\b", "")
                .replace("\\s+", " ")
                .replace("\\-", "-")
        })
        .collect();
    let is_plain = |word: &String| {
        let signs = |c: char| !c.is_alphanumeric() && !matches!(c, ' ' | '-' | '\'' | '’');
        !word.trim().is_empty() && !word.contains(signs)
    };
    words.iter().all(is_plain).then_some(words)
}

/// A plain text out of an expression, for what is no text to search: addresses, names, tags.
fn plain(pattern: &str) -> Option<String> {
    let bare = pattern.strip_prefix("(?i)").unwrap_or(pattern);
    let bare = bare.trim_start_matches('^').trim_end_matches('$');
    let mut text = String::new();
    let mut letters = bare.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.push(letters.next().filter(|c| !c.is_alphanumeric())?),
            '.' if letters.peek() == Some(&'*') => {
                letters.next();
                text.push('*');
            }
            '.' => text.push('.'),
            '*' | '+' | '?' | '[' | '(' | '{' | '|' | ')' | ']' | '}' => return None,
            _ => text.push(letter),
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The plain texts that an expression has as its alternatives.
pub(super) fn plains(pattern: &str) -> Option<Vec<String>> {
    let bare = pattern.strip_prefix("(?i)").unwrap_or(pattern);
    let inner = bare
        .strip_prefix('(')
        .and_then(|bare| bare.strip_suffix(')'));
    let inner = inner
        .filter(|inner| !inner.contains(['(', ')']))
        .unwrap_or(bare);
    inner.split('|').map(plain).collect()
}

/// `url:"*...*"`.
pub(super) fn url(text: &str) -> Node {
    let text = text.trim_start_matches("https://");
    let text = text.trim_start_matches("http://").trim_matches('*');
    Node::Fact(format!("url:{}", quoted(&format!("*{text}*"))))
}

/// `feed in ["*...*"]`.
pub(super) fn feed(text: &str) -> Node {
    Node::Fact(format!("feed in [{}]", quoted(&format!("*{text}*"))))
}
