//! When each stage has something to do next.

use jiff::Timestamp;
use rusqlite::Connection;

use super::rows::{instant, ms};
use crate::store::NextDue;

/// Each select answers with the earliest time of one kind of waiting row, or null. A row that is
/// waiting for its host counts when the host's time has come; a leased one when its lease ends (`> 0`
/// lets SQLite see that the partial index of leased rows serves).
pub(super) const POLL: &[&str] = &[
    "select due_at from feed where removed_at is null and parked = 0 and due_at <= ?1 and leased_until <= ?1
         and not exists (select 1 from host
             where host.name = feed.host and host.not_before > ?1)
     order by due_at limit 1",
    "select min(due_at) from feed where removed_at is null and parked = 0 and due_at > ?1",
    "select min(leased_until) from feed where leased_until > 0 and leased_until > ?1",
    "select min(not_before) from host where not_before > ?1",
];
/// As [`POLL`], for wanted articles.
pub(super) const READ: &[&str] = &[
    "select ?1 from article where state = 'wanted' and due_at is null and leased_until <= ?1
         and not exists (select 1 from host
             where host.name = article.host and host.not_before > ?1)
     order by backlog, sort_at desc limit 1",
    "select min(due_at) from article where state = 'wanted' and due_at is not null",
    "select min(due_at) from reread where due_at is not null",
    "select min(leased_until) from article where state = 'wanted' and leased_until > 0 and leased_until > ?1",
    "select min(not_before) from host where not_before > ?1
         and exists (select 1 from article where state = 'wanted' and due_at is null)",
];
/// As [`POLL`], for articles to be judged.
pub(super) const JUDGE: &[&str] = &[
    "select ?1 from article where state = 'read' and due_at is null and leased_until <= ?1
     order by backlog, sort_at desc limit 1",
    "select min(due_at) from article where state = 'read' and due_at is not null",
    "select min(leased_until) from article where state = 'read' and leased_until > 0 and leased_until > ?1",
];
/// As [`POLL`], for deliveries; one that waits for an older one of its alert does not count.
pub(super) const SEND: &[&str] = &[
    concat!(
        "select due_at from delivery as d
         where state = 'pending' and due_at <= ?1 and leased_until <= ?1 and ",
        super::send::is_first_of_its_alert!(),
        " order by due_at limit 1"
    ),
    "select min(due_at) from delivery where state = 'pending' and due_at > ?1",
    "select min(leased_until) from delivery where state = 'pending' and leased_until > 0 and leased_until > ?1",
];
/// As [`POLL`], for digests.
pub(super) const DIGEST: &[&str] = &["select min(max(next_at, leased_until)) from digest_schedule
     where removed_at is null"];
/// As [`POLL`], for WebSub subscriptions.
pub(super) const SUBSCRIBE: &[&str] = &[
    "select due_at from subscription where due_at <= ?1 and leased_until <= ?1 order by due_at limit 1",
    "select min(due_at) from subscription where due_at > ?1",
    "select min(leased_until) from subscription where leased_until > 0 and leased_until > ?1",
];

/// As [`POLL`], for alerts whose life goes on and mutes that end.
pub(super) const LIFE: &[&str] = &[
    "select min(due_at) from alert where due_at is not null",
    "select min(until) from mute where ended_at is null and until is not null",
];

/// See `Store::next_due`.
pub(super) fn next(conn: &Connection, now: Timestamp) -> rusqlite::Result<NextDue> {
    Ok(NextDue {
        poll: earliest(conn, POLL, now)?,
        read: earliest(conn, READ, now)?,
        judge: earliest(conn, JUDGE, now)?,
        send: earliest(conn, SEND, now)?,
        digest: earliest(conn, DIGEST, now)?,
        subscribe: earliest(conn, SUBSCRIBE, now)?,
        life: earliest(conn, LIFE, now)?,
    })
}

fn earliest(
    conn: &Connection,
    selects: &[&str],
    now: Timestamp,
) -> rusqlite::Result<Option<Timestamp>> {
    let params: [&dyn rusqlite::ToSql; 1] = [&ms(now)];
    let mut earliest: Option<i64> = None;
    for select in selects {
        let mut statement = conn.prepare_cached(select)?;
        let wanted = statement.parameter_count();
        let mut rows = statement.query(&params[..wanted])?;
        let time: Option<i64> = match rows.next()? {
            Some(row) => row.get(0)?,
            None => None,
        };
        earliest = match (earliest, time) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    Ok(earliest.map(instant))
}
