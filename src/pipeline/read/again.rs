//! Reading an article again from the pages that were kept of it, by the present rules and program. No network.

use super::answer::{Answer, Source};
use super::page::Reader;
use super::prepared::Missing;
use crate::model::{Article, ArticleId, Committed, KeptArticle};
use crate::pipeline::Pipeline;
use crate::store::StoreError;

/// How often an article is looked at again when something of it has changed while it was read.
const TRIES: u32 = 3;

/// What reading an article again came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Reread {
    /// The same text: nothing is written.
    Unchanged,
    /// Another text: written as the next version, unless nothing was to be.
    Changed {
        /// The text that was stored.
        before: Box<Article>,
        /// The text in its place.
        after: Box<Article>,
    },
    /// No page of it is kept.
    NotKept,
    /// Something of the publisher's waits to be read or judged, which goes first.
    Busy,
    /// The page gives no text any more, or cannot be read: the stored one stays. In words why.
    Failed(String),
}

/// Whether a changed text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rereading {
    /// It is.
    Write,
    /// It is shown only.
    Dry,
}

/// Reads one article again. What is remembered of its host helps, and nothing is learnt.
///
/// Claims nothing, so that a kill leaves nothing behind: the commit is refused when the article was read, wanted or
/// claimed in the meantime, and the article is looked at again.
///
/// # Errors
/// Only when the store fails.
pub async fn reread(
    pipeline: &Pipeline,
    id: ArticleId,
    rereading: Rereading,
) -> Result<Reread, StoreError> {
    for _ in 0..TRIES {
        let Some(kept) = pipeline.queries.kept_article(id).await? else {
            return Ok(Reread::NotKept);
        };
        if !kept.is_free {
            return Ok(Reread::Busy);
        }
        let text = match text(pipeline, &kept).await {
            Ok(text) => text,
            Err(missing) => return Ok(Reread::Failed(missing.why)),
        };
        let same =
            text.article.title == kept.article.title && text.article.body == kept.article.body;
        if same {
            return Ok(Reread::Unchanged);
        }
        let changed = Reread::Changed {
            before: Box::new(kept.article),
            after: Box::new(text.article.clone()),
        };
        if rereading == Rereading::Dry {
            return Ok(changed);
        }
        let outcome = text.reread(pipeline.world.clock.now());
        let committed = pipeline.store.commit_reread(id, kept.seen, outcome).await?;
        if committed == Committed::Done(()) {
            return Ok(changed);
        }
    }
    Ok(Reread::Busy)
}

pub(super) async fn text(
    pipeline: &Pipeline,
    kept: &KeptArticle,
) -> Result<Box<super::prepared::Prepared>, Missing> {
    let setup = pipeline.setup();
    let first = kept.pages.first();
    let first = first.ok_or_else(|| Missing::new("its own page was not kept", None))?;
    let answer = Answer::kept(first).map_err(|why| Missing::new(why, None))?;
    let reader = Reader {
        pipeline,
        setup: &setup,
        source: Source::Kept(&kept.pages),
        entry: &kept.entry,
        hint: kept.lang_hint.as_deref(),
    };
    Ok(reader.article(answer).await?.text)
}
