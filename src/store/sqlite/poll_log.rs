//! The history of a feed's polls: bounded, and silent about polls that say nothing (304, same bytes).

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::rows::{Columns, ms, word};
use crate::model::{FailureKind, FeedId, PollRecord};

/// Lines kept of one feed.
const KEPT: i64 = 30;

/// Failures of one kind in a row are one line.
pub(super) const FAILED_AGAIN: &str =
    "update poll_log set last_at = ?2, polls = polls + 1, why = ?4, status = ?5
     where id = (select max(id) from poll_log where feed_id = ?1)
         and result = 'failed' and failure = ?3";
/// Forgets what is beyond the newest lines.
pub(super) const FORGET: &str = "delete from poll_log where feed_id = ?1 and id <= (
         select id from poll_log where feed_id = ?1 order by id desc limit 1 offset ?2)";
/// The newest lines first.
pub(super) const OF_FEED: &str = "select * from poll_log where feed_id = ?1 order by id desc";

/// A document was read.
pub(super) fn fetched(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    new_entries: u64,
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert into poll_log (feed_id, at, last_at, result, new_entries)
         values (?1, ?2, ?2, 'fetched', ?3)",
    )?
    .execute(params![
        feed.0,
        ms(at),
        i64::try_from(new_entries).unwrap_or(i64::MAX)
    ])?;
    forget(conn, feed)
}

/// The feed answers again, with nothing new.
pub(super) fn answered(conn: &Connection, feed: FeedId, at: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert into poll_log (feed_id, at, last_at, result) values (?1, ?2, ?2, 'answered')",
    )?
    .execute(params![feed.0, ms(at)])?;
    forget(conn, feed)
}

/// A poll failed.
pub(super) fn failed(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    (kind, why, status): (FailureKind, &str, Option<u16>),
) -> rusqlite::Result<()> {
    let kind = word(kind)?;
    let again =
        conn.prepare_cached(FAILED_AGAIN)?
            .execute(params![feed.0, ms(at), kind, why, status])?;
    if again > 0 {
        return Ok(());
    }
    conn.prepare_cached(
        "insert into poll_log (feed_id, at, last_at, result, failure, why, status)
         values (?1, ?2, ?2, 'failed', ?3, ?4, ?5)",
    )?
    .execute(params![feed.0, ms(at), kind, why, status])?;
    forget(conn, feed)
}

fn forget(conn: &Connection, feed: FeedId) -> rusqlite::Result<()> {
    conn.prepare_cached(FORGET)?
        .execute(params![feed.0, KEPT])?;
    Ok(())
}

/// The lines of a feed, newest first.
pub(super) fn of_feed(conn: &Connection, feed: i64) -> rusqlite::Result<Vec<PollRecord>> {
    conn.prepare_cached(OF_FEED)?
        .query_map([feed], record_of)?
        .collect()
}

fn record_of(row: &Row<'_>) -> rusqlite::Result<PollRecord> {
    let failure: Option<String> = row.get("failure")?;
    Ok(PollRecord {
        at: row.instant("at")?,
        last: row.instant("last_at")?,
        polls: row.count("polls")?,
        result: row.get("result")?,
        new_entries: row.count("new_entries")?,
        failure: failure.map(super::rows::from_word).transpose()?,
        why: row.get("why")?,
        status: row.get("status")?,
    })
}
