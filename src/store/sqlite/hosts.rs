//! What hosts asked of us, kept for every daemon on this database.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::rows::ms;
use crate::model::{ArticleId, FeedId};

/// Leaves the host of a feed alone until a time, if it asked for that.
pub(super) fn of_feed_not_before(
    conn: &Connection,
    feed: FeedId,
    not_before: Option<Timestamp>,
) -> rusqlite::Result<()> {
    let host = "select host from feed where id = ?1";
    leave_alone(conn, host, feed.0, not_before)
}

/// Leaves the host of an article alone until a time, if it asked for that.
pub(super) fn of_article_not_before(
    conn: &Connection,
    article: ArticleId,
    not_before: Option<Timestamp>,
) -> rusqlite::Result<()> {
    let host = "select host from article where id = ?1";
    leave_alone(conn, host, article.0, not_before)
}

/// After the clock was set back: a wish counts from now, and is cut as `schedule` cuts one.
pub(super) fn wait_no_longer_than_a_week(
    conn: &Connection,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update host set not_before = ?1 + 604800000 where not_before > ?1 + 604800000",
    )?
    .execute([ms(now)])
}

fn leave_alone(
    conn: &Connection,
    host_of: &str,
    id: i64,
    not_before: Option<Timestamp>,
) -> rusqlite::Result<()> {
    let Some(not_before) = not_before else {
        return Ok(());
    };
    conn.prepare_cached(&format!(
        "insert into host (name, not_before) values (({host_of}), ?2)
         on conflict (name) do update set not_before = max(not_before, excluded.not_before)"
    ))?
    .execute(params![id, ms(not_before)])?;
    Ok(())
}
