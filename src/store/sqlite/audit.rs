//! Who has done what to alerts, when and why.

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params};

use super::rows::{Columns, count, ms};
use crate::model::{AlertId, AuditView, Deed};

/// The trail of an alert, or of all, newest first.
pub(super) const OF_ALERT: &str =
    "select * from audit where alert_id = :alert order by id desc limit :limit";
const ALL: &str = "select * from audit order by id desc limit :limit";

/// What is written besides who, when and why.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Line<'a> {
    pub(super) what: &'a str,
    pub(super) alert: Option<i64>,
    pub(super) object: Option<&'a str>,
    pub(super) detail: Option<&'a str>,
    pub(super) until: Option<Timestamp>,
}

/// Writes a line.
pub(super) fn write(conn: &Connection, deed: &Deed, line: Line<'_>) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "insert into audit (at, by, what, alert_id, object, detail, until, why)
         values (:at, :by, :what, :alert, :object, :detail, :until, :why)",
    )?
    .execute(named_params! {
        ":at": ms(deed.at),
        ":by": deed.by,
        ":what": line.what,
        ":alert": line.alert,
        ":object": line.object,
        ":detail": line.detail,
        ":until": line.until.map(ms),
        ":why": deed.why,
    })
    .map(|_| ())
}

/// What wirewatch does by itself.
pub(super) fn own_deed(at: Timestamp) -> Deed {
    Deed {
        by: "wirewatch".to_owned(),
        at,
        why: None,
    }
}

/// See `Queries::audit`.
pub(super) fn list(
    conn: &Connection,
    alert: Option<AlertId>,
    limit: Option<usize>,
) -> rusqlite::Result<Vec<AuditView>> {
    let limit = limit.map_or(-1, count);
    match alert {
        Some(alert) => conn
            .prepare_cached(OF_ALERT)?
            .query_map(
                named_params! { ":alert": alert.0, ":limit": limit },
                view_of,
            )?
            .collect(),
        None => conn
            .prepare_cached(ALL)?
            .query_map(named_params! { ":limit": limit }, view_of)?
            .collect(),
    }
}

fn view_of(row: &Row<'_>) -> rusqlite::Result<AuditView> {
    Ok(AuditView {
        at: row.instant("at")?,
        by: row.get("by")?,
        what: row.get("what")?,
        alert: row.get::<_, Option<i64>>("alert_id")?.map(AlertId),
        object: row.get("object")?,
        detail: row.get("detail")?,
        until: row.instant_opt("until")?,
        why: row.get("why")?,
    })
}
