//! What a digest says beside what happened in its window: what its readers know, how often its watches hit.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::model::{
    AlertId, Digest, DigestAsk, DigestBackground, LastAlert, ToldBefore, WatchDays,
};
use crate::store::sqlite::alert_view;
use crate::store::sqlite::rows::{Columns, from_json, instant, ms, to_json};

/// Closed digests of a name that told something of an alert, newest first.
pub(in crate::store::sqlite) const TOLD_IN: &str = "select distinct digest.id
     from alert_event as e
     join digest on digest.name = ?1 and e.seq > digest.after_seq and e.seq <= digest.up_to_seq
     where e.alert_id = ?2 order by digest.id desc";
/// The version of the watch that an alert's newest hit bears.
pub(in crate::store::sqlite) const VERSION: &str = "select hit.watch_version from alert
     join alert_article as aa on aa.alert_id = alert.id
     join hit on hit.watch = alert.watch and hit.article_id = aa.article_id
     where alert.id = ?1 order by hit.withdrawn_at is not null, hit.at desc, hit.article_id desc
     limit 1";
/// When the articles were published (came, where that is not known) that a watch has hit since a time. No article
/// is judged before it comes, so that older hits need not be looked at.
pub(in crate::store::sqlite) const HITS: &str =
    "select hit.watch, article.sort_at, article.first_seen
     from hit join article on article.id = hit.article_id
     where hit.at > ?1 and article.sort_at > ?1 and article.sort_at <= ?2
         and hit.withdrawn_at is null and hit.watch in (select value from json_each(?3))";
/// Since when a watch has been there: its version, and the first thing it ever hit.
const SINCE: &str = "select (select since from watch where name = ?1),
     (select min(at) from hit where watch = ?1)";
/// Whether any article came between two times.
pub(in crate::store::sqlite) const ALIVE: &str = "select exists (
     select 1 from article where first_seen > ?1 and first_seen <= ?2 and version > 0)";
/// The newest event of the alerts of some watches.
const LAST: &str = "select e.alert_id, e.at from alert_event as e
     join alert on alert.id = e.alert_id
     where alert.state <> 'muted'
         and (?1 = '[]' or alert.watch in (select value from json_each(?1)))
     order by e.seq desc limit 1";

/// See `Queries::digest_background`.
pub(super) fn of(conn: &Connection, ask: &DigestAsk) -> rusqlite::Result<DigestBackground> {
    let mut versions = Vec::new();
    for id in &ask.alerts {
        let version = conn
            .prepare_cached(VERSION)?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        versions.extend(version.map(|version| (*id, version)));
    }
    Ok(DigestBackground {
        told: told(conn, &ask.name, &ask.alerts)?,
        versions,
        days: days(conn, &ask.watches, &ask.day_bounds)?,
        alive: alive(conn, &ask.day_bounds)?,
        last_alert: last_alert(conn, &ask.last_of)?,
    })
}

/// What the digest of that name said of each alert when it last did.
fn told(
    conn: &Connection,
    name: &str,
    alerts: &[AlertId],
) -> rusqlite::Result<Vec<(AlertId, ToldBefore)>> {
    let mut digests: HashMap<i64, Digest> = HashMap::new();
    let mut told = Vec::new();
    for id in alerts {
        let candidates: Vec<i64> = conn
            .prepare_cached(TOLD_IN)?
            .query_map(params![name, id.0], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for candidate in candidates {
            if let std::collections::hash_map::Entry::Vacant(place) = digests.entry(candidate) {
                let json: String = conn
                    .prepare_cached("select digest from digest where id = ?1")?
                    .query_row([candidate], |row| row.get(0))?;
                place.insert(from_json(&json)?);
            }
            // An alert that was muted at the time has events there but no item.
            if let Some(before) = told_in(&digests[&candidate], *id) {
                told.push((*id, before));
                break;
            }
        }
    }
    Ok(told)
}

fn told_in(digest: &Digest, id: AlertId) -> Option<ToldBefore> {
    let mut items = digest.items.iter().chain(&digest.rest);
    let item = items.find(|item| item.alert.id == id)?;
    let articles = item.alert.articles.iter();
    Some(ToldBefore {
        at: digest.until,
        title: item.alert.title.clone(),
        urls: articles.map(|article| article.url.clone()).collect(),
    })
}

fn days(
    conn: &Connection,
    watches: &[String],
    bounds: &[Timestamp],
) -> rusqlite::Result<Vec<WatchDays>> {
    let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else {
        return Ok(Vec::new());
    };
    let mut days: Vec<WatchDays> = Vec::with_capacity(watches.len());
    for watch in watches {
        let (version, hit): (Option<i64>, Option<i64>) = conn
            .prepare_cached(SINCE)?
            .query_row([watch], |row| Ok((row.get(0)?, row.get(1)?)))?;
        days.push(WatchDays {
            watch: watch.clone(),
            since: version.into_iter().chain(hit).min().map(instant),
            counts: vec![0; bounds.len() - 1],
        });
    }
    let mut statement = conn.prepare_cached(HITS)?;
    let mut rows = statement.query(params![ms(*first), ms(*last), to_json(watches)?])?;
    while let Some(row) = rows.next()? {
        let watch: String = row.get(0)?;
        let dated = instant(row.get(1)?);
        let Some(of_watch) = days.iter_mut().find(|days| days.watch == watch) else {
            continue;
        };
        // A backfilled watch knows of days before it was there.
        let came = instant(row.get(2)?);
        of_watch.since = of_watch.since.map(|since| since.min(came));
        let place = bounds.partition_point(|bound| *bound < dated);
        if let Some(count) = of_watch.counts.get_mut(place.wrapping_sub(1)) {
            *count += 1;
        }
    }
    Ok(days)
}

fn alive(conn: &Connection, bounds: &[Timestamp]) -> rusqlite::Result<Vec<bool>> {
    let mut statement = conn.prepare_cached(ALIVE)?;
    bounds
        .windows(2)
        .map(|day| statement.query_row([ms(day[0]), ms(day[1])], |row| row.get(0)))
        .collect()
}

fn last_alert(conn: &Connection, watches: &[String]) -> rusqlite::Result<Option<LastAlert>> {
    let newest = conn
        .prepare_cached(LAST)?
        .query_row([to_json(watches)?], |row| {
            Ok((AlertId(row.get("alert_id")?), row.instant("at")?))
        })
        .optional()?;
    let Some((id, at)) = newest else {
        return Ok(None);
    };
    let alert = alert_view::by_id(conn, id)?;
    Ok(alert.map(|alert| LastAlert {
        id,
        at,
        watch: alert.watch,
        title: alert.title,
        lang: alert.lang,
    }))
}
