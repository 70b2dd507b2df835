//! What the newest stored articles say to the rules: which of them fire on nearly everything, which
//! abbreviation is mostly another word.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::cli::print::grouped;
use crate::cli::stored::{Bounds, each_newest, store_if_any};
use crate::config::{Config, Level, Problem, Problems, WatchSpans};
use crate::pipeline::Past;
use crate::rules::{Document, folded_abbreviation};
use crate::store::StoredArticle;
use crate::text;

/// Articles that are looked at, if the time suffices.
const ARTICLES_MAX: usize = 2_000;
/// How long is looked: `check` is run at every save of a file.
const TIME_MAX: Duration = Duration::from_millis(700);
/// Fewer articles say nothing of a rule.
const ARTICLES_MIN: usize = 50;
/// A rule that matches this share of them sorts nothing out.
const SHARE_MANY: f64 = 0.5;

/// What was seen.
#[derive(Debug, Default)]
pub(super) struct Sample {
    /// Articles that were looked at.
    pub articles: usize,
    /// Hits by watch.
    hits: BTreeMap<String, usize>,
    /// Articles that have the word, by word.
    words: BTreeMap<String, usize>,
}

/// Looks at the newest articles of the database, as far as there is something to ask of them. What goes wrong
/// is no mistake of the config: nothing is said then.
pub(super) fn sample(database: &Path, config: Option<&Config>, problems: &Problems) -> Sample {
    let words: Vec<String> = problems
        .list
        .iter()
        .filter_map(|problem| folded_abbreviation(&problem.message))
        .map(|(_, word)| word.to_owned())
        .collect();
    let mut sample = Sample::default();
    if config.is_none_or(|config| config.rules.watches.is_empty()) && words.is_empty() {
        return sample;
    }
    let Some(store) = store_if_any(database) else {
        return sample;
    };
    let bounds = Bounds {
        articles: Some(ARTICLES_MAX),
        since: None,
        until: Some(Instant::now() + TIME_MAX),
    };
    let rules = config.map(|config| (config, Past::new(config)));
    let looked = each_newest(store.as_ref(), bounds, |stored| {
        for word in words.iter().filter(|word| has_in_small(&stored, word)) {
            *sample.words.entry(word.clone()).or_default() += 1;
        }
        if let Some((config, past)) = &rules {
            let document = Document::new(past.input_of(&stored.article));
            let verdict = config.rule_set.judge(&document);
            for hit in verdict.hits {
                *sample.hits.entry(hit.watch).or_default() += 1;
            }
        }
    });
    sample.articles = looked.map_or(0, |looked| looked.articles);
    sample
}

/// Whether a word stands in an article otherwise than in capitals.
fn has_in_small(stored: &StoredArticle, word: &str) -> bool {
    let article = &stored.article.article;
    let lang = article.lang.as_deref();
    [&article.title, &article.body].into_iter().any(|text| {
        text::analyse(text, lang).tokens.iter().any(|token| {
            let written = &text[token.start as usize..token.end as usize];
            *token.fold == *word && !written.chars().all(char::is_uppercase)
        })
    })
}

impl Sample {
    /// Adds to what is wrong with an abbreviation how often it is another word.
    pub fn add_figures(&self, problems: &mut Problems) {
        for problem in &mut problems.list {
            let Some((_, word)) = folded_abbreviation(&problem.message) else {
                continue;
            };
            if self.articles == 0 {
                continue;
            }
            let found = self.words.get(word).copied().unwrap_or(0);
            let (found, of) = (grouped(found), grouped(self.articles));
            problem.message.push_str(&format!(
                "; the word stands in {found} of the newest {of} stored articles"
            ));
        }
    }

    /// Watches that fire on nearly everything.
    pub fn warnings(&self, places: &BTreeMap<String, WatchSpans>) -> Vec<Problem> {
        if self.articles < ARTICLES_MIN {
            return Vec::new();
        }
        let many = self
            .hits
            .iter()
            .filter(|(_, hits)| **hits as f64 >= SHARE_MANY * self.articles as f64);
        many.filter_map(|(watch, hits)| {
            let place = places.get(watch)?;
            let (hits, of) = (grouped(*hits), grouped(self.articles));
            Some(Problem {
                level: Level::Warning,
                code: "matches-nearly-all",
                file: place.file.clone(),
                at: Some(place.expression.clone()),
                message: format!("watch.{watch} matches {hits} of the newest {of} stored articles"),
                help: Some(
                    "ask for more: another thing in-sentence or near/5, title(...), score($list) >= 3, \
                     or leave out by `and not ...`"
                        .to_owned(),
                ),
            })
        })
        .collect()
    }

    /// What was looked at, for people; nothing when there was nothing.
    pub fn told(&self) -> String {
        match self.articles {
            0 => String::new(),
            articles => format!(
                "tried on the newest {} stored articles\n",
                grouped(articles)
            ),
        }
    }
}
