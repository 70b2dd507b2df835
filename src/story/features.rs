//! Same story: the telling words of a report, and what it says in every language alike.

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::text::{Analysis, Token};

use super::hash;
use super::names::{self, Writing};
use super::skeleton::{merged, skeleton};

/// Ids with weights, ascending by id.
pub(super) type Bag = Vec<(u32, u8)>;

/// Body tokens looked at: news says what happened first.
pub(super) const LEAD_TOKENS: usize = 160;

/// Most features kept of each sort.
const WORDS_MAX: usize = 60;
const NAMES_MAX: usize = 32;
const NUMBERS_MAX: usize = 12;
const COUNTRIES_MAX: usize = 8;

/// Consonants of a long name by which it is known without its end.
const BEGINNING: usize = 5;

/// A title word counts as three.
const TITLE_WEIGHT: f64 = 3.0;

/// A name tells more than another word.
const NAME_WEIGHT: f64 = 1.6;

/// Weights are kept in eighths.
const WEIGHT_UNIT: f64 = 8.0;

/// Weighted features of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Features {
    /// Hash of the language tag; 0 when unknown.
    pub lang: u32,
    /// Stems of its own language.
    pub words: Bag,
    /// How it writes names.
    pub writing: Writing,
    /// Skeletons of names; empty when they are written in syllables.
    pub names: Bag,
    /// Merged skeletons of names, for comparing with those written in syllables.
    pub merged_names: Bag,
    /// Numbers of two digits and more that are no years.
    pub numbers: Bag,
    /// Countries.
    pub countries: Bag,
}

impl Features {
    /// Collects the features of a title and a body, each with its text.
    pub fn of(title: (&str, &Analysis), body: (&str, &Analysis)) -> Self {
        let lang = body.1.lang.as_deref().or(title.1.lang.as_deref());
        let lead = &body.1.tokens[..body.1.tokens.len().min(LEAD_TOKENS)];
        let writing = Writing::of(title.1.tokens.iter().chain(lead));
        let mut counter = Counter {
            writing,
            w_is_v: matches!(lang, Some("de" | "pl")),
            words: FxHashMap::with_capacity_and_hasher(LEAD_TOKENS, FxBuildHasher),
            ..Counter::default()
        };
        counter.count(lead, body.0, 1.0, true);
        let title_case = is_title_case(&title.1.tokens, title.0);
        counter.count(&title.1.tokens, title.0, TITLE_WEIGHT, !title_case);
        let mut countries = country_weights(lead, body.0, lang, 1.0);
        for (code, weight) in country_weights(&title.1.tokens, title.0, lang, TITLE_WEIGHT) {
            *countries.entry(code).or_default() += weight;
        }
        Self {
            lang: lang.map_or(0, |lang| hash::short(hash::of_str(lang))),
            words: bag(counter.words, WORDS_MAX),
            writing,
            names: bag(counter.names, NAMES_MAX),
            merged_names: bag(counter.merged_names, NAMES_MAX),
            numbers: bag(counter.numbers, NUMBERS_MAX),
            countries: bag(countries, COUNTRIES_MAX),
        }
    }

    /// The weightiest features as look-up keys, at most 22. A report that has to guess its names
    /// needs more of them to hit upon one.
    pub fn keys(&self) -> impl Iterator<Item = u64> {
        let merged_max = match self.writing {
            Writing::Cased | Writing::Uncased => 6,
            Writing::Syllabic => 12,
        };
        [
            (&self.words, 8),
            (&self.names, 6),
            (&self.numbers, 2),
            (&self.merged_names, merged_max),
        ]
        .into_iter()
        .zip(1..)
        .flat_map(|((bag, max), sort)| {
            let ids = heaviest(bag, max).into_iter();
            ids.map(move |id| hash::of_hashes([sort, u64::from(id)]))
        })
    }
}

/// Feature weights while they are counted.
#[derive(Default)]
struct Counter {
    words: FxHashMap<u32, f64>,
    writing: Writing,
    /// Its letter `w` sounds like `v`, even behind a vowel: Lawrow.
    w_is_v: bool,
    names: FxHashMap<u32, f64>,
    merged_names: FxHashMap<u32, f64>,
    numbers: FxHashMap<u32, f64>,
    /// Words seen with a capital in mid-sentence: where a title capitalises everything, only these
    /// are names in it.
    capitalised: FxHashSet<u32>,
}

impl Counter {
    fn count(&mut self, tokens: &[Token], text: &str, weight: f64, trusts_capitals: bool) {
        let mut sentence = u32::MAX;
        let mut before: Option<&Token> = None;
        for token in tokens {
            let begins = std::mem::replace(&mut sentence, token.sentence) != token.sentence;
            if token.spaceless {
                self.pair(before.filter(|_| !begins), token, weight);
                before = Some(token);
                continue;
            }
            before = None;
            if token.fold.chars().all(char::is_numeric) {
                self.number(&token.fold, weight);
                continue;
            }
            let capital = starts_upper(token, text);
            let word = if capital { name_of(token) } else { &token.stem };
            let id = hash::short(hash::of_str(word));
            if capital && !begins && trusts_capitals {
                self.capitalised.insert(id);
            }
            let is_name = capital && self.capitalised.contains(&id);
            let importance = word_importance(&token.fold) * if is_name { NAME_WEIGHT } else { 1.0 };
            if importance > 0.0 {
                *self.words.entry(id).or_default() += weight * importance;
            }
            if is_name {
                self.name(word, weight);
            }
        }
        for name in names::candidates(tokens) {
            self.name(&name, weight);
        }
    }

    fn name(&mut self, folded: &str, weight: f64) {
        let skeleton = match self.w_is_v {
            true => skeleton(&folded.replace('w', "v")),
            false => skeleton(folded),
        };
        let Some(skeleton) = skeleton else { return };
        if self.writing != Writing::Syllabic {
            count_name(&mut self.names, &skeleton, weight);
        }
        count_name(&mut self.merged_names, &merged(&skeleton), weight);
    }

    /// Two neighbouring characters of a spaceless script stand for a word.
    fn pair(&mut self, before: Option<&Token>, token: &Token, weight: f64) {
        let Some(before) = before.filter(|before| before.end == token.start) else {
            return;
        };
        let pair = hash::of_hashes([hash::of_str(&before.fold), hash::of_str(&token.fold)]);
        *self.words.entry(hash::short(pair)).or_default() += weight;
    }

    fn number(&mut self, digits: &str, weight: f64) {
        let value: Option<u32> = digits.parse().ok();
        if digits.len() < 2 || value.is_none_or(|value| (1900..2100).contains(&value)) {
            return;
        }
        // 245 billion is 2450亿: only the significant digits are the same.
        let significant = match digits.trim_end_matches('0') {
            short if short.len() < 2 => digits,
            significant => significant,
        };
        let id = hash::short(hash::of_str(significant));
        *self.numbers.entry(id).or_default() += weight;
        *self.words.entry(id).or_default() += weight;
    }
}

/// The word whose sounds are a name's. Russian stems take the end of "Лавров" for that of a genitive ("of the laurels") and
/// leave it on in all its cases; names in `-ов` and `-ев` are too many to miss each other so.
fn name_of(token: &Token) -> &str {
    let rest = token.fold.strip_suffix("ов");
    match rest.or_else(|| token.fold.strip_suffix("ев")) {
        Some(rest) if *rest == *token.stem => &token.fold,
        _ => &token.stem,
    }
}

/// A long name counts also by its beginning: endings differ, and one long name in common says as much as
/// two short ones.
fn count_name(names: &mut FxHashMap<u32, f64>, skeleton: &str, weight: f64) {
    let beginning = skeleton.get(..BEGINNING).filter(|part| *part != skeleton);
    for skeleton in beginning.into_iter().chain([skeleton]) {
        let id = hash::short(hash::of_str(skeleton));
        *names.entry(id).or_default() += weight * distinctness(skeleton);
    }
}

/// A skeleton of three consonants is borne by many names, one of five or more by few.
fn distinctness(skeleton: &str) -> f64 {
    match skeleton.len() {
        0..=3 => 1.0,
        4 => 4.0,
        _ => 9.0,
    }
}

/// Function words are short in every alphabet.
fn word_importance(folded: &str) -> f64 {
    match folded.chars().count() {
        0..=2 => 0.0,
        3 => 0.5,
        _ => 1.0,
    }
}

fn starts_upper(token: &Token, text: &str) -> bool {
    let written = text.get(token.start as usize..);
    let first = written.and_then(|written| written.chars().next());
    first.is_some_and(char::is_uppercase)
}

/// Most longer words of the title begin with a capital, as English headlines have it.
fn is_title_case(tokens: &[Token], text: &str) -> bool {
    let long = || tokens.iter().filter(|t| t.fold.chars().count() >= 4);
    let capitals = long().filter(|token| starts_upper(token, text)).count();
    capitals * 10 > long().count() * 7
}

fn country_weights(
    tokens: &[Token],
    text: &str,
    lang: Option<&str>,
    weight: f64,
) -> FxHashMap<u32, f64> {
    let mut countries = FxHashMap::default();
    for code in super::countries::find(tokens, text, lang) {
        let id = code.bytes().fold(0, |id, byte| id << 8 | u32::from(byte));
        *countries.entry(id).or_default() += weight;
    }
    countries
}

/// The heaviest features with damped weights, ascending by id.
fn bag(weights: FxHashMap<u32, f64>, max: usize) -> Bag {
    let mut heaviest: Vec<(u32, f64)> = weights.into_iter().collect();
    heaviest.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    heaviest.truncate(max);
    let eighths = |weight: f64| (weight.sqrt() * WEIGHT_UNIT).round().clamp(1.0, 255.0) as u8;
    let mut bag: Bag = heaviest
        .into_iter()
        .map(|(id, weight)| (id, eighths(weight)))
        .collect();
    bag.sort_unstable();
    bag
}

fn heaviest(bag: &Bag, max: usize) -> Vec<u32> {
    let mut bag = bag.clone();
    bag.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    bag.into_iter().take(max).map(|(id, _)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::analyse;

    fn features(title: &str, body: &str, lang: &str) -> Features {
        let (of_title, of_body) = (analyse(title, Some(lang)), analyse(body, Some(lang)));
        Features::of((title, &of_title), (body, &of_body))
    }

    fn shared(a: &Bag, b: &Bag) -> usize {
        a.iter()
            .filter(|(id, _)| b.iter().any(|(other, _)| other == id))
            .count()
    }

    #[test]
    fn a_russian_name_is_one_name_in_all_its_cases_and_languages() {
        let english = features(
            "Talks",
            "Earlier Lavrov said so. Later Medvedev agreed.",
            "en",
        );
        let bare = features(
            "Переговоры",
            "Ранее Лавров это сказал. Позже Медведев согласился.",
            "ru",
        );
        let cases = features(
            "Переговоры",
            "Об этом с Лавровым говорили. Потом Медведева видели.",
            "ru",
        );
        for other in [&english, &cases] {
            assert_eq!(shared(&bare.names, &other.names), bare.names.len());
        }
        // The two names and the title, at least.
        assert!(shared(&bare.words, &cases.words) >= 3);
    }
}
