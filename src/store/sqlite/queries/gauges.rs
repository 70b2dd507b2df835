//! What is measured again and again: nothing here reads a table that grows with the years.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::Connection;

use super::feeds::health;
use crate::model::{FeedHealth, PollState};
use crate::store::Gauges;
use crate::store::sqlite::rows::Columns;

/// As in `totals`: what is held back because its feeds are out of the config waits for nothing.
pub(in crate::store::sqlite) const NUMBERS: &str = "select
     (select count(*) from article where state = 'wanted' and due_at is null)
         + (select count(*) from article where state = 'wanted' and due_at < 253402207200000)
         as articles_wanted,
     (select count(*) from article where state = 'read' and due_at is null)
         + (select count(*) from article where state = 'read' and due_at < 253402207200000)
         as articles_unjudged,
     (select count(*) from article where state = 'parked') as articles_parked,
     (select count(*) from alert where state = 'open') as alerts_open,
     (select min(created_at) from delivery where state = 'pending') as oldest_waiting_at,
     (select page_count * page_size from pragma_page_count, pragma_page_size) as database_bytes";

/// Feeds, as far as their health hangs on it: all in one go, as many as the config has and had.
pub(in crate::store::sqlite) const FEEDS: &str =
    "select polled_at, failures, state, last_success_at, removed_at is not null as is_removed, exists (select 1 from trouble
             where trouble.feed_id = feed.id and kind = 'silent' and ended_at is null) as is_silent
         from feed";
/// The partial indices know the states by their words.
pub(in crate::store::sqlite) const WAITING: &str =
    "select channel, count(*) as deliveries from delivery where state = 'pending' group by channel";
pub(in crate::store::sqlite) const DEAD: &str =
    "select channel, count(*) as deliveries from delivery where state = 'dead' group by channel";

/// See `Queries::gauges`.
pub(super) fn gauges(conn: &Connection) -> rusqlite::Result<Gauges> {
    let numbers = conn.prepare_cached(NUMBERS)?.query_row([], |row| {
        Ok(Gauges {
            articles_wanted: row.count("articles_wanted")?,
            articles_unjudged: row.count("articles_unjudged")?,
            articles_parked: row.count("articles_parked")?,
            alerts_open: row.count("alerts_open")?,
            oldest_waiting_at: row.instant_opt("oldest_waiting_at")?,
            database_bytes: row.count("database_bytes")?,
            ..Gauges::default()
        })
    })?;
    let (feeds, last_poll_at) = feeds(conn)?;
    Ok(Gauges {
        feeds,
        last_poll_at,
        waiting: deliveries(conn, WAITING)?,
        dead: deliveries(conn, DEAD)?,
        ..numbers
    })
}

/// Feeds by how they are, every word that there is among them, and when a poll last succeeded.
fn feeds(conn: &Connection) -> rusqlite::Result<(BTreeMap<&'static str, u64>, Option<Timestamp>)> {
    let mut counts: BTreeMap<_, _> = FeedHealth::IN_CONFIG
        .map(|health| (health.name(), 0))
        .into();
    let mut rows = conn.prepare_cached(FEEDS)?;
    let mut last_poll_at = None;
    let healths = rows.query_map([], |row| {
        last_poll_at = last_poll_at.max(row.instant_opt("last_success_at")?);
        if row.get("is_removed")? {
            return Ok(None);
        }
        let state: PollState = row.json("state")?;
        let health = health(false, row.get("polled_at")?, row.get("failures")?, &state);
        Ok(Some(match row.get("is_silent")? {
            true if health == FeedHealth::Ok => FeedHealth::Silent,
            _ => health,
        }))
    })?;
    let healths: Vec<Option<FeedHealth>> = healths.collect::<rusqlite::Result<_>>()?;
    for health in healths.into_iter().flatten() {
        *counts.entry(health.name()).or_default() += 1;
    }
    Ok((counts, last_poll_at))
}

fn deliveries(conn: &Connection, sql: &str) -> rusqlite::Result<BTreeMap<String, u64>> {
    conn.prepare_cached(sql)?
        .query_map([], |row| {
            Ok((row.get("channel")?, row.count("deliveries")?))
        })?
        .collect()
}
