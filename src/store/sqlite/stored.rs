//! The articles of the past, for trying a rule on them.

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params, params};

use super::rows::{self, Columns, ms};
use super::{judge, stories};
use crate::model::ArticleId;
use crate::store::StoredArticle;

/// Articles with a text in the order in which they came, behind a place in it.
pub(super) const PAGE: &str = "select article.*,
         (select body is not null from article_version as av
          where av.article_id = article.id and av.version = article.version) as has_text
     from article
     where version > 0 and first_seen >= :since and (first_seen, id) > (:seen, :id)
     order by first_seen, id limit :limit";
/// One of them.
pub(super) const BY_ID: &str = "select article.*,
         (select body is not null from article_version as av
          where av.article_id = article.id and av.version = article.version) as has_text
     from article where id = ?1 and version > 0";
/// How many there are.
pub(super) const COUNT: &str =
    "select count(*) as stored from article where version > 0 and first_seen >= ?1";
/// The watches that hit an article.
pub(super) const WATCHES: &str =
    "select watch from hit where article_id = ?1 and withdrawn_at is null order by watch";

/// See `Queries::stored_articles`.
pub(super) fn page(
    conn: &Connection,
    since: Timestamp,
    after: Option<(Timestamp, ArticleId)>,
    limit: usize,
) -> rusqlite::Result<Vec<StoredArticle>> {
    let (seen, id) = after.map_or((ms(since), 0), |(seen, id)| (ms(seen), id.0));
    let mut found: Vec<StoredArticle> = conn
        .prepare_cached(PAGE)?
        .query_map(
            named_params! {
                ":since": ms(since),
                ":seen": seen,
                ":id": id,
                ":limit": rows::count(limit),
            },
            stored_of,
        )?
        .collect::<rusqlite::Result<_>>()?;
    complete(conn, &mut found)?;
    Ok(found)
}

/// One of them by its id.
pub(super) fn by_id(conn: &Connection, article: ArticleId) -> rusqlite::Result<Vec<StoredArticle>> {
    let mut found: Vec<StoredArticle> = conn
        .prepare_cached(BY_ID)?
        .query_map([article.0], stored_of)?
        .collect::<rusqlite::Result<_>>()?;
    complete(conn, &mut found)?;
    Ok(found)
}

fn stored_of(row: &Row<'_>) -> rusqlite::Result<StoredArticle> {
    Ok(StoredArticle {
        article: judge::article_of(row)?,
        has_text: row.get::<_, Option<bool>>("has_text")?.unwrap_or(false),
        watches: Vec::new(),
    })
}

/// Adds what stands in other tables.
fn complete(conn: &Connection, found: &mut [StoredArticle]) -> rusqlite::Result<()> {
    let mut watches = conn.prepare_cached(WATCHES)?;
    for stored in found {
        let article = &mut stored.article;
        let id = article.id.0;
        stored.watches = watches
            .query_map([id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        judge::add_text(conn, article)?;
        article.story = stories::of_article(conn, id)?;
    }
    Ok(())
}

/// See `Queries::count_stored`.
pub(super) fn count(conn: &Connection, since: Timestamp) -> rusqlite::Result<u64> {
    conn.prepare_cached(COUNT)?
        .query_row(params![ms(since)], |row| row.count("stored"))
}
