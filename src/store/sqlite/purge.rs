//! Deleting what a feed brought that is no longer in the config. What an alert tells of stays.

use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{Columns, count};
use crate::store::PurgeReport;

/// Entries deleted in one transaction.
const STEP: usize = 200;

/// Entries of a feed that no alert needs.
pub(super) const ENTRIES: &str = "select id, article_id from entry
     where feed_id = ?1 and not exists
         (select 1 from alert_article where alert_article.article_id = entry.article_id)
     limit ?2";
/// Does any entry name the article?
const NAMED: &str = "select exists (select 1 from entry where article_id = ?1)";
/// What hangs on an article, before the article itself: each depends on those behind it.
const OF_ARTICLE: [&str; 9] = [
    "delete from near_miss where article_id = ?1",
    "delete from hit where article_id = ?1",
    "delete from fingerprint where article_id = ?1",
    "update story_article set copy_of = null
         where story_id = (select story_id from story_article where article_id = ?1) and copy_of = ?1",
    "delete from story_article where article_id = ?1",
    "delete from kept where article_id = ?1",
    "delete from article_version where article_id = ?1",
    "delete from article_words where rowid = ?1",
    "delete from article where id = ?1",
];
/// What hangs on a feed, before the feed itself.
const OF_FEED: [&str; 5] = [
    "delete from trouble where feed_id = ?1",
    "delete from feed_bodies where feed_id = ?1",
    "delete from poll_log where feed_id = ?1",
    "delete from subscription where feed_id = ?1",
    "delete from feed where id = ?1",
];

/// One step of `Store::purge_feed`: a few hundred entries; when none is left to delete, the feed itself.
pub(super) fn step(conn: &Connection, url: &str) -> rusqlite::Result<PurgeReport> {
    let mut report = PurgeReport::default();
    let feed: Option<i64> = conn
        .prepare_cached("select id from feed where url = ?1 and removed_at is not null")?
        .query_row([url], |row| row.get(0))
        .optional()?;
    let Some(feed) = feed else {
        return Ok(report);
    };
    let entries: Vec<(i64, i64)> = conn
        .prepare_cached(ENTRIES)?
        .query_map(params![feed, count(STEP)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (entry, article) in entries {
        delete_all(
            conn,
            &["delete from entry_version where entry_id = ?1"],
            entry,
        )?;
        delete_all(conn, &["delete from entry where id = ?1"], entry)?;
        report.entries += 1;
        let named: bool = conn
            .prepare_cached(NAMED)?
            .query_row([article], |row| row.get(0))?;
        if !named {
            delete_article(conn, article)?;
            report.articles += 1;
        }
    }
    report.kept = conn
        .prepare_cached("select count(*) as kept from entry where feed_id = ?1")?
        .query_row([feed], |row| row.count("kept"))?;
    if report.kept == 0 {
        delete_all(conn, &OF_FEED, feed)?;
    }
    Ok(report)
}

/// Deletes an article that no entry names any more, with all that hangs on it.
pub(super) fn delete_article(conn: &Connection, article: i64) -> rusqlite::Result<()> {
    delete_all(conn, &OF_ARTICLE, article)
}

fn delete_all(conn: &Connection, statements: &[&str], id: i64) -> rusqlite::Result<()> {
    for sql in statements {
        conn.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}
