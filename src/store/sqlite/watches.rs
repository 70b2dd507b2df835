//! The watches of the config in the store, and what goes with one that is renamed or taken out.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use rustc_hash::FxHashMap;

use super::drop;
use super::rows::{ms, to_json};
use crate::store::{WatchReport, WatchSpec};

/// What bears the NAME of a watch. Where the new name has a row for the same story or article already, the old
/// row stays under the old name.
const NAMED: [&str; 5] = [
    "update or ignore alert set watch = ?2 where watch = ?1",
    "update or ignore hit set watch = ?2 where watch = ?1",
    "update or ignore near_miss set watch = ?2 where watch = ?1",
    "update mute set watch = ?2 where watch = ?1",
    "update burst set watch = ?2 where watch = ?1",
];

/// See `Store::sync_watches`.
pub(super) fn sync(
    conn: &Connection,
    watches: &[WatchSpec],
    now: Timestamp,
) -> rusqlite::Result<WatchReport> {
    let mut report = WatchReport::default();
    for watch in watches {
        let from = watch.renamed_from.as_deref();
        let from = from.filter(|from| watches.iter().all(|other| other.name != *from));
        if let Some(from) = from {
            report.renamed += u64::from(rename(conn, from, &watch.name)?);
        }
    }
    // Thousands are as they were, and reading all at once is quicker than asking for each.
    let known = in_force(conn)?;
    let is_known = |watch: &&WatchSpec| known.get(&watch.name) == Some(&watch.version);
    for watch in watches.iter().filter(|watch| !is_known(watch)) {
        report.changed += put(conn, watch, now)?;
    }
    let names: Vec<&str> = watches.iter().map(|watch| watch.name.as_str()).collect();
    let removed = conn
        .prepare_cached(
            "update watch set removed_at = ?1 where removed_at is null
                 and name not in (select value from json_each(?2))",
        )?
        .execute(params![ms(now), to_json(&names)?])?;
    report.removed = removed as u64;
    report.dropped = drop::of_watches(conn, now)?;
    Ok(report)
}

/// Versions of the watches that are in the config, by name.
fn in_force(conn: &Connection) -> rusqlite::Result<FxHashMap<String, String>> {
    conn.prepare_cached("select name, version from watch where removed_at is null")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Gives what the old name has to the new one; true when there was anything.
fn rename(conn: &Connection, from: &str, to: &str) -> rusqlite::Result<bool> {
    let mut moved = 0;
    for update in NAMED {
        moved += conn.prepare_cached(update)?.execute([from, to])?;
    }
    moved += conn
        .prepare_cached("update or ignore watch set name = ?2, removed_at = null where name = ?1")?
        .execute([from, to])?;
    conn.prepare_cached("delete from watch where name = ?1")?
        .execute([from])?;
    Ok(moved > 0)
}

/// Writes one watch; 1 when it was not there like this.
fn put(conn: &Connection, watch: &WatchSpec, now: Timestamp) -> rusqlite::Result<u64> {
    let changed = conn
        .prepare_cached(
            "insert into watch (name, version, since) values (?1, ?2, ?3)
             on conflict (name) do update set version = excluded.version, since = excluded.since,
                 removed_at = null
             where version <> excluded.version or removed_at is not null",
        )?
        .execute(params![watch.name, watch.version, ms(now)])?;
    Ok(changed as u64)
}
