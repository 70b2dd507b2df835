//! The words of `labels.toml`, ready to be compared.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

/// What a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Leads to another article; what follows the label starts at this byte of the folded line.
    ReadAlso(usize),
    /// The whole line is furniture.
    Alone,
    /// No news sentence begins like this.
    Begins,
    /// A credit: a name follows.
    Credit,
}

/// Why a page with little text is no article.
pub struct Obstacle {
    /// In words, for the notes.
    pub why: &'static str,
    /// Phrases, lower case.
    pub phrases: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    read_also: Vec<String>,
    alone: Vec<String>,
    begins: Vec<String>,
    credit: Vec<String>,
    obstacle: ObstacleFile,
}

#[derive(Deserialize)]
struct ObstacleFile {
    robot: Vec<String>,
    javascript: Vec<String>,
    consent: Vec<String>,
    login: Vec<String>,
}

struct Labels {
    read_also: Prefixes,
    begins: Prefixes,
    credit: Prefixes,
    alone: FxHashSet<String>,
    obstacles: Vec<Obstacle>,
}

static LABELS: LazyLock<Labels> = LazyLock::new(|| {
    let file: File =
        toml::from_str(include_str!("labels.toml")).expect("labels.toml is tried by the tests");
    let obstacle = |why, phrases| Obstacle { why, phrases };
    Labels {
        read_also: Prefixes::new(&file.read_also),
        begins: Prefixes::new(&file.begins),
        credit: Prefixes::new(&file.credit),
        alone: file.alone.iter().map(|label| folded(label)).collect(),
        obstacles: vec![
            obstacle("the page asks whether we are a robot", file.obstacle.robot),
            obstacle("the page asks for JavaScript", file.obstacle.javascript),
            obstacle("the page asks for consent", file.obstacle.consent),
            obstacle("the page asks to log in or subscribe", file.obstacle.login),
        ],
    }
});

/// Labels that a line may begin with: by their first two characters, longest first.
struct Prefixes(FxHashMap<Start, Vec<String>>);

/// The first characters of a text.
type Start = (Option<char>, Option<char>);

fn start(text: &str) -> Start {
    let mut chars = text.chars();
    (chars.next(), chars.next())
}

impl Prefixes {
    fn new(labels: &[String]) -> Self {
        let mut by_start: FxHashMap<Start, Vec<String>> = FxHashMap::default();
        for label in labels.iter().map(|label| folded(label)) {
            by_start.entry(start(&label)).or_default().push(label);
        }
        for labels in by_start.values_mut() {
            labels.sort_by_key(|label| std::cmp::Reverse(label.len()));
        }
        Self(by_start)
    }

    /// Length of the longest label that `line` begins with and that ends where a word ends.
    fn longest(&self, line: &str) -> Option<usize> {
        let (first, second) = start(line);
        // A label of one character begins like every line that begins with it.
        [(first, second), (first, None)].iter().find_map(|start| {
            let labels = self.0.get(start)?.iter();
            let fitting = labels.filter(|label| line.starts_with(label.as_str()));
            let mut lengths = fitting.map(String::len);
            lengths.find(|&length| is_word_end(line, length))
        })
    }
}

/// A label in a script without spaces needs no boundary but a colon or the end: there "相关阅读" may
/// be the start of a longer word, but no news sentence begins with it.
fn is_word_end(line: &str, at: usize) -> bool {
    let before = line[..at].chars().next_back();
    let after = line[at..].chars().next();
    match (before, after) {
        (Some(before), Some(after)) if before.is_alphanumeric() && after.is_alphanumeric() => {
            is_written_without_spaces(before)
        }
        _ => true,
    }
}

/// Han, Kana, Hangul labels, Thai: a label may touch the next word.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{E7F}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}')
}

/// Lower case, without brackets, bullets and arrows in front.
#[must_use]
pub fn folded(line: &str) -> String {
    line.trim_start_matches(|c: char| {
        c.is_whitespace() || "([{【［（「<>»›→▶►▸•·*-–—|#+✦■◆▼▲☞👉".contains(c)
    })
    .trim_end()
    .to_lowercase()
    .replace(['’', '‘'], "'")
}

/// How much of a line is looked at for a label, in bytes; longer than any label.
const HEAD_BYTES: usize = 160;

/// The label that a line begins with; its places are those of the [`folded`] line.
#[must_use]
pub fn label_at_start(line: &str) -> Option<Label> {
    if line.len() <= HEAD_BYTES {
        return label_of(&folded(line));
    }
    let head = folded(&line[..line.floor_char_boundary(HEAD_BYTES)]);
    begins_with(&head)
}

/// The label that a folded line begins with.
#[must_use]
pub fn label_of(folded: &str) -> Option<Label> {
    let bare = folded.trim_end_matches(|c: char| !c.is_alphanumeric());
    if LABELS.alone.contains(folded) || LABELS.alone.contains(bare) {
        return Some(Label::Alone);
    }
    begins_with(folded)
}

fn begins_with(folded: &str) -> Option<Label> {
    let labels = &*LABELS;
    if let Some(length) = labels.read_also.longest(folded) {
        return Some(Label::ReadAlso(length));
    }
    if labels.begins.longest(folded).is_some() {
        return Some(Label::Begins);
    }
    labels
        .credit
        .longest(folded)
        .filter(|&length| folded[length..].trim_start().starts_with([':', '：']))
        .map(|_| Label::Credit)
}

/// The reasons why a page may be no article.
#[must_use]
pub fn obstacles() -> &'static [Obstacle] {
    &LABELS.obstacles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_found_where_words_end() {
        for (line, expected) in [
            ("Baca Juga: Menlu", Some(Label::ReadAlso(9))),
            ("(Baca juga: Menlu)", Some(Label::ReadAlso(9))),
            ("ADVERTISEMENT", Some(Label::Alone)),
            ("Advertisement revenue fell", None),
            ("相关阅读王毅访问", Some(Label::ReadAlso("相关阅读".len()))),
            ("Foto: Antara", Some(Label::Credit)),
            ("Foto Antara menunjukkan", None),
            ("Bacaan wajib", None),
            ("Readers also", None),
        ] {
            assert_eq!(label_of(&folded(line)), expected, "{line}");
        }
        assert_eq!(obstacles().len(), 4);
    }
}
