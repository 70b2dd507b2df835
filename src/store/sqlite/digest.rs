//! Stage `digest`: whose window is due, and closing it exactly once.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::rows::{Columns, instant, ms, to_json};
use super::telling::delivery_key;
use crate::model::{Claim, Committed, DigestId, DigestOutcome, DigestSlot, Lessee};
use crate::store::DigestSchedule;

/// Digests that are due.
pub(super) const CLAIM: &str = "update digest_schedule set leased_by = :lessee,
         leased_until = :until, lease_no = lease_no + 1, attempt = attempt + 1
     where id in (
         select id from digest_schedule
         where removed_at is null and next_at <= :now and leased_until <= :now)
     returning *";
/// The fence of a commit.
pub(super) const FENCE: &str = "select id, after_seq from digest_schedule
     where name = ?1 and lease_no = ?2 and leased_by is not null";

/// When a digest was closed last with something in it.
pub(super) const SENT: &str = "select max(closed_at) from digest where name = ?1";

/// See `Store::sync_digests`. A digest that is new tells what happens from now on; one that was
/// removed and is back goes on where it stopped. One that was closed by a clock that was ahead comes when it is due by this one.
pub(super) fn sync(
    conn: &Connection,
    digests: &[DigestSchedule],
    now: Timestamp,
) -> rusqlite::Result<()> {
    for digest in digests {
        conn.prepare_cached(
            "insert into digest_schedule (name, schedule, next_at, after_seq)
             values (?1, ?2, ?3, (select coalesce(max(seq), 0) from alert_event))
             on conflict (name) do update set
                 next_at = iif(schedule = excluded.schedule and removed_at is null,
                     min(next_at, excluded.next_at), excluded.next_at),
                 schedule = excluded.schedule, removed_at = null",
        )?
        .execute(params![digest.name, digest.schedule, ms(digest.next_at)])?;
    }
    let names: Vec<&str> = digests.iter().map(|digest| digest.name.as_str()).collect();
    conn.prepare_cached(
        "update digest_schedule set removed_at = ?1, leased_by = null, leased_until = 0
         where removed_at is null and name not in (select value from json_each(?2))",
    )?
    .execute(params![ms(now), to_json(&names)?])?;
    Ok(())
}

/// See `Store::claim_digests`.
pub(super) fn claim(
    conn: &Connection,
    lessee: &Lessee,
) -> rusqlite::Result<Vec<Claim<DigestSlot>>> {
    let mut claims: Vec<Claim<DigestSlot>> = conn
        .prepare_cached(CLAIM)?
        .query_map(
            named_params! {
                ":lessee": lessee.name,
                ":until": ms(lessee.until()),
                ":now": ms(lessee.now),
            },
            |row| {
                Ok(Claim {
                    item: slot_of(conn, row)?,
                    lease_no: row.get("lease_no")?,
                    attempt: row.get("attempt")?,
                })
            },
        )?
        .collect::<rusqlite::Result<_>>()?;
    claims.sort_by(|a, b| (a.item.due_at, &a.item.name).cmp(&(b.item.due_at, &b.item.name)));
    Ok(claims)
}

/// What stands in a row of `digest_schedule`, and when the digest was sent last.
pub(super) fn slot_of(conn: &Connection, row: &Row<'_>) -> rusqlite::Result<DigestSlot> {
    let name: String = row.get("name")?;
    let sent_at: Option<i64> = conn
        .prepare_cached(SENT)?
        .query_row([&name], |row| row.get(0))?;
    Ok(DigestSlot {
        due_at: row.instant("next_at")?,
        after_seq: row.get("after_seq")?,
        since: row.instant_opt("closed_at")?,
        sent_at: sent_at.map(instant),
        name,
    })
}

/// See `Store::commit_digest`.
pub(super) fn commit(
    conn: &Connection,
    name: &str,
    lease_no: i64,
    outcome: DigestOutcome,
) -> rusqlite::Result<Committed<Option<DigestId>>> {
    let held = conn
        .prepare_cached(FENCE)?
        .query_row(params![name, lease_no], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    let Some((schedule, after_seq)) = held else {
        return Ok(Committed::Stale);
    };
    let digest = outcome
        .digest
        .as_ref()
        .map(|digest| {
            to_json(digest).and_then(|json| write(conn, name, after_seq, &outcome, &json))
        })
        .transpose()?;
    conn.prepare_cached(
        "update digest_schedule set after_seq = max(after_seq, ?2), closed_at = ?3, next_at = ?4,
             leased_by = null, leased_until = 0, attempt = 0
         where id = ?1",
    )?
    .execute(params![
        schedule,
        outcome.up_to_seq,
        ms(outcome.at),
        ms(outcome.next_at)
    ])?;
    Ok(Committed::Done(digest))
}

/// Stores a digest and promises it to its channels.
fn write(
    conn: &Connection,
    name: &str,
    after_seq: i64,
    outcome: &DigestOutcome,
    json: &str,
) -> rusqlite::Result<DigestId> {
    let at = ms(outcome.at);
    let id = conn
        .prepare_cached(
            "insert into digest (name, closed_at, after_seq, up_to_seq, digest)
             values (?1, ?2, ?3, ?4, ?5)",
        )?
        .insert(params![name, at, after_seq, outcome.up_to_seq, json])?;
    let mut insert = conn.prepare_cached(
        "insert into delivery (key, digest_id, channel, kind, state, late, created_at, due_at)
         values (?1, ?2, ?3, 'digest', 'pending', 0, ?4, ?4)
         on conflict (digest_id, channel) do nothing",
    )?;
    for channel in &outcome.channels {
        let key = delivery_key(&["digest", name, &id.to_string(), &at.to_string(), channel]);
        insert.execute(params![key, id, channel, at])?;
    }
    Ok(DigestId(id))
}
