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
}

/// The hash of a word; the same in every table.
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
        if self.slots.is_empty() {
            return None;
        }
        self.slot_of(word, hash_of(word)).ok()
    }

    /// The numbers of words, `none` for those that are not there. All are looked up at once: memory is waited for
    /// once, not for each word.
    pub fn get_all<'w>(&self, words: impl Iterator<Item = &'w str> + Clone, none: u32) -> Vec<u32> {
        /// Smaller tables are in the cache.
        const SLOTS_LARGE: usize = 1 << 16;
        if self.slots.len() < SLOTS_LARGE {
            return words.map(|word| self.get(word).unwrap_or(none)).collect();
        }
        let mask = self.slots.len() - 1;
        let hashes: Vec<u64> = words.clone().map(hash_of).collect();
        let first = hashes
            .iter()
            .map(|hash| self.slots[first_slot(*hash) & mask]);
        let first: Vec<u64> = first.collect();
        let ends = first.iter().map(|found| match *found & NUMBER {
            0 => (0, 0),
            number => self.range(number as u32 - 1),
        });
        let ranges: Vec<(u32, u32)> = ends.collect();
        let all = words.zip(&hashes).zip(first.iter().zip(&ranges));
        all.map(|((word, hash), (found, (start, end)))| {
            let is_it = (found ^ hash) & !NUMBER == 0
                && self.letters.get(*start as usize..*end as usize) == Some(word);
            match *found {
                0 => none,
                found if is_it && found & NUMBER > 0 => (found & NUMBER) as u32 - 1,
                // It may stand behind another.
                _ => self.slot_of(word, *hash).unwrap_or(none),
            }
        })
        .collect()
    }

    /// Where a word stands in `letters`.
    fn range(&self, number: u32) -> (u32, u32) {
        let at = number as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        (start, self.ends[at])
    }

    /// The number of a word, which is added if it is new.
    pub fn add(&mut self, word: &str) -> u32 {
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

    /// Gives back what it has in reserve.
    pub fn shrink(&mut self) {
        self.ends.shrink_to_fit();
        self.letters.shrink_to_fit();
    }

    /// The number of a word, or the slot where it would stand.
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

/// The upper half of the hash tells words in one slot apart, so the lower half chooses the slot.
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
        let asked: Vec<String> = (0..200_000).map(|n| format!("w{n}")).collect();
        let one_by_one = asked.iter().map(|word| large.get(word).unwrap_or(7));
        assert!(one_by_one.eq(large.get_all(asked.iter().map(String::as_str), 7)));
        let asked: Vec<String> = (0..20_000).map(|n| format!("w{n}")).collect();
        let one_by_one = asked.iter().map(|word| table.get(word).unwrap_or(u32::MAX));
        let at_once = table.get_all(asked.iter().map(String::as_str), u32::MAX);
        assert!(one_by_one.eq(at_once));
        assert_eq!(WordTable::default().get_all(["a"].into_iter(), 7), [7]);
        assert_eq!(table.get("w7"), Some(1));
        assert_eq!(table.get("w8"), None);
        assert_eq!(table.add(""), 5_000);
        assert_eq!(table.word(5_000), "");
    }
}
