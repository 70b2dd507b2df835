//! `wirewatch feed`: what is polled, and how it is.

mod add;
mod choose;
mod find;
mod list;
mod opml;
mod remove;
mod show;

pub(super) use choose::confirm;

use std::process::ExitCode;

use clap::Subcommand;
use jiff::SignedDuration;

use super::{Global, open, print};
use crate::config::{Config, FeedConfig, nearest};
use crate::daemon::Daemon;
use crate::model::{Claim, Committed, Feed, FeedView, Lessee};
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
    /// List the feeds: state, last success, last news, rhythm, next poll, last error
    List(list::ListArgs),
    /// Show one feed's history: state, rhythm, polls, troubles, newest entries
    Show(show::ShowArgs),
    /// Take a feed out of the config file; its stored articles and alerts stay
    #[command(after_help = "\
Its polls end, and so does what waits because of it: articles to be read, alerts to be sent. A feed that is put
back goes on where it was. With --purge what it brought is deleted: its entries, and the articles that no other
feed named and no alert tells of. --purge works on a feed that was removed before, too.

Examples:
  wirewatch feed remove https://www.example.org/rss.xml
  wirewatch feed remove example.org/rss.xml              the same feed
  wirewatch feed remove --purge example.org/rss.xml      and forget it")]
    Remove {
        /// Address of the feed, in any spelling
        url: String,
        /// Delete what it brought, but for what an alert tells of
        #[arg(long)]
        purge: bool,
    },
    /// Poll one feed now, conditionally and politely, not more often than every five minutes
    #[command(after_help = "\
Example:
  wirewatch feed poll https://www.example.org/rss.xml

It works while the daemon runs, too. A feed that is gone (410) is tried again. Exit code 1 when it fails.")]
    Poll {
        /// Address of the feed, in any spelling
        url: String,
    },
}

pub(super) fn run(global: &Global, command: FeedCommand) -> anyhow::Result<ExitCode> {
    match command {
        FeedCommand::Add(args) => add::run(global, &args),
        FeedCommand::Import(args) => opml::import(global, &args),
        FeedCommand::Export(args) => opml::export(global, &args),
        FeedCommand::List(args) => list::run(global, &args),
        FeedCommand::Show(args) => show::run(global, &args),
        FeedCommand::Remove { url, purge } => remove::run(global, &url, purge),
        FeedCommand::Poll { url } => poll(global, &url),
    }
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
