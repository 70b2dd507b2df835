//! The stored articles, one after another: held back by their words, or judged.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{TryStreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::row::{Found, Judged, Row};
use crate::config::Config;
use crate::model::ArticleId;
use crate::pipeline::{Compute, Past};
use crate::rules::{Document, RuleSet, RuleSource, Sieve, SievedText};
use crate::store::{Queries, SqliteStore, StoredArticle, StoredHit, StoredText, TextDecoder};

/// Articles in hand at once, for each core.
const PAGE: usize = 400;
/// Near misses that are kept.
const NEAR_MISSES_MAX: usize = 20_000;

/// A watch alone.
pub(in crate::cli) struct Side {
    pub watch: String,
    pub rules: Arc<RuleSet>,
    pub source: Arc<RuleSource>,
}

/// Everything that a run needs.
pub(in crate::cli) struct Replay {
    store: Arc<SqliteStore>,
    compute: Compute,
    past: Arc<Past>,
    pub now: Side,
    pub before: Option<Side>,
    pub since: Timestamp,
    /// One for each thread that works at this moment; `None` when every article is analysed.
    sieves: Option<Arc<Mutex<Vec<Sieves>>>>,
    pub asked_for_all: bool,
}

/// The sieves of both sides, and what unpacks texts.
struct Sieves {
    now: Sieve,
    before: Option<Sieve>,
    decoder: TextDecoder,
}

/// What came of all articles.
#[derive(Debug, Default)]
pub(in crate::cli) struct Outcome {
    pub hits: Vec<Found>,
    pub near_misses: Vec<Found>,
    /// Of the other side.
    pub hits_before: Vec<Found>,
    /// Hits that are stored.
    pub stored: Vec<StoredHit>,
    pub terms: BTreeSet<String>,
    /// Articles that were tried, by day.
    pub days: BTreeMap<Date, u64>,
    pub analysed: u64,
    pub without_body: u64,
    pub failed: u64,
    pub oldest: Option<Timestamp>,
}

/// What the words of a page of articles said.
#[derive(Default)]
struct Sifted {
    passed: Vec<ArticleId>,
    tried: Vec<Timestamp>,
    without_body: u64,
}

impl Replay {
    pub fn new(
        config: &Config,
        store: Arc<SqliteStore>,
        now: Side,
        before: Option<Side>,
        since: Timestamp,
        asked_for_all: bool,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let sieves = match asked_for_all {
            true => None,
            false => Sieves::new(&now, before.as_ref()),
        };
        Self {
            store,
            compute: Compute::new(cores),
            past: Arc::new(Past::new(config)),
            now,
            before,
            since,
            sieves: sieves.map(|sieves| Arc::new(Mutex::new(vec![sieves]))),
            asked_for_all,
        }
    }

    /// True when articles are held back by their words.
    pub fn is_sieved(&self) -> bool {
        self.sieves.is_some()
    }

    pub async fn run(&self) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome {
            stored: self.store.stored_hits(&self.now.watch, self.since).await?,
            ..Outcome::default()
        };
        let bar = bar(self.store.count_stored(self.since).await?);
        let at_once = 2 * std::thread::available_parallelism().map_or(1, usize::from);
        let mut add = |(length, sifted, judged): Page| {
            outcome.add_sifted(&sifted);
            outcome.add_judged(judged);
            bar.inc(length);
        };
        if self.is_sieved() {
            let pages = stream::try_unfold(None, |after| self.texts(after));
            let judged = pages.map_ok(|texts| self.sift_and_judge(texts));
            let mut judged = pin!(judged.try_buffered(at_once));
            while let Some(page) = judged.try_next().await? {
                add(page);
            }
        } else {
            let pages = stream::try_unfold(None, |after| self.articles(after));
            let judged = pages.map_ok(|articles| self.judge_all(articles));
            let mut judged = pin!(judged.try_buffered(at_once));
            while let Some(page) = judged.try_next().await? {
                add(page);
            }
        }
        bar.finish_and_clear();
        Ok(outcome)
    }

    async fn texts(
        &self,
        after: Option<(Timestamp, ArticleId)>,
    ) -> anyhow::Result<Option<(Vec<StoredText>, Option<(Timestamp, ArticleId)>)>> {
        let page = self.store.stored_texts(self.since, after, PAGE).await?;
        let last = page.last().map(|last| (last.first_seen, last.id));
        Ok(last.map(|last| (page, Some(last))))
    }

    async fn articles(
        &self,
        after: Option<(Timestamp, ArticleId)>,
    ) -> anyhow::Result<Option<(Vec<StoredArticle>, Option<(Timestamp, ArticleId)>)>> {
        let page = self.store.stored_articles(self.since, after, PAGE).await?;
        let last = page
            .last()
            .map(|last| (last.article.first_seen, last.article.id));
        Ok(last.map(|last| (page, Some(last))))
    }

    async fn sift_and_judge(&self, texts: Vec<StoredText>) -> anyhow::Result<Page> {
        let length = texts.len() as u64;
        let Some(sieves) = self.sieves.clone() else {
            return Ok((length, Sifted::default(), Vec::new()));
        };
        let (now, before) = (
            self.now.to_sieve(),
            self.before.as_ref().map(Side::to_sieve),
        );
        let sifted = self.compute.run(move || {
            let idle = sieves.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut own = idle.or_else(|| Sieves::of(&now, before.as_ref()));
            let sifted = sift(&texts, own.as_mut());
            if let Some(own) = own {
                sieves
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(own);
            }
            sifted
        });
        let sifted = sifted.await?;
        if sifted.passed.is_empty() {
            return Ok((length, sifted, Vec::new()));
        }
        let articles = self.store.stored_by_id(sifted.passed.clone()).await?;
        let judged = self.judge_page(articles).await?;
        Ok((length, sifted, judged))
    }

    async fn judge_all(&self, mut articles: Vec<StoredArticle>) -> anyhow::Result<Page> {
        let length = articles.len() as u64;
        articles.retain(|stored| stored.has_text);
        let sifted = Sifted {
            passed: Vec::new(),
            tried: articles
                .iter()
                .map(|stored| stored.article.first_seen)
                .collect(),
            without_body: length - articles.len() as u64,
        };
        let judged = self.judge_page(articles).await?;
        Ok((length, sifted, judged))
    }

    /// Judges articles; one that makes a room panic does not take the others with it.
    async fn judge_page(&self, articles: Vec<StoredArticle>) -> anyhow::Result<Vec<Option<Row>>> {
        let articles = Arc::new(articles);
        let judge = |range: std::ops::Range<usize>| {
            let (articles, past) = (Arc::clone(&articles), Arc::clone(&self.past));
            let (now, watch) = (Arc::clone(&self.now.rules), self.now.watch.clone());
            let before = self.before.as_ref().map(|side| Arc::clone(&side.rules));
            self.compute.run(move || {
                let rows = articles[range].iter().map(|stored| {
                    let document = Document::new(past.input_of(&stored.article));
                    let judged = Judged {
                        now: now.try_on(&watch, &document),
                        is_hit_before: before
                            .as_ref()
                            .is_some_and(|before| !before.judge(&document).hits.is_empty()),
                    };
                    Row::of(stored, document.lang(), judged)
                });
                rows.map(Some).collect::<Vec<_>>()
            })
        };
        if let Ok(rows) = judge(0..articles.len()).await {
            return Ok(rows);
        }
        let mut rows = Vec::with_capacity(articles.len());
        for at in 0..articles.len() {
            match judge(at..at + 1).await {
                Ok(row) => rows.extend(row),
                Err(panicked) => {
                    tracing::error!(article = %articles[at].article.id, "judging failed: {panicked}");
                    rows.push(None);
                }
            }
        }
        Ok(rows)
    }
}

/// How many articles a page has, what their words said, and what was judged.
type Page = (u64, Sifted, Vec<Option<Row>>);

impl Outcome {
    fn add_sifted(&mut self, sifted: &Sifted) {
        self.without_body += sifted.without_body;
        for seen in &sifted.tried {
            self.oldest = self.oldest.or(Some(*seen));
            *self.days.entry(day_of(*seen)).or_default() += 1;
        }
    }

    fn add_judged(&mut self, rows: Vec<Option<Row>>) {
        self.analysed += rows.len() as u64;
        for row in rows {
            let Some(row) = row else {
                self.failed += 1;
                continue;
            };
            self.hits.extend(row.hit);
            self.hits_before.extend(row.hit_before);
            if self.near_misses.len() < NEAR_MISSES_MAX {
                self.near_misses.extend(row.near_miss);
            }
            self.terms.extend(row.terms);
        }
    }
}

/// The day of a time, UTC.
pub(super) fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

impl Side {
    fn to_sieve(&self) -> (Arc<RuleSource>, String) {
        (Arc::clone(&self.source), self.watch.clone())
    }
}

impl Sieves {
    fn new(now: &Side, before: Option<&Side>) -> Option<Self> {
        Self::of(&now.to_sieve(), before.map(Side::to_sieve).as_ref())
    }

    /// `None` when one of the sides cannot be told by words.
    fn of(
        (source, watch): &(Arc<RuleSource>, String),
        before: Option<&(Arc<RuleSource>, String)>,
    ) -> Option<Self> {
        let before = match before {
            None => None,
            Some((source, watch)) => Some(Sieve::new(source, watch)?),
        };
        Some(Self {
            now: Sieve::new(source, watch)?,
            before,
            decoder: TextDecoder::default(),
        })
    }

    fn may_hit(&mut self, text: &StoredText) -> bool {
        let body = text.body.as_ref().map(|body| body.open(&mut self.decoder));
        let summary = text.entry_summary.open(&mut self.decoder);
        let sieved = SievedText {
            title: &text.title,
            body: body.as_deref().unwrap_or_default(),
            entry_title: &text.entry_title,
            entry_summary: &summary,
            lang: text.lang.as_deref(),
        };
        let before = self.before.as_mut();
        self.now.may_hit(&sieved) || before.is_some_and(|sieve| sieve.may_hit(&sieved))
    }
}

fn sift(texts: &[StoredText], mut sieves: Option<&mut Sieves>) -> Sifted {
    let mut sifted = Sifted::default();
    for text in texts {
        if text.body.is_none() {
            sifted.without_body += 1;
            continue;
        }
        sifted.tried.push(text.first_seen);
        if sieves.as_mut().is_none_or(|sieves| sieves.may_hit(text)) {
            sifted.passed.push(text.id);
        }
    }
    sifted
}

fn bar(articles: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("articles  {bar:40} {pos}/{len} {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    // Nothing is drawn where standard error is no terminal.
    ProgressBar::new(articles).with_style(style)
}
