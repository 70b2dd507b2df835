//! The feeds of the config in the store.

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::rows::{Columns, count, ms, to_json, word};
use super::{drop, twins};
use crate::model::{Feed, FeedId, FeedSpec};
use crate::store::SyncReport;

/// Brings the rows in line with the config; see `Store::sync_feeds`.
pub(super) fn sync(
    conn: &Connection,
    feeds: &[(Arc<FeedSpec>, Timestamp)],
    now: Timestamp,
) -> rusqlite::Result<SyncReport> {
    let mut report = SyncReport::default();
    let mut kept = Vec::with_capacity(feeds.len());
    for (position, (spec, due_at)) in feeds.iter().enumerate() {
        kept.push(sync_one(conn, spec, *due_at, position, &mut report)?);
    }
    let removed = conn
        .prepare_cached(
            "update feed set removed_at = ?1, leased_by = null, leased_until = 0
             where removed_at is null and id not in (select value from json_each(?2))",
        )?
        .execute(params![ms(now), to_json(&kept)?])?;
    report.removed = removed as u64;
    if removed > 0 {
        hold_back(conn, now)?;
    }
    twins::free_orphans(conn, now)?;
    Ok(report)
}

fn sync_one(
    conn: &Connection,
    spec: &FeedSpec,
    due_at: Timestamp,
    position: usize,
    report: &mut SyncReport,
) -> rusqlite::Result<i64> {
    let known = conn
        .prepare_cached("select *, removed_at is not null as removed from feed where url = ?1")?
        .query_row([&spec.url], |row| {
            let place = row.get::<_, i64>("position")?;
            let removed = row.get::<_, bool>("removed")?;
            Ok((row.get("id")?, spec_of(row)?, place, removed))
        })
        .optional()?;
    let Some((id, before, place, was_removed)) = known else {
        report.added += 1;
        return insert(conn, spec, due_at, position);
    };
    if before != *spec || was_removed {
        report.changed += 1;
    } else if place == count(position) {
        // A start with thousands of feeds must not write every row anew.
        return Ok(id);
    }
    if was_removed {
        let_go(conn, id)?;
        revive(conn, id, due_at)?;
    } else if before.interval != spec.interval {
        hasten(conn, id, spec, due_at)?;
    }
    if before.kind != spec.kind {
        read_anew(conn, id)?;
    }
    conn.prepare_cached(
        "update feed set host = :host, kind = :kind, tags = :tags, lang = :lang,
             interval_ms = :interval, position = :position, removed_at = null
         where id = :id",
    )?
    .execute(named_params! {
        ":id": id,
        ":host": spec.host,
        ":kind": word(spec.kind)?,
        ":tags": to_json(&spec.tags)?,
        ":lang": spec.lang,
        ":interval": interval_ms(spec),
        ":position": count(position),
    })?;
    Ok(id)
}

/// No time: what is due then is out of every claim's sight.
pub(super) const NEVER: i64 = 253_402_207_200_000;

/// Articles that only feeds named which are out of the config, and that are not judged yet.
pub(super) const HOLD_BACK: &str = "update article set due_at = ?2
     where state in ('wanted', 'read') and due_at is not ?2 and leased_until <= ?1
         and id in (select article_id from entry join feed on feed.id = entry.feed_id
             where feed.removed_at = ?1)
         and not exists (select 1 from entry join feed on feed.id = entry.feed_id
             where entry.article_id = article.id and feed.removed_at is null)";
/// A feed that was taken out brings nothing more: neither what waits to be read or judged, nor what waits to be sent.
fn hold_back(conn: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached(HOLD_BACK)?
        .execute(params![ms(now), NEVER])?;
    drop::of_feeds(conn, now).map(|_| ())
}

/// A feed that is back brings what was held back.
fn let_go(conn: &Connection, id: i64) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update article set due_at = null
         where due_at = ?2 and id in (select article_id from entry where feed_id = ?1)",
    )?
    .execute(params![id, NEVER])
}

/// See `Store::move_feed`.
pub(super) fn relocate(
    conn: &Connection,
    from: &str,
    to: &FeedSpec,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let moved = conn
        .prepare_cached(
            "update feed set url = ?2, host = ?3, removed_at = null, parked = 0,
                 due_at = min(due_at, ?4), leased_by = null, leased_until = 0, lease_no = lease_no + 1,
                 state = json_remove(state, '$.poll_url', '$.moving', '$.gone_at', '$.gone_seen_at',
                     '$.duplicate_of')
             where url = ?1 and not exists (select 1 from feed as other where other.url = ?2)",
        )?
        .execute(params![from, to.url, to.host, ms(now)])?;
    if moved > 0 {
        let id = conn
            .prepare_cached("select id from feed where url = ?1")?
            .query_row([&to.url], |row| row.get(0))?;
        let_go(conn, id)?;
    }
    Ok(moved > 0)
}

/// A feed that comes back into the config is tried again even if it was gone, never sooner than it was due.
fn revive(conn: &Connection, id: i64, due_at: Timestamp) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update feed set due_at = iif(parked = 1, ?2, max(due_at, ?2)), parked = 0,
             state = json_remove(state, '$.gone_at', '$.gone_seen_at', '$.duplicate_of', '$.gap')
         where id = ?1",
    )?
    .execute(params![id, ms(due_at)])
}

/// A shorter interval holds from now on, not only after the long one.
fn hasten(
    conn: &Connection,
    id: i64,
    spec: &FeedSpec,
    due_at: Timestamp,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update feed set due_at = min(due_at, max(?2, polled_at + ?3)) where id = ?1 and ?3 is not null",
    )?
    .execute(params![id, ms(due_at), interval_ms(spec)])
}

/// The body that was read in another way has to be fetched and read again.
fn read_anew(conn: &Connection, id: i64) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update feed set etag = null, last_modified = null, body_hash = null where id = ?1",
    )?
    .execute([id])
}

fn insert(
    conn: &Connection,
    spec: &FeedSpec,
    due_at: Timestamp,
    position: usize,
) -> rusqlite::Result<i64> {
    conn.prepare_cached(
        "insert into feed (url, host, kind, tags, lang, interval_ms, position, due_at)
         values (:url, :host, :kind, :tags, :lang, :interval, :position, :due_at)",
    )?
    .insert(named_params! {
        ":url": spec.url,
        ":host": spec.host,
        ":kind": word(spec.kind)?,
        ":tags": to_json(&spec.tags)?,
        ":lang": spec.lang,
        ":interval": interval_ms(spec),
        ":position": count(position),
        ":due_at": ms(due_at),
    })
}

fn interval_ms(spec: &FeedSpec) -> Option<i64> {
    spec.interval
        .map(|interval| i64::try_from(interval.as_millis()).unwrap_or(i64::MAX))
}

/// What the config says, from a row of `feed`.
fn spec_of(row: &Row<'_>) -> rusqlite::Result<FeedSpec> {
    Ok(FeedSpec {
        url: row.get("url")?,
        host: row.get("host")?,
        kind: row.word("kind")?,
        tags: row.json("tags")?,
        lang: row.get("lang")?,
        interval: row
            .get::<_, Option<i64>>("interval_ms")?
            .map(jiff::SignedDuration::from_millis),
    })
}

/// A feed from a row of `feed`.
pub(super) fn feed_of(row: &Row<'_>) -> rusqlite::Result<Feed> {
    Ok(Feed {
        id: FeedId(row.get("id")?),
        spec: spec_of(row)?,
        validators: row.validators()?,
        body_hash: row.get("body_hash")?,
        first_success_at: row.instant_opt("first_success_at")?,
        last_success_at: row.instant_opt("last_success_at")?,
        last_new_at: row.instant_opt("last_new_at")?,
        failures: row.get("failures")?,
        state: row.json("state")?,
        subscribed_until: row.instant_opt("subscribed_until")?,
        pushed_at: row.instant_opt("pushed_at")?,
    })
}
