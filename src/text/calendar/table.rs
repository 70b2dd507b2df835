//! The table of names, sorted by key.

use std::sync::LazyLock;

use crate::text::fold;

/// Lines `LANG,LANG<tab>KIND<tab>NAME|NAME`.
const SOURCES: [&str; 2] = [include_str!("names.tsv"), include_str!("supplement.tsv")];

/// What a name can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// 1 to 12, Gregorian.
    Month(u8),
    /// 1 to 12, of the Persian calendar.
    PersianMonth(u8),
    /// 1 (Monday) to 7.
    Weekday(u8),
    Morning,
    Afternoon,
}

/// One sense of one name.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: Box<str>,
    pub sense: Sense,
    /// Tags with commas between them.
    languages: &'static str,
    /// One of the languages is among [`WIDESPREAD`].
    pub is_widespread: bool,
}

/// Languages that CLDR 48.2 covers at the level *modern*, sorted: without a hint their names go before others'.
const WIDESPREAD: [&str; 98] = [
    "af", "ak", "am", "ar", "as", "az", "ba", "be", "bg", "bn", "bs", "ca", "chr", "cs", "cv",
    "cy", "da", "de", "dsb", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gd", "gl",
    "gu", "ha", "he", "hi", "hr", "hsb", "ht", "hu", "hy", "id", "ig", "is", "it", "ja", "jv",
    "ka", "kk", "km", "kn", "ko", "kok", "ky", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms",
    "my", "ne", "nl", "no", "or", "pa", "pcm", "pl", "ps", "pt", "qu", "rm", "ro", "ru", "sd",
    "shn", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "th", "ti", "tk", "tl",
    "tr", "uk", "ur", "uz", "vi", "yo", "zh", "zu",
];

impl Entry {
    /// Whether the name has this sense in a language, given by its shortest tag.
    pub(super) fn is_of(&self, language: &str) -> bool {
        self.languages.split(',').any(|tag| tag == language)
    }
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut entries: Vec<Entry> = SOURCES
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(line)
        .flatten()
        .collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    entries.shrink_to_fit();
    entries
});

fn line(line: &'static str) -> Option<impl Iterator<Item = Entry>> {
    let mut fields = line.split('\t');
    let languages = fields.next()?;
    let sense = sense(fields.next()?)?;
    let is_widespread = languages
        .split(',')
        .any(|tag| WIDESPREAD.binary_search(&tag).is_ok());
    let names = fields.next()?.split('|');
    Some(names.map(move |name| Entry {
        key: key(name).into_boxed_str(),
        sense,
        languages,
        is_widespread,
    }))
}

fn sense(kind: &str) -> Option<Sense> {
    let number = || kind[1..].parse().ok();
    match kind.as_bytes() {
        b"am" => Some(Sense::Morning),
        b"pm" => Some(Sense::Afternoon),
        [b'm', ..] => number().map(Sense::Month),
        [b'j', ..] => number().map(Sense::PersianMonth),
        [b'd', ..] => number().map(Sense::Weekday),
        _ => None,
    }
}

/// What the spellings of a name have in common.
pub(super) fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for character in fold(name).chars() {
        push(&mut key, character);
    }
    key
}

/// Adds a folded character to a key: no marks of shortening, words apart by one space.
pub(super) fn push(key: &mut String, character: char) {
    match character {
        '.' | '॰' | '\'' | '"' | '‧' => {}
        '-' | ' ' if key.is_empty() || key.ends_with(' ') => {}
        '-' => key.push(' '),
        _ => key.push(character),
    }
}

/// Every sense of the name with this key.
pub(super) fn named(key: &str) -> &'static [Entry] {
    let from = ENTRIES.partition_point(|entry| &*entry.key < key);
    let rest = &ENTRIES[from..];
    let count = rest.iter().take_while(|entry| &*entry.key == key).count();
    &rest[..count]
}

/// Every sense of the names that begin like this.
pub(super) fn beginning(key: &str) -> &'static [Entry] {
    let from = ENTRIES.partition_point(|entry| &*entry.key < key);
    let rest = &ENTRIES[from..];
    let count = rest
        .iter()
        .take_while(|entry| entry.key.starts_with(key))
        .count();
    &rest[..count]
}

#[cfg(test)]
mod tests {
    use super::{SOURCES, line};

    #[test]
    fn every_line_is_understood() {
        for source in SOURCES {
            for text in source.lines() {
                let names = line(text).unwrap_or_else(|| panic!("{text}"));
                for entry in names {
                    assert!(!entry.key.is_empty(), "{text}");
                    assert!(
                        entry
                            .languages
                            .split(',')
                            .all(|tag| (2..=3).contains(&tag.len())),
                        "{text}"
                    );
                }
            }
        }
    }
}
