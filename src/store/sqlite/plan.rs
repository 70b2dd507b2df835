//! What is held back before it is sent: quiet hours and caps. What was held is told in one message.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::late::together;
use super::rows::ms;
use crate::model::{Cap, Held, SendPlan, Together};

/// Alerts and messages about feeds wait for the end of quiet hours; a digest has its hour from a person.
pub(super) const HOLD_QUIET: &str = "update delivery set due_at = :until, held = 'quiet'
     where channel = :channel and state = 'pending' and due_at <= :now and leased_until <= :now
         and severity <> 'critical' and digest_id is null";
/// What would be sent now and is counted by caps, oldest first. What was ever in hand is not told together with
/// others: it may have arrived already.
pub(super) const WAITING: &str = "select d.id, d.key, d.held, d.lease_no from delivery as d
     where d.channel = :channel and d.state = 'pending' and d.due_at <= :now
         and d.leased_until <= :now and d.severity <> 'critical' and d.alert_id is not null
         and (:watch is null or exists (
             select 1 from alert where alert.id = d.alert_id and alert.watch = :watch))
     order by d.id";
/// When messages were sent through a channel of late. A group counts once, for the channel and for each watch in it.
pub(super) const SENT: &str = "select d.finished_at from delivery as d
     where d.channel = :channel and d.state = 'sent' and d.finished_at > :since and d.digest_id is null
         and (:watch is null or exists (
             select 1 from alert where alert.watch = :watch and (alert.id = d.alert_id
                 or alert.id in (select member.alert_id from delivery as member
                     where member.group_id = d.id))))
     order by d.finished_at";
/// What is in hand at this moment may be sent, too.
pub(super) const IN_HAND: &str = "select count(*) from delivery as d
     where d.channel = :channel and d.state = 'pending' and d.leased_until > :now
         and d.digest_id is null
         and (:watch is null or exists (
             select 1 from alert where alert.id = d.alert_id and alert.watch = :watch))";
/// Whether anything is held back.
pub(super) const HELD: &str = "select exists (select 1 from delivery
     where channel = ?1 and state = 'pending' and held is not null)";
const HOLD_ONE: &str = "update delivery set due_at = ?2, held = 'rate' where id = ?1";

/// A delivery that would be sent now.
struct Waiting {
    id: i64,
    key: String,
    held: Option<String>,
    lease_no: i64,
}

/// See `Store::plan_sends`.
pub(super) fn apply(conn: &Connection, plans: &[SendPlan], now: Timestamp) -> rusqlite::Result<()> {
    for plan in plans {
        if let Some(until) = plan.quiet_until {
            conn.prepare_cached(HOLD_QUIET)?.execute(named_params! {
                ":channel": plan.channel,
                ":now": ms(now),
                ":until": ms(until),
            })?;
            continue;
        }
        let is_free = plan.cap.is_none() && plan.watch_caps.is_empty();
        if is_free && !holds_any(conn, &plan.channel)? {
            continue;
        }
        tell_together(conn, plan, Held::Quiet, now)?;
        for (watch, cap) in &plan.watch_caps {
            keep_to(conn, &plan.channel, Some(watch), *cap, now)?;
        }
        if let Some(cap) = plan.cap {
            keep_to(conn, &plan.channel, None, cap, now)?;
        }
        // A cap that is no longer in the config holds nothing.
        tell_together(conn, plan, Held::Rate, now)?;
    }
    Ok(())
}

fn holds_any(conn: &Connection, channel: &str) -> rusqlite::Result<bool> {
    conn.prepare_cached(HELD)?
        .query_row([channel], |row| row.get(0))
}

/// What was held for this reason and is due again becomes one message.
fn tell_together(
    conn: &Connection,
    plan: &SendPlan,
    why: Held,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let members: Vec<(i64, String)> = waiting(conn, &plan.channel, None, now)?
        .into_iter()
        .filter(|row| row.held.as_deref() == Some(why.name()) && row.lease_no == 0)
        .map(|row| (row.id, row.key))
        .collect();
    if members.len() > 1 {
        together(conn, &plan.channel, &members, Together::from(why), now)?;
    }
    Ok(())
}

fn waiting(
    conn: &Connection,
    channel: &str,
    watch: Option<&String>,
    now: Timestamp,
) -> rusqlite::Result<Vec<Waiting>> {
    conn.prepare_cached(WAITING)?
        .query_map(
            named_params! { ":channel": channel, ":watch": watch, ":now": ms(now) },
            |row| {
                Ok(Waiting {
                    id: row.get(0)?,
                    key: row.get(1)?,
                    held: row.get(2)?,
                    lease_no: row.get(3)?,
                })
            },
        )?
        .collect()
}

/// Holds back what is more than the cap allows. While some of it is left and more waits than that, the last message that
/// may be sent tells of all the rest.
fn keep_to(
    conn: &Connection,
    channel: &str,
    watch: Option<&String>,
    cap: Cap,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let waiting = waiting(conn, channel, watch, now)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let since = now.saturating_sub(cap.within).unwrap_or(Timestamp::MIN);
    let sent: Vec<i64> = conn
        .prepare_cached(SENT)?
        .query_map(
            named_params! { ":channel": channel, ":watch": watch, ":since": ms(since) },
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    let in_hand: i64 = conn.prepare_cached(IN_HAND)?.query_row(
        named_params! { ":channel": channel, ":watch": watch, ":now": ms(now) },
        |row| row.get(0),
    )?;
    let left = cap
        .most
        .saturating_sub(sent.len() as u64 + in_hand.unsigned_abs());
    let mut left = usize::try_from(left).unwrap_or(usize::MAX);
    // What was held back once is told in one message, as soon as one may be sent.
    let was_held =
        |row: &Waiting| row.held.as_deref() == Some(Held::Rate.name()) && row.lease_no == 0;
    let (held, fresh): (Vec<Waiting>, Vec<Waiting>) = waiting.into_iter().partition(was_held);
    let mut alone = fresh;
    if left > 0 && held.len() > 1 {
        together(conn, channel, &named(held), Together::Rate, now)?;
        left -= 1;
    } else {
        alone.splice(0..0, held);
    }
    if alone.len() <= left {
        return Ok(());
    }
    if left == 0 {
        let free_at = match sent.first() {
            Some(first) => first.saturating_add(cap.within.as_millis() as i64),
            // All that may be sent is in hand; how that went is known soon.
            None => ms(now) + 1_000,
        };
        let mut hold = conn.prepare_cached(HOLD_ONE)?;
        for row in &alone {
            hold.execute([row.id, free_at.max(ms(now) + 1)])?;
        }
        return Ok(());
    }
    let rest = alone.into_iter().skip(left - 1);
    let rest = named(rest.filter(|row| row.lease_no == 0).collect());
    if rest.len() > 1 {
        together(conn, channel, &rest, Together::Rate, now)?;
    }
    Ok(())
}

/// Ids and keys.
fn named(rows: Vec<Waiting>) -> Vec<(i64, String)> {
    rows.into_iter().map(|row| (row.id, row.key)).collect()
}
