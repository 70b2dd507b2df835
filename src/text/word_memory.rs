//! What words of recent texts came to: articles share their frequent words, and stemming one takes longer than all else
//! that is done with it.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::FxHasher;

use super::analysis::WordForms;
use super::fold::fold_into;
use super::stem::Stemmer;

/// Words that a thread remembers at most; a power of two.
const WORDS_MAX: usize = 1 << 13;
/// Longer words are seldom seen again.
const BYTES_MAX: usize = 32;

thread_local! {
    static MEMORY: RefCell<WordMemory> = RefCell::default();
}

#[derive(Default)]
struct WordMemory {
    /// Each word has one place. Empty before the first word.
    places: Vec<Option<Box<Known>>>,
    /// By place: of the word that came last, the half of its hash that does not say where its place is. A word is
    /// remembered when it comes a second time: most never do, and would only drive out others.
    last: Vec<u32>,
    /// Kept between words.
    folded: String,
}

struct Known {
    lang: Language,
    written: Box<str>,
    forms: WordForms,
}

/// The tag of a language that is short enough.
pub(super) type Language = [u8; 8];

/// A language as it is told from others here; `None` where its words are not remembered.
pub(super) fn language(tag: &str) -> Option<Language> {
    let mut lang = Language::default();
    lang.get_mut(..tag.len())?.copy_from_slice(tag.as_bytes());
    Some(lang)
}

/// Normal form and stem of a word as written.
pub(super) fn forms_of(word: &str, lang: Option<Language>, stemmer: &Stemmer) -> WordForms {
    MEMORY.with_borrow_mut(|memory| match lang {
        Some(lang) if word.len() <= BYTES_MAX => memory.forms_of(word, lang, stemmer),
        _ => worked_out(word, stemmer, &mut memory.folded),
    })
}

impl WordMemory {
    fn forms_of(&mut self, word: &str, lang: Language, stemmer: &Stemmer) -> WordForms {
        if self.places.is_empty() {
            self.places.resize_with(WORDS_MAX, || None);
            self.last.resize(WORDS_MAX, 0);
        }
        let mut hasher = FxHasher::default();
        (lang, word).hash(&mut hasher);
        let hash = hasher.finish();
        let (at, rest) = (hash as usize % WORDS_MAX, (hash >> 32) as u32);
        let place = &mut self.places[at];
        if let Some(known) = place
            && known.lang == lang
            && *known.written == *word
        {
            return known.forms.clone();
        }
        let forms = worked_out(word, stemmer, &mut self.folded);
        if std::mem::replace(&mut self.last[at], rest) == rest {
            *place = Some(Box::new(Known {
                lang,
                written: word.into(),
                forms: forms.clone(),
            }));
        }
        forms
    }
}

fn worked_out(word: &str, stemmer: &Stemmer, folded: &mut String) -> WordForms {
    folded.clear();
    fold_into(word, folded);
    let fold: Arc<str> = folded.as_str().into();
    let stem = match stemmer.stem(&fold) {
        stem if *stem == *fold => Arc::clone(&fold),
        stem => stem.into(),
    };
    WordForms { fold, stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_is_worked_out() {
        let words = ["visits", "Visits", "визиты", "a", "", "Straße", "中"];
        let long = "x".repeat(BYTES_MAX + 1);
        for _ in 0..2 {
            for tag in ["en", "ru", "", "de", "a-longer-tag"] {
                let stemmer = Stemmer::new(tag);
                for number in 0..WORDS_MAX {
                    let made = format!("{}{number}", words[number % words.len()]);
                    for word in [words[number % words.len()], &made, &made, &long] {
                        let known = forms_of(word, language(tag), &stemmer);
                        assert_eq!(known, worked_out(word, &stemmer, &mut String::new()));
                    }
                }
            }
        }
    }
}
