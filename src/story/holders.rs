//! The articles of the window that hold one look-up key.

use std::collections::VecDeque;
use std::slice;

/// Numbers of articles, ascending. Nearly every key is held by one article: that one needs no memory of its own.
#[derive(Debug)]
pub(super) enum Holders {
    One(u32),
    /// Never empty.
    #[allow(
        clippy::box_collection,
        reason = "half the size of the enum, of which there are millions"
    )]
    Many(Box<VecDeque<u32>>),
}

impl Holders {
    /// Adds an article, which is newer than all that are there.
    pub fn push(&mut self, number: u32) {
        match self {
            Self::One(first) => *self = Self::Many(Box::new(VecDeque::from([*first, number]))),
            Self::Many(numbers) => numbers.push_back(number),
        }
    }

    /// Takes the oldest out; true when it was the last, and nothing may be asked of these any more.
    pub fn take_oldest(&mut self) -> bool {
        match self {
            Self::One(_) => true,
            Self::Many(numbers) => {
                numbers.pop_front();
                numbers.is_empty()
            }
        }
    }

    /// The newest first.
    pub fn newest(&self) -> impl Iterator<Item = u32> {
        let (older, newer) = match self {
            Self::One(number) => (slice::from_ref(number), [].as_slice()),
            Self::Many(numbers) => numbers.as_slices(),
        };
        newer.iter().rev().chain(older.iter().rev()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_the_newest_is_named_first() {
        let mut holders = Holders::One(1);
        (2..6).for_each(|number| holders.push(number));
        assert_eq!(holders.newest().collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
        let taken: Vec<bool> = (0..5).map(|_| holders.take_oldest()).collect();
        assert_eq!(taken, [false, false, false, false, true]);
        assert!(Holders::One(7).take_oldest());
        assert_eq!(Holders::One(7).newest().collect::<Vec<_>>(), [7]);
    }
}
