//! The list of feeds.

use rusqlite::{Connection, Row};

use crate::model::{FeedHealth, FeedId, FeedView, PollState};
use crate::store::sqlite::rows::{Columns, instant};

/// In the order of the config, removed ones last.
const LIST: &str = "select *, coalesce(lang, declared_lang) as shown_lang,
         (select count(*) from entry where entry.feed_id = feed.id) as entries
     from feed order by removed_at is not null, position, id";

/// See `Queries::feeds`.
pub(super) fn list(conn: &Connection) -> rusqlite::Result<Vec<FeedView>> {
    conn.prepare_cached(LIST)?.query_map([], view_of)?.collect()
}

/// How a feed is, from the facts of its row.
fn health(removed: bool, polled_at: i64, failures: u32, state: &PollState) -> FeedHealth {
    if removed {
        FeedHealth::Removed
    } else if state.duplicate_of.is_some() {
        FeedHealth::Duplicate
    } else if state.gone_at.is_some() {
        FeedHealth::Gone
    } else if polled_at == 0 {
        FeedHealth::New
    } else if failures > 0 {
        FeedHealth::Failing
    } else if state.empty_since.is_some() {
        FeedHealth::Empty
    } else {
        FeedHealth::Ok
    }
}

fn view_of(row: &Row<'_>) -> rusqlite::Result<FeedView> {
    let removed = row.get::<_, Option<i64>>("removed_at")?.is_some();
    let polled_at: i64 = row.get("polled_at")?;
    let failures: u32 = row.get("failures")?;
    let state: PollState = row.json("state")?;
    Ok(FeedView {
        id: FeedId(row.get("id")?),
        url: row.get("url")?,
        title: row.get("title")?,
        tags: row.json("tags")?,
        lang: row.get("shown_lang")?,
        health: health(removed, polled_at, failures, &state),
        failures,
        last_error: row.get("last_error")?,
        failure: state.failure,
        moved_to: state.poll_url,
        duplicate_of: state.duplicate_of,
        usual_gap_s: (state.rhythm.gap_s > 0.0).then_some(state.rhythm.gap_s as u64),
        last_poll: (polled_at != 0).then(|| instant(polled_at)),
        last_success: row.instant_opt("last_success_at")?,
        last_new: row.instant_opt("last_new_at")?,
        next_poll: if removed || row.get("parked")? {
            None
        } else {
            row.instant_opt("due_at")?
        },
        entries: row.count("entries")?,
    })
}
