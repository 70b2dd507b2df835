//! Words that may be misspelt: `~"Zelensky"`.
//!
//! Two words that are `d` edits apart meet when up to `d` letters are taken out of each. All words that
//! a term leads to are kept by hash, so that a word of a text costs a few look-ups, however many terms
//! there are. The first letter is fixed, and only the next [`TAIL`] are looked at; the distance of what
//! meets is measured then.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::pattern::{PatternId, number};

/// Letters behind the first that words meet in.
const TAIL: usize = 6;
/// Letters from which one may be wrong, and from which two.
const ONE_FROM: usize = 4;
const TWO_FROM: usize = 8;
/// Stands for the end of a chain.
const END: u32 = u32::MAX;

/// Letters of a word in normal form that may be wrong; numbers are numbers.
pub(in crate::rules) fn tolerance(word: &str, most: u8) -> u8 {
    if word.chars().any(char::is_numeric) {
        return 0;
    }
    let letters = word.chars().count();
    most.min(u8::from(letters >= ONE_FROM) + u8::from(letters >= TWO_FROM))
}

/// A phrase whose words may be misspelt.
#[derive(Debug)]
pub(super) struct Phrase {
    words: Box<[(Box<str>, u8)]>,
    /// Index of the word that it is found by.
    pub anchor: usize,
    pub pattern: PatternId,
}

impl Phrase {
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether these words are the phrase.
    pub fn is_like<'w>(&self, words: impl Iterator<Item = &'w str>) -> bool {
        let mut pairs = self.words.iter().zip(words);
        pairs.all(|((wanted, tolerance), word)| is_like(wanted, word, *tolerance))
    }
}

/// All such phrases.
#[derive(Debug, Default)]
pub(super) struct FuzzyIndex {
    phrases: Vec<Phrase>,
    /// Tolerances and first letters that there are.
    firsts: FxHashSet<(u8, char)>,
    /// The beginning of a chain of links, by what is left of a word.
    heads: FxHashMap<u64, u32>,
    /// Number of a phrase, and the next link.
    links: Vec<(u32, u32)>,
}

impl FuzzyIndex {
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Adds a phrase of words in normal form. False when no word of it may be misspelt.
    pub fn add<'w>(
        &mut self,
        words: impl Iterator<Item = &'w str>,
        most: u8,
        pattern: PatternId,
    ) -> bool {
        let words: Box<[(Box<str>, u8)]> = words
            .map(|word| (word.into(), tolerance(word, most)))
            .collect();
        let longest = words
            .iter()
            .enumerate()
            .max_by_key(|(_, (word, _))| word.chars().count());
        let Some((anchor, (word, tolerance))) =
            longest.filter(|(_, (_, tolerance))| *tolerance > 0)
        else {
            return false;
        };
        let phrase = number(self.phrases.len());
        if let Some(first) = word.chars().next() {
            self.firsts.insert((*tolerance, first));
        }
        let mut keys = FxHashSet::default();
        remnants(word, *tolerance, |key| {
            keys.insert(key);
        });
        for key in keys {
            let link = number(self.links.len());
            let next = self.heads.insert(key, link).unwrap_or(END);
            self.links.push((phrase, next));
        }
        self.phrases.push(Phrase {
            words,
            anchor,
            pattern,
        });
        true
    }

    /// The phrases whose anchor a word in normal form is, each once.
    pub fn find(&self, word: &str) -> Vec<&Phrase> {
        let mut found: Vec<u32> = Vec::new();
        let Some(first) = word.chars().next() else {
            return Vec::new();
        };
        let letters = word.chars().count();
        for tolerance in 1..=2u8 {
            let short =
                letters + usize::from(tolerance) < [ONE_FROM, TWO_FROM][usize::from(tolerance) - 1];
            if short || !self.firsts.contains(&(tolerance, first)) {
                continue;
            }
            remnants(word, tolerance, |key| {
                let mut link = self.heads.get(&key).copied().unwrap_or(END);
                while link != END {
                    let (phrase, next) = self.links[link as usize];
                    found.push(phrase);
                    link = next;
                }
            });
        }
        found.sort_unstable();
        found.dedup();
        let phrases = found
            .into_iter()
            .map(|phrase| &self.phrases[phrase as usize]);
        let anchored = |phrase: &&Phrase| {
            let (wanted, tolerance) = &phrase.words[phrase.anchor];
            is_like(wanted, word, *tolerance)
        };
        phrases.filter(anchored).collect()
    }
}

/// Whether a word is another with at most so many letters wrong, the first one right. Two letters that
/// changed places are one mistake.
fn is_like(wanted: &str, word: &str, tolerance: u8) -> bool {
    if wanted == word {
        return true;
    }
    let tolerance = usize::from(tolerance);
    tolerance > 0
        && wanted.chars().next() == word.chars().next()
        && wanted.chars().count().abs_diff(word.chars().count()) <= tolerance
        && strsim::osa_distance(wanted, word) <= tolerance
}

/// Calls `left` with the hash of what is left of a word when up to so many letters of its tail are taken out.
fn remnants(word: &str, tolerance: u8, mut left: impl FnMut(u64)) {
    let mut letters = ['\0'; 1 + TAIL];
    let mut length = 0;
    for letter in word.chars().take(1 + TAIL) {
        letters[length] = letter;
        length += 1;
    }
    let hash = |skipped: [usize; 2]| {
        let mut hasher = FxHasher::default();
        tolerance.hash(&mut hasher);
        for (at, letter) in letters[..length].iter().enumerate() {
            if !skipped.contains(&at) {
                letter.hash(&mut hasher);
            }
        }
        hasher.finish()
    };
    const NONE: usize = usize::MAX;
    left(hash([NONE; 2]));
    for one in 1..length {
        left(hash([one, NONE]));
        if tolerance > 1 {
            for other in one + 1..length {
                left(hash([one, other]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_meets_is_what_is_near() {
        let wanted = ["kiev", "lavrov", "zelensky", "mitsotakis", "prigozhin"];
        let mut index = FuzzyIndex::default();
        for (id, word) in wanted.iter().enumerate() {
            assert!(index.add([*word].into_iter(), 2, u32::try_from(id).unwrap()));
        }
        let mut tried: Vec<String> = [
            "",
            "a",
            "zelenskiy",
            "zelenskyy",
            "zelnesky",
            "prigoschin",
            "lavorv",
        ]
        .map(str::to_owned)
        .to_vec();
        // Every word with every letter taken out, doubled, changed, and swapped.
        for word in wanted {
            let letters: Vec<char> = word.chars().collect();
            for at in 0..letters.len() {
                for more in 0..letters.len() {
                    let mut changed = letters.clone();
                    changed.insert(at, 'x');
                    tried.push(changed.iter().collect());
                    changed.remove(more);
                    tried.push(changed.iter().collect());
                    let mut changed = letters.clone();
                    changed[at] = 'q';
                    changed.swap(more, at);
                    tried.push(changed.iter().collect());
                    changed.remove(at);
                    tried.push(changed.iter().collect());
                }
            }
        }
        for word in tried {
            let found: Vec<u32> = index
                .find(&word)
                .iter()
                .map(|phrase| phrase.pattern)
                .collect();
            let expected: Vec<u32> = (0..)
                .zip(wanted)
                .filter(|(_, wanted)| is_like(wanted, &word, tolerance(wanted, 2)))
                .map(|(id, _)| id)
                .collect();
            assert_eq!(found, expected, "{word}");
        }
    }

    #[test]
    fn short_words_and_numbers_are_not_bent() {
        for (word, tolerated) in [
            ("xi", 0),
            ("kyiv", 1),
            ("zelensky", 2),
            ("20261129", 0),
            ("王", 0),
        ] {
            assert_eq!(tolerance(word, 2), tolerated, "{word}");
        }
        assert!(!FuzzyIndex::default().add(["xi", "li"].into_iter(), 2, 0));
    }
}
