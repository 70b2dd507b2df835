//! `wirewatch feed remove`: a feed is taken out of the config, and forgotten if that is wanted.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use super::named;
use crate::cli::{Global, open, print};
use crate::config::{self, Config, EditError};
use crate::daemon::Daemon;
use crate::model::FeedHealth;
use crate::store::{PurgeReport, Queries, Store};
use crate::world::World;

pub(super) fn run(global: &Global, url: &str, purge: bool) -> anyhow::Result<ExitCode> {
    let config = open::config(global).context("nothing was removed")?;
    match take_out(&config, url) {
        Ok((url, path)) => {
            let stays = match purge {
                true => "",
                false => "; what it brought stays stored",
            };
            let (shown, path) = (print::safe(&url), path.display());
            print::text(&format!("{shown} removed from {path}{stays}\n"))?;
            if purge {
                forget(global, &url)?;
            }
        }
        // It may have been taken out before.
        Err(_) if purge && is_removed(&config, url)? => forget(global, url)?,
        Err(error) => return Err(error),
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes a feed out of the files; answers with its address as it was written, and the file.
fn take_out(config: &Config, url: &str) -> anyhow::Result<(String, PathBuf)> {
    // As it is written first: a second spelling of a feed is to be taken out, not the feed.
    match config::remove_feed(&config.files, url) {
        Err(EditError::Unknown { .. }) => {
            let feed = named(config, url).context("nothing was removed")?;
            let path = config::remove_feed(&config.files, &feed.spec.url)?;
            Ok((feed.spec.url.clone(), path))
        }
        removed => Ok((url.to_owned(), removed?)),
    }
}

/// True for a feed that the store knows and the config no longer has.
fn is_removed(config: &Config, url: &str) -> anyhow::Result<bool> {
    if !config.store.path.exists() {
        return Ok(false);
    }
    let store = open::store_to_read(config)?;
    let feeds = open::block_on(async { Ok(store.feeds().await?) })?;
    let mut removed = feeds
        .iter()
        .filter(|feed| feed.health == FeedHealth::Removed);
    Ok(removed.any(|feed| feed.url == url))
}

/// Deletes what the feed brought.
fn forget(global: &Global, url: &str) -> anyhow::Result<()> {
    let config = open::config(global)?;
    if !config.store.path.exists() {
        return print::text("there is no database yet: nothing to delete\n");
    }
    let store = open::store(&config)?;
    let pipeline = open::pipeline(store.clone(), config, World::real())?;
    let daemon = Daemon::new(pipeline, "wirewatch feed remove");
    let report = open::block_on(async {
        // The store has to know that it is out of the config, whether or not a daemon is there to tell it.
        daemon.sync(true).await?;
        Ok(store.purge_feed(url).await?)
    })?;
    print::text(&told(report))
}

fn told(report: PurgeReport) -> String {
    let PurgeReport {
        entries,
        articles,
        kept,
    } = report;
    let stays = match kept {
        0 => "the feed is forgotten".to_owned(),
        _ => format!("{kept} entries stay, for an alert tells of their articles"),
    };
    format!("{entries} entries and {articles} articles deleted; {stays}\n")
}
