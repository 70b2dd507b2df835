//! Articles that were told of and are read again on a decaying schedule.
//!
//! A row is made when an article is told of. When its time comes the article is made wanted ([`WAKE`]) and its row marked
//! so (`due_at` null); the end of that reading sets the next time, or deletes the row.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{from_json, ms, to_json};
use crate::model::{ArticleId, WantedAgain};

/// So many times in a row a page must not be there before that is believed: a site being rebuilt
/// answers "not found", too.
const MISSING_MAX: u32 = 2;
/// When to ask again for an article that another stage is about to take.
const BUSY_WAIT: SignedDuration = SignedDuration::from_mins(1);

/// Articles whose time has come and that no stage has in hand; one that is wanted already is read anyway.
pub(super) const WAKE: &str =
    "update article set state = 'wanted', due_at = null, failures = 0, attempt = 0,
         lease_no = lease_no + 1
     where id in (select article_id from reread where due_at <= ?1)
         and state = 'judged' and leased_until <= ?1";
/// Marks the rows of those.
pub(super) const MARK: &str = "update reread set due_at = null
     where due_at <= ?1
         and (select state from article where article.id = reread.article_id) = 'wanted'";
/// The others wait a little.
pub(super) const POSTPONE: &str = "update reread set due_at = ?2 where due_at <= ?1";
/// What is left of the schedule of an article.
pub(super) const OF_ARTICLE: &str = "select times, missing from reread where article_id = ?1";
/// Whether an article that is claimed is read again, and has its page's text.
pub(super) const CLAIMED: &str = "select av.origin <> 'entry' from reread
     join article on article.id = reread.article_id
     join article_version as av on av.article_id = article.id and av.version = article.version
     where reread.article_id = ?1 and reread.due_at is null";
/// When the page was first read, if there is one and the article is no copy of another.
pub(super) const FIRST_READ: &str = "select av.read_at from article
     join article_version as av on av.article_id = article.id and av.version = 1
     left join story_article as sa on sa.article_id = article.id
     where article.id = ?1 and article.host <> '' and article.gone = 0 and sa.copy_of is null";

/// Makes the articles wanted whose time has come.
pub(super) fn wake(conn: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached(WAKE)?.execute([ms(now)])?;
    conn.prepare_cached(MARK)?.execute([ms(now)])?;
    let later = now.saturating_add(BUSY_WAIT).unwrap_or(Timestamp::MAX);
    conn.prepare_cached(POSTPONE)?
        .execute([ms(now), ms(later)])?;
    Ok(())
}

/// What is known of a claimed article that is read again; `None` when it is read for another reason.
pub(super) fn of_claim(conn: &Connection, article: i64) -> rusqlite::Result<Option<WantedAgain>> {
    conn.prepare_cached(CLAIMED)?
        .query_row([article], |row| {
            Ok(WantedAgain {
                has_page: row.get(0)?,
            })
        })
        .optional()
}

/// An article was told of at `at`: it is read again so long after its first reading. Nothing changes when that is
/// arranged already. Copies of other articles are left alone: a correction is told of the first one.
pub(super) fn arrange(
    conn: &Connection,
    article: ArticleId,
    after: &[SignedDuration],
    at: Timestamp,
) -> rusqlite::Result<()> {
    if after.is_empty() {
        return Ok(());
    }
    let first: Option<i64> = conn
        .prepare_cached(FIRST_READ)?
        .query_row([article.0], |row| row.get(0))
        .optional()?;
    let Some(first) = first else {
        return Ok(());
    };
    let times = after
        .iter()
        .map(|after| first.saturating_add(i64::try_from(after.as_millis()).unwrap_or(i64::MAX)));
    let times: Vec<i64> = times.filter(|time| *time > ms(at)).collect();
    let Some(next) = times.first() else {
        return Ok(());
    };
    conn.prepare_cached(
        "insert into reread (article_id, times, due_at) values (?1, ?2, ?3)
         on conflict (article_id) do nothing",
    )?
    .execute(params![article.0, to_json(&times)?, next])?;
    Ok(())
}

/// The article was read: its page is there, or cannot be told to be gone. What has passed meanwhile is not made up for.
pub(super) fn advance(
    conn: &Connection,
    article: ArticleId,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let Some((times, _)) = row(conn, article)? else {
        return Ok(());
    };
    let left: Vec<i64> = times.into_iter().filter(|time| *time > ms(at)).collect();
    let Some(next) = left.first() else {
        return end(conn, article);
    };
    conn.prepare_cached(
        "update reread set times = ?2, due_at = ?3, missing = 0 where article_id = ?1",
    )?
    .execute(params![article.0, to_json(&left)?, next])?;
    Ok(())
}

/// The page was not there. True when that is to be believed now; else it is asked for once more at `again_at`.
pub(super) fn note_missing(
    conn: &Connection,
    article: ArticleId,
    again_at: Timestamp,
) -> rusqlite::Result<bool> {
    let missing = row(conn, article)?.map_or(0, |(_, missing)| missing) + 1;
    if missing >= MISSING_MAX {
        end(conn, article)?;
        return Ok(true);
    }
    conn.prepare_cached("update reread set due_at = ?2, missing = ?3 where article_id = ?1")?
        .execute(params![article.0, ms(again_at), missing])?;
    Ok(false)
}

fn row(conn: &Connection, article: ArticleId) -> rusqlite::Result<Option<(Vec<i64>, u32)>> {
    let row: Option<(String, u32)> = conn
        .prepare_cached(OF_ARTICLE)?
        .query_row([article.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    row.map(|(times, missing)| Ok((from_json(&times)?, missing)))
        .transpose()
}

fn end(conn: &Connection, article: ArticleId) -> rusqlite::Result<()> {
    conn.prepare_cached("delete from reread where article_id = ?1")?
        .execute([article.0])?;
    Ok(())
}
