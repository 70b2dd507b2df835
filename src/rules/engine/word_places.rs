//! Which words of a field are of a class, and which stand beside each other: small tables that are made for each article.

/// Stands for the end of a chain.
const END: u32 = u32::MAX;

/// Indices by a number that they have; some with other numbers among them.
#[derive(Debug)]
pub(super) struct Chains {
    /// As many as a power of two.
    heads: Vec<u32>,
    /// By index: the next one.
    next: Vec<u32>,
}

impl Chains {
    pub fn new(numbers: &[u32]) -> Self {
        let mut heads = vec![END; (numbers.len() * 2).next_power_of_two()];
        let mut next = vec![END; numbers.len()];
        let mask = heads.len() - 1;
        // From the end, so that each chain ascends.
        for (at, number) in numbers.iter().enumerate().rev() {
            let head = &mut heads[*number as usize & mask];
            next[at] = *head;
            *head = super::pattern::number(at);
        }
        Self { heads, next }
    }

    /// The indices, ascending, whose number may be this one.
    pub fn of(&self, number: u32) -> impl Iterator<Item = u32> {
        let mut at = self.heads[number as usize & (self.heads.len() - 1)];
        std::iter::from_fn(move || {
            let found = at;
            at = *self.next.get(found as usize)?;
            Some(found)
        })
    }
}

/// Pairs of numbers; says of a few others that they are among them.
#[derive(Debug)]
pub(super) struct PairFilter {
    /// As many as a power of two.
    bits: Vec<u64>,
}

impl PairFilter {
    pub fn with_room_for(pairs: usize) -> Self {
        /// One pair in so many bits: of the others one in twenty is taken for one of them.
        const BITS_OF_PAIR: usize = 16;
        let words = (pairs * BITS_OF_PAIR / 64).max(1).next_power_of_two();
        Self {
            bits: vec![0; words],
        }
    }

    #[inline]
    pub fn insert(&mut self, first: u32, second: u32) {
        let (word, bit) = self.place(first, second);
        self.bits[word] |= bit;
    }

    #[inline]
    pub fn may_have(&self, first: u32, second: u32) -> bool {
        let (word, bit) = self.place(first, second);
        self.bits[word] & bit != 0
    }

    #[inline]
    fn place(&self, first: u32, second: u32) -> (usize, u64) {
        /// Odd, with its ones and zeros well mixed: the golden ratio in 64 bits.
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let hash = (u64::from(first) << 32 | u64::from(second)).wrapping_mul(STEP);
        let hash = (hash ^ (hash >> 32)).wrapping_mul(STEP) >> 32;
        let word = (hash >> 6) as usize & (self.bits.len() - 1);
        (word, 1 << (hash & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_hold_what_was_put_in() {
        let numbers: Vec<u32> = (0..1_000).map(|n| n * n % 97).collect();
        let chains = Chains::new(&numbers);
        for number in 0..97 {
            let found = chains
                .of(number)
                .filter(|at| numbers[*at as usize] == number);
            let expected = (0..1_000).filter(|at| numbers[*at as usize] == number);
            assert!(found.eq(expected), "{number}");
        }
        assert_eq!(Chains::new(&[]).of(7).next(), None);
    }

    #[test]
    fn few_pairs_are_taken_for_others() {
        let mut pairs = PairFilter::with_room_for(1_000);
        for number in 0..1_000 {
            pairs.insert(number, number + 1);
        }
        assert!((0..1_000).all(|number| pairs.may_have(number, number + 1)));
        let wrong = (0..1_000).filter(|number| pairs.may_have(number + 1, *number));
        assert!(wrong.count() < 100);
    }
}
