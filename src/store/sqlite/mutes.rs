//! What people want to hear nothing of, and the alerts that are muted by it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::audit::{self, Line, own_deed};
use super::rows::{Columns, ms};
use super::{drop, marks};
use crate::model::{AlertId, AlertState, Deed, Mute, MuteId, MuteTarget, Said, StoryId, Unmuted};

/// The mute that holds for an alert: its own, that of its story or watch, or those of all the feeds of its articles.
const OF_ALERT: &str = "select mute.* from mute, alert
     where alert.id = :alert and mute.ended_at is null and coalesce(mute.until > :at, 1)
         and (mute.alert_id = alert.id or mute.story_id = alert.story_id or mute.watch = alert.watch
             or mute.feed is not null and not exists (
                 select 1 from alert_article as aa
                 join entry on entry.article_id = aa.article_id
                 join feed on feed.id = entry.feed_id
                 where aa.alert_id = alert.id and feed.url not in (
                     select other.feed from mute as other
                     where other.feed is not null and other.ended_at is null
                         and coalesce(other.until > :at, 1))))
     order by mute.id limit 1";
const HOLDING: &str = "select * from mute where ended_at is null order by id";
const OVER: &str = "select * from mute where ended_at is null and until <= ?1 order by id";
const BY_TARGET: &str = "select * from mute where ended_at is null
     and alert_id is :alert and story_id is :story and watch is :watch and feed is :feed";

/// A target in its columns.
struct InColumns<'a> {
    alert: Option<i64>,
    story: Option<i64>,
    watch: Option<&'a str>,
    feed: Option<&'a str>,
}

fn columns_of(target: &MuteTarget) -> InColumns<'_> {
    let none = InColumns {
        alert: None,
        story: None,
        watch: None,
        feed: None,
    };
    match target {
        MuteTarget::Alert(alert) => InColumns {
            alert: Some(alert.0),
            ..none
        },
        MuteTarget::Story(story) => InColumns {
            story: Some(story.0),
            ..none
        },
        MuteTarget::Watch(name) => InColumns {
            watch: Some(name),
            ..none
        },
        MuteTarget::Feed(url) => InColumns {
            feed: Some(url),
            ..none
        },
    }
}

/// Brings the state of an alert in line with the mutes; answers with it. What is only listed stays so: it is muted when
/// there is something to tell of it.
pub(super) fn bring_in_line(
    conn: &Connection,
    alert: i64,
    at: Timestamp,
) -> rusqlite::Result<AlertState> {
    let state: AlertState = conn
        .prepare_cached("select state from alert where id = ?1")?
        .query_row([alert], |row| row.word("state"))?;
    if state.is_untold() {
        return Ok(state);
    }
    let is_muted = of_alert(conn, alert, at)?.is_some();
    match (state, is_muted) {
        (AlertState::Muted, false) => {
            conn.prepare_cached(
                "update alert set state = coalesce(state_before, 'open'), state_before = null, due_at = ?2
                 where id = ?1 returning state",
            )?
            .query_row(params![alert, ms(at)], |row| row.word("state"))
        }
        (AlertState::Muted, true) | (_, false) => Ok(state),
        (_, true) => {
            conn.prepare_cached(
                "update alert set state_before = state, state = 'muted', due_at = null where id = ?1",
            )?
            .execute([alert])?;
            Ok(AlertState::Muted)
        }
    }
}

/// True when a mute holds for an alert.
pub(super) fn is_muted(conn: &Connection, alert: i64, at: Timestamp) -> rusqlite::Result<bool> {
    Ok(of_alert(conn, alert, at)?.is_some())
}

fn of_alert(conn: &Connection, alert: i64, at: Timestamp) -> rusqlite::Result<Option<Mute>> {
    conn.prepare_cached(OF_ALERT)?
        .query_row(named_params! { ":alert": alert, ":at": ms(at) }, mute_of)
        .optional()
}

/// Who muted an alert that is muted.
pub(super) fn said_of(conn: &Connection, alert: i64) -> rusqlite::Result<Option<Said>> {
    // Whether it still holds was decided when its state was written.
    let mute = of_alert(conn, alert, Timestamp::MIN)?;
    Ok(mute.map(|mute| Said {
        by: mute.by,
        at: mute.at,
        until: mute.until,
        why: Some(mute.why),
    }))
}

/// See `Store::mute`.
pub(super) fn put(
    conn: &Connection,
    target: &MuteTarget,
    until: Option<Timestamp>,
    deed: &Deed,
) -> rusqlite::Result<Option<Mute>> {
    let is_known = match target {
        MuteTarget::Alert(alert) => conn
            .prepare_cached(marks::EXISTS)?
            .query_row([alert.0], |row| row.get(0))?,
        MuteTarget::Story(story) => conn
            .prepare_cached("select exists (select 1 from story where id = ?1)")?
            .query_row([story.0], |row| row.get(0))?,
        MuteTarget::Watch(_) | MuteTarget::Feed(_) => true,
    };
    if !is_known {
        return Ok(None);
    }
    let columns = columns_of(target);
    // The last word counts.
    for before in by_target(conn, target)? {
        close(conn, before.id, deed)?;
    }
    let why = deed.why.clone().unwrap_or_default();
    let id = conn
        .prepare_cached(
            "insert into mute (alert_id, story_id, watch, feed, by, at, until, why)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .insert(params![
            columns.alert,
            columns.story,
            columns.watch,
            columns.feed,
            deed.by,
            ms(deed.at),
            until.map(ms),
            why,
        ])?;
    let reason = match why.as_str() {
        "" => format!("muted by {}", deed.by),
        why => format!("muted by {}: {why}", deed.by),
    };
    let mut muted = 0;
    for alert in touched(conn, target)? {
        if bring_in_line(conn, alert, deed.at)? == AlertState::Muted {
            muted += 1;
            drop::of_alert(conn, alert, &reason, deed.at)?;
        }
    }
    trail(conn, deed, "muted", target, until)?;
    Ok(Some(Mute {
        id: MuteId(id),
        target: target.clone(),
        by: deed.by.clone(),
        at: deed.at,
        until,
        why,
        alerts: muted,
    }))
}

fn trail(
    conn: &Connection,
    deed: &Deed,
    what: &str,
    target: &MuteTarget,
    until: Option<Timestamp>,
) -> rusqlite::Result<()> {
    let object = target.to_string();
    let alert = columns_of(target).alert;
    let line = Line {
        what,
        alert,
        object: alert.is_none().then_some(&*object),
        until,
        ..Line::default()
    };
    audit::write(conn, deed, line)
}

fn by_target(conn: &Connection, target: &MuteTarget) -> rusqlite::Result<Vec<Mute>> {
    let columns = columns_of(target);
    conn.prepare_cached(BY_TARGET)?
        .query_map(
            named_params! {
                ":alert": columns.alert,
                ":story": columns.story,
                ":watch": columns.watch,
                ":feed": columns.feed,
            },
            mute_of,
        )?
        .collect()
}

fn close(conn: &Connection, mute: MuteId, deed: &Deed) -> rusqlite::Result<usize> {
    conn.prepare_cached("update mute set ended_at = ?2, ended_by = ?3 where id = ?1")?
        .execute(params![mute.0, ms(deed.at), deed.by])
}

/// Alerts that a mute of the target concerns.
fn touched(conn: &Connection, target: &MuteTarget) -> rusqlite::Result<Vec<i64>> {
    let columns = columns_of(target);
    let sql = match target {
        MuteTarget::Alert(_) => "select :alert",
        MuteTarget::Story(_) => "select id from alert where story_id = :story",
        MuteTarget::Watch(_) => "select id from alert where watch = :watch",
        MuteTarget::Feed(_) => {
            "select distinct aa.alert_id from feed
             join entry on entry.feed_id = feed.id
             join alert_article as aa on aa.article_id = entry.article_id
             where feed.url = :feed"
        }
    };
    let mut statement = conn.prepare_cached(sql)?;
    let (name, value): (&str, &dyn rusqlite::ToSql) = match target {
        MuteTarget::Alert(_) => (":alert", &columns.alert),
        MuteTarget::Story(_) => (":story", &columns.story),
        MuteTarget::Watch(_) => (":watch", &columns.watch),
        MuteTarget::Feed(_) => (":feed", &columns.feed),
    };
    let rows = statement.query_map(&[(name, value)], |row| row.get(0))?;
    rows.collect()
}

/// See `Store::unmute`.
pub(super) fn end(
    conn: &Connection,
    target: &MuteTarget,
    deed: &Deed,
) -> rusqlite::Result<Unmuted> {
    let mut ended = Unmuted::default();
    for mute in by_target(conn, target)? {
        ended.mutes += 1;
        ended.alerts += end_one(conn, &mute, deed)?;
    }
    Ok(ended)
}

/// See `Store::end_mutes`.
pub(super) fn end_over(conn: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let over: Vec<Mute> = conn
        .prepare_cached(OVER)?
        .query_map([ms(now)], mute_of)?
        .collect::<rusqlite::Result<_>>()?;
    for mute in &over {
        end_one(conn, mute, &own_deed(now))?;
    }
    Ok(over.len() as u64)
}

/// Ends a mute. What has grown in silence is not told: only what comes from now on.
fn end_one(conn: &Connection, mute: &Mute, deed: &Deed) -> rusqlite::Result<u64> {
    let mut freed = 0;
    let before = touched(conn, &mute.target)?;
    close(conn, mute.id, deed)?;
    for alert in before {
        let was_muted: bool = conn
            .prepare_cached("select state = 'muted' from alert where id = ?1")?
            .query_row([alert], |row| row.get(0))?;
        if was_muted && bring_in_line(conn, alert, deed.at)? != AlertState::Muted {
            freed += 1;
            conn.prepare_cached("update alert set news = 0 where id = ?1")?
                .execute([alert])?;
        }
    }
    trail(conn, deed, "unmuted", &mute.target, None)?;
    Ok(freed)
}

/// See `Queries::mutes`.
pub(super) fn list(conn: &Connection) -> rusqlite::Result<Vec<Mute>> {
    let mut mutes: Vec<Mute> = conn
        .prepare_cached(HOLDING)?
        .query_map([], mute_of)?
        .collect::<rusqlite::Result<_>>()?;
    for mute in &mut mutes {
        for alert in touched(conn, &mute.target)? {
            mute.alerts += conn
                .prepare_cached("select state = 'muted' from alert where id = ?1")?
                .query_row([alert], |row| row.get::<_, bool>(0))
                .map(u64::from)?;
        }
    }
    Ok(mutes)
}

fn mute_of(row: &Row<'_>) -> rusqlite::Result<Mute> {
    let alert: Option<i64> = row.get("alert_id")?;
    let story: Option<i64> = row.get("story_id")?;
    let watch: Option<String> = row.get("watch")?;
    let target = match (alert, story, watch) {
        (Some(alert), ..) => MuteTarget::Alert(AlertId(alert)),
        (_, Some(story), _) => MuteTarget::Story(StoryId(story)),
        (.., Some(watch)) => MuteTarget::Watch(watch),
        (None, None, None) => MuteTarget::Feed(row.get("feed")?),
    };
    Ok(Mute {
        id: MuteId(row.get("id")?),
        target,
        by: row.get("by")?,
        at: row.instant("at")?,
        until: row.instant_opt("until")?,
        why: row.get("why")?,
        alerts: 0,
    })
}
