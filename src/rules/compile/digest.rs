//! The fingerprint of a set of watches, which one watch can be taken out of and put into.

use std::fmt;

use crate::rules::rule_set::Watch;

/// A sum of hashes, one of each watch: what is left when a watch is taken out is what the others alone come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::rules) struct Digest([u64; 4]);

impl Digest {
    /// With these watches, too.
    pub fn with<'w>(self, watches: impl IntoIterator<Item = &'w Watch>) -> Self {
        watches.into_iter().fold(self, |sum, watch| {
            let mut words = sum.0;
            for (word, more) in words.iter_mut().zip(hash(watch)) {
                *word = word.wrapping_add(more);
            }
            Self(words)
        })
    }

    /// Without these watches, which were in it.
    pub fn without<'w>(self, watches: impl IntoIterator<Item = &'w Watch>) -> Self {
        watches.into_iter().fold(self, |sum, watch| {
            let mut words = sum.0;
            for (word, less) in words.iter_mut().zip(hash(watch)) {
                *word = word.wrapping_sub(less);
            }
            Self(words)
        })
    }
}

fn hash(watch: &Watch) -> [u64; 4] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(watch.name.as_bytes());
    hasher.update(b"\0");
    hasher.update(watch.version.as_bytes());
    let hash = hasher.finalize();
    let (words, _) = hash.as_bytes().as_chunks::<8>();
    std::array::from_fn(|at| u64::from_le_bytes(words[at]))
}

/// Hex.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|word| write!(f, "{word:016x}"))
    }
}
