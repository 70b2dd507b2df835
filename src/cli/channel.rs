//! `wirewatch channel`: which ways out there are, and whether one works.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Global, environment, open, print};
use crate::channel::{Channel, ChannelError, ChannelOptions, Surroundings, advice, test_parcel};
use crate::config::{Config, nearest};
use crate::world::{AddressGuard, World};

#[derive(Debug, Subcommand)]
pub(super) enum ChannelCommand {
    /// List the channels, who uses them, and which of them cannot be used
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Send a test message through one channel, and say in words what went wrong
    Test(TestArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
The message is sent at once, past the outbox: no database is needed and nothing is tried again.
Exit codes: 0 the channel has taken it, 1 it has not (the reason and what to do are told), 2 the command line was wrong.
A file or feed keeps the message as an entry of the kind `test`; PagerDuty opens an incident of the severity `info`.")]
pub(super) struct TestArgs {
    /// NAME of the channel
    name: String,
    /// Print what would be sent, secrets hidden, and send nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(global: &Global, command: ChannelCommand) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    match command {
        ChannelCommand::List { json } => list(&config, json),
        ChannelCommand::Test(args) => test(&config, &args),
    }
}

/// Makes a channel, as `run` does.
pub(super) fn build(
    config: &Config,
    name: &str,
    options: &ChannelOptions,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Box<dyn Channel>, ChannelError> {
    let guard = AddressGuard::new(config.fetch.allow.clone());
    let around = Surroundings {
        base_dir: config.path.parent().unwrap_or(Path::new("")),
        world: &World::real(),
        guard: &guard,
        env,
    };
    options.build(name, &around)
}

fn list(config: &Config, as_json: bool) -> anyhow::Result<ExitCode> {
    let mut rows = Vec::new();
    let mut objects: Vec<Value> = Vec::new();
    for (name, options) in &config.channels {
        let watches = watches_of(config, name);
        let digests: Vec<&str> = config
            .digests
            .iter()
            .filter(|digest| digest.channels.contains(name))
            .map(|digest| digest.name.as_str())
            .collect();
        let error = build(config, name, options, &environment)
            .err()
            .map(|error| error.to_string());
        objects.push(json!({
            "name": name,
            "kind": options.kind(),
            "watches": watches,
            "digests": digests,
            "error": error,
        }));
        let of_all = |count: usize| match count {
            0 => "-".to_owned(),
            all if all == config.rules.watches.len() => "all".to_owned(),
            some => some.to_string(),
        };
        let listed = match digests.as_slice() {
            [] => "-".to_owned(),
            digests => digests.join(" "),
        };
        let state = error.as_deref().and_then(|error| error.lines().next());
        rows.push(vec![
            print::safe(name),
            options.kind().to_owned(),
            of_all(watches.len()),
            print::safe(&listed),
            print::safe(state.unwrap_or("ok")),
        ]);
    }
    let is_well = objects.iter().all(|object| object["error"].is_null());
    match as_json {
        true => print::json_lines(&objects)?,
        false => print::text(&print::table(
            &["NAME", "KIND", "WATCHES", "DIGESTS", "STATE"],
            &rows,
        ))?,
    }
    Ok(ExitCode::from(u8::from(!is_well)))
}

/// The watches that name a channel, or name none and so go everywhere.
fn watches_of<'a>(config: &'a Config, channel: &String) -> Vec<&'a str> {
    let names = config.rules.watches.iter().map(|watch| watch.name.as_str());
    names
        .filter(|watch| {
            let named = config.watch_channels.get(*watch);
            named.is_none_or(|channels| channels.contains(channel))
        })
        .collect()
}

fn test(config: &Config, args: &TestArgs) -> anyhow::Result<ExitCode> {
    let name = &args.name;
    let Some(options) = config.channels.get(name) else {
        let known: Vec<&str> = config.channels.keys().map(String::as_str).collect();
        match nearest(name, known.iter().copied()) {
            Some(near) => bail!("there is no [channel.{name}]; did you mean {near}?"),
            None => bail!(
                "there is no [channel.{name}]; there are: {}",
                known.join(", ")
            ),
        }
    };
    let channel = match build(config, name, options, &environment) {
        Ok(channel) => channel,
        Err(error) => bail!("[channel.{name}]: {error}"),
    };
    let parcel = test_parcel(name, World::real().clock.now());
    if args.dry_run {
        print::text(&shown(&channel.preview(&parcel)))?;
        return Ok(ExitCode::SUCCESS);
    }
    let sent = open::block_on(async { Ok(channel.deliver(&parcel).await) })?;
    let kind = options.kind();
    match sent {
        Ok(()) => {
            print::text(&format!(
                "{name} ({kind}) has taken the test message {}\n",
                parcel.key
            ))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!(
                "{name} ({kind}) has not taken it: {}",
                print::safe(&error.to_string())
            );
            if let Some(advice) = advice(&error) {
                eprintln!("what to do: {advice}");
            }
            Ok(ExitCode::from(1))
        }
    }
}

/// Line by line, so that nothing in it steers the terminal.
fn shown(preview: &str) -> String {
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t';
    preview.replace("\r\n", "\n").replace(steers, "\u{fffd}")
}
