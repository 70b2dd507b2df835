//! The whole database as JSON Lines.

use std::io::Write;
use std::path::Path;

use rusqlite::Connection;
use serde_json::json;

use super::restore::open;
use super::rows::{TABLE, columns, quoted, tables, to_json};
use crate::model::PROGRAM;
use crate::store::sqlite::faults::store_error;
use crate::store::sqlite::migrations::KNOWN;
use crate::store::sqlite::schema;
use crate::store::{ExchangeError, StoreError};

/// Form of the lines; grows when an older program could not read them.
pub(super) const FORMAT: u64 = 1;
/// Name of the first line's and the last line's kind, where rows name their table.
pub(super) const HEAD: &str = "wirewatch-export";
pub(super) const END: &str = "end";

/// Writes every row of the database at `path`, of one moment, beside whoever writes to it. Answers with the number of rows.
///
/// The first line says the form and the schema, the last one how many rows there are; between them stands one row a line,
/// with its table as `#`. The search index is left out: it is made anew.
///
/// # Errors
/// When the database has another schema than this program, or as SQLite and `out` fail.
pub fn export(path: &Path, out: &mut dyn Write) -> Result<u64, ExchangeError> {
    let found = schema::version_of(path)?;
    if found != KNOWN {
        return Err(ExchangeError::Store(StoreError::Other {
            path: path.display().to_string(),
            why: match found {
                0 => "there is no database yet; `wirewatch run` makes it".to_owned(),
                _ => format!(
                    "has schema {found}, this program knows {KNOWN}; `wirewatch run` updates it"
                ),
            },
        }));
    }
    let conn = open(path)?;
    let fault = |error| ExchangeError::Store(store_error(path, &error));
    let snapshot = conn.unchecked_transaction().map_err(fault)?;
    line(
        out,
        &json!({ TABLE: HEAD, "format": FORMAT, "schema": KNOWN, "version": PROGRAM }),
    )?;
    let mut rows = 0;
    for table in tables(&snapshot).map_err(fault)? {
        rows += write_table(&snapshot, &table, out, &fault)?;
    }
    line(out, &json!({ TABLE: END, "rows": rows }))?;
    out.flush()?;
    Ok(rows)
}

fn write_table(
    conn: &Connection,
    table: &str,
    out: &mut dyn Write,
    fault: &dyn Fn(rusqlite::Error) -> ExchangeError,
) -> Result<u64, ExchangeError> {
    let (columns, order) = columns(conn, table).map_err(fault)?;
    let names: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
    let sql = format!(
        "select {} from {} order by {order}",
        names.join(", "),
        quoted(table)
    );
    let mut statement = conn.prepare(&sql).map_err(fault)?;
    let mut rows = statement.query([]).map_err(fault)?;
    let mut number = 0;
    while let Some(row) = rows.next().map_err(fault)? {
        line(out, &to_json(table, &columns, row).map_err(fault)?)?;
        number += 1;
    }
    Ok(number)
}

fn line(out: &mut dyn Write, value: &serde_json::Value) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
