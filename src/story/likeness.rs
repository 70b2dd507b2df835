//! How much two reports are about one happening.

use rustc_hash::FxHashMap;

use super::features::{Bag, Features};
use super::names::Writing;

/// In how many of the reports at hand each feature stands. Only these are counted: all of them are
/// about the watch's topic, and what is common to them tells none apart.
#[derive(Debug)]
pub(super) struct Rarity {
    reports: f64,
    imagined: f64,
    features: FxHashMap<u32, u32>,
}

/// Reports imagined beside those at hand, so that a handful does not make a feature rare or common,
/// and which of them happen to have come already matters little. The words of one language are many
/// and most are rare; names fewer, and of one topic.
const WORDS_IMAGINED: f64 = 30.0;
const NAMES_IMAGINED: f64 = 6.0;

impl Rarity {
    fn of<'a>(imagined: f64, reports: impl Iterator<Item = &'a Bag>) -> Self {
        let mut rarity = Self {
            reports: 0.0,
            imagined,
            features: FxHashMap::default(),
        };
        for bag in reports {
            rarity.reports += 1.0;
            for (id, _) in bag {
                *rarity.features.entry(*id).or_default() += 1;
            }
        }
        rarity
    }

    /// Counts words.
    pub fn of_words<'a>(reports: impl Iterator<Item = &'a Bag>) -> Self {
        Self::of(WORDS_IMAGINED, reports)
    }

    /// Counts names or numbers.
    fn of_names<'a>(reports: impl Iterator<Item = &'a Bag>) -> Self {
        Self::of(NAMES_IMAGINED, reports)
    }

    fn weight(&self, id: u32) -> f64 {
        let reports = self.features.get(&id).copied().unwrap_or_default();
        ((self.reports + self.imagined) / (f64::from(reports) + 0.5))
            .ln()
            .max(0.05)
    }

    fn weighed<'a>(&'a self, bag: &'a Bag) -> impl Iterator<Item = (u32, f64)> + 'a {
        bag.iter()
            .map(|(id, weight)| (*id, f64::from(*weight) * self.weight(*id)))
    }

    fn norm(&self, bag: &Bag) -> f64 {
        self.weighed(bag).map(|(_, w)| w * w).sum::<f64>().sqrt()
    }

    /// Cosine of two bags under these weights.
    pub fn cosine(&self, a: &Bag, b: &Bag) -> f64 {
        self.product_share(a, b, self.norm(a) * self.norm(b))
    }

    /// The same where one bag has names and the other what may be names: a longer one is not blamed
    /// for the words in it that are none.
    fn cosine_of_guess(&self, names: &Bag, guessed: &Bag) -> f64 {
        let norm = self.norm(names);
        self.product_share(names, guessed, norm * norm.min(self.norm(guessed)))
    }

    /// The scalar product of two bags as a share of `norms`.
    fn product_share(&self, a: &Bag, b: &Bag, norms: f64) -> f64 {
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
    merged_names: Rarity,
    numbers: Rarity,
    countries: Rarity,
}

impl ForeignRarity {
    /// Counts the features of `reports`.
    pub fn of<'a>(reports: impl Iterator<Item = &'a Features> + Clone) -> Self {
        let merged_names = reports.clone().map(|features| &features.merged_names);
        Self {
            names: Rarity::of_names(reports.clone().map(|features| &features.names)),
            merged_names: Rarity::of_names(merged_names),
            numbers: Rarity::of_names(reports.map(|features| &features.numbers)),
            // Not counted: that all reports name the watch's countries is no reason to doubt them.
            countries: Rarity::of_names(std::iter::empty()),
        }
    }

    /// Likeness of two reports in different languages, 0 to 1.6: names first, since countries are
    /// shared by all reports of a watch and numbers by chance.
    pub fn likeness(&self, a: &Features, b: &Features) -> f64 {
        let is_syllabic = [a, b].iter().any(|f| f.writing == Writing::Syllabic);
        let (rarity, ours, theirs) = if is_syllabic {
            (&self.merged_names, &a.merged_names, &b.merged_names)
        } else {
            (&self.names, &a.names, &b.names)
        };
        if common(ours, theirs) + common(&a.numbers, &b.numbers) < DETAILS_MIN {
            return 0.0;
        }
        let names = match (a.writing, b.writing) {
            (Writing::Cased, Writing::Uncased | Writing::Syllabic) => {
                rarity.cosine_of_guess(ours, theirs)
            }
            (Writing::Uncased | Writing::Syllabic, Writing::Cased) => {
                rarity.cosine_of_guess(theirs, ours)
            }
            _ => rarity.cosine(ours, theirs),
        };
        names
            + COUNTRIES_SHARE * self.countries.cosine(&a.countries, &b.countries)
            + NUMBERS_SHARE * self.numbers.cosine(&a.numbers, &b.numbers)
    }
}

fn common(a: &Bag, b: &Bag) -> usize {
    let holds = |id: &u32| b.binary_search_by_key(id, |(other, _)| *other).is_ok();
    a.iter().filter(|(id, _)| holds(id)).count()
}
