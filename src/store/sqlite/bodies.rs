//! How long the bodies of a feed's newest articles are: kept beside the feed, because a look at all
//! feeds must not read the articles.

use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{from_json, to_json};
use crate::model::ArticleId;

/// Lengths kept of one feed.
const KEPT: usize = 60;

/// Feeds that name an article.
pub(super) const FEEDS: &str = "select distinct feed_id from entry where article_id = ?1";
/// Lengths of one feed.
pub(super) const OF_FEED: &str = "select chars from feed_bodies where feed_id = ?1";

/// Notes the length of a body that was read for the first time, for every feed that names its article.
pub(super) fn note(conn: &Connection, article: ArticleId, body: &str) -> rusqlite::Result<()> {
    let chars = u32::try_from(body.chars().count()).unwrap_or(u32::MAX);
    let feeds: Vec<i64> = conn
        .prepare_cached(FEEDS)?
        .query_map([article.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for feed in feeds {
        let mut lengths = of_feed(conn, feed)?;
        lengths.push(chars);
        let old = lengths.len().saturating_sub(KEPT);
        conn.prepare_cached(
            "insert into feed_bodies (feed_id, chars) values (?1, ?2)
             on conflict (feed_id) do update set chars = excluded.chars",
        )?
        .execute(params![feed, to_json(&lengths[old..])?])?;
    }
    Ok(())
}

/// The lengths of one feed, in the order they were read.
pub(super) fn of_feed(conn: &Connection, feed: i64) -> rusqlite::Result<Vec<u32>> {
    let json: Option<String> = conn
        .prepare_cached(OF_FEED)?
        .query_row([feed], |row| row.get(0))
        .optional()?;
    json.map_or(Ok(Vec::new()), |json| from_json(&json))
}
