//! Stage `poll`: claiming feeds, committing what a poll found.

use jiff::Timestamp;
use rusqlite::{Connection, Statement, ToSql, named_params, params};

use super::entries;
use super::feeds::feed_of;
use super::hosts;
use super::poll_log;
use super::rows::{count, ms, to_json, word};
use super::twins;
use crate::model::{
    Claim, Committed, Feed, FeedFormat, FeedId, Lessee, PollOutcome, PollResult, PollState,
    PolledEntry,
};
use crate::store::{FeedScope, PollReport};

/// Candidates looked at per feed asked for, so that `per_host` has something to choose from.
const WINDOW_FACTOR: usize = 20;

/// Clocks are set by a little all the time.
const AHEAD_MS_MAX: i64 = 5 * 60 * 1000;

/// The head and the foot of a claim, around the select of its scope. `:busy` is a JSON array.
macro_rules! claim_feeds {
    ($which:literal) => {
        concat!(
            "update feed set leased_by = :lessee, leased_until = :until,
                 lease_no = lease_no + 1, attempt = attempt + 1
             where id in (
                 select id from (
                     select id, due_at,
                         row_number() over (partition by host order by due_at, id) as nth_of_host
                     from (
                         select id, due_at, host from feed
                         where removed_at is null and leased_until <= :now
                             and host not in (select value from json_each(:busy))
                             and not exists (select 1 from host
                                 where host.name = feed.host and host.not_before > :now)
                             and ",
            $which,
            "
                         limit :window))
                 where nth_of_host <= :per_host order by due_at, id limit :limit)
             returning *"
        )
    };
}

/// Feeds that are due, most overdue first.
pub(super) const CLAIM_DUE: &str = claim_feeds!("parked = 0 and due_at <= :now order by due_at");
/// Feeds not polled since `:since`, longest ago first.
pub(super) const CLAIM_ALL: &str =
    claim_feeds!("parked = 0 and polled_at < :since order by polled_at");
/// One feed, if it was not polled since `:since`; a parked one, too.
pub(super) const CLAIM_ONE: &str = claim_feeds!("id = :feed and polled_at < :since");
/// Feeds whose last poll lies ahead: the clock was set back. They are due, a little one after the other so
/// that it is no burst. What hosts asked for may lie no more than a week ahead either.
pub(super) const LAST_POLL_AHEAD: &str = "update feed
     set polled_at = :now, due_at = min(due_at, :now + id * 200 % 900000)
     where removed_at is null and parked = 0 and polled_at > :now + :tolerance";

/// See `Store::claim_feeds`.
pub(super) fn claim(
    conn: &Connection,
    lessee: &Lessee,
    scope: FeedScope,
    limit: usize,
    per_host: usize,
    busy_hosts: &[String],
) -> rusqlite::Result<Vec<Claim<Feed>>> {
    if scope == FeedScope::Due {
        after_the_clock_was_set_back(conn, lessee.now)?;
    }
    let mut busy = busy_hosts.to_vec();
    let mut claims: Vec<(i64, Claim<Feed>)> = Vec::new();
    // A window full of one host's feeds hides the other hosts: look again without the hosts that
    // have got their share, until there is enough or nothing left. Every round claims something.
    while claims.len() < limit && per_host > 0 {
        let found = claim_round(conn, lessee, scope, limit - claims.len(), per_host, &busy)?;
        if found.is_empty() {
            break;
        }
        busy.extend(found.iter().map(|(_, claim)| claim.item.spec.host.clone()));
        claims.extend(found);
    }
    claims.sort_by_key(|(due_at, claim)| (*due_at, claim.item.id));
    Ok(claims.into_iter().map(|(_, claim)| claim).collect())
}

/// A clock that was wrong for a while must not silence feeds and hosts until the time that it showed.
fn after_the_clock_was_set_back(conn: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    let feeds = conn
        .prepare_cached(LAST_POLL_AHEAD)?
        .execute(named_params! {
            ":now": ms(now),
            ":tolerance": AHEAD_MS_MAX,
        })?;
    if feeds > 0 {
        hosts::wait_no_longer_than_a_week(conn, now)?;
    }
    Ok(())
}

fn claim_round(
    conn: &Connection,
    lessee: &Lessee,
    scope: FeedScope,
    limit: usize,
    per_host: usize,
    busy: &[String],
) -> rusqlite::Result<Vec<(i64, Claim<Feed>)>> {
    let (sql, feed, since) = match scope {
        FeedScope::Due => (CLAIM_DUE, 0, 0),
        FeedScope::All { since } => (CLAIM_ALL, 0, ms(since)),
        FeedScope::One { feed, since } => (CLAIM_ONE, feed.0, ms(since)),
    };
    let mut statement = conn.prepare_cached(sql)?;
    bind(
        &mut statement,
        named_params! {
            ":lessee": lessee.name,
            ":until": ms(lessee.until()),
            ":now": ms(lessee.now),
            ":busy": to_json(busy)?,
            ":feed": feed,
            ":since": since,
            ":window": count(limit.saturating_mul(WINDOW_FACTOR)),
            ":per_host": count(per_host),
            ":limit": count(limit),
        },
    )?;
    statement
        .raw_query()
        .mapped(|row| {
            let claim = Claim {
                item: feed_of(row)?,
                lease_no: row.get("lease_no")?,
                attempt: row.get("attempt")?,
            };
            Ok((row.get("due_at")?, claim))
        })
        .collect()
}

/// Binds those of the parameters that the statement has.
fn bind(statement: &mut Statement<'_>, params: &[(&str, &dyn ToSql)]) -> rusqlite::Result<()> {
    for (name, value) in params {
        if let Some(index) = statement.parameter_index(name)? {
            statement.raw_bind_parameter(index, value)?;
        }
    }
    Ok(())
}

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
        PollResult::NotModified { .. } | PollResult::Unchanged { .. } => PollReport::default(),
        PollResult::Failed { .. } => {
            twins::free_if_failing(conn, feed, is_gone, outcome.at)?;
            PollReport::default()
        }
        PollResult::Fetched {
            body_hash,
            format,
            title,
            language,
            entries,
            ..
        } => {
            describe(conn, feed, body_hash.as_ref(), format, title, language)?;
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
    use crate::model::Validators;

    /// What a poll without news costs: two rows changed, one by its claim and one by its commit.
    #[test]
    fn a_304_changes_one_row_twice() {
        let dir = tempfile::tempdir().expect("a folder");
        let conn = crate::store::sqlite::connect::open_writer(&dir.path().join("w.db"), None)
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
