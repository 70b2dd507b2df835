//! Line cleaning: what the body's container holds besides the story.
//!
//! Only conservative rules: a line goes when it begins with a label of `labels.toml`, when it is short
//! and a link, or when it repeats what the metadata says. A label inside of a sentence means nothing.

use super::blocks::{Line, ends_sentence};
use super::labels::{self, Label};
use super::title::squashed;
use super::{dates, metadata::Metadata};

/// A short line with a larger share of links is navigation.
const LINK_DENSITY_MAX: f64 = 0.8;
/// Longest line that is judged by its links alone, in characters.
const LINKED_CHARS_MAX: usize = 160;
/// A label with a larger share of links behind it leads away from the story.
const LABELLED_LINK_DENSITY: f64 = 0.4;
/// Longest line that a phrase of furniture takes away.
const FURNITURE_CHARS_MAX: usize = 320;
/// Longest credit.
const CREDIT_CHARS_MAX: usize = 100;
/// Longest date line or byline.
const BYLINE_CHARS_MAX: usize = 90;
/// Lines at the start of the body that may repeat headline, byline and date.
const OPENING_LINES: usize = 6;
/// Weight of a word in scripts that write none: a Han character says as much as two letters.
const WIDE_CHAR_WEIGHT: usize = 2;

/// The lines of the story out of the lines of its container.
#[must_use]
pub fn clean(lines: Vec<Line>, metadata: &Metadata) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    let mut after_label = false;
    for (index, line) in lines.into_iter().enumerate() {
        let linked = line.link_density() > LINK_DENSITY_MAX;
        if after_label && linked {
            continue;
        }
        let fate = judge(&line, index < OPENING_LINES, metadata);
        after_label = fate == Fate::LabelAlone;
        if fate == Fate::Kept {
            kept.push(line);
        }
    }
    without_trailing_headings(kept)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Dropped,
    /// Dropped, and the linked lines under it go too.
    LabelAlone,
}

fn judge(line: &Line, opening: bool, metadata: &Metadata) -> Fate {
    if !line.text.chars().any(char::is_alphanumeric) {
        return Fate::Dropped;
    }
    let dropped = |yes: bool| if yes { Fate::Dropped } else { Fate::Kept };
    let length = weight(&line.text);
    let folded = labels::folded(&line.text);
    let by_label = match labels::label_of(&folded) {
        Some(Label::Alone) => Fate::Dropped,
        Some(Label::ReadAlso(end)) => read_also(line, folded[end..].trim(), length),
        Some(Label::Begins) => dropped(length <= FURNITURE_CHARS_MAX),
        Some(Label::Credit) => dropped(length <= CREDIT_CHARS_MAX && !line.heading),
        None => Fate::Kept,
    };
    if by_label != Fate::Kept {
        return by_label;
    }
    let navigation = line.link_density() > LINK_DENSITY_MAX && length <= LINKED_CHARS_MAX;
    let contact =
        line.text.contains('@') && length <= CREDIT_CHARS_MAX && !ends_sentence(&line.text);
    dropped(navigation || contact || (opening && repeats_metadata(line, metadata)))
}

/// A line that begins with "Read also"; `rest` is what follows the label.
fn read_also(line: &Line, rest: &str, length: usize) -> Fate {
    let words = rest.trim_matches(|c: char| !c.is_alphanumeric());
    if words.is_empty() {
        return Fate::LabelAlone;
    }
    let separated = rest.starts_with([':', '：', '|', '>', '»', '–', '—', '→', '▶']);
    let linked = line.link_density() > LABELLED_LINK_DENSITY;
    let leads_away = linked || separated;
    if leads_away && length <= FURNITURE_CHARS_MAX && (linked || !several_sentences(rest)) {
        Fate::Dropped
    } else {
        Fate::Kept
    }
}

/// More than one sentence: a teaser has one, a paragraph that happens to begin like a label has more.
fn several_sentences(text: &str) -> bool {
    text.split_inclusive(['.', '!', '?', '。'])
        .filter(|part| part.chars().count() > 20 && ends_sentence(part))
        .count()
        > 1
}

/// Headline, byline and date of the article stand in the metadata, not in the body.
fn repeats_metadata(line: &Line, metadata: &Metadata) -> bool {
    let text = squashed(&line.text);
    if text == squashed(&metadata.title) {
        return true;
    }
    if line.text.chars().count() > BYLINE_CHARS_MAX || ends_sentence(&line.text) {
        return false;
    }
    let names = metadata.authors.iter().map(|name| squashed(name));
    let mut rest = text;
    for name in names.filter(|name| !name.is_empty()) {
        rest = rest.replace(&name, "");
    }
    let is_byline = rest.chars().count() <= 4;
    let is_date = || dates::parse(&line.text, metadata.lang.as_deref()).is_some();
    is_byline || (!line.heading && is_date())
}

/// Headings with nothing below them announced what was dropped.
fn without_trailing_headings(mut lines: Vec<Line>) -> Vec<Line> {
    while lines.len() > 1 && lines.last().is_some_and(|line| line.heading) {
        lines.pop();
    }
    lines
}

/// Han, Kana, Hangul and their punctuation.
pub fn is_wide(c: char) -> bool {
    ('\u{2E80}'..='\u{FFDC}').contains(&c)
}

/// Length in characters, wide ones counted for what they say.
pub fn weight(text: &str) -> usize {
    text.chars()
        .map(|c| if is_wide(c) { WIDE_CHAR_WEIGHT } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Line {
        Line {
            text: text.to_owned(),
            ..Line::default()
        }
    }

    fn linked(text: &str) -> Line {
        Line {
            text: text.to_owned(),
            link_chars: text.len(),
            ..Line::default()
        }
    }

    #[test]
    fn furniture_goes_and_sentences_stay() {
        let metadata = Metadata {
            title: "Wang Yi in Moscow".to_owned(),
            authors: vec!["Ana Lopez".to_owned()],
            ..Metadata::default()
        };
        for (line, kept) in [
            (
                plain("Menlu Tiongkok Wang Yi tiba di Moskow pada Senin."),
                true,
            ),
            (
                plain("Baca Juga: Menlu Tiongkok Bertemu Putin di Kremlin"),
                false,
            ),
            (plain("BACA JUGA : Menlu Tiongkok Bertemu Putin"), false),
            (linked("Lihat juga Menlu Tiongkok Bertemu Putin"), false),
            (
                plain("Lihat juga bagaimana Tiongkok membantu Rusia, kata dia."),
                true,
            ),
            (plain("Advertisement"), false),
            (plain("SCROLL TO CONTINUE WITH CONTENT"), false),
            (
                plain("Advertisement spending in China rose by a fifth last year."),
                true,
            ),
            (
                plain("Read also what the ministry wrote on Monday, he told reporters."),
                true,
            ),
            (plain("Читайте также: Лавров встретился с Ван И"), false),
            (plain("相关阅读：王毅访问俄罗斯"), false),
            (plain("Lire aussi : Wang Yi à Moscou"), false),
            (plain("اقرأ أيضا: وزير الخارجية الصيني في موسكو"), false),
            (plain("あわせて読みたい"), false),
            (plain("관련기사"), false),
            (plain("Foto: Antara/Contoh"), false),
            (plain("© 2023 Example News"), false),
            (plain("Wang Yi in Moscow"), false),
            (plain("By Ana Lopez"), false),
            (plain("Senin, 18 Sep 2023, 14:05 WIB"), false),
            (linked("Putin to visit Beijing in October"), false),
            (plain("Ana Lopez, Moscow ana@example.org"), false),
            (plain("* * *"), false),
        ] {
            let text = line.text.clone();
            assert_eq!(clean(vec![line], &metadata).len() == 1, kept, "{text}");
        }
    }

    #[test]
    fn a_label_alone_takes_the_links_below_it() {
        let long = "A very long headline of another story, ".repeat(6);
        let lines = vec![
            plain("First."),
            plain("Baca juga:"),
            linked(&long),
            plain("Second."),
        ];
        let kept: Vec<String> = clean(lines, &Metadata::default())
            .into_iter()
            .map(|line| line.text)
            .collect();
        assert_eq!(kept, ["First.", "Second."]);
    }
}
