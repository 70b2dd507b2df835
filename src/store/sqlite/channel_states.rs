//! How the channels are: whether they take what they are sent, and until when they are left alone.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::rows::{Columns, count, instant, ms};
use crate::model::{Attempt, ChannelState};

/// Until when a channel is left alone.
pub(super) const HOLD: &str = "select hold_until from channel_state where name = ?1";
/// What has fallen due meanwhile waits with the others. Asked at every claim: by an index that holds the time, so that ten
/// thousand that wait already are not looked at (`late` is the first column of it).
pub(super) const WAIT: &str = "update delivery indexed by delivery_late set due_at = :until
     where late in (0, 1) and channel = :channel and state = 'pending' and due_at <= :now
         and leased_until <= :now";
/// All that waits for a channel which does not answer is due together again, so that its order is kept.
pub(super) const HOLD_ALL: &str = "update delivery set due_at = :until
     where channel = :channel and state = 'pending' and leased_until <= :now
         and (due_at < :until or failures > 0)";
/// What waits for a channel that is no longer left alone.
pub(super) const DUE_AGAIN: &str = "update delivery set due_at = ?2
     where channel = ?1 and state = 'pending' and held is null and due_at > ?2
         and (failures > 0 or late = 0)";
/// What has waited too long for a channel that does not answer.
pub(super) const GIVE_UP: &str = "update delivery set state = 'dead', finished_at = :now,
         last_error = 'given up after three days: ' || :why, leased_by = null, leased_until = 0
     where channel = :channel and state = 'pending' and leased_until <= :now
         and created_at <= :before";
/// Every channel that was ever tried, with what waits for it.
pub(super) const ALL: &str = "select *, (select count(*) from delivery
         where delivery.channel = channel_state.name and state = 'pending') as waiting
     from channel_state order by name";

/// True while the channel is to be left alone.
pub(super) fn is_held(conn: &Connection, channel: &str, now: Timestamp) -> rusqlite::Result<bool> {
    let until: Option<Option<i64>> = conn
        .prepare_cached(HOLD)?
        .query_row([channel], |row| row.get(0))
        .optional()?;
    let Some(until) = until.flatten().filter(|until| *until > ms(now)) else {
        return Ok(false);
    };
    conn.prepare_cached(WAIT)?.execute(named_params! {
        ":channel": channel,
        ":now": ms(now),
        ":until": until,
    })?;
    Ok(true)
}

/// Notes how a try went.
pub(super) fn note(conn: &Connection, channel: &str, attempt: &Attempt) -> rusqlite::Result<()> {
    match attempt {
        Attempt::Sent { at } => {
            conn.prepare_cached(
                "insert into channel_state (name, last_sent_at) values (?1, ?2)
                 on conflict (name) do update set failing_since = null, failures = 0,
                     hold_until = null, last_error = null, dead = 0,
                     last_sent_at = excluded.last_sent_at",
            )?
            .execute(params![channel, ms(*at)])?;
        }
        Attempt::Retry { at, why, .. } => failed(conn, channel, *at, why, 0)?,
        Attempt::Dead { at, why } => failed(conn, channel, *at, why, 1)?,
    }
    Ok(())
}

fn failed(
    conn: &Connection,
    channel: &str,
    at: Timestamp,
    why: &str,
    dead: i64,
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert into channel_state (name, failing_since, failures, last_error, dead)
         values (?1, ?2, 1, ?3, ?4)
         on conflict (name) do update set
             failing_since = coalesce(failing_since, excluded.failing_since),
             failures = failures + 1, last_error = excluded.last_error, dead = dead + excluded.dead",
    )?
    .execute(params![channel, ms(at), why, dead])?;
    Ok(())
}

/// See `Store::hold_channel`.
pub(super) fn hold(
    conn: &Connection,
    channel: &str,
    until: Timestamp,
    give_up_before: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    conn.prepare_cached("update channel_state set hold_until = ?2 where name = ?1")?
        .execute(params![channel, ms(until)])?;
    let why: Option<Option<String>> = conn
        .prepare_cached("select last_error from channel_state where name = ?1")?
        .query_row([channel], |row| row.get(0))
        .optional()?;
    let given_up = conn.prepare_cached(GIVE_UP)?.execute(named_params! {
        ":channel": channel,
        ":before": ms(give_up_before),
        ":now": ms(now),
        ":why": why.flatten().unwrap_or_default(),
    })?;
    if given_up > 0 {
        conn.prepare_cached("update channel_state set dead = dead + ?2 where name = ?1")?
            .execute(params![channel, count(given_up)])?;
    }
    conn.prepare_cached(HOLD_ALL)?.execute(named_params! {
        ":channel": channel,
        ":until": ms(until),
        ":now": ms(now),
    })?;
    Ok(given_up as u64)
}

/// See `Store::end_holds`: a config that was changed may have mended what was wrong.
pub(super) fn end_holds(conn: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let held: Vec<String> = conn
        .prepare_cached("select name from channel_state where hold_until > ?1")?
        .query_map([ms(now)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    held.iter().try_for_each(|name| end_hold(conn, name, now))
}

/// Ends the time for which a channel is left alone, if it is: all that waits for it is due.
pub(super) fn end_hold(conn: &Connection, channel: &str, now: Timestamp) -> rusqlite::Result<()> {
    let ended = conn
        .prepare_cached(
            "update channel_state set hold_until = null where name = ?1 and hold_until > ?2",
        )?
        .execute(params![channel, ms(now)])?;
    if ended > 0 {
        conn.prepare_cached(DUE_AGAIN)?
            .execute(params![channel, ms(now)])?;
    }
    Ok(())
}

/// See `Queries::channel_states`.
pub(super) fn all(conn: &Connection) -> rusqlite::Result<Vec<ChannelState>> {
    conn.prepare_cached(ALL)?.query_map([], state_of)?.collect()
}

fn state_of(row: &Row<'_>) -> rusqlite::Result<ChannelState> {
    let time = |column: &str| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(instant))
    };
    Ok(ChannelState {
        name: row.get("name")?,
        failing_since: time("failing_since")?,
        failures: row.count("failures")?,
        hold_until: time("hold_until")?,
        last_error: row.get("last_error")?,
        last_sent_at: time("last_sent_at")?,
        dead: row.count("dead")?,
        told_at: time("told_at")?,
        waiting: row.count("waiting")?,
    })
}
