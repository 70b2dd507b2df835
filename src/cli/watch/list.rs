//! `wirewatch watch list`.

use std::process::ExitCode;

use jiff::SignedDuration;
use serde_json::json;

use super::{open, print};
use crate::config::Config;
use crate::store::{Queries, SqliteStore};
use crate::world::World;

pub(super) fn run(config: &Config, as_json: bool) -> anyhow::Result<ExitCode> {
    let hits = hits_of_a_day(config)?;
    let hits_of = |name: &str| {
        hits.iter()
            .find(|(watch, _)| watch == name)
            .map_or(0, |(_, n)| *n)
    };
    let channels = |name: &str| match config.watch_channels.get(name) {
        Some(named) => named.clone(),
        None => config.channels.keys().cloned().collect(),
    };
    let watches = &config.rules.watches;
    if as_json {
        let rows: Vec<_> = watches
            .iter()
            .map(|watch| {
                json!({
                    "watch": watch.name,
                    "title": watch.title,
                    "severity": watch.severity,
                    "match": watch.expression,
                    "channels": channels(&watch.name),
                    "tests": watch.tests.len(),
                    "hits_24h": hits_of(&watch.name),
                })
            })
            .collect();
        print::json_lines(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = watches
        .iter()
        .map(|watch| {
            vec![
                watch.name.clone(),
                watch.severity.name().to_owned(),
                hits_of(&watch.name).to_string(),
                watch.tests.len().to_string(),
                channels(&watch.name).join(", "),
                watch.title.clone(),
            ]
        })
        .collect();
    print::text(&print::table(
        &[
            "WATCH", "SEVERITY", "HITS 24H", "TESTS", "CHANNELS", "TITLE",
        ],
        &rows,
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Hits by watch; none when there is no database yet.
fn hits_of_a_day(config: &Config) -> anyhow::Result<Vec<(String, u64)>> {
    if !config.store.path.exists() {
        return Ok(Vec::new());
    }
    let store: std::sync::Arc<SqliteStore> = open::store_to_read(config)?;
    let since = World::real().clock.now() - SignedDuration::from_hours(24);
    open::block_on(async { Ok(store.hits_per_watch(since).await?) })
}
