//! Terms for a watch out of what people said of its alerts.
//!
//! Words that tell the marked articles apart are tried out: the rule is compiled with each of them and asked of the
//! articles again, so that every proposal comes with what it would have done.

mod contrast;
mod replay;
mod variants;
mod words;

use serde::Serialize;

use self::contrast::{Counts, telling};
use self::replay::{Candidate, Replay};
use self::variants::{Variant, Variants};
use self::words::words;
use super::document::DocumentInput;
use super::source::RuleSource;

/// Words that are tried out of those that tell most.
const TRIED_MAX: usize = 60;
/// Proposals of each sort.
const SHOWN_MAX: usize = 6;
/// Of relevant articles a term may cost at most this share.
const LOSS_MAX: f64 = 0.05;

/// Marked articles of each sort without which nothing is proposed.
pub const MARKS_MIN: usize = 5;

/// What a watch found and what it nearly found.
#[derive(Debug, Default)]
pub struct Judged {
    /// Articles of alerts that were marked relevant.
    pub relevant: Vec<DocumentInput>,
    /// Articles of alerts that were marked noise.
    pub noise: Vec<DocumentInput>,
    /// Articles that the watch missed by one condition.
    pub near_misses: Vec<DocumentInput>,
    /// Other articles of the same time.
    pub background: Vec<DocumentInput>,
}

/// How many of the articles the watch as it is hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Of those marked relevant.
    pub relevant: usize,
    /// Of those marked noise.
    pub noise: usize,
    /// Of the other articles.
    pub background: usize,
    /// Near misses that it still misses.
    pub near_misses: usize,
}

/// What a change would have done to the articles that the watch hits or nearly hits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// `exclude` or `add`.
    pub kind: SuggestionKind,
    /// The part to be added to the rule, or the term for the list.
    pub part: String,
    /// List that the term is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Language of the term.
    pub lang: String,
    /// How strongly it tells the two sets apart, in standard deviations.
    pub z: f64,
    /// Articles marked noise that are no longer hit.
    pub noise_dropped: usize,
    /// Articles marked relevant that are no longer hit.
    pub relevant_dropped: usize,
    /// Near misses that are hit.
    pub near_misses_gained: usize,
    /// Other articles that are hit.
    pub background_gained: usize,
    /// TOML to paste.
    pub toml: String,
}

/// What a proposal does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SuggestionKind {
    /// Leaves out what has a term.
    Exclude,
    /// Adds a term to a list.
    Add,
}

/// All that is proposed for a watch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestions {
    /// What the watch does as it is.
    pub now: Found,
    /// The best of each sort first.
    pub proposals: Vec<Suggestion>,
    /// The exclusions that do not cost a relevant article, together.
    pub together: Option<Suggestion>,
}

/// Proposes terms for a watch of `source`; `None` when there is no such watch, or it does not compile.
#[must_use]
pub fn suggest(source: &RuleSource, watch: &str, judged: &Judged) -> Option<Suggestions> {
    let variants = Variants::new(source, watch)?;
    let replay = Replay::new(&variants, judged)?;
    let mut proposals = exclusions(&replay, judged);
    let together = together(&replay, &proposals);
    proposals.extend(additions(&replay, judged));
    Some(Suggestions {
        now: replay.now,
        proposals,
        together,
    })
}

fn lang_of(article: &DocumentInput) -> Option<String> {
    match &article.lang {
        Some(lang) => Some(lang.clone()),
        None => crate::text::detect_language(&article.title, &article.body, None),
    }
}

fn counts(articles: &[DocumentInput], text_of: impl Fn(&DocumentInput) -> String) -> Counts {
    let mut counts = Counts::default();
    for article in articles {
        counts.add(words(&text_of(article), lang_of(article).as_deref()));
    }
    counts
}

fn title_of(article: &DocumentInput) -> String {
    format!("{}\n{}", article.title, article.entry_title)
}

fn whole_of(article: &DocumentInput) -> String {
    format!(
        "{}\n{}\n{}",
        title_of(article),
        article.body,
        article.entry_summary
    )
}

/// The text of an article that words are looked for in.
type TextOf = fn(&DocumentInput) -> String;

/// Terms whose articles are mostly noise, in the title or anywhere.
fn exclusions(replay: &Replay<'_>, judged: &Judged) -> Vec<Suggestion> {
    let mut candidates: Vec<Candidate> = Vec::new();
    let places: [(&str, TextOf); 2] = [("title", title_of), ("", whole_of)];
    for (place, text_of) in places {
        let noise = counts(&judged.noise, text_of);
        let relevant = counts(&judged.relevant, text_of);
        let background = counts(&judged.background, text_of);
        let telling = telling(&noise, &relevant, &background, 2);
        for (key, z) in telling.into_iter().take(TRIED_MAX) {
            let Some(written) = noise.written(&key) else {
                continue;
            };
            candidates.push(Candidate {
                variant: Variant::exclusion(place, written),
                lang: key.lang,
                z,
            });
        }
    }
    let promising = replay.promising(candidates).into_iter();
    let tried = promising.filter_map(|found| replay.try_out(&found.variant, &found.lang, found.z));
    let mut found: Vec<Suggestion> = tried
        .filter(|proposal| is_worth_it(proposal, replay.now))
        .collect();
    let value = |proposal: &Suggestion| {
        (proposal.noise_dropped as isize) - 3 * (proposal.relevant_dropped as isize)
    };
    found.sort_by(|a, b| {
        let by_value = value(b).cmp(&value(a));
        // Of two that drop the same the one that looks at less.
        let is_wide = |proposal: &Suggestion| !proposal.part.contains('(');
        by_value
            .then_with(|| is_wide(a).cmp(&is_wide(b)))
            .then_with(|| b.z.total_cmp(&a.z))
            .then_with(|| a.part.cmp(&b.part))
    });
    // What drops the same as a stronger one says nothing new: a word and its phrases.
    found.dedup_by(|later, first| {
        let figures = |p: &Suggestion| (p.noise_dropped, p.relevant_dropped, p.lang.clone());
        figures(later) == figures(first) && shares_word(&later.part, &first.part)
    });
    found.truncate(SHOWN_MAX);
    found
}

fn is_worth_it(proposal: &Suggestion, now: Found) -> bool {
    let lost = proposal.relevant_dropped as f64;
    proposal.noise_dropped >= 2 && lost <= LOSS_MAX * now.relevant as f64
}

fn shares_word(one: &str, other: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let inner = text.split('"').nth(1).unwrap_or_default();
        inner.split(' ').map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    one.iter().any(|word| other.contains(word))
}

/// The exclusions that cost nothing, in one rule.
fn together(replay: &Replay<'_>, proposals: &[Suggestion]) -> Option<Suggestion> {
    let free: Vec<&Suggestion> = proposals
        .iter()
        .filter(|p| p.relevant_dropped == 0)
        .collect();
    if free.len() < 2 {
        return None;
    }
    let parts: Vec<&str> = free.iter().map(|proposal| proposal.part.as_str()).collect();
    let variant = Variant::Exclude(parts.join(" and "));
    replay.try_out(&variant, "", 0.0)
}

/// Terms that relevant articles have and that near misses lack in the lists of the rule.
fn additions(replay: &Replay<'_>, judged: &Judged) -> Vec<Suggestion> {
    let lists = replay.variants.lists();
    if lists.is_empty() || replay.near_misses.is_empty() {
        return Vec::new();
    }
    let relevant = counts(&judged.relevant, whole_of);
    let nearly = counts(&judged.near_misses, whole_of);
    let background = counts(&judged.background, whole_of);
    let nothing = Counts::default();
    let against = if judged.background.is_empty() {
        &nothing
    } else {
        &background
    };
    let telling = telling(&relevant, against, &background, 2);
    // What the rule asks for already is no term that it lacks.
    let known = replay.words_of_the_rule();
    let is_new = |written: Option<&str>| {
        written.is_some_and(|written| !written.split(' ').any(|word| known.contains(word)))
    };
    let candidates = telling
        .into_iter()
        .filter(|(key, _)| nearly.of(key) > 0 && is_new(relevant.written(key)));
    let mut additions = Vec::new();
    for (key, z) in candidates.take(TRIED_MAX) {
        let Some(written) = relevant.written(&key) else {
            continue;
        };
        for list in lists {
            additions.push(Candidate {
                variant: Variant::addition(list, written),
                lang: key.lang.clone(),
                z,
            });
        }
    }
    let promising = replay.promising(additions).into_iter();
    let tried = promising.filter_map(|found| {
        let proposal = replay.try_out(&found.variant, &found.lang, found.z)?;
        (proposal.near_misses_gained > 0).then_some((proposal, found.variant))
    });
    let mut found: Vec<(Suggestion, Variant)> = tried.collect();
    found.sort_by(|(a, _), (b, _)| {
        let by_gain = b.near_misses_gained.cmp(&a.near_misses_gained);
        by_gain
            .then_with(|| b.z.total_cmp(&a.z))
            .then_with(|| a.part.cmp(&b.part))
    });
    let found = found.into_iter().take(SHOWN_MAX);
    found
        .map(|(proposal, variant)| replay.with_background(proposal, &variant))
        .collect()
}
