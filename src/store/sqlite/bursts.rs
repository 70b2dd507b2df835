//! How many hits a watch has of late, and how many are usual at this hour.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::life;
use super::rows::{instant, ms};
use crate::model::BurstFacts;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Watches with many hits of late that have told no burst. The `+` keeps SQLite to the few hits of the last hour.
pub(super) const BUSY: &str = "select watch from hit where at >= :since and withdrawn_at is null
     group by +watch having count(*) >= :least
         and not exists (select 1 from burst where burst.watch = hit.watch and burst.until > :now)";
/// The hits of a watch: when the article was published, whose text it repeats, who named it, its story. What was old when
/// it came says nothing of its hour.
pub(super) const HITS: &str = "select a.sort_at, coalesce(sa.copy_of, a.id),
         (select min(feed_id) from entry where entry.article_id = a.id), sa.story_id
     from hit as h
     join article as a on a.id = h.article_id
     left join story_article as sa on sa.article_id = a.id
     where h.watch = :watch and h.at >= :since and h.withdrawn_at is null
         and a.backlog = 0 and a.late = 0";
/// Since when the watch has been there.
pub(super) const SINCE: &str = "select min(coalesce(known, hit), coalesce(hit, known)) from (
         select (select since from watch where name = ?1) as known,
             (select min(at) from hit where watch = ?1) as hit)";
/// The alert of a watch and a story, when people were told of it and it may speak.
pub(super) const ALERT: &str = "select id from alert where watch = ?1 and story_id = ?2
     and told_at is not null and state in ('open', 'acked', 'ended')";

/// See `Store::burst_facts`.
pub(super) fn facts(
    conn: &Connection,
    now: Timestamp,
    least: u64,
    days: usize,
) -> rusqlite::Result<Vec<BurstFacts>> {
    let hour_ago = now.saturating_sub(HOUR).unwrap_or(Timestamp::MIN);
    let busy: Vec<String> = conn
        .prepare_cached(BUSY)?
        .query_map(
            named_params! {
                ":since": ms(hour_ago),
                ":least": least.cast_signed(),
                ":now": ms(now),
            },
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    let mut found = Vec::new();
    for watch in busy {
        found.extend(of_watch(conn, &watch, now, days)?);
    }
    Ok(found)
}

/// What came in one hour of one day.
#[derive(Default)]
struct Hour {
    texts: BTreeSet<i64>,
    feeds: BTreeSet<Option<i64>>,
    stories: BTreeMap<i64, BTreeSet<i64>>,
}

fn of_watch(
    conn: &Connection,
    watch: &str,
    now: Timestamp,
    days: usize,
) -> rusqlite::Result<Option<BurstFacts>> {
    let known = days_known(conn, watch, now)?.min(days);
    let far = DAY * i32::try_from(known + 1).unwrap_or(i32::MAX);
    let since = now.saturating_sub(far).unwrap_or(Timestamp::MIN);
    let mut hours: Vec<Hour> = (0..=known).map(|_| Hour::default()).collect();
    let mut statement = conn.prepare_cached(HITS)?;
    let mut rows = statement.query(named_params! { ":watch": watch, ":since": ms(since) })?;
    while let Some(row) = rows.next()? {
        let age = now.duration_since(instant(row.get(0)?));
        let Some(hour) = day_of(age).and_then(|day| hours.get_mut(day)) else {
            continue;
        };
        let text: i64 = row.get(1)?;
        hour.texts.insert(text);
        hour.feeds.insert(row.get(2)?);
        if let Some(story) = row.get::<_, Option<i64>>(3)? {
            hour.stories.entry(story).or_default().insert(text);
        }
    }
    let mut hours = hours.into_iter();
    let last = hours.next().unwrap_or_default();
    let Some(alert) = largest(conn, watch, &last)? else {
        return Ok(None);
    };
    Ok(Some(BurstFacts {
        watch: watch.to_owned(),
        now: last.texts.len() as u64,
        feeds: last.feeds.len() as u64,
        before: hours.map(|hour| hour.texts.len() as u64).collect(),
        alert: life::by_id(conn, alert)?,
    }))
}

/// 0 for the hour that ends now, 1 for the same hour of yesterday; `None` for other hours.
fn day_of(age: SignedDuration) -> Option<usize> {
    let age = u64::try_from(age.as_millis()).ok()?;
    let day = u64::try_from(DAY.as_millis()).ok()?;
    let hour = u64::try_from(HOUR.as_millis()).ok()?;
    (age % day < hour).then(|| usize::try_from(age / day).unwrap_or(usize::MAX))
}

/// Whole days, with the hour of the first of them, for which the watch has been there.
fn days_known(conn: &Connection, watch: &str, now: Timestamp) -> rusqlite::Result<usize> {
    let since: Option<i64> = conn
        .prepare_cached(SINCE)?
        .query_row([watch], |row| row.get(0))?;
    let Some(since) = since else { return Ok(0) };
    let known = now.duration_since(instant(since)) - HOUR;
    let days = known.as_secs().max(0) / DAY.as_secs();
    Ok(usize::try_from(days).unwrap_or(usize::MAX))
}

/// The alert of the story with most texts; the older story when two have as many.
fn largest(conn: &Connection, watch: &str, hour: &Hour) -> rusqlite::Result<Option<i64>> {
    let mut stories: Vec<(usize, i64)> = hour
        .stories
        .iter()
        .map(|(story, texts)| (texts.len(), *story))
        .collect();
    stories.sort_by_key(|(texts, story)| (std::cmp::Reverse(*texts), *story));
    let mut find = conn.prepare_cached(ALERT)?;
    for (_, story) in stories {
        let alert: Option<i64> = find
            .query_row(params![watch, story], |row| row.get(0))
            .optional()?;
        if alert.is_some() {
            return Ok(alert);
        }
    }
    Ok(None)
}
