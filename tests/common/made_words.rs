//! Texts of their own for any number of articles.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Words of six letters that no other number has.
pub fn words(number: u64) -> String {
    let mut chance = StdRng::seed_from_u64(number);
    let mut word = || {
        (0..6)
            .map(|_| char::from(chance.random_range(b'a'..=b'z')))
            .collect::<String>()
    };
    (0..40).map(|_| word()).collect::<Vec<_>>().join(" ")
}
