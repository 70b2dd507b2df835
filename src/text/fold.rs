//! The normal form of a word: what two spellings of one word have in common.

use std::borrow::Cow;
use std::iter;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{
    canonical_combining_class, decompose_canonical, is_combining_mark,
};

use super::fold_table::fold_by_table;

use super::scripts::Script;

/// Folds a word or a text to its normal form, in which spellings that a reader takes for the same
/// are the same string:
///
/// - compatibility forms (full width, ligatures, presentation forms) become plain letters (NFKC),
///   upper case becomes lower case, `ß` becomes `ss`;
/// - Latin and Greek letters lose their marks (`é` to `e`, `ø` to `o`, `ı` to `i`), Cyrillic ones
///   their stress and the dots of `ё`. `й`, `ї` and `ў` stay: they are letters of their own, and
///   endings are told apart by them;
/// - Devanagari loses the dot of borrowed sounds and writes every nasal vowel alike: news do both at will;
/// - Arabic vowel signs and tatweel go; letter variants of Arabic, Persian and Urdu become one
///   (`ی` and `ى` to `ي`, `ک` to `ك`, `أإآ` to `ا`, `ة` to `ه`); Hebrew loses its points;
/// - digits of the Arabic and Indic scripts become ASCII digits;
/// - apostrophes become `'`; joiners, soft hyphens and direction marks go.
///
/// Folding twice changes nothing more.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Adds the normal form of a word or a text to `folded`.
pub(super) fn fold_into(text: &str, folded: &mut String) {
    let before = folded.len();
    if text.is_ascii() {
        folded.push_str(text);
        folded[before..].make_ascii_lowercase();
    } else if fold_by_table(text, folded).is_none() {
        folded.truncate(before);
        fold_by_rule(text, folded);
    }
}

/// The normal form worked out letter by letter.
pub(super) fn fold_by_rule(text: &str, folded: &mut String) {
    for c in text.nfkc() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            fold_char(c, folded);
        }
    }
}

/// A word as a reader sees it: case and marks stay, what cannot be seen (joiners, soft hyphens, direction marks) goes,
/// and compatibility forms (full width, ligatures) become plain letters (NFKC).
#[must_use]
pub fn as_read(word: &str) -> Cow<'_, str> {
    match word.is_ascii() {
        true => Cow::Borrowed(word),
        false => Cow::Owned(word.nfkc().filter(|c| !is_ignored(*c)).collect()),
    }
}

/// Whether the character is left out of the normal form and so never ends a word.
pub(super) fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether the character is written for an apostrophe inside words.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '’' | '‘' | '‛' | 'ʼ' | 'ʻ' | 'ʽ' | 'ʹ' | '`' | '´' | '′' | '＇' | '׳'
    )
}

/// The signs of Devanagari for a nasal vowel.
const CANDRABINDU: char = '\u{901}';
const ANUSVARA: char = '\u{902}';

fn fold_char(c: char, folded: &mut String) {
    if is_ignored(c) || is_dropped_mark(c) {
        return;
    }
    if is_apostrophe(c) {
        folded.push('\'');
        return;
    }
    match Script::of(c) {
        Script::Latin | Script::Greek => fold_marked(c, folded),
        Script::Cyrillic => c.to_lowercase().for_each(|c| folded.push(cyrillic(c))),
        Script::Arabic => folded.push(arabic(c)),
        Script::Devanagari if c == CANDRABINDU => folded.push(ANUSVARA),
        Script::Han | Script::Kana | Script::Hangul | Script::Thai => folded.push(c),
        _ if c == '״' => folded.push('"'),
        _ => c
            .to_lowercase()
            .for_each(|c| folded.push(ascii_digit(c).unwrap_or(c))),
    }
}

/// Marks that carry no meaning in the scripts whose letters they sit on: accents left over by NFKC,
/// Hebrew points, Arabic vowel signs, the nukta of Devanagari.
fn is_dropped_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{93c}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}

/// A Latin or Greek letter without its marks, lower case.
fn fold_marked(c: char, folded: &mut String) {
    for lower in c.to_lowercase() {
        decompose_canonical(lower, |part| {
            if canonical_combining_class(part) == 0 && !is_combining_mark(part) {
                push_base(part, folded);
            }
        });
    }
}

/// Letters whose mark is part of the letter in Unicode, so that decomposition does not take it off.
fn push_base(c: char, folded: &mut String) {
    let plain = match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ĳ' => "ij",
        'ø' => "o",
        'đ' | 'ð' | 'ɗ' | 'ɖ' => "d",
        'ł' => "l",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ɓ' => "b",
        'ƙ' => "k",
        'ƴ' => "y",
        'ς' => "σ",
        _ => {
            folded.push(c);
            return;
        }
    };
    folded.push_str(plain);
}

const fn cyrillic(c: char) -> char {
    match c {
        'ё' | 'ѐ' => 'е',
        'ѝ' => 'и',
        _ => c,
    }
}

fn arabic(c: char) -> char {
    match c {
        'ى' | 'ی' | 'ې' => 'ي',
        'ک' | 'ڪ' => 'ك',
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ة' | 'ہ' | 'ە' | 'ۀ' | 'ۂ' | 'ۃ' => 'ه',
        _ => ascii_digit(c).unwrap_or(c),
    }
}

/// The ASCII form of a decimal digit of the scripts whose news mix both kinds.
fn ascii_digit(c: char) -> Option<char> {
    const ZEROS: [u32; 5] = [0x660, 0x6F0, 0x966, 0x9E6, 0xE50];
    let code = u32::from(c);
    iter::once(code)
        .flat_map(|code| ZEROS.iter().filter_map(move |zero| code.checked_sub(*zero)))
        .find(|digit| *digit < 10)
        .and_then(|digit| char::from_digit(digit, 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet_in_the_normal_form() {
        let cases = [
            ("MOSCOW", "moscow"),
            ("Ａｂｃ１２", "abc12"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("São Tomé", "sao tome"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("Işık", "isik"),
            ("ışık IŞIK", "isik isik"),
            ("ISTANBUL", "istanbul"),
            ("ıstanbul", "istanbul"),
            ("फ़्रांस", "फ्रांस"),
            ("ब्राज़ील", "ब्राजील"),
            ("पहुँचे", "पहुंचे"),
            ("رُوسِیَہ", "روسيه"),
            ("ＲＵＳＳＩＡ", "russia"),
            ("Çin’in", "cin'in"),
            ("Việt Nam", "viet nam"),
            ("Tie\u{302}\u{301}n", "tien"),
            ("Œuvre Ærø", "oeuvre aero"),
            ("Ёлка", "елка"),
            ("Росси́я", "россия"),
            ("Китай", "китай"),
            ("Кита\u{438}\u{306}", "китай"),
            ("Київ", "київ"),
            ("Ρωσίας", "ρωσιασ"),
            ("ΡΩΣΙΑΣ", "ρωσιασ"),
            ("الصِّينِيَّة", "الصينيه"),
            ("أمريكا", "امريكا"),
            ("ایران", "ايران"),
            ("می\u{200c}شود", "ميشود"),
            ("مــوسكو", "موسكو"),
            ("۲۰۲۵", "2025"),
            ("٢٠٢٥", "2025"),
            ("२०२५", "2025"),
            ("שָׁלוֹם", "שלום"),
            ("ארה״ב", "ארה\"ב"),
            ("בייג׳ינג", "בייג'ינג"),
            ("ｱﾒﾘｶ", "アメリカ"),
            ("㈱", "(株)"),
            ("ﬁnance", "finance"),
            ("चीन", "चीन"),
            ("soft\u{ad}ware", "software"),
        ];
        for (text, folded) in cases {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        let texts = "Straße ΡΩΣΊΑΣ İı Ёй الصِّينِيَّة ﷺ שָׁלוֹם ｶﾞ ㈱ রাশিয়ার Việt ℌ ǅ ﬆ ŉ ᾳ ΐ";
        for text in texts.split(' ') {
            let once = fold(text);
            assert_eq!(fold(&once), once, "{text}");
        }
    }
}
