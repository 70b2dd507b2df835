//! Acknowledging and snoozing.

use rusqlite::{Connection, named_params};

use super::audit::{self, Line};
use super::rows::ms;
use super::{drop, marks};
use crate::model::{AlertId, AlertOrder, Deed};

/// What stays listed, or is muted, keeps its state; a muted one has the new one when it is muted no longer.
const ORDER: &str = "update alert set
         state_before = case
             when state = 'muted' and state_before in ('open', 'acked', 'snoozed') then :state
             when state = 'acked' and :state = 'snoozed' then 'acked'
             when state = 'muted' or state = 'snoozed' and :state = 'snoozed' then state_before
             else null end,
         state = iif(state in ('open', 'acked', 'snoozed') or state = 'ended' and :state = 'snoozed',
             :state, state),
         said_by = :by, said_at = :at, said_until = :until, said_why = :why, due_at = :due_at
     where id = :id";

/// See `Store::order_alerts`.
pub(super) fn order(
    conn: &Connection,
    alerts: &[AlertId],
    order: AlertOrder,
    deed: &Deed,
) -> rusqlite::Result<Vec<AlertId>> {
    let (state, until) = match order {
        AlertOrder::Ack => ("acked", None),
        AlertOrder::Snooze { until } => ("snoozed", Some(until)),
    };
    let mut unknown = Vec::new();
    for alert in alerts {
        let exists: bool = conn
            .prepare_cached(marks::EXISTS)?
            .query_row([alert.0], |row| row.get(0))?;
        if !exists {
            unknown.push(*alert);
            continue;
        }
        conn.prepare_cached(ORDER)?.execute(named_params! {
            ":id": alert.0,
            ":state": state,
            ":by": deed.by,
            ":at": ms(deed.at),
            ":until": until.map(ms),
            ":why": deed.why,
            ":due_at": ms(until.unwrap_or(deed.at)),
        })?;
        let reason = match order {
            AlertOrder::Ack => format!("acknowledged by {}", deed.by),
            AlertOrder::Snooze { .. } => format!("snoozed by {}", deed.by),
        };
        let dropped = drop::of_alert(conn, alert.0, &reason, deed.at)?;
        if dropped > 0 && until.is_some() {
            // It is told when the snooze ends.
            conn.prepare_cached("update alert set news = 1 where id = ?1")?
                .execute([alert.0])?;
        }
        let line = Line {
            what: state,
            alert: Some(alert.0),
            until,
            ..Line::default()
        };
        audit::write(conn, deed, line)?;
    }
    Ok(unknown)
}
