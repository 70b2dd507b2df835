//! Counts for `status`.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::store::Totals;
use crate::store::sqlite::rows::{Columns, instant, ms};

/// What was held back because its feeds are out of the config (`feeds::NEVER`) does not wait for anything.
/// All that is asked of the feeds is counted in one go: ten thousand fill twenty megabytes.
const TOTALS: &str = "select of_feeds.*,
     (select count(*) from entry) as entries,
     (select count(*) from article) as articles,
     (select count(*) from article where state = 'wanted' and due_at is null)
         + (select count(*) from article where state = 'wanted' and due_at < 253402207200000)
         as articles_wanted,
     (select count(*) from article where state = 'read' and due_at is null)
         + (select count(*) from article where state = 'read' and due_at < 253402207200000)
         as articles_unjudged,
     (select count(*) from article where state = 'parked') as articles_parked,
     (select count(*) from story where merged_into is null) as stories,
     (select count(*) from alert where state = 'open') as alerts_open,
     (select count(*) from alert) as alerts,
     (select count(*) from delivery where state = 'pending') as deliveries_pending,
     (select count(*) from delivery where state = 'dead') as deliveries_dead,
     (select max(created_at) from alert) as last_alert_at,
     (select count(*) from kept) as kept_pages,
     (select coalesce(sum(bytes), 0) from kept) as kept_pages_bytes,
     (select page_count * page_size from pragma_page_count, pragma_page_size) as database_bytes
     from (select
         count(*) filter (where removed_at is null) as feeds,
         count(*) filter (where removed_at is null and failures > 0) as feeds_failing,
         count(*) filter (where removed_at is null and polled_at = 0) as feeds_new,
         max(last_success_at) as last_poll_at
         from feed) as of_feeds";

/// See `Queries::totals`.
pub(super) fn totals(conn: &Connection) -> rusqlite::Result<Totals> {
    conn.prepare_cached(TOTALS)?.query_row([], |row| {
        Ok(Totals {
            feeds: row.count("feeds")?,
            feeds_failing: row.count("feeds_failing")?,
            feeds_new: row.count("feeds_new")?,
            entries: row.count("entries")?,
            articles: row.count("articles")?,
            articles_wanted: row.count("articles_wanted")?,
            articles_unjudged: row.count("articles_unjudged")?,
            articles_parked: row.count("articles_parked")?,
            stories: row.count("stories")?,
            alerts_open: row.count("alerts_open")?,
            alerts: row.count("alerts")?,
            deliveries_pending: row.count("deliveries_pending")?,
            deliveries_dead: row.count("deliveries_dead")?,
            last_alert_at: row.instant_opt("last_alert_at")?,
            last_poll_at: row.instant_opt("last_poll_at")?,
            kept_pages: row.count("kept_pages")?,
            kept_pages_bytes: row.count("kept_pages_bytes")?,
            database_bytes: row.count("database_bytes")?,
        })
    })
}

/// Lags of the articles that were seen since a time.
pub(in crate::store::sqlite) const LAGS: &str = "select judged_at - first_seen from article
     where version > 0 and first_seen >= ?1 and backlog = 0 and judged_at is not null limit 50000";

/// See `Queries::lags`. Of very many the first are as good as all.
pub(super) fn lags(conn: &Connection, since: Timestamp) -> rusqlite::Result<Vec<SignedDuration>> {
    let mut lags: Vec<SignedDuration> = conn
        .prepare_cached(LAGS)?
        .query_map([ms(since)], |row| {
            Ok(SignedDuration::from_millis(row.get(0)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    lags.sort_unstable();
    Ok(lags)
}

/// See `Queries::quiet_hosts`.
pub(super) fn quiet_hosts(
    conn: &Connection,
    now: Timestamp,
) -> rusqlite::Result<Vec<(String, Timestamp)>> {
    conn.prepare_cached(
        "select name, not_before from host where not_before > ?1 order by not_before desc, name",
    )?
    .query_map([ms(now)], |row| Ok((row.get(0)?, instant(row.get(1)?))))?
    .collect()
}

/// See `Queries::dead_channels`. With `max()` the other columns are those of its row (SQLite says so).
pub(super) fn dead_channels(conn: &Connection) -> rusqlite::Result<Vec<(String, u64, String)>> {
    conn.prepare_cached(
        "select channel, count(*) as dead, coalesce(last_error, '') as why, max(finished_at)
         from delivery where state = 'dead' group by channel order by channel",
    )?
    .query_map([], |row| {
        Ok((row.get("channel")?, row.count("dead")?, row.get("why")?))
    })?
    .collect()
}

/// See `Queries::hits_per_watch`.
pub(super) fn hits_per_watch(
    conn: &Connection,
    since: Timestamp,
) -> rusqlite::Result<Vec<(String, u64)>> {
    conn.prepare_cached(
        "select watch, count(*) as articles from hit where at >= ?1 and withdrawn_at is null
         group by watch order by watch",
    )?
    .query_map([ms(since)], |row| Ok((row.get(0)?, row.count("articles")?)))?
    .collect()
}
