//! Deliveries that wait for what is no longer in the config: dropped, each with its reason.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::rows::{ms, to_json};

/// Alerts that something waits to tell of: by itself, or in a group.
pub(super) const WAITING: &str = "select distinct alert_id from (
         select alert_id from delivery where state = 'pending' and alert_id is not null
         union all
         select member.alert_id from delivery as whole
             join delivery as member on member.group_id = whole.id
             where whole.state = 'pending' and whole.alert_id is null)";

/// Drops what waits for alerts of watches that are out of the config. What is in hand right now is left to its commit.
pub(super) fn of_watches(conn: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let sql = format!(
        "select id, 'the watch ' || watch || ' is no longer configured' from alert
         where id in ({WAITING}) and watch not in (select name from watch where removed_at is null)"
    );
    drop_where(conn, &sql, now)
}

/// Drops what waits for alerts that only tell of articles of feeds that are out of the config.
pub(super) fn of_feeds(conn: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let sql = format!(
        "select id, 'the feed of its articles is no longer configured' from alert
         where id in ({WAITING})
             and exists (select 1 from alert_article as aa
                 join entry on entry.article_id = aa.article_id where aa.alert_id = alert.id)
             and not exists (select 1 from alert_article as aa
                 join entry on entry.article_id = aa.article_id
                 join feed on feed.id = entry.feed_id
                 where aa.alert_id = alert.id and feed.removed_at is null)"
    );
    drop_where(conn, &sql, now)
}

/// Drops what waits for one alert. What is in hand right now is left to its commit.
pub(super) fn of_alert(
    conn: &Connection,
    alert: i64,
    why: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    for sql in [ALONE, IN_GROUP] {
        conn.prepare_cached(sql)?.execute(named_params! {
            ":alert": alert,
            ":why": why,
            ":now": ms(now),
        })?;
    }
    conn.prepare_cached(EMPTY)?
        .execute(params![ms(now), to_json(&[why])?])?;
    Ok(())
}

/// `alerts` selects alerts and the reason for each.
fn drop_where(conn: &Connection, alerts: &str, now: Timestamp) -> rusqlite::Result<u64> {
    let found: Vec<(i64, String)> = conn
        .prepare_cached(alerts)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut dropped = 0;
    for (alert, why) in &found {
        for sql in [ALONE, IN_GROUP] {
            dropped += conn.prepare_cached(sql)?.execute(named_params! {
                ":alert": alert,
                ":why": why,
                ":now": ms(now),
            })?;
        }
    }
    if !found.is_empty() {
        let reasons: Vec<&str> = found.iter().map(|(_, why)| why.as_str()).collect();
        conn.prepare_cached(EMPTY)?
            .execute(params![ms(now), to_json(&reasons)?])?;
    }
    Ok(dropped as u64)
}

const ALONE: &str = "update delivery set state = 'dead', finished_at = :now, last_error = :why,
         leased_by = null, leased_until = 0
     where alert_id = :alert and state = 'pending' and leased_until <= :now";
const IN_GROUP: &str =
    "update delivery set state = 'dead', finished_at = :now, last_error = :why, group_id = null
     where alert_id = :alert and state = 'grouped'
         and exists (select 1 from delivery as whole where whole.id = delivery.group_id
             and whole.state = 'pending' and whole.leased_until <= :now)";
/// A group that tells of nothing any more.
const EMPTY: &str = "update delivery set state = 'dead', finished_at = ?1, last_error = ?2 ->> 0
     where state = 'pending' and leased_until <= ?1
         and alert_id is null and digest_id is null and notice_id is null
         and not exists (select 1 from delivery as member where member.group_id = delivery.id)";
