//! What is kept of an article that was judged.

use jiff::Timestamp;

use crate::model::{ArticleId, Hit};
use crate::rules::Trial;
use crate::store::StoredArticle;

/// An article that one of the sides hits.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Found {
    pub id: ArticleId,
    pub url: String,
    pub title: String,
    pub lang: Option<String>,
    pub feed: Option<String>,
    pub first_seen: Timestamp,
    pub margin: Option<f64>,
    /// What held, or which condition failed.
    pub why: String,
}

/// What came of one article.
pub(super) struct Judged {
    pub now: Trial,
    pub is_hit_before: bool,
}

/// What is kept of an article that was judged.
pub(super) struct Row {
    pub hit: Option<Found>,
    pub near_miss: Option<Found>,
    pub hit_before: Option<Found>,
    pub terms: Vec<String>,
}

impl Row {
    pub fn of(stored: &StoredArticle, lang: Option<&str>, judged: Judged) -> Self {
        let article = &stored.article;
        let title = match article.article.title.is_empty() {
            true => &article.entry.title,
            false => &article.article.title,
        };
        let found = |why: String, margin| Found {
            id: article.id,
            url: article.url.clone(),
            title: title.clone(),
            lang: lang.map(str::to_owned),
            feed: article.feeds.first().cloned(),
            first_seen: article.first_seen,
            margin,
            why,
        };
        let Trial {
            verdict,
            margin,
            terms,
        } = judged.now;
        let proof = |hit: &Hit| {
            let sentence = hit.sentences.first();
            sentence.map_or_else(String::new, |found| found.sentence.clone())
        };
        Self {
            hit: verdict.hits.first().map(|hit| found(proof(hit), margin)),
            near_miss: verdict
                .near_misses
                .first()
                .map(|miss| found(miss.why.clone(), margin)),
            hit_before: judged.is_hit_before.then(|| found(String::new(), None)),
            terms,
        }
    }
}
