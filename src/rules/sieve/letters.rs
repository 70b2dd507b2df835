//! Stretches of a text in which words stand, found without cutting it into sentences and tokens.
//!
//! Where the tokeniser would have to look closely (an apostrophe, a full stop between letters, Hangul beside Latin) all
//! that it could make of a stretch is given: every row of its pieces.

use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;

use crate::text::{self, Script, is_spaceless};

/// Pieces of one stretch; longer ones are told as unknown.
const PIECES_MAX: usize = 8;

const LETTER: u8 = 1;
const SPACELESS: u8 = 2;
const HANGUL: u8 = 4;
/// Belongs to the letter before it.
const MARK: u8 = 8;
/// Left out by the normal form.
const IGNORED: u8 = 16;
/// May join what stands before and after it to one word.
const JOINT: u8 = 32;

/// Classes of the characters below this, which nearly all are.
const TABLE: u32 = 0x1_0000;

static CLASSES: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    let class = |c| char::from_u32(c).map_or(0, classify);
    (0..TABLE).map(class).collect()
});

fn classify(c: char) -> u8 {
    let mut class = 0;
    if c.is_alphanumeric() {
        class |= LETTER;
        if is_spaceless(c) {
            class |= SPACELESS;
        }
        if Script::of(c) == Script::Hangul {
            class |= HANGUL;
        }
    }
    if is_combining_mark(c) {
        class |= MARK;
    }
    if class & LETTER == 0 {
        let folded = text::fold(c.encode_utf8(&mut [0; 4]));
        if folded.is_empty() {
            class |= IGNORED;
        }
        if matches!(folded.as_str(), "'" | "." | "," | "\"") || matches!(c, '״' | '”') {
            class |= JOINT;
        }
    }
    class
}

fn class_of(classes: &[u8], c: char) -> u8 {
    let table = classes.get(c as usize).copied();
    table.unwrap_or_else(|| classify(c))
}

/// A stretch of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch<'t> {
    pub text: &'t str,
    /// It may be more than one word.
    pub is_joined: bool,
}

/// Calls `found` with every stretch of a text, in order, until it answers `false`.
pub(super) fn stretches<'t>(text: &'t str, mut found: impl FnMut(Stretch<'t>) -> bool) {
    let classes: &[u8] = &CLASSES;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let class = class_of(classes, c);
        if class & LETTER == 0 {
            continue;
        }
        let mut end = start + c.len_utf8();
        let mut is_joined = false;
        if class & SPACELESS != 0 {
            while let Some((at, mark)) = chars.next_if(|(_, c)| class_of(classes, *c) & MARK != 0) {
                end = at + mark.len_utf8();
            }
        } else {
            let mut last = class;
            while let Some(&(at, c)) = chars.peek() {
                let class = class_of(classes, c);
                if class & LETTER != 0 {
                    if class & SPACELESS != 0 {
                        break;
                    }
                    is_joined |= (class ^ last) & HANGUL != 0;
                    last = class;
                } else if class & JOINT != 0 {
                    let after = text[at + c.len_utf8()..].chars().next();
                    let goes_on = |c| class_of(classes, c) & (LETTER | SPACELESS) == LETTER;
                    if !after.is_some_and(goes_on) {
                        break;
                    }
                    is_joined = true;
                } else if class & (MARK | IGNORED) == 0 {
                    break;
                }
                end = at + c.len_utf8();
                chars.next();
            }
        }
        let text = &text[start..end];
        if !found(Stretch { text, is_joined }) {
            return;
        }
    }
}

/// Every row of pieces of a stretch, one of which each of its words is; `None` when there are too many.
pub(super) fn readings(stretch: &str) -> Option<Vec<&str>> {
    let classes: &[u8] = &CLASSES;
    let mut starts = vec![0];
    let mut ends = Vec::new();
    let mut last: Option<u8> = None;
    for (at, c) in stretch.char_indices() {
        let class = class_of(classes, c);
        if class & JOINT != 0 {
            ends.push(at);
            starts.push(at + c.len_utf8());
        } else if class & LETTER != 0 {
            if last.is_some_and(|last| (class ^ last) & HANGUL != 0) && starts.last() != Some(&at) {
                ends.push(at);
                starts.push(at);
            }
            last = Some(class);
        }
    }
    ends.push(stretch.len());
    if starts.len() > PIECES_MAX {
        return None;
    }
    let mut rows = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        let ends = ends[number..].iter().filter(|end| start < *end);
        rows.extend(ends.map(|end| &stretch[*start..*end]));
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        let mut found = Vec::new();
        stretches(text, |stretch| {
            found.push(match stretch.is_joined {
                true => readings(stretch.text).unwrap_or_default().join("+"),
                false => stretch.text.to_owned(),
            });
            true
        });
        found.join("|")
    }

    #[test]
    fn stretches_hold_words_however_they_are_cut() {
        for (text, expected) in [
            ("Rusia-Tiongkok (2025).", "Rusia|Tiongkok|2025"),
            ("d’Orsay's", "d+d’Orsay+d’Orsay's+Orsay+Orsay's+s"),
            ("U.S. and 3.5", "U+U.S+S|and|3+3.5+5"),
            ("AI技術", "AI|技|術"),
            ("AI는 중국과", "AI+AI는+는|중국과"),
            ("รัสเซีย", "รั|ส|เ|ซี|ย"),
            ("रूस और", "रूस|और"),
            ("mini\u{ad}ster", "mini\u{ad}ster"),
            ("...!?", ""),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
        assert_eq!(readings("a.b.c.d.e.f.g.h.i"), None);
    }

    #[test]
    fn every_token_is_among_them() {
        let texts = [
            "L'ambassadeur d'Orsay a dit: «U.S.A. 1,000.5 rock'n'roll»",
            "Rusya'nın Çin’e п'ять об’єкт ארה\"ב צה״ל \"שלום\"",
            "中国と露AI는3월 می\u{200c}شود ประเทศไทย Moskow.Menteri tiba",
            "ﷺ ｆｕｌｌ Ⅷ ²³ e\u{301}t\u{e9} İstanbul ǆ \u{e31}x မြန်မာ",
        ];
        for text in texts {
            let mut seen = Vec::new();
            stretches(text, |stretch| {
                seen.push(stretch.text);
                seen.extend(readings(stretch.text).unwrap_or_default());
                true
            });
            let folds: Vec<String> = seen.iter().map(|word| text::fold(word)).collect();
            for lang in [None, Some("fr"), Some("tr"), Some("uz"), Some("en")] {
                for token in text::analyse(text, lang).tokens {
                    assert!(
                        folds.iter().any(|fold| **fold == *token.fold),
                        "{} {lang:?}",
                        token.fold
                    );
                }
            }
        }
    }
}
