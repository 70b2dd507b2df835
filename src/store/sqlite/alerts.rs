//! Alerts as `judge` changes them, with their events and deliveries.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::rows::{Columns, from_word, ms};
use super::telling::{Event, Promised, Reached};
use super::{mutes, settling};
use crate::model::{
    AlertChange, AlertId, AlertKind, AlertState, ArticleId, Report, StoryChoice, StoryId, Told,
};
use crate::store::KnownAlert;

/// The alert of a watch and a story.
pub(super) const BY_STORY: &str = "select * from alert where watch = ?1 and story_id = ?2";
/// The watches that have an alert of a story.
pub(super) const WATCHES: &str = "select watch from alert where story_id = ?1 order by watch";
/// Is the article part of the alert?
pub(super) const HAS_ARTICLE: &str =
    "select exists (select 1 from alert_article where alert_id = ?1 and article_id = ?2)";
/// Articles of an alert: whose text each repeats, and in which language.
pub(super) const SOURCES: &str = "select sa.copy_of, av.lang
     from alert_article as aa
     join article on article.id = aa.article_id
     left join story_article as sa on sa.article_id = aa.article_id
     left join article_version as av
         on av.article_id = aa.article_id and av.version = article.version
     where aa.alert_id = ?1 order by article.first_seen, article.id";

/// Articles of an alert with the feeds that named them.
pub(super) const REPORTS: &str = "select article.id, article.sort_at, feed.url
     from alert_article as aa
     join article on article.id = aa.article_id
     join entry on entry.article_id = aa.article_id
     join feed on feed.id = entry.feed_id
     where aa.alert_id = ?1";

/// The row of an alert, as far as its life needs it.
pub(super) struct Stored {
    pub(super) id: i64,
    pub(super) watch: String,
    pub(super) story: StoryId,
    pub(super) state: AlertState,
    pub(super) revision: i64,
    pub(super) created_at: i64,
    pub(super) late: bool,
    pub(super) news: bool,
    pub(super) told: Told,
    pub(super) grown_at: Timestamp,
    pub(super) until: Option<Timestamp>,
    pub(super) settles_at: Option<Timestamp>,
    pub(super) burst_until: Option<Timestamp>,
}

pub(super) fn stored_of(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let severity: Option<String> = row.get("told_severity")?;
    Ok(Stored {
        id: row.get("id")?,
        watch: row.get("watch")?,
        story: StoryId(row.get("story_id")?),
        state: row.word("state")?,
        revision: row.get("revision")?,
        created_at: row.get("created_at")?,
        late: row.get("late")?,
        news: row.get("news")?,
        told: Told {
            at: row.instant_opt("told_at")?,
            updates: row.get("updates")?,
            sources: row.count("told_sources")?,
            base: row.count("base_sources")?,
            languages: row.json("told_languages")?,
            severity: severity.map(from_word).transpose()?.unwrap_or_default(),
        },
        grown_at: row.instant("grown_at")?,
        until: row.instant_opt("said_until")?,
        settles_at: row.instant_opt("settles_at")?,
        burst_until: row.instant_opt("burst_until")?,
    })
}

fn by_story(conn: &Connection, watch: &str, story: StoryId) -> rusqlite::Result<Option<Stored>> {
    conn.prepare_cached(BY_STORY)?
        .query_row(params![watch, story.0], stored_of)
        .optional()
}

/// See `Store::known_alerts`.
pub(super) fn known(
    conn: &Connection,
    story: StoryId,
    watches: &[String],
    article: ArticleId,
) -> rusqlite::Result<Vec<KnownAlert>> {
    // From the few alerts of the story, never from the many watches.
    let told: Vec<String> = conn
        .prepare_cached(WATCHES)?
        .query_map([story.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut known = Vec::new();
    let is_asked = |watch: &&String| watches.is_empty() || watches.contains(watch);
    for watch in told.iter().filter(is_asked) {
        let Some(alert) = by_story(conn, watch, story)? else {
            continue;
        };
        let (sources, languages) = sources(conn, alert.id)?;
        known.push(KnownAlert {
            id: AlertId(alert.id),
            watch: watch.clone(),
            state: alert.state,
            revision: alert.revision,
            has_article: conn
                .prepare_cached(HAS_ARTICLE)?
                .query_row([alert.id, article.0], |row| row.get(0))?,
            sources,
            languages,
            reports: match alert.state.is_untold() {
                true => reports(conn, alert.id)?,
                false => Vec::new(),
            },
            told: alert.told,
            until: alert.until,
            settles_at: alert.settles_at,
            burst_until: alert.burst_until,
        });
    }
    Ok(known)
}

fn reports(conn: &Connection, alert: i64) -> rusqlite::Result<Vec<Report>> {
    conn.prepare_cached(REPORTS)?
        .query_map([alert], |row| {
            Ok(Report {
                dated_at: row.instant("sort_at")?,
                feed: row.get("url")?,
                article: ArticleId(row.get("id")?),
            })
        })?
        .collect()
}

/// Marks alerts of which nobody has been told as raised by a backfill, unless they were there before.
pub(super) fn mark_backfilled(
    conn: &Connection,
    alerts: &[(AlertId, Option<AlertKind>)],
    at: Timestamp,
) -> rusqlite::Result<()> {
    let mut mark = conn.prepare_cached(
        "update alert set backfilled_at = ?2
         where id = ?1 and backfilled_at is null and created_at = ?2",
    )?;
    for (alert, _) in alerts {
        mark.execute(params![alert.0, ms(at)])?;
    }
    Ok(())
}

/// How many articles of an alert are no copies, and the languages in order of appearance.
pub(super) fn sources(conn: &Connection, alert: i64) -> rusqlite::Result<(u64, Vec<String>)> {
    let mut statement = conn.prepare_cached(SOURCES)?;
    let mut rows = statement.query([alert])?;
    let (mut sources, mut languages) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        if row.get::<_, Option<i64>>(0)?.is_none() {
            sources += 1;
        }
        if let Some(lang) = row.get::<_, Option<String>>(1)?
            && !languages.contains(&lang)
        {
            languages.push(lang);
        }
    }
    Ok((sources, languages))
}

/// True when an alert is at another revision than the one the decision was based on.
pub(super) fn any_changed(
    conn: &Connection,
    choice: StoryChoice,
    changes: &[AlertChange],
) -> rusqlite::Result<bool> {
    for change in changes {
        let revision = match choice {
            StoryChoice::New => 0,
            StoryChoice::Join { story, .. } => {
                by_story(conn, &change.watch, story)?.map_or(0, |alert| alert.revision)
            }
        };
        if revision != change.seen_revision {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Creates or changes the alert of one watch; answers with it, what is told of it, and the number of new deliveries.
pub(super) fn apply(
    conn: &Connection,
    article: ArticleId,
    story: StoryId,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<(AlertId, Option<AlertKind>, u64)> {
    let before = by_story(conn, &change.watch, story)?;
    let was_ended = before
        .as_ref()
        .is_some_and(|before| before.state == AlertState::Ended);
    let mut alert = match before {
        None => create(conn, story, change, at)?,
        Some(stored) => revise(conn, stored, change, at)?,
    };
    let joined = conn
        .prepare_cached(
            "insert or ignore into alert_article (alert_id, article_id) values (?1, ?2)",
        )?
        .execute([alert.id, article.0])?;
    if joined > 0 {
        conn.prepare_cached("update alert set grown_at = ?2 where id = ?1")?
            .execute(params![alert.id, ms(at)])?;
    }
    settling::hold(conn, &alert, change)?;
    alert.state = mutes::bring_in_line(conn, alert.id, at)?;
    // What is only listed is never told: neither at once nor by a digest. What is muted grows in silence.
    let is_silent = alert.state.is_untold() || alert.state == AlertState::Muted;
    let kind = change.kind.filter(|_| !is_silent);
    let mut deliveries = 0;
    if let Some(kind) = kind {
        let event = Event {
            alert: alert.id,
            revision: alert.revision,
            kind,
            article: article.0,
            at,
            correction: change.correction.as_ref(),
            note: change.note.as_deref(),
        };
        event.write(conn)?;
        told(conn, alert.id, was_ended, change, at)?;
        let promised = Promised {
            kind,
            severity: change.severity,
            late: change.late,
            at,
            // A correction of a snoozed alert is promised now and told when the snooze ends.
            not_before: alert.until.filter(|_| alert.state == AlertState::Snoozed),
        };
        for channel in &change.channels {
            deliveries += promised.through(conn, &alert, channel)?;
        }
    } else if !alert.state.is_untold() {
        gather(conn, &alert, article, change, at)?;
    }
    Ok((AlertId(alert.id), kind, deliveries))
}

/// Notes how far people have been told.
fn told(
    conn: &Connection,
    alert: i64,
    was_ended: bool,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<()> {
    // A correction tells what is corrected; what was gathered may still be worth an update.
    if change.kind == Some(AlertKind::Correction) {
        return Ok(());
    }
    let reached = Reached {
        at,
        severity: change.severity,
        updates: change.updates,
        begins: was_ended || change.kind == Some(AlertKind::New),
        due_at: change.due_at,
    };
    reached.write(conn, alert)
}

/// Notes what has joined without a word, and when it is to be told. Digests tell it: they see the event.
fn gather(
    conn: &Connection,
    alert: &Stored,
    article: ArticleId,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<()> {
    if !change.news && change.kind.is_none() {
        return Ok(());
    }
    let is_muted = alert.state == AlertState::Muted;
    let (sources, _) = sources(conn, alert.id)?;
    // Others have joined since the decision, so that it may be time for an update already.
    let due_at = match change.due_at {
        _ if is_muted => None,
        _ if sources != change.sources || change.kind.is_some() => Some(at),
        due_at => due_at,
    };
    conn.prepare_cached(
        "update alert set news = 1, due_at = coalesce(min(due_at, ?2), ?2, due_at) where id = ?1",
    )?
    .execute(params![alert.id, due_at.map(ms)])?;
    if !is_muted {
        let event = Event {
            alert: alert.id,
            // No message bears it.
            revision: -article.0,
            kind: AlertKind::Update,
            article: article.0,
            at,
            correction: None,
            note: None,
        };
        event.write(conn)?;
    }
    Ok(())
}

fn create(
    conn: &Connection,
    story: StoryId,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<Stored> {
    conn.prepare_cached(
        "insert into alert (watch, watch_title, severity, state, story_id, created_at,
                 updated_at, revision, late, grown_at)
             values (:watch, :title, :severity, :state, :story, :at, :at, 1, :late, :at)
             returning *",
    )?
    .query_row(
        named_params! {
            ":watch": change.watch,
            ":title": change.watch_title,
            ":severity": change.severity.name(),
            ":state": change.state.name(),
            ":story": story.0,
            ":at": ms(at),
            ":late": change.late,
        },
        stored_of,
    )
}

/// Changes an alert that is there. Its state stays a person's, except that a backlog alert opens
/// when something new is told about its story, and one that has ended when it is told of again.
fn revise(
    conn: &Connection,
    stored: Stored,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<Stored> {
    let state = match (stored.state, change.kind) {
        (state, Some(_)) if state.is_untold() => change.state,
        // A watch that has a `burst` since, or has none any more.
        (AlertState::Backlog, None) if change.state == AlertState::Waiting => change.state,
        (AlertState::Ended, Some(AlertKind::Update)) => AlertState::Open,
        (state, _) => state,
    };
    let reopened = stored.state == AlertState::Ended && state == AlertState::Open;
    // An alert that is told for the first time is late when what it is told for is.
    let late = match stored.state.is_untold() && change.kind.is_some() {
        true => change.late,
        false => stored.late,
    };
    let revision = stored.revision + i64::from(change.kind.is_some());
    conn.prepare_cached(
        "update alert set watch_title = :title, severity = :severity, state = :state,
             revision = :revision, updated_at = :at, late = :late,
             burst_until = iif(:reopened, null, burst_until)
         where id = :id",
    )?
    .execute(named_params! {
        ":id": stored.id,
        ":title": change.watch_title,
        ":severity": change.severity.name(),
        ":state": state.name(),
        ":revision": revision,
        ":at": ms(at),
        ":late": late,
        ":reopened": reopened,
    })?;
    Ok(Stored {
        state,
        revision,
        late,
        ..stored
    })
}
