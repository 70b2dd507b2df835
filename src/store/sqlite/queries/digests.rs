//! What digests are made of, and digests that were closed.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::history;
use crate::model::{
    AlertId, AlertView, ClosedDigest, Digest, DigestHealth, DigestId, DigestMaterial, DigestSlot,
    Field, ItemChange, MaterialAlert, NearMissView,
};
use crate::store::sqlite::rows::{Columns, Packed, count, from_json, instant, ms, to_json};
use crate::store::sqlite::{alert_view, digest};

/// Near misses given at most; a digest shows the newest few.
const NEAR_MISSES_MAX: usize = 50;

/// The events of a window, in order.
const EVENTS: &str = "select e.alert_id, e.kind, e.at, e.correction, article.url
     from alert_event as e
     join alert on alert.id = e.alert_id
     join article on article.id = e.article_id
     where e.seq > :after and e.at >= :since
         and (:watches = '[]' or alert.watch in (select value from json_each(:watches)))
     order by e.seq";
const NEAR_MISSES: &str = "select m.watch, m.why, m.at, a.url, av.title, av.lang
     from near_miss as m
     join article as a on a.id = m.article_id
     left join article_version as av on av.article_id = a.id and av.version = a.version
     where m.at >= :since
         and (:watches = '[]' or m.watch in (select value from json_each(:watches)))
     order by m.at desc, m.rowid desc limit :limit";
/// The newest text of an article.
pub(in crate::store::sqlite) const BODY: &str = "select av.body from article
     join article_version as av on av.article_id = article.id and av.version = article.version
     where article.url = ?1";
/// Evidence of an alert that is looked for in leads.
const LEADS_TRIED: usize = 8;
/// Characters below which a first paragraph is no lead yet.
const LEAD_CHARS_MIN: usize = 40;
const CLOSED: &str = "select digest from digest
     where name = ?1 and (?2 is null or id = ?2) order by id desc limit 1";

/// See `Queries::digest_material`. Without `since`, near misses and health count from the event
/// `after_seq` on.
pub(super) fn material(
    conn: &Connection,
    after_seq: i64,
    since: Option<Timestamp>,
    watches: &[String],
) -> rusqlite::Result<DigestMaterial> {
    let up_to_seq: i64 = conn
        .prepare_cached("select coalesce(max(seq), 0) from alert_event")?
        .query_row([], |row| row.get(0))?;
    let begin = match since {
        Some(since) => Some(since),
        None => conn
            .prepare_cached("select at from alert_event where seq = ?1")?
            .query_row([after_seq], |row| row.get(0).map(instant))
            .optional()?,
    };
    Ok(DigestMaterial {
        up_to_seq: up_to_seq.max(after_seq),
        alerts: alerts(conn, after_seq, since, watches)?,
        near_misses: near_misses(conn, begin, watches, NEAR_MISSES_MAX)?,
        health: health(conn, begin)?,
    })
}

/// The alerts with events in the window, in the order of their first one.
fn alerts(
    conn: &Connection,
    after_seq: i64,
    since: Option<Timestamp>,
    watches: &[String],
) -> rusqlite::Result<Vec<MaterialAlert>> {
    let mut found: Vec<(AlertId, Vec<ItemChange>)> = Vec::new();
    let mut statement = conn.prepare_cached(EVENTS)?;
    let mut rows = statement.query(named_params! {
        ":after": after_seq,
        ":since": since.map_or(i64::MIN, ms),
        ":watches": to_json(watches)?,
    })?;
    let mut place = std::collections::HashMap::new();
    while let Some(row) = rows.next()? {
        let alert = AlertId(row.get("alert_id")?);
        let correction: Option<String> = row.get("correction")?;
        let change = ItemChange {
            kind: row.word("kind")?,
            at: row.instant("at")?,
            url: row.get("url")?,
            correction: correction.map(|json| from_json(&json)).transpose()?,
        };
        let index = *place.entry(alert).or_insert_with(|| {
            found.push((alert, Vec::new()));
            found.len() - 1
        });
        found[index].1.push(change);
    }
    let mut alerts = Vec::with_capacity(found.len());
    for (id, changes) in found {
        if let Some(alert) = alert_view::by_id(conn, id)? {
            let leads = leads(conn, &alert)?;
            alerts.push(MaterialAlert {
                alert,
                changes,
                leads,
            });
        }
    }
    Ok(alerts)
}

/// Which evidence of an alert stands in the lead of its article.
fn leads(conn: &Connection, alert: &AlertView) -> rusqlite::Result<Vec<usize>> {
    let mut leads = Vec::new();
    // More of it is not shown, and a body has to be unpacked for each.
    for (place, evidence) in alert.evidence.iter().enumerate().take(LEADS_TRIED) {
        if evidence.field != Field::Body || !evidence.part.is_first() {
            continue;
        }
        let body: Option<Packed> = conn
            .prepare_cached(BODY)?
            .query_row([&evidence.url], |row| row.get(0))
            .optional()?;
        if body.is_some_and(|body| lead(&body.0).contains(evidence.sentence.trim())) {
            leads.push(place);
        }
    }
    Ok(leads)
}

/// The first paragraph; with the second where the first is a place, a date or a name.
fn lead(body: &str) -> &str {
    let ends = body.match_indices('\n').map(|(at, _)| at);
    let mut ends = ends.chain([body.len()]);
    let first = ends.next().unwrap_or(0);
    let is_short = body[..first].chars().count() < LEAD_CHARS_MIN;
    let end = if is_short { ends.next() } else { None };
    &body[..end.unwrap_or(first)]
}

/// Near misses of `watches` (empty = all), newest first.
pub(super) fn near_misses(
    conn: &Connection,
    since: Option<Timestamp>,
    watches: &[String],
    limit: usize,
) -> rusqlite::Result<Vec<NearMissView>> {
    conn.prepare_cached(NEAR_MISSES)?
        .query_map(
            named_params! {
                ":since": since.map_or(i64::MIN, ms),
                ":watches": to_json(watches)?,
                ":limit": count(limit),
            },
            |row| {
                Ok(NearMissView {
                    watch: row.get("watch")?,
                    url: row.get("url")?,
                    title: row.get::<_, Option<String>>("title")?.unwrap_or_default(),
                    lang: row.get("lang")?,
                    why: row.get("why")?,
                    at: row.instant("at")?,
                })
            },
        )?
        .collect()
}

fn health(conn: &Connection, begin: Option<Timestamp>) -> rusqlite::Result<DigestHealth> {
    let begin = begin.map_or(i64::MIN, ms);
    let (feeds, polled) = conn
        .prepare_cached(
            "select count(*) as feeds,
                 count(*) filter (where last_success_at >= ?1) as polled
             from feed where removed_at is null",
        )?
        .query_row([begin], |row| {
            Ok((row.count("feeds")?, row.count("polled")?))
        })?;
    let failing = conn
        .prepare_cached(
            "select url, coalesce(last_error, '') from feed
             where removed_at is null and failures > 0 order by position, id",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let dead_by_channel: Vec<(String, u64)> = conn
        .prepare_cached(
            "select channel, count(*) as dead from delivery
             where state = 'dead' and finished_at >= ?1 group by channel order by channel",
        )?
        .query_map([begin], |row| Ok((row.get("channel")?, row.count("dead")?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(DigestHealth {
        feeds,
        polled,
        failing,
        troubles: history::open_troubles(conn)?,
        dead_deliveries: dead_by_channel.iter().map(|(_, dead)| dead).sum(),
        dead_by_channel,
    })
}

/// See `Queries::closed_digest`.
pub(super) fn closed(
    conn: &Connection,
    name: &str,
    id: Option<DigestId>,
) -> rusqlite::Result<Option<Digest>> {
    let json: Option<String> = conn
        .prepare_cached(CLOSED)?
        .query_row(params![name, id.map(|id| id.0)], |row| row.get(0))
        .optional()?;
    json.map(|json| from_json(&json)).transpose()
}

/// See `Queries::closed_digests`.
pub(super) fn closed_list(
    conn: &Connection,
    name: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<ClosedDigest>> {
    conn.prepare_cached(
        "select id, name, closed_at, json_array_length(digest, '$.items')
             + json_array_length(digest, '$.rest') as stories
         from digest where ?1 is null or name = ?1 order by id desc limit ?2",
    )?
    .query_map(params![name, count(limit)], |row| {
        Ok(ClosedDigest {
            id: DigestId(row.get("id")?),
            name: row.get("name")?,
            closed_at: row.instant("closed_at")?,
            stories: row.count("stories")?,
        })
    })?
    .collect()
}

/// See `Queries::digest_slot`.
pub(super) fn slot(conn: &Connection, name: &str) -> rusqlite::Result<Option<DigestSlot>> {
    conn.prepare_cached("select * from digest_schedule where name = ?1 and removed_at is null")?
        .query_row([name], |row| digest::slot_of(conn, row))
        .optional()
}

/// See `Queries::next_digests`.
pub(super) fn next(conn: &Connection) -> rusqlite::Result<Vec<(String, Timestamp)>> {
    conn.prepare_cached(
        "select name, next_at from digest_schedule where removed_at is null
         order by next_at, name",
    )?
    .query_map([], |row| Ok((row.get(0)?, instant(row.get(1)?))))?
    .collect()
}

#[cfg(test)]
mod tests {
    use super::lead;

    #[test]
    fn the_lead_is_the_first_paragraph_behind_place_and_date() {
        let paragraph = "The foreign minister of China arrived in Moscow on Saturday.";
        assert_eq!(lead(&format!("{paragraph}\nMore.\nStill more.")), paragraph);
        let dated = format!("Moscow, 21 November\n{paragraph}");
        assert_eq!(lead(&format!("{dated}\nMore.")), dated);
        assert_eq!(lead("Short."), "Short.");
        assert_eq!(lead(""), "");
    }
}
