//! Pairs of bytes: the quickest way to see that a word has nothing that is looked for.

/// Which pairs of bytes there are.
#[derive(Debug)]
pub(super) struct BytePairs {
    bits: Box<[u64; 1 << 10]>,
}

impl Default for BytePairs {
    fn default() -> Self {
        Self {
            bits: Box::new([0; 1 << 10]),
        }
    }
}

impl BytePairs {
    pub fn insert(&mut self, first: u8, second: u8) {
        let (word, bit) = place(first, second);
        self.bits[word] |= bit;
    }

    #[inline]
    pub fn contains(&self, first: u8, second: u8) -> bool {
        let (word, bit) = place(first, second);
        self.bits[word] & bit != 0
    }
}

#[inline]
fn place(first: u8, second: u8) -> (usize, u64) {
    let pair = u16::from_le_bytes([first, second]);
    (usize::from(pair >> 6), 1 << (pair & 63))
}
