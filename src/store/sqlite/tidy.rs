//! Stage `tidy`: dropping what is past its time, in small steps between which others write.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::host_memory;
use super::rows::{count, ms};
use super::versions::index;

/// Rows dropped in one transaction.
pub(super) const STEP: usize = 500;

/// Articles whose body may go: no hit, and no stage has it in hand.
pub(super) const OLD_BODIES: &str = "select id, title_words from article
     where has_body = 1 and first_seen < ?1 and state in ('judged', 'parked')
         and not exists (select 1 from hit where hit.article_id = article.id)
     order by first_seen limit ?2";
/// Near misses past their time.
pub(super) const OLD_NEAR_MISSES: &str = "delete from near_miss where rowid in (
         select rowid from near_miss where at < ?1 order by at limit ?2)";
/// Fingerprints past their time; their keys go with them.
pub(super) const OLD_FINGERPRINTS: &str = "delete from fingerprint where id in (
         select id from fingerprint where dated_at < ?1 order by dated_at limit ?2)";

/// The time before which something is too old.
pub(super) fn before(now: Timestamp, keep: SignedDuration) -> Timestamp {
    now.saturating_sub(keep).unwrap_or(Timestamp::MIN)
}

/// Drops up to [`STEP`] bodies; title and address stay, and the title stays searchable.
pub(super) fn drop_bodies(conn: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    let old: Vec<(i64, String)> = conn
        .prepare_cached(OLD_BODIES)?
        .query_map(params![ms(before), count(STEP)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut drop_texts =
        conn.prepare_cached("update article_version set body = null where article_id = ?1")?;
    let mut mark = conn.prepare_cached("update article set has_body = 0 where id = ?1")?;
    for (article, title_words) in &old {
        drop_texts.execute([article])?;
        mark.execute([article])?;
        index(conn, *article, (title_words, ""))?;
    }
    Ok(old.len() as u64)
}

/// Drops up to [`STEP`] near misses.
pub(super) fn drop_near_misses(conn: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    drop_rows(conn, OLD_NEAR_MISSES, before)
}

/// Drops up to [`STEP`] fingerprints.
pub(super) fn drop_fingerprints(conn: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    drop_rows(conn, OLD_FINGERPRINTS, before)
}

/// Drops up to [`STEP`] host memories.
pub(super) fn drop_hosts(conn: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    drop_rows(conn, host_memory::OLD, before)
}

fn drop_rows(conn: &Connection, sql: &str, before: Timestamp) -> rusqlite::Result<u64> {
    let dropped = conn
        .prepare_cached(sql)?
        .execute(params![ms(before), count(STEP)])?;
    Ok(dropped as u64)
}

/// Gives free pages back, refreshes the planner's statistics, moves the WAL into the file. Outside a
/// transaction.
pub(super) fn care(conn: &Connection) -> rusqlite::Result<()> {
    for pragma in [
        "pragma incremental_vacuum(2000)",
        "pragma optimize",
        "pragma wal_checkpoint(passive)",
    ] {
        run_pragma(conn, pragma)?;
    }
    Ok(())
}

/// Moves all of the WAL into the file, before the end. Outside a transaction.
pub(super) fn checkpoint(conn: &Connection) -> rusqlite::Result<()> {
    run_pragma(conn, "pragma optimize")?;
    run_pragma(conn, "pragma wal_checkpoint(truncate)")
}

/// Runs a pragma to its end; some work one step per row.
fn run_pragma(conn: &Connection, pragma: &str) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(pragma)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}
