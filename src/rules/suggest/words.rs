//! The words and phrases of an article, as a rule could ask for them.

use rustc_hash::FxHashMap;

use crate::text::{self, Token};

/// A word or two words side by side, by their stems, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub lang: String,
    pub stems: String,
}

/// Letters of a word that says something; two in scripts without spaces.
const LETTERS_MIN: usize = 3;

/// Each word and phrase of a text once, with a way in which it is written there.
pub(super) fn words(text: &str, lang: Option<&str>) -> FxHashMap<Key, String> {
    let analysis = text::analyse(text, lang);
    let lang = analysis.lang.as_deref().unwrap_or_default();
    let mut found = FxHashMap::default();
    let mut add = |stems: String, written: String| {
        let lang = lang.to_owned();
        found.entry(Key { lang, stems }).or_insert(written);
    };
    let written = |token: &Token| text[token.start as usize..token.end as usize].to_lowercase();
    let mut before: Option<&Token> = None;
    for token in &analysis.tokens {
        if token.spaceless || !says_something(token) {
            before = None;
            continue;
        }
        add(token.stem.to_string(), written(token));
        if let Some(before) = before.filter(|before| before.sentence == token.sentence) {
            add(
                format!("{} {}", before.stem, token.stem),
                format!("{} {}", written(before), written(token)),
            );
        }
        before = Some(token);
    }
    if analysis.tokens.iter().any(|token| token.spaceless) {
        for word in text::search_words(text, Some(lang)).split(' ') {
            let spaceless = word.chars().all(text::is_spaceless);
            if spaceless && word.chars().nth(1).is_some() {
                add(word.to_owned(), word.to_owned());
            }
        }
    }
    found
}

fn says_something(token: &Token) -> bool {
    let letters = token.fold.chars().filter(|c| c.is_alphabetic()).count();
    letters >= LETTERS_MIN && !text::is_function_word(&token.fold)
}
