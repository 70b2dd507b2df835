//! What the letters of most scripts fold to, worked out once: the rules of [`fold`](super::fold) take ten times as long.

use std::iter;
use std::sync::LazyLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfkc_quick};

use super::fold::fold_by_rule;

/// The table ends behind Devanagari.
const TABLE_END: usize = 0x980;
/// What a letter folds to.
#[derive(Debug, Clone, Copy)]
enum Folded {
    /// These letters.
    Letter(Option<char>, Option<char>),
    /// The same, and the letter is a mark, which another mark may change places with.
    Mark(Option<char>),
    /// It hangs on its neighbours (NFKC).
    ByRule,
}

static TABLE: LazyLock<Box<[Folded]>> = LazyLock::new(|| {
    let letters = (0..TABLE_END).map(|code| u32::try_from(code).ok().and_then(char::from_u32));
    letters
        .map(|letter| letter.map_or(Folded::ByRule, folded))
        .collect()
});

fn folded(letter: char) -> Folded {
    // A text of which every letter may stand in NFKC, whatever stands before it, and no two marks stand beside each
    // other, is in NFKC (UAX #15, 9).
    if is_nfkc_quick(iter::once(letter)) != IsNormalized::Yes {
        return Folded::ByRule;
    }
    let mut text = String::new();
    fold_by_rule(letter.encode_utf8(&mut [0; 4]), &mut text);
    let mut letters = text.chars();
    match (letters.next(), letters.next(), letters.next()) {
        (first, second, None) if canonical_combining_class(letter) == 0 => {
            Folded::Letter(first, second)
        }
        (first, None, None) => Folded::Mark(first),
        _ => Folded::ByRule,
    }
}

/// Adds the normal form of a text to `folded`; `None` where some of its letters must be folded by rule.
pub(super) fn fold_by_table(text: &str, folded: &mut String) -> Option<()> {
    let table = &**TABLE;
    let mut was_mark = false;
    for letter in text.chars() {
        let is_mark = match table.get(letter as usize) {
            Some(Folded::Letter(first, second)) => {
                folded.extend(*first);
                folded.extend(*second);
                false
            }
            Some(Folded::Mark(first)) if !was_mark => {
                folded.extend(*first);
                true
            }
            None if is_kept(letter) => {
                folded.push(letter);
                false
            }
            _ => return None,
        };
        was_mark = is_mark;
    }
    Some(())
}

/// Han, Hiragana and Hangul, which stay as they are.
fn is_kept(letter: char) -> bool {
    matches!(letter, '\u{4e00}'..='\u{9fff}' | '\u{3041}'..='\u{3096}' | '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Script;

    fn check(text: &str) {
        let (mut by_rule, mut by_table) = (String::new(), String::new());
        fold_by_rule(text, &mut by_rule);
        if fold_by_table(text, &mut by_table).is_some() {
            assert_eq!(by_table, by_rule, "{text:?}");
        }
    }

    #[test]
    fn the_table_says_what_the_rules_say() {
        let letters: Vec<char> = ('\0'..='\u{a00}').chain('\u{1100}'..='\u{11ff}').collect();
        let others = [
            'e', 'É', 'й', 'ة', 'न', '\u{301}', '\u{94d}', '\u{64b}', '\u{93c}', '\u{1161}', '가',
            'か', '中',
        ];
        for letter in letters {
            check(&letter.to_string());
            for other in others {
                check(&format!("{letter}{other}"));
                check(&format!("{other}{letter}{other}"));
            }
        }
        for letter in '\u{3000}'..='\u{ffff}' {
            check(&letter.to_string());
        }
    }

    #[test]
    fn most_words_are_in_the_table() {
        for word in [
            "Łódź",
            "Świątek",
            "Çin’e",
            "переговорів",
            "Ώρα",
            "דיפלומטיה",
            "المفاوضات",
            "वार्ता",
            "王毅",
            "行く",
            "중국과",
        ] {
            let mut folded = String::new();
            let has = fold_by_table(word, &mut folded).is_some();
            assert_eq!(
                has,
                !word.contains('’'),
                "{word} {:?}",
                word.chars().next().map(Script::of)
            );
        }
    }
}
