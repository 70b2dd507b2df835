//! Stage `health`: what is known of feeds, their troubles, and telling each trouble and each recovery once.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::rows::{Columns, count, from_json, from_word, instant, ms, to_json, word};
use super::telling::delivery_key;
use crate::model::{
    Committed, FeedFacts, FeedId, FeedInTrouble, HealthChanges, HealthOutcome, OpenTrouble,
    Trouble, TroubleKind, UntoldTrouble,
};

/// Troubles that ended longer ago are forgotten.
const KEPT: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Active feeds in the order of their ids, so many at a time.
pub(super) const FACTS: &str = "select feed.*, feed_bodies.chars from feed
     left join feed_bodies on feed_bodies.feed_id = feed.id
     where feed.id > ?1 and removed_at is null order by feed.id limit ?2";
/// Open troubles of a range of feeds.
pub(super) const OPEN: &str = "select feed_id, kind, since, measure from trouble
     where ended_at is null and feed_id > ?1 and feed_id <= ?2";
/// When a feed had something new, newest first.
pub(super) const NEWS: &str =
    "select distinct first_seen from entry where feed_id = ?1 and first_seen >= ?2
     order by first_seen desc";
/// The last times at which a feed had something new, however long ago.
pub(super) const LAST_NEWS: &str = "select distinct first_seen from entry where feed_id = ?1
     order by first_seen desc limit ?2";
/// The last trouble of a kind that is over.
pub(super) const BEFORE: &str = "select id, told_at, ended_at, recovery_told_at from trouble
     where feed_id = ?1 and kind = ?2 and ended_at is not null order by ended_at desc limit 1";
/// Ends a trouble.
pub(super) const END: &str = "update trouble set ended_at = ?3
     where feed_id = ?1 and kind = ?2 and ended_at is null";
/// Ends the troubles of feeds that nobody asks for any more; a recovery would be a lie.
const END_UNWANTED: &str = "update trouble set ended_at = ?1, recovery_told_at = ?1
     where ended_at is null and feed_id in (
         select id from feed where removed_at is not null
             or (parked = 1 and json_extract(state, '$.duplicate_of') is not null))";
/// Troubles whose begin is to be told.
pub(super) const BEGUN: &str = "select t.*, f.url, f.title, f.host from trouble as t
     join feed as f on f.id = t.feed_id
     where t.told_at is null and t.ended_at is null and t.tell_at is not null and t.tell_at <= ?1
         and f.removed_at is null";
/// Troubles whose end is to be told.
pub(super) const OVER: &str = "select t.*, f.url, f.title, f.host from trouble as t
     join feed as f on f.id = t.feed_id
     where t.told_at is not null and t.ended_at is not null and t.recovery_told_at is null
         and f.removed_at is null";

/// See `Store::feed_facts`.
pub(super) fn facts(
    conn: &Connection,
    after: FeedId,
    limit: usize,
) -> rusqlite::Result<Vec<FeedFacts>> {
    let mut facts: Vec<FeedFacts> = conn
        .prepare_cached(FACTS)?
        .query_map(params![after.0, count(limit)], facts_of)?
        .collect::<rusqlite::Result<_>>()?;
    let Some(last) = facts.last().map(|facts| facts.feed.0) else {
        return Ok(facts);
    };
    let mut open: HashMap<i64, Vec<OpenTrouble>> = HashMap::new();
    let mut statement = conn.prepare_cached(OPEN)?;
    let mut rows = statement.query([after.0, last])?;
    while let Some(row) = rows.next()? {
        let trouble = OpenTrouble {
            kind: row.word("kind")?,
            since: row.instant("since")?,
            measure: row.get("measure")?,
        };
        open.entry(row.get("feed_id")?).or_default().push(trouble);
    }
    for facts in &mut facts {
        facts.open = open.remove(&facts.feed.0).unwrap_or_default();
    }
    Ok(facts)
}

fn facts_of(row: &Row<'_>) -> rusqlite::Result<FeedFacts> {
    let polled_at: i64 = row.get("polled_at")?;
    let format: Option<String> = row.get("format")?;
    let chars: Option<String> = row.get("chars")?;
    Ok(FeedFacts {
        feed: FeedId(row.get("id")?),
        url: row.get("url")?,
        format: format.map(from_word).transpose()?,
        polled_at: (polled_at != 0).then(|| instant(polled_at)),
        last_success_at: row.instant_opt("last_success_at")?,
        last_new_at: row.instant_opt("last_new_at")?,
        failures: row.get("failures")?,
        last_error: row.get("last_error")?,
        state: row.json("state")?,
        body_chars: chars.map_or(Ok(Vec::new()), |json| from_json(&json))?,
        open: Vec::new(),
    })
}

/// See `Store::news_times`.
pub(super) fn news(
    conn: &Connection,
    feed: FeedId,
    since: Timestamp,
    at_least: usize,
) -> rusqlite::Result<Vec<Timestamp>> {
    let times = |sql: &str, bound: i64| -> rusqlite::Result<Vec<Timestamp>> {
        conn.prepare_cached(sql)?
            .query_map(params![feed.0, bound], |row| row.get(0).map(instant))?
            .collect()
    };
    let mut found = times(NEWS, ms(since))?;
    if found.len() < at_least {
        found = times(LAST_NEWS, count(at_least))?;
    }
    found.reverse();
    Ok(found)
}

/// See `Store::commit_troubles`.
pub(super) fn commit_troubles(conn: &Connection, changes: &HealthChanges) -> rusqlite::Result<()> {
    let at = ms(changes.at);
    conn.prepare_cached(END_UNWANTED)?.execute([at])?;
    for (feed, kind) in &changes.ended {
        conn.prepare_cached(END)?
            .execute(params![feed.0, word(kind)?, at])?;
    }
    for (feed, trouble) in &changes.opened {
        open(conn, *feed, trouble, changes)?;
    }
    let forgotten = changes.at.saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    conn.prepare_cached("delete from trouble where ended_at is not null and ended_at < ?1")?
        .execute([ms(forgotten)])?;
    Ok(())
}

/// Opens a trouble, unless it is open. One that comes back before its end was told goes on; one that
/// comes back soon after is told only if it stays.
fn open(
    conn: &Connection,
    feed: FeedId,
    trouble: &Trouble,
    changes: &HealthChanges,
) -> rusqlite::Result<()> {
    let before = conn
        .prepare_cached(BEFORE)?
        .query_row(params![feed.0, word(trouble.kind)?], |row| {
            let is_end_untold = row.instant_opt("told_at")?.is_some()
                && row.instant_opt("recovery_told_at")?.is_none();
            let id: i64 = row.get("id")?;
            Ok((id, row.instant("ended_at")?, is_end_untold))
        })
        .optional()?;
    let mut tell_at = changes.at;
    if let Some((id, ended_at, is_end_untold)) = before
        && changes.at.duration_since(ended_at) < changes.damping
    {
        if is_end_untold {
            conn.prepare_cached("update or ignore trouble set ended_at = null where id = ?1")?
                .execute([id])?;
            return Ok(());
        }
        tell_at = changes
            .at
            .saturating_add(changes.damping)
            .unwrap_or(Timestamp::MAX);
    }
    conn.prepare_cached(
        "insert into trouble (feed_id, kind, since, opened_at, why, measure, tell_at)
         values (:feed, :kind, :since, :at, :why, :measure, :tell_at)
         on conflict (feed_id, kind) where ended_at is null do nothing",
    )?
    .execute(named_params! {
        ":feed": feed.0,
        ":kind": word(trouble.kind)?,
        ":since": ms(trouble.since),
        ":at": ms(changes.at),
        ":why": trouble.why,
        ":measure": trouble.measure,
        ":tell_at": trouble.kind.is_told().then(|| ms(tell_at)),
    })?;
    Ok(())
}

/// See `Store::untold_troubles`.
pub(super) fn untold(conn: &Connection, now: Timestamp) -> rusqlite::Result<Vec<UntoldTrouble>> {
    let mut untold: Vec<UntoldTrouble> = conn
        .prepare_cached(BEGUN)?
        .query_map([ms(now)], |row| untold_of(row, false))?
        .collect::<rusqlite::Result<_>>()?;
    let mut statement = conn.prepare_cached(OVER)?;
    for over in statement.query_map([], |row| untold_of(row, true))? {
        untold.push(over?);
    }
    Ok(untold)
}

fn untold_of(row: &Row<'_>, is_over: bool) -> rusqlite::Result<UntoldTrouble> {
    Ok(UntoldTrouble {
        id: row.get("id")?,
        is_over,
        kind: row.word::<TroubleKind>("kind")?,
        host: row.get("host")?,
        feed: FeedInTrouble {
            url: row.get("url")?,
            title: row.get("title")?,
            since: row.instant("since")?,
            until: row.instant_opt("ended_at")?,
            why: row.get("why")?,
        },
    })
}

/// See `Store::commit_notice`.
pub(super) fn commit_notice(
    conn: &Connection,
    outcome: &HealthOutcome,
) -> rusqlite::Result<Committed<u64>> {
    let (begun, over) = (to_json(&outcome.begun)?, to_json(&outcome.over)?);
    let untold: i64 = conn
        .prepare_cached(
            "select (select count(*) from trouble where id in (select value from json_each(?1))
                     and told_at is null and ended_at is null)
                 + (select count(*) from trouble where id in (select value from json_each(?2))
                     and ended_at is not null and recovery_told_at is null)",
        )?
        .query_row([&begun, &over], |row| row.get(0))?;
    if untold != count(outcome.begun.len() + outcome.over.len()) {
        return Ok(Committed::Stale);
    }
    let at = ms(outcome.at);
    for (column, ids) in [("told_at", &begun), ("recovery_told_at", &over)] {
        conn.prepare_cached(&format!(
            "update trouble set {column} = ?1 where id in (select value from json_each(?2))"
        ))?
        .execute(params![at, ids])?;
    }
    for (told_at, names) in [(Some(at), &outcome.broken), (None, &outcome.mended)] {
        conn.prepare_cached(
            "update channel_state set told_at = ?1 where name in (select value from json_each(?2))",
        )?
        .execute(params![told_at, to_json(names)?])?;
    }
    let id = conn
        .prepare_cached("insert into notice (at, notice) values (?1, ?2)")?
        .insert(params![at, to_json(&outcome.notice)?])?;
    let mut insert = conn.prepare_cached(
        "insert into delivery (key, notice_id, channel, kind, state, late, created_at, due_at)
         values (?1, ?2, ?3, 'health', 'pending', 0, ?4, ?4)
         on conflict (notice_id, channel) do nothing",
    )?;
    let mut deliveries = 0;
    for channel in &outcome.channels {
        let key = delivery_key(&["health", &id.to_string(), &at.to_string(), channel]);
        deliveries += insert.execute(params![key, id, channel, at])? as u64;
    }
    Ok(Committed::Done(deliveries))
}
