//! The entries of a polled document: which are new, which changed, which articles they make wanted.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, named_params, params};
use serde::Serialize;

use super::purged::Purged;
use super::rows::{Packed, ms, to_json};
use crate::model::{EntryDate, FeedId, PolledEntry};
use crate::store::PollReport;

/// Prefix of the address of an article that is made from its entry alone.
pub(super) const ENTRY_SCHEME: &str = "entry:";

/// Looks up an entry by its identity.
pub(super) const BY_KEY: &str =
    "select id, hash, article_id from entry where feed_id = ?1 and key = ?2";
/// Looks up an article by its address.
pub(super) const ARTICLE_BY_URL: &str = "select id from article where url = ?1";

/// The address of a feed, when anything was ever purged.
pub(super) const URL_IF_ANY_PURGED: &str =
    "select url from feed where id = ?1 and exists (select 1 from purged)";

/// Tells of each key of a JSON array whether it is an entry of the feed, first seen before a time.
pub(super) const KNOWN_KEYS: &str = "select exists (
         select 1 from entry where feed_id = ?1 and key = json_each.value and first_seen < ?3)
     from json_each(?2) order by json_each.id";

/// See `Store::known_keys`.
pub(super) fn known_keys(
    conn: &Connection,
    feed: FeedId,
    keys: &[String],
    before: Option<Timestamp>,
) -> rusqlite::Result<Vec<bool>> {
    let before = before.map_or(i64::MAX, ms);
    let mut known: Vec<bool> = conn
        .prepare_cached(KNOWN_KEYS)?
        .query_map(params![feed.0, to_json(keys)?, before], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    // What was purged was known, or a feed would be looked through to its oldest page with every poll.
    if let Some(url) = url_if_any_purged(conn, feed)? {
        for (known, key) in known.iter_mut().zip(keys) {
            *known = *known || Purged::Entry(&url, key).is_there(conn)?;
        }
    }
    Ok(known)
}

/// The address of a feed, when anything was ever purged.
fn url_if_any_purged(conn: &Connection, feed: FeedId) -> rusqlite::Result<Option<String>> {
    conn.prepare_cached(URL_IF_ANY_PURGED)?
        .query_row([feed.0], |row| row.get(0))
        .optional()
}

/// What an entry says beside the columns that are asked for.
#[derive(Serialize)]
struct EntryMeta<'a> {
    id: &'a Option<String>,
    links: &'a [String],
    categories: &'a [String],
    enclosures: &'a [String],
    updated: Option<Timestamp>,
    /// What became of its date, when that was not simply taken.
    #[serde(skip_serializing_if = "is_sent")]
    date: EntryDate,
}

fn is_sent(date: &EntryDate) -> bool {
    *date == EntryDate::Sent
}

/// Writes the entries of one document; of those with one key the first wins.
pub(super) fn upsert_all(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    entries: Vec<PolledEntry>,
) -> rusqlite::Result<PollReport> {
    let mut report = PollReport::default();
    let mut wanted = HashSet::new();
    let mut keys = HashSet::new();
    for polled in &entries {
        if keys.insert(polled.entry.key.as_str()) {
            upsert(conn, feed, at, polled, &mut report, &mut wanted)?;
        }
    }
    report.wanted_articles = wanted.len() as u64;
    Ok(report)
}

fn upsert(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    polled: &PolledEntry,
    report: &mut PollReport,
    wanted: &mut HashSet<i64>,
) -> rusqlite::Result<()> {
    let known = conn
        .prepare_cached(BY_KEY)?
        .query_row(params![feed.0, polled.entry.key], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?))
        })
        .optional()?;
    match known {
        Some((_, hash)) if hash == polled.hash => {}
        Some((entry, _)) => {
            report.changed_entries += 1;
            let (article, is_new) = article_of(conn, feed, at, polled)?;
            keep_version(conn, entry, at)?;
            update(conn, entry, article, at, polled)?;
            if !is_new {
                want_again(conn, article)?;
            }
            wanted.insert(article);
        }
        None if is_purged(conn, feed, polled)? => {}
        None => {
            report.new_entries += 1;
            report.ages.extend(age(polled, at));
            let (article, is_new) = article_of(conn, feed, at, polled)?;
            insert(conn, feed, article, at, polled)?;
            if is_new {
                wanted.insert(article);
            }
        }
    }
    Ok(())
}

/// The entry, or the article that it names, was purged: it stays away.
fn is_purged(conn: &Connection, feed: FeedId, polled: &PolledEntry) -> rusqlite::Result<bool> {
    let Some(feed) = url_if_any_purged(conn, feed)? else {
        return Ok(false);
    };
    Ok(Purged::Entry(&feed, &polled.entry.key).is_there(conn)?
        || Purged::Article(&polled.article_url).is_there(conn)?)
}

/// How old an entry is, by a date that it has from its publisher.
fn age(polled: &PolledEntry, at: Timestamp) -> Option<SignedDuration> {
    if polled.backlog || polled.date != EntryDate::Sent {
        return None;
    }
    let age = at.duration_since(polled.entry.published?);
    Some(age.max(SignedDuration::ZERO))
}

/// The article of an entry, made wanted if nobody named it before; true when it is new.
fn article_of(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    polled: &PolledEntry,
) -> rusqlite::Result<(i64, bool)> {
    let url = if polled.article_url.is_empty() {
        let key = blake3::hash(polled.entry.key.as_bytes()).to_hex();
        format!("{ENTRY_SCHEME}{}:{}", feed.0, &key[..32])
    } else {
        polled.article_url.clone()
    };
    let known = conn
        .prepare_cached(ARTICLE_BY_URL)?
        .query_row([&url], |row| row.get(0))
        .optional()?;
    if let Some(article) = known {
        // Another feed named it before, and was taken out of the config before it was read.
        conn.prepare_cached("update article set due_at = null where id = ?1 and due_at = ?2")?
            .execute([article, super::feeds::NEVER])?;
        return Ok((article, false));
    }
    // A date in the future must not push an article before all others for ever.
    let sort_at = polled
        .entry
        .published
        .map_or(at, |published| published.min(at));
    let article = conn
        .prepare_cached(
            "insert into article (url, host, state, backlog, late, first_seen, sort_at)
             values (:url, :host, 'wanted', :backlog, :late, :first_seen, :sort_at)",
        )?
        .insert(named_params! {
            ":url": url,
            ":host": if polled.article_url.is_empty() { "" } else { &polled.article_host },
            ":backlog": polled.backlog,
            ":late": polled.late,
            ":first_seen": ms(at),
            ":sort_at": ms(sort_at),
        })?;
    Ok((article, true))
}

/// Makes an article wanted again. Whoever has it in hand works on what is outdated: the new lease
/// number makes that commit stale.
fn want_again(conn: &Connection, article: i64) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update article set state = 'wanted', rejudge = 1, due_at = null, failures = 0, attempt = 0,
             lease_no = lease_no + 1, leased_by = null, leased_until = 0
         where id = ?1",
    )?
    .execute([article])
}

fn insert(
    conn: &Connection,
    feed: FeedId,
    article: i64,
    at: Timestamp,
    polled: &PolledEntry,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "insert into entry (feed_id, key, hash, article_id, link, title, summary, content,
             published_at, authors, meta, first_seen, changed_at)
         values (:feed, :key, :hash, :article, :link, :title, :summary, :content,
             :published_at, :authors, :meta, :at, :at)",
    )?
    .execute(named_params! {
        ":feed": feed.0,
        ":key": polled.entry.key,
        ":hash": polled.hash,
        ":article": article,
        ":link": polled.entry.link,
        ":title": polled.entry.title,
        ":summary": packed(&polled.entry.summary),
        ":content": packed(&polled.entry.content),
        ":published_at": polled.entry.published.map(ms),
        ":authors": to_json(&polled.entry.authors)?,
        ":meta": meta(polled)?,
        ":at": ms(at),
    })
}

fn update(
    conn: &Connection,
    entry: i64,
    article: i64,
    at: Timestamp,
    polled: &PolledEntry,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update entry set hash = :hash, article_id = :article, link = :link, title = :title,
             summary = :summary, content = :content, published_at = :published_at,
             authors = :authors, meta = :meta, changed_at = :at
         where id = :entry",
    )?
    .execute(named_params! {
        ":entry": entry,
        ":hash": polled.hash,
        ":article": article,
        ":link": polled.entry.link,
        ":title": polled.entry.title,
        ":summary": packed(&polled.entry.summary),
        ":content": packed(&polled.entry.content),
        ":published_at": polled.entry.published.map(ms),
        ":authors": to_json(&polled.entry.authors)?,
        ":meta": meta(polled)?,
        ":at": ms(at),
    })
}

/// Keeps what an entry said before it is overwritten.
fn keep_version(conn: &Connection, entry: i64, at: Timestamp) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "insert into entry_version
             (entry_id, replaced_at, hash, link, title, summary, content, published_at)
         select id, ?2, hash, link, title, summary, content, published_at from entry where id = ?1",
    )?
    .execute(params![entry, ms(at)])
}

fn packed(text: &Option<String>) -> Option<Packed> {
    text.clone().map(Packed)
}

fn meta(polled: &PolledEntry) -> rusqlite::Result<String> {
    let entry = &polled.entry;
    to_json(&EntryMeta {
        id: &entry.id,
        links: &entry.links,
        categories: &entry.categories,
        enclosures: &entry.enclosures,
        updated: entry.updated,
        date: polled.date,
    })
}
