//! In articles of which languages a form counts: in its own, in its relatives, and where it cannot be mistaken in all.
//!
//! A word of one language is another word in the next (Turkish *belge*, a document, is French for Belgian). But names
//! are quoted across languages, English ones most of all, and not every language has a table of its own.

use crate::text::Script;

/// The languages that have a table; the order is that of the bits.
const TABLES: &[&str] = &[
    "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "da", "de", "el", "en", "es", "et",
    "eu", "fa", "fi", "fr", "gl", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja",
    "ka", "kk", "km", "kn", "ko", "ky", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "ne",
    "nl", "no", "pa", "pcm", "pl", "pt", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr", "sv",
    "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "uz", "vi", "yo", "zh", "zu",
];

/// Languages that share a script other than the Latin one. In articles of all others, and in scripts that one language
/// has alone, a word is what it is in its own.
const SCRIPTS: &[(Script, &[&str])] = &[
    (
        Script::Cyrillic,
        &["be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "uk"],
    ),
    (Script::Arabic, &["ar", "fa", "ur"]),
    (Script::Devanagari, &["hi", "mr", "ne"]),
    (Script::Han, &["ja", "zh"]),
];

/// The bit of all languages without a table.
const OTHER: u32 = 126;
/// The bit of articles whose language is not known.
const UNKNOWN: u32 = 127;

/// Languages so close that a long word of one means the same in the others.
const KIN: &[&[&str]] = &[
    &["es", "pt", "gl", "ca", "it"],
    &["ru", "uk", "be"],
    &["bg", "mk", "sr"],
    &["hr", "bs", "sr", "sl"],
    &["cs", "sk"],
    &["da", "no", "sv", "is"],
    &["nl", "af"],
    &["id", "ms"],
    &["tr", "az"],
    &["hi", "mr", "ne"],
    &["fa", "ur", "ar"],
    &["ru", "kk", "ky", "mn"],
];

/// Languages whose newspapers write some names as another language does, since their own tables hold little but what
/// CLDR has, or there is none.
const LEANS_ON: &[(&str, &[&str])] = &[
    ("am", &["en"]),
    ("ha", &["en"]),
    ("pcm", &["en"]),
    ("so", &["en"]),
    ("sw", &["en"]),
    ("tl", &["en", "es"]),
    ("yo", &["en"]),
    ("zu", &["en", "af"]),
];
/// The same of the languages without a table.
const OTHERS_LEAN_ON: &[&str] = &["en", "fr", "es", "pt", "ru", "ar"];

/// Letters from which a word of kin is no other word.
const LETTERS_OF_KIN: usize = 6;
/// Letters from which English is read everywhere.
const LETTERS_OF_ENGLISH: usize = 5;
/// Letters, and languages that share it, from which a name is read everywhere.
const SHARED: (usize, usize) = (6, 4);
/// Letters of several words that are read everywhere.
const LETTERS_OF_PHRASE: usize = 8;

/// The language of an article, as [`Languages`] has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArticleLanguage(u32);

impl ArticleLanguage {
    /// By the shortest BCP 47 tag; empty where it is not known.
    #[must_use]
    pub fn new(tag: &str) -> Self {
        match bit(tag) {
            Some(bit) => Self(bit),
            None if tag.is_empty() => Self(UNKNOWN),
            None => Self(OTHER),
        }
    }
}

/// A set of languages of articles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Languages(u128);

impl Languages {
    /// Every language.
    pub const ALL: Self = Self(u128::MAX);

    /// One, and articles of which it is not known.
    #[must_use]
    pub fn of_table(lang: &str) -> Self {
        let mut found = Self(1 << UNKNOWN);
        found.add(lang);
        found
    }

    /// Those in whose articles a form counts, given in the language of its table (`*` for any).
    #[must_use]
    pub fn of_form(text: &str, lang: &str) -> Self {
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let is_phrase = text.contains(' ') && letters >= LETTERS_OF_PHRASE;
        let is_english = lang == "en" && letters >= LETTERS_OF_ENGLISH;
        if lang == "*" || is_phrase || is_english {
            return Self::ALL;
        }
        let mut found = Self::of_table(lang).or(Self::of_other_scripts(text));
        for (of, leans_on) in LEANS_ON {
            if leans_on.contains(&lang) {
                found.add(of);
            }
        }
        if OTHERS_LEAN_ON.contains(&lang) {
            found.0 |= 1 << OTHER;
        }
        if lang == "en" {
            // Latin letters in these are English as a rule.
            for of in ["zh", "ja", "ko", "ru", "uk", "ar", "fa", "hi", "th"] {
                found.add(of);
            }
        }
        if letters >= LETTERS_OF_KIN {
            let kin = KIN.iter().filter(|kin| kin.contains(&lang));
            kin.copied().flatten().for_each(|of| found.add(of));
        }
        found
    }

    /// Those that are written in another script than this text; none for one in Latin.
    fn of_other_scripts(text: &str) -> Self {
        let Some(script) = text.chars().find(|c| c.is_alphabetic()).map(Script::of) else {
            return Self::default();
        };
        if script == Script::Latin {
            return Self::default();
        }
        let sharing = SCRIPTS.iter().find(|(shared, _)| *shared == script);
        let mut sharing_it = Self::default();
        for lang in sharing.map_or(&[][..], |(_, langs)| langs) {
            sharing_it.add(lang);
        }
        // Languages without a table may be of any script.
        sharing_it.0 |= 1 << OTHER;
        Self(!sharing_it.0)
    }

    /// Whether a name is read everywhere, since so many languages share it.
    #[must_use]
    pub fn is_shared(text: &str, languages: usize) -> bool {
        languages >= SHARED.1 && text.chars().filter(|c| c.is_alphabetic()).count() >= SHARED.0
    }

    /// Both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether articles of this language are among them.
    #[must_use]
    pub fn contains(self, article: ArticleLanguage) -> bool {
        self.0 & (1 << article.0) != 0
    }

    fn add(&mut self, lang: &str) {
        if let Some(bit) = bit(lang) {
            self.0 |= 1 << bit;
        }
    }
}

fn bit(lang: &str) -> Option<u32> {
    let at = TABLES.binary_search(&lang).ok()?;
    u32::try_from(at).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::languages;
    use super::*;

    #[test]
    fn every_table_has_its_bit() {
        let known: BTreeSet<&str> = languages().filter(|lang| *lang != "*").collect();
        assert_eq!(known.into_iter().collect::<Vec<_>>(), TABLES);
        assert!(TABLES.len() < OTHER as usize);
        let named = KIN.iter().copied().flatten();
        let named = named.chain(LEANS_ON.iter().map(|(lang, _)| lang));
        for lang in named.chain(OTHERS_LEAN_ON) {
            assert!(bit(lang).is_some(), "{lang}");
        }
    }

    #[test]
    fn words_count_in_their_own_language_and_its_relatives() {
        for (text, of, article, counts) in [
            ("belge", "fr", "fr", true),
            ("belge", "fr", "tr", false),
            ("belge", "fr", "", true),
            ("palestino", "es", "pt", true),
            ("Turki", "id", "de", false),
            ("Germany", "en", "tr", true),
            ("Chad", "en", "de", false),
            ("Chad", "en", "ha", true),
            ("Chad", "en", "ig", true),
            ("Belarus", "id", "ig", false),
            ("Burkina Faso", "cs", "sw", true),
            ("Kremlin", "*", "vi", true),
            ("中国", "zh", "en", true),
            ("法国", "zh", "ja", false),
            ("Киев", "ru", "pl", true),
            ("Кине", "ru", "sr", false),
        ] {
            let languages = Languages::of_form(text, of);
            assert_eq!(
                languages.contains(ArticleLanguage::new(article)),
                counts,
                "{text} ({of}) in {article:?}"
            );
        }
    }
}
