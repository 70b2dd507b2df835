//! Line cleaning: what the body's container holds besides the story.
//!
//! Only conservative rules: a line goes when it begins with a label of `labels.toml`, when it is short
//! and a link, or when it repeats what the metadata says. A label inside of a sentence means nothing.

use super::blocks::{Line, ends_sentence};
use super::fate::{Fate, Reason};
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

/// Says of the lines that are of the story so far which are no part of it.
pub fn clean(lines: &[Line], metadata: &Metadata, fates: &mut [Fate]) {
    let mut after_label = false;
    let all = lines.iter().zip(fates.iter_mut());
    let of_story = all.filter(|(_, fate)| fate.is_kept());
    for (index, (line, fate)) in of_story.enumerate() {
        let opening = index < OPENING_LINES;
        if after_label && line.link_density() > LINK_DENSITY_MAX {
            *fate = Fate::LeftOut(Reason::UnderLabel);
            continue;
        }
        let judgement = judge(line, opening, metadata);
        after_label = judgement == Some(LABEL_ALONE);
        if let Some(reason) = judgement {
            *fate = Fate::LeftOut(reason.0);
        }
    }
    leave_out_last_headings(lines, fates);
}

/// What a line looks like besides the story: a label, a credit, the headline again.
#[must_use]
pub fn looks_like(line: &Line, metadata: &Metadata) -> Option<Reason> {
    judge(line, true, metadata).map(|(reason, _)| reason)
}

/// The lines of a text that is all story, cleaned.
#[must_use]
pub fn cleaned(lines: Vec<Line>, metadata: &Metadata) -> Vec<Line> {
    let mut fates = vec![Fate::Kept; lines.len()];
    clean(&lines, metadata, &mut fates);
    let lines = lines.into_iter().zip(fates);
    lines
        .filter(|(_, fate)| fate.is_kept())
        .map(|(line, _)| line)
        .collect()
}

/// Why a line goes; with `true` the linked lines under it go too.
type Judgement = Option<(Reason, bool)>;

const LABEL_ALONE: (Reason, bool) = (Reason::ReadAlso, true);

fn judge(line: &Line, opening: bool, metadata: &Metadata) -> Judgement {
    let goes = |yes: bool, reason: Reason| yes.then_some((reason, false));
    if !line.text.chars().any(char::is_alphanumeric) {
        return goes(true, Reason::NoWords);
    }
    let length = weight(&line.text);
    let by_label = match labels::label_at_start(&line.text) {
        Some(Label::Alone) => goes(true, Reason::Label),
        Some(Label::ReadAlso(end)) => {
            read_also(line, labels::folded(&line.text)[end..].trim(), length)
        }
        Some(Label::Begins) => goes(length <= FURNITURE_CHARS_MAX, Reason::Furniture),
        Some(Label::Credit) => goes(length <= CREDIT_CHARS_MAX && !line.heading, Reason::Credit),
        None => None,
    };
    let navigation = || line.link_density() > LINK_DENSITY_MAX && length <= LINKED_CHARS_MAX;
    let contact =
        || line.text.contains('@') && length <= CREDIT_CHARS_MAX && !ends_sentence(&line.text);
    let repeated = || {
        if opening {
            repeats_metadata(line, metadata)
        } else {
            None
        }
    };
    by_label
        .or_else(|| goes(navigation(), Reason::Link))
        .or_else(|| goes(contact(), Reason::Contact))
        .or_else(|| Some((repeated()?, false)))
}

/// A line that begins with "Read also"; `rest` is what follows the label.
fn read_also(line: &Line, rest: &str, length: usize) -> Judgement {
    let words = rest.trim_matches(|c: char| !c.is_alphanumeric());
    if words.is_empty() {
        return Some(LABEL_ALONE);
    }
    let separated = rest.starts_with([':', '：', '|', '>', '»', '–', '—', '→', '▶']);
    let linked = line.link_density() > LABELLED_LINK_DENSITY;
    let leads_away = linked || separated;
    let goes = leads_away && length <= FURNITURE_CHARS_MAX && (linked || !several_sentences(rest));
    goes.then_some((Reason::ReadAlso, false))
}

/// More than one sentence: a teaser has one, a paragraph that happens to begin like a label has more.
fn several_sentences(text: &str) -> bool {
    text.split_inclusive(['.', '!', '?', '。'])
        .filter(|part| part.chars().count() > 20 && ends_sentence(part))
        .count()
        > 1
}

/// The headline with a rubric of a few letters before or behind it.
fn is_with_rubric(text: &str, title: &str) -> bool {
    const RUBRIC_BYTES_MAX: usize = 24;
    const TITLE_BYTES_MIN: usize = 20;
    title.len() >= TITLE_BYTES_MIN
        && text.len() <= title.len() + RUBRIC_BYTES_MAX
        && (text.starts_with(title) || text.ends_with(title))
}

/// Headline, byline and date of the article stand in the metadata, not in the body.
fn repeats_metadata(line: &Line, metadata: &Metadata) -> Option<Reason> {
    let text = squashed(&line.text);
    let title = squashed(&metadata.title);
    if text == title || (line.heading && is_with_rubric(&text, &title)) {
        return Some(Reason::Headline);
    }
    if line.text.chars().count() > BYLINE_CHARS_MAX || ends_sentence(&line.text) {
        return None;
    }
    let names = metadata.authors.iter().map(|name| squashed(name));
    let mut rest = text;
    for name in names.filter(|name| !name.is_empty()) {
        rest = rest.replace(&name, "");
    }
    if rest.chars().count() <= 4 {
        return Some(Reason::Byline);
    }
    let is_date = || dates::parse(&line.text, metadata.lang.as_deref()).is_some();
    (!line.heading && is_date()).then_some(Reason::Date)
}

/// Headings with nothing below them announced what was dropped.
fn leave_out_last_headings(lines: &[Line], fates: &mut [Fate]) {
    let mut kept = fates.iter().filter(|fate| fate.is_kept()).count();
    for (line, fate) in lines
        .iter()
        .zip(fates)
        .rev()
        .filter(|(_, fate)| fate.is_kept())
    {
        if kept <= 1 || !line.heading {
            return;
        }
        *fate = Fate::LeftOut(Reason::LastHeading);
        kept -= 1;
    }
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
            assert_eq!(cleaned(vec![line], &metadata).len() == 1, kept, "{text}");
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
        let kept: Vec<String> = cleaned(lines, &Metadata::default())
            .into_iter()
            .map(|line| line.text)
            .collect();
        assert_eq!(kept, ["First.", "Second."]);
    }
}
