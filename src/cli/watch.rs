//! `wirewatch watch`: what is looked for.

mod explain;
mod import;
mod input;
mod lint;
mod list;
mod new;
mod test;

use std::process::ExitCode;

use clap::Subcommand;

use super::{Global, open, print};

#[derive(Debug, Subcommand)]
pub(super) enum WatchCommand {
    /// List the watches with their hits of the last 24 hours
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Run the watches' own tests, or try the watches on texts and pages
    Test(test::TestArgs),
    /// Show a watch as a tree, each part with what it finds in an article
    Explain(explain::ExplainArgs),
    /// Make watches of the queries of another program
    Import(import::ImportArgs),
    /// Write a watch with tests for a topic, countries and languages
    New(new::NewArgs),
    /// Find what is superfluous: dead, duplicate, shadowed watches, unused lists, repeated terms
    Lint(lint::LintArgs),
}

pub(super) fn run(global: &Global, command: WatchCommand) -> anyhow::Result<ExitCode> {
    if let WatchCommand::Import(args) = &command {
        // What another program asks for needs no config of this one.
        return import::run(args);
    }
    let config = open::config(global)?;
    match command {
        WatchCommand::List { json } => list::run(&config, json),
        WatchCommand::Test(args) => test::run(&config, &args),
        WatchCommand::Explain(args) => explain::run(&config, &args),
        WatchCommand::Import(args) => import::run(&args),
        WatchCommand::New(args) => new::run(&config, args),
        WatchCommand::Lint(args) => lint::run(&config, &args),
    }
}
