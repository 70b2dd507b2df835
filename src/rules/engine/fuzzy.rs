//! Words that may be misspelt: `~"Zelensky"`.
//!
//! Two words that are `d` edits apart meet when up to `d` letters are taken out of each. All words that
//! a term leads to are kept by hash, so that a word of a text costs a few look-ups, however many terms
//! there are. The first letter is fixed, and only the next [`TAIL`] are looked at; the distance of what
//! meets is measured then.

use rustc_hash::{FxHashMap, FxHashSet};

use super::pattern::{PatternId, number};

/// Letters behind the first that words meet in.
const TAIL: usize = 6;
/// Letters from which one may be wrong, and from which two.
const ONE_FROM: usize = 4;
const TWO_FROM: usize = 8;
/// Odd, with its ones and zeros well mixed: the golden ratio in 64 bits.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
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
pub(in crate::rules) struct Phrase {
    words: Box<[(Box<str>, u8)]>,
    /// Index of the word that it is found by.
    pub anchor: usize,
}

impl Phrase {
    /// A phrase of words in normal form; `None` when no word of it may be misspelt.
    pub fn new<'w>(words: impl Iterator<Item = &'w str>, most: u8) -> Option<Self> {
        let words: Box<[(Box<str>, u8)]> = words
            .map(|word| (word.into(), tolerance(word, most)))
            .collect();
        let longest = words
            .iter()
            .enumerate()
            .max_by_key(|(_, (word, _))| word.chars().count());
        let (anchor, _) = longest.filter(|(_, (_, tolerance))| *tolerance > 0)?;
        Some(Self { words, anchor })
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether these words are the phrase.
    pub fn is_like<'w>(&self, words: impl Iterator<Item = &'w str>) -> bool {
        let mut pairs = self.words.iter().zip(words);
        pairs.all(|((wanted, tolerance), word)| is_like(wanted, word, *tolerance))
    }

    /// Whether a word is near enough for its distance to be measured.
    pub fn may_be_anchor(&self, word: &str) -> bool {
        let (wanted, tolerance) = &self.words[self.anchor];
        may_be_like(wanted, word, (*tolerance).into())
    }

    /// Whether a word may be the one that the phrase is found by.
    pub fn is_anchor(&self, word: &str) -> bool {
        let (wanted, tolerance) = &self.words[self.anchor];
        is_like(wanted, word, *tolerance)
    }
}

/// Phrases that are looked for in every text.
#[derive(Debug, Default)]
pub(super) struct FuzzyIndex {
    phrases: Vec<PatternId>,
    /// Tolerances and first letters that there are.
    firsts: FxHashSet<(u8, char)>,
    /// Which keys there may be: most of those of a text are not among `heads`, and this is found out in little memory.
    filter: Vec<u64>,
    /// The beginning of a chain of links, by what is left of a word.
    heads: FxHashMap<u64, u32>,
    /// Number of a phrase, and the next link.
    links: Vec<(u32, u32)>,
}

impl FuzzyIndex {
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Adds a phrase.
    pub fn add(&mut self, phrase: &Phrase, pattern: PatternId) {
        let (word, tolerance) = &phrase.words[phrase.anchor];
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
        self.phrases.push(pattern);
    }

    /// Makes ready what can be made only once all is added.
    pub fn finish(&mut self) {
        /// One key in so many bits leaves few that are taken for another.
        const BITS_OF_KEY: usize = 8;
        let words = (self.heads.len() * BITS_OF_KEY / 64).next_power_of_two();
        self.filter = vec![0; words];
        let keys: Vec<u64> = self.heads.keys().copied().collect();
        for key in keys {
            let (word, bit) = self.bit_of(key);
            self.filter[word] |= bit;
        }
    }

    fn bit_of(&self, key: u64) -> (usize, u64) {
        let word = (key >> 8) as usize & (self.filter.len() - 1);
        (word, 1 << (key & 63))
    }

    /// Calls `found` with the phrases whose anchor a word in normal form may be, the same perhaps several times.
    pub fn find(&self, word: &str, mut found: impl FnMut(PatternId)) {
        let Some(first) = word.chars().next() else {
            return;
        };
        let letters = word.chars().count();
        for tolerance in 1..=2u8 {
            let short =
                letters + usize::from(tolerance) < [ONE_FROM, TWO_FROM][usize::from(tolerance) - 1];
            if short || !self.firsts.contains(&(tolerance, first)) {
                continue;
            }
            remnants(word, tolerance, |key| {
                let (at, bit) = self.bit_of(key);
                if self.filter[at] & bit == 0 {
                    return;
                }
                let mut link = self.heads.get(&key).copied().unwrap_or(END);
                while link != END {
                    let (phrase, next) = self.links[link as usize];
                    found(self.phrases[phrase as usize]);
                    link = next;
                }
            });
        }
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
        && may_be_like(wanted, word, tolerance)
        && strsim::osa_distance(wanted, word) <= tolerance
}

/// What is cheap to see of two words that are alike.
fn may_be_like(wanted: &str, word: &str, tolerance: usize) -> bool {
    wanted.chars().next() == word.chars().next()
        && wanted.chars().count().abs_diff(word.chars().count()) <= tolerance
        // A mistake puts at most one letter in and takes one out: far cheaper than to measure, and mostly enough.
        && (letters_of(wanted) ^ letters_of(word)).count_ones() as usize <= 2 * tolerance
}

/// The letters that a word has, in one of 64 places each.
fn letters_of(word: &str) -> u64 {
    word.chars()
        .fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 64))
}

/// Calls `left` with the hash of what is left of a word when up to so many letters of its tail are taken out.
fn remnants(word: &str, tolerance: u8, mut left: impl FnMut(u64)) {
    // What is left is hashed letter by letter: what stands before and behind a letter taken out is known already.
    let mut letters = [0_u64; 1 + TAIL];
    let mut length = 0;
    for letter in word.chars().take(1 + TAIL) {
        letters[length] = u64::from(u32::from(letter)) + 1;
        length += 1;
    }
    let step = |hash: u64, letter: u64| (hash ^ letter).wrapping_mul(STEP).rotate_left(26);
    let rest = |from: usize, hash: u64| letters[from..length].iter().fold(hash, |h, l| step(h, *l));
    let begun = step(u64::from(tolerance), letters[0]);
    let mut before = begun;
    left(finished(rest(1, begun)));
    for one in 1..length {
        left(finished(rest(one + 1, before)));
        if tolerance > 1 {
            let mut between = before;
            for (other, letter) in letters.iter().enumerate().take(length).skip(one + 1) {
                left(finished(rest(other + 1, between)));
                between = step(between, *letter);
            }
        }
        before = step(before, letters[one]);
    }
}

/// Spreads what the last letters said over all bits.
fn finished(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(STEP);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_meets_is_what_is_near() {
        let wanted = ["kiev", "lavrov", "zelensky", "mitsotakis", "prigozhin"];
        let mut index = FuzzyIndex::default();
        let phrases = wanted.map(|word| Phrase::new([word].into_iter(), 2).unwrap());
        for (id, phrase) in (0..).zip(&phrases) {
            index.add(phrase, id);
        }
        index.finish();
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
            let mut found = Vec::new();
            index.find(&word, |pattern| found.push(pattern));
            found.retain(|pattern| phrases[*pattern as usize].is_anchor(&word));
            found.sort_unstable();
            found.dedup();
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
        assert!(Phrase::new(["xi", "li"].into_iter(), 2).is_none());
    }
}
