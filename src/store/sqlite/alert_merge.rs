//! What becomes of alerts when people merge and split stories: one of a watch and a story, whatever happens.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::rows::{Columns, ms, to_json};
use super::{drop, settling, stories};
use crate::model::{AlertId, AlertState, ArticleId, StoryId};

/// The alerts of a story.
pub(super) const OF_STORY: &str = "select id, watch, created_at, state, revision, settles_at from alert where story_id = ?1 order by id";

/// How far people have been told, from the alert that they were told of.
const TOLD: &str = "update alert set (told_at, told_sources, told_languages, told_severity, updates, base_sources, due_at,
         news, burst_until, settles_at) = (select told_at, told_sources, told_languages, told_severity, updates,
             base_sources, due_at, news, burst_until, settles_at from alert where id = ?2)
     where id = ?1";

struct Row {
    id: i64,
    watch: String,
    created_at: i64,
    state: AlertState,
    revision: i64,
    settles_at: Option<i64>,
}

impl Row {
    fn is_untold(&self) -> bool {
        self.state.is_untold()
    }
}

fn of_story(conn: &Connection, story: StoryId) -> rusqlite::Result<Vec<Row>> {
    conn.prepare_cached(OF_STORY)?
        .query_map([story.0], |row| {
            Ok(Row {
                id: row.get("id")?,
                watch: row.get("watch")?,
                created_at: row.get("created_at")?,
                state: row.word("state")?,
                revision: row.get("revision")?,
                settles_at: row.get("settles_at")?,
            })
        })?
        .collect()
}

/// Moves the alerts of one story to another. Where both have one of a watch the older stays, with the articles and
/// events of both. Answers with the number of alerts that were moved or merged.
pub(super) fn all(
    conn: &Connection,
    from: StoryId,
    to: StoryId,
    at: Timestamp,
) -> rusqlite::Result<u64> {
    let there = of_story(conn, to)?;
    let moved = of_story(conn, from)?;
    let number = moved.len() as u64;
    for alert in moved {
        match there.iter().find(|other| other.watch == alert.watch) {
            None => {
                conn.prepare_cached("update alert set story_id = ?2 where id = ?1")?
                    .execute([alert.id, to.0])?;
            }
            Some(other) => {
                let is_older = (alert.created_at, alert.id) < (other.created_at, other.id);
                let (stays, goes) = if is_older {
                    (&alert, other)
                } else {
                    (other, &alert)
                };
                join(conn, stays, goes, at)?;
                conn.prepare_cached("update alert set story_id = ?2 where id = ?1")?
                    .execute([stays.id, to.0])?;
            }
        }
    }
    Ok(number)
}

/// Puts what belongs to one alert under another, and deletes it.
fn join(conn: &Connection, stays: &Row, goes: &Row, at: Timestamp) -> rusqlite::Result<()> {
    let why = format!("merged into {}", AlertId(stays.id));
    drop::of_alert(conn, goes.id, &why, at)?;
    let news = news_of(conn, stays, goes)?;
    // Its revisions go on behind those that are there: both are unique per alert.
    for table in ["alert_event", "delivery"] {
        conn.prepare_cached(&format!(
            "update {table} set alert_id = ?1, revision = revision + ?3 where alert_id = ?2"
        ))?
        .execute([stays.id, goes.id, stays.revision])?;
    }
    // Whatever else speaks of it; what is unique and there already stays as it is.
    stories::reparent(
        conn,
        "alert",
        &["alert_event", "delivery"],
        goes.id,
        stays.id,
    )?;
    let state = match (stays.is_untold(), goes.is_untold()) {
        (true, false) => {
            conn.prepare_cached(TOLD)?.execute([stays.id, goes.id])?;
            goes.state
        }
        (true, true) => both_untold(conn, stays, goes)?,
        (false, _) => stays.state,
    };
    conn.prepare_cached("delete from alert where id = ?1")?
        .execute([goes.id])?;
    conn.prepare_cached(
        "update alert set revision = ?2, state = ?3, updated_at = ?4 where id = ?1",
    )?
    .execute(params![
        stays.id,
        stays.revision + goes.revision,
        state.name(),
        ms(at)
    ])?;
    settling::gather(conn, stays.id, state, &news, at)
}

/// Articles of the one of two alerts that was held, if people know of the other: they are news of that.
fn news_of(conn: &Connection, a: &Row, b: &Row) -> rusqlite::Result<Vec<i64>> {
    let held = [(a, b), (b, a)]
        .into_iter()
        .find(|(held, other)| held.settles_at.is_some() && !other.is_untold());
    match held {
        Some((held, _)) => settling::independent(conn, held.id),
        None => Ok(Vec::new()),
    }
}

/// What becomes of two alerts that nobody was told of: held until the first of their times.
fn both_untold(conn: &Connection, stays: &Row, goes: &Row) -> rusqlite::Result<AlertState> {
    let times = [stays.settles_at, goes.settles_at];
    if let Some(settles_at) = times.into_iter().flatten().min() {
        conn.prepare_cached("update alert set settles_at = ?2, due_at = ?2 where id = ?1")?
            .execute([stays.id, settles_at])?;
    }
    let is_waiting = [stays, goes].map(|alert| alert.state == AlertState::Waiting);
    Ok(match is_waiting.contains(&true) {
        true => AlertState::Waiting,
        false => stays.state,
    })
}

/// Follows a split: an alert all of whose articles left goes with them; of one that has some in each part, the part that
/// left gets an alert of its own in the same state. It has been told of as part of the first: nothing is sent.
pub(super) fn split(
    conn: &Connection,
    from: StoryId,
    part: StoryId,
    moved: &[ArticleId],
    at: Timestamp,
) -> rusqlite::Result<u64> {
    let ids: Vec<i64> = moved.iter().map(|article| article.0).collect();
    let ids = to_json(&ids)?;
    let mut changed = 0;
    for alert in of_story(conn, from)? {
        let (all, gone): (i64, i64) = conn
            .prepare_cached(
                "select count(*), coalesce(sum(article_id in (select value from json_each(?2))), 0)
                 from alert_article where alert_id = ?1",
            )?
            .query_row(params![alert.id, ids], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if gone == 0 {
            continue;
        }
        changed += 1;
        if gone == all {
            conn.prepare_cached("update alert set story_id = ?2 where id = ?1")?
                .execute([alert.id, part.0])?;
            continue;
        }
        let new = copy(conn, alert.id, part, at)?;
        conn.prepare_cached(
            "update alert_article set alert_id = ?3
             where alert_id = ?1 and article_id in (select value from json_each(?2))",
        )?
        .execute(params![alert.id, ids, new])?;
    }
    Ok(changed)
}

/// A copy of an alert's row for another story, all its columns included but for what counts what was told.
fn copy(conn: &Connection, alert: i64, story: StoryId, at: Timestamp) -> rusqlite::Result<i64> {
    let columns: Vec<String> = conn
        .prepare_cached("select name from pragma_table_info('alert')")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let kept: Vec<&str> = columns
        .iter()
        .map(String::as_str)
        .filter(|column| {
            !["id", "story_id", "created_at", "updated_at", "revision"].contains(column)
        })
        .collect();
    let kept = kept.join(", ");
    conn.prepare_cached(&format!(
        "insert into alert (story_id, created_at, updated_at, revision, {kept})
         select ?2, ?3, ?3, 1, {kept} from alert where id = ?1"
    ))?
    .insert([alert, story.0, ms(at)])
}
