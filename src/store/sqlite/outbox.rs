//! The outbox as people see it: lists, tries, sending again, dropping.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::channel_states;
use super::rows::{Columns, count, instant, ms, to_json};
use crate::model::{AlertId, AlertKind, AttemptView, DeliveryId, DeliveryState, DeliveryView};
use crate::store::OutboxFilter;

/// Newest first; waiting ones in the order in which they are sent.
pub(super) const LIST: &str = "select d.*, alert.watch, alert.watch_title, digest.name as digest_name,
         (select count(distinct member.alert_id) from delivery as member where member.group_id = d.id)
             as members,
         (select av.title from alert_article as aa
             join article as a on a.id = aa.article_id
             join article_version as av on av.article_id = a.id and av.version = a.version
             where aa.alert_id = d.alert_id order by a.first_seen, a.id limit 1) as headline
     from delivery as d
     left join alert on alert.id = d.alert_id
     left join digest on digest.id = d.digest_id
     where (:id is null or d.id = :id)
         and (:channel is null or d.channel = :channel)
         and d.state in (select value from json_each(:states))
     order by d.id desc limit :limit";
/// The tries of a delivery.
pub(super) const ATTEMPTS: &str =
    "select at, result, why from delivery_attempt where delivery_id = ?1 order by id";

/// See `Queries::outbox`.
pub(super) fn list(
    conn: &Connection,
    filter: &OutboxFilter,
) -> rusqlite::Result<Vec<DeliveryView>> {
    let all = [
        DeliveryState::Pending,
        DeliveryState::Sent,
        DeliveryState::Grouped,
        DeliveryState::Dead,
    ];
    let states = match filter.states.as_slice() {
        [] => &all[..],
        named => named,
    };
    conn.prepare_cached(LIST)?
        .query_map(
            named_params! {
                ":id": filter.id.map(|id| id.0),
                ":channel": filter.channel,
                ":states": to_json(states)?,
                ":limit": filter.limit.map_or(-1, count),
            },
            view_of,
        )?
        .collect()
}

fn view_of(row: &Row<'_>) -> rusqlite::Result<DeliveryView> {
    let time = |column: &str| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(instant))
    };
    let state: DeliveryState = row.word("state")?;
    let kind: AlertKind = row.word("kind")?;
    let is_waiting = state == DeliveryState::Pending;
    let held: Option<String> = row.get("held")?;
    Ok(DeliveryView {
        id: DeliveryId(row.get("id")?),
        key: row.get("key")?,
        channel: row.get("channel")?,
        kind,
        state,
        held: match held {
            Some(_) if is_waiting => Some(row.word("held")?),
            _ => None,
        },
        alert: row.get::<_, Option<i64>>("alert_id")?.map(AlertId),
        severity: row.word("severity")?,
        about: about(row, kind)?,
        created_at: row.instant("created_at")?,
        due_at: time("due_at")?.filter(|_| is_waiting),
        finished_at: time("finished_at")?,
        failures: row.count("failures")?,
        last_error: row.get("last_error")?,
        told_by: row.get::<_, Option<i64>>("group_id")?.map(DeliveryId),
    })
}

fn about(row: &Row<'_>, kind: AlertKind) -> rusqlite::Result<String> {
    if row.get::<_, Option<i64>>("alert_id")?.is_some() {
        let headline: Option<String> = row.get("headline")?;
        let headline = headline.filter(|title| !title.is_empty());
        return match headline {
            Some(headline) => Ok(headline),
            None => Ok(row
                .get::<_, Option<String>>("watch_title")?
                .unwrap_or_default()),
        };
    }
    let digest: Option<String> = row.get("digest_name")?;
    Ok(match (digest, kind) {
        (Some(name), _) => format!("digest {name}"),
        (None, AlertKind::Health) => "feeds and channels in trouble".to_owned(),
        (None, _) => format!("{} alerts together", row.get::<_, i64>("members")?),
    })
}

/// See `Queries::attempts`.
pub(super) fn attempts(
    conn: &Connection,
    delivery: DeliveryId,
) -> rusqlite::Result<Vec<AttemptView>> {
    conn.prepare_cached(ATTEMPTS)?
        .query_map([delivery.0], |row| {
            Ok(AttemptView {
                at: row.instant("at")?,
                result: row.get("result")?,
                why: row.get("why")?,
            })
        })?
        .collect()
}

/// See `Store::retry_deliveries`.
pub(super) fn retry(
    conn: &Connection,
    deliveries: &[DeliveryId],
    now: Timestamp,
) -> rusqlite::Result<Vec<DeliveryId>> {
    let mut untouched = Vec::new();
    for delivery in deliveries {
        // The three days of tries begin anew; the key is the old one, so that nothing is told twice.
        let again = conn
            .prepare_cached(
                "update delivery set state = 'pending', due_at = ?2, created_at = ?2, finished_at = null,
                     failures = 0, held = null, leased_by = null, leased_until = 0, attempt = 0
                 where id = ?1 and leased_until <= ?2
                     and (state = 'dead' and group_id is null or state = 'pending')
                 returning channel",
            )?
            .query_row(params![delivery.0, ms(now)], |row| row.get::<_, String>(0))
            .optional()?;
        let Some(channel) = again else {
            untouched.push(*delivery);
            continue;
        };
        channel_states::end_hold(conn, &channel, now)?;
    }
    Ok(untouched)
}

/// See `Store::drop_deliveries`.
pub(super) fn drop(
    conn: &Connection,
    deliveries: &[DeliveryId],
    why: &str,
    now: Timestamp,
) -> rusqlite::Result<Vec<DeliveryId>> {
    let mut untouched = Vec::new();
    for delivery in deliveries {
        let dropped = conn
            .prepare_cached(
                "update delivery set state = 'dead', finished_at = ?2, last_error = ?3,
                     leased_by = null, leased_until = 0
                 where id = ?1 and state = 'pending' and leased_until <= ?2",
            )?
            .execute(params![delivery.0, ms(now), why])?;
        if dropped == 0 {
            untouched.push(*delivery);
        }
    }
    Ok(untouched)
}

/// See `Queries::deliveries_of`.
pub(super) fn of_alert(conn: &Connection, alert: AlertId) -> rusqlite::Result<Vec<DeliveryView>> {
    let ids: Vec<i64> = conn
        .prepare_cached("select id from delivery where alert_id = ?1 order by id")?
        .query_map([alert.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut views = Vec::new();
    for id in ids {
        let filter = OutboxFilter {
            id: Some(DeliveryId(id)),
            ..OutboxFilter::default()
        };
        views.extend(list(conn, &filter)?);
    }
    Ok(views)
}
