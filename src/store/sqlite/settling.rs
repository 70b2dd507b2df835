//! Alerts that are held for a while because they may tell what another alert of their watch has told.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::alerts::Stored;
use super::mutes;
use super::rows::{count, ms};
use super::stories;
use super::telling::Event;
use crate::model::{AlertChange, AlertKind, AlertState, ArticleId, Judgement};
use crate::store::StoryCandidates;

/// Reports handed out at most, the newest.
const REPORTS_MAX: usize = 100;

/// What a watch has hit of late, as far as it is told or about to be.
pub(super) const REPORTS: &str = "select f.article_id, alert.story_id, f.bytes, f.dated_at
     from hit as h
     cross join story_article as sa on sa.article_id = h.article_id
     cross join alert on alert.watch = h.watch and alert.story_id = sa.story_id
     cross join fingerprint as f on f.article_id = h.article_id
     where h.watch = ?1 and h.at >= ?2 and h.withdrawn_at is null and h.article_id <> ?3
         and f.dated_at >= ?2
         and (alert.state not in ('backlog', 'waiting') or alert.settles_at is not null)
     order by h.at desc limit ?4";
/// The same of what came into the index after a look at it.
pub(super) const REPORTS_AFTER: &str = "select f.article_id, alert.story_id, f.bytes, f.dated_at
     from fingerprint as f
     cross join hit as h on h.article_id = f.article_id and h.watch = ?1
     cross join story_article as sa on sa.article_id = f.article_id
     cross join alert on alert.watch = h.watch and alert.story_id = sa.story_id
     where f.id > ?5 and h.at >= ?2 and h.withdrawn_at is null and f.article_id <> ?3 and f.dated_at >= ?2
         and (alert.state not in ('backlog', 'waiting') or alert.settles_at is not null)
     order by f.id desc limit ?4";
/// Has the watch told anything, or is it about to, that came into the index after a look at it?
pub(super) const NEWER: &str = "select exists (select 1 from fingerprint as f
         cross join alert_article as aa on aa.article_id = f.article_id
         cross join alert on alert.id = aa.alert_id
         where f.id > ?1 and f.article_id <> ?2 and alert.watch = ?3
             and (alert.state not in ('backlog', 'waiting') or alert.settles_at is not null))";
/// What is held is told at once.
pub(super) const END: &str = "update alert set settles_at = ?1, due_at = ?1
     where due_at > ?1 and state = 'waiting' and settles_at is not null";
/// Articles of an alert that are no copies.
pub(super) const INDEPENDENT: &str = "select aa.article_id from alert_article as aa
     left join story_article as sa on sa.article_id = aa.article_id
     where aa.alert_id = ?1 and sa.copy_of is null";

/// See `Store::watch_reports`.
pub(super) fn reports(
    conn: &Connection,
    watch: &str,
    since: Timestamp,
    but: ArticleId,
    after: i64,
) -> rusqlite::Result<StoryCandidates> {
    let (since, most) = (ms(since), count(REPORTS_MAX));
    match after {
        0 => stories::looked_up(conn, REPORTS, params![watch, since, but.0, most]),
        _ => stories::looked_up(
            conn,
            REPORTS_AFTER,
            params![watch, since, but.0, most, after],
        ),
    }
}

/// True when what is to be told as new was compared with the alerts of its watch before another of them came.
pub(super) fn has_newer(
    conn: &Connection,
    article: ArticleId,
    judgement: &Judgement,
) -> rusqlite::Result<bool> {
    let Some(watermark) = judgement.compared_to else {
        return Ok(false);
    };
    let mut newer = conn.prepare_cached(NEWER)?;
    let told = judgement.alerts.iter();
    for change in told.filter(|change| change.kind == Some(AlertKind::New)) {
        if newer.query_row(params![watermark, article.0, change.watch], |row| {
            row.get(0)
        })? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Holds an alert that nobody was told of.
pub(super) fn hold(
    conn: &Connection,
    alert: &Stored,
    change: &AlertChange,
) -> rusqlite::Result<()> {
    if alert.state == AlertState::Waiting && change.settles_at.is_some() {
        conn.prepare_cached("update alert set settles_at = ?2, due_at = ?2 where id = ?1")?
            .execute(params![alert.id, change.settles_at.map(ms)])?;
    }
    Ok(())
}

/// See `Store::end_settling`.
pub(super) fn end(conn: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let ended = conn.prepare_cached(END)?.execute([ms(now)])?;
    Ok(ended as u64)
}

/// Ends the hold of an alert that a mute keeps silent; false when none does.
pub(super) fn is_muted(conn: &Connection, alert: i64, at: Timestamp) -> rusqlite::Result<bool> {
    if !mutes::is_muted(conn, alert, at)? {
        return Ok(false);
    }
    // As one that is muted when its first article comes.
    conn.prepare_cached(
        "update alert set state = 'open', settles_at = null, news = 1 where id = ?1",
    )?
    .execute([alert])?;
    mutes::bring_in_line(conn, alert, at)?;
    Ok(true)
}

/// The independent articles of an alert.
pub(super) fn independent(conn: &Connection, alert: i64) -> rusqlite::Result<Vec<i64>> {
    conn.prepare_cached(INDEPENDENT)?
        .query_map([alert], |row| row.get(0))?
        .collect()
}

/// Gathers articles that came to a told alert from one that was held: digests tell them, and the alert is looked at.
pub(super) fn gather(
    conn: &Connection,
    alert: i64,
    state: AlertState,
    articles: &[i64],
    at: Timestamp,
) -> rusqlite::Result<()> {
    if articles.is_empty() {
        return Ok(());
    }
    let is_muted = state == AlertState::Muted;
    let due_at = (!is_muted).then(|| ms(at));
    conn.prepare_cached(
        "update alert set news = 1, grown_at = ?3,
             due_at = coalesce(min(due_at, ?2), ?2, due_at) where id = ?1",
    )?
    .execute(params![alert, due_at, ms(at)])?;
    for article in articles.iter().filter(|_| !is_muted) {
        let event = Event {
            alert,
            // No message bears it.
            revision: -article,
            kind: AlertKind::Update,
            article: *article,
            at,
            correction: None,
            note: None,
        };
        event.write(conn)?;
    }
    Ok(())
}
