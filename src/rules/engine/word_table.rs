//! Words numbered in the order they come, in little room: two look-ups in memory for a word that is there,
//! one for most that are not.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::pattern::number;

/// Slots of a table that is not empty.
const SLOTS_MIN: usize = 16;
/// The half of a slot that holds the number of the word, plus one.
const NUMBER: u64 = u32::MAX as u64;

/// Distinct words and their numbers, from 0.
#[derive(Debug, Default, PartialEq)]
pub(in crate::rules) struct WordTable {
    /// Upper half of the hash, and the number plus one; 0 where it is free. As many as a power of two.
    slots: Vec<u64>,
    /// By number: where the word ends in `letters`.
    ends: Vec<u32>,
    letters: String,
    /// A bit for each hash that a word has, once all are added: what is in no table is mostly seen in little memory.
    filter: Vec<u64>,
}

/// A word with its hash.
#[inline]
pub(super) fn hashed(word: &str) -> (&str, u64) {
    (word, hash_of(word))
}

/// The hash of a word; the same in every table.
#[inline]
fn hash_of(word: &str) -> u64 {
    let mut hasher = FxHasher::default();
    word.hash(&mut hasher);
    hasher.finish()
}

impl WordTable {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The word with this number.
    #[inline]
    pub fn word(&self, number: u32) -> &str {
        let (start, end) = self.range(number);
        &self.letters[start as usize..end as usize]
    }

    /// All words, by number.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        (0..number(self.len())).map(|number| self.word(number))
    }

    /// The number of a word.
    pub fn get(&self, word: &str) -> Option<u32> {
        let hash = hash_of(word);
        if self.slots.is_empty() || !self.may_have(hash) {
            return None;
        }
        self.slot_of(word, hash).ok()
    }

    /// Whether a word may have this hash.
    #[inline]
    fn may_have(&self, hash: u64) -> bool {
        let (at, bit) = filter_bit(hash, self.filter.len());
        self.filter.get(at).is_none_or(|bits| bits & bit != 0)
    }

    /// The numbers of words with their hashes, `none` for those that are not there. All are looked up at once: memory is
    /// waited for once, not for each word.
    pub fn get_all(&self, words: &[(&str, u64)], none: u32) -> Vec<u32> {
        let mut numbers = vec![none; words.len()];
        if self.slots.is_empty() {
            return numbers;
        }
        let asked = self.passing(words);
        let asked = asked.iter().map(|at| *at as usize);
        let mask = self.slots.len() - 1;
        let first = asked.clone().map(|at| first_slot(words[at].1) & mask);
        let first: Vec<u64> = first.map(|slot| self.slots[slot]).collect();
        let ends = first.iter().map(|found| match *found & NUMBER {
            0 => (0, 0),
            number => self.range(number as u32 - 1),
        });
        let ranges: Vec<(u32, u32)> = ends.collect();
        for ((at, found), (start, end)) in asked.zip(first).zip(ranges) {
            let (word, hash) = words[at];
            let is_it = (found ^ hash) & !NUMBER == 0
                && self.letters.get(start as usize..end as usize) == Some(word);
            if is_it && found & NUMBER > 0 {
                numbers[at] = (found & NUMBER) as u32 - 1;
            } else if found != 0 {
                // It may stand behind another.
                numbers[at] = self.slot_of(word, hash).unwrap_or(none);
            }
        }
        numbers
    }

    /// The indices of those that may be there. Without a jump for each: which of them are there cannot be foretold.
    fn passing(&self, words: &[(&str, u64)]) -> Vec<u32> {
        let mut passing = vec![0; words.len()];
        let mut count = 0;
        for (at, (_, hash)) in (0..).zip(words) {
            passing[count] = at;
            count += usize::from(self.may_have(*hash));
        }
        passing.truncate(count);
        passing
    }

    /// Where a word stands in `letters`.
    #[inline]
    fn range(&self, number: u32) -> (u32, u32) {
        let at = number as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        (start, self.ends[at])
    }

    /// The number of a word, which is added if it is new.
    pub fn add(&mut self, word: &str) -> u32 {
        self.filter = Vec::new();
        // Half of the slots stay free: most words of an article are looked for in vain, and end at the first free one.
        if (self.len() + 1) * 2 > self.slots.len() {
            self.grow();
        }
        let hash = hash_of(word);
        match self.slot_of(word, hash) {
            Ok(known) => known,
            Err(free) => {
                let new = number(self.len());
                self.letters.push_str(word);
                self.ends.push(number(self.letters.len()));
                self.slots[free] = hash & !NUMBER | u64::from(new + 1);
                new
            }
        }
    }

    /// Makes ready what can be made only once all is added, and gives back what it has in reserve.
    pub fn finish(&mut self) {
        /// Of words that are not there one in eight goes on to the slots.
        const BITS_OF_WORD: usize = 8;
        self.ends.shrink_to_fit();
        self.letters.shrink_to_fit();
        let length = (self.len() * BITS_OF_WORD / 64).next_power_of_two();
        let mut filter = vec![0; length];
        for word in self.words() {
            let (at, bit) = filter_bit(hash_of(word), length);
            filter[at] |= bit;
        }
        self.filter = filter;
    }

    /// The number of a word, or the slot where it would stand.
    #[inline]
    fn slot_of(&self, word: &str, hash: u64) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = first_slot(hash) & mask;
        loop {
            let found = self.slots[slot];
            if found == 0 {
                return Err(slot);
            }
            if (found ^ hash) & !NUMBER == 0 {
                let number = (found & NUMBER) as u32 - 1;
                if self.word(number) == word {
                    return Ok(number);
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() * 2).max(SLOTS_MIN);
        let mask = slots - 1;
        let mut grown = vec![0; slots];
        for at in 0..number(self.len()) {
            let hash = hash_of(self.word(at));
            let mut slot = first_slot(hash) & mask;
            while grown[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            grown[slot] = hash & !NUMBER | u64::from(at + 1);
        }
        self.slots = grown;
    }
}

/// The place of a hash in a filter of so many numbers, a power of two.
#[inline]
fn filter_bit(hash: u64, length: usize) -> (usize, u64) {
    let at = (hash >> 32) as usize & length.saturating_sub(1);
    (at, 1 << (hash & 63))
}

/// The upper half of the hash tells words in one slot apart, so the lower half chooses the slot.
#[inline]
fn first_slot(hash: u64) -> usize {
    (hash & NUMBER) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_numbered_once() {
        let mut table = WordTable::default();
        assert_eq!(table.get("a"), None);
        let words: Vec<String> = (0..5_000).map(|n| format!("w{}", n * 7)).collect();
        for round in 0..2 {
            for (at, word) in words.iter().enumerate() {
                assert_eq!(table.add(word) as usize, at, "round {round}");
            }
        }
        assert_eq!(table.len(), words.len());
        assert!(table.words().eq(words.iter().map(String::as_str)));
        let mut large = WordTable::default();
        for number in 0..50_000 {
            large.add(&format!("w{}", number * 3));
        }
        for (table, asked) in [(&mut large, 200_000), (&mut table, 20_000)] {
            let asked: Vec<String> = (0..asked).map(|n| format!("w{n}")).collect();
            let one_by_one: Vec<u32> = asked.iter().map(|w| table.get(w).unwrap_or(7)).collect();
            table.finish();
            let finished = asked.iter().map(|word| table.get(word).unwrap_or(7));
            assert!(finished.eq(one_by_one.iter().copied()));
            let hashed: Vec<(&str, u64)> = asked.iter().map(|word| hashed(word)).collect();
            assert_eq!(table.get_all(&hashed, 7), one_by_one);
        }
        assert_eq!(WordTable::default().get_all(&[hashed("a")], 7), [7]);
        assert_eq!(table.get("w7"), Some(1));
        assert_eq!(table.get("w8"), None);
        assert_eq!(table.add(""), 5_000);
        assert_eq!(table.word(5_000), "");
    }
}
