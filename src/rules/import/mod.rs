//! Queries of other programs, made into watches: newsboat, Miniflux, Google Alerts, Brandwatch, Factiva.
//!
//! Takes the text of a file, gives watches that compile and a note on everything that could not be carried over, with
//! its place. Pure. Each peer has its file; what they share is the tree that they fill (`node`) and, of those with a
//! boolean language, the parser (`boolean`).

mod boolean;
mod brandwatch;
mod factiva;
mod google_alerts;
mod miniflux;
mod newsboat;
mod node;
mod regex;
mod term;

use std::collections::BTreeSet;
use std::ops::Range;

use self::node::Node;
use super::rule_set::RuleSet;
use super::source::{RuleSource, WatchSource};

/// A program whose queries can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// `highlight-article`, `ignore-article`, `define-filter` of its config, query feeds of its `urls`, filters alone.
    Newsboat,
    /// Keep and block rules.
    Miniflux,
    /// A query a line, or an OPML of alerts.
    GoogleAlerts,
    /// A Boolean query a line or paragraph.
    Brandwatch,
    /// A search statement a line or paragraph.
    Factiva,
}

/// A watch made of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedWatch {
    /// NAME, unique among those of the file.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// The `match` expression; it compiles.
    pub expression: String,
    /// What it was made of.
    pub original: String,
}

/// Something that could not be carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Bytes of the text.
    pub at: Range<usize>,
    /// What is left out and why.
    pub why: String,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The watches, in the order of the file.
    pub watches: Vec<ImportedWatch>,
    /// What was left out, in the order of the file.
    pub left_out: Vec<LeftOut>,
}

/// A query as a peer's file gave it.
#[derive(Debug)]
struct Query {
    /// Name, if the file has one.
    name: Option<String>,
    node: Option<Node>,
    /// Bytes of the file.
    at: Range<usize>,
}

/// What could not be carried over, while a file is read.
#[derive(Debug, Default)]
struct Notes(Vec<LeftOut>);

impl Notes {
    fn left_out(&mut self, at: Range<usize>, why: impl Into<String>) {
        let why = why.into();
        self.0.push(LeftOut { at, why });
    }
}

/// Reads the queries of a peer.
#[must_use]
pub fn import(peer: Peer, text: &str) -> Imported {
    let mut notes = Notes::default();
    let queries = match peer {
        Peer::Newsboat => newsboat::queries(text, &mut notes),
        Peer::Miniflux => miniflux::queries(text, &mut notes),
        Peer::GoogleAlerts => google_alerts::queries(text, &mut notes),
        Peer::Brandwatch => brandwatch::queries(text, &mut notes),
        Peer::Factiva => factiva::queries(text, &mut notes),
    };
    let mut names = BTreeSet::new();
    let mut watches = Vec::new();
    for query in queries {
        let original = text.get(query.at.clone()).unwrap_or_default().trim();
        let Some(node) = query.node else {
            if notes.0.iter().all(|note| !within(&note.at, &query.at)) {
                notes.left_out(query.at, "nothing in it could be carried over");
            }
            continue;
        };
        let mut dropped = Vec::new();
        let node = node.asking(&mut dropped);
        for part in dropped {
            let why = format!("`{part}` asks nothing of the text: a watch needs a word beside it");
            notes.left_out(query.at.clone(), why);
        }
        let expression = node.to_string();
        if let Err(why) = compiled(&expression) {
            notes.left_out(query.at, format!("{why}; it would be {expression}"));
            continue;
        }
        let title = query.name.unwrap_or_else(|| title_of(&node, original));
        watches.push(ImportedWatch {
            name: unique(slug(&title), &mut names),
            title,
            expression,
            original: original.to_owned(),
        });
    }
    let mut left_out = notes.0;
    left_out.sort_by_key(|note| (note.at.start, note.at.end));
    Imported { watches, left_out }
}

fn within(inner: &Range<usize>, outer: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Whether an expression stands as a rule of its own, and why not.
fn compiled(expression: &str) -> Result<(), String> {
    let source = RuleSource {
        watches: vec![WatchSource {
            name: "w".to_owned(),
            expression: expression.to_owned(),
            ..WatchSource::default()
        }],
        ..RuleSource::default()
    };
    match RuleSet::compile(&source) {
        Ok(_) => Ok(()),
        Err(errors) => {
            let told = errors.first().map(|error| error.message.clone());
            Err(told.unwrap_or_else(|| "it does not compile".to_owned()))
        }
    }
}

/// A title for a query without a name: its first words.
fn title_of(node: &Node, original: &str) -> String {
    const WORDS: usize = 4;
    let words: Vec<String> = node.words().into_iter().take(WORDS).collect();
    match words.is_empty() {
        true => original.chars().take(40).collect(),
        false => words.join(" "),
    }
}

/// A NAME out of a title.
fn slug(title: &str) -> String {
    const CHARS_MAX: usize = 40;
    let mut slug = String::new();
    for letter in title.to_lowercase().chars() {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.chars().count() >= CHARS_MAX {
            break;
        }
    }
    match slug.trim_matches('-') {
        "" => "imported".to_owned(),
        slug => slug.to_owned(),
    }
}

fn unique(name: String, names: &mut BTreeSet<String>) -> String {
    let mut candidate = name.clone();
    let mut number = 2;
    while !names.insert(candidate.clone()) {
        candidate = format!("{name}-{number}");
        number += 1;
    }
    candidate
}

/// The lines of a text with the byte each begins at; no blank ones, no comments.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let line = line.trim();
        (!line.is_empty() && !line.starts_with('#')).then_some((start, line))
    })
}
