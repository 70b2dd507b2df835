//! `wirewatch reload`: the running daemon reads its config again, and says what came of it.

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Args;
use jiff::Timestamp;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

use super::{Global, diagnostic, open, print};
use crate::config::{self, Config};
use crate::store::{InForce, Queries, SqliteStore};
use crate::world::World;

/// Between two looks whether the daemon has decided.
const LOOK_EVERY: Duration = Duration::from_millis(10);

#[derive(Debug, Args)]
#[command(after_help = "\
The daemon of the config's database gets SIGHUP and reads the config again: all of it is put in force, or nothing.
(It notices changed files by itself, too, within a second.)
Exit codes: 0 the files as they are now are in force, 1 they were refused (the reasons are shown), or no daemon runs.")]
pub(super) struct ReloadArgs {
    /// Seconds to wait for the daemon's verdict
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

pub(super) fn run(global: &Global, args: &ReloadArgs) -> anyhow::Result<ExitCode> {
    let path = open::config_path(global)?;
    let database = config::store_path(&path).ok_or_else(|| {
        anyhow::anyhow!(
            "{}: cannot be read as TOML; `wirewatch check` shows where",
            path.display()
        )
    })?;
    let Some(pid) = SqliteStore::holder_pid(&database) else {
        bail!("no daemon runs on {}", database.display());
    };
    // As the daemon writes it: whole milliseconds.
    let sent = Timestamp::from_millisecond(World::real().clock.now().as_millisecond())?;
    hang_up(pid)?;
    let patience = Duration::from_secs(args.timeout);
    match verdict(&database, pid, sent, patience)? {
        None => {
            print::text("reloaded: the files as they are now are in force\n")?;
            Ok(ExitCode::SUCCESS)
        }
        Some(refusal) => {
            eprint!("{}", reasons(&path, &refusal));
            eprintln!("not reloaded: the old config stays in force");
            Ok(ExitCode::from(1))
        }
    }
}

/// Sends SIGHUP.
fn hang_up(pid: Pid) -> anyhow::Result<()> {
    match kill_process(pid, Signal::HUP) {
        Ok(()) => Ok(()),
        Err(Errno::PERM) => bail!(
            "the daemon (pid {}) belongs to another user: ask as root, or as the user that it runs as. It takes changed \
             files over by itself within a second; `wirewatch status` says which config is in force",
            pid.as_raw_nonzero()
        ),
        Err(error) => bail!(
            "the daemon (pid {}) cannot be told: {error}",
            pid.as_raw_nonzero()
        ),
    }
}

/// Waits until the daemon has decided about the files as they were when it was told, or later; answers with why it
/// refused them, if it did.
fn verdict(
    database: &Path,
    pid: Pid,
    sent: Timestamp,
    patience: Duration,
) -> anyhow::Result<Option<String>> {
    let store = open::store_at(database)?;
    let started = Instant::now();
    open::block_on(async {
        loop {
            if let Some(verdict) = store.in_force().await?.and_then(|noted| since(noted, sent)) {
                return Ok(verdict);
            }
            if SqliteStore::holder_pid(database) != Some(pid) {
                bail!("the daemon ended before it had reloaded; its log says why");
            }
            if started.elapsed() > patience {
                bail!(
                    "the daemon (pid {}) has not answered within {} s; `wirewatch status` tells when it does",
                    pid.as_raw_nonzero(),
                    patience.as_secs()
                );
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    })
}

/// What was decided at or after a time: `None` when nothing was.
fn since(noted: InForce, sent: Timestamp) -> Option<Option<String>> {
    if noted.refused_at.is_some_and(|at| at >= sent) {
        return Some(Some(noted.refusal.unwrap_or_default()));
    }
    (noted.loaded_at >= sent).then_some(None)
}

/// The refusal with lines and carets, as far as the files show it to us, too; else in the daemon's words.
fn reasons(path: &Path, refusal: &str) -> String {
    match Config::load_on(path, World::real().clock.now()) {
        Err(problems) => diagnostic::show_all(&problems),
        Ok(_) => format!("{}\n", print::safe(refusal)),
    }
}
