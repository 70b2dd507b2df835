//! Arabic and Hebrew write articles, prepositions and conjunctions onto the next word. They go off
//! the stem while enough of the word remains; since names lose the same letters, the two still meet.

use super::endings::{strip, strip_all};

/// The article with what may stand before it.
const ARABIC_ARTICLES: &[&str] = &["وبال", "وال", "بال", "كال", "فال", "ولل", "لل", "ال"];
/// Of those the common ones: `ف` and `ك` begin more words by nature than they stand before.
const ARABIC_PARTICLES: &[char] = &['و', 'ب', 'ل'];
/// Plural, dual, feminine and possessive endings ("light10" of Larkey and others, 2007), folded.
const ARABIC_ENDINGS: &[&str] = &["يات", "ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"];
const HEBREW_PARTICLES: &[char] = &['ו', 'ב', 'ה', 'ל', 'מ', 'ש', 'כ'];
const HEBREW_ENDINGS: &[&str] = &["יות", "ים", "ות", "ית"];

/// Letters that must remain after a particle of one letter, which many words begin with by nature.
const AFTER_PARTICLE: usize = 4;
/// Letters that must remain after the article, and before an ending.
const AFTER_ARTICLE: usize = 3;

/// The stem of an Arabic word in normal form.
pub(super) fn arabic(folded: &str) -> &str {
    let mut word = folded;
    loop {
        let shorter = without_any(word, ARABIC_ARTICLES, AFTER_ARTICLE)
            .or_else(|| without_particle(word, ARABIC_PARTICLES));
        match shorter {
            Some(shorter) => word = shorter,
            None => break strip_all(word, ARABIC_ENDINGS, AFTER_ARTICLE),
        }
    }
}

/// The stem of a Hebrew word in normal form.
pub(super) fn hebrew(folded: &str) -> &str {
    let mut word = folded;
    while let Some(shorter) = without_particle(word, HEBREW_PARTICLES) {
        word = shorter;
    }
    strip(word, HEBREW_ENDINGS, AFTER_ARTICLE)
}

fn without_any<'w>(word: &'w str, prefixes: &[&str], keep: usize) -> Option<&'w str> {
    prefixes
        .iter()
        .filter_map(|prefix| word.strip_prefix(prefix))
        .find(|rest| rest.chars().count() >= keep)
}

fn without_particle<'w>(word: &'w str, particles: &[char]) -> Option<&'w str> {
    word.strip_prefix(particles)
        .filter(|rest| rest.chars().count() >= AFTER_PARTICLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_go_while_enough_remains() {
        assert_eq!(arabic("والصين"), "صين");
        assert_eq!(arabic("بكين"), "بكين");
        assert_eq!(arabic("وبكين"), "بكين");
        assert_eq!(arabic("لبريطانيا"), arabic("بريطانيا"));
        assert_eq!(hebrew("הקרמלין"), "קרמלין");
        assert_eq!(hebrew("שלום"), "שלום");
        assert_eq!(hebrew(""), "");
    }
}
