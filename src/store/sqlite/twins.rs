//! Feeds that stand in the config twice: found, left unpolled, and polled again when the other one fails.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, named_params, params};

use super::rows::{count, ms, to_json};
use crate::model::FeedId;
use crate::store::Twin;

/// A feed that has failed for so long is nothing to rely on.
const FAILS_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A feed of one of the addresses that has the same content.
pub(super) const TWIN: &str = "select url from feed
     where url in (select value from json_each(:urls))
         and removed_at is null and parked = 0 and failures = 0 and first_success_at is not null
         and (body_hash = :body_hash
             or json_extract(state, '$.entries_last') = :entries
                 and not exists (select 1 from json_each(:keys)
                     where not exists (select 1 from entry
                         where entry.feed_id = feed.id and entry.key = json_each.value)))
     limit 1";

/// Lets go of duplicates whose other feed is no longer polled.
pub(super) const ORPHANS: &str =
    "update feed indexed by feed_parked set parked = 0, due_at = max(due_at, ?1),
         state = json_remove(state, '$.duplicate_of')
     where parked = 1 and json_extract(state, '$.duplicate_of') is not null
         and not exists (select 1 from feed as other
             where other.url = json_extract(feed.state, '$.duplicate_of')
                 and other.removed_at is null and other.parked = 0)";

/// Lets go of the duplicates of one feed.
pub(super) const OF_FEED: &str = "update feed indexed by feed_parked set parked = 0, due_at = ?2,
         state = json_remove(state, '$.duplicate_of')
     where parked = 1 and json_extract(state, '$.duplicate_of') = (select url from feed as other
         where other.id = ?1 and (?4 or coalesce(other.last_success_at, 0) <= ?3))";

/// See `Store::twin`.
pub(super) fn find(conn: &Connection, twin: &Twin) -> rusqlite::Result<Option<String>> {
    conn.prepare_cached(TWIN)?
        .query_row(
            named_params! {
                ":urls": to_json(&twin.urls)?,
                ":body_hash": twin.body_hash,
                ":entries": count(twin.keys.len()),
                ":keys": to_json(&twin.keys)?,
            },
            |row| row.get(0),
        )
        .optional()
}

/// After the config changed: a duplicate of a feed that is not in it any more is polled itself.
pub(super) fn free_orphans(conn: &Connection, now: Timestamp) -> rusqlite::Result<usize> {
    conn.prepare_cached(ORPHANS)?.execute([ms(now)])
}

/// After a failure: when the feed is gone or has failed for long, its duplicates are polled themselves.
pub(super) fn free_if_failing(
    conn: &Connection,
    feed: FeedId,
    is_gone: bool,
    now: Timestamp,
) -> rusqlite::Result<usize> {
    let long_ago = now.checked_sub(FAILS_FOR).unwrap_or(Timestamp::MIN);
    conn.prepare_cached(OF_FEED)?
        .execute(params![feed.0, ms(now), ms(long_ago), is_gone])
}
