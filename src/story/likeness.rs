//! How much two reports are about one happening.

use super::feature_table::FeatureTable;
use super::features::{Bag, Features};
use super::names::Writing;

/// In how many of the reports at hand each feature stands. Only these are counted: all of them are
/// about the watch's topic, and what is common to them tells none apart.
///
/// The last report is the one that the others are compared with.
#[derive(Debug)]
pub(super) struct Rarity {
    /// The places of the features of each report, one report behind the other, so that each feature is looked up once.
    of_reports: Vec<u32>,
    /// Where each report begins in `of_reports`; one more for the end.
    begins: Vec<usize>,
    /// How much the feature of a place tells.
    tells: Vec<f64>,
    /// What the last report has at a place, weighed; 0 where it has nothing.
    ours: Vec<f64>,
    /// Norm of the last report.
    our_norm: f64,
}

/// What a report has in common with the last one.
#[derive(Debug, Clone, Copy)]
struct Common {
    /// Scalar product of the two under the weights.
    product: f64,
    /// Norm of the report.
    norm: f64,
    /// Features in common.
    count: usize,
}

/// Reports imagined beside those at hand, so that a handful does not make a feature rare or common,
/// and which of them happen to have come already matters little. The words of one language are many
/// and most are rare; names fewer, and of one topic.
const WORDS_IMAGINED: f64 = 30.0;
const NAMES_IMAGINED: f64 = 6.0;

impl Rarity {
    fn of<'a>(imagined: f64, reports: impl Iterator<Item = &'a Bag> + Clone) -> Self {
        let features = reports.clone().map(Vec::len).sum();
        let mut table = FeatureTable::for_features(features);
        let mut of_reports = Vec::with_capacity(features);
        let mut begins = vec![0];
        let mut counts: Vec<u32> = Vec::with_capacity(features);
        for bag in reports.clone() {
            for (id, _) in bag {
                let place = table.place_of(*id);
                if place as usize == counts.len() {
                    counts.push(0);
                }
                counts[place as usize] += 1;
                of_reports.push(place);
            }
            begins.push(of_reports.len());
        }
        let all = begins.len() - 1;
        let weight = |reports: usize| {
            let rarity: f64 = (all as f64 + imagined) / (reports as f64 + 0.5);
            rarity.ln().max(0.05)
        };
        let by_count: Vec<f64> = (0..=all).map(weight).collect();
        let tells: Vec<f64> = counts
            .iter()
            .map(|count| by_count[*count as usize])
            .collect();
        let mut rarity = Self {
            ours: vec![0.0; tells.len()],
            our_norm: 0.0,
            of_reports,
            begins,
            tells,
        };
        if let Some(last) = reports.last() {
            rarity.set_ours(last);
        }
        rarity
    }

    fn set_ours(&mut self, last: &Bag) {
        let begin = self.of_reports.len() - last.len();
        let mut squares = 0.0;
        for ((_, weight), place) in last.iter().zip(&self.of_reports[begin..]) {
            let place = *place as usize;
            let weight = f64::from(*weight) * self.tells[place];
            squares += weight * weight;
            self.ours[place] = weight;
        }
        self.our_norm = f64::sqrt(squares);
    }

    /// Counts words.
    pub fn of_words<'a>(reports: impl Iterator<Item = &'a Bag> + Clone) -> Self {
        Self::of(WORDS_IMAGINED, reports)
    }

    /// Counts names or numbers.
    fn of_names<'a>(reports: impl Iterator<Item = &'a Bag> + Clone) -> Self {
        Self::of(NAMES_IMAGINED, reports)
    }

    /// What the report `number`, which has this bag, has in common with the last.
    fn common(&self, number: usize, bag: &Bag) -> Common {
        let places = &self.of_reports[self.begins[number]..self.begins[number + 1]];
        let (mut squares, mut product, mut count) = (0.0, 0.0, 0);
        for ((_, weight), place) in bag.iter().zip(places) {
            let place = *place as usize;
            let weight = f64::from(*weight) * self.tells[place];
            let ours = self.ours[place];
            squares += weight * weight;
            product += weight * ours;
            count += usize::from(ours > 0.0);
        }
        Common {
            product,
            norm: f64::sqrt(squares),
            count,
        }
    }

    /// Cosine of the bag of the report `number` and that of the last report.
    pub fn cosine(&self, number: usize, bag: &Bag) -> f64 {
        self.common(number, bag).over(self.our_norm)
    }
}

impl Common {
    /// Cosine with a report of this norm.
    fn over(self, our_norm: f64) -> f64 {
        share(self.product, our_norm * self.norm)
    }
}

fn share(product: f64, norms: f64) -> f64 {
    if norms == 0.0 { 0.0 } else { product / norms }
}

/// Cosine of two bags whose features all tell the same.
fn plain_cosine(a: &Bag, b: &Bag) -> f64 {
    let norm = |bag: &Bag| {
        let squares = bag.iter().map(|(_, weight)| f64::from(*weight).powi(2));
        f64::sqrt(squares.sum::<f64>())
    };
    let mut theirs = b.iter().peekable();
    let mut product = 0.0;
    for (id, weight) in a {
        while theirs.next_if(|(other, _)| other < id).is_some() {}
        if let Some((_, other)) = theirs.next_if(|(other, _)| other == id) {
            product += f64::from(*weight) * f64::from(*other);
        }
    }
    share(product, norm(a) * norm(b))
}

/// Names and numbers that reports in two languages must have in common, at least.
pub(super) const DETAILS_MIN: usize = 2;

/// What countries and numbers add to the likeness of names.
const COUNTRIES_SHARE: f64 = 0.3;
const NUMBERS_SHARE: f64 = 0.3;

/// How common names and numbers are among the reports at hand, for comparing across languages. Countries are
/// not counted: that all reports name the watch's countries is no reason to doubt them.
#[derive(Debug)]
pub(super) struct ForeignRarity {
    names: Rarity,
    merged_names: Rarity,
    numbers: Rarity,
}

impl ForeignRarity {
    /// Counts the features of `reports`, the last of which is to be compared with the others.
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
        }
    }

    /// Likeness, 0 to 1.6, of the report `number`, whose features are `theirs`, and the last one, whose features are `ours`
    /// and in another language: names first, since countries are shared by all reports of a watch and numbers by chance. 0
    /// when they have fewer than `details_min` names and numbers in common.
    pub fn likeness(
        &self,
        number: usize,
        theirs: &Features,
        ours: &Features,
        details_min: usize,
    ) -> f64 {
        let is_syllabic = [ours, theirs]
            .iter()
            .any(|f| f.writing == Writing::Syllabic);
        let (rarity, bag) = if is_syllabic {
            (&self.merged_names, &theirs.merged_names)
        } else {
            (&self.names, &theirs.names)
        };
        let names = rarity.common(number, bag);
        let numbers = self.numbers.common(number, &theirs.numbers);
        if names.count + numbers.count < details_min {
            return 0.0;
        }
        // Where one has names and the other what may be names, the longer one is not blamed for the words in it that are none.
        let of_names = match (ours.writing, theirs.writing) {
            (Writing::Cased, Writing::Uncased | Writing::Syllabic) => {
                let our_norm = rarity.our_norm;
                share(names.product, our_norm * our_norm.min(names.norm))
            }
            (Writing::Uncased | Writing::Syllabic, Writing::Cased) => {
                share(names.product, names.norm * names.norm.min(rarity.our_norm))
            }
            _ => names.over(rarity.our_norm),
        };
        of_names
            + COUNTRIES_SHARE * plain_cosine(&ours.countries, &theirs.countries)
            + NUMBERS_SHARE * numbers.over(self.numbers.our_norm)
    }
}
