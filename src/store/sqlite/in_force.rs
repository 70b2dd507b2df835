//! Which config the daemon works with, for `status`.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{Columns, ms};
use crate::store::InForce;

/// See `Store::put_in_force`.
pub(super) fn put(conn: &Connection, rule_set: &str, now: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert or replace into in_force (id, rule_set, loaded_at) values (1, ?1, ?2)",
    )?
    .execute(params![rule_set, ms(now)])
    .map(|_| ())
}

/// See `Store::refuse_config`.
pub(super) fn refuse(conn: &Connection, why: &str, now: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached("update in_force set refused_at = ?1, refusal = ?2")?
        .execute(params![ms(now), why])
        .map(|_| ())
}

/// See `Queries::in_force`.
pub(super) fn view(conn: &Connection) -> rusqlite::Result<Option<InForce>> {
    conn.prepare_cached("select * from in_force")?
        .query_row([], |row| {
            Ok(InForce {
                rule_set: row.get("rule_set")?,
                loaded_at: row.instant("loaded_at")?,
                refused_at: row.instant_opt("refused_at")?,
                refusal: row.get("refusal")?,
            })
        })
        .optional()
}
