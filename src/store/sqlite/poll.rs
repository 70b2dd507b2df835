//! Stage `poll`: claiming feeds, committing what a poll found.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Statement, ToSql, named_params, params};

use super::entries;
use super::feeds::feed_of;
use super::hosts;
use super::rows::{count, ms, to_json, word};
use crate::model::{
    Claim, Committed, Feed, FeedFormat, FeedId, Lessee, PollOutcome, PollResult, PollState,
    Validators,
};
use crate::store::{FeedScope, PollReport};

/// Candidates looked at per feed asked for, so that `per_host` has something to choose from.
const WINDOW_FACTOR: usize = 20;

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
                         where removed_at is null and parked = 0 and leased_until <= :now
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
pub(super) const CLAIM_DUE: &str = claim_feeds!("due_at <= :now order by due_at");
/// Feeds not polled since `:since`, longest ago first.
pub(super) const CLAIM_ALL: &str = claim_feeds!("polled_at < :since order by polled_at");
/// One feed, if it was not polled since `:since`.
pub(super) const CLAIM_ONE: &str = claim_feeds!("id = :feed and polled_at < :since");
/// The fence of a commit.
pub(super) const FENCE: &str =
    "select first_success_at from feed where id = ?1 and lease_no = ?2 and leased_by is not null";

/// See `Store::claim_feeds`.
pub(super) fn claim(
    conn: &Connection,
    lessee: &Lessee,
    scope: FeedScope,
    limit: usize,
    per_host: usize,
    busy_hosts: &[String],
) -> rusqlite::Result<Vec<Claim<Feed>>> {
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

/// See `Store::commit_poll`.
pub(super) fn commit(
    conn: &Connection,
    feed: FeedId,
    lease_no: i64,
    outcome: PollOutcome,
) -> rusqlite::Result<Committed<PollReport>> {
    let held = conn
        .prepare_cached(FENCE)?
        .query_row(params![feed.0, lease_no], |_| Ok(()))
        .optional()?;
    if held.is_none() {
        return Ok(Committed::Stale);
    }
    let at = outcome.at;
    hosts::of_feed_not_before(conn, feed, outcome.host_not_before)?;
    let report = match outcome.result {
        PollResult::NotModified { validators } | PollResult::Unchanged { validators } => {
            succeed(conn, feed, at, &validators)?;
            PollReport::default()
        }
        PollResult::Fetched {
            validators,
            body_hash,
            format,
            title,
            language,
            entries,
        } => {
            succeed(conn, feed, at, &validators)?;
            describe(conn, feed, body_hash.as_ref(), format, title, language)?;
            let report = entries::upsert_all(conn, feed, at, entries)?;
            if report.new_entries > 0 {
                // A hub that had promised them did not push them: it is not to be relied on.
                conn.prepare_cached(
                    "update feed set last_new_at = ?2, subscribed_until = null where id = ?1",
                )?
                .execute(params![feed.0, ms(at)])?;
            }
            report
        }
        PollResult::Failed { why, status, .. } => {
            conn.prepare_cached(
                "update feed set failures = failures + 1, last_error = ?2, last_status = ?3
                 where id = ?1",
            )?
            .execute(params![feed.0, why, status])?;
            PollReport::default()
        }
    };
    if let Some(state) = outcome.state {
        learn(conn, feed, &state)?;
    }
    finish(conn, feed, at, outcome.due_at)?;
    Ok(Committed::Done(report))
}

fn succeed(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    validators: &Validators,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update feed set etag = :etag, last_modified = :last_modified,
             first_success_at = coalesce(first_success_at, :at), last_success_at = :at,
             failures = 0, last_error = null, last_status = null
         where id = :id",
    )?
    .execute(named_params! {
        ":id": feed.0,
        ":etag": validators.etag,
        ":last_modified": validators.last_modified,
        ":at": ms(at),
    })
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

fn finish(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    due_at: Timestamp,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update feed set polled_at = ?2, due_at = ?3, leased_by = null, leased_until = 0, attempt = 0
         where id = ?1",
    )?
    .execute(params![feed.0, ms(at), ms(due_at)])
}
