//! Words of every script in Latin letters, as near to the sound as a table of characters gets.

use any_ascii::any_ascii_char;

use crate::text::Script;

/// Writes a folded word in Latin letters. What a script leaves to the reader (vowels of Arabic and
/// Hebrew) is missing; what it must add (vowels between the consonants of a foreign name in Han, Kana
/// and Hangul) is there: only consonants can be compared.
pub(super) fn romanise(folded: &str) -> String {
    let mut latin = String::with_capacity(folded.len());
    for (at, c) in folded.char_indices() {
        if c.is_ascii() {
            latin.push(c);
            continue;
        }
        let letters = any_ascii_char(c).to_ascii_lowercase();
        match Script::of(c) {
            Script::Han => push_pinyin(&letters, &mut latin),
            Script::Hangul => latin.push_str(without_final_g(&letters)),
            // A doubled consonant and a lengthened vowel.
            Script::Kana if matches!(c, 'ッ' | 'っ' | 'ー') => {}
            // Within a word these stand for vowels, or may.
            Script::Arabic if matches!(c, 'و' | 'ي') && at > 0 => {}
            Script::Hebrew if matches!(c, 'ו' | 'י') && at > 0 => {}
            _ => latin.push_str(&letters),
        }
    }
    latin
}

/// Pinyin has letters of its own for the sounds that it transcribes foreign names with.
fn push_pinyin(syllable: &str, latin: &mut String) {
    let (initial, rest) = match syllable.as_bytes() {
        [b'j', ..] => ("k", &syllable[1..]),
        [b'q' | b'x', ..] => ("sh", &syllable[1..]),
        [b'c', b'h', ..] => ("sh", &syllable[2..]),
        [b'c', ..] => ("s", &syllable[1..]),
        [b'w', ..] => ("v", &syllable[1..]),
        _ => ("", syllable),
    };
    latin.push_str(initial);
    latin.push_str(without_final_g(rest));
}

/// The end of "Lang" is one sound.
fn without_final_g(syllable: &str) -> &str {
    match syllable.strip_suffix("ng") {
        Some(_) => &syllable[..syllable.len() - 1],
        None => syllable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_written_in_latin_letters() {
        for (word, latin) in [
            ("lawrow", "lawrow"),
            ("лавров", "lavrov"),
            ("λαβροφ", "lavrof"),
            ("拉夫罗夫", "lafuluofu"),
            ("王毅", "vanyi"),
            ("ラブロフ", "raburofu"),
            ("プーチン", "puchin"),
            ("라브로프", "labeulopeu"),
            ("لافروف", "lfrf"),
            ("לברוב", "lvrv"),
            ("लावरोव", "lavrov"),
            ("ลาฟรอฟ", "lafrof"),
            ("ლავროვი", "lavrovi"),
            ("լավրով", "lavrov"),
        ] {
            assert_eq!(romanise(word), latin, "{word}");
        }
    }
}
