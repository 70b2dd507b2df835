//! Words by letters within them: what a regular expression must have, `sanction` of `/(?i)sanctioned \w+/`.

use rustc_hash::FxHashMap;

use super::byte_pairs::BytePairs;

/// Letters that a literal is found by, and the fewest that it has.
const GRAM: usize = 3;
/// Odd, with its ones and zeros well mixed: the golden ratio in 32 bits.
const STEP: u32 = 0x9e37_79b9;

type Gram = [u8; GRAM];

/// A literal by three of its letters.
#[derive(Debug)]
struct Literal {
    letters: Box<str>,
    /// Where these three stand in it.
    at: usize,
    owner: u32,
}

/// Literals of ASCII letters and digits in normal form, each with the number of what it belongs to.
#[derive(Debug, Default)]
pub(super) struct InfixIndex {
    /// How grams begin.
    pairs: BytePairs,
    /// Which hashes of grams there are: most three letters of a text are not among `by_gram`.
    filter: Vec<u64>,
    by_gram: FxHashMap<Gram, Vec<Literal>>,
}

impl InfixIndex {
    pub fn is_empty(&self) -> bool {
        self.by_gram.is_empty()
    }

    /// Adds a literal of one owner; false when it is too short or has other letters.
    pub fn add(&mut self, literal: &str, owner: u32) -> bool {
        let is_plain = literal.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let grams = literal.as_bytes().windows(GRAM);
        let grams = grams.enumerate().filter_map(|(at, gram)| {
            let gram = Gram::try_from(gram).ok()?;
            Some((commonness(gram), at, gram))
        });
        let Some((_, at, gram)) = grams.min().filter(|_| is_plain) else {
            return false;
        };
        self.pairs.insert(gram[0], gram[1]);
        self.by_gram.entry(gram).or_default().push(Literal {
            letters: literal.into(),
            at,
            owner,
        });
        true
    }

    /// Makes ready what can be made only once all is added.
    pub fn finish(&mut self) {
        const BITS_OF_GRAM: usize = 32;
        const BITS_MIN: usize = 1 << 11;
        if self.is_empty() {
            return;
        }
        let bits = (self.by_gram.len() * BITS_OF_GRAM).max(BITS_MIN);
        self.filter = vec![0; bits.next_power_of_two() / 64];
        let grams: Vec<Gram> = self.by_gram.keys().copied().collect();
        for gram in grams {
            let (word, bit) = self.bit_of(gram);
            self.filter[word] |= bit;
        }
    }

    /// Calls `found` with the owner of each literal that stands in a word or a text in small letters, the same perhaps
    /// several times.
    #[inline]
    pub fn find(&self, text: &str, mut found: impl FnMut(u32)) {
        if self.filter.is_empty() {
            return;
        }
        let bytes = text.as_bytes();
        let grams = bytes.windows(GRAM).enumerate();
        let grams = grams.filter(|(_, gram)| self.pairs.contains(gram[0], gram[1]));
        for (at, gram) in grams {
            let gram = [gram[0], gram[1], gram[2]];
            let (word, bit) = self.bit_of(gram);
            if self.filter[word] & bit == 0 {
                continue;
            }
            for literal in self.by_gram.get(&gram).into_iter().flatten() {
                let begun = at.checked_sub(literal.at);
                let rest = begun.and_then(|begun| bytes.get(begun..));
                if rest.is_some_and(|rest| rest.starts_with(literal.letters.as_bytes())) {
                    found(literal.owner);
                }
            }
        }
    }

    #[inline]
    fn bit_of(&self, [first, second, third]: Gram) -> (usize, u64) {
        let gram = u32::from_le_bytes([first, second, third, 0]);
        // The best mixed bits are the upper ones.
        let hash = gram.wrapping_mul(STEP) >> 8;
        let word = (hash >> 6) as usize & (self.filter.len() - 1);
        (word, 1 << (hash & 63))
    }
}

/// How common these letters are in texts, roughly: a literal is found by its least common ones.
fn commonness(gram: Gram) -> usize {
    /// The letters of English by how often they are written, the rarest first.
    const RAREST_FIRST: &[u8] = b"zqxjkvbpygfwmucldrhsnioate";
    let of = |letter: &u8| RAREST_FIRST.iter().position(|rare| rare == letter);
    gram.iter().map(|letter| of(letter).unwrap_or(0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_in_words() {
        let literals = ["ban", "bank", "central", "anke", "2026", "xyz"];
        let mut index = InfixIndex::default();
        for (owner, literal) in (0..).zip(literals) {
            assert!(index.add(literal, owner));
        }
        assert!(!index.add("ab", 9) && !index.add("né", 9) && !index.add("a-bc", 9));
        index.finish();
        for text in [
            "",
            "ba",
            "ban",
            "urban",
            "banker",
            "centralbankers",
            "central",
            "éban",
            "202",
            "ab2026c",
            "zentralbanken",
        ] {
            let mut found = Vec::new();
            index.find(text, |owner| found.push(literals[owner as usize]));
            found.sort_unstable();
            found.dedup();
            let mut expected = literals.to_vec();
            expected.retain(|literal| text.contains(literal));
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
        }
        let mut found = 0;
        InfixIndex::default().find("anything", |_| found += 1);
        assert_eq!(found, 0);
    }
}
