//! Words and phrases of other languages as terms of this one.

use std::ops::Range;

use super::Notes;
use super::node::Node;
use crate::rules::parse::parse;

/// A word or phrase, perhaps with `*` and `?`; what cannot be a term is noted.
pub(super) fn word(text: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let text = text.trim();
    if text.contains(['*', '?']) {
        return wildcard(text, at, notes);
    }
    let plain = quoted(text);
    if is_term(&plain) {
        return Some(Node::Term(plain));
    }
    // "US" in any case is another word; whoever wrote it in capitals meant these.
    let cased = format!("=Aa{plain}");
    if is_term(&cased) {
        return Some(Node::Term(cased));
    }
    notes.left_out(at, format!("`{text}`: there is no word in it to look for"));
    None
}

/// A word letter by letter.
pub(super) fn cased(text: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let term = format!("=Aa{}", quoted(text.trim()));
    if is_term(&term) {
        return Some(Node::Term(term));
    }
    notes.left_out(at, format!("`{text}`: there is no word in it to look for"));
    None
}

/// `*` stands for any letters, `?` for one.
fn wildcard(text: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let stem = text.trim_end_matches('*');
    if stem.len() < text.len() && !stem.contains(['*', '?']) {
        let prefix = quoted(&format!("{stem}*"));
        if is_term(&prefix) {
            return Some(Node::Term(prefix));
        }
    }
    let mut pattern = String::from("(?i)\\b");
    for letter in text.chars() {
        match letter {
            '*' => pattern.push_str("\\w*"),
            '?' => pattern.push_str("\\w"),
            ' ' => pattern.push_str("\\s+"),
            _ if letter.is_alphanumeric() => pattern.push(letter),
            _ => pattern.push_str(&format!("\\{letter}")),
        }
    }
    pattern.push_str("\\b");
    let term = format!("/{}/", pattern.replace("\\/", "/").replace('/', "\\/"));
    if is_term(&term) {
        return Some(Node::Term(term));
    }
    notes.left_out(
        at,
        format!("`{text}`: three letters in a row must stand in it, or it finds too many words"),
    );
    None
}

/// In quotes of this language.
pub(super) fn quoted(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether this is a term of this language.
pub(super) fn is_term(text: &str) -> bool {
    let found = parse(text);
    found.is_ok() && super::compiled(text).is_ok()
}
