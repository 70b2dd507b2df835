//! Making the file small and quick again.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::store::sqlite::connect::set_up;
use crate::store::sqlite::faults::store_error;
use crate::store::sqlite::schema;
use crate::store::{OptimiseReport, StoreError};

/// Free pages given back in one transaction: others write in between.
const STEP_PAGES: u32 = 2_000;
/// Pages of the search index merged in one transaction.
const MERGE_PAGES: i64 = 500;

/// Merges the search index, gives all free pages back, and looks at the tables anew for the planner, in small steps between
/// which others write.
///
/// # Errors
/// As SQLite fails.
pub fn optimise(path: &Path) -> Result<OptimiseReport, StoreError> {
    let fault = |error| store_error(path, &error);
    if schema::version_of(path)? == 0 {
        return Err(StoreError::Other {
            path: path.display().to_string(),
            why: "there is no database yet; `wirewatch run` makes it".to_owned(),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(fault)?;
    set_up(&conn, 2 << 10).map_err(fault)?;
    let before = size(&conn).map_err(fault)?;
    merge(&conn).map_err(fault)?;
    shrink(&conn).map_err(fault)?;
    // 0x10000: all tables, also those that this connection has not read.
    conn.execute_batch("pragma optimize = 0x10002; pragma wal_checkpoint(truncate);")
        .map_err(fault)?;
    let after = size(&conn).map_err(fault)?;
    Ok(OptimiseReport { before, after })
}

fn size(conn: &Connection) -> rusqlite::Result<u64> {
    let sql = "select page_count * page_size from pragma_page_count, pragma_page_size";
    conn.query_row(sql, [], |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))
}

/// Merges the segments of the search index until nothing is left to merge.
fn merge(conn: &Connection) -> rusqlite::Result<()> {
    // A negative number begins a merge of all segments, further ones go on with it.
    let mut pages = -MERGE_PAGES;
    loop {
        let before = conn.total_changes();
        conn.execute(
            "insert into article_words (article_words, rank) values ('merge', ?1)",
            [pages],
        )?;
        // One row is that of the command itself; SQLite's documentation says how to see the end.
        if conn.total_changes() - before < 2 {
            return Ok(());
        }
        pages = MERGE_PAGES;
    }
}

/// Gives all free pages back to the system.
pub(super) fn shrink(conn: &Connection) -> rusqlite::Result<()> {
    loop {
        let free: i64 = conn.query_row("pragma freelist_count", [], |row| row.get(0))?;
        if free == 0 {
            return Ok(());
        }
        let mut statement = conn.prepare(&format!("pragma incremental_vacuum({STEP_PAGES})"))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        drop(rows);
        drop(statement);
        let left: i64 = conn.query_row("pragma freelist_count", [], |row| row.get(0))?;
        if left >= free {
            // A file that was made without the means to do it.
            return Ok(());
        }
    }
}
