//! Alerts that tell of what is going: without any other article they go too, else they lose what they say of it.

use rusqlite::{Connection, OptionalExtension};

const OF_GOING: &str =
    "select distinct alert_id from alert_article where article_id in (select id from going)";
/// The newest article of an alert that stays.
const STAYS: &str = "select max(article_id) from alert_article
     where alert_id = ?1 and article_id not in (select id from going)";

/// What an alert loses. Its events stay, for digests count by them, and tell of an article that stays.
const CUT: [&str; 3] = [
    "update alert_event set correction = null, note = null,
         article_id = (select max(article_id) from alert_article where alert_article.alert_id = alert_event.alert_id
             and article_id not in (select id from going))
     where alert_id = ?1 and article_id in (select id from going)",
    "update alert_event set note = null where alert_id = ?1",
    "delete from alert_article where alert_id = ?1 and article_id in (select id from going)",
];
/// What hangs on an alert, before the alert itself. Who has done what to it stays, without saying to which.
const WHOLE: [&str; 10] = [
    "delete from delivery_attempt where delivery_id in (select id from delivery where alert_id = ?1)",
    "update delivery set group_id = null where group_id in (select id from delivery where alert_id = ?1)",
    "delete from delivery where alert_id = ?1",
    "delete from alert_event where alert_id = ?1",
    "delete from alert_article where alert_id = ?1",
    "delete from mark where alert_id = ?1",
    "delete from mute where alert_id = ?1",
    "delete from burst where alert_id = ?1",
    "update audit set alert_id = null, object = 'an alert that was deleted', detail = null where alert_id = ?1",
    "delete from alert where id = ?1",
];
/// A message about several of which none is left.
const EMPTY: &str = "update delivery set state = 'dead', last_error = 'what it told of was purged', leased_by = null,
         leased_until = 0, finished_at = created_at
     where state = 'pending' and alert_id is null and digest_id is null and notice_id is null
         and not exists (select 1 from delivery as member where member.group_id = delivery.id)";
const OUT_OF_STORIES: &str =
    "update story_article set copy_of = null where copy_of in (select id from going)";

/// Cuts or deletes them, in one transaction.
pub(super) fn cut(conn: &Connection) -> rusqlite::Result<()> {
    let work = conn.unchecked_transaction()?;
    let alerts: Vec<i64> = work
        .prepare(OF_GOING)?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for alert in alerts {
        let stays: Option<Option<i64>> = work
            .prepare_cached(STAYS)?
            .query_row([alert], |row| row.get(0))
            .optional()?;
        match stays.flatten() {
            None => delete_alert(&work, alert)?,
            Some(_) => {
                for sql in CUT {
                    work.prepare_cached(sql)?.execute([alert])?;
                }
            }
        }
    }
    work.execute(EMPTY, [])?;
    work.execute(OUT_OF_STORIES, [])?;
    // The rows that say which articles they had would hold the stories.
    let stories: Vec<i64> = work
        .prepare("select distinct story_id from story_article where article_id in (select id from going)")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let gone: Vec<i64> = stories
        .into_iter()
        .filter_map(|story| is_empty(&work, story).transpose())
        .collect::<rusqlite::Result<_>>()?;
    work.execute(
        "delete from story_article where article_id in (select id from going)",
        [],
    )?;
    for story in gone {
        work.execute("delete from story where id = ?1", [story])?;
    }
    work.commit()
}

/// Deletes an alert with its deliveries, and all that people said of it but for the trail.
pub(in crate::store::sqlite) fn delete_alert(
    conn: &Connection,
    alert: i64,
) -> rusqlite::Result<()> {
    for sql in WHOLE {
        conn.prepare_cached(sql)?.execute([alert])?;
    }
    Ok(())
}

/// The story, when nothing holds it any more.
fn is_empty(conn: &Connection, story: i64) -> rusqlite::Result<Option<i64>> {
    let sql = "select not exists (select 1 from story_article where story_id = ?1 and article_id not in (select id from going))
         and not exists (select 1 from alert where story_id = ?1)
         and not exists (select 1 from mute where story_id = ?1)
         and not exists (select 1 from story where merged_into = ?1)";
    let empty: bool = conn
        .prepare_cached(sql)?
        .query_row([story], |row| row.get(0))?;
    Ok(empty.then_some(story))
}
