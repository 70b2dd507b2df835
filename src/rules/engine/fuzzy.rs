//! Words that may be misspelt: `~"Zelensky"`.
//!
//! Two words that are `d` edits apart meet when up to `d` letters are taken out of each. All words that
//! a term leads to are kept by hash, so that a word of a text costs a few look-ups, however many terms
//! there are. The first letter is fixed, and only the next [`TAIL`] are looked at; the distance of what
//! meets is measured then.

use rustc_hash::FxHashSet;

use super::pattern::{PatternId, TermId, number};

/// Letters behind the first that words meet in.
const TAIL: usize = 6;
/// Letters from which one may be wrong, and from which two.
const ONE_FROM: usize = 4;
const TWO_FROM: usize = 8;
/// Odd, with its ones and zeros well mixed: the golden ratio in 64 bits.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

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

    /// The byte that the word it is found by begins with, however that is misspelt.
    pub fn first_byte(&self) -> u8 {
        let (anchor, _) = &self.words[self.anchor];
        anchor.bytes().next().unwrap_or_default()
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

/// A phrase by its anchor.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    pattern: PatternId,
    term: TermId,
    /// See [`letters_of`].
    letters: u64,
    /// Where its word ends among those of all.
    end: u32,
    count: u16,
    tolerance: u8,
}

/// Phrases that are looked for in every text.
#[derive(Debug, Default)]
pub(super) struct FuzzyIndex {
    anchors: Vec<Anchor>,
    /// The words of all anchors, in one piece of memory.
    words: String,
    /// Tolerances and first letters that there are.
    firsts: FxHashSet<(u8, char)>,
    /// Which keys there may be: most of those of a text are not among `keys`, and this is found out in little memory.
    filter: Vec<u64>,
    /// What is left of words, and the numbers of their anchors; ascending once all are added.
    links: Vec<(u64, u32)>,
    keys: Box<[u64]>,
    /// By key.
    anchor_of: Box<[u32]>,
    /// Where the keys begin that share their upper bits, and where they end.
    begun: Box<[u32]>,
}

impl FuzzyIndex {
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// Adds a phrase, which is a pattern of a term.
    pub fn add(&mut self, phrase: &Phrase, pattern: PatternId, term: TermId) {
        let (word, tolerance) = &phrase.words[phrase.anchor];
        if let Some(first) = word.chars().next() {
            self.firsts.insert((*tolerance, first));
        }
        let anchor = number(self.anchors.len());
        let mut keys = FxHashSet::default();
        remnants(word, *tolerance, |key| {
            keys.insert(key);
        });
        self.links.extend(keys.into_iter().map(|key| (key, anchor)));
        self.words.push_str(word);
        self.anchors.push(Anchor {
            pattern,
            term,
            letters: letters_of(word),
            end: number(self.words.len()),
            count: u16::try_from(word.chars().count()).unwrap_or(u16::MAX),
            tolerance: *tolerance,
        });
    }

    /// Makes ready what can be made only once all is added.
    pub fn finish(&mut self) {
        /// With three bits set for each key one in thirty others is taken for one of them. To look for those takes longer
        /// than all else that is done for a word.
        const BITS_OF_KEY: usize = 8;
        /// Keys that share their upper bits: they lie together in memory.
        const KEYS_TOGETHER: usize = 4;
        let mut links = std::mem::take(&mut self.links);
        links.sort_unstable();
        self.keys = links.iter().map(|(key, _)| *key).collect();
        self.anchor_of = links.iter().map(|(_, anchor)| *anchor).collect();
        let groups = (links.len() / KEYS_TOGETHER).next_power_of_two();
        let first = |group: usize| {
            self.keys
                .partition_point(|key| group_of(*key, groups) < group)
        };
        self.begun = (0..=groups).map(|group| number(first(group))).collect();
        let words = (links.len() * BITS_OF_KEY / 64).next_power_of_two();
        self.filter = vec![0; words];
        for key in &self.keys {
            let (word, bits) = bits_of(*key, words);
            self.filter[word] |= bits;
        }
    }

    /// Calls `found` with the patterns, and their terms, whose anchor a word in normal form is, each once; not with those
    /// whose terms are `known`.
    pub fn find(
        &self,
        word: &str,
        known: impl Fn(TermId) -> bool,
        mut found: impl FnMut(PatternId, TermId),
    ) {
        let Some(first) = word.chars().next() else {
            return;
        };
        let count = word.chars().count();
        // The phrases of either tolerance lie in one table: what is left with one letter taken out is among what is left
        // with up to two.
        let may_be = |tolerance: u8| {
            let wrong = usize::from(tolerance);
            count + wrong >= [ONE_FROM, TWO_FROM][wrong - 1]
                && self.firsts.contains(&(tolerance, first))
        };
        let Some(most) = [2, 1].into_iter().find(|tolerance| may_be(*tolerance)) else {
            return;
        };
        let letters = letters_of(word);
        let mut near: Vec<u32> = Vec::new();
        remnants(word, most, |key| {
            let (at, bits) = bits_of(key, self.filter.len());
            if self.filter[at] & bits == bits {
                let anchors = self.anchors_of(key);
                near.extend(anchors.filter(|number| self.is_near(*number, count, letters)));
            }
        });
        // Most are reached in several ways, and to measure how far words are apart takes long.
        near.sort_unstable();
        near.dedup();
        for number in near {
            let anchor = &self.anchors[number as usize];
            if !known(anchor.term) && self.is_anchor(number, word) {
                found(anchor.pattern, anchor.term);
            }
        }
    }

    /// Whether a word of so many letters, and these, may be an anchor.
    #[inline]
    fn is_near(&self, anchor: u32, count: usize, letters: u64) -> bool {
        let anchor = &self.anchors[anchor as usize];
        let wrong = usize::from(anchor.tolerance);
        usize::from(anchor.count).abs_diff(count) <= wrong
            && share_letters(anchor.letters, letters, wrong)
    }

    /// The numbers of the anchors that a key leads to.
    fn anchors_of(&self, key: u64) -> impl Iterator<Item = u32> {
        let group = group_of(key, self.begun.len() - 1);
        let range = self.begun[group] as usize..self.begun[group + 1] as usize;
        let keys = self.keys[range.clone()].iter().zip(&self.anchor_of[range]);
        keys.filter(move |(one, _)| **one == key)
            .map(|(_, anchor)| *anchor)
    }

    /// Whether a word that shares letters with an anchor may be it.
    fn is_anchor(&self, anchor: u32, word: &str) -> bool {
        let at = anchor as usize;
        let before = at.checked_sub(1).map(|before| self.anchors[before].end);
        let start = before.unwrap_or(0) as usize;
        let wanted = &self.words[start..self.anchors[at].end as usize];
        wanted.chars().next() == word.chars().next()
            && is_within(wanted, word, self.anchors[at].tolerance.into())
    }
}

/// The number that the upper bits of a key say, of so many, a power of two.
fn group_of(key: u64, groups: usize) -> usize {
    match groups.trailing_zeros() {
        0 => 0,
        bits => (key >> (u64::BITS - bits)) as usize,
    }
}

/// The place of a key in a filter of so many numbers, a power of two, and its bits there.
fn bits_of(key: u64, length: usize) -> (usize, u64) {
    // The upper bits choose among the keys.
    let word = (key >> 20) as usize & (length - 1);
    let bits = [key, key >> 6, key >> 12].map(|one| 1 << (one & 63));
    (word, bits[0] | bits[1] | bits[2])
}

/// Whether a word is another with at most so many letters wrong, the first one right. Two letters that
/// changed places are one mistake.
fn is_like(wanted: &str, word: &str, tolerance: u8) -> bool {
    if wanted == word {
        return true;
    }
    let tolerance = usize::from(tolerance);
    tolerance > 0 && may_be_like(wanted, word, tolerance) && is_within(wanted, word, tolerance)
}

/// Whether two words are so many mistakes apart. What they begin and end with alike makes no difference, and is mostly
/// all but a few letters.
fn is_within(one: &str, other: &str, most: usize) -> bool {
    let pairs = one.chars().zip(other.chars());
    let same = pairs.take_while(|(one, other)| one == other);
    let begun: usize = same.map(|(letter, _)| letter.len_utf8()).sum();
    let (one, other) = (&one[begun..], &other[begun..]);
    let pairs = one.chars().rev().zip(other.chars().rev());
    let same = pairs.take_while(|(one, other)| one == other);
    let ended: usize = same.map(|(letter, _)| letter.len_utf8()).sum();
    let (one, other) = (&one[..one.len() - ended], &other[..other.len() - ended]);
    one.len().max(other.len()) <= most || strsim::osa_distance(one, other) <= most
}

/// What is cheap to see of two words that are alike.
#[inline]
fn may_be_like(wanted: &str, word: &str, tolerance: usize) -> bool {
    // Letters that are the same begin with the same byte, which ends it for most words.
    wanted.as_bytes().first() == word.as_bytes().first()
        && wanted.chars().next() == word.chars().next()
        && wanted.chars().count().abs_diff(word.chars().count()) <= tolerance
        && share_letters(letters_of(wanted), letters_of(word), tolerance)
}

/// Whether two words with these letters may be so many mistakes apart. A mistake puts at most one letter in and takes one
/// out: far cheaper than to measure, and mostly enough.
#[inline]
fn share_letters(one: u64, other: u64, tolerance: usize) -> bool {
    (one ^ other).count_ones() as usize <= 2 * tolerance
}

/// The letters that a word has, in one of 64 places each.
#[inline]
fn letters_of(word: &str) -> u64 {
    word.chars()
        .fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 64))
}

/// Calls `left` with the hash of what is left of a word when up to so many letters of its tail are taken out, one or two.
fn remnants(word: &str, tolerance: u8, mut left: impl FnMut(u64)) {
    // What is left is hashed by a sum over its letters, each times a power of one number for its place: what stands before
    // and behind the letters taken out is known from sums that are made once.
    let mut length = 0;
    // Of the letters before each, in their place, and in the places that they have when one and two before them are gone.
    let mut sums = [[0_u64; 3]; 2 + TAIL];
    for letter in word.chars().take(1 + TAIL) {
        let letter = u64::from(u32::from(letter)) + 1;
        let before = sums[length];
        sums[length + 1] = std::array::from_fn(|gone| {
            let here = letter.wrapping_mul(POWERS[length + 2 - gone]);
            before[gone].wrapping_add(here)
        });
        length += 1;
    }
    let between =
        |from: usize, to: usize, gone: usize| sums[to][gone].wrapping_sub(sums[from][gone]);
    left(finished(between(0, length, 0)));
    for one in 1..length {
        let before = between(0, one, 0);
        left(finished(before.wrapping_add(between(one + 1, length, 1))));
        if tolerance > 1 {
            for other in one + 1..length {
                let kept = before.wrapping_add(between(one + 1, other, 1));
                left(finished(kept.wrapping_add(between(other + 1, length, 2))));
            }
        }
    }
}

/// Powers of an odd number.
const POWERS: [u64; 3 + TAIL] = {
    let mut powers = [1; 3 + TAIL];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = STEP.wrapping_mul(powers[at - 1]);
        at += 1;
    }
    powers
};

/// Spreads what the last letters said over all bits.
#[inline]
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
            index.add(phrase, id, 0);
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
            index.find(&word, |_| false, |pattern, _| found.push(pattern));
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
    fn ends_that_are_alike_make_no_difference() {
        let words = [
            "",
            "a",
            "ab",
            "ba",
            "aba",
            "abab",
            "baba",
            "abba",
            "aabb",
            "bbaa",
            "ababab",
            "babbab",
            "мир",
            "мри",
            "мирмир",
            "миримр",
            "aмиb",
            "aимb",
        ];
        for one in words {
            for other in words {
                for most in 1..=2 {
                    let expected = strsim::osa_distance(one, other) <= most;
                    assert_eq!(
                        is_within(one, other, most),
                        expected,
                        "{one} {other} {most}"
                    );
                }
            }
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
