//! The articles that are going, their entries, and what their pages taught.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use crate::extract::host_of;
use crate::store::sqlite::purge::delete_article;
use crate::store::sqlite::purged::Purged;

/// Articles deleted in one transaction.
const STEP: i64 = 500;

const SOME: &str =
    "select article.id, article.url from article join going on going.id = article.id limit ?1";
const ENTRIES: &str =
    "select entry.id, feed.url, entry.key from entry join feed on feed.id = entry.feed_id
     where article_id = ?1";
const LONE_ENTRIES: &str = "select entry.id, feed.url, entry.key
     from entry join feed on feed.id = entry.feed_id join going_entry on going_entry.id = entry.id limit ?1";

/// Deletes everything, in steps; what was deleted stays known by its hash.
pub(super) fn delete(conn: &Connection) -> rusqlite::Result<()> {
    let mut hosts = HashSet::new();
    loop {
        let work = conn.unchecked_transaction()?;
        let some: Vec<(i64, String)> = work
            .prepare_cached(SOME)?
            .query_map([STEP], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        for (article, url) in &some {
            let entries = entries(&work, ENTRIES, *article)?;
            delete_entries(&work, &entries)?;
            Purged::Article(url).add(&work)?;
            // The lines of its page may be among those that recur there.
            if let Some(host) = host_of(url)
                && hosts.insert(host.clone())
            {
                work.execute("delete from host_memory where host = ?1", [host])?;
            }
            delete_article(&work, *article)?;
        }
        work.commit()?;
        if some.is_empty() {
            break;
        }
    }
    loop {
        let work = conn.unchecked_transaction()?;
        let some = entries(&work, LONE_ENTRIES, STEP)?;
        delete_entries(&work, &some)?;
        work.commit()?;
        if some.is_empty() {
            return Ok(());
        }
    }
}

/// Row, address of the feed, key.
type Entry = (i64, String, String);

fn entries(conn: &Connection, sql: &str, argument: i64) -> rusqlite::Result<Vec<Entry>> {
    conn.prepare_cached(sql)?
        .query_map(params![argument], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect()
}

fn delete_entries(conn: &Connection, entries: &[Entry]) -> rusqlite::Result<()> {
    for (entry, feed, key) in entries {
        for sql in [
            "delete from entry_version where entry_id = ?1",
            "delete from entry where id = ?1",
        ] {
            conn.prepare_cached(sql)?.execute([entry])?;
        }
        Purged::Entry(feed, key).add(conn)?;
    }
    Ok(())
}
