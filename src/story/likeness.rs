//! How much two reports are about one happening.

use rustc_hash::FxHashMap;

use super::features::{Bag, Features};

/// In how many of the reports at hand each word stands. Only these are counted: all of them are
/// about the watch's topic, and what is common to them tells none apart.
#[derive(Debug, Default)]
pub(super) struct Rarity {
    reports: f64,
    words: FxHashMap<u32, u32>,
}

/// Reports imagined beside those at hand, so that two or three do not make a word rare or common.
const IMAGINED: f64 = 6.0;

impl Rarity {
    /// Counts the features of one kind over `reports`.
    pub fn of<'a>(reports: impl Iterator<Item = &'a Bag>) -> Self {
        let mut rarity = Self::default();
        for bag in reports {
            rarity.reports += 1.0;
            for (id, _) in bag {
                *rarity.words.entry(*id).or_default() += 1;
            }
        }
        rarity
    }

    fn weight(&self, id: u32) -> f64 {
        let reports = self.words.get(&id).copied().unwrap_or_default();
        ((self.reports + IMAGINED) / (f64::from(reports) + 0.5))
            .ln()
            .max(0.05)
    }

    fn weighed<'a>(&'a self, bag: &'a Bag) -> impl Iterator<Item = (u32, f64)> + 'a {
        bag.iter()
            .map(|(id, weight)| (*id, f64::from(*weight) * self.weight(*id)))
    }

    /// Cosine of two bags under these weights.
    pub fn cosine(&self, a: &Bag, b: &Bag) -> f64 {
        let norm = |bag| self.weighed(bag).map(|(_, w)| w * w).sum::<f64>().sqrt();
        let norms = norm(a) * norm(b);
        if norms == 0.0 {
            return 0.0;
        }
        let mut theirs = self.weighed(b).peekable();
        let mut product = 0.0;
        for (id, weight) in self.weighed(a) {
            while theirs.next_if(|(other, _)| *other < id).is_some() {}
            if let Some((_, other)) = theirs.next_if(|(other, _)| *other == id) {
                product += weight * other;
            }
        }
        product / norms
    }
}

/// What two reports in different languages share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shared {
    /// Names.
    pub names: usize,
    /// Numbers.
    pub numbers: usize,
    /// Cosine of the countries named; 0 when either names none.
    pub countries: f64,
    /// Part of the names of the one that names fewer.
    pub names_part: f64,
}

impl Shared {
    pub fn of(a: &Features, b: &Features) -> Self {
        let names = common(&a.names, &b.names);
        let fewer = a.names.len().min(b.names.len());
        Self {
            names,
            numbers: common(&a.numbers, &b.numbers),
            countries: Rarity::default().cosine(&a.countries, &b.countries),
            names_part: if fewer == 0 {
                0.0
            } else {
                names as f64 / fewer as f64
            },
        }
    }
}

fn common(a: &Bag, b: &Bag) -> usize {
    let holds = |id: &u32| b.binary_search_by_key(id, |(other, _)| *other).is_ok();
    a.iter().filter(|(id, _)| holds(id)).count()
}
