//! Stage `send`: claiming deliveries, committing how a try went.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::rows::{Columns, count, from_json, ms, to_json};
use super::{alert_view, channel_states, late};
use crate::model::{
    AlertId, AlertKind, Attempt, Claim, Committed, Correction, Delivery, DeliveryId, Lessee,
    Message,
};

/// What is said about an alert through a channel is said in order: the delivery `d` waits while an
/// older one of its alert waits, by itself or in a group.
macro_rules! is_first_of_its_alert {
    () => {
        "not exists (
             select 1 from delivery as older
             where older.alert_id = d.alert_id and older.revision < d.revision
                 and older.channel = d.channel
                 and (older.state = 'pending' or (older.state = 'grouped' and exists (
                     select 1 from delivery as whole
                     where whole.id = older.group_id and whole.state = 'pending'))))"
    };
}
pub(super) use is_first_of_its_alert;

/// The deliveries of a channel, in the order in which they were promised.
pub(super) const CLAIM: &str = concat!(
    "update delivery set leased_by = :lessee, leased_until = :until,
         lease_no = lease_no + 1, attempt = attempt + 1
     where id in (
         select id from delivery as d
         where channel = :channel and state = 'pending' and due_at <= :now and leased_until <= :now
             and ",
    is_first_of_its_alert!(),
    "
         order by id limit :limit)
     returning *"
);
/// The fence of a commit.
pub(super) const FENCE: &str = "select channel from delivery
     where id = ?1 and lease_no = ?2 and leased_by is not null and state = 'pending'";
/// The first word on an alert through a channel.
pub(super) const THREAD: &str =
    "select key from delivery where alert_id = ?1 and channel = ?2 order by revision limit 1";
/// What changed, for a correction.
pub(super) const CORRECTION: &str =
    "select correction from alert_event where alert_id = ?1 and revision = ?2";
/// What is said besides the alert.
pub(super) const NOTE: &str = "select note from alert_event where alert_id = ?1 and revision = ?2";

/// A claimed row, before its message is made.
struct Claimed {
    id: i64,
    key: String,
    channel: String,
    kind: AlertKind,
    created_at: Timestamp,
    failures: u32,
    lease_no: i64,
    attempt: u32,
    what: What,
}

/// What a delivery tells.
enum What {
    Alert { id: i64, revision: i64 },
    Digest { id: i64 },
    Notice { id: i64 },
    Group,
}

/// See `Store::claim_deliveries`.
pub(super) fn claim(
    conn: &Connection,
    lessee: &Lessee,
    channels: &[String],
    limit: usize,
) -> rusqlite::Result<Vec<Claim<Delivery>>> {
    let mut claims = Vec::new();
    for channel in channels {
        if !channel_states::is_held(conn, channel, lessee.now)? {
            claims.extend(claim_of_channel(conn, lessee, channel, limit)?);
        }
    }
    Ok(claims)
}

fn claim_of_channel(
    conn: &Connection,
    lessee: &Lessee,
    channel: &str,
    limit: usize,
) -> rusqlite::Result<Vec<Claim<Delivery>>> {
    let mut claimed: Vec<Claimed> = conn
        .prepare_cached(CLAIM)?
        .query_map(
            named_params! {
                ":lessee": lessee.name,
                ":until": ms(lessee.until()),
                ":now": ms(lessee.now),
                ":channel": channel,
                ":limit": count(limit),
            },
            claimed_of,
        )?
        .collect::<rusqlite::Result<_>>()?;
    claimed.sort_by_key(|row| row.id);
    let mut claims = Vec::with_capacity(claimed.len());
    for row in claimed {
        match message(conn, &row) {
            Ok(Some(message)) => {
                let thread = thread(conn, &row)?;
                claims.push(claim_of(row, thread, message));
            }
            Ok(None) => end(conn, row.id, lessee.now, "there is nothing left to say")?,
            // One unreadable row must not hold up all others for ever.
            Err(error @ rusqlite::Error::FromSqlConversionFailure(..)) => {
                let why = format!("what to say cannot be read: {error}");
                end(conn, row.id, lessee.now, &why)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(claims)
}

fn claimed_of(row: &Row<'_>) -> rusqlite::Result<Claimed> {
    let alert: Option<i64> = row.get("alert_id")?;
    let digest: Option<i64> = row.get("digest_id")?;
    let notice: Option<i64> = row.get("notice_id")?;
    Ok(Claimed {
        id: row.get("id")?,
        key: row.get("key")?,
        channel: row.get("channel")?,
        kind: row.word("kind")?,
        created_at: row.instant("created_at")?,
        failures: row.get("failures")?,
        lease_no: row.get("lease_no")?,
        attempt: row.get("attempt")?,
        what: match (alert, digest, notice) {
            (Some(id), _, _) => What::Alert {
                id,
                revision: row.get("revision")?,
            },
            (None, Some(id), _) => What::Digest { id },
            (None, None, Some(id)) => What::Notice { id },
            (None, None, None) => What::Group,
        },
    })
}

fn claim_of(row: Claimed, thread: Option<String>, message: Message) -> Claim<Delivery> {
    Claim {
        item: Delivery {
            id: DeliveryId(row.id),
            key: row.key,
            channel: row.channel,
            kind: row.kind,
            created_at: row.created_at,
            failures: row.failures,
            thread,
            message,
        },
        lease_no: row.lease_no,
        attempt: row.attempt,
    }
}

/// Key of the first word on the alert through the channel.
fn thread(conn: &Connection, row: &Claimed) -> rusqlite::Result<Option<String>> {
    let What::Alert { id, .. } = row.what else {
        return Ok(None);
    };
    conn.prepare_cached(THREAD)?
        .query_row(params![id, row.channel], |row| row.get(0))
        .optional()
}

/// What to say; `None` when it is not there any more.
fn message(conn: &Connection, row: &Claimed) -> rusqlite::Result<Option<Message>> {
    match row.what {
        What::Alert { id, revision } => {
            let Some(mut alert) = alert_view::by_id(conn, AlertId(id))? else {
                return Ok(None);
            };
            alert.note = note(conn, id, revision)?;
            Ok(Some(Message::Alert {
                alert: Box::new(alert),
                correction: correction(conn, id, revision)?,
            }))
        }
        What::Digest { id } => {
            let json: Option<String> = conn
                .prepare_cached("select digest from digest where id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            json.map(|json| {
                Ok(Message::Digest {
                    digest: Box::new(from_json(&json)?),
                })
            })
            .transpose()
        }
        What::Notice { id } => {
            let json: Option<String> = conn
                .prepare_cached("select notice from notice where id = ?1")?
                .query_row([id], |row| row.get(0))
                .optional()?;
            json.map(|json| {
                Ok(Message::Health {
                    notice: Box::new(from_json(&json)?),
                })
            })
            .transpose()
        }
        What::Group => {
            let alerts = late::alerts_of(conn, row.id)?;
            if alerts.is_empty() {
                return Ok(None);
            }
            Ok(Some(Message::Late {
                alerts,
                corrections: late::corrections_of(conn, row.id)?,
                why: late::reason_of(conn, row.id)?,
            }))
        }
    }
}

fn note(conn: &Connection, alert: i64, revision: i64) -> rusqlite::Result<Option<String>> {
    let note: Option<Option<String>> = conn
        .prepare_cached(NOTE)?
        .query_row([alert, revision], |row| row.get(0))
        .optional()?;
    Ok(note.flatten())
}

fn correction(
    conn: &Connection,
    alert: i64,
    revision: i64,
) -> rusqlite::Result<Option<Correction>> {
    let json: Option<Option<String>> = conn
        .prepare_cached(CORRECTION)?
        .query_row([alert, revision], |row| row.get(0))
        .optional()?;
    json.flatten().map(|json| from_json(&json)).transpose()
}

/// See `Store::commit_attempt`.
pub(super) fn commit(
    conn: &Connection,
    delivery: DeliveryId,
    lease_no: i64,
    attempt: Attempt,
) -> rusqlite::Result<Committed> {
    let channel: Option<String> = conn
        .prepare_cached(FENCE)?
        .query_row(params![delivery.0, lease_no], |row| row.get(0))
        .optional()?;
    let Some(channel) = channel else {
        return Ok(Committed::Stale);
    };
    channel_states::note(conn, &channel, &attempt)?;
    match attempt {
        Attempt::Sent { at } => {
            conn.prepare_cached(
                "update delivery set state = 'sent', finished_at = ?2, last_error = null,
                     leased_by = null, leased_until = 0, attempt = 0
                 where id = ?1",
            )?
            .execute(params![delivery.0, ms(at)])?;
            log(conn, delivery.0, at, "sent", None)?;
        }
        Attempt::Retry { at, due_at, why } => {
            conn.prepare_cached(
                "update delivery set failures = failures + 1, last_error = ?2, due_at = ?3,
                     leased_by = null, leased_until = 0, attempt = 0
                 where id = ?1",
            )?
            .execute(params![delivery.0, why, ms(due_at)])?;
            log(conn, delivery.0, at, "retry", Some(&why))?;
        }
        Attempt::Dead { at, why } => {
            end(conn, delivery.0, at, &why)?;
            log(conn, delivery.0, at, "dead", Some(&why))?;
        }
    }
    Ok(Committed::Done(()))
}

/// Gives a delivery up.
fn end(conn: &Connection, delivery: i64, at: Timestamp, why: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "update delivery set state = 'dead', finished_at = ?2, last_error = ?3,
             leased_by = null, leased_until = 0
         where id = ?1",
    )?
    .execute(params![delivery, ms(at), why])?;
    Ok(())
}

fn log(
    conn: &Connection,
    delivery: i64,
    at: Timestamp,
    result: &str,
    why: Option<&str>,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "insert into delivery_attempt (delivery_id, at, result, why) values (?1, ?2, ?3, ?4)",
    )?
    .execute(params![delivery, ms(at), result, why])
}

/// See `Store::release_deliveries`.
pub(super) fn release(conn: &Connection, claims: &[(DeliveryId, i64)]) -> rusqlite::Result<()> {
    let mut release = conn.prepare_cached(
        "update delivery set leased_by = null, leased_until = 0, attempt = max(attempt - 1, 0)
         where id = ?1 and lease_no = ?2 and state = 'pending'",
    )?;
    for (delivery, lease_no) in claims {
        release.execute(params![delivery.0, lease_no])?;
    }
    Ok(())
}

/// See `Store::drop_orphans`. What is in hand right now is left to its commit.
pub(super) fn drop_orphans(
    conn: &Connection,
    channels: &[String],
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let dropped = conn
        .prepare_cached(
            "update delivery set state = 'dead', finished_at = ?2, leased_by = null,
                 leased_until = 0,
                 last_error = 'the channel ' || channel || ' is no longer configured'
             where state = 'pending' and leased_until <= ?2
                 and channel not in (select value from json_each(?1))",
        )?
        .execute(params![to_json(channels)?, ms(now)])?;
    Ok(dropped as u64)
}
