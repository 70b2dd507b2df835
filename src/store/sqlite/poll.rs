//! Stage `poll`: committing what a poll found. Claims are in `poll_claim.rs`.

use jiff::Timestamp;
use rusqlite::{Connection, named_params, params};

use super::entries;
use super::hosts;
use super::poll_log;
use super::rows::{ms, to_json, word};
use super::twins;
use crate::model::{
    Committed, FeedFormat, FeedId, PollOutcome, PollResult, PollState, PolledEntry,
};
use crate::store::PollReport;

/// Takes a feed out of its lease; the fence of every commit is in its `where`.
macro_rules! settle {
    ($what:literal) => {
        concat!(
            "update feed set polled_at = :at, due_at = :due_at,
                 leased_by = null, leased_until = 0, attempt = 0, ",
            $what,
            " where id = :id and lease_no = :lease_no and leased_by is not null"
        )
    };
}

/// After an answer that was good. All that a poll without news writes.
pub(super) const SUCCEED: &str = settle!(
    "etag = :etag, last_modified = :last_modified,
     first_success_at = coalesce(first_success_at, :at), last_success_at = :at,
     failures = 0, last_error = null, last_status = null"
);
/// After a failure: validators and the hash of the body stay.
pub(super) const FAIL: &str =
    settle!("failures = failures + 1, last_error = :why, last_status = :status");

/// See `Store::commit_poll`.
pub(super) fn commit(
    conn: &Connection,
    feed: FeedId,
    lease_no: i64,
    outcome: PollOutcome,
) -> rusqlite::Result<Committed<PollReport>> {
    let (at, due_at) = (ms(outcome.at), ms(outcome.due_at));
    let settled = match &outcome.result {
        PollResult::NotModified { validators }
        | PollResult::Unchanged { validators }
        | PollResult::Fetched { validators, .. } => {
            conn.prepare_cached(SUCCEED)?.execute(named_params! {
                ":id": feed.0,
                ":lease_no": lease_no,
                ":at": at,
                ":due_at": due_at,
                ":etag": validators.etag,
                ":last_modified": validators.last_modified,
            })?
        }
        PollResult::Failed { why, status, .. } => {
            conn.prepare_cached(FAIL)?.execute(named_params! {
                ":id": feed.0,
                ":lease_no": lease_no,
                ":at": at,
                ":due_at": due_at,
                ":why": why,
                ":status": status,
            })?
        }
    };
    if settled == 0 {
        return Ok(Committed::Stale);
    }
    let line = poll_log::line(&outcome);
    hosts::of_feed_not_before(conn, feed, outcome.host_not_before)?;
    if let Some(state) = &outcome.state {
        learn(conn, feed, state)?;
    }
    let is_gone = outcome.state.is_some_and(|state| state.gone_at.is_some());
    let report = match outcome.result {
        PollResult::NotModified { .. } | PollResult::Unchanged { .. } => {
            bring(conn, feed, outcome.at, outcome.older)?
        }
        PollResult::Failed { .. } => {
            twins::free_if_failing(conn, feed, is_gone, outcome.at)?;
            PollReport::default()
        }
        PollResult::Fetched {
            body_hash,
            format,
            title,
            language,
            mut entries,
            ..
        } => {
            describe(conn, feed, body_hash.as_ref(), format, title, language)?;
            entries.extend(outcome.older);
            bring(conn, feed, outcome.at, entries)?
        }
    };
    poll_log::note(conn, feed, line, report.new_entries)?;
    Ok(Committed::Done(report))
}

/// Writes the entries, and when the last of them was new.
fn bring(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    entries: Vec<PolledEntry>,
) -> rusqlite::Result<PollReport> {
    if entries.is_empty() {
        return Ok(PollReport::default());
    }
    let report = entries::upsert_all(conn, feed, at, entries)?;
    if report.new_entries > 0 {
        // A hub that had promised them did not push them: it is not to be relied on.
        conn.prepare_cached(
            "update feed set last_new_at = ?2, subscribed_until = null where id = ?1",
        )?
        .execute(params![feed.0, ms(at)])?;
    }
    Ok(report)
}

fn describe(
    conn: &Connection,
    feed: FeedId,
    body_hash: Option<&[u8; 32]>,
    format: FeedFormat,
    title: Option<String>,
    language: Option<String>,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update feed set body_hash = ?2, format = ?3, title = ?4, declared_lang = ?5 where id = ?1",
    )?
    .execute(params![feed.0, body_hash, word(format)?, title, language])
}

/// Keeps what the polls have taught.
fn learn(conn: &Connection, feed: FeedId, state: &PollState) -> rusqlite::Result<usize> {
    let parked = state.gone_at.is_some() || state.duplicate_of.is_some();
    conn.prepare_cached("update feed set state = ?2, parked = ?3 where id = ?1")?
        .execute(params![feed.0, to_json(state)?, parked])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lessee, Validators};
    use crate::store::FeedScope;
    use crate::store::sqlite::poll_claim::claim;

    /// What a poll without news costs: two rows changed, one by its claim and one by its commit.
    #[test]
    fn a_304_changes_one_row_twice() {
        let dir = tempfile::tempdir().expect("a folder");
        let conn =
            crate::store::sqlite::connect::open_writer(&dir.path().join("w.db"), None, &mut |_| ())
                .expect("it opens");
        conn.execute_batch(
            "insert into feed (url, host, kind, tags, position, due_at) values ('u', 'h', 'feed', '[]', 0, 0)",
        )
        .expect("a feed");
        let lessee = Lessee {
            name: "test".to_owned(),
            now: Timestamp::UNIX_EPOCH,
            hold: jiff::SignedDuration::from_mins(1),
        };
        let before = conn.total_changes();
        let claims = claim(&conn, &lessee, FeedScope::Due, 1, 1, &[]).expect("a claim");
        let outcome = PollOutcome {
            at: lessee.now,
            result: PollResult::NotModified {
                validators: Validators::default(),
            },
            due_at: lessee.until(),
            host_not_before: None,
            older: Vec::new(),
            state: None,
        };
        let done = commit(
            &conn,
            claims[0].item.id,
            claims[0].lease_no,
            outcome.clone(),
        );
        assert!(done.expect("a commit").is_done());
        assert_eq!(conn.total_changes() - before, 2);
        let again = commit(&conn, claims[0].item.id, claims[0].lease_no, outcome);
        assert!(!again.expect("an answer").is_done(), "the lease is over");
    }
}
