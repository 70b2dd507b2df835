//! `wirewatch watch`: what is looked for.

mod backfill;
pub(super) mod backtest;
mod explain;
mod import;
mod input;
mod lint;
mod list;
mod new;
mod pin;
mod suggest;
mod test;

pub(super) use new::{add, ask};

use std::process::ExitCode;

use clap::Subcommand;

use super::{Global, open, print};
use crate::config::{Config, nearest};

#[derive(Debug, Subcommand)]
pub(super) enum WatchCommand {
    /// List the watches: hits of the last day and week, how many of the marked alerts are relevant
    List(list::ListArgs),
    /// Run the watches' own tests, or try the watches on texts and pages
    Test(test::TestArgs),
    /// Show a watch as a tree, each part with what it finds in an article
    Explain(explain::ExplainArgs),
    /// Write a watch with tests for a topic, countries and languages
    New(new::NewArgs),
    /// Make watches of the queries of another program
    Import(import::ImportArgs),
    /// Find what is superfluous: dead, duplicate, shadowed watches, unused lists, repeated terms
    Lint(lint::LintArgs),
    /// Try a watch on the stored articles
    Backtest(backtest::BacktestArgs),
    /// Apply a new or changed watch to the articles that are stored already
    Backfill(backfill::BackfillArgs),
    /// Keep an article of an alert as a test of its watch
    Pin(pin::PinArgs),
    /// Propose terms for a watch out of the marks on its alerts
    Suggest(suggest::SuggestArgs),
}

pub(super) fn run(global: &Global, command: WatchCommand) -> anyhow::Result<ExitCode> {
    if let WatchCommand::Import(args) = &command {
        // What another program asks for needs no config of this one.
        return import::run(args);
    }
    let config = open::config(global)?;
    match command {
        WatchCommand::List(args) => list::run(&config, &args),
        WatchCommand::Test(args) => test::run(&config, &args),
        WatchCommand::Explain(args) => explain::run(&config, &args),
        WatchCommand::New(args) => new::run(&config, args),
        WatchCommand::Import(args) => import::run(&args),
        WatchCommand::Lint(args) => lint::run(&config, &args),
        WatchCommand::Backtest(args) => backtest::run(&config, &args),
        WatchCommand::Backfill(args) => backfill::run(global, &args),
        WatchCommand::Pin(args) => pin::run(&config, &args),
        WatchCommand::Suggest(args) => suggest::run(&config, &args),
    }
}

/// What to say of a watch that there is not.
fn unknown_watch(config: &Config, name: &str) -> anyhow::Error {
    let known = config.rule_set.watches().iter();
    let near = nearest(name, known.map(|watch| watch.name.as_str()));
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    anyhow::anyhow!("there is no watch `{name}`{near}")
}
