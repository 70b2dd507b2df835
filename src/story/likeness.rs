//! How much two reports are about one happening.

use rustc_hash::FxHashMap;

use super::features::{Bag, Features};
use super::names::Writing;

/// In how many of the reports at hand each feature stands. Only these are counted: all of them are
/// about the watch's topic, and what is common to them tells none apart.
#[derive(Debug)]
pub(super) struct Rarity {
    /// How much each feature tells.
    weights: FxHashMap<u32, f64>,
    /// How much one tells that no report has.
    unseen: f64,
}

/// A bag under the weights of a [`Rarity`], to be compared with many.
#[derive(Debug)]
pub(super) struct Weighed {
    /// Ascending by id.
    features: Vec<(u32, f64)>,
    norm: f64,
}

/// Reports imagined beside those at hand, so that a handful does not make a feature rare or common,
/// and which of them happen to have come already matters little. The words of one language are many
/// and most are rare; names fewer, and of one topic.
const WORDS_IMAGINED: f64 = 30.0;
const NAMES_IMAGINED: f64 = 6.0;

impl Rarity {
    fn of<'a>(imagined: f64, reports: impl Iterator<Item = &'a Bag>) -> Self {
        let (mut all, mut counts) = (0.0, FxHashMap::<u32, u32>::default());
        for bag in reports {
            all += 1.0;
            for (id, _) in bag {
                *counts.entry(*id).or_default() += 1;
            }
        }
        // A bag is weighed for every candidate: the logarithm is taken once for each feature.
        let weight = |reports: u32| {
            let rarity: f64 = (all + imagined) / (f64::from(reports) + 0.5);
            rarity.ln().max(0.05)
        };
        Self {
            unseen: weight(0),
            weights: counts
                .into_iter()
                .map(|(id, reports)| (id, weight(reports)))
                .collect(),
        }
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
        self.weights.get(&id).copied().unwrap_or(self.unseen)
    }

    fn weighed<'a>(&'a self, bag: &'a Bag) -> impl Iterator<Item = (u32, f64)> + 'a {
        bag.iter()
            .map(|(id, weight)| (*id, f64::from(*weight) * self.weight(*id)))
    }

    /// Weighs a bag.
    pub fn weigh(&self, bag: &Bag) -> Weighed {
        let features: Vec<(u32, f64)> = self.weighed(bag).collect();
        let squares = features.iter().map(|(_, w)| w * w);
        let norm = squares.sum::<f64>().sqrt();
        Weighed { features, norm }
    }

    /// Cosine of two bags under these weights.
    pub fn cosine(&self, a: &Weighed, b: &Bag) -> f64 {
        let b = self.weigh(b);
        product_share(a, &b, a.norm * b.norm)
    }

    /// The same where one bag has names and the other what may be names: a longer one is not blamed
    /// for the words in it that are none.
    fn cosine_of_guess(&self, names: &Bag, guessed: &Bag) -> f64 {
        let (names, guessed) = (self.weigh(names), self.weigh(guessed));
        product_share(&names, &guessed, names.norm * names.norm.min(guessed.norm))
    }
}

/// The scalar product of two bags as a share of `norms`.
fn product_share(a: &Weighed, b: &Weighed, norms: f64) -> f64 {
    if norms == 0.0 {
        return 0.0;
    }
    let mut theirs = b.features.iter().peekable();
    let mut product = 0.0;
    for (id, weight) in &a.features {
        while theirs.next_if(|(other, _)| other < id).is_some() {}
        if let Some((_, other)) = theirs.next_if(|(other, _)| other == id) {
            product += weight * other;
        }
    }
    product / norms
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
            _ => rarity.cosine(&rarity.weigh(ours), theirs),
        };
        names
            + COUNTRIES_SHARE
                * self
                    .countries
                    .cosine(&self.countries.weigh(&a.countries), &b.countries)
            + NUMBERS_SHARE
                * self
                    .numbers
                    .cosine(&self.numbers.weigh(&a.numbers), &b.numbers)
    }
}

fn common(a: &Bag, b: &Bag) -> usize {
    let holds = |id: &u32| b.binary_search_by_key(id, |(other, _)| *other).is_ok();
    a.iter().filter(|(id, _)| holds(id)).count()
}
