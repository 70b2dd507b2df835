//! Stage `life`: alerts whose life goes on by itself, and what becomes of them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::alerts::{Stored, sources, stored_of};
use super::articles::named;
use super::audit::{self, Line, own_deed};
use super::rows::{Columns, count, ms};
use super::telling::{Event, Promised, Reached};
use super::{mutes, settling};
use crate::model::{AlertId, AlertKind, AlertState, Committed, LifeChange, LifeFacts, Severity};

/// Alerts that are to be looked at, the longest due first.
pub(super) const DUE: &str = "select * from alert where due_at <= ?1 order by due_at limit ?2";
const BY_ID: &str = "select * from alert where id = ?1";
/// The newest article of an alert.
pub(super) const NEWEST: &str = "select a.id, av.lang
     from alert_article as aa
     join article as a on a.id = aa.article_id
     left join article_version as av on av.article_id = a.id and av.version = a.version
     where aa.alert_id = ?1 order by a.first_seen desc, a.id desc limit 1";

/// See `Store::alerts_due`.
pub(super) fn due(
    conn: &Connection,
    now: Timestamp,
    limit: usize,
) -> rusqlite::Result<Vec<LifeFacts>> {
    let stored: Vec<(Stored, Severity)> = conn
        .prepare_cached(DUE)?
        .query_map(params![ms(now), count(limit)], with_severity)?
        .collect::<rusqlite::Result<_>>()?;
    stored
        .into_iter()
        .map(|(alert, severity)| facts(conn, alert, severity))
        .collect()
}

/// The facts of one alert.
pub(super) fn by_id(conn: &Connection, alert: i64) -> rusqlite::Result<LifeFacts> {
    let (alert, severity) = conn
        .prepare_cached(BY_ID)?
        .query_row([alert], with_severity)?;
    facts(conn, alert, severity)
}

fn with_severity(row: &Row<'_>) -> rusqlite::Result<(Stored, Severity)> {
    Ok((stored_of(row)?, row.word("severity")?))
}

fn facts(conn: &Connection, alert: Stored, severity: Severity) -> rusqlite::Result<LifeFacts> {
    let (sources, languages) = sources(conn, alert.id)?;
    let newest = newest(conn, alert.id)?;
    let (lang, tags) = match newest {
        Some((article, lang)) => (lang, named(conn, article)?.tags),
        None => (None, Vec::new()),
    };
    Ok(LifeFacts {
        id: AlertId(alert.id),
        watch: alert.watch,
        story: alert.story,
        state: alert.state,
        revision: alert.revision,
        severity,
        told: alert.told,
        sources,
        languages,
        news: alert.news,
        grown_at: alert.grown_at,
        until: alert.until,
        settles_at: alert.settles_at,
        burst_until: alert.burst_until,
        lang,
        tags,
    })
}

fn newest(conn: &Connection, alert: i64) -> rusqlite::Result<Option<(i64, Option<String>)>> {
    conn.prepare_cached(NEWEST)?
        .query_row([alert], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// See `Store::commit_life`.
pub(super) fn commit(conn: &Connection, change: &LifeChange) -> rusqlite::Result<Committed<u64>> {
    let stored = conn
        .prepare_cached(BY_ID)?
        .query_row([change.alert.0], stored_of)
        .optional()?;
    let Some(stored) = stored else {
        return Ok(Committed::Stale);
    };
    let state = mutes::bring_in_line(conn, stored.id, change.at)?;
    if state != change.seen_state || stored.revision != change.seen_revision {
        return Ok(Committed::Stale);
    }
    if state.is_untold() && change.kind.is_some() && settling::is_muted(conn, stored.id, change.at)?
    {
        return Ok(Committed::Stale);
    }
    let alert = Stored {
        revision: stored.revision + i64::from(change.kind.is_some()),
        ..stored
    };
    write(conn, &alert, change)?;
    let Some(kind) = change.kind else {
        if change.state != change.seen_state {
            trail(conn, change, "woken", None)?;
        }
        return Ok(Committed::Done(0));
    };
    if let Some((article, _)) = newest(conn, alert.id)? {
        let event = Event {
            alert: alert.id,
            revision: alert.revision,
            kind,
            article,
            at: change.at,
            correction: None,
            note: change.note.as_deref(),
        };
        event.write(conn)?;
    }
    if kind == AlertKind::Ended {
        trail(conn, change, "ended", None)?;
    } else {
        let reached = Reached {
            at: change.at,
            severity: change.severity,
            updates: change.updates,
            begins: kind == AlertKind::New || change.seen_state == AlertState::Ended,
            due_at: change.due_at,
        };
        reached.write(conn, alert.id)?;
    }
    note_burst(conn, &alert, change)?;
    let promised = Promised {
        kind,
        severity: change.severity,
        // What was held may have been late when it came.
        late: alert.late && kind == AlertKind::New,
        at: change.at,
        not_before: None,
    };
    let mut deliveries = 0;
    for channel in &change.channels {
        deliveries += promised.through(conn, &alert, channel)?;
    }
    Ok(Committed::Done(deliveries))
}

/// Writes the row of the alert itself. One that was acknowledged before it was snoozed is so again.
fn write(conn: &Connection, alert: &Stored, change: &LifeChange) -> rusqlite::Result<()> {
    let wakes = change.seen_state == AlertState::Snoozed && change.state != AlertState::Snoozed;
    let reopens = change.seen_state == AlertState::Ended && change.state != AlertState::Ended;
    conn.prepare_cached(
        "update alert set
             state = iif(:wakes, coalesce(state_before, :state), :state),
             state_before = iif(:wakes, null, state_before),
             severity = :severity, revision = :revision, due_at = :due_at,
             updated_at = iif(:told, :at, updated_at),
             burst_until = iif(:reopens, null, burst_until)
         where id = :id",
    )?
    .execute(named_params! {
        ":id": alert.id,
        ":wakes": wakes,
        ":reopens": reopens,
        ":state": change.state.name(),
        ":severity": change.severity.name(),
        ":revision": alert.revision,
        ":due_at": change.due_at.map(ms),
        ":told": change.kind.is_some(),
        ":at": ms(change.at),
    })?;
    Ok(())
}

fn note_burst(conn: &Connection, alert: &Stored, change: &LifeChange) -> rusqlite::Result<()> {
    let Some(burst) = &change.burst else {
        return Ok(());
    };
    conn.prepare_cached("update alert set burst_until = ?2 where id = ?1")?
        .execute(params![alert.id, ms(burst.until)])?;
    conn.prepare_cached(
        "insert into burst (watch, at, until, alert_id, note) values (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        alert.watch,
        ms(change.at),
        ms(burst.until),
        alert.id,
        change.note.as_deref().unwrap_or_default(),
    ])?;
    trail(conn, change, "burst", change.note.as_deref())
}

fn trail(
    conn: &Connection,
    change: &LifeChange,
    what: &str,
    detail: Option<&str>,
) -> rusqlite::Result<()> {
    let line = Line {
        what,
        alert: Some(change.alert.0),
        detail,
        ..Line::default()
    };
    audit::write(conn, &own_deed(change.at), line)
}
