//! `wirewatch alert log`: who has done what to alerts, when and why.

use std::process::ExitCode;

use crate::cli::{open, print};
use crate::config::Config;
use crate::model::{AlertId, AuditView, rfc3339};
use crate::store::Queries;

pub(super) fn run(
    config: &Config,
    alert: Option<AlertId>,
    limit: Option<usize>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let lines = open::block_on(async { Ok(store.audit(alert, limit).await?) })?;
    if json {
        print::json_lines(&lines)?;
    } else if lines.is_empty() {
        print::text("nobody has done anything\n")?;
    } else {
        let lines = lines.iter().map(|found| format!("{}\n", line(found)));
        print::text(&lines.collect::<String>())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// `2026-11-30T10:00:00Z ani snoozed a17 until 2026-...: why`.
pub(super) fn line(found: &AuditView) -> String {
    let what = match (found.alert, &found.object) {
        (Some(alert), _) => format!(" {alert}"),
        (None, Some(object)) => format!(" {}", print::safe(object)),
        (None, None) => String::new(),
    };
    let detail = found.detail.as_deref().map(print::safe);
    let detail = detail.map_or_else(String::new, |detail| format!(" ({detail})"));
    let until = found
        .until
        .map_or_else(String::new, |until| format!(" until {}", rfc3339(until)));
    let why = found.why.as_deref().filter(|why| !why.is_empty());
    let why = why.map_or_else(String::new, |why| format!(": {}", print::safe(why)));
    format!(
        "{} {} {}{what}{detail}{until}{why}",
        rfc3339(found.at),
        print::safe(&found.by),
        found.what
    )
}
