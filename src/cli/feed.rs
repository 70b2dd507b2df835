//! `wirewatch feed`: what is polled, and how it is.

mod add;
mod choose;
mod find;
mod opml;

use std::collections::HashSet;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::SignedDuration;

use super::{Global, open, print};
use crate::config::{self, Config, FeedConfig, nearest};
use crate::daemon::Daemon;
use crate::model::{Claim, Committed, Feed, FeedHealth, FeedId, FeedSpec, FeedView, Lessee};
use crate::pipeline::{self, poll::Polled};
use crate::store::{FeedScope, PollReport, Queries};
use crate::world::World;

/// A feed is not polled by hand more often than this.
const FLOOR: SignedDuration = SignedDuration::from_mins(5);

#[derive(Debug, Subcommand)]
pub(super) enum FeedCommand {
    /// Add a feed to the config file, or find the feeds of a site; comments and order stay
    Add(add::AddArgs),
    /// Add the feeds of an OPML file, as other readers export it
    Import(opml::ImportArgs),
    /// Write the feeds as OPML to standard output, for other readers
    Export(opml::ExportArgs),
    /// List the feeds: state, last success, next poll, last error
    List(ListArgs),
    /// Take a feed out of the config file; its stored articles and alerts stay
    Remove {
        /// Address of the feed, in any spelling
        url: String,
    },
    /// Poll one feed now, conditionally and politely, not more often than every five minutes
    Poll {
        /// Address of the feed, in any spelling
        url: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Only feeds whose last poll failed
    #[arg(long)]
    bad: bool,
}

pub(super) fn run(global: &Global, command: FeedCommand) -> anyhow::Result<ExitCode> {
    match command {
        FeedCommand::Add(args) => add::run(global, &args),
        FeedCommand::Import(args) => opml::import(global, &args),
        FeedCommand::Export(args) => opml::export(global, &args),
        FeedCommand::List(args) => list(global, &args),
        FeedCommand::Remove { url } => remove(global, &url),
        FeedCommand::Poll { url } => poll(global, &url),
    }
}

fn remove(global: &Global, url: &str) -> anyhow::Result<ExitCode> {
    let config = open::config(global).context("nothing was removed")?;
    let feed = named(&config, url).context("nothing was removed")?;
    let path = config::remove_feed(&config.files, &feed.spec.url)?;
    print::text(&format!(
        "{} removed from {}; what it brought stays stored\n",
        feed.spec.url,
        path.display()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The feed of the config that a person means; on a miss the error names the nearest.
fn named<'a>(config: &'a Config, url: &str) -> anyhow::Result<&'a FeedConfig> {
    if let Some(feed) = config.feed(url) {
        return Ok(feed);
    }
    let urls = || config.feeds.iter().map(|feed| feed.spec.url.as_str());
    let near = urls()
        .find(|known| known.contains(url))
        .or_else(|| nearest(url, urls()));
    match near {
        Some(near) => anyhow::bail!("{url} is not in the config; did you mean {near}?"),
        None => anyhow::bail!(
            "{url} is not in the config; `wirewatch feed list` shows what is, `wirewatch feed add {url}` adds it"
        ),
    }
}

fn list(global: &Global, args: &ListArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let mut feeds = if config.store.path.exists() {
        let store = open::store_to_read(&config)?;
        open::block_on(async { Ok(store.feeds().await?) })?
    } else {
        Vec::new()
    };
    let stored: HashSet<String> = feeds.iter().map(|feed| feed.url.clone()).collect();
    let fresh = config.feeds.into_iter().map(|feed| feed.spec);
    feeds.extend(fresh.filter(|spec| !stored.contains(&spec.url)).map(view));
    if args.bad {
        feeds.retain(|feed| feed.health == FeedHealth::Failing);
    }
    if args.json {
        print::json_lines(&feeds)?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = World::real().clock.now();
    let rows: Vec<Vec<String>> = feeds.iter().map(|feed| row(feed, now)).collect();
    print::text(&print::table(
        &[
            "STATE",
            "LAST SUCCESS",
            "LAST NEW",
            "NEXT POLL",
            "ENTRIES",
            "FEED",
        ],
        &rows,
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// A feed that is in the config, but not in the store before the next run.
fn view(spec: FeedSpec) -> FeedView {
    FeedView {
        // The ids of the store begin at 1.
        id: FeedId(0),
        url: spec.url,
        title: None,
        tags: spec.tags,
        lang: spec.lang,
        health: FeedHealth::New,
        failures: 0,
        last_error: None,
        failure: None,
        moved_to: None,
        duplicate_of: None,
        usual_gap_s: None,
        last_poll: None,
        last_success: None,
        last_new: None,
        next_poll: None,
        entries: 0,
    }
}

fn row(feed: &FeedView, now: jiff::Timestamp) -> Vec<String> {
    let when = |at: Option<jiff::Timestamp>| at.map_or("-".to_owned(), |at| print::ago(at, now));
    let state = match feed.health {
        FeedHealth::New => "new".to_owned(),
        FeedHealth::Ok => "ok".to_owned(),
        FeedHealth::Failing => format!("failing ({})", feed.failures),
        FeedHealth::Empty => "empty".to_owned(),
        FeedHealth::Silent => "silent".to_owned(),
        FeedHealth::Gone => "gone".to_owned(),
        FeedHealth::Duplicate => "duplicate".to_owned(),
        FeedHealth::Removed => "removed".to_owned(),
    };
    let mut name = feed.url.clone();
    if let (FeedHealth::Failing, Some(error)) = (feed.health, &feed.last_error) {
        name.push_str(&format!(": {}", print::safe(error)));
    }
    vec![
        state,
        when(feed.last_success),
        when(feed.last_new),
        when(feed.next_poll),
        feed.entries.to_string(),
        name,
    ]
}

fn poll(global: &Global, url: &str) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let feed = named(&config, url)?;
    let floor = feed.spec.interval.unwrap_or(FLOOR).min(FLOOR);
    let url = feed.spec.url.clone();
    let url = url.as_str();
    let store = open::store(&config)?;
    let pipeline = open::pipeline(store.clone(), config, World::real())?;
    let daemon = Daemon::new(pipeline, "wirewatch feed poll");
    open::block_on(async {
        daemon.sync(true).await?;
        let claim = claim(&daemon, stored(store.as_ref(), url).await?, floor).await?;
        let (polled, committed) = pipeline::poll::work(&daemon.pipeline, claim).await?;
        let Committed::Done(report) = committed else {
            anyhow::bail!("{url} was polled by another process meanwhile");
        };
        let after = stored(store.as_ref(), url).await?;
        print::text(&format!("{url}: {}\n", told(polled, report, &after)))?;
        Ok(ExitCode::from(u8::from(polled == Polled::Failed)))
    })
}

/// The feed as the store has it.
async fn stored(store: &dyn Queries, url: &str) -> anyhow::Result<FeedView> {
    let feeds = store.feeds().await?;
    let found = feeds.into_iter().find(|feed| feed.url == url);
    found.ok_or_else(|| anyhow::anyhow!("{url} is not stored, although it was just synced"))
}

/// Claims the feed, unless it was polled a moment ago or is being polled.
async fn claim(
    daemon: &Daemon,
    feed: FeedView,
    floor: SignedDuration,
) -> anyhow::Result<Claim<Feed>> {
    let now = daemon.pipeline.world.clock.now();
    let lessee = Lessee {
        name: format!("wirewatch feed poll, pid {}", std::process::id()),
        now,
        hold: SignedDuration::from_mins(2),
    };
    let scope = FeedScope::One {
        feed: feed.id,
        since: now - floor,
    };
    let claimed = daemon
        .pipeline
        .store
        .claim_feeds(&lessee, scope, 1, 1, &[])
        .await?;
    claimed.into_iter().next().ok_or_else(|| {
        let last = feed.last_poll.map_or("being polled".to_owned(), |at| {
            format!("polled {}", print::ago(at, now))
        });
        anyhow::anyhow!(
            "{} is {last}; polls by hand keep {} s apart",
            feed.url,
            floor.as_secs()
        )
    })
}

fn told(polled: Polled, report: PollReport, feed: &FeedView) -> String {
    match polled {
        Polled::NotModified => "not modified since the last poll".to_owned(),
        Polled::Unchanged => "the same document as at the last poll".to_owned(),
        Polled::Fetched => format!(
            "{} new entries, {} changed; `wirewatch run` reads their articles",
            report.new_entries, report.changed_entries
        ),
        Polled::Failed => print::safe(feed.last_error.as_deref().unwrap_or("failed")),
    }
}
