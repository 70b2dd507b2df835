//! `wirewatch store`: care of the database file.

mod backup;
mod check;
mod exchange;
mod purge;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};

use super::{Global, open};
use crate::store::Progress;

#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Copy the database to a file, also while the daemon runs
    #[command(after_help = backup::BACKUP_HELP)]
    Backup {
        /// Where to; it must not be there yet
        file: PathBuf,
        /// Replace what is there
        #[arg(long)]
        force: bool,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Put a backup in place of the database; what was there is kept beside it
    #[command(after_help = backup::RESTORE_HELP)]
    Restore {
        /// A backup
        file: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Look for damage, and show where the bytes are
    #[command(after_help = check::CHECK_HELP)]
    Check {
        /// This file instead of the config's database: a backup
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write everything as JSON Lines
    #[command(after_help = exchange::EXPORT_HELP)]
    Export {
        /// Where to; `-` is standard output
        file: PathBuf,
        /// Replace what is there
        #[arg(long)]
        force: bool,
    },
    /// Make the database of an export
    #[command(after_help = exchange::IMPORT_HELP)]
    Import {
        /// An export; `-` is standard input
        file: PathBuf,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Delete articles for good, with all that was made of them
    #[command(after_help = purge::HELP)]
    Purge(purge::PurgeArgs),
    /// Give free pages back to the disk, merge the search index
    #[command(after_help = check::OPTIMISE_HELP)]
    Optimise {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(global: &Global, command: StoreCommand) -> anyhow::Result<ExitCode> {
    let path = || -> anyhow::Result<PathBuf> { Ok(open::config(global)?.store.path) };
    match command {
        StoreCommand::Backup { file, force, json } => backup::make(&path()?, &file, force, json),
        StoreCommand::Restore { file, json } => backup::restore(&path()?, &file, json),
        StoreCommand::Check { file, json } => match file {
            Some(file) => check::check(&file, json),
            None => check::check(&path()?, json),
        },
        StoreCommand::Export { file, force } => exchange::export(&path()?, &file, force),
        StoreCommand::Import { file, json } => exchange::import(&path()?, &file, json),
        StoreCommand::Purge(args) => purge::run(&open::config(global)?, &args),
        StoreCommand::Optimise { json } => check::optimise(&path()?, json),
    }
}

/// A bar on standard error for long work; nothing when that is no terminal.
fn bar() -> impl FnMut(Progress) {
    let bar = std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template("{msg:32} {bar:40}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(100).with_style(style)
    });
    move |progress| {
        let Some(bar) = &bar else { return };
        bar.set_message(progress.to_string());
        bar.set_position(u64::from(progress.percent));
    }
}
