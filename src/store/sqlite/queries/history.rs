//! What is known of one feed: its polls, its troubles, its newest entries.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::feeds;
use crate::model::{EntryLine, FeedHistory, TroubleView};
use crate::store::sqlite::rows::{Columns, from_word};
use crate::store::sqlite::{bodies, poll_log};

/// Newest entries shown.
const ENTRIES_SHOWN: i64 = 10;
/// Troubles shown.
const TROUBLES_SHOWN: i64 = 20;

const FEED: &str = "select * from feed where url = ?1";
const ENTRIES: &str = "select title, link, first_seen from entry where feed_id = ?1
     order by first_seen desc, id limit ?2";
const TROUBLES: &str =
    "select * from trouble where feed_id = ?1 order by ended_at is not null, id desc limit ?2";
const OPEN: &str = "select trouble.*, feed.url from trouble join feed on feed.id = trouble.feed_id
     where ended_at is null and removed_at is null";
const DUPLICATES: &str = "select url from feed where parked = 1 and removed_at is null
     and json_extract(state, '$.duplicate_of') = ?1 order by position";

/// See `Queries::feed_history`.
pub(super) fn of_feed(conn: &Connection, url: &str) -> rusqlite::Result<Option<FeedHistory>> {
    let Some(view) = feeds::by_url(conn, url)? else {
        return Ok(None);
    };
    let id = view.id.0;
    let found = conn
        .prepare_cached(FEED)?
        .query_row([url], |row| history_of(row, view))
        .optional()?;
    let Some(mut history) = found else {
        return Ok(None);
    };
    history.body_chars = bodies::of_feed(conn, id)?;
    history.polls = poll_log::of_feed(conn, id)?;
    history.troubles = conn
        .prepare_cached(TROUBLES)?
        .query_map(params![id, TROUBLES_SHOWN], trouble_of)?
        .collect::<rusqlite::Result<_>>()?;
    history.entries = conn
        .prepare_cached(ENTRIES)?
        .query_map(params![id, ENTRIES_SHOWN], |row| {
            Ok(EntryLine {
                title: row.get::<_, Option<String>>("title")?.unwrap_or_default(),
                link: row.get("link")?,
                first_seen: row.instant("first_seen")?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    history.duplicates = conn
        .prepare_cached(DUPLICATES)?
        .query_map([url], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(history))
}

fn history_of(row: &Row<'_>, view: crate::model::FeedView) -> rusqlite::Result<FeedHistory> {
    let format: Option<String> = row.get("format")?;
    let interval_ms: Option<i64> = row.get("interval_ms")?;
    Ok(FeedHistory {
        view,
        host: row.get("host")?,
        format: format.map(from_word).transpose()?,
        first_success: row.instant_opt("first_success_at")?,
        validators: row.validators()?,
        interval: interval_ms.map(jiff::SignedDuration::from_millis),
        state: row.json("state")?,
        body_chars: Vec::new(),
        polls: Vec::new(),
        troubles: Vec::new(),
        entries: Vec::new(),
        duplicates: Vec::new(),
    })
}

fn trouble_of(row: &Row<'_>) -> rusqlite::Result<TroubleView> {
    Ok(TroubleView {
        kind: row.word("kind")?,
        since: row.instant("since")?,
        ended: row.instant_opt("ended_at")?,
        told: row.instant_opt("told_at")?,
        why: row.get("why")?,
    })
}

/// Open troubles of one feed, gravest first.
pub(super) fn open_of_feed(conn: &Connection, feed: i64) -> rusqlite::Result<Vec<TroubleView>> {
    let mut open: Vec<TroubleView> = conn
        .prepare_cached("select * from trouble where feed_id = ?1 and ended_at is null")?
        .query_map([feed], trouble_of)?
        .collect::<rusqlite::Result<_>>()?;
    open.sort_by_key(|trouble| trouble.kind);
    Ok(open)
}

/// Open troubles by feed, gravest first.
pub(super) fn open_by_feed(conn: &Connection) -> rusqlite::Result<HashMap<i64, Vec<TroubleView>>> {
    let mut open: HashMap<i64, Vec<TroubleView>> = HashMap::new();
    let mut statement = conn.prepare_cached(OPEN)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let feed: i64 = row.get("feed_id")?;
        open.entry(feed).or_default().push(trouble_of(row)?);
    }
    for troubles in open.values_mut() {
        troubles.sort_by_key(|trouble| trouble.kind);
    }
    Ok(open)
}

/// Open troubles that are worth telling, with the addresses of their feeds, gravest first.
pub(super) fn open_troubles(conn: &Connection) -> rusqlite::Result<Vec<(String, TroubleView)>> {
    let mut open: Vec<(String, TroubleView)> = conn
        .prepare_cached(OPEN)?
        .query_map([], |row| Ok((row.get("url")?, trouble_of(row)?)))?
        .collect::<rusqlite::Result<_>>()?;
    open.retain(|(_, trouble)| trouble.kind.is_told());
    open.sort_by(|(a_url, a), (b_url, b)| (a.kind, a.since, a_url).cmp(&(b.kind, b.since, b_url)));
    Ok(open)
}
