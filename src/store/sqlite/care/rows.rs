//! Rows of any table as JSON, one object a line.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Row};
use serde_json::{Map, Value as Json};

/// The key that names the table of a row; no column has it.
pub(super) const TABLE: &str = "#";
/// The key that holds the bytes of a value that is no text.
const BYTES: &str = "base64";
/// The key that holds a number that is not whole.
const REAL: &str = "real";

/// The tables with rows of their own, in the order of their names: all but the search index, the history of the schema and
/// what SQLite keeps for itself, but for the counters of ids that only grow.
pub(super) fn tables(conn: &Connection) -> rusqlite::Result<Vec<String>> {
    conn.prepare(
        "select name from sqlite_schema where type = 'table'
             and (name not like 'sqlite\\_%' escape '\\' or name = 'sqlite_sequence')
             and name not like 'article\\_words%' escape '\\'
             and name not in ('refinery_schema_history', 'program')
         order by name",
    )?
    .query_map([], |row| row.get(0))?
    .collect()
}

/// The columns of a table, and those that order its rows.
pub(super) fn columns(conn: &Connection, table: &str) -> rusqlite::Result<(Vec<String>, String)> {
    let found: Vec<(String, i64)> = conn
        .prepare("select name, pk from pragma_table_info(?1) order by cid")?
        .query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut key: Vec<&(String, i64)> = found.iter().filter(|(_, place)| *place > 0).collect();
    key.sort_by_key(|(_, place)| *place);
    let order: Vec<String> = match key.is_empty() {
        // `sqlite_sequence` has no key.
        true => found.iter().map(|(name, _)| quoted(name)).collect(),
        false => key.iter().map(|(name, _)| quoted(name)).collect(),
    };
    Ok((
        found.into_iter().map(|(name, _)| name).collect(),
        order.join(", "),
    ))
}

/// A name as SQL takes it, whatever is in it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A row with its table. What is null is left out.
pub(super) fn to_json(table: &str, columns: &[String], row: &Row<'_>) -> rusqlite::Result<Json> {
    let mut object = Map::new();
    object.insert(TABLE.to_owned(), table.into());
    for (place, name) in columns.iter().enumerate() {
        let value = match row.get_ref(place)? {
            ValueRef::Null => continue,
            ValueRef::Integer(number) => number.into(),
            // As text: readers of JSON may round what they read as a number.
            ValueRef::Real(number) => tagged(REAL, number.to_string()),
            ValueRef::Text(text) => match std::str::from_utf8(text) {
                Ok(text) => text.into(),
                Err(_) => bytes(text),
            },
            ValueRef::Blob(blob) => bytes(blob),
        };
        object.insert(name.clone(), value);
    }
    Ok(Json::Object(object))
}

fn bytes(bytes: &[u8]) -> Json {
    tagged(BYTES, STANDARD.encode(bytes))
}

fn tagged(key: &str, text: String) -> Json {
    Json::Object(Map::from_iter([(key.to_owned(), text.into())]))
}

/// The value of a column; `None` for what no row of ours holds.
pub(super) fn from_json(value: &Json) -> Option<Value> {
    Some(match value {
        Json::Null => Value::Null,
        Json::String(text) => Value::Text(text.clone()),
        Json::Number(number) => Value::Integer(number.as_i64()?),
        Json::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Json::as_str);
            match (text(BYTES), text(REAL)) {
                (Some(text), _) => Value::Blob(STANDARD.decode(text).ok()?),
                (None, Some(text)) => Value::Real(text.parse().ok()?),
                (None, None) => return None,
            }
        }
        Json::Bool(_) | Json::Array(_) => return None,
    })
}
