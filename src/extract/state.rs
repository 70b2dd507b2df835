//! The text that a page holds for its scripts: sites built with Next, Nuxt, Fusion, Arc and their like send what they
//! show as data, some of them as data alone.
//!
//! Their layouts differ and change; what stays is that the text stands in JSON strings under one key. So every
//! string of every script is looked at, those under one key are put together, and the key with the most prose wins.
//! Asked only when a page shows less than an article.

use super::blocks::{self, Line};
use super::lines::weight;
use super::metadata::Metadata;
use super::parsed::Parsed;
use super::{select, shingles};
use rustc_hash::{FxHashMap, FxHashSet};

/// Bytes of scripts that are looked through.
const SCRIPT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Shortest string that may be a paragraph.
const PARAGRAPH_BYTES_MIN: usize = 40;
/// Data inside of strings of data: how deep that is followed.
const NESTED_MAX: usize = 3;
/// Most strings that are kept.
const STRINGS_MAX: usize = 20_000;
/// Least text of a story.
const STORY_WEIGHT_MIN: usize = 300;
/// Share of the words of headline or description that the text of the page's own article repeats.
const WITNESS_SHARE: f32 = 0.3;

/// The lines of the article in the scripts of a page.
#[must_use]
pub fn lines(page: &Parsed<'_>, metadata: &Metadata) -> Vec<Line> {
    let mut found = Found::default();
    let mut left = SCRIPT_BYTES_MAX;
    for script in page.scripts() {
        let text = &script[..script.floor_char_boundary(left)];
        left -= text.len();
        found.scan(text, 0);
    }
    let witnesses = witnesses(metadata);
    let groups = found.groups.into_values();
    let stories = groups.filter_map(|texts| story(&texts, &witnesses));
    stories
        .max_by_key(|lines| lines.iter().map(|line| weight(&line.text)).sum::<usize>())
        .unwrap_or_default()
}

/// Strings by the key that they stand under, in document order, each once.
#[derive(Debug, Default)]
struct Found {
    groups: FxHashMap<String, Vec<String>>,
    seen: FxHashSet<String>,
}

impl Found {
    /// Gathers the string values of a script or of data inside of a string.
    fn scan(&mut self, text: &str, depth: usize) {
        let bytes = text.as_bytes();
        let mut key = String::new();
        let mut at = 0;
        while let Some(start) = bytes[at..].iter().position(|&byte| byte == b'"') {
            let start = at + start;
            let Some(end) = end_of_string(bytes, start) else {
                return;
            };
            at = end;
            let is_key =
                bytes[end..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
            if is_key {
                key.clear();
                key.push_str(&text[start + 1..end - 1]);
            } else if end - start > PARAGRAPH_BYTES_MIN
                && self.seen.len() < STRINGS_MAX
                && let Ok(value) = serde_json::from_str::<String>(&text[start..end])
            {
                self.take(&key, value, depth);
            }
        }
    }

    fn take(&mut self, key: &str, value: String, depth: usize) {
        if value.contains("\":") && depth < NESTED_MAX {
            self.scan(&value, depth + 1);
        } else if is_prose(&value) && self.seen.insert(value.clone()) {
            self.groups.entry(key.to_owned()).or_default().push(value);
        }
    }
}

/// Index behind the string that begins at `start`.
fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// Addresses, code and style sheets are no prose; sentences are, and so is markup with sentences in it.
fn is_prose(value: &str) -> bool {
    let marks = value
        .chars()
        .filter(|c| c.is_whitespace() || super::lines::is_wide(*c))
        .count();
    let code = value
        .chars()
        .filter(|c| matches!(c, '{' | '}' | ';' | '='))
        .count();
    let markup = value.contains("<p") || value.contains("<br") || value.contains("<div");
    marks * 12 > value.chars().count() && (markup || code * 20 < marks)
}

fn witnesses(metadata: &Metadata) -> FxHashSet<u32> {
    let description = metadata.description.as_deref().unwrap_or_default();
    let words = shingles::words(&metadata.title).into_iter();
    words.chain(shingles::words(description)).collect()
}

/// The lines of strings, if they are long enough for a story and speak of what the page says it is about.
fn story(texts: &[String], witnesses: &FxHashSet<u32>) -> Option<Vec<Line>> {
    let mut lines = Vec::new();
    for text in texts {
        if text.contains('<') {
            lines.extend(blocks::lines(&Parsed::fragment(text)));
        } else {
            lines.extend(text.split('\n').filter_map(line_of));
        }
    }
    let whole: usize = lines.iter().map(|line| weight(&line.text)).sum();
    if whole < STORY_WEIGHT_MIN {
        return None;
    }
    let said: FxHashSet<u32> = lines
        .iter()
        .flat_map(|line| shingles::words(&line.text))
        .collect();
    let shared = witnesses.intersection(&said).count();
    #[expect(clippy::cast_precision_loss, reason = "headlines are short")]
    let agrees = shared as f32 >= witnesses.len() as f32 * WITNESS_SHARE;
    agrees.then_some(lines)
}

fn line_of(text: &str) -> Option<Line> {
    let text = select::spaced(text);
    (!text.is_empty()).then(|| Line {
        text,
        ..Line::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORY: [&str; 3] = [
        "The minister arrived in Moscow on Monday for talks about trade, rivers and rail, the embassy said, and he will stay for four days.",
        "He is to meet his colleague on Tuesday. Both sides want to sign papers on customs and on a bridge that has waited for ten years.",
        "The visit ends on Thursday with a press conference, at which the date of the next meeting of the two governments will be told.",
    ];

    fn found(script: &str) -> Vec<String> {
        let page = format!("<p>Loading</p><script>{script}</script>");
        let metadata = Metadata {
            title: "Minister arrives in Moscow for talks".to_owned(),
            ..Metadata::default()
        };
        let lines = lines(&Parsed::page(&page), &metadata);
        lines.into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn the_story_is_found_wherever_the_data_holds_it() {
        let markup: String = STORY.iter().map(|text| format!("<p>{text}</p>")).collect();
        let plain = serde_json::json!({"page": {"title": "x", "contentHtml": markup}});
        let pieces: Vec<_> = STORY
            .iter()
            .map(|text| serde_json::json!({"type": "text", "content": text}))
            .collect();
        let pieces = serde_json::json!({"content_elements": pieces, "footer": "short"});
        let nested = serde_json::json!([1, format!("5:{}", plain)]);
        for script in [
            format!("window.__DATA__ = {plain};"),
            format!("Fusion.globalContent={pieces};"),
            format!("self.__next_f.push({nested})"),
        ] {
            assert_eq!(found(&script), STORY, "{script:.60}");
        }
    }

    #[test]
    fn what_is_no_story_is_left_alone() {
        let teaser = serde_json::json!({"text": STORY[0]});
        let other: String =
            "A baker in the old town sells bread that nobody else bakes, and queues are long. "
                .repeat(9);
        let other = serde_json::json!({ "text": other });
        for script in [
            teaser.to_string(),
            other.to_string(),
            "var a = \"unfinished".to_owned(),
            "x(\"\\".to_owned(),
            format!("var css = \"{}\"", ".a { color: red; } ".repeat(90)),
        ] {
            assert_eq!(found(&script), Vec::<String>::new(), "{script:.60}");
        }
    }
}
