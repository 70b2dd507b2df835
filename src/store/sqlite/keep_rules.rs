//! Stage `tidy`, where feeds and watches say for themselves how long what they brought is kept.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params, params};

use super::care::delete_alert;
use super::kept;
use super::rows::{count, ms};
use super::tidy::STEP;
use super::versions::index;
use crate::model::{Keep, Kept};
use crate::store::KeepRules;

/// What is said, in milliseconds; null = nothing. The tables live as long as the writer's connection.
const TABLES: &str = "create temp table if not exists keep_feed (feed_id integer primary key, bodies integer, pages integer);
     create temp table if not exists keep_watch (watch text primary key, bodies integer, pages integer);
     delete from keep_feed; delete from keep_watch;";

/// Articles whose body may go, in the order in which they came. The longest of the feeds counts; once watches have hit it the
/// longest of those, and one that says nothing keeps it for ever.
const BODIES: &str = "select id, title_words, first_seen from article
     where has_body = 1 and first_seen >= :after and first_seen < :now and state in ('judged', 'parked')
         and first_seen < :now - case
             when exists (select 1 from hit where hit.article_id = article.id)
             then (select case when count(*) = count(rule.bodies) then max(rule.bodies) end
                 from hit left join temp.keep_watch as rule on rule.watch = hit.watch where hit.article_id = article.id)
             else coalesce((select max(coalesce(rule.bodies, :general))
                 from entry left join temp.keep_feed as rule on rule.feed_id = entry.feed_id
                 where entry.article_id = article.id), :general) end
     order by first_seen limit :limit";
/// Articles whose pages may go: the longest of the watches that have hit it, when one of them says something of pages; else the
/// longest of its feeds.
const PAGES: &str = "select kept.article_id, fetched_at from kept
     where fetched_at >= :after and fetched_at < :now
         and fetched_at < :now - coalesce(
             (select case when count(rule.pages) > 0 then max(coalesce(rule.pages, :general)) end
                 from hit left join temp.keep_watch as rule on rule.watch = hit.watch where hit.article_id = kept.article_id),
             (select max(coalesce(rule.pages, :general))
                 from entry left join temp.keep_feed as rule on rule.feed_id = entry.feed_id
                 where entry.article_id = kept.article_id),
             :general)
     order by fetched_at limit :limit";
const ALERTS: &str = "select id from alert where updated_at < ?1 order by updated_at limit ?2";
const DIGESTS: &str = "select id from digest where closed_at < ?1 order by id limit ?2";
/// Hits past their time that no alert rests on.
const HITS: &str = "delete from hit where rowid in (
         select rowid from hit where at < ?1 and not exists (
             select 1 from alert_article as aa join alert on alert.id = aa.alert_id
             where aa.article_id = hit.article_id and alert.watch = hit.watch)
         order by at limit ?2)";

/// What a step has done.
pub(super) struct Dropped {
    /// How many.
    pub(super) dropped: u64,
    /// Where the next one goes on.
    pub(super) last: i64,
}

/// Writes down what is said, for the steps that follow.
pub(super) fn put(conn: &Connection, rules: &KeepRules) -> rusqlite::Result<()> {
    conn.execute_batch(TABLES)?;
    let mut feed = conn.prepare(
        "insert or replace into temp.keep_feed select id, ?2, ?3 from feed where url = ?1",
    )?;
    for (url, keep) in &rules.feeds {
        feed.execute(params![url, kept_ms(keep.bodies), kept_ms(keep.pages)])?;
    }
    let mut watch = conn.prepare("insert or replace into temp.keep_watch values (?1, ?2, ?3)")?;
    for (name, Keep { bodies, pages }) in &rules.watches {
        watch.execute(params![name, kept_ms(*bodies), kept_ms(*pages)])?;
    }
    Ok(())
}

fn kept_ms(kept: Option<Kept>) -> Option<i64> {
    kept.map(|kept| length(kept.0))
}

/// A length of time that can be taken from any instant.
fn length(time: SignedDuration) -> i64 {
    i64::try_from(time.as_millis()).map_or(i64::MAX / 4, |ms| ms.min(i64::MAX / 4))
}

/// Drops up to [`STEP`] bodies, kept for `general` where nobody says anything; `None` when nothing is left to drop.
pub(super) fn drop_bodies(
    conn: &Connection,
    now: Timestamp,
    general: SignedDuration,
    after: i64,
) -> rusqlite::Result<Option<Dropped>> {
    let old: Vec<(i64, String, i64)> = conn
        .prepare_cached(BODIES)?
        .query_map(
            named_params! { ":now": ms(now), ":general": length(general), ":after": after, ":limit": count(STEP) },
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?
        .collect::<rusqlite::Result<_>>()?;
    for (article, title_words, _) in &old {
        for sql in [
            "update article_version set body = null where article_id = ?1",
            "update article set has_body = 0 where id = ?1",
        ] {
            conn.prepare_cached(sql)?.execute([article])?;
        }
        index(conn, *article, (title_words, ""))?;
    }
    Ok(old.last().map(|(_, _, last)| Dropped {
        dropped: old.len() as u64,
        last: *last,
    }))
}

/// Drops the pages of up to [`kept::STEP`] articles, in the same way; `None` when nothing is left to drop.
pub(super) fn drop_pages(
    conn: &Connection,
    now: Timestamp,
    general: SignedDuration,
    after: i64,
) -> rusqlite::Result<Option<Dropped>> {
    let old: Vec<(i64, i64)> = conn
        .prepare_cached(PAGES)?
        .query_map(
            named_params! { ":now": ms(now), ":general": length(general), ":after": after, ":limit": count(kept::STEP) },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .collect::<rusqlite::Result<_>>()?;
    for (article, _) in &old {
        conn.prepare_cached(kept::DROP)?.execute([article])?;
    }
    Ok(old.last().map(|(_, last)| Dropped {
        dropped: old.len() as u64,
        last: *last,
    }))
}

/// Deletes up to [`STEP`] alerts.
pub(super) fn drop_alerts(conn: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    let old = ids(conn, ALERTS, before)?;
    for alert in &old {
        delete_alert(conn, *alert)?;
    }
    Ok(old.len() as u64)
}

/// Deletes up to [`STEP`] closed digests, which quote what was told in them.
pub(super) fn drop_digests(conn: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    let old = ids(conn, DIGESTS, before)?;
    for digest in &old {
        for sql in [
            "delete from delivery_attempt where delivery_id in (select id from delivery where digest_id = ?1)",
            "delete from delivery where digest_id = ?1",
            "delete from digest where id = ?1",
        ] {
            conn.prepare_cached(sql)?.execute([digest])?;
        }
    }
    Ok(old.len() as u64)
}

/// Deletes up to [`STEP`] hits; the bodies of their articles go as those of others do.
pub(super) fn drop_hits(conn: &Connection, before: Timestamp) -> rusqlite::Result<u64> {
    let dropped = conn
        .prepare_cached(HITS)?
        .execute(params![ms(before), count(STEP)])?;
    Ok(dropped as u64)
}

fn ids(conn: &Connection, sql: &str, before: Timestamp) -> rusqlite::Result<Vec<i64>> {
    conn.prepare_cached(sql)?
        .query_map(params![ms(before), count(STEP)], |row| row.get(0))?
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::connect::open_writer;

    #[test]
    fn what_is_old_is_found_by_its_age_without_sorting() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let conn = open_writer(&dir.path().join("w.db"), None, &mut |_| ()).expect("a database");
        put(&conn, &KeepRules::default()).expect("the tables");
        for sql in [BODIES, PAGES, HITS] {
            let mut plan = conn
                .prepare(&format!("explain query plan {sql}"))
                .expect("SQL");
            // Without values: the plan does not depend on them.
            let mut rows = plan.raw_query();
            let mut steps: Vec<String> = Vec::new();
            while let Some(row) = rows.next().expect("a plan") {
                steps.push(row.get(3).expect("a step"));
            }
            let steps = steps.join("\n");
            assert!(!steps.contains("TEMP B-TREE"), "{steps}");
            for table in ["article", "kept", "hit", "entry", "alert", "aa"] {
                let walked = steps
                    .lines()
                    .any(|step| step.trim() == format!("SCAN {table}"));
                assert!(!walked, "{table}: {steps}");
            }
        }
    }
}
