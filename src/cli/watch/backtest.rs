//! `wirewatch watch backtest`: what a watch would have found in the stored articles.

mod chart;
pub(in crate::cli) mod replay;
mod report;
pub(in crate::cli) mod row;
mod tell;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use self::replay::{Replay, Side};
use self::report::Report;
use super::{open, print, unknown_watch};
use crate::config::{Config, Period};
use crate::rules::{RuleSet, RuleSource};
use crate::world::World;

#[derive(Debug, Args)]
#[command(after_help = "\
The watch as it is in the config is asked of every article first seen in the period, by the same evaluator as alerts;
what is known besides the text counts as of then. Nothing is written, nobody is told. Gained and lost are counted
against the hits that are stored, or with --against against the watch of that name in another config file. Articles
whose bodies were dropped ([keep] bodies) cannot be tried; how many is told.

Most articles are held back by their words alone, which changes no hit; --full analyses every article, so that
near misses are complete, too. Days are UTC.
Examples:
  wirewatch watch backtest china-russia --since 90d
  wirewatch watch backtest china-russia --against old.toml --since 30d --json
  wirewatch watch backtest china-russia --csv > days.csv
Exit codes: 0 it was tried, 1 no such watch or database, or an article could not be judged, 2 the command line was
wrong.")]
pub(in crate::cli) struct BacktestArgs {
    /// NAME of the watch
    name: String,
    /// Articles first seen in this period
    #[arg(long, value_name = "PERIOD", default_value = "30d")]
    since: Period,
    /// Compare with the watch of the same NAME in this config file
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Analyse every article
    #[arg(long)]
    full: bool,
    /// One JSON object with everything
    #[arg(long)]
    json: bool,
    /// The days as a table for spreadsheets (RFC 4180)
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

pub(super) fn run(config: &Config, args: &BacktestArgs) -> anyhow::Result<ExitCode> {
    let now = side(config, &args.name)?;
    let before = args.against.as_deref().map(|path| {
        let other = open::load(path)?;
        side(&other, &args.name).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
    });
    let before = before.transpose()?;
    let store = open::store_to_read(config)?;
    let until = World::real().clock.now();
    let since = until.saturating_sub(args.since.0).unwrap_or(Timestamp::MIN);
    let replay = Replay::new(config, store, now, before, since, args.full);
    let outcome = open::block_on(replay.run())?;
    let report = Report::new(&replay, outcome, until);
    if args.json {
        print::json(&report)?;
    } else if args.csv {
        print::text(&tell::csv(&report))?;
    } else {
        print::text(&tell::text(&report, args.against.as_deref()))?;
    }
    Ok(ExitCode::from(u8::from(report.articles.failed > 0)))
}

/// The watch of a config, alone, with what it names.
fn side(config: &Config, name: &str) -> anyhow::Result<Side> {
    let watches = config.rules.watches.iter();
    let Some(watch) = watches.into_iter().find(|watch| watch.name == name) else {
        return Err(unknown_watch(config, name));
    };
    let source = RuleSource {
        watches: vec![watch.clone()],
        ..config.rules.clone()
    };
    let rules = RuleSet::compile(&source)
        .map_err(|_| anyhow::anyhow!("the watch `{name}` does not compile alone"))?;
    Ok(Side {
        watch: name.to_owned(),
        rules: Arc::new(rules),
        source: Arc::new(source),
    })
}
