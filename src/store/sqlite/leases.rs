//! What a daemon that was killed still had in hand is free again as soon as the next one starts.

use rusqlite::{Connection, params};

use super::rows::ms;
use crate::model::Lessee;

/// No claim holds for longer.
const HOLD_MS_MAX: i64 = 3_600_000;

/// Leases that end later than any claim made now: the clock was set back. They end as if they were taken now, so that who
/// has the work in hand can still commit it.
pub(super) fn shorten_those_ahead(conn: &Connection, lessee: &Lessee) -> rusqlite::Result<()> {
    for sql in AHEAD {
        conn.prepare_cached(sql)?.execute(params![
            ms(lessee.until()),
            ms(lessee.now).saturating_add(HOLD_MS_MAX)
        ])?;
    }
    Ok(())
}

/// By the partial indexes of leased rows.
pub(super) const AHEAD: [&str; 6] = [
    "update feed set leased_until = ?1 where leased_until > 0 and leased_until > ?2",
    "update article set leased_until = ?1 where state = 'wanted' and leased_until > 0 and leased_until > ?2",
    "update article set leased_until = ?1 where state = 'read' and leased_until > 0 and leased_until > ?2",
    "update delivery set leased_until = ?1 where state = 'pending' and leased_until > 0 and leased_until > ?2",
    "update digest_schedule set leased_until = ?1 where leased_until > ?2",
    "update subscription set leased_until = ?1 where leased_until > 0 and leased_until > ?2",
];

/// Ends every lease of an earlier daemon called `name`: the instance lock proves that it is gone.
/// Commands at work beside it keep theirs.
///
/// Attempts stay counted, so that an article that takes the whole process down is parked in the end.
pub(super) fn end_of_the_dead(conn: &Connection, name: &str) -> rusqlite::Result<usize> {
    let mut ended = 0;
    for (table, condition) in [
        ("feed", "leased_until > 0"),
        ("article", "leased_until > 0"),
        ("delivery", "leased_until > 0 and state = 'pending'"),
        ("digest_schedule", "leased_until > 0"),
        ("subscription", "leased_until > 0"),
    ] {
        ended += conn.execute(
            &format!(
                "update {table} set leased_by = null, leased_until = 0
                 where {condition} and substr(leased_by, 1, length(?1)) = ?1"
            ),
            params![name],
        )?;
    }
    Ok(ended)
}
