//! `wirewatch doctor`: looks at everything that has to be right around the program, and says what to do.
//!
//! Each check is a small function that gives findings; nothing is sent through a channel, nothing is written.

mod account;
mod channels;
mod clock;
mod config;
mod database;
mod finding;
mod network;
mod reach;
mod render;
mod secrets;
mod service;
mod state_folder;
mod stored;
mod subject;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use indicatif::ProgressBar;

use self::finding::{Check, Finding, Group, State};
use self::subject::Subject;
use super::{Global, open, print};

const NETWORK: Check = Check(Group::Network, "network");
const CHANNEL: Check = Check(Group::Channels, "channel");

#[derive(Debug, Args)]
#[command(after_help = "\
Looks at config and tests, modes of secrets, database, disk, clock, names and certificates of up to 20 feeds' hosts,
every channel's log-in (without a message to anybody), and the service. It works beside the daemon and without one.
All that the network is asked takes 15 s at most.

--json prints an array of objects:
  id        which check: config, config-warning, watch-tests, contact, secret-file, secret-in-config, credential,
            secret-variable, state-folder, database, integrity, parked, left-over, backup, wal, disk, disk-files,
            clock-sync, clock-stored, clock-hosts, network, proxy, dns, hosts, tls, ca-certificates, channel,
            dead-letters, unit, unit-text, watchdog, daemon, daemon-version, config-in-force, open-files
  group     config, secrets, database, clock, network, channels, service
  state     ok | warning | wrong | skipped
  about     the file, host or channel that it is about; may be null
  message   what was found; advice: what to do about it, may be null
Exit codes: 0 nothing is wrong (there may be warnings), 1 something is.")]
pub(super) struct DoctorArgs {
    /// One JSON array
    #[arg(long)]
    json: bool,
    /// Ask nobody over the network
    #[arg(long)]
    offline: bool,
    /// Look at every page, row and reference of the database, however long it takes
    #[arg(long)]
    deep: bool,
}

pub(super) fn run(global: &Global, args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let subject = Subject::find(global);
    let waiting = spinner(args);
    let mut findings = config::look(&subject, !args.json);
    findings.extend(everything_else(&subject, args)?);
    // Within a group in the order in which they were found.
    findings.sort_by_key(|finding| finding.group);
    if let Some(waiting) = waiting {
        waiting.finish_and_clear();
    }
    match args.json {
        true => print::json(&findings)?,
        false => print::text(&render::page(&findings, print::colour()))?,
    }
    let is_wrong = findings.iter().any(|finding| finding.state == State::Wrong);
    Ok(ExitCode::from(u8::from(is_wrong)))
}

/// A word on a terminal while others are asked.
fn spinner(args: &DoctorArgs) -> Option<ProgressBar> {
    std::io::stderr().is_terminal().then(|| {
        let bar = ProgressBar::new_spinner();
        bar.set_message(match args.offline {
            true => "looking at files and database",
            false => "looking at files and database, asking hosts and channels (15 s at most)",
        });
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    })
}

/// The machine and its database on threads of their own, while the network is asked.
fn everything_else(subject: &Subject, args: &DoctorArgs) -> anyhow::Result<Vec<Finding>> {
    std::thread::scope(|scope| {
        let machine = scope.spawn(|| {
            let mut found = secrets::look(subject);
            found.push(clock::look());
            found.extend(stored::look(subject));
            found.extend(service::look(subject));
            found
        });
        let database = scope.spawn(|| database::look(subject, args.deep));
        let mut found = open::block_on(async { Ok(others(subject, args).await) })?;
        for thread in [machine, database] {
            let looked = thread.join();
            found.extend(looked.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        Ok(found)
    })
}

/// Hosts and channels.
async fn others(subject: &Subject, args: &DoctorArgs) -> Vec<Finding> {
    let mut found = vec![network::trust()];
    let Some(config) = subject.config() else {
        found.push(NETWORK.skipped("which hosts there are is known when the config is right"));
        found.push(CHANNEL.skipped("which channels there are is known when the config is right"));
        return found;
    };
    if args.offline {
        found.push(NETWORK.skipped("no host was asked (--offline)"));
        found.extend(channels::look(subject, config, true).await);
        return found;
    }
    let (hosts, channels) = futures_util::future::join(
        network::look(config),
        channels::look(subject, config, false),
    )
    .await;
    found.extend(hosts);
    found.extend(channels);
    found
}
