//! How much two reports are about one happening.

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::features::{Bag, Features};
use super::names::Writing;

/// In how many of the reports at hand each feature stands. Only these are counted: all of them are
/// about the watch's topic, and what is common to them tells none apart.
#[derive(Debug)]
pub(super) struct Rarity {
    /// The place of each feature in `reports`.
    places: FxHashMap<u32, u32>,
    /// The places of the features of each report, one report behind the other, so that each feature is looked up once.
    of_reports: Vec<u32>,
    /// Where each report begins in `of_reports`.
    begins: Vec<usize>,
    /// How many reports have the feature.
    reports: Vec<u32>,
    /// How much a feature tells by the number of reports that have it.
    weights: Vec<f64>,
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

/// Features of a report that no other has, as a guess at how large a table will be.
const NEW_FEATURES: usize = 16;

impl Rarity {
    fn of<'a>(imagined: f64, reports: impl Iterator<Item = &'a Bag>) -> Self {
        let expected = reports.size_hint().0 * NEW_FEATURES;
        let mut places = FxHashMap::<u32, u32>::with_capacity_and_hasher(expected, FxBuildHasher);
        let (mut of_reports, mut begins, mut counts) = (Vec::new(), Vec::new(), Vec::<u32>::new());
        for bag in reports {
            begins.push(of_reports.len());
            for (id, _) in bag {
                let place = *places.entry(*id).or_insert_with(|| {
                    counts.push(0);
                    // Reports at hand are a few hundred, of at most 60 features each.
                    counts.len() as u32 - 1
                });
                counts[place as usize] += 1;
                of_reports.push(place);
            }
        }
        let all = begins.len();
        let weight = |reports: usize| {
            let rarity: f64 = (all as f64 + imagined) / (reports as f64 + 0.5);
            rarity.ln().max(0.05)
        };
        Self {
            places,
            of_reports,
            begins,
            reports: counts,
            weights: (0..=all).map(weight).collect(),
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
        let place = self.places.get(&id);
        let reports = place.map_or(0, |place| self.reports[*place as usize]);
        self.weights[reports as usize]
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

    /// Cosine of a bag and that of the report `number` of those that were counted.
    pub fn cosine_with(&self, a: &Weighed, number: usize, b: &Bag) -> f64 {
        let places = &self.of_reports[self.begins[number]..];
        let (mut squares, mut product) = (0.0, 0.0);
        let mut ours = a.features.as_slice();
        for ((id, weight), place) in b.iter().zip(places) {
            let weight = f64::from(*weight) * self.weights[self.reports[*place as usize] as usize];
            squares += weight * weight;
            while let [(other, _), rest @ ..] = ours
                && other < id
            {
                ours = rest;
            }
            if let [(other, our_weight), rest @ ..] = ours
                && other == id
            {
                product += our_weight * weight;
                ours = rest;
            }
        }
        let norms = a.norm * f64::sqrt(squares);
        if norms == 0.0 { 0.0 } else { product / norms }
    }

    /// Cosine of two bags under these weights.
    fn cosine(&self, a: &Weighed, b: &Bag) -> f64 {
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
pub(super) const DETAILS_MIN: usize = 2;

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
        let is_syllabic = |features: &Features| features.writing == Writing::Syllabic;
        // Counted only if a pair of reports can be compared by them.
        let needs_merged = reports.clone().any(is_syllabic);
        let needs_names = reports.clone().filter(|f| !is_syllabic(f)).count() > 1;
        let names = reports.clone().filter(|_| needs_names);
        let merged_names = reports.clone().filter(|_| needs_merged);
        Self {
            names: Rarity::of_names(names.map(|features| &features.names)),
            merged_names: Rarity::of_names(merged_names.map(|features| &features.merged_names)),
            numbers: Rarity::of_names(reports.map(|features| &features.numbers)),
            // Not counted: that all reports name the watch's countries is no reason to doubt them.
            countries: Rarity::of_names(std::iter::empty()),
        }
    }

    /// Likeness of two reports in different languages, 0 to 1.6: names first, since countries are
    /// shared by all reports of a watch and numbers by chance. 0 when they have fewer than `details_min` names and numbers
    /// in common.
    pub fn likeness(&self, a: &Features, b: &Features, details_min: usize) -> f64 {
        let is_syllabic = [a, b].iter().any(|f| f.writing == Writing::Syllabic);
        let (rarity, ours, theirs) = if is_syllabic {
            (&self.merged_names, &a.merged_names, &b.merged_names)
        } else {
            (&self.names, &a.names, &b.names)
        };
        if common(ours, theirs) + common(&a.numbers, &b.numbers) < details_min {
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
