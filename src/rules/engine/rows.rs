//! Rows of numbers in one flat piece of memory.

use super::pattern::number;

/// Rows by their index; none is a piece of memory of its own.
#[derive(Debug, PartialEq)]
pub(in crate::rules) struct Rows<T> {
    /// Where each row ends.
    ends: Box<[u32]>,
    values: Box<[T]>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            ends: Box::default(),
            values: Box::default(),
        }
    }
}

impl<T: Copy + Default> Rows<T> {
    /// Rows out of pairs of a row's index and a value; values keep their order. `pairs` is gone through twice.
    pub fn new(rows: usize, pairs: impl Iterator<Item = (u32, T)> + Clone) -> Self {
        let mut ends = vec![0_u32; rows + 1];
        for (row, _) in pairs.clone() {
            ends[row as usize + 1] += 1;
        }
        for row in 0..rows {
            ends[row + 1] += ends[row];
        }
        let mut values = vec![T::default(); ends[rows] as usize];
        // The beginning of each row moves to its end as it fills.
        for (row, value) in pairs {
            let at = &mut ends[row as usize];
            values[*at as usize] = value;
            *at += 1;
        }
        ends.truncate(rows);
        Self {
            ends: ends.into(),
            values: values.into(),
        }
    }

    /// A row; an empty one past the end.
    pub fn row(&self, row: u32) -> &[T] {
        let at = row as usize;
        let Some(end) = self.ends.get(at) else {
            return &[];
        };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.values[start as usize..*end as usize]
    }

    /// Several rows, in their order. Where they lie is looked up at once, and then the first value of each is read: memory
    /// is waited for twice, not twice for each row.
    pub fn rows(&self, rows: impl Iterator<Item = u32>) -> Vec<&[T]> {
        let rows: Vec<&[T]> = rows.map(|row| self.row(row)).collect();
        for first in rows.iter().filter_map(|row| row.first()) {
            std::hint::black_box(*first);
        }
        rows
    }
}

/// Numbers below a bound, each once.
#[derive(Debug, Default)]
pub(in crate::rules) struct NumberSet {
    bits: Vec<u64>,
}

impl NumberSet {
    pub fn below(bound: usize) -> Self {
        Self {
            bits: vec![0; bound.div_ceil(64)],
        }
    }

    /// False if it was there already.
    #[inline]
    pub fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = (number as usize / 64, 1 << (number % 64));
        let is_new = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        is_new
    }

    #[inline]
    pub fn contains(&self, number: u32) -> bool {
        let word = self.bits.get(number as usize / 64);
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.bits
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// All of them, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.bits.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(number(at) * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_the_order_of_their_values() {
        let pairs = [(2, 7), (0, 1), (2, 5), (0, 9)];
        let rows: Rows<u32> = Rows::new(4, pairs.into_iter());
        let expected: [&[u32]; 5] = [&[1, 9], &[], &[7, 5], &[], &[]];
        for (at, row) in (0..).zip(expected) {
            assert_eq!(rows.row(at), row, "{at}");
        }
        assert!(Rows::<u32>::default().row(0).is_empty());
    }

    #[test]
    fn a_set_tells_what_is_new() {
        let mut set = NumberSet::below(130);
        let inserted = [129, 0, 64, 129].map(|number| set.insert(number));
        assert_eq!(inserted, [true, true, true, false]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 64, 129]);
        assert_eq!(set.count(), 3);
        assert!(set.contains(64) && !set.contains(63) && !set.contains(500));
    }
}
