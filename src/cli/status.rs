//! `wirewatch status`: is it well? Answered from the database, whether or not the daemon runs.

use std::process::ExitCode;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Global, open, print};
use crate::config::Config;
use crate::model::{FeedHealth, FeedView, TroubleView, rfc3339};
use crate::store::{Queries, SqliteStore, Totals};
use crate::world::World;

/// Hits are counted over a day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Failing feeds that are named; `feed list --bad` has them all.
const FAILING_SHOWN: usize = 10;

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// All that the status is made of.
struct Facts {
    daemon: Option<String>,
    totals: Totals,
    feeds: Vec<FeedView>,
    digests: Vec<(String, Timestamp)>,
    hits: Vec<(String, u64)>,
    quiet_hosts: Vec<(String, Timestamp)>,
    dead_channels: Vec<(String, u64, String)>,
}

pub(super) fn run(global: &Global, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let store = open::store_to_read(&config)?;
    let now = World::real().clock.now();
    let daemon = SqliteStore::holder(&config.store.path);
    let facts = open::block_on(async {
        Ok(Facts {
            daemon,
            totals: store.totals().await?,
            feeds: store.feeds().await?,
            digests: store.next_digests().await?,
            hits: store.hits_per_watch(now - DAY).await?,
            quiet_hosts: store.quiet_hosts(now).await?,
            dead_channels: store.dead_channels().await?,
        })
    })?;
    if args.json {
        print::json(&object(&config, &facts))?;
    } else {
        print::text(&screen(&config, &facts, now))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn object(config: &Config, facts: &Facts) -> Value {
    let hits = facts
        .hits
        .iter()
        .map(|(watch, hits)| json!({ "watch": watch, "hits": hits }));
    let digests = facts
        .digests
        .iter()
        .map(|(name, at)| json!({ "name": name, "at": rfc3339(*at) }));
    let quiet = facts
        .quiet_hosts
        .iter()
        .map(|(host, until)| json!({ "host": host, "until": rfc3339(*until) }));
    let dead = facts.dead_channels.iter().map(
        |(channel, dead, why)| json!({ "channel": channel, "deliveries": dead, "last_error": why }),
    );
    let troubles =
        troubles(&facts.feeds).map(|(url, trouble)| json!({ "feed": url, "trouble": trouble }));
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "daemon": facts.daemon,
        "database": config.store.path,
        "rule_set": config.rule_set.fingerprint(),
        "totals": facts.totals,
        "hits_24h": hits.collect::<Vec<_>>(),
        "next_digests": digests.collect::<Vec<_>>(),
        "quiet_hosts": quiet.collect::<Vec<_>>(),
        "dead_channels": dead.collect::<Vec<_>>(),
        "troubles": troubles.collect::<Vec<_>>(),
    })
}

fn screen(config: &Config, facts: &Facts, now: Timestamp) -> String {
    let mut rows = totals_rows(config, facts, now);
    let hits = facts.hits.iter();
    rows.extend(hits.map(|(watch, hits)| ("", format!("{watch}: {hits} hits in 24 h"))));
    let digests = facts.digests.iter();
    rows.extend(digests.map(|(name, at)| ("next digest", format!("{name}: {}", print::time(*at)))));
    rows.extend(further_rows(facts, now));
    let head = format!("wirewatch {}\n", env!("CARGO_PKG_VERSION"));
    rows.iter().fold(head, |out, (name, value)| {
        out + &format!("{name:12} {value}\n")
    })
}

/// What the store holds, by kind.
fn totals_rows(config: &Config, facts: &Facts, now: Timestamp) -> Vec<(&'static str, String)> {
    let totals = &facts.totals;
    let when = |at: Option<Timestamp>| at.map_or("never".to_owned(), |at| print::ago(at, now));
    let daemon = facts.daemon.as_deref().unwrap_or("not running");
    vec![
        ("daemon", daemon.to_owned()),
        (
            "database",
            format!(
                "{}, {:.1} MB",
                config.store.path.display(),
                totals.database_bytes as f64 / 1e6
            ),
        ),
        (
            "kept pages",
            format!(
                "of {} articles, {:.1} MB of the database",
                totals.kept_pages,
                totals.kept_pages_bytes as f64 / 1e6
            ),
        ),
        (
            "feeds",
            format!(
                "{}: {} failing, {} never polled; last success {}",
                totals.feeds,
                totals.feeds_failing,
                totals.feeds_new,
                when(totals.last_poll_at)
            ),
        ),
        (
            "articles",
            format!(
                "{}: {} to be read, {} to be judged, {} parked",
                totals.articles,
                totals.articles_wanted,
                totals.articles_unjudged,
                totals.articles_parked
            ),
        ),
        (
            "alerts",
            format!(
                "{}, {} open; last {}",
                totals.alerts,
                totals.alerts_open,
                when(totals.last_alert_at)
            ),
        ),
        (
            "deliveries",
            format!(
                "{} waiting, {} given up",
                totals.deliveries_pending, totals.deliveries_dead
            ),
        ),
    ]
}

/// Troubles that are worth telling, with the addresses of their feeds.
fn troubles(feeds: &[FeedView]) -> impl Iterator<Item = (&str, &TroubleView)> {
    let in_config = feeds
        .iter()
        .filter(|feed| feed.health != FeedHealth::Removed);
    in_config
        .flat_map(|feed| feed.troubles.iter().map(|open| (feed.url.as_str(), open)))
        .filter(|(_, trouble)| trouble.kind.is_told())
}

/// What somebody may want to look at: feeds, hosts, channels.
fn further_rows(facts: &Facts, now: Timestamp) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let failing = facts
        .feeds
        .iter()
        .filter(|feed| feed.health == FeedHealth::Failing);
    rows.extend(failing.take(FAILING_SHOWN).map(|feed| {
        let why = feed.last_error.as_deref().unwrap_or_default();
        ("failing", format!("{}: {}", feed.url, print::safe(why)))
    }));
    rows.extend(
        troubles(&facts.feeds)
            .take(FAILING_SHOWN)
            .map(|(url, trouble)| {
                let (kind, since) = (trouble.kind.name(), print::ago(trouble.since, now));
                let why = print::safe(&trouble.why);
                ("in trouble", format!("{url}: {kind}, since {since}: {why}"))
            }),
    );
    rows.extend(
        facts
            .quiet_hosts
            .iter()
            .take(FAILING_SHOWN)
            .map(|(host, until)| {
                let until = print::ago(*until, now);
                (
                    "quiet host",
                    format!("{host} asked to be left alone; again {until}"),
                )
            }),
    );
    rows.extend(facts.dead_channels.iter().map(|(channel, dead, why)| {
        let why = print::safe(why);
        (
            "given up",
            format!("{dead} deliveries through {channel}: {why}"),
        )
    }));
    rows
}
