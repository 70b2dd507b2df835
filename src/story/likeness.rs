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

/// Names and numbers that reports in two languages must have in common, at least.
const DETAILS_MIN: usize = 2;

/// What countries and numbers add to the likeness of names.
const COUNTRIES_SHARE: f64 = 0.3;
const NUMBERS_SHARE: f64 = 0.3;

/// How common names and numbers are among the reports at hand, for comparing across languages.
#[derive(Debug)]
pub(super) struct ForeignRarity {
    names: Rarity,
    numbers: Rarity,
    countries: Rarity,
}

impl ForeignRarity {
    /// Counts the features of `reports`.
    pub fn of<'a>(reports: impl Iterator<Item = &'a Features> + Clone) -> Self {
        Self {
            names: Rarity::of(reports.clone().map(|features| &features.names)),
            numbers: Rarity::of(reports.map(|features| &features.numbers)),
            // Not counted: that all reports name the watch's countries is no reason to doubt them.
            countries: Rarity::default(),
        }
    }

    /// Likeness of two reports in different languages, 0 to 1.6: names first, since countries are
    /// shared by all reports of a watch and numbers by chance.
    pub fn likeness(&self, a: &Features, b: &Features) -> f64 {
        if common(&a.names, &b.names) + common(&a.numbers, &b.numbers) < DETAILS_MIN {
            return 0.0;
        }
        self.names.cosine(&a.names, &b.names)
            + COUNTRIES_SHARE * self.countries.cosine(&a.countries, &b.countries)
            + NUMBERS_SHARE * self.numbers.cosine(&a.numbers, &b.numbers)
    }
}

fn common(a: &Bag, b: &Bag) -> usize {
    let holds = |id: &u32| b.binary_search_by_key(id, |(other, _)| *other).is_ok();
    a.iter().filter(|(id, _)| holds(id)).count()
}
