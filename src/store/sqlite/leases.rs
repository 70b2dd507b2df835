//! What a daemon that was killed still had in hand is free again as soon as the next one starts.

use rusqlite::{Connection, params};

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
