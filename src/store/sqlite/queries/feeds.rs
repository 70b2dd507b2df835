//! The list of feeds.

use rusqlite::{Connection, OptionalExtension, Row};

use super::history;
use crate::model::{FeedHealth, FeedId, FeedView, PollState, TroubleKind, TroubleView};
use crate::store::sqlite::rows::{Columns, instant};

/// What a view is made of.
macro_rules! head {
    () => {
        "select *, coalesce(lang, declared_lang) as shown_lang,
         (select count(*) from entry where entry.feed_id = feed.id) as entries,
         (select not_before from host where host.name = feed.host) as host_not_before
     from feed"
    };
}
const HEAD: &str = head!();
/// In the order of the config, removed ones last.
const LIST: &str = concat!(head!(), " order by removed_at is not null, position, id");

/// See `Queries::feeds`.
pub(super) fn list(conn: &Connection) -> rusqlite::Result<Vec<FeedView>> {
    let mut feeds: Vec<FeedView> = conn
        .prepare_cached(LIST)?
        .query_map([], view_of)?
        .collect::<rusqlite::Result<_>>()?;
    let mut open = history::open_by_feed(conn)?;
    for feed in &mut feeds {
        add_troubles(feed, open.remove(&feed.id.0).unwrap_or_default());
    }
    Ok(feeds)
}

/// One feed by its address.
pub(super) fn by_url(conn: &Connection, url: &str) -> rusqlite::Result<Option<FeedView>> {
    let sql = format!("{HEAD} where url = ?1");
    let found = conn
        .prepare_cached(&sql)?
        .query_row([url], view_of)
        .optional()?;
    found
        .map(|mut feed| {
            let open = history::open_of_feed(conn, feed.id.0)?;
            add_troubles(&mut feed, open);
            Ok(feed)
        })
        .transpose()
}

/// A feed that would be called well, but is silent, is called so.
fn add_troubles(feed: &mut FeedView, troubles: Vec<TroubleView>) {
    let is_silent = troubles.iter().any(|open| open.kind == TroubleKind::Silent);
    if feed.health == FeedHealth::Ok && is_silent {
        feed.health = FeedHealth::Silent;
    }
    feed.troubles = troubles;
}

/// How a feed is, from the facts of its row.
pub(super) fn health(
    removed: bool,
    polled_at: i64,
    failures: u32,
    state: &PollState,
) -> FeedHealth {
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
            // A host that asked for rest is left alone, whenever its feeds are due.
            row.instant_opt("due_at")?
                .max(row.instant_opt("host_not_before")?)
        },
        entries: row.count("entries")?,
        troubles: Vec::new(),
    })
}
