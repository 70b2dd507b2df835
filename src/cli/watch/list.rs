//! `wirewatch watch list`: the watches, what they find, and how much of it is worth telling.

use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{open, print};
use crate::config::Config;
use crate::model::rfc3339;
use crate::rules::WatchSource;
use crate::store::{Queries, WatchRecord};
use crate::world::World;

#[derive(Debug, Args)]
#[command(after_help = "\
PRECISION counts the alerts that were marked (`wirewatch alert mark`): those marked relevant of all marked.
Example:
  wirewatch watch list --all --json
Exit codes: 0 all is well, 1 the config was refused, 2 the command line was wrong.")]
pub(in crate::cli) struct ListArgs {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Also those that are no longer in the config, and how each stands
    #[arg(long)]
    all: bool,
}

/// A watch of the config, of the store, or of both.
struct Line<'a> {
    name: &'a str,
    source: Option<&'a WatchSource>,
    record: Option<&'a WatchRecord>,
}

pub(super) fn run(config: &Config, args: &ListArgs) -> anyhow::Result<ExitCode> {
    let now = World::real().clock.now();
    let records = records(config, now)?;
    let record = |name: &str| records.iter().find(|record| record.name == name);
    let watches = &config.rules.watches;
    let mut lines: Vec<Line<'_>> = watches
        .iter()
        .map(|watch| Line {
            name: &watch.name,
            source: Some(watch),
            record: record(&watch.name),
        })
        .collect();
    if args.all {
        let gone = records
            .iter()
            .filter(|record| watches.iter().all(|watch| watch.name != record.name));
        lines.extend(gone.map(|record| Line {
            name: &record.name,
            source: None,
            record: Some(record),
        }));
    }
    if args.json {
        let rows: Vec<Value> = lines.iter().map(|line| line.json(config)).collect();
        print::json_lines(&rows)?;
    } else {
        print::text(&table(&lines, config, args.all, now))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What the store knows; nothing when there is no database yet.
fn records(config: &Config, now: Timestamp) -> anyhow::Result<Vec<WatchRecord>> {
    if !config.store.path.exists() {
        return Ok(Vec::new());
    }
    let store = open::store_to_read(config)?;
    open::block_on(async { Ok(store.watch_records(now).await?) })
}

fn table(lines: &[Line<'_>], config: &Config, all: bool, now: Timestamp) -> String {
    let mut head = vec!["WATCH"];
    if all {
        head.push("STATUS");
    }
    head.extend([
        "SEVERITY",
        "HITS 24H",
        "HITS 7D",
        "PRECISION",
        "TESTS",
        "CHANNELS",
        "TITLE",
    ]);
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| line.row(config, all, now))
        .collect();
    print::table(&head, &rows)
}

impl Line<'_> {
    fn row(&self, config: &Config, all: bool, now: Timestamp) -> Vec<String> {
        let record = self.record;
        let of_config = |of: fn(&WatchSource) -> String| self.source.map_or("-".to_owned(), of);
        let mut row = vec![print::safe(self.name)];
        if all {
            row.push(self.status_for_people(now));
        }
        row.extend([
            of_config(|watch| watch.severity.name().to_owned()),
            record.map_or(0, |record| record.hits_24h).to_string(),
            record.map_or(0, |record| record.hits_7d).to_string(),
            record.map_or_else(|| "not marked".to_owned(), precision),
            of_config(|watch| watch.tests.len().to_string()),
            self.channels(config).join(", "),
            of_config(|watch| watch.title.clone()),
        ]);
        row
    }

    fn json(&self, config: &Config) -> Value {
        let record = self.record;
        json!({
            "watch": self.name,
            "status": self.status(),
            "title": self.source.map(|watch| &watch.title),
            "severity": self.source.map(|watch| watch.severity),
            "match": self.source.map(|watch| &watch.expression),
            "channels": self.channels(config),
            "tests": self.source.map(|watch| watch.tests.len()),
            "since": record.and_then(|record| record.since).map(rfc3339),
            "removed_at": record.and_then(|record| record.removed_at).map(rfc3339),
            "hits_24h": record.map_or(0, |record| record.hits_24h),
            "hits_7d": record.map_or(0, |record| record.hits_7d),
            "marked_relevant": record.map_or(0, |record| record.relevant),
            "marked_noise": record.map_or(0, |record| record.noise),
            "precision": record.and_then(WatchRecord::precision),
        })
    }

    /// `active` while it is in the config, `removed` when it was taken out, `unknown` when only what it left bears
    /// its name (a watch of a version before, which noted no names).
    fn status(&self) -> &'static str {
        let was_there = self.record.is_some_and(|record| record.since.is_some());
        match (self.source.is_some(), was_there) {
            (true, _) => "active",
            (false, true) => "removed",
            (false, false) => "unknown",
        }
    }

    fn status_for_people(&self, now: Timestamp) -> String {
        let removed_at = self.record.and_then(|record| record.removed_at);
        match (self.status(), removed_at) {
            ("removed", Some(at)) => format!("removed {}", print::ago(at, now)),
            // The daemon that will note it has not read the config yet.
            ("removed", None) => "out of the config".to_owned(),
            (status, _) => status.to_owned(),
        }
    }

    fn channels(&self, config: &Config) -> Vec<String> {
        if self.source.is_none() {
            return Vec::new();
        }
        match config.watch_channels.get(self.name) {
            Some(named) => named.clone(),
            None => config.channels.keys().cloned().collect(),
        }
    }
}

/// How many of the marked alerts are relevant, in words.
fn precision(record: &WatchRecord) -> String {
    let marked = record.relevant + record.noise;
    match record.precision() {
        None => "not marked".to_owned(),
        Some(share) => format!(
            "{} of {marked} marked relevant, {:.0} %",
            record.relevant,
            100.0 * share
        ),
    }
}
