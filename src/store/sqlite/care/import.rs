//! A database made of what `export` wrote.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde_json::{Map, Value as Json};

use super::beside;
use super::disk::{folder, sync};
use super::export::{END, FORMAT, HEAD};
use super::rows::{TABLE, columns, from_json, quoted, tables};
use crate::store::sqlite::connect::{check_folder, create_file, set_up_file};
use crate::store::sqlite::faults::{io_error, store_error};
use crate::store::sqlite::instance::InstanceLock;
use crate::store::sqlite::migrations::{KNOWN, migrate};
use crate::store::sqlite::rows::Packed;
use crate::store::sqlite::versions::index;
use crate::store::{ExchangeError, StoreError};
use crate::text::search_words;
use crate::world::ownership;

/// The longest line that is read: a row holds one text or page, and those are bounded when they are fetched.
const LINE_BYTES_MAX: u64 = 512 << 20;

/// Makes the database at `path` of exported lines, which may be those of an older schema. Answers with the number of rows.
///
/// It is made under another name, with the schema of the export, updated, and only then given its name: a failure leaves
/// nothing behind.
///
/// # Errors
/// [`ExchangeError::Line`] with its number for what cannot be read; `Other` when there is a database with feeds or articles
/// already; [`StoreError::InUse`] beside a daemon.
pub fn import(path: &Path, lines: &mut dyn BufRead) -> Result<u64, ExchangeError> {
    check_folder(path)?;
    let _lock = InstanceLock::take(path, "wirewatch store import")?;
    refuse_filled(path)?;
    let part = beside(path, ".imported");
    let names = ["", "-wal", "-shm"];
    let clear = || {
        names
            .iter()
            .for_each(|end| drop(std::fs::remove_file(beside(&part, end))))
    };
    // What a killed import has left.
    clear();
    let made = make(&part, lines);
    if made.is_err() {
        clear();
    }
    let rows = made?;
    sync(&part).map_err(|error| io_error(&part, &error))?;
    ownership::in_place_of(&part, std::fs::metadata(path).ok().as_ref(), Some(0o660))
        .map_err(|error| io_error(&part, &error))?;
    for end in &names[1..] {
        // Of the empty database that is replaced.
        let _ = std::fs::remove_file(beside(path, end));
    }
    std::fs::rename(&part, path).map_err(|error| io_error(path, &error))?;
    sync(folder(path)).map_err(|error| io_error(path, &error))?;
    Ok(rows)
}

/// An import is no merge: ids would meet.
fn refuse_filled(path: &Path) -> Result<(), StoreError> {
    if crate::store::sqlite::schema::version_of(path)? == 0 {
        return Ok(());
    }
    let filled = super::restore::open(path)?
        .query_row(
            "select exists (select 1 from feed) or exists (select 1 from article)",
            [],
            |row| row.get(0),
        )
        .map_err(|error| store_error(path, &error))?;
    match filled {
        false => Ok(()),
        true => Err(StoreError::Other {
            path: path.display().to_string(),
            why: "is not empty; move it away, or name another [store] path".to_owned(),
        }),
    }
}

fn make(part: &Path, lines: &mut dyn BufRead) -> Result<u64, ExchangeError> {
    let fault = |error| ExchangeError::Store(store_error(part, &error));
    let mut reader = Lines { lines, number: 0 };
    let head = reader
        .next()?
        .ok_or_else(|| reader.wrong("is missing: the input is empty"))?;
    let schema = schema_of(&head, &reader)?;
    create_file(part)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(part, flags).map_err(fault)?;
    set_up_file(&conn).map_err(fault)?;
    migrate(&mut conn, part, schema, &mut |_| ())?;
    // Rows come in the order of their tables' names; that all refer to rows is looked at in the end.
    conn.execute_batch("pragma foreign_keys = off; pragma synchronous = off;")
        .map_err(fault)?;
    let rows = fill(&conn, &mut reader, &fault)?;
    migrate(&mut conn, part, KNOWN, &mut |_| ())?;
    index_all(&conn).map_err(fault)?;
    conn.execute_batch("pragma optimize = 0x10002; pragma wal_checkpoint(truncate);")
        .map_err(fault)?;
    Ok(rows)
}

fn schema_of(head: &Map<String, Json>, reader: &Lines<'_>) -> Result<u32, ExchangeError> {
    if head.get(TABLE).and_then(Json::as_str) != Some(HEAD) {
        return Err(reader.wrong("is not the head of an export of wirewatch"));
    }
    let number = |key: &str| head.get(key).and_then(Json::as_u64).unwrap_or(0);
    let version = head.get("version").and_then(Json::as_str).unwrap_or("?");
    let schema = u32::try_from(number("schema")).unwrap_or(u32::MAX);
    if number("format") != FORMAT || schema > KNOWN {
        return Err(reader.wrong(&format!(
            "says that wirewatch {version} wrote this (schema {schema}); this one knows {KNOWN}: install that version"
        )));
    }
    match schema {
        0 => Err(reader.wrong("names no schema")),
        schema => Ok(schema),
    }
}

fn fill(
    conn: &Connection,
    reader: &mut Lines<'_>,
    fault: &dyn Fn(rusqlite::Error) -> ExchangeError,
) -> Result<u64, ExchangeError> {
    let mut known = HashMap::new();
    for table in tables(conn).map_err(fault)? {
        let (columns, _) = columns(conn, &table).map_err(fault)?;
        known.insert(table, columns);
    }
    let work = conn.unchecked_transaction().map_err(fault)?;
    // SQLite counts by itself while rows come; what was counted is put in its place at the end.
    let mut counters = Vec::new();
    let mut rows = 0;
    loop {
        let Some(row) = reader.next()? else {
            return Err(reader.wrong("is missing: the export was cut off"));
        };
        let table = row.get(TABLE).and_then(Json::as_str).unwrap_or_default();
        if table == END {
            if row.get("rows").and_then(Json::as_u64) != Some(rows) {
                return Err(reader.wrong(&format!("counts other rows than the {rows} before it")));
            }
            break;
        }
        let Some(columns) = known.get(table) else {
            return Err(reader.wrong(&format!(
                "is a row of `{table}`, and there is no such table"
            )));
        };
        match table {
            "sqlite_sequence" => counters.push(row),
            _ => insert(&work, table, columns, &row).map_err(|why| reader.wrong(&why))?,
        }
        rows += 1;
    }
    work.execute("delete from sqlite_sequence", [])
        .map_err(fault)?;
    if let Some(columns) = known.get("sqlite_sequence") {
        for row in &counters {
            insert(&work, "sqlite_sequence", columns, row).map_err(|why| reader.wrong(&why))?;
        }
    }
    let dangling: Option<String> = work
        .query_row(
            "select \"table\" || ' refers to a row of ' || parent || ' that is not there' from pragma_foreign_key_check",
            [],
            |row| row.get(0),
        )
        .map(Some)
        .or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(None),
            error => Err(fault(error)),
        })?;
    if let Some(why) = dangling {
        return Err(reader.wrong(&format!("ends an export that is not whole: {why}")));
    }
    work.commit().map_err(fault)?;
    Ok(rows)
}

fn insert(
    conn: &Connection,
    table: &str,
    columns: &[String],
    row: &Map<String, Json>,
) -> Result<(), String> {
    let mut names = Vec::with_capacity(row.len());
    let mut values: Vec<Value> = Vec::with_capacity(row.len());
    for (name, value) in row {
        if name == TABLE {
            continue;
        }
        if !columns.contains(name) {
            return Err(format!("has a column `{name}`, and `{table}` has none"));
        }
        names.push(quoted(name));
        values.push(from_json(value).ok_or_else(|| format!("has no value in `{name}`"))?);
    }
    let places = vec!["?"; names.len()].join(", ");
    let sql = format!(
        "insert into {} ({}) values ({places})",
        quoted(table),
        names.join(", ")
    );
    conn.prepare_cached(&sql)
        .and_then(|mut insert| insert.execute(params_from_iter(values)))
        .map(|_| ())
        .map_err(|error| format!("does not fit into `{table}`: {error}"))
}

/// The search index is made anew, as reading made it.
fn index_all(conn: &Connection) -> rusqlite::Result<()> {
    let work = conn.unchecked_transaction()?;
    let mut articles = work.prepare(
        "select article.id, title_words, has_body, lang, body from article
             join article_version as av on av.article_id = article.id and av.version = article.version",
    )?;
    let mut rows = articles.query([])?;
    while let Some(row) = rows.next()? {
        let (id, title): (i64, String) = (row.get(0)?, row.get(1)?);
        let has_body: bool = row.get(2)?;
        let lang: Option<String> = row.get(3)?;
        let body = match has_body {
            true => search_words(&row.get::<_, Packed>(4)?.0, lang.as_deref()),
            false => String::new(),
        };
        index(&work, id, (&title, &body))?;
    }
    drop(rows);
    drop(articles);
    work.commit()
}

/// Objects, one a line, with the number of the line for what is wrong with it.
struct Lines<'a> {
    lines: &'a mut dyn BufRead,
    number: u64,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<Map<String, Json>>, ExchangeError> {
        self.number += 1;
        let mut line = Vec::new();
        let mut bounded = std::io::Read::take(&mut *self.lines, LINE_BYTES_MAX);
        bounded.read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.len() as u64 >= LINE_BYTES_MAX {
            return Err(self.wrong("is too long for a row"));
        }
        match serde_json::from_slice(&line) {
            Ok(Json::Object(object)) => Ok(Some(object)),
            Ok(_) => Err(self.wrong("is no JSON object")),
            Err(error) => Err(self.wrong(&format!("is no JSON object: {error}"))),
        }
    }

    fn wrong(&self, why: &str) -> ExchangeError {
        ExchangeError::Line {
            number: self.number,
            why: why.to_owned(),
        }
    }
}
