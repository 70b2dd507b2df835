//! What the pages of hosts taught: one row a host, written with the article that taught it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{Columns, Packed, ms};
use crate::model::{LearntHost, StoredHost};

/// The memory of one host; not unpacked when it is the known one.
pub(super) const OF_HOST: &str =
    "select updated_at, pages, iif(updated_at = ?2, null, memory) as memory
     from host_memory where host = ?1";
/// Memories that nothing was added to for a long time.
pub(super) const OLD: &str = "delete from host_memory where host in (
         select host from host_memory where updated_at < ?1 order by updated_at limit ?2)";

/// See `Queries::host_memory`.
pub(super) fn of_host(
    conn: &Connection,
    host: &str,
    known: Option<Timestamp>,
) -> rusqlite::Result<Option<StoredHost>> {
    conn.prepare_cached(OF_HOST)?
        .query_row(params![host, known.map(ms)], |row| {
            let memory: Option<Packed> = row.get("memory")?;
            Ok(StoredHost {
                updated_at: row.instant("updated_at")?,
                pages: row.count("pages")?,
                memory: memory.map(|packed| packed.0),
            })
        })
        .optional()
}

/// Writes what was learnt; another process' memory of the host may be written over, never mixed with it.
pub(super) fn write(conn: &Connection, learnt: LearntHost, at: Timestamp) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert into host_memory (host, updated_at, pages, memory) values (?1, ?2, ?3, ?4)
         on conflict (host) do update set updated_at = excluded.updated_at, pages = excluded.pages,
             memory = excluded.memory",
    )?
    .execute(params![
        learnt.host,
        ms(at),
        learnt.pages,
        Packed(learnt.memory)
    ])?;
    Ok(())
}

/// See `Store::forget_host`.
pub(super) fn forget(conn: &Connection, host: &str) -> rusqlite::Result<bool> {
    let gone = conn.execute("delete from host_memory where host = ?1", [host])?;
    Ok(gone > 0)
}
