//! Names across scripts: consonant skeletons that survive transliteration.
//!
//! "Putin", "Путин" and "Πούτιν" have the skeleton `PTN`. Vowels go, voiced and voiceless sounds fall
//! together, double letters count once. Coarse by intent: two names of one article are compared with
//! two of another, never one alone.

use super::romanise::romanise;

/// Consonants that a skeleton must have to tell one name from another.
const CONSONANTS_MIN: usize = 3;

/// Longer ones are no names but what a spaceless script has run together.
const CONSONANTS_MAX: usize = 16;

/// The skeleton of a folded word, `None` when it is too short to say anything.
pub(super) fn skeleton(folded: &str) -> Option<String> {
    let latin = romanise(folded);
    let mut skeleton = String::new();
    let mut last = "";
    let mut rest = latin.as_str();
    while let Some((taken, sound)) = sound(rest) {
        if sound != last {
            skeleton.push_str(sound);
        }
        last = sound;
        rest = &rest[taken..];
    }
    (CONSONANTS_MIN..=CONSONANTS_MAX)
        .contains(&skeleton.len())
        .then_some(skeleton)
}

/// How many bytes of `latin` write its first sound, and which it is; empty for vowels and for what
/// different scripts write or leave out. `None` at the end.
fn sound(latin: &str) -> Option<(usize, &'static str)> {
    Some(match latin.as_bytes() {
        [] => return None,
        // Clusters that write one sound.
        [b't' | b'd', b's' | b'z' | b'c', b'h', ..] => (3, "S"),
        [b't' | b'd', b's' | b'z' | b'j', ..] => (2, "S"),
        [b's', b'c', b'h', ..] => (3, "S"),
        [b's' | b'c' | b'z', b'h' | b'z', ..] => (2, "S"),
        [b'k', b'h', ..] => (2, ""),
        [b'g', b'h', ..] => (2, "K"),
        [b'p', b'h', ..] => (2, "F"),
        [b'c', b'e' | b'i' | b'y', ..] => (2, "S"),
        [b'n', b'g'] | [b'n', b'g', b't', ..] => (2, "N"),
        [b'w', b'a' | b'e' | b'i' | b'o' | b'u' | b'y', ..] => (1, "F"),
        [b'b' | b'p', ..] => (1, "P"),
        [b'v' | b'f', ..] => (1, "F"),
        [b'd' | b't', ..] => (1, "T"),
        [b'g' | b'k' | b'q' | b'c', ..] => (1, "K"),
        [b's' | b'z' | b'j', ..] => (1, "S"),
        [b'x', ..] => (1, "KS"),
        [b'l', ..] => (1, "L"),
        [b'r', ..] => (1, "R"),
        [b'm', ..] => (1, "M"),
        [b'n', ..] => (1, "N"),
        _ => (latin.chars().next()?.len_utf8(), ""),
    })
}

/// The skeleton as names written in syllables have it: Han, Kana and Hangul do not tell all those
/// sounds apart, and a syllable can end in no other nasal than `n`.
pub(super) fn merged(skeleton: &str) -> String {
    let merge = |(at, sound)| match sound {
        'F' => 'P',
        'R' => 'L',
        'M' if at > 0 => 'N',
        other => other,
    };
    skeleton.chars().enumerate().map(merge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_skeleton_in_every_alphabet() {
        for names in [
            &["putin", "путин", "πουτιν", "بوتين", "पुतिन", "푸틴"][..],
            &["lavrov", "лавров", "λαβροφ", "لافروف", "लावरोव", "ლავროვი"],
            &["zelensky", "зеленскии", "زيلينسكي", "젤렌스키"],
            &["macron", "макрон", "ماكرون"],
            &["merkel", "меркель", "ميركل", "मर्केल"],
            &["shoigu", "szoigu"],
        ] {
            let skeletons: Vec<_> = names.iter().map(|name| skeleton(name)).collect();
            assert!(
                skeletons.windows(2).all(|pair| pair[0] == pair[1]),
                "{names:?} {skeletons:?}"
            );
        }
    }

    #[test]
    fn syllables_come_near_enough() {
        for names in [
            &["lavrov", "拉夫罗夫", "拉夫羅夫", "ラブロフ", "라브로프"][..],
            &["zelensky", "泽连斯基", "ゼレンスキー", "젤렌스키"],
            &["trump", "特朗普", "トランプ", "트럼프"],
            &["washington", "вашингтон", "ワシントン", "워싱턴"],
        ] {
            let skeletons: Vec<_> = names
                .iter()
                .filter_map(|name| Some(merged(&skeleton(name)?)))
                .collect();
            assert_eq!(skeletons.len(), names.len(), "{names:?}");
            assert!(
                skeletons.windows(2).all(|pair| pair[0] == pair[1]),
                "{names:?} {skeletons:?}"
            );
        }
    }

    #[test]
    fn short_words_have_none() {
        for word in ["wang", "yi", "", "王毅", "42"] {
            assert_eq!(skeleton(word), None, "{word}");
        }
    }
}
