//! Late deliveries: many at once, after a gap in polling, become one message.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::alert_view;
use super::rows::{Columns, count, from_word, ms, to_json};
use super::telling::delivery_key;
use crate::model::{AlertCorrection, AlertId, AlertView, Together};

/// Channels with more late deliveries than asked for, of which one has waited long enough for others
/// to come. Those that were ever in hand stay as they are: they may have arrived, although the process
/// was killed before it could say so.
pub(super) const CHANNELS: &str = "select channel from delivery
     where state = 'pending' and late = 1 and leased_until <= :now and alert_id is not null
         and lease_no = 0
     group by channel having count(*) > :more_than and min(due_at) <= :now";
/// The late deliveries of one channel.
pub(super) const MEMBERS: &str = "select id, key from delivery
     where channel = :channel and state = 'pending' and late = 1 and leased_until <= :now
         and alert_id is not null and lease_no = 0
     order by key";
/// Ends the wait of late deliveries for others.
pub(super) const END_WAIT: &str = "update delivery set due_at = :now
     where state = 'pending' and late = 1 and due_at > :now and lease_no = 0";
/// What was corrected of the alerts of a group.
pub(super) const CORRECTIONS: &str =
    "select event.alert_id, event.correction from delivery as member
     join alert_event as event
         on event.alert_id = member.alert_id and event.revision = member.revision
     where member.group_id = ?1 and event.correction is not null order by event.seq";
/// What is said besides the alerts of a group, in the order in which it happened.
pub(super) const NOTES: &str = "select event.alert_id, event.note from delivery as member
     join alert_event as event
         on event.alert_id = member.alert_id and event.revision = member.revision
     where member.group_id = ?1 and event.note is not null order by event.seq";
/// The alerts of a group.
pub(super) const ALERTS: &str = "select distinct alert_id from delivery where group_id = ?1";

/// See `Store::group_late`.
pub(super) fn group(conn: &Connection, now: Timestamp, more_than: usize) -> rusqlite::Result<u64> {
    let channels: Vec<String> = conn
        .prepare_cached(CHANNELS)?
        .query_map(
            named_params! { ":now": ms(now), ":more_than": count(more_than) },
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    for channel in &channels {
        group_channel(conn, channel, now)?;
    }
    Ok(channels.len() as u64)
}

fn group_channel(conn: &Connection, channel: &str, now: Timestamp) -> rusqlite::Result<()> {
    let members: Vec<(i64, String)> = conn
        .prepare_cached(MEMBERS)?
        .query_map(
            named_params! { ":channel": channel, ":now": ms(now) },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .collect::<rusqlite::Result<_>>()?;
    together(conn, channel, &members, Together::Late, now)
}

/// Makes one delivery of several, given with their ids and keys.
pub(super) fn together(
    conn: &Connection,
    channel: &str,
    members: &[(i64, String)],
    why: Together,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let keys: Vec<&str> = members.iter().map(|(_, key)| key.as_str()).collect();
    let ids: Vec<i64> = members.iter().map(|(id, _)| *id).collect();
    let ids = to_json(&ids)?;
    let whole = conn
        .prepare_cached(
            "insert into delivery (key, channel, kind, state, late, created_at, due_at, severity,
                 together)
             select ?1, ?2, iif(sum(kind = 'new') > 0, 'new', 'update'), 'pending', ?5, ?3, ?3,
                 coalesce(max(iif(severity = 'high', 'high', null)), 'medium'), ?6
             from delivery where id in (select value from json_each(?4))",
        )?
        .insert(params![
            delivery_key(&keys),
            channel,
            ms(now),
            ids,
            why == Together::Late,
            why.name(),
        ])?;
    conn.prepare_cached(
        "update delivery set state = 'grouped', group_id = ?1, finished_at = ?2
         where id in (select value from json_each(?3))",
    )?
    .execute(params![whole, ms(now), ids])?;
    Ok(())
}

/// Why the alerts of a group are told together.
pub(super) fn reason_of(conn: &Connection, whole: i64) -> rusqlite::Result<Together> {
    let word: Option<String> = conn
        .prepare_cached("select together from delivery where id = ?1")?
        .query_row([whole], |row| row.get(0))?;
    word.map_or(Ok(Together::Late), from_word)
}

/// What was corrected of the alerts of a group.
pub(super) fn corrections_of(
    conn: &Connection,
    whole: i64,
) -> rusqlite::Result<Vec<AlertCorrection>> {
    conn.prepare_cached(CORRECTIONS)?
        .query_map([whole], |row| {
            Ok(AlertCorrection {
                alert: AlertId(row.get("alert_id")?),
                correction: row.json("correction")?,
            })
        })?
        .collect()
}

/// See `Store::end_late_wait`. A retry keeps its time.
pub(super) fn end_wait(conn: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let ended = conn
        .prepare_cached(END_WAIT)?
        .execute(named_params! { ":now": ms(now) })?;
    Ok(ended as u64)
}

/// What is said besides each alert of a group; several things of one alert are one note.
fn notes_of(conn: &Connection, whole: i64) -> rusqlite::Result<BTreeMap<AlertId, String>> {
    let mut notes: BTreeMap<AlertId, String> = BTreeMap::new();
    let mut statement = conn.prepare_cached(NOTES)?;
    let mut rows = statement.query([whole])?;
    while let Some(row) = rows.next()? {
        let (alert, note): (i64, String) = (row.get(0)?, row.get(1)?);
        notes
            .entry(AlertId(alert))
            .and_modify(|all| all.push_str(&format!("; {note}")))
            .or_insert(note);
    }
    Ok(notes)
}

/// The alerts that a group tells, first seen first, each with what is said besides.
pub(super) fn alerts_of(conn: &Connection, whole: i64) -> rusqlite::Result<Vec<AlertView>> {
    let ids: Vec<i64> = conn
        .prepare_cached(ALERTS)?
        .query_map([whole], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut alerts = alert_view::by_ids(conn, &ids)?;
    let mut notes = notes_of(conn, whole)?;
    for alert in &mut alerts {
        alert.note = notes.remove(&alert.id);
    }
    alerts.sort_by_key(|alert| (alert.first_seen, alert.id));
    Ok(alerts)
}
