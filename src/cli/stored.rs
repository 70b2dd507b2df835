//! Stored articles as they are judged, for commands that ask the rules about them.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;

use super::open;
use crate::config::Config;
use crate::pipeline::Past;
use crate::rules::DocumentInput;
use crate::store::{KeptFilter, OpenMode, Queries, SqliteStore, StoredArticle};

/// Articles that are read from the store at once.
const PIECE: usize = 100;

/// The stored article with this address, as it was judged when it was first seen.
pub(super) fn article(config: &Config, url: &str) -> anyhow::Result<DocumentInput> {
    let store = open::store_to_read(config)?;
    let past = Past::new(config);
    let found = open::block_on(by_url(store.as_ref(), &past, url))?;
    found.ok_or_else(|| anyhow::anyhow!("{url} is neither a file nor a stored article with a text"))
}

/// The same for a store that is open; `None` where there is no such article, or none that was read yet.
pub(super) async fn by_url(
    store: &dyn Queries,
    past: &Past,
    url: &str,
) -> anyhow::Result<Option<DocumentInput>> {
    let Some(view) = store.article(url).await? else {
        return Ok(None);
    };
    let stored = store.stored_by_id(vec![view.id]).await?;
    Ok(stored.first().map(|stored| past.input_of(&stored.article)))
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
    mut look: impl FnMut(StoredArticle),
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
            for stored in store.stored_by_id(ids).await? {
                if is_over() {
                    looked.is_cut = true;
                    return Ok(());
                }
                looked.articles += 1;
                looked.oldest = Some(stored.article.first_seen);
                look(stored);
            }
        }
        Ok(())
    })?;
    Ok(looked)
}
