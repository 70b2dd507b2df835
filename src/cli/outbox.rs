//! `wirewatch outbox`: what waits to be sent, what was given up, and what to do about it.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Global, open, print};
use crate::config::Config;
use crate::model::{AttemptView, DeliveryId, DeliveryState, DeliveryView, rfc3339};
use crate::store::{OutboxFilter, Queries, Store};
use crate::world::World;

/// Deliveries shown when nothing else is asked for.
const SHOWN: usize = 50;

#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// List deliveries: those that wait and those that were given up, unless others are asked for
    List(ListArgs),
    /// Show one delivery with all its tries
    Show {
        /// Id, such as d17
        id: DeliveryId,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Send again what was given up, or at once what waits for a later try; under the same key
    Retry(ChoiceArgs),
    /// Give up what waits
    Drop(DropArgs),
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Only through this channel
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Only what was given up
    #[arg(long, conflicts_with_all = ["sent", "all"])]
    dead: bool,
    /// Only what was sent
    #[arg(long, conflicts_with = "all")]
    sent: bool,
    /// Whatever became of it
    #[arg(long)]
    all: bool,
    /// At most so many, newest first [default: 50]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  wirewatch outbox retry d17 d18
  wirewatch outbox retry --channel desk        all that was given up or waits for a later try there
Exit codes: 0 all of them wait to be sent, 1 one of them cannot be sent again (the others are), 2 the command line was wrong.")]
pub(super) struct ChoiceArgs {
    /// Ids, such as d17 d18
    #[arg(required_unless_present = "channel", value_name = "ID")]
    ids: Vec<DeliveryId>,
    /// Everything of this channel
    #[arg(long, value_name = "NAME", conflicts_with = "ids")]
    channel: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  wirewatch outbox drop d17 --why \"told by telephone\"
  wirewatch outbox drop --channel desk
What is dropped stays listed, and the alert with it; `outbox retry` sends it after all.
Exit codes: 0 all of them are dropped, 1 one of them does not wait (the others are dropped), 2 the command line was wrong.")]
pub(super) struct DropArgs {
    #[command(flatten)]
    choice: ChoiceArgs,
    /// Why, for whoever reads it later
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub(super) fn run(global: &Global, command: OutboxCommand) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    match command {
        OutboxCommand::List(args) => list(&config, &args),
        OutboxCommand::Show { id, json } => show(&config, id, json),
        OutboxCommand::Retry(choice) => {
            change(&config, &choice, "sent again", async |store, ids| {
                let now = World::real().clock.now();
                Ok(store.retry_deliveries(ids, now).await?)
            })
        }
        OutboxCommand::Drop(args) => {
            let who = super::user();
            let why = match &args.why {
                Some(why) => format!("dropped by {who}: {why}"),
                None => format!("dropped by {who}"),
            };
            change(&config, &args.choice, "dropped", async |store, ids| {
                let now = World::real().clock.now();
                Ok(store.drop_deliveries(ids, &why, now).await?)
            })
        }
    }
}

fn list(config: &Config, args: &ListArgs) -> anyhow::Result<ExitCode> {
    let states = match (args.dead, args.sent, args.all) {
        (true, ..) => vec![DeliveryState::Dead],
        (_, true, _) => vec![DeliveryState::Sent],
        (.., true) => Vec::new(),
        _ => vec![DeliveryState::Pending, DeliveryState::Dead],
    };
    let filter = OutboxFilter {
        id: None,
        channel: args.channel.clone(),
        states,
        limit: Some(args.limit.unwrap_or(SHOWN)),
    };
    let store = open::store_to_read(config)?;
    let found = open::block_on(async { Ok(store.outbox(filter).await?) })?;
    if args.json {
        print::json_lines(&found)?;
    } else {
        print::text(&table(&found))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(found: &[DeliveryView]) -> String {
    if found.is_empty() {
        return "nothing waits, and nothing was given up\n".to_owned();
    }
    let now = World::real().clock.now();
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|delivery| {
            vec![
                delivery.id.to_string(),
                print::ago(delivery.created_at, now),
                delivery.channel.clone(),
                delivery.kind.name().to_owned(),
                state(delivery, now),
                delivery.failures.to_string(),
                print::safe(&delivery.about),
                print::safe(delivery.last_error.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    print::table(
        &[
            "ID",
            "PROMISED",
            "CHANNEL",
            "KIND",
            "STATE",
            "FAILURES",
            "TELLS",
            "LAST ERROR",
        ],
        &rows,
    )
}

/// `next try in 5 min`, `quiet, in 8 h`, `sent`.
fn state(delivery: &DeliveryView, now: jiff::Timestamp) -> String {
    let when = delivery.due_at.map(|due| match due > now {
        true => print::ago(due, now),
        false => "now".to_owned(),
    });
    match (delivery.state, delivery.held, when) {
        (DeliveryState::Pending, Some(held), Some(when)) => format!("{}, {when}", held.name()),
        (DeliveryState::Pending, None, Some(when)) => format!("waits, {when}"),
        (DeliveryState::Pending, ..) => "waits".to_owned(),
        (DeliveryState::Sent, ..) => "sent".to_owned(),
        (DeliveryState::Grouped, ..) => match delivery.told_by {
            Some(whole) => format!("in {whole}"),
            None => "grouped".to_owned(),
        },
        (DeliveryState::Dead, ..) => "given up".to_owned(),
    }
}

fn show(config: &Config, id: DeliveryId, json: bool) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let filter = OutboxFilter {
        id: Some(id),
        ..OutboxFilter::default()
    };
    let (found, tries) = open::block_on(async {
        Ok((store.outbox(filter).await?.pop(), store.attempts(id).await?))
    })?;
    let Some(delivery) = found else {
        anyhow::bail!(
            "there is no delivery {id}; `wirewatch outbox list --all` shows what there is"
        );
    };
    if json {
        let mut object = serde_json::to_value(&delivery)?;
        object["attempts"] = serde_json::to_value(&tries)?;
        print::json(&object)?;
    } else {
        print::text(&page(&delivery, &tries))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn page(delivery: &DeliveryView, tries: &[AttemptView]) -> String {
    let now = World::real().clock.now();
    let mut lines = vec![
        format!(
            "{} {} through {}",
            delivery.id,
            delivery.kind.name(),
            delivery.channel
        ),
        format!("tells     {}", print::safe(&delivery.about)),
        format!("key       {}", delivery.key),
        format!("promised  {}", print::time(delivery.created_at)),
        format!("state     {}", state(delivery, now)),
    ];
    if let Some(alert) = delivery.alert {
        lines.push(format!("alert     {alert} ({})", delivery.severity.name()));
    }
    if let Some(error) = &delivery.last_error {
        lines.push(format!("error     {}", print::safe(error)));
    }
    lines.extend(tries.iter().map(|one| {
        let why = one.why.as_deref().map(print::safe).unwrap_or_default();
        format!("{}  {} {why}", rfc3339(one.at), one.result)
    }));
    lines
        .iter()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// Changes what was chosen, and says how much of it.
fn change(
    config: &Config,
    choice: &ChoiceArgs,
    done: &str,
    work: impl AsyncFnOnce(&dyn Store, Vec<DeliveryId>) -> anyhow::Result<Vec<DeliveryId>>,
) -> anyhow::Result<ExitCode> {
    // A database that does not exist yet is told as such, not made.
    drop(open::store_to_read(config)?);
    let store = open::store(config)?;
    let (asked, untouched) = open::block_on(async {
        let ids = chosen(&*store, choice).await?;
        Ok((ids.len(), work(&*store, ids).await?))
    })?;
    let changed = asked - untouched.len();
    let s = if changed == 1 { "y is" } else { "ies are" };
    print::text(&format!("{changed} deliver{s} {done}\n"))?;
    if untouched.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let untouched: Vec<String> = untouched.iter().map(ToString::to_string).collect();
    anyhow::bail!(
        "not {done}: {} (`wirewatch outbox list --all` shows what became of them)",
        untouched.join(", ")
    );
}

async fn chosen(store: &impl Queries, choice: &ChoiceArgs) -> anyhow::Result<Vec<DeliveryId>> {
    let Some(channel) = &choice.channel else {
        return Ok(choice.ids.clone());
    };
    let filter = OutboxFilter {
        id: None,
        channel: Some(channel.clone()),
        states: vec![DeliveryState::Pending, DeliveryState::Dead],
        limit: None,
    };
    let found = store.outbox(filter).await?;
    // In the order in which they were promised.
    let alone = found
        .iter()
        .rev()
        .filter(|delivery| delivery.told_by.is_none());
    Ok(alone.map(|delivery| delivery.id).collect())
}
