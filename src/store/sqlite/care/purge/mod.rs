//! Deleting articles for good, with all that was made of them: `wirewatch store purge`.
//!
//! The order makes a second try after a kill find what the first has left: what quotes an article goes before it.

pub(in crate::store::sqlite) mod alerts;
mod articles;
mod digests;

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::disk::room_for;
use super::restore::open;
use crate::store::sqlite::connect::set_up;
use crate::store::sqlite::faults::store_error;
use crate::store::sqlite::instance::InstanceLock;
use crate::store::sqlite::migrations::KNOWN;
use crate::store::sqlite::rows::{Columns, ms};
use crate::store::sqlite::schema;
use crate::store::{PurgeScope, PurgeTotals, StoreError};

/// What is about to go: articles, and entries whose article stays because another feed named it too.
const GOING: &str = "create temp table going (id integer primary key);
     create temp table going_entry (id integer primary key);";

const BY_URL: &str = "insert into going
     select id from article where url = ?1
     union select article_id from entry where link = ?1";
const BY_TIME: &str = "insert into going select id from article where first_seen < ?1";
const BY_FEED: &str = "insert into going
     select distinct article_id from entry where feed_id = ?1
         and not exists (select 1 from entry as other
             where other.article_id = entry.article_id and other.feed_id <> ?1)";
const ENTRIES_OF_FEED: &str = "insert into going_entry
     select id from entry where feed_id = ?1 and article_id not in (select id from going)";

/// What is going, counted.
const COUNTS: &str = "select
     (select count(*) from going) as articles,
     (select count(*) from going_entry)
         + (select count(*) from entry where article_id in (select id from going)) as entries,
     (select count(*) from kept where article_id in (select id from going)) as pages,
     (select count(*) from hit where article_id in (select id from going)) as hits,
     (select count(distinct alert_id) from alert_article as own where article_id in (select id from going)
         and not exists (select 1 from alert_article as other
             where other.alert_id = own.alert_id and other.article_id not in (select id from going))) as alerts,
     (select count(distinct alert_id) from alert_article as own where article_id in (select id from going)
         and exists (select 1 from alert_article as other
             where other.alert_id = own.alert_id and other.article_id not in (select id from going))) as alerts_cut";

/// Says what a purge of the database at `path` would delete; beside a daemon, too.
///
/// # Errors
/// As SQLite fails; `Other` when no feed has that address, or the schema is another one.
pub fn purge_preview(path: &Path, scope: &PurgeScope) -> Result<PurgeTotals, StoreError> {
    check_schema(path)?;
    let conn = open(path)?;
    select(&conn, path, scope)?;
    let fault = |error| store_error(path, &error);
    let mut totals = count(&conn).map_err(fault)?;
    totals.digests = digests::quoting(&conn).map_err(fault)?.len() as u64;
    Ok(totals)
}

/// Deletes what a scope means, and writes the whole file anew, so that nothing of it is left in pages that are free.
///
/// # Errors
/// [`StoreError::InUse`] beside a daemon, [`StoreError::NoRoom`] when the file cannot be written anew; as SQLite fails. A
/// second try goes on where the first has ended.
pub fn purge(path: &Path, scope: &PurgeScope) -> Result<PurgeTotals, StoreError> {
    let _lock = InstanceLock::take(path, "wirewatch store purge")?;
    check_schema(path)?;
    let fault = |error| store_error(path, &error);
    let size = std::fs::metadata(path).map_or(0, |file| file.len());
    room_for(path, "writing the database anew", size.saturating_mul(2))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fault)?;
    set_up(&conn, 2 << 10).map_err(fault)?;
    // A rewritten file is too large for the memory.
    conn.execute_batch(
        "pragma secure_delete = on; pragma synchronous = full; pragma temp_store = file;",
    )
    .map_err(fault)?;
    select(&conn, path, scope)?;
    let totals = delete(&conn).map_err(fault)?;
    let is_read: bool = conn
        .query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))
        .map_err(fault)?;
    if is_read {
        return Err(StoreError::Other {
            path: path.display().to_string(),
            why: "it is deleted, but another command reads the database, and the WAL still holds it; \
                  do it again with --yes when that has ended"
                .to_owned(),
        });
    }
    Ok(totals)
}

fn check_schema(path: &Path) -> Result<(), StoreError> {
    let found = schema::version_of(path)?;
    if found == KNOWN {
        return Ok(());
    }
    Err(StoreError::Other {
        path: path.display().to_string(),
        why: match found {
            0 => "there is no database yet; `wirewatch run` makes it".to_owned(),
            _ => format!(
                "has schema {found}, this program knows {KNOWN}; `wirewatch run` updates it"
            ),
        },
    })
}

/// Fills the tables of what is going.
fn select(conn: &Connection, path: &Path, scope: &PurgeScope) -> Result<(), StoreError> {
    let fault = |error| store_error(path, &error);
    conn.execute_batch(GOING).map_err(fault)?;
    match scope {
        PurgeScope::Url(url) => conn.execute(BY_URL, params![url]).map_err(fault)?,
        PurgeScope::Before(time) => conn.execute(BY_TIME, params![ms(*time)]).map_err(fault)?,
        PurgeScope::Feed(url) => {
            let feed: Option<i64> = conn
                .query_row("select id from feed where url = ?1", [url], |row| {
                    row.get(0)
                })
                .optional()
                .map_err(fault)?;
            let Some(feed) = feed else {
                return Err(StoreError::Other {
                    path: path.display().to_string(),
                    why: format!("knows no feed {url}; `wirewatch feed list` shows the addresses"),
                });
            };
            conn.execute(BY_FEED, [feed]).map_err(fault)?;
            conn.execute(ENTRIES_OF_FEED, [feed]).map_err(fault)?
        }
    };
    Ok(())
}

fn count(conn: &Connection) -> rusqlite::Result<PurgeTotals> {
    conn.query_row(COUNTS, [], |row| {
        Ok(PurgeTotals {
            articles: row.count("articles")?,
            entries: row.count("entries")?,
            pages: row.count("pages")?,
            hits: row.count("hits")?,
            alerts: row.count("alerts")?,
            alerts_cut: row.count("alerts_cut")?,
            digests: 0,
        })
    })
}

fn delete(conn: &Connection) -> rusqlite::Result<PurgeTotals> {
    let mut totals = count(conn)?;
    totals.digests = digests::cut(conn)?;
    alerts::cut(conn)?;
    articles::delete(conn)?;
    rewrite(conn)?;
    Ok(totals)
}

/// Drops the words of what was deleted from the search index, where they are only marked as deleted, the samples that the
/// planner keeps of indexes, and then every page of the file.
fn rewrite(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch("insert into article_words (article_words) values ('optimize')")?;
    for samples in ["sqlite_stat1", "sqlite_stat4"] {
        let sql = "select 1 from sqlite_schema where name = ?1";
        if conn
            .query_row(sql, [samples], |_| Ok(()))
            .optional()?
            .is_some()
        {
            conn.execute_batch(&format!("delete from {samples}"))?;
        }
    }
    conn.execute_batch("vacuum; pragma optimize = 0x10002;")
}
