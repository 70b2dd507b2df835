//! Late deliveries: many at once, after a gap in polling, become one message.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::alert_view;
use super::alerts::delivery_key;
use super::rows::{count, ms, to_json};
use crate::model::AlertView;

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
    let keys: Vec<&str> = members.iter().map(|(_, key)| key.as_str()).collect();
    let ids: Vec<i64> = members.iter().map(|(id, _)| *id).collect();
    let whole = conn
        .prepare_cached(
            "insert into delivery (key, channel, kind, state, late, created_at, due_at)
             values (?1, ?2, 'new', 'pending', 1, ?3, ?3)",
        )?
        .insert(params![delivery_key(&keys), channel, ms(now)])?;
    conn.prepare_cached(
        "update delivery set state = 'grouped', group_id = ?1, finished_at = ?2
         where id in (select value from json_each(?3))",
    )?
    .execute(params![whole, ms(now), to_json(&ids)?])?;
    Ok(())
}

/// See `Store::end_late_wait`. A retry keeps its time.
pub(super) fn end_wait(conn: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let ended = conn
        .prepare_cached(END_WAIT)?
        .execute(named_params! { ":now": ms(now) })?;
    Ok(ended as u64)
}

/// The alerts that a group tells, first seen first.
pub(super) fn alerts_of(conn: &Connection, whole: i64) -> rusqlite::Result<Vec<AlertView>> {
    let ids: Vec<i64> = conn
        .prepare_cached(ALERTS)?
        .query_map([whole], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut alerts = alert_view::by_ids(conn, &ids)?;
    alerts.sort_by_key(|alert| (alert.first_seen, alert.id));
    Ok(alerts)
}
