//! What a digest states, read off one of its forms.

use std::collections::{BTreeMap, BTreeSet};

/// The same in every form, or a form is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// `new`, `updated`, ..., `feeds polled`, `failing`: the numbers of the head.
    pub counts: BTreeMap<String, u64>,
    /// Stories in full, by the id of their alert.
    pub stories: BTreeMap<String, Story>,
    /// Stories in one line: id of the alert and address.
    pub rest: BTreeSet<(String, String)>,
    /// Addresses of near misses.
    pub misses: BTreeSet<String>,
}

/// One story.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    pub label: String,
    pub severity: String,
    pub watch: String,
    /// Addresses of its articles.
    pub urls: BTreeSet<String>,
    /// Sentences that prove it, as [`squeezed`].
    pub sentences: BTreeSet<String>,
}

/// A text without what forms break lines with and mark places with.
pub fn squeezed(text: &str) -> String {
    let kept = |c: &char| !c.is_whitespace() && !matches!(c, '<' | '>');
    text.chars().filter(kept).collect()
}

impl Facts {
    /// Reads `1 new, 2 updated; 3 articles` and `41 of 43 feeds polled, 2 failing`.
    pub fn count(&mut self, line: &str) {
        for part in line.split([',', ';', '.']) {
            let mut words = part.split_whitespace();
            let Some(number) = words.next().and_then(|word| word.parse().ok()) else {
                continue;
            };
            let what: Vec<&str> = words.collect();
            let what = match what.as_slice() {
                ["of", all, feeds, polled] => {
                    self.counts
                        .insert("feeds".to_owned(), all.parse().expect("a number"));
                    format!("{feeds} {polled}")
                }
                what => what.join(" "),
            };
            self.counts
                .insert(what.trim_end_matches('s').to_owned(), number);
        }
    }
}

/// Whether a line of the head is one of numbers.
pub fn is_counting(line: &str) -> bool {
    line.contains(" new, ") || line.contains(" polled, ")
}
