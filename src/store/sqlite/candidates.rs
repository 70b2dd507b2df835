//! The articles of the story index that share look-up keys with one.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use rustc_hash::FxHashMap;

use super::rows::ms;
use super::stories::{candidate, columns, watermark};
use crate::store::StoryCandidates;
use crate::story::{CANDIDATES_MAX, HOLDERS_MAX};

/// The newest fingerprints with a key.
pub(super) const HOLDERS: &str =
    "select fingerprint_id from story_key where key = ?1 order by fingerprint_id desc limit ?2";

/// A fingerprint with its story, unless it is too old.
pub(super) const CANDIDATE: &str = "select f.article_id, sa.story_id, f.bytes, f.dated_at
     from fingerprint as f cross join story_article as sa on sa.article_id = f.article_id
     where f.id = ?1 and f.dated_at >= ?2";

/// See `Store::story_candidates`.
///
/// Asked within one transaction: a story found must still be there when the next row is read. The keys that fingerprints share are counted here and not in SQL, which would go through a sorted table of its own
/// for it. The cost is bounded by the keys of an article, not by how many are in the window.
pub(super) fn candidates(
    conn: &Connection,
    keys: &[u64],
    since: Timestamp,
) -> rusqlite::Result<StoryCandidates> {
    let watermark = watermark(conn)?;
    let mut candidates = Vec::with_capacity(CANDIDATES_MAX);
    let mut look_up = conn.prepare_cached(CANDIDATE)?;
    for id in sharing(conn, keys)? {
        let found = look_up.query_row(params![id, ms(since)], candidate);
        candidates.extend(found.optional()?);
        if candidates.len() == CANDIDATES_MAX {
            break;
        }
    }
    Ok(StoryCandidates {
        candidates,
        watermark,
    })
}

/// Fingerprints that share keys, those with most first, of as many the newest.
fn sharing(conn: &Connection, keys: &[u64]) -> rusqlite::Result<Vec<i64>> {
    let mut shared = FxHashMap::<i64, u32>::default();
    let mut holders = conn.prepare_cached(HOLDERS)?;
    for key in columns(keys) {
        let mut rows = holders.query(params![key, HOLDERS_MAX as i64])?;
        while let Some(row) = rows.next()? {
            *shared.entry(row.get(0)?).or_default() += 1;
        }
    }
    let mut found: Vec<(u32, i64)> = shared.into_iter().map(|(id, keys)| (keys, id)).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found.into_iter().map(|(_, id)| id).collect())
}
