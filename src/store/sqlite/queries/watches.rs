//! What the store knows of each watch: its hits, and what people said of its alerts.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params};

use crate::store::WatchRecord;
use crate::store::sqlite::rows::{Columns, ms};

/// Watches of the config that ran, watches that were taken out, and names that only hits or alerts bear.
const RECORDS: &str = "with
     hits as (select watch, count(*) as week, count(*) filter (where at >= :day) as day
         from hit where at >= :week and withdrawn_at is null group by watch),
     marks as (select watch, count(*) filter (where verdict = 'relevant') as relevant,
             count(*) filter (where verdict = 'noise') as noise
         from mark join alert on alert.id = alert_id group by watch),
     names as (select name from watch union select watch from hits union select watch from alert)
     select names.name, watch.since, watch.removed_at, coalesce(hits.day, 0) as hits_24h,
         coalesce(hits.week, 0) as hits_7d, coalesce(relevant, 0) as relevant,
         coalesce(noise, 0) as noise
     from names left join watch on watch.name = names.name left join hits on hits.watch = names.name
         left join marks on marks.watch = names.name
     order by names.name";

/// See `Queries::watch_records`.
pub(super) fn records(conn: &Connection, now: Timestamp) -> rusqlite::Result<Vec<WatchRecord>> {
    let ago = |hours| ms(now - SignedDuration::from_hours(hours));
    conn.prepare_cached(RECORDS)?
        .query_map(
            named_params! { ":day": ago(24), ":week": ago(7 * 24) },
            |row| {
                Ok(WatchRecord {
                    name: row.get("name")?,
                    since: row.instant_opt("since")?,
                    removed_at: row.instant_opt("removed_at")?,
                    hits_24h: row.count("hits_24h")?,
                    hits_7d: row.count("hits_7d")?,
                    relevant: row.count("relevant")?,
                    noise: row.count("noise")?,
                })
            },
        )?
        .collect()
}
