//! Which words tell two sets of articles apart: log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi,
//! Quinn: "Fightin' Words", Political Analysis 16, 2008, section 3.5.1), over the number of articles that have a word.

use rustc_hash::FxHashMap;

use super::words::Key;

/// What the prior weighs, in articles: as much as a handful of marks.
const PRIOR_ARTICLES: f64 = 10.0;
/// What a word weighs in the prior that the background does not have.
const UNSEEN: f64 = 0.05;

/// How many articles of a set have each word.
#[derive(Debug, Default)]
pub(super) struct Counts {
    articles: u32,
    by_word: FxHashMap<Key, (u32, String)>,
}

impl Counts {
    /// Adds the words of one article.
    pub fn add(&mut self, words: FxHashMap<Key, String>) {
        self.articles += 1;
        for (key, written) in words {
            let (count, _) = self.by_word.entry(key).or_insert((0, written));
            *count += 1;
        }
    }

    pub fn of(&self, key: &Key) -> u32 {
        self.by_word.get(key).map_or(0, |(count, _)| *count)
    }

    /// A way in which a word is written.
    pub fn written(&self, key: &Key) -> Option<&str> {
        self.by_word.get(key).map(|(_, written)| written.as_str())
    }
}

/// The words of `of` that at least `at_least` of its articles have and that stand out against `against`, most telling
/// first, each with its z-score. `background` says how common words are anyway.
pub(super) fn telling(
    of: &Counts,
    against: &Counts,
    background: &Counts,
    at_least: u32,
) -> Vec<(Key, f64)> {
    let share =
        |counts: &Counts, key: &Key| f64::from(counts.of(key)) / f64::from(counts.articles.max(1));
    // Log-odds of having the word in a set, and its variance's part, with the prior added.
    let odds = |counts: &Counts, key: &Key, prior: f64| {
        let with = f64::from(counts.of(key)) + prior;
        let without = f64::from(counts.articles) + PRIOR_ARTICLES + UNSEEN - with;
        ((with / without.max(UNSEEN)).ln(), 1.0 / with)
    };
    let candidates = of
        .by_word
        .iter()
        .filter(|(_, (count, _))| *count >= at_least);
    let mut found: Vec<(Key, f64)> = candidates
        .map(|(key, _)| {
            let prior = (PRIOR_ARTICLES * share(background, key)).max(UNSEEN);
            let (ours, one) = odds(of, key, prior);
            let (theirs, other) = odds(against, key, prior);
            (key.clone(), (ours - theirs) / (one + other).sqrt())
        })
        .filter(|(_, z)| *z > 0.0)
        .collect();
    found.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
    found
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    fn counts(texts: &[&str]) -> Counts {
        let mut counts = Counts::default();
        texts
            .iter()
            .for_each(|text| counts.add(words(text, Some("en"))));
        counts
    }

    #[test]
    fn what_only_one_side_has_tells_most_and_common_words_tell_nothing() {
        let noise = counts(&[
            "friendly match today",
            "a friendly game today",
            "friendly matches today",
        ]);
        let relevant = counts(&[
            "talks in Moscow today",
            "ministers meet today",
            "a visit today",
        ]);
        let background = counts(&["rain today", "friendly neighbours today", "talks today"]);
        let found = telling(&noise, &relevant, &background, 2);
        let words: Vec<&str> = found
            .iter()
            .filter_map(|(key, _)| noise.written(key))
            .collect();
        assert_eq!(words[0], "friendly");
        assert!(!words.contains(&"today"), "{words:?}");
        assert!(
            !words.contains(&"game"),
            "one article is too few: {words:?}"
        );
        let z = |text: &str| {
            found
                .iter()
                .find(|(key, _)| noise.written(key) == Some(text))
        };
        assert!(z("friendly").unwrap().1 > z("friendly match").unwrap().1);
    }

    #[test]
    fn words_of_scripts_without_spaces_are_cut_by_dictionary() {
        let words = words("中国外交部长访问 Moscow", Some("zh"));
        let mut written: Vec<String> = words.into_values().collect();
        written.sort();
        assert!(
            written.contains(&"访问".to_owned()) && written.contains(&"moscow".to_owned()),
            "{written:?}"
        );
        assert!(!written.contains(&"长".to_owned()), "{written:?}");
    }
}
