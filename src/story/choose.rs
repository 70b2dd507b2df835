//! Which story an article joins.

use std::cell::LazyCell;

use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;

use crate::model::{ArticleId, StoryChoice, StoryId};

use super::fingerprint::Fingerprint;
use super::likeness::{DETAILS_MIN, ForeignRarity, Rarity};
use super::shingles::Sieve;

/// An article that shares a look-up key.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The article.
    pub article: ArticleId,
    /// Its story.
    pub story: StoryId,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// When it was first seen.
    pub first_seen: Timestamp,
}

/// Thresholds and windows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoryOptions {
    /// How long an article can be joined.
    pub window: SignedDuration,
    /// Part of the shorter text that must stand in the longer one to be the same text.
    pub same_text_min: f64,
    /// Sampled shingles that two texts must have in common to be the same text, unless both are
    /// shorter than that and equal.
    pub same_text_shingles_min: usize,
    /// Likeness (0 to 1) of words from which two reports in one language tell one story.
    pub same_story_min: f64,
    /// After this time the likeness counts half.
    pub half_life: SignedDuration,
    /// How far apart reports in different languages may be.
    pub foreign_window: SignedDuration,
    /// Likeness (0 to 1.6) of names, numbers and countries from which reports in different languages
    /// tell one story.
    pub foreign_min: f64,
    /// An article that is so many times as like two stories as it needs to be to join either shows that they are one.
    pub bridge_min: f64,
}

/// What [`choose`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The story of the article.
    pub story: StoryChoice,
    /// Other stories that the article tells as clearly as the one chosen: they are one happening, and stand apart only
    /// because of the order in which their articles came. Empty for a copy.
    pub bridged: Vec<StoryId>,
}

impl Chosen {
    fn only(story: StoryChoice) -> Self {
        Self {
            story,
            bridged: Vec::new(),
        }
    }

    /// The stories to be made one, the oldest first: it is the one that stays. Empty when there is nothing to do.
    #[must_use]
    pub fn to_merge(&self) -> Vec<StoryId> {
        let StoryChoice::Join { story, .. } = self.story else {
            return Vec::new();
        };
        if self.bridged.is_empty() {
            return Vec::new();
        }
        let mut stories = self.bridged.clone();
        stories.push(story);
        stories.sort_unstable();
        stories
    }
}

impl StoryOptions {
    /// The same, but only the same text joins: for articles of which no time is known, since reports
    /// of different years on one subject look like reports of one happening.
    #[must_use]
    pub fn same_text_only(self) -> Self {
        Self {
            same_story_min: f64::INFINITY,
            foreign_min: f64::INFINITY,
            ..self
        }
    }
}

/// `[alert] stories`: what makes two articles one story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Joining {
    /// The same text, or another report of the same happening, in any language.
    #[default]
    Reports,
    /// The same text only. Who is in a story then hardly depends on the order in which articles come.
    Copies,
}

impl Joining {
    /// The thresholds for it.
    #[must_use]
    pub fn options(self) -> StoryOptions {
        match self {
            Self::Reports => StoryOptions::default(),
            Self::Copies => StoryOptions::default().same_text_only(),
        }
    }
}

impl Default for StoryOptions {
    fn default() -> Self {
        Self {
            window: SignedDuration::from_hours(7 * 24),
            same_text_min: 0.4,
            same_text_shingles_min: 4,
            same_story_min: 0.2,
            half_life: SignedDuration::from_hours(72),
            foreign_window: SignedDuration::from_hours(36),
            foreign_min: 0.365,
            bridge_min: 1.5,
        }
    }
}

/// Chooses the story of an article first seen at `first_seen` among those of its candidates.
///
/// A candidate with the same text decides alone; the oldest of them is the one that is copied. Else
/// the story whose reports are most alike, if they are alike enough; of two equally alike ones the
/// older. What else is so alike that it must be the same story is named beside it ([`Chosen::bridged`]).
///
/// Candidates outside the window are not looked at.
#[must_use]
pub fn choose(
    fingerprint: &Fingerprint,
    first_seen: Timestamp,
    candidates: &[Candidate],
    options: &StoryOptions,
) -> Chosen {
    among(fingerprint, first_seen, candidates.iter(), options)
}

/// The same for candidates that stand in different places.
pub(super) fn among<'a>(
    fingerprint: &Fingerprint,
    first_seen: Timestamp,
    candidates: impl Iterator<Item = &'a Candidate>,
    options: &StoryOptions,
) -> Chosen {
    let mut near: Vec<&Candidate> = candidates
        .filter(|candidate| apart(candidate, first_seen) <= options.window)
        .collect();
    near.sort_unstable_by_key(|candidate| (candidate.first_seen, candidate.article));
    let sieve = Sieve::of(&fingerprint.sketch);
    let copied = near
        .iter()
        .find(|candidate| is_same_text(fingerprint, &sieve, &candidate.fingerprint, options));
    if let Some(original) = copied {
        return Chosen::only(StoryChoice::Join {
            story: original.story,
            copy_of: Some(original.article),
        });
    }
    most_alike(fingerprint, first_seen, &near, options)
}

fn apart(candidate: &Candidate, first_seen: Timestamp) -> SignedDuration {
    first_seen.duration_since(candidate.first_seen).abs()
}

/// `sieve` is that of `a`.
fn is_same_text(a: &Fingerprint, sieve: &Sieve, b: &Fingerprint, options: &StoryOptions) -> bool {
    if !a.sketch.hashes.is_empty() && a.sketch == b.sketch {
        return true;
    }
    if sieve.common_at_most(&b.sketch) < options.same_text_shingles_min {
        return false;
    }
    let overlap = a.sketch.overlap(&b.sketch);
    overlap.common >= options.same_text_shingles_min && overlap.containment >= options.same_text_min
}

/// How like the stories of the reports are, in parts of what makes one story, the oldest report first and so the oldest
/// story. Reports in two languages are not alike with fewer than `details_min` names and numbers in common.
pub(super) fn scores(
    fingerprint: &Fingerprint,
    first_seen: Timestamp,
    near: &[&Candidate],
    options: &StoryOptions,
    details_min: usize,
) -> Vec<(StoryId, f64)> {
    let features = &fingerprint.features;
    let reports = || {
        let theirs = near.iter().map(|c| &c.fingerprint.features);
        theirs.chain([features])
    };
    let rarity = Rarity::of_words(reports().map(|features| &features.words));
    // Most articles have candidates in their own language only.
    let foreign = LazyCell::new(|| ForeignRarity::of(reports()));
    let mut of_reports = Vec::with_capacity(near.len());
    for (number, candidate) in near.iter().enumerate() {
        let theirs = &candidate.fingerprint.features;
        let apart = apart(candidate, first_seen);
        let score = if features.lang == theirs.lang {
            let decay = 0.5_f64.powf(apart.as_secs_f64() / options.half_life.as_secs_f64());
            rarity.cosine(number, &theirs.words) * decay / options.same_story_min
        } else if apart <= options.foreign_window {
            foreign.likeness(number, theirs, features, details_min) / options.foreign_min
        } else {
            continue;
        };
        of_reports.push((candidate.story, score));
    }
    by_story(&of_reports)
}

/// The score of each story from those of its reports, in the order in which the stories first stand there.
fn by_story(of_reports: &[(StoryId, f64)]) -> Vec<(StoryId, f64)> {
    let mut order = FxHashMap::default();
    let mut numbered: Vec<(usize, f64)> = Vec::with_capacity(of_reports.len());
    let mut stories = Vec::new();
    for (story, score) in of_reports {
        let number = *order.entry(*story).or_insert(stories.len());
        if number == stories.len() {
            stories.push(*story);
        }
        numbered.push((number, *score));
    }
    numbered.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let scores = numbered.chunk_by(|a, b| a.0 == b.0).map(of_story);
    stories.into_iter().zip(scores).collect()
}

/// The most alike story, from the threshold on, and those that are one with it.
fn most_alike(
    fingerprint: &Fingerprint,
    first_seen: Timestamp,
    near: &[&Candidate],
    options: &StoryOptions,
) -> Chosen {
    let stories = scores(fingerprint, first_seen, near, options, DETAILS_MIN);
    let mut best: Option<(f64, StoryId)> = None;
    let mut bridged = Vec::new();
    for (story, score) in stories {
        if score >= options.bridge_min {
            bridged.push(story);
        }
        // An equal score does not displace an older story.
        if score >= 1.0 && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, story));
        }
    }
    let Some((_, story)) = best else {
        return Chosen::only(StoryChoice::New);
    };
    bridged.retain(|other| *other != story);
    let story = StoryChoice::Join {
        story,
        copy_of: None,
    };
    Chosen { story, bridged }
}

/// The score of a story from those of its reports, the best first: half the best one, half the mean of the better
/// half. One report that happens to be alike does not draw an article in when the others disagree,
/// and which of them came first matters less.
fn of_story(descending: &[(usize, f64)]) -> f64 {
    let better = &descending[..descending.len().div_ceil(2)];
    let sum: f64 = better.iter().map(|(_, score)| score).sum();
    f64::midpoint(descending[0].1, sum / better.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::StoryText;

    fn fingerprint(words: std::ops::Range<u32>) -> Fingerprint {
        let body: String = words.map(|n| format!("kata{n} ")).collect();
        Fingerprint::of(StoryText {
            title: "Judul",
            body: &body,
            lang: Some("id"),
        })
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
    }

    fn candidate(article: i64, words: std::ops::Range<u32>, hours: i64) -> Candidate {
        Candidate {
            article: ArticleId(article),
            story: StoryId(article + 100),
            fingerprint: fingerprint(words),
            first_seen: at(hours),
        }
    }

    fn chosen(candidates: &[Candidate]) -> StoryChoice {
        let options = StoryOptions::default();
        choose(&fingerprint(0..300), at(200), candidates, &options).story
    }

    #[test]
    fn the_oldest_of_the_copies_in_the_window_is_the_original() {
        let copies = [
            candidate(3, 0..300, 190),
            candidate(2, 0..300, 100),
            candidate(1, 0..300, 10),
        ];
        let original = StoryChoice::Join {
            story: StoryId(102),
            copy_of: Some(ArticleId(2)),
        };
        assert_eq!(chosen(&copies), original);
        let turned: Vec<Candidate> = copies.into_iter().rev().collect();
        assert_eq!(chosen(&turned), original);
    }

    #[test]
    fn what_is_like_nothing_is_new() {
        assert_eq!(chosen(&[]), StoryChoice::New);
        assert_eq!(chosen(&[candidate(1, 5000..5300, 199)]), StoryChoice::New);
        assert_eq!(chosen(&[candidate(1, 0..300, 10)]), StoryChoice::New);
    }

    #[test]
    fn one_alike_report_does_not_outweigh_the_others_of_its_story() {
        let story = |scores: &[f64]| {
            let of_reports: Vec<_> = scores.iter().map(|score| (StoryId(7), *score)).collect();
            by_story(&of_reports)[0].1
        };
        let outlier = story(&[1.2, 0.1, 0.1, 0.1]);
        let agreed = story(&[0.1, 1.2, 1.2, 0.1]);
        assert!(outlier < 1.0 && agreed > 1.0, "{outlier} {agreed}");
        assert_eq!(story(&[1.2]), 1.2);
    }
}
