//! Stored articles as they are judged, for commands that ask the rules about them.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use super::open;
use crate::config::Config;
use crate::rules::{DocumentInput, Facts, country_of_host};
use crate::store::{ArticleView, KeptFilter, OpenMode, Queries, SqliteStore};

/// Articles that are read from the store at once.
const PIECE: usize = 100;

/// The stored article with this address, as it was judged when it was first seen.
pub(super) fn article(config: &Config, url: &str) -> anyhow::Result<DocumentInput> {
    let store = open::store_to_read(config)?;
    let found = open::block_on(async { Ok(store.article(url).await?) })?;
    let Some(view) = found else {
        anyhow::bail!("{url} is neither a file nor a stored article");
    };
    let seen = view.first_seen;
    Ok(input(config, view, seen))
}

/// An article as it would be judged at a time.
pub(super) fn input(config: &Config, view: ArticleView, now: Timestamp) -> DocumentInput {
    let facts = facts(config, &view, now);
    let article = view.article.unwrap_or_default();
    DocumentInput {
        title: article.title,
        body: article.body,
        parts: article.parts,
        entry_title: view.entry.title,
        entry_summary: view.entry.summary,
        lang: article.lang,
        facts,
    }
}

fn facts(config: &Config, view: &ArticleView, now: Timestamp) -> Facts {
    let feeds = || view.feeds.iter().filter_map(|url| config.feed(url));
    let of_host = |url: &String| country_of_host(url::Url::parse(url).ok()?.host_str()?);
    let country = |url: &String| {
        config
            .feed(url)
            .and_then(|feed| feed.country)
            .or_else(|| of_host(url))
    };
    let article = view.article.as_ref();
    let published = article
        .and_then(|article| article.published.as_ref())
        .map(|date| date.at);
    let dated_at = published
        .or(view.entry.published)
        .unwrap_or(view.first_seen)
        .min(view.first_seen);
    let mut tags: Vec<String> = feeds().flat_map(|feed| feed.spec.tags.clone()).collect();
    let mut authors = view.entry.authors.clone();
    if let Some(article) = article {
        tags.extend(article.tags.iter().cloned());
        authors.extend(article.authors.iter().cloned());
    }
    Facts {
        url: view.url.clone(),
        feeds: view.feeds.clone(),
        feed_countries: view
            .feeds
            .iter()
            .filter_map(country)
            .map(str::to_owned)
            .collect(),
        tags,
        authors,
        age_s: Some(now.duration_since(dated_at).as_secs()),
    }
}

/// How far a look at the stored articles goes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bounds {
    /// At most so many articles.
    pub articles: Option<usize>,
    /// Only those that were first seen at or after this.
    pub since: Option<Timestamp>,
    /// It ends here, whatever is left.
    pub until: Option<Instant>,
}

/// How far it came.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Looked {
    /// Articles that were looked at.
    pub articles: usize,
    /// When the oldest of them was first seen.
    pub oldest: Option<Timestamp>,
    /// The time was up before all were looked at.
    pub is_cut: bool,
}

/// Opens a database for questions; `None` where there is none, or none that this program can read.
pub(super) fn store_if_any(path: &Path) -> Option<Arc<SqliteStore>> {
    if !path.exists() {
        return None;
    }
    let store = SqliteStore::open(path, OpenMode::ReadOnly).ok()?;
    Some(Arc::new(store))
}

/// Shows `look` the stored articles that have a body, the newest first.
pub(super) fn each_newest(
    store: &dyn Queries,
    bounds: Bounds,
    mut look: impl FnMut(ArticleView),
) -> anyhow::Result<Looked> {
    let filter = KeptFilter {
        since: bounds.since,
        feed: None,
    };
    let most = bounds.articles.unwrap_or(usize::MAX);
    let is_over = || bounds.until.is_some_and(|until| Instant::now() >= until);
    let mut looked = Looked::default();
    let mut after = None;
    open::block_on(async {
        while looked.articles < most {
            let piece = PIECE.min(most - looked.articles);
            let heads = store.kept_heads(filter, after.take(), piece).await?;
            let Some(last) = heads.last() else {
                break;
            };
            after = Some(last.clone());
            let ids = heads.iter().map(|head| head.id).collect();
            for view in store.articles(ids).await? {
                if is_over() {
                    looked.is_cut = true;
                    return Ok(());
                }
                looked.articles += 1;
                looked.oldest = Some(view.first_seen);
                look(view);
            }
        }
        Ok(())
    })?;
    Ok(looked)
}
