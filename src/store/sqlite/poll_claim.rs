//! Stage `poll`: claiming feeds.
//!
//! A claim looks at the first few of the feeds in question, however many there are. When their hosts are all
//! busy it leaps from host to host instead, so that a host with thousands of feeds hides no other and
//! nothing is looked through in vain.

use jiff::Timestamp;
use rusqlite::{Connection, Row, Statement, ToSql, named_params};

use super::feeds::feed_of;
use super::rows::{count, ms, to_json};
use super::{hosts, leases};
use crate::model::{Claim, Feed, Lessee};
use crate::store::FeedScope;

/// Candidates looked at per feed asked for, so that `per_host` has something to choose from.
const WINDOW_FACTOR: usize = 4;

/// Clocks are set by a little all the time.
const AHEAD_MS_MAX: i64 = 5 * 60 * 1000;

/// What a claim writes, around the select of the feeds' ids.
macro_rules! lease {
    ($($ids:expr),+) => {
        concat!(
            "update feed set leased_by = :lessee, leased_until = :until,
                 lease_no = lease_no + 1, attempt = attempt + 1
             where id in (", $($ids),+, ") returning *"
        )
    };
}

/// Of the first so many feeds of a scope those whose hosts are free. `:busy` is a JSON array.
macro_rules! first_of {
    ($which:expr, $order:expr) => {
        lease!(
            "select id from (
                 select id, due_at,
                     row_number() over (partition by host order by due_at, id) as nth_of_host
                 from (
                     select id, due_at, host from feed
                     where removed_at is null and leased_until <= :now and ",
            $which,
            $order,
            "
                     limit :window) as found
                 where host not in (select value from json_each(:busy))
                     and not exists (select 1 from host
                         where host.name = found.host and host.not_before > :now))
             where nth_of_host <= :per_host order by due_at, id limit :limit"
        )
    };
}

/// Tells whether there are more feeds of a scope than the window of a claim, with those of other leases left out.
macro_rules! is_more {
    ($which:expr) => {
        concat!(
            "select exists (select 1 from feed
                 where removed_at is null and leased_until <= :now and ",
            $which,
            "
                 limit 1 offset :window)"
        )
    };
}

/// Free hosts with a feed of a scope, found by leaping from one to the next in the index.
macro_rules! hosts_of {
    ($which:expr) => {
        concat!(
            "with recursive waiting(host) as (
                 select min(host) from feed where removed_at is null and parked = 0
                 union all
                 select (select min(host) from feed
                         where removed_at is null and parked = 0 and host > waiting.host)
                 from waiting where waiting.host is not null)
             select host from waiting
             where host is not null and host not in (select value from json_each(:busy))
                 and not exists (select 1 from host
                     where host.name = waiting.host and host.not_before > :now)
                 and exists (select 1 from feed
                     where feed.host = waiting.host and removed_at is null
                         and leased_until <= :now and ",
            $which,
            ")
             limit :limit"
        )
    };
}

/// Feeds of one host.
macro_rules! of_host {
    ($which:expr) => {
        lease!(
            "select id from feed
             where host = :host and removed_at is null and leased_until <= :now and ",
            $which,
            "
             order by due_at limit :limit"
        )
    };
}

/// The statements for one scope that takes in many feeds.
pub(super) struct Claims {
    pub(super) first: &'static str,
    pub(super) is_more: &'static str,
    pub(super) hosts: &'static str,
    pub(super) of_host: &'static str,
}

macro_rules! claims {
    ($which:expr, $order:expr) => {
        Claims {
            first: first_of!($which, $order),
            is_more: is_more!($which),
            hosts: hosts_of!($which),
            of_host: of_host!($which),
        }
    };
}

/// Feeds that are due, most overdue first.
pub(super) const DUE: Claims = claims!("parked = 0 and due_at <= :now", " order by due_at");
/// Feeds not polled since `:since`, longest ago first.
pub(super) const ALL: Claims = claims!("parked = 0 and polled_at < :since", " order by polled_at");
/// One feed, if it was not polled since `:since`; a parked one, too.
pub(super) const ONE: &str = first_of!("id = :feed and polled_at < :since", "");
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
    let mut claiming = Claiming {
        conn,
        lessee,
        since: None,
        feed: None,
        per_host,
        busy: busy_hosts.to_vec(),
        claimed: Vec::new(),
    };
    let statements = match scope {
        FeedScope::Due => {
            after_the_clock_was_set_back(conn, lessee.now)?;
            leases::shorten_those_ahead(conn, lessee)?;
            &DUE
        }
        FeedScope::All { since } => {
            claiming.since = Some(ms(since));
            &ALL
        }
        FeedScope::One { feed, since } => {
            (claiming.feed, claiming.since) = (Some(feed.0), Some(ms(since)));
            claiming.first(ONE, limit)?;
            return Ok(claiming.in_order());
        }
    };
    claiming.first(statements.first, limit)?;
    if claiming.claimed.len() < limit && claiming.is_more(statements.is_more, limit)? {
        claiming.by_host(statements, limit)?;
    }
    Ok(claiming.in_order())
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

/// A claim in the making.
struct Claiming<'a> {
    conn: &'a Connection,
    lessee: &'a Lessee,
    since: Option<i64>,
    feed: Option<i64>,
    per_host: usize,
    busy: Vec<String>,
    /// With the times at which they were due.
    claimed: Vec<(i64, Claim<Feed>)>,
}

impl Claiming<'_> {
    /// Takes of the first feeds of the scope.
    fn first(&mut self, sql: &str, limit: usize) -> rusqlite::Result<()> {
        self.lease(sql, None, limit, self.per_host)
    }

    /// True when the window did not show everything. What it gave is leased and not counted any more.
    fn is_more(&self, sql: &str, limit: usize) -> rusqlite::Result<bool> {
        let unseen = window(limit).saturating_sub(self.claimed.len());
        let mut statement = self.conn.prepare_cached(sql)?;
        self.bind(&mut statement, &[(":window", &count(unseen))])?;
        let mut rows = statement.raw_query();
        rows.next()?.map_or(Ok(false), |row| row.get(0))
    }

    /// Takes of every host that is free and has given nothing yet.
    fn by_host(&mut self, statements: &Claims, limit: usize) -> rusqlite::Result<()> {
        let given = self.claimed.iter().map(|(_, claim)| &claim.item.spec.host);
        self.busy.extend(given.cloned().collect::<Vec<_>>());
        for host in self.free_hosts(statements.hosts, limit)? {
            let left = limit.saturating_sub(self.claimed.len());
            if left == 0 {
                break;
            }
            let of_host = left.min(self.per_host);
            self.lease(statements.of_host, Some(&host), of_host, of_host)?;
        }
        Ok(())
    }

    fn free_hosts(&self, sql: &str, limit: usize) -> rusqlite::Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let busy = to_json(&self.busy)?;
        self.bind(
            &mut statement,
            &[(":busy", &busy), (":limit", &count(limit))],
        )?;
        statement.raw_query().mapped(|row| row.get(0)).collect()
    }

    fn lease(
        &mut self,
        sql: &str,
        host: Option<&str>,
        limit: usize,
        per_host: usize,
    ) -> rusqlite::Result<()> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let busy = to_json(&self.busy)?;
        self.bind(
            &mut statement,
            named_params! {
                ":lessee": self.lessee.name,
                ":until": ms(self.lessee.until()),
                ":busy": busy,
                ":host": host,
                ":window": count(window(limit)),
                ":per_host": count(per_host),
                ":limit": count(limit),
            },
        )?;
        for claim in statement.raw_query().mapped(claim_of) {
            self.claimed.push(claim?);
        }
        Ok(())
    }

    /// Binds those of the parameters that the statement has.
    fn bind(
        &self,
        statement: &mut Statement<'_>,
        params: &[(&str, &dyn ToSql)],
    ) -> rusqlite::Result<()> {
        let now = ms(self.lessee.now);
        let of_scope = named_params! { ":now": now, ":since": self.since, ":feed": self.feed };
        for (name, value) in of_scope.iter().chain(params) {
            if let Some(index) = statement.parameter_index(name)? {
                statement.raw_bind_parameter(index, value)?;
            }
        }
        Ok(())
    }

    /// The most overdue first.
    fn in_order(mut self) -> Vec<Claim<Feed>> {
        self.claimed
            .sort_by_key(|(due_at, claim)| (*due_at, claim.item.id));
        self.claimed.into_iter().map(|(_, claim)| claim).collect()
    }
}

fn window(limit: usize) -> usize {
    limit.saturating_mul(WINDOW_FACTOR)
}

fn claim_of(row: &Row<'_>) -> rusqlite::Result<(i64, Claim<Feed>)> {
    let claim = Claim {
        item: feed_of(row)?,
        lease_no: row.get("lease_no")?,
        attempt: row.get("attempt")?,
    };
    Ok((row.get("due_at")?, claim))
}
