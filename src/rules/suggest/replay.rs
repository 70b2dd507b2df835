//! The marked articles once more: what a change of the watch would have made of them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::variants::{Variant, Variants};
use super::{Found, Judged, SHOWN_MAX, Suggestion, SuggestionKind};
use crate::rules::document::{Document, DocumentInput};
use crate::rules::explain::ExplainedPart;

/// A change to be tried out.
pub(super) struct Candidate {
    pub variant: Variant,
    pub lang: String,
    pub z: f64,
}

/// The articles analysed once, and which of them the watch hits as it is.
pub(super) struct Replay<'a> {
    pub variants: &'a Variants<'a>,
    relevant: Vec<Document>,
    noise: Vec<Document>,
    pub near_misses: Vec<Document>,
    background: Vec<Document>,
    pub now: Found,
}

impl<'a> Replay<'a> {
    pub fn new(variants: &'a Variants<'a>, judged: &Judged) -> Option<Self> {
        let rules = variants.unchanged()?;
        // What counts is what the watch as it is makes of them.
        let split = |articles: &[DocumentInput], hit: bool| -> Vec<Document> {
            let documents = articles.iter().cloned().map(Document::new);
            let kept = documents.filter(|document| variants.hits(&rules, document) == hit);
            kept.collect()
        };
        let background = split(&judged.background, false);
        let found = judged.background.len() - background.len();
        let mut replay = Self {
            variants,
            relevant: split(&judged.relevant, true),
            noise: split(&judged.noise, true),
            near_misses: split(&judged.near_misses, false),
            background,
            now: Found::default(),
        };
        replay.now = Found {
            relevant: replay.relevant.len(),
            noise: replay.noise.len(),
            near_misses: replay.near_misses.len(),
            background: found,
        };
        Some(replay)
    }

    /// Those variants that may be worth proposing, told by all of them as one rule set.
    pub fn promising(&self, candidates: Vec<Candidate>) -> Vec<Candidate> {
        let variants: Vec<Variant> = candidates
            .iter()
            .map(|found| found.variant.clone())
            .collect();
        let Some(rules) = self.variants.compile_all(&variants) else {
            return candidates;
        };
        let count = |documents: &[Document]| {
            let mut counts: FxHashMap<String, usize> = FxHashMap::default();
            for document in documents {
                for hit in rules.judge(document).hits {
                    *counts.entry(hit.watch).or_default() += 1;
                }
            }
            counts
        };
        let (relevant, noise) = (count(&self.relevant), count(&self.noise));
        let near_misses = count(&self.near_misses);
        let mut rated: Vec<(isize, Candidate)> = Vec::new();
        for (number, candidate) in candidates.into_iter().enumerate() {
            let name = Variants::name_of(number);
            if rules.watch(&name).is_none() {
                continue;
            }
            let of = |counts: &FxHashMap<String, usize>| counts.get(&name).copied().unwrap_or(0);
            let dropped = self.noise.len() - of(&noise);
            let lost = self.relevant.len() - of(&relevant);
            let rate = match candidate.variant {
                Variant::Exclude(_) if dropped < 2 => continue,
                Variant::Exclude(_) => dropped as isize - 3 * lost as isize,
                Variant::Add { .. } if of(&near_misses) == 0 => continue,
                Variant::Add { .. } => of(&near_misses) as isize,
            };
            rated.push((rate, candidate));
        }
        // The most telling stay in front among equals.
        rated.sort_by_key(|(rate, _)| std::cmp::Reverse(*rate));
        let rated = rated.into_iter().take(2 * SHOWN_MAX);
        rated.map(|(_, candidate)| candidate).collect()
    }

    /// What a variant does to the articles; `None` when it is no rule.
    pub fn try_out(&self, variant: &Variant, lang: &str, z: f64) -> Option<Suggestion> {
        let rules = self.variants.compile(variant)?;
        let hits = |documents: &[Document]| {
            let hit = |document: &&Document| self.variants.hits(&rules, document);
            documents.iter().filter(hit).count()
        };
        let (kind, list) = match variant {
            Variant::Exclude(_) => (SuggestionKind::Exclude, None),
            Variant::Add { list, .. } => (SuggestionKind::Add, Some(list.clone())),
        };
        let is_addition = kind == SuggestionKind::Add;
        Some(Suggestion {
            kind,
            part: variant.part(),
            list,
            lang: lang.to_owned(),
            z,
            noise_dropped: self.noise.len() - hits(&self.noise),
            relevant_dropped: self.relevant.len() - hits(&self.relevant),
            near_misses_gained: if is_addition {
                hits(&self.near_misses)
            } else {
                0
            },
            background_gained: 0,
            toml: self.variants.toml(variant),
        })
    }

    /// The words that the rule finds in the articles, in small letters.
    pub fn words_of_the_rule(&self) -> FxHashSet<String> {
        let Some(rules) = self.variants.unchanged() else {
            return FxHashSet::default();
        };
        let mut words = FxHashSet::default();
        for document in self.relevant.iter().chain(&self.near_misses) {
            if let Some(explained) = rules.explain(self.variants.name(), document) {
                add_words(&explained, &mut words);
            }
        }
        words
    }

    pub fn with_background(&self, mut proposal: Suggestion, variant: &Variant) -> Suggestion {
        if let Some(rules) = self.variants.compile(variant) {
            let hit = |document: &&Document| self.variants.hits(&rules, document);
            proposal.background_gained = self.background.iter().filter(hit).count();
        }
        proposal
    }
}

fn add_words(part: &ExplainedPart, words: &mut FxHashSet<String>) {
    for span in &part.spans {
        let text = span.text.to_lowercase();
        words.extend(text.split_whitespace().map(str::to_owned));
    }
    part.parts.iter().for_each(|part| add_words(part, words));
}
