//! Cuts a line into words.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::fold::{is_apostrophe, is_ignored};
use super::scripts::{Script, is_spaceless};

/// A word as it stands in the text: bytes, and whether it is one character of a spaceless script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) range: Range<usize>,
    pub(super) spaceless: bool,
}

/// Calls `found` with every word of `text`, in order.
///
/// Words are runs of letters, digits and their marks; hyphens end them. Full stops stay in
/// abbreviations of single letters (`U.S`), points and commas in numbers, apostrophes in words,
/// where [`cut_apostrophe`] decides. Hangul ends where another script begins.
pub(super) fn words(text: &str, lang: Option<&str>, mut found: impl FnMut(Word)) {
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if !is_alphanumeric(c) {
            continue;
        }
        let mut end = start + c.len_utf8();
        if is_spaceless(c) {
            while let Some((at, mark)) = chars.next_if(|(_, c)| is_combining_mark(*c)) {
                end = at + mark.len_utf8();
            }
            found(Word {
                range: start..end,
                spaceless: true,
            });
            continue;
        }
        let mut last = c;
        while let Some(&(at, c)) = chars.peek() {
            let is_letter = is_alphanumeric(c);
            let inside = if is_letter {
                !is_spaceless(c) && same_word(last, c)
            } else if matches!(c, ' ' | '\n' | '-') {
                // What ends most words.
                false
            } else {
                is_combining_mark(c)
                    || is_ignored(c)
                    || joins(&text[start..at], c, &text[at + c.len_utf8()..])
            };
            if !inside {
                break;
            }
            end = at + c.len_utf8();
            if is_letter {
                last = c;
            }
            chars.next();
        }
        cut_apostrophe(text, start..end, lang, &mut found);
    }
}

/// Whether two neighbouring letters may belong to one word: Hangul keeps to itself, so that
/// "AI는" is "AI" and its particle.
fn same_word(before: char, after: char) -> bool {
    is_hangul(before) == is_hangul(after)
}

/// As [`Script::of`] says, which takes longer.
fn is_hangul(c: char) -> bool {
    c >= '\u{1100}' && Script::of(c) == Script::Hangul
}

/// As [`char::is_alphanumeric`] says, which looks most letters that are not ASCII up in a table.
fn is_alphanumeric(c: char) -> bool {
    match c {
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric(),
        '\u{c0}'..='\u{24f}' => !matches!(c, '×' | '÷'),
        '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}' => true,
        '\u{3b1}'..='\u{3ce}' | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}' => true,
        '\u{904}'..='\u{939}' | '\u{e01}'..='\u{e30}' => true,
        '\u{3041}'..='\u{3096}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => true,
        '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3004}' => false,
        _ => c.is_alphanumeric(),
    }
}

/// Whether the sign `c` joins what stands before and after it to one word.
fn joins(before: &str, c: char, after: &str) -> bool {
    let (Some(last), Some(next)) = (
        before.chars().rev().find(|c| c.is_alphanumeric()),
        after.chars().next(),
    ) else {
        return false;
    };
    if before
        .chars()
        .next_back()
        .is_some_and(|c| !c.is_alphanumeric() && !is_combining_mark(c))
    {
        return false;
    }
    if is_apostrophe(c) {
        return next.is_alphabetic()
            && last.is_alphabetic()
            && !is_spaceless(next)
            && same_word(last, next);
    }
    match c {
        '.' | ',' if last.is_ascii_digit() => next.is_ascii_digit(),
        '.' => is_single_letter(before) && next.is_alphabetic() && is_single_letter_ahead(after),
        // Hebrew writes abbreviations with a mark before the last letter.
        '"' | '״' | '”' => {
            Script::of(last) == Script::Hebrew && Script::of(next) == Script::Hebrew
        }
        _ => false,
    }
}

fn is_single_letter(before: &str) -> bool {
    let part = before.rsplit('.').next().unwrap_or_default();
    part.chars().count() == 1 && part.chars().all(char::is_alphabetic)
}

fn is_single_letter_ahead(after: &str) -> bool {
    !after.chars().nth(1).is_some_and(char::is_alphanumeric)
}

/// Languages that put an article or a short word before an apostrophe (l'ambassadeur, dell'Unione).
const ELIDING: &[&str] = &["fr", "it", "ca", "oc"];
/// Languages that put endings behind an apostrophe (Rusya'nın).
const SUFFIXING: &[&str] = &["tr", "az"];

/// Whether what stands behind an apostrophe is part of no word in a language: there a text has more letters than its
/// words. In others no more than an `'s` is left out.
#[must_use]
pub fn leaves_endings_out(lang: &str) -> bool {
    SUFFIXING.contains(&lang)
}

/// Languages in which the apostrophe is a letter.
const LETTER: &[&str] = &["ha", "so", "uz", "sw", "yo", "mt", "qu", "haw"];

/// Hands over a word that may hold an apostrophe: genitive 's and Turkish endings are left out,
/// elided words (`d'Orsay`, `O'Brien`) become words of their own, in other cases it is a letter.
fn cut_apostrophe(
    text: &str,
    range: Range<usize>,
    lang: Option<&str>,
    found: &mut impl FnMut(Word),
) {
    let word = &text[range.clone()];
    let mut emit = |range: Range<usize>| {
        found(Word {
            range,
            spaceless: false,
        })
    };
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        emit(range);
        return;
    }
    let Some((at, sign)) = word.char_indices().find(|(_, c)| is_apostrophe(*c)) else {
        emit(range);
        return;
    };
    let (head, tail) = (&word[..at], &word[at + sign.len_utf8()..]);
    let is = |list: &[&str]| lang.is_some_and(|lang| list.contains(&lang));
    let latin = head
        .chars()
        .all(|c| matches!(Script::of(c), Script::Latin | Script::Other));
    if !latin || is(LETTER) {
        emit(range);
    } else if is(SUFFIXING) || tail.eq_ignore_ascii_case("s") {
        emit(range.start..range.start + at);
    } else if head.chars().count() <= 2 || (is(ELIDING) && head.chars().count() <= 7) {
        emit(range.start..range.start + at);
        cut_apostrophe(text, range.end - tail.len()..range.end, lang, found);
    } else {
        emit(range);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, lang: Option<&str>, expected: &str) {
        let mut found = Vec::new();
        words(text, lang, |word| found.push(&text[word.range]));
        assert_eq!(found.join("|"), expected, "{text}");
    }

    #[test]
    fn the_short_way_says_what_the_table_says() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
            assert_eq!(is_hangul(c), Script::of(c) == Script::Hangul, "{c:?}");
        }
    }

    #[test]
    fn words_with_signs_inside() {
        check("Rusia-Tiongkok (2025)", None, "Rusia|Tiongkok|2025");
        check("China's and Xi’s", None, "China|and|Xi");
        check("the states' don't", None, "the|states|don't");
        check("U.S. and U.K.-based", None, "U.S|and|U.K|based");
        check("Moskow.Menteri tiba", None, "Moskow|Menteri|tiba");
        check("3.5 and 1,000,000.", None, "3.5|and|1,000,000");
        check("COVID-19, G20, foo_bar", None, "COVID|19|G20|foo|bar");
        check("l'ambassadeur d’Orsay", None, "l|ambassadeur|d|Orsay");
        check(
            "dell'Unione quell'altro",
            Some("it"),
            "dell|Unione|quell|altro",
        );
        check("Rusya'nın Çin’e", Some("tr"), "Rusya|Çin");
        check("п'ять об’єкт", Some("uk"), "п'ять|об’єкт");
        check("ארה\"ב צה״ל \"שלום\"", Some("he"), "ארה\"ב|צה״ל|שלום");
        check("O'Brien", None, "O|Brien");
        check("rock'n'roll '90s", None, "rock'n'roll|90s");
    }

    #[test]
    fn words_of_other_scripts() {
        check("中国と露", None, "中|国|と|露");
        check("AI技術", None, "AI|技|術");
        check("AI는 중국과 3월", None, "AI|는|중국과|3|월");
        check("รัสเซีย", None, "รั|ส|เ|ซี|ย");
        check("रूस और चीन।", None, "रूस|और|चीन");
        check("می\u{200c}شود", None, "می\u{200c}شود");
        check("...!?", None, "");
    }
}
