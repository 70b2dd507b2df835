//! Lists of alerts.

use rusqlite::{Connection, named_params};

use crate::model::{AlertView, MarkVerdict};
use crate::store::AlertFilter;
use crate::store::sqlite::alert_view;
use crate::store::sqlite::rows::{count, ms, to_json};

/// Alerts, newest change first.
const LIST: &str = "select id from alert
     where (:watches = '[]' or watch in (select value from json_each(:watches)))
         and (:states = '[]' or state in (select value from json_each(:states)))
         and (:marks = '[]' or coalesce((select verdict from mark where alert_id = alert.id), 'none')
             in (select value from json_each(:marks)))
         and updated_at >= :since
     order by updated_at desc, id desc limit :limit";

/// See `Queries::alerts`.
pub(super) fn list(conn: &Connection, filter: &AlertFilter) -> rusqlite::Result<Vec<AlertView>> {
    let marks = filter.marks.iter();
    let marks: Vec<&str> = marks
        .map(|mark| mark.map_or("none", MarkVerdict::name))
        .collect();
    let ids: Vec<i64> = conn
        .prepare_cached(LIST)?
        .query_map(
            named_params! {
                ":watches": to_json(&filter.watches)?,
                ":states": to_json(&filter.states)?,
                ":marks": to_json(&marks)?,
                ":since": filter.since.map_or(i64::MIN, ms),
                // -1 is SQLite's "no limit"
                ":limit": filter.limit.map_or(-1, count),
            },
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    alert_view::by_ids(conn, &ids)
}
