//! `wirewatch status`: is it well? Answered from the database, whether or not the daemon runs.

use std::process::ExitCode;

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;

use super::{Global, open, print};
use crate::model::{FeedHealth, rfc3339};
use crate::store::{Queries, SqliteStore};
use crate::world::World;

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let store = open::store_to_read(&config)?;
    let now = World::real().clock.now();
    let holder = SqliteStore::holder(&config.store.path);
    let (totals, feeds, digests, hits) = open::block_on(async {
        Ok((
            store.totals().await?,
            store.feeds().await?,
            store.next_digests().await?,
            store
                .hits_per_watch(now - SignedDuration::from_hours(24))
                .await?,
        ))
    })?;
    if args.json {
        print::json(&json!({
            "version": env!("CARGO_PKG_VERSION"),
            "daemon": holder,
            "database": config.store.path,
            "rule_set": config.rule_set.fingerprint(),
            "totals": totals,
            "hits_24h": hits.iter().map(|(watch, hits)| json!({"watch": watch, "hits": hits})).collect::<Vec<_>>(),
            "next_digests": digests.iter().map(|(name, at)| json!({"name": name, "at": rfc3339(*at)})).collect::<Vec<_>>(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let when =
        |at: Option<jiff::Timestamp>| at.map_or("never".to_owned(), |at| print::ago(at, now));
    let mut out = format!("wirewatch {}\n", env!("CARGO_PKG_VERSION"));
    let mut line = |name: &str, value: String| out.push_str(&format!("{name:12} {value}\n"));
    line("daemon", holder.unwrap_or_else(|| "not running".to_owned()));
    line(
        "database",
        format!(
            "{}, {:.1} MB",
            config.store.path.display(),
            totals.database_bytes as f64 / 1e6
        ),
    );
    line(
        "feeds",
        format!(
            "{}: {} failing, {} never polled; last success {}",
            totals.feeds,
            totals.feeds_failing,
            totals.feeds_new,
            when(totals.last_poll_at)
        ),
    );
    line(
        "articles",
        format!(
            "{}: {} to be read, {} to be judged, {} parked",
            totals.articles,
            totals.articles_wanted,
            totals.articles_unjudged,
            totals.articles_parked
        ),
    );
    line(
        "alerts",
        format!(
            "{}, {} open; last {}",
            totals.alerts,
            totals.alerts_open,
            when(totals.last_alert_at)
        ),
    );
    line(
        "deliveries",
        format!(
            "{} waiting, {} given up",
            totals.deliveries_pending, totals.deliveries_dead
        ),
    );
    for (watch, hits) in &hits {
        line("", format!("{watch}: {hits} hits in 24 h"));
    }
    for (name, at) in &digests {
        line("next digest", format!("{name}: {}", print::time(*at)));
    }
    for feed in feeds
        .iter()
        .filter(|feed| feed.health == FeedHealth::Failing)
        .take(10)
    {
        let why = feed.last_error.as_deref().unwrap_or_default();
        line("failing", format!("{}: {}", feed.url, print::safe(why)));
    }
    print::text(&out)?;
    Ok(ExitCode::SUCCESS)
}
