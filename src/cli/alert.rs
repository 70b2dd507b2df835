//! `wirewatch alert`: what was found.

mod handle;
mod log;
mod mark;
mod mute;
mod until;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Global, csv, open, print};
use crate::channel::render::{self, TextStyle};
use crate::config::{Config, Period};
use crate::model::{AlertId, AlertKind, AlertState, AlertView, rfc3339};
use crate::store::{AlertFilter, Queries};
use crate::world::World;

#[derive(Debug, Subcommand)]
pub(super) enum AlertCommand {
    /// List alerts, newest change first
    List(ListArgs),
    /// Say that alerts were seen: quiet for mere further sources
    Ack(handle::AckArgs),
    /// Leave alerts alone for a while; what comes is told afterwards
    Snooze(handle::SnoozeArgs),
    /// Hear nothing of alerts, a story, a watch or a feed
    Mute(mute::MuteArgs),
    /// Hear of them again
    Unmute(mute::UnmuteArgs),
    /// List what is muted, by whom, until when and why
    Mutes {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Who has done what to alerts, when and why; newest first
    Log {
        /// Only to this alert
        id: Option<AlertId>,
        /// At most so many lines
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Say of alerts whether they were worth telling
    Mark(mark::MarkArgs),
    /// Show one alert with its articles and the sentences that prove it
    Show {
        /// Id, such as a17
        id: AlertId,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// A table for spreadsheets (RFC 4180); no cell is taken for a formula
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Only of this watch; may be given several times
    #[arg(long = "watch", value_name = "NAME")]
    watches: Vec<String>,
    /// Only in this state: open, acked, snoozed, muted, ended, backlog, waiting; may be given several times
    #[arg(long = "state", value_name = "STATE", value_parser = state)]
    states: Vec<AlertState>,
    /// Only with this mark: relevant, noise, none; may be given several times
    #[arg(long = "mark", value_name = "MARK", value_enum)]
    marks: Vec<mark::MarkWord>,
    /// Only changed since then, such as 24h or 7d
    #[arg(long, value_name = "PERIOD")]
    since: Option<Period>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

fn state(word: &str) -> Result<AlertState, String> {
    serde_json::from_value(serde_json::Value::from(word))
        .map_err(|_| "known: open, acked, snoozed, muted, ended, backlog, waiting".to_owned())
}

pub(super) fn run(global: &Global, command: AlertCommand) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    match command {
        AlertCommand::Ack(args) => handle::ack(&config, &args),
        AlertCommand::Snooze(args) => handle::snooze(&config, &args),
        AlertCommand::Mute(args) => mute::mute(&config, &args),
        AlertCommand::Unmute(args) => mute::unmute(&config, &args),
        AlertCommand::Mutes { json } => mute::list(&config, json),
        AlertCommand::Log { id, limit, json } => log::run(&config, id, limit, json),
        AlertCommand::Mark(args) => mark::run(&config, args),
        AlertCommand::List(args) => list_them(&config, args),
        AlertCommand::Show { id, json } => show(&config, id, json),
    }
}

fn list_them(config: &Config, args: ListArgs) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let now = World::real().clock.now();
    let (json, as_csv) = (args.json, args.csv);
    let filter = AlertFilter {
        watches: args.watches,
        states: args.states,
        since: args.since.and_then(|period| now.checked_sub(period.0).ok()),
        marks: args
            .marks
            .into_iter()
            .map(mark::MarkWord::verdict)
            .collect(),
        limit: args.limit,
    };
    let alerts = open::block_on(async { Ok(store.alerts(filter).await?) })?;
    if json {
        print::json_lines(&alerts)?;
    } else if as_csv {
        print::text(&table(&alerts))?;
    } else {
        print::text(&list(&alerts, now))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(config: &Config, id: AlertId, json: bool) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let alert = open::block_on(async { Ok(store.alert(id).await?) })?;
    let Some(alert) = alert else {
        anyhow::bail!("there is no alert {id}; `wirewatch alert list` shows what there is");
    };
    if json {
        let trail = open::block_on(async { Ok(store.audit(Some(id), None).await?) })?;
        let mut object = serde_json::to_value(&alert)?;
        object["trail"] = serde_json::to_value(trail)?;
        print::json(&object)?;
    } else {
        let style = TextStyle {
            colour: print::colour(),
            ..TextStyle::default()
        };
        print::text(&render::alert_text(&alert, AlertKind::New, None, &style))?;
        if let Some(mark) = &alert.mark {
            print::text(&format!("{}\n", mark::told(mark)))?;
        }
        if let Some(said) = &alert.said {
            print::text(&format!("{}\n", handle::told(&alert, said)))?;
        }
        let trail = open::block_on(async { Ok(store.audit(Some(id), None).await?) })?;
        let trail: String = trail
            .iter()
            .map(|found| format!("  {}\n", log::line(found)))
            .collect();
        if !trail.is_empty() {
            print::text(&format!("What was done:\n{trail}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(alerts: &[AlertView], now: jiff::Timestamp) -> String {
    if alerts.is_empty() {
        return "no alerts\n".to_owned();
    }
    let rows: Vec<Vec<String>> = alerts.iter().map(|alert| row(alert, now)).collect();
    print::table(
        &[
            "ALERT", "CHANGED", "SEVERITY", "STATE", "MARK", "WATCH", "ARTICLES", "TITLE",
        ],
        &rows,
    )
}

fn row(alert: &AlertView, now: jiff::Timestamp) -> Vec<String> {
    vec![
        alert.id.to_string(),
        print::ago(alert.updated_at, now),
        alert.severity.name().to_owned(),
        alert.state.name().to_owned(),
        mark_of(alert).unwrap_or("-").to_owned(),
        alert.watch.clone(),
        alert.articles.len().to_string(),
        print::safe(&alert.title),
    ]
}

/// The word for its mark.
fn mark_of(alert: &AlertView) -> Option<&'static str> {
    alert.mark.as_ref().map(|mark| mark.verdict.name())
}

/// One row for each alert, with instants and addresses in full.
fn table(alerts: &[AlertView]) -> String {
    let rows: Vec<Vec<String>> = alerts
        .iter()
        .map(|alert| {
            let first = alert.articles.first();
            let note = alert.mark.as_ref().and_then(|mark| mark.note.as_deref());
            let note = note.map(print::safe).unwrap_or_default();
            vec![
                alert.id.to_string(),
                rfc3339(alert.first_seen),
                rfc3339(alert.updated_at),
                alert.severity.name().to_owned(),
                alert.state.name().to_owned(),
                alert.watch.clone(),
                alert.articles.len().to_string(),
                alert.lang.clone().unwrap_or_default(),
                print::safe(&alert.title),
                first
                    .map(|article| print::safe(&article.source))
                    .unwrap_or_default(),
                first
                    .map(|article| print::safe(&article.url))
                    .unwrap_or_default(),
                mark_of(alert).unwrap_or_default().to_owned(),
                note,
            ]
        })
        .collect();
    csv::csv(
        &[
            "alert",
            "first_seen",
            "updated_at",
            "severity",
            "state",
            "watch",
            "articles",
            "lang",
            "title",
            "source",
            "url",
            "mark",
            "mark_note",
        ],
        &rows,
    )
}
