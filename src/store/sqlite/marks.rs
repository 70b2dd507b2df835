//! What people said of alerts.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::audit::{self, Line};
use super::rows::{Columns, ms, word};
use crate::model::{AlertId, Deed, Mark};

/// The mark of an alert.
pub(super) const OF_ALERT: &str = "select * from mark where alert_id = ?1";
/// Whether there is such an alert.
pub(super) const EXISTS: &str = "select exists (select 1 from alert where id = ?1)";

/// See `Store::mark_alerts`.
pub(super) fn put(
    conn: &Connection,
    alerts: &[AlertId],
    mark: Option<&Mark>,
    deed: &Deed,
) -> rusqlite::Result<Vec<AlertId>> {
    let mut unknown = Vec::new();
    for alert in alerts {
        let exists: bool = conn
            .prepare_cached(EXISTS)?
            .query_row([alert.0], |row| row.get(0))?;
        if !exists {
            unknown.push(*alert);
            continue;
        }
        match mark {
            Some(mark) => write(conn, *alert, mark)?,
            None => {
                conn.prepare_cached("delete from mark where alert_id = ?1")?
                    .execute([alert.0])?;
            }
        }
        let line = Line {
            what: mark.map_or("unmarked", |_| "marked"),
            alert: Some(alert.0),
            detail: mark.map(|mark| mark.verdict.name()),
            ..Line::default()
        };
        audit::write(conn, deed, line)?;
    }
    Ok(unknown)
}

fn write(conn: &Connection, alert: AlertId, mark: &Mark) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert or replace into mark (alert_id, verdict, at, note) values (?1, ?2, ?3, ?4)",
    )?
    .execute(params![
        alert.0,
        word(mark.verdict)?,
        ms(mark.at),
        mark.note
    ])
    .map(|_| ())
}

/// The mark of an alert, if it has one.
pub(super) fn of_alert(conn: &Connection, alert: i64) -> rusqlite::Result<Option<Mark>> {
    conn.prepare_cached(OF_ALERT)?
        .query_row([alert], mark_of)
        .optional()
}

fn mark_of(row: &Row<'_>) -> rusqlite::Result<Mark> {
    Ok(Mark {
        verdict: row.word("verdict")?,
        at: row.instant("at")?,
        note: row.get("note")?,
    })
}
