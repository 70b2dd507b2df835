//! The pages that articles were read from: keeping them, giving them out to be read again, dropping them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::articles::{named, text};
use super::rows::{Columns, count, ms};
use super::versions::{NewText, store_text, unchanged_until};
use crate::model::{
    ArticleId, Committed, KeptArticle, KeptPage, PROGRAM, PackedPage, RereadOutcome, Seen,
};
use crate::store::{KeptFilter, KeptHead};

/// Articles whose pages are dropped in one transaction, and the bytes of them: freeing a page touches each of its
/// database pages.
pub(super) const STEP: usize = 100;
const STEP_BYTES: u64 = 4 << 20;

/// Pages of an article.
pub(super) const DROP: &str = "delete from kept where article_id = ?1";
/// The kept pages of one article.
pub(super) const PAGES: &str = "select asked_url, url, content_type, fetched_at, page
     from kept_page where article_id = ?1 order by number";
/// An article with what its text is made of.
pub(super) const ARTICLE: &str = "select id, url, version, judged_version, state, lease_no,
         kept.program, kept.fetched_at
     from article join kept on kept.article_id = article.id where article.id = ?1";
/// The fence of a reread: nothing that it was made of has changed.
pub(super) const FENCE: &str = "select exists (
         select 1 from article join kept on kept.article_id = article.id
         where article.id = ?1 and version = ?2 and lease_no = ?3 and kept.fetched_at = ?4
             and state in ('judged', 'read'))";
/// The oldest pages before a place in the order of age.
pub(super) const OLDEST: &str = "select article_id, bytes from kept
     where (fetched_at, article_id) < (?1, ?2) order by fetched_at, article_id limit ?3";
/// All pages, the newest first.
pub(super) const NEWEST: &str =
    "select fetched_at, article_id, bytes from kept order by fetched_at desc, article_id desc";
/// Articles with a text, the newest first, behind a place in their order.
pub(super) const HEADS: &str = "select id, url, first_seen,
         exists (select 1 from kept where kept.article_id = article.id) as is_kept
     from article
     where has_body = 1 and first_seen >= :since and first_seen <= :seen
         and (first_seen < :seen or id < :id)
         and (:feed is null or exists (select 1 from entry
             where entry.article_id = article.id and entry.feed_id = :feed))
     order by first_seen desc, id desc limit :limit";
/// How many of them there are.
pub(super) const COUNT: &str = "select count(*) from article
     where has_body = 1 and first_seen >= :since
         and (:feed is null or exists (select 1 from entry
             where entry.article_id = article.id and entry.feed_id = :feed))";

/// Keeps the pages of a text in place of those of the text before; none = nothing is kept.
pub(super) fn replace(
    conn: &Connection,
    article: ArticleId,
    pages: &[KeptPage],
) -> rusqlite::Result<()> {
    conn.prepare_cached(DROP)?.execute([article.0])?;
    let Some(first) = pages.first() else {
        return Ok(());
    };
    let bytes: usize = pages.iter().map(|page| page.page.packed().len()).sum();
    conn.prepare_cached(
        "insert into kept (article_id, fetched_at, program, bytes) values (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        article.0,
        ms(first.fetched_at),
        PROGRAM,
        count(bytes)
    ])?;
    let mut insert = conn.prepare_cached(
        "insert into kept_page (article_id, number, asked_url, url, content_type, fetched_at, page)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (number, page) in pages.iter().enumerate() {
        insert.execute(params![
            article.0,
            count(number),
            page.asked_url,
            page.url,
            page.content_type,
            ms(page.fetched_at),
            page.page.packed(),
        ])?;
    }
    Ok(())
}

/// See `Queries::kept_article`.
pub(super) fn article(
    conn: &Connection,
    article: ArticleId,
) -> rusqlite::Result<Option<KeptArticle>> {
    let head = conn
        .prepare_cached(ARTICLE)?
        .query_row([article.0], |row| {
            let state: String = row.get("state")?;
            let judged: u32 = row.get("judged_version")?;
            let kept = KeptArticle {
                id: article,
                url: row.get("url")?,
                entry: Default::default(),
                lang_hint: None,
                article: Default::default(),
                pages: Vec::new(),
                program: row.get("program")?,
                seen: Seen {
                    version: row.get("version")?,
                    lease_no: row.get("lease_no")?,
                    fetched_at: row.instant("fetched_at")?,
                },
                is_free: matches!(state.as_str(), "judged" | "read"),
            };
            Ok((kept, judged))
        })
        .optional()?;
    let Some((mut kept, judged)) = head else {
        return Ok(None);
    };
    let version = kept.seen.version;
    kept.is_free &= judged == 0 || unchanged_until(conn, article.0, judged, version)? == version;
    let named = named(conn, article.0)?;
    kept.entry = named.entry;
    kept.lang_hint = named.lang;
    kept.article = text(conn, article.0, version)?.unwrap_or_default();
    kept.pages = conn
        .prepare_cached(PAGES)?
        .query_map([article.0], |row| {
            Ok(KeptPage {
                asked_url: row.get("asked_url")?,
                url: row.get("url")?,
                content_type: row.get("content_type")?,
                fetched_at: row.instant("fetched_at")?,
                page: PackedPage::from_packed(row.get("page")?),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(kept))
}

/// See `Store::commit_reread`.
pub(super) fn commit(
    conn: &Connection,
    article: ArticleId,
    seen: Seen,
    outcome: &RereadOutcome,
) -> rusqlite::Result<Committed> {
    let holds: bool = conn.prepare_cached(FENCE)?.query_row(
        params![article.0, seen.version, seen.lease_no, ms(seen.fetched_at)],
        |row| row.get(0),
    )?;
    if !holds {
        return Ok(Committed::Stale);
    }
    let new = NewText {
        at: outcome.at,
        article: &outcome.article,
        words: (&outcome.search_title, &outcome.search_body),
        reread: true,
    };
    if store_text(conn, article, seen.version, &new)? != seen.version {
        // Whoever judges the text before finds another version when it commits, and leaves it at that.
        conn.prepare_cached("update article set state = 'read', due_at = null where id = ?1")?
            .execute([article.0])?;
        conn.prepare_cached("update kept set program = ?2 where article_id = ?1")?
            .execute(params![article.0, PROGRAM])?;
    }
    Ok(Committed::Done(()))
}

/// See `Queries::kept_heads`.
pub(super) fn heads(
    conn: &Connection,
    filter: &KeptFilter,
    after: Option<&KeptHead>,
    limit: usize,
) -> rusqlite::Result<Vec<KeptHead>> {
    let (seen, id) = after.map_or((i64::MAX, i64::MAX), |head| {
        (ms(head.first_seen), head.id.0)
    });
    conn.prepare_cached(HEADS)?
        .query_map(
            named_params! {
                ":since": filter.since.map_or(i64::MIN, ms),
                ":feed": filter.feed.map(|feed| feed.0),
                ":seen": seen,
                ":id": id,
                ":limit": count(limit),
            },
            |row| {
                Ok(KeptHead {
                    id: ArticleId(row.get("id")?),
                    url: row.get("url")?,
                    first_seen: row.instant("first_seen")?,
                    is_kept: row.get("is_kept")?,
                })
            },
        )?
        .collect()
}

/// See `Queries::count_heads`.
pub(super) fn count_heads(conn: &Connection, filter: &KeptFilter) -> rusqlite::Result<u64> {
    conn.prepare_cached(COUNT)?.query_row(
        named_params! {
            ":since": filter.since.map_or(i64::MIN, ms),
            ":feed": filter.feed.map(|feed| feed.0),
        },
        |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()),
    )
}

/// A place in the order of age: time and article.
pub(super) type Place = (i64, i64);

/// The place before which everything is to go: what is older than `before`, and of the rest the oldest as far as they
/// are more than `bytes_max` together. A question, so that the sum does not hold up the writer.
pub(super) fn too_much(
    conn: &Connection,
    before: Timestamp,
    bytes_max: u64,
) -> rusqlite::Result<Place> {
    let old = (ms(before), i64::MIN);
    let mut statement = conn.prepare_cached(NEWEST)?;
    let mut rows = statement.query([])?;
    let mut sum = 0_u64;
    while let Some(row) = rows.next()? {
        let place: Place = (row.get("fetched_at")?, row.get("article_id")?);
        if place < old {
            break;
        }
        sum = sum.saturating_add(row.count("bytes")?);
        if sum > bytes_max {
            // This one goes, too.
            return Ok((place.0, place.1.saturating_add(1)));
        }
    }
    Ok(old)
}

/// Drops the oldest pages before a place, up to [`STEP`] articles; answers with their number.
pub(super) fn drop_oldest(conn: &Connection, before: Place) -> rusqlite::Result<u64> {
    let mut bytes = 0_u64;
    let mut dropped = 0;
    let oldest: Vec<(i64, i64)> = conn
        .prepare_cached(OLDEST)?
        .query_map(params![before.0, before.1, count(STEP)], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let mut drop = conn.prepare_cached(DROP)?;
    for (article, size) in oldest {
        drop.execute([article])?;
        dropped += 1;
        bytes = bytes.saturating_add(size.unsigned_abs());
        if bytes >= STEP_BYTES {
            break;
        }
    }
    Ok(dropped)
}
