//! `wirewatch alert ack` and `snooze`.

use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;

use super::until::UntilArgs;
use crate::cli::{open, print, user};
use crate::config::Config;
use crate::model::{AlertId, AlertOrder, AlertState, AlertView, Deed, Said, rfc3339};
use crate::store::{Queries, Store};
use crate::world::World;

/// Who does it, and why.
#[derive(Debug, Clone, Args)]
pub(super) struct DeedArgs {
    /// Who, for the audit trail; the login name when it is missing
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, for whoever reads it later
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

impl DeedArgs {
    pub(super) fn deed(&self, at: Timestamp) -> Deed {
        Deed {
            by: self.by.clone().unwrap_or_else(user),
            at,
            why: self.why.clone(),
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  wirewatch alert ack a17 --why \"the desk is on it\"
What waits to tell of it is dropped. Further sources are then listed and stand in digests; corrections, bursts and a rise
of the severity are still sent.
Exit codes: 0 all are acknowledged, 1 one of them is no alert (the others are), 2 the command line was wrong.")]
pub(in crate::cli) struct AckArgs {
    /// Ids, such as a17 a18
    #[arg(required = true, value_name = "ID")]
    ids: Vec<AlertId>,
    #[command(flatten)]
    deed: DeedArgs,
    /// The alerts as they are now, one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  wirewatch alert snooze a17 --for 8h
  wirewatch alert snooze a17 --until next-digest --why \"not before the meeting\"
Nothing is sent until then, corrections included; what has come is told in one update afterwards.
Exit codes: 0 all are snoozed, 1 one of them is no alert (the others are), 2 the command line was wrong.")]
pub(in crate::cli) struct SnoozeArgs {
    /// Ids, such as a17 a18
    #[arg(required = true, value_name = "ID")]
    ids: Vec<AlertId>,
    #[command(flatten)]
    until: UntilArgs,
    #[command(flatten)]
    deed: DeedArgs,
    /// The alerts as they are now, one JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn ack(config: &Config, args: &AckArgs) -> anyhow::Result<ExitCode> {
    drop(open::store_to_read(config)?);
    let store = open::store(config)?;
    let deed = args.deed.deed(World::real().clock.now());
    open::block_on(async {
        let (ids, order) = (args.ids.clone(), AlertOrder::Ack);
        let unknown = store.order_alerts(ids, order, deed).await?;
        tell(&*store, &args.ids, args.json).await?;
        refuse(&unknown)
    })
}

pub(super) fn snooze(config: &Config, args: &SnoozeArgs) -> anyhow::Result<ExitCode> {
    if args.until.is_missing() {
        eprintln!("wirewatch: for how long? --for 8h, --until 17:00 or --until next-digest");
        return Ok(ExitCode::from(2));
    }
    drop(open::store_to_read(config)?);
    let store = open::store(config)?;
    let now = World::real().clock.now();
    open::block_on(async {
        let mut unknown = Vec::new();
        for id in &args.ids {
            let Some(alert) = store.alert(*id).await? else {
                unknown.push(*id);
                continue;
            };
            let end = args.until.end(config, &store, Some(&alert.watch), now);
            let until = end.await?.unwrap_or(now);
            let order = AlertOrder::Snooze { until };
            let deed = args.deed.deed(now);
            unknown.extend(store.order_alerts(vec![*id], order, deed).await?);
        }
        tell(&*store, &args.ids, args.json).await?;
        refuse(&unknown)
    })
}

/// Tells how the alerts are now; those that are none are left out.
pub(super) async fn tell(store: &dyn Queries, ids: &[AlertId], json: bool) -> anyhow::Result<()> {
    let mut alerts = Vec::new();
    for id in ids {
        alerts.extend(store.alert(*id).await?);
    }
    if json {
        return print::json_lines(&alerts);
    }
    let lines = alerts.iter().map(|alert| format!("{}\n", line(alert)));
    print::text(&lines.collect::<String>())
}

/// `a17 is snoozed until 2026-11-30T17:00:00Z: Headline`.
fn line(alert: &AlertView) -> String {
    let until = alert.said.as_ref().and_then(|said| said.until);
    let until = until.map_or_else(String::new, |until| format!(" until {}", rfc3339(until)));
    let title = print::safe(&alert.title);
    let state = match alert.state {
        AlertState::Acked => "acknowledged",
        state => state.name(),
    };
    format!("{} is {state}{until}: {title}", alert.id)
}

/// What a person said, in one line: `snoozed by ani 2026-..., until 2026-...: why`.
pub(super) fn told(alert: &AlertView, said: &Said) -> String {
    let until = said
        .until
        .map_or_else(String::new, |until| format!(", until {}", rfc3339(until)));
    let why = said.why.as_deref().filter(|why| !why.is_empty());
    let why = why.map_or_else(String::new, |why| format!(": {}", print::safe(why)));
    format!(
        "{} by {} {}{until}{why}",
        alert.state.name(),
        print::safe(&said.by),
        rfc3339(said.at)
    )
}

pub(super) fn refuse(unknown: &[AlertId]) -> anyhow::Result<ExitCode> {
    if unknown.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let unknown: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    anyhow::bail!(
        "there is no alert {}; `wirewatch alert list` shows what there is",
        unknown.join(", ")
    );
}
