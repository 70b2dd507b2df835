//! Alerts as `judge` changes them, with their events and deliveries.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::rows::{Columns, ms, to_json};
use crate::model::{
    AlertChange, AlertId, AlertKind, AlertState, ArticleId, Report, StoryChoice, StoryId,
};
use crate::store::KnownAlert;

/// Late deliveries wait so long for others, to be told in one message.
const LATE_COLLECT: SignedDuration = SignedDuration::from_secs(60);

/// The alert of a watch and a story.
pub(super) const BY_STORY: &str =
    "select id, state, revision, created_at, late from alert where watch = ?1 and story_id = ?2";
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

struct Stored {
    id: i64,
    state: AlertState,
    revision: i64,
    created_at: i64,
    late: bool,
}

fn by_story(conn: &Connection, watch: &str, story: StoryId) -> rusqlite::Result<Option<Stored>> {
    conn.prepare_cached(BY_STORY)?
        .query_row(params![watch, story.0], |row| {
            Ok(Stored {
                id: row.get("id")?,
                state: row.word("state")?,
                revision: row.get("revision")?,
                created_at: row.get("created_at")?,
                late: row.get("late")?,
            })
        })
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
fn sources(conn: &Connection, alert: i64) -> rusqlite::Result<(u64, Vec<String>)> {
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

/// Creates or changes the alert of one watch; answers with it and the number of new deliveries.
pub(super) fn apply(
    conn: &Connection,
    article: ArticleId,
    story: StoryId,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<(AlertId, u64)> {
    let alert = match by_story(conn, &change.watch, story)? {
        None => create(conn, story, change, at)?,
        Some(stored) => revise(conn, stored, change, at)?,
    };
    conn.prepare_cached(
        "insert or ignore into alert_article (alert_id, article_id) values (?1, ?2)",
    )?
    .execute([alert.id, article.0])?;
    let mut deliveries = 0;
    // What is only listed is never told: neither at once nor by a digest.
    if let Some(kind) = change.kind
        && !alert.state.is_untold()
    {
        write_event(conn, &alert, article, kind, change, at)?;
        for channel in &change.channels {
            deliveries += promise(conn, &alert, story, kind, channel, change, at)?;
        }
    }
    Ok((AlertId(alert.id), deliveries))
}

fn create(
    conn: &Connection,
    story: StoryId,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<Stored> {
    let id = conn
        .prepare_cached(
            "insert into alert (watch, watch_title, severity, state, story_id, created_at,
                 updated_at, revision, late)
             values (:watch, :title, :severity, :state, :story, :at, :at, 1, :late)",
        )?
        .insert(named_params! {
            ":watch": change.watch,
            ":title": change.watch_title,
            ":severity": change.severity.name(),
            ":state": change.state.name(),
            ":story": story.0,
            ":at": ms(at),
            ":late": change.late,
        })?;
    Ok(Stored {
        id,
        state: change.state,
        revision: 1,
        created_at: ms(at),
        late: change.late,
    })
}

/// Changes an alert that is there. Its state stays a person's, except that a backlog alert opens
/// when something new is told about its story.
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
        (state, _) => state,
    };
    // An alert that is told for the first time is late when what it is told for is.
    let late = match stored.state.is_untold() && change.kind.is_some() {
        true => change.late,
        false => stored.late,
    };
    let revision = stored.revision + i64::from(change.kind.is_some());
    conn.prepare_cached(
        "update alert set watch_title = :title, severity = :severity, state = :state,
             revision = :revision, updated_at = :at, late = :late
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
    })?;
    Ok(Stored {
        state,
        revision,
        late,
        ..stored
    })
}

fn write_event(
    conn: &Connection,
    alert: &Stored,
    article: ArticleId,
    kind: AlertKind,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "insert into alert_event (alert_id, revision, kind, article_id, at, correction)
         values (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        alert.id,
        alert.revision,
        kind.name(),
        article.0,
        ms(at),
        change.correction.as_ref().map(to_json).transpose()?,
    ])
}

/// Writes the delivery of one channel; a channel that is named twice gets one.
fn promise(
    conn: &Connection,
    alert: &Stored,
    story: StoryId,
    kind: AlertKind,
    channel: &str,
    change: &AlertChange,
    at: Timestamp,
) -> rusqlite::Result<u64> {
    let due_at = if change.late {
        at.saturating_add(LATE_COLLECT).unwrap_or(Timestamp::MAX)
    } else {
        at
    };
    let story = story.to_string();
    let created = alert.created_at.to_string();
    let revision = alert.revision.to_string();
    let key = delivery_key(&[
        &change.watch,
        &story,
        // A database that was made anew counts its stories from one again.
        &created,
        channel,
        kind.name(),
        &revision,
    ]);
    let inserted = conn
        .prepare_cached(
            "insert into delivery (key, alert_id, revision, channel, kind, state, late, created_at,
                 due_at, severity)
             values (:key, :alert, :revision, :channel, :kind, 'pending', :late, :at, :due_at,
                 :severity)
             on conflict (alert_id, revision, channel) do nothing",
        )?
        .execute(named_params! {
            ":key": key,
            ":alert": alert.id,
            ":revision": alert.revision,
            ":channel": channel,
            ":kind": kind.name(),
            ":late": change.late,
            ":at": ms(at),
            ":due_at": ms(due_at),
            ":severity": change.severity.name(),
        })?;
    Ok(inserted as u64)
}

/// The key of a delivery: 32 hex digits of blake3 over what makes it the one it is.
pub(super) fn delivery_key(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}
