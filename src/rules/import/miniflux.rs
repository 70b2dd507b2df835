//! Miniflux: keep and block rules, one a line (`EntryTitle=(?i)regex`), or the one regular expression of older
//! versions. A line `keep:` or `block:` (also `[keep]`, `keeplist:`) says which those below it are; keep rules without one.

use std::ops::Range;

use super::node::Node;
use super::{Notes, Query, regex};

/// What stands before `=`.
const FIELDS: &[&str] = &[
    "EntryTitle",
    "EntryURL",
    "EntryCommentsURL",
    "EntryContent",
    "EntryAuthor",
    "EntryTag",
    "EntryDate",
    "FeedTitle",
    "FeedURL",
];

pub(super) fn queries(text: &str, notes: &mut Notes) -> Vec<Query> {
    let (mut keep, mut block) = (Vec::new(), Vec::new());
    let mut whole: Option<Range<usize>> = None;
    let mut blocks = false;
    for (at, line) in super::lines(text) {
        let heading = line.trim_matches(['[', ']', ':', ' ']).to_lowercase();
        match heading.as_str() {
            "keep" | "keeplist" | "keep rules" | "keep_filter_entry_rules" | "keeplist_rules" => {
                blocks = false;
                continue;
            }
            "block"
            | "blocklist"
            | "block rules"
            | "block_filter_entry_rules"
            | "blocklist_rules" => {
                blocks = true;
                continue;
            }
            _ => {}
        }
        let end = at + line.len();
        whole = Some(whole.map_or(at..end, |whole| whole.start..end));
        let rules = if blocks { &mut block } else { &mut keep };
        rules.push(rule(line, at..end, notes));
    }
    let Some(at) = whole else {
        return Vec::new();
    };
    if keep.is_empty() && !block.is_empty() {
        notes.left_out(
            at,
            "block rules alone say what is not wanted; add `and not ...` to watches that say what is",
        );
        return Vec::new();
    }
    let not = Node::any(block).map(Node::negated);
    let node = Node::any(keep).and_then(|keep| Node::all([Some(keep), not]));
    vec![Query {
        name: None,
        node,
        at,
    }]
}

fn rule(line: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let named = line
        .split_once('=')
        .filter(|(field, _)| FIELDS.contains(field));
    let Some((field, pattern)) = named else {
        if line
            .split_once('=')
            .is_some_and(|(field, _)| is_word(field))
        {
            notes.left_out(at, format!("`{line}`: no rule of Miniflux that is known"));
            return None;
        }
        // Titles, addresses, tags and authors were searched; what is read here is the title.
        return regex::searched(line, false, at, notes).map(|node| Node::within("title", node));
    };
    let start = at.start + field.len() + 1;
    let at = start..at.end;
    let plain = |notes: &mut Notes, fact: fn(&str) -> Node| match regex::plains(pattern) {
        Some(texts) => Node::any(texts.iter().map(|text| Some(fact(text)))),
        None => {
            notes.left_out(
                at.clone(),
                format!("/{pattern}/: only `*` stands for anything here"),
            );
            None
        }
    };
    match field {
        "EntryTitle" => {
            let node = regex::searched(pattern, false, at, notes);
            node.map(|node| Node::within("title", node))
        }
        "EntryContent" => {
            let node = regex::searched(pattern, false, at, notes);
            node.map(|node| Node::within("body", node))
        }
        "EntryURL" => plain(notes, regex::url),
        "FeedURL" => plain(notes, regex::feed),
        "EntryAuthor" => plain(notes, |text| fact("author", text)),
        "EntryTag" => plain(notes, |text| fact("tag", text)),
        "EntryDate" => date(pattern, at, notes),
        _ => {
            notes.left_out(at, format!("`{field}` is not known of an article here"));
            None
        }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn fact(name: &str, text: &str) -> Node {
    Node::Fact(format!("{name}:{}", super::term::quoted(text)))
}

/// `max-age:7d`; what names a day has no counterpart.
fn date(pattern: &str, at: Range<usize>, notes: &mut Notes) -> Option<Node> {
    let age = pattern.strip_prefix("max-age:");
    if let Some(age) = age.filter(|age| crate::rules::facts::period(age).is_some()) {
        return Some(Node::Fact(format!("age < {age}")));
    }
    notes.left_out(
        at,
        format!("`{pattern}`: only max-age:7d can be asked of a date"),
    );
    None
}
