//! The history of a feed's polls: bounded, and silent about polls that say nothing (304, same bytes).

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::rows::{Columns, ms, word};
use crate::model::{FailureKind, FeedId, PollOutcome, PollRecord, PollResult};

/// Lines kept of one feed.
const KEPT: i64 = 30;

/// Failures of one kind in a row are one line.
pub(super) const FAILED_AGAIN: &str =
    "update poll_log set last_at = ?2, polls = polls + 1, why = ?4, status = ?5
     where id = (select max(id) from poll_log where feed_id = ?1)
         and result = 'failed' and failure = ?3";
/// The first answer after a failure, with nothing new.
pub(super) const ANSWERED: &str = "insert into poll_log (feed_id, at, last_at, result)
     select ?1, ?2, ?2, 'answered' where 'failed' = (
         select result from poll_log where feed_id = ?1 order by id desc limit 1)";
/// Forgets what is beyond the newest lines.
pub(super) const FORGET: &str = "delete from poll_log where feed_id = ?1 and id <= (
         select id from poll_log where feed_id = ?1 order by id desc limit 1 offset ?2)";
/// The newest lines first.
pub(super) const OF_FEED: &str = "select * from poll_log where feed_id = ?1 order by id desc";

/// What one poll adds to the history.
pub(super) struct Line {
    at: Timestamp,
    what: What,
}

enum What {
    Fetched,
    Answered,
    Failed {
        kind: FailureKind,
        why: String,
        status: Option<u16>,
    },
}

/// The line of a poll. A 304, or the same bytes again, says something only when it changed the feed's
/// state: it may be the first answer after failures.
pub(super) fn line(outcome: &PollOutcome) -> Option<Line> {
    let what = match &outcome.result {
        PollResult::Fetched { .. } => What::Fetched,
        PollResult::NotModified { .. } | PollResult::Unchanged { .. } => {
            outcome.state.as_ref()?;
            match outcome.older.is_empty() {
                true => What::Answered,
                false => What::Fetched,
            }
        }
        PollResult::Failed { why, kind, status } => What::Failed {
            kind: *kind,
            why: why.clone(),
            status: *status,
        },
    };
    Some(Line {
        at: outcome.at,
        what,
    })
}

/// Writes the line of a poll, and forgets the oldest.
pub(super) fn note(
    conn: &Connection,
    feed: FeedId,
    line: Option<Line>,
    new_entries: u64,
) -> rusqlite::Result<()> {
    let Some(Line { at, what }) = line else {
        return Ok(());
    };
    let written = match what {
        What::Fetched => {
            let new_entries = i64::try_from(new_entries).unwrap_or(i64::MAX);
            conn.prepare_cached(
                "insert into poll_log (feed_id, at, last_at, result, new_entries)
                 values (?1, ?2, ?2, 'fetched', ?3)",
            )?
            .execute(params![feed.0, ms(at), new_entries])?
        }
        What::Answered => conn
            .prepare_cached(ANSWERED)?
            .execute(params![feed.0, ms(at)])?,
        What::Failed { kind, why, status } => failed(conn, feed, at, (kind, &why, status))?,
    };
    if written > 0 {
        conn.prepare_cached(FORGET)?
            .execute(params![feed.0, KEPT])?;
    }
    Ok(())
}

/// A failure; answers with the number of new lines.
fn failed(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    (kind, why, status): (FailureKind, &str, Option<u16>),
) -> rusqlite::Result<usize> {
    let kind = word(kind)?;
    let again =
        conn.prepare_cached(FAILED_AGAIN)?
            .execute(params![feed.0, ms(at), kind, why, status])?;
    if again > 0 {
        return Ok(0);
    }
    conn.prepare_cached(
        "insert into poll_log (feed_id, at, last_at, result, failure, why, status)
         values (?1, ?2, ?2, 'failed', ?3, ?4, ?5)",
    )?
    .execute(params![feed.0, ms(at), kind, why, status])
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
