//! WebSub subscriptions: which there are, whom to ask, what hubs said and pushed.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use secrecy::ExposeSecret;

use super::entries;
use super::rows::{Columns, count, ms, to_json};
use crate::model::{
    Claim, Committed, FeedId, HeldSubscription, HubFeed, Lessee, NewSubscription, PollState,
    PolledEntry, Rhythm, Subscription, SubscriptionAnswer, SubscriptionChanges, SubscriptionId,
    SubscriptionOutcome, SubscriptionView,
};
use crate::store::PollReport;

/// Subscriptions that are due, most overdue first.
pub(super) const CLAIM: &str = "update subscription set leased_by = :lessee, leased_until = :until,
         lease_no = lease_no + 1, attempt = attempt + 1
     where id in (select id from subscription where due_at <= :now and leased_until <= :now
         order by due_at limit :limit)
     returning *,
         (select url from feed where feed.id = feed_id) as feed_url,
         (select kind from feed where feed.id = feed_id) as kind,
         (select lang from feed where feed.id = feed_id) as lang";
/// The fence of an attempt.
pub(super) const FENCE: &str =
    "select 1 from subscription where id = ?1 and lease_no = ?2 and leased_by is not null";
/// Looks up a subscription by what its hub knows.
pub(super) const BY_TOKEN: &str =
    "select subscription.*, feed.url as feed_url, feed.kind, feed.lang
     from subscription join feed on feed.id = subscription.feed_id where token = ?1";
/// The subscription of a feed; one that ends gives way to one that goes on.
pub(super) const OF_FEED: &str = "select * from subscription where feed_id = ?1
     order by state = 'ending', id desc limit 1";
/// A push is for a feed that is still polled.
pub(super) const PUSHED: &str = "update feed set pushed_at = ?2, subscribed_until =
         (select granted_until from subscription where feed_id = ?1 and state = 'verified')
     where id = ?1 and removed_at is null and parked = 0";

/// See `Store::hub_feeds`.
pub(super) fn hub_feeds(conn: &Connection) -> rusqlite::Result<Vec<HubFeed>> {
    conn.prepare_cached(
        "select id, url, state, failures = 0 and last_success_at is not null as healthy from feed
         where removed_at is null and parked = 0 and kind <> 'page'
             and json_array_length(state, '$.links.hubs') > 0
         order by id",
    )?
    .query_map([], |row| {
        let url: String = row.get("url")?;
        let state: PollState = row.json("state")?;
        Ok(HubFeed {
            feed: FeedId(row.get("id")?),
            polled_url: state.poll_url.unwrap_or_else(|| url.clone()),
            url,
            healthy: row.get("healthy")?,
            links: state.links,
        })
    })?
    .collect()
}

/// See `Store::subscriptions`.
pub(super) fn held(conn: &Connection) -> rusqlite::Result<Vec<HeldSubscription>> {
    conn.prepare_cached("select * from subscription order by id")?
        .query_map([], |row| {
            Ok(HeldSubscription {
                id: SubscriptionId(row.get("id")?),
                feed: FeedId(row.get("feed_id")?),
                hub: row.get("hub")?,
                topic: row.get("topic")?,
                callback: row.get("callback")?,
                state: row.word("state")?,
                tries: row.get("tries")?,
            })
        })?
        .collect()
}

/// See `Store::change_subscriptions`.
pub(super) fn change(
    conn: &Connection,
    changes: &SubscriptionChanges,
    now: Timestamp,
) -> rusqlite::Result<()> {
    for id in &changes.end {
        end(conn, *id, now)?;
    }
    for new in &changes.begin {
        begin(conn, new, now)?;
    }
    Ok(())
}

fn end(conn: &Connection, id: SubscriptionId, now: Timestamp) -> rusqlite::Result<()> {
    rely_no_more(conn, id)?;
    // A hub that has refused holds nothing that could be ended.
    let refused = conn
        .prepare_cached(
            "delete from subscription
             where id = ?1 and state in ('denied', 'failed') and granted_until is null",
        )?
        .execute([id.0])?;
    if refused > 0 {
        return Ok(());
    }
    // Whoever asks the hub at this moment asks for the wrong thing: that commit becomes stale.
    conn.prepare_cached(
        "update subscription set state = 'ending', due_at = ?2, tries = 0, last_error = null,
             lease_no = lease_no + 1, leased_by = null, leased_until = 0, attempt = 0
         where id = ?1 and state <> 'ending'",
    )?
    .execute(params![id.0, ms(now)])
    .map(|_| ())
}

fn begin(conn: &Connection, new: &NewSubscription, now: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert into subscription (feed_id, hub, topic, callback, token, secret, state, due_at)
         values (:feed, :hub, :topic, :callback, :token, :secret, 'pending', :now)",
    )?
    .execute(named_params! {
        ":feed": new.feed.0,
        ":hub": new.hub,
        ":topic": new.topic,
        ":callback": new.callback,
        ":token": new.token,
        ":secret": new.secret.as_ref().map(ExposeSecret::expose_secret),
        ":now": ms(now),
    })
    .map(|_| ())
}

/// See `Store::claim_subscriptions`.
pub(super) fn claim(
    conn: &Connection,
    lessee: &Lessee,
    limit: usize,
) -> rusqlite::Result<Vec<Claim<Subscription>>> {
    conn.prepare_cached(CLAIM)?
        .query_map(
            named_params! {
                ":lessee": lessee.name,
                ":until": ms(lessee.until()),
                ":now": ms(lessee.now),
                ":limit": count(limit),
            },
            |row| {
                Ok(Claim {
                    item: subscription_of(row)?,
                    lease_no: row.get("lease_no")?,
                    attempt: row.get("attempt")?,
                })
            },
        )?
        .collect()
}

/// See `Store::commit_subscription`.
pub(super) fn commit(
    conn: &Connection,
    id: SubscriptionId,
    lease_no: i64,
    outcome: &SubscriptionOutcome,
) -> rusqlite::Result<Committed> {
    let held = conn
        .prepare_cached(FENCE)?
        .query_row(params![id.0, lease_no], |_| Ok(()))
        .optional()?;
    if held.is_none() {
        return Ok(Committed::Stale);
    }
    if outcome.forget {
        forget(conn, id)?;
        return Ok(Committed::Done(()));
    }
    // A renewal that failed leaves the lease in force to its end.
    conn.prepare_cached(
        "update subscription set
             state = case
                 when state = 'ending' or (state = 'verified' and granted_until > :at) then state
                 when :failed is null then 'pending'
                 else 'failed' end,
             tries = tries + 1, last_error = :failed, due_at = :due_at,
             leased_by = null, leased_until = 0, attempt = 0
         where id = :id",
    )?
    .execute(named_params! {
        ":id": id.0,
        ":at": ms(outcome.at),
        ":failed": outcome.failed,
        ":due_at": ms(outcome.due_at),
    })?;
    Ok(Committed::Done(()))
}

/// See `Store::subscription_by_token`.
pub(super) fn by_token(conn: &Connection, token: &str) -> rusqlite::Result<Option<Subscription>> {
    conn.prepare_cached(BY_TOKEN)?
        .query_row([token], subscription_of)
        .optional()
}

/// See `Store::commit_answer`.
pub(super) fn answer(
    conn: &Connection,
    id: SubscriptionId,
    answer: &SubscriptionAnswer,
) -> rusqlite::Result<()> {
    match answer {
        SubscriptionAnswer::Verified {
            granted_until,
            due_at,
        } => {
            settle(conn, id, "verified", None, *due_at)?;
            conn.prepare_cached("update subscription set granted_until = ?2 where id = ?1")?
                .execute(params![id.0, ms(*granted_until)])?;
            conn.prepare_cached(
                "update feed set subscribed_until = ?2 where subscribed_until is not null
                     and id = (select feed_id from subscription where id = ?1)",
            )?
            .execute(params![id.0, ms(*granted_until)])?;
        }
        SubscriptionAnswer::Denied { reason, due_at } => {
            rely_no_more(conn, id)?;
            settle(conn, id, "denied", Some(reason), *due_at)?;
            conn.prepare_cached("update subscription set granted_until = null where id = ?1")?
                .execute([id.0])?;
        }
        SubscriptionAnswer::Ended => forget(conn, id)?,
    }
    Ok(())
}

/// The hub has answered: whoever still waits for its word on the request has nothing to add.
fn settle(
    conn: &Connection,
    id: SubscriptionId,
    state: &str,
    error: Option<&String>,
    due_at: Timestamp,
) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update subscription set state = ?2, last_error = ?3, due_at = ?4, tries = 0,
             lease_no = lease_no + 1, leased_by = null, leased_until = 0, attempt = 0
         where id = ?1 and state <> 'ending'",
    )?
    .execute(params![id.0, state, error, ms(due_at)])
}

/// The feed is polled as if it had no hub.
fn rely_no_more(conn: &Connection, id: SubscriptionId) -> rusqlite::Result<usize> {
    conn.prepare_cached(
        "update feed set subscribed_until = null
         where id = (select feed_id from subscription where id = ?1 and state <> 'ending')",
    )?
    .execute([id.0])
}

fn forget(conn: &Connection, id: SubscriptionId) -> rusqlite::Result<()> {
    conn.prepare_cached("delete from subscription where id = ?1")?
        .execute([id.0])
        .map(|_| ())
}

/// See `Store::commit_push`.
pub(super) fn push(
    conn: &Connection,
    feed: FeedId,
    at: Timestamp,
    entries: Vec<PolledEntry>,
    rhythm: Option<&Rhythm>,
) -> rusqlite::Result<PollReport> {
    let is_polled = conn
        .prepare_cached(PUSHED)?
        .execute(params![feed.0, ms(at)])?;
    if is_polled == 0 {
        return Ok(PollReport::default());
    }
    conn.prepare_cached(
        "update subscription set last_push_at = ?2, pushes = pushes + 1
         where feed_id = ?1 and state <> 'ending'",
    )?
    .execute(params![feed.0, ms(at)])?;
    let report = entries::upsert_all(conn, feed, at, entries)?;
    if report.new_entries > 0 {
        conn.prepare_cached("update feed set last_new_at = ?2 where id = ?1")?
            .execute(params![feed.0, ms(at)])?;
        if let Some(rhythm) = rhythm {
            conn.prepare_cached(
                "update feed set state = json_set(state, '$.rhythm', json(?2)) where id = ?1",
            )?
            .execute(params![feed.0, to_json(rhythm)?])?;
        }
    }
    Ok(report)
}

/// See `Store::rhythm`.
pub(super) fn rhythm(
    conn: &Connection,
    feed: FeedId,
) -> rusqlite::Result<Option<(Rhythm, Option<Timestamp>)>> {
    conn.prepare_cached("select state, last_new_at from feed where id = ?1")?
        .query_row([feed.0], |row| {
            let state: PollState = row.json("state")?;
            Ok((state.rhythm, row.instant_opt("last_new_at")?))
        })
        .optional()
}

/// See `Store::reject_push`.
pub(super) fn reject(conn: &Connection, id: SubscriptionId) -> rusqlite::Result<u64> {
    let rejected = conn
        .prepare_cached(
            "update subscription set rejected = rejected + 1 where id = ?1 returning rejected",
        )?
        .query_row([id.0], |row| row.count("rejected"))
        .optional()?;
    Ok(rejected.unwrap_or(0))
}

/// See `Queries::subscription`.
pub(super) fn view(conn: &Connection, feed: FeedId) -> rusqlite::Result<Option<SubscriptionView>> {
    conn.prepare_cached(OF_FEED)?
        .query_row([feed.0], |row| {
            Ok(SubscriptionView {
                hub: row.get("hub")?,
                topic: row.get("topic")?,
                state: row.word("state")?,
                granted_until: row.instant_opt("granted_until")?,
                next_request: row.instant("due_at")?,
                tries: row.get("tries")?,
                last_error: row.get("last_error")?,
                last_push: row.instant_opt("last_push_at")?,
                pushes: row.count("pushes")?,
                rejected: row.count("rejected")?,
            })
        })
        .optional()
}

fn subscription_of(row: &Row<'_>) -> rusqlite::Result<Subscription> {
    Ok(Subscription {
        id: SubscriptionId(row.get("id")?),
        feed: FeedId(row.get("feed_id")?),
        feed_url: row.get("feed_url")?,
        kind: row.word("kind")?,
        lang: row.get("lang")?,
        hub: row.get("hub")?,
        topic: row.get("topic")?,
        callback: row.get("callback")?,
        secret: row.get::<_, Option<String>>("secret")?.map(Into::into),
        state: row.word("state")?,
        tries: row.get("tries")?,
    })
}
