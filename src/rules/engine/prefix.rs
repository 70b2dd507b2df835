//! Words by their beginnings: `"minist*"`.

use rustc_hash::FxHashMap;

use super::byte_pairs::BytePairs;
use super::pattern::{PatternId, TermId};

/// Characters of a beginning that are looked at first; no beginning is shorter.
const HEAD: usize = 3;
const HEAD_BITS: usize = 1 << 16;

/// All beginnings. A word costs one look-up, and one more for each length that a beginning with its first
/// letters has.
#[derive(Debug, Default)]
pub(super) struct PrefixIndex {
    /// The first two bytes of all beginnings.
    pairs: BytePairs,
    /// Which first letters there may be: most words of a text begin otherwise. Empty where there is none.
    heads: Vec<u64>,
    lengths: FxHashMap<[char; HEAD], Vec<u16>>,
    by_beginning: FxHashMap<Box<str>, Vec<(PatternId, TermId)>>,
}

impl PrefixIndex {
    pub fn is_empty(&self) -> bool {
        self.by_beginning.is_empty()
    }

    /// Adds a beginning in normal form, of at least three characters, that is of a pattern and its term.
    pub fn add(&mut self, beginning: &str, pattern: (PatternId, TermId)) {
        let (Some(head), Ok(length)) = (head(beginning), u16::try_from(beginning.chars().count()))
        else {
            return;
        };
        if let [first, second, ..] = *beginning.as_bytes() {
            self.pairs.insert(first, second);
        }
        self.heads.resize(HEAD_BITS / 64, 0);
        let (word, bit) = place_of(head);
        self.heads[word] |= bit;
        let lengths = self.lengths.entry(head).or_default();
        if let Err(at) = lengths.binary_search(&length) {
            lengths.insert(at, length);
        }
        self.by_beginning
            .entry(beginning.into())
            .or_default()
            .push(pattern);
    }

    /// Calls `found` for everything that a word in normal form begins with.
    #[inline]
    pub fn find(&self, word: &str, found: impl FnMut(PatternId, TermId)) {
        if let [first, second, ..] = *word.as_bytes()
            && self.pairs.contains(first, second)
        {
            self.find_by_head(word, found);
        }
    }

    fn find_by_head(&self, word: &str, mut found: impl FnMut(PatternId, TermId)) {
        let may_be = |head: &[char; HEAD]| {
            let (word, bit) = place_of(*head);
            self.heads.get(word).is_some_and(|bits| bits & bit != 0)
        };
        let head = head(word).filter(may_be);
        let Some(lengths) = head.and_then(|head| self.lengths.get(&head)) else {
            return;
        };
        let mut ends = word
            .char_indices()
            .map(|(at, _)| at)
            .skip(1)
            .chain([word.len()]);
        let mut passed = 0;
        for length in lengths {
            let Some(end) = ends.nth((length - passed - 1).into()) else {
                return;
            };
            passed = *length;
            let patterns = self.by_beginning.get(&word[..end]);
            for (pattern, term) in patterns.into_iter().flatten() {
                found(*pattern, *term);
            }
        }
    }
}

/// One of the bits of `heads`.
fn place_of(head: [char; HEAD]) -> (usize, u64) {
    let mixed = head.iter().fold(0_usize, |mixed, letter| {
        mixed.wrapping_mul(37) ^ *letter as usize
    });
    let bit = (mixed ^ (mixed >> 12)) % HEAD_BITS;
    (bit / 64, 1 << (bit % 64))
}

fn head(word: &str) -> Option<[char; HEAD]> {
    let mut chars = word.chars();
    Some([chars.next()?, chars.next()?, chars.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_beginning_of_a_word_is_found() {
        let beginnings = [
            "min",
            "minis",
            "minister",
            "ministers",
            "mon",
            "мин",
            "école",
        ];
        let mut index = PrefixIndex::default();
        for (id, beginning) in beginnings.iter().enumerate() {
            index.add(beginning, (u32::try_from(id).unwrap(), 0));
        }
        for word in [
            "minister",
            "mi",
            "",
            "minés",
            "монета",
            "министр",
            "écoles",
            "mono",
        ] {
            let mut found = Vec::new();
            index.find(word, |pattern, _| found.push(beginnings[pattern as usize]));
            let expected: Vec<&str> = beginnings
                .into_iter()
                .filter(|beginning| word.starts_with(beginning))
                .collect();
            assert_eq!(found, expected, "{word}");
        }
    }
}
