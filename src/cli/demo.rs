//! `wirewatch demo`: the real daemon against the built-in news site, with a throw-away database.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use super::digest::{self, Format};
use super::{open, print};
use crate::alert::{DigestHead, DigestOptions};
use crate::daemon::{Daemon, Mode, Signals};
use crate::demo::{self, Site};
use crate::pipeline;
use crate::world::World;

/// The canonical watch.
const WATCH: &str = "china-russia";

/// The watch as the repository ships it.
const WATCH_TOML: &str = include_str!("../../examples/watches/china-russia.toml");

/// The demo ends by itself well before this, whatever happens.
const PATIENCE: Duration = Duration::from_secs(15);

/// Between two looks at how far the daemon is.
const LOOK_EVERY: Duration = Duration::from_millis(50);

#[derive(Debug, Args)]
#[command(after_help = "\
Alerts and the digest go to standard output, everything else to standard error. It ends by itself
within 20 s unless --serve keeps the site up. With --keep DIR you can go on playing:
  wirewatch demo --keep play --serve      in one terminal
  wirewatch --config play/config.toml alert list")]
pub(super) struct DemoArgs {
    /// Leave config and database in this folder
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Keep the news site up until Ctrl-C
    #[arg(long)]
    serve: bool,
    /// Show the articles that just failed the watch, and why
    #[arg(long)]
    near_misses: bool,
    /// First port of the news site; every outlet has one [default: free ports]
    #[arg(
        long,
        value_name = "PORT",
        default_value_t = 0,
        hide_default_value = true
    )]
    port: u16,
    /// Form of the digest
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let throw_away = tempfile::Builder::new()
        .prefix("wirewatch-demo-")
        .tempdir()?;
    let dir = args.keep.as_deref().unwrap_or(throw_away.path());
    let started = Instant::now();
    open::block_on(async {
        let world = World::real();
        let listeners = demo::bind(args.port).await?;
        let addrs = listeners
            .iter()
            .map(tokio::net::TcpListener::local_addr)
            .collect::<Result<Vec<_>, _>>()?;
        let site = Arc::new(Site::new(world.clock.now(), &addrs)?);
        let daemon = set_up(dir, &site, world)?;
        let serve = demo::serve(Arc::clone(&site), listeners);
        let signals = Signals::listen()?;
        // The site answers as long as this is awaited beside it.
        let story = async move {
            show(&daemon, &site, args, started).await?;
            // Others may have the database now: `wirewatch run --once` in the next terminal.
            drop(daemon);
            if args.keep.is_some() {
                eprintln!("config and database are in {}", dir.display());
            }
            if args.serve {
                stay(&site, signals).await;
            }
            anyhow::Ok(())
        };
        tokio::select! {
            result = serve => result?,
            result = story => result?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Writes the demo's config, opens its database, builds the daemon.
fn set_up(dir: &Path, site: &Site, world: World) -> anyhow::Result<Daemon> {
    std::fs::create_dir_all(dir).map_err(|error| anyhow::anyhow!("{}: {error}", dir.display()))?;
    let path = dir.join("config.toml");
    if path.exists() {
        anyhow::bail!(
            "{} is there already; name another folder with --keep",
            path.display()
        );
    }
    std::fs::write(&path, site.config_toml(WATCH_TOML))
        .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
    let daemon = build(&path, world);
    if daemon.is_err() {
        // The next try with the same folder must not be told that there is something already.
        std::fs::remove_file(&path)?;
    }
    daemon
}

fn build(path: &Path, world: World) -> anyhow::Result<Daemon> {
    let config = open::load(path)?;
    let store = open::store_for_daemon(&config, "wirewatch demo")?;
    let pipeline = open::pipeline(store, config, world)?;
    Ok(Daemon::new(pipeline, "wirewatch demo"))
}

/// Runs the daemon and the story of the demo beside it.
async fn show(
    daemon: &Daemon,
    site: &Site,
    args: &DemoArgs,
    started: Instant,
) -> anyhow::Result<()> {
    daemon.sync(false).await?;
    eprintln!(
        "a news site with {} feeds is up; polling it",
        site.feeds().len()
    );
    let told = async {
        let told = tell(daemon, site, args, started).await;
        daemon.stop();
        told
    };
    let (ran, told) = tokio::join!(daemon.run(Mode::Forever), told);
    ran?;
    told
}

/// First the news; then an article is corrected; then the digest.
async fn tell(
    daemon: &Daemon,
    site: &Site,
    args: &DemoArgs,
    started: Instant,
) -> anyhow::Result<()> {
    let feeds = site.feeds().len() as u64;
    until(daemon, started, async || {
        let totals = daemon.pipeline.queries.totals().await?;
        let all_polled = daemon.stats.snapshot().polls >= feeds && totals.feeds_new == 0;
        Ok(all_polled && waiting(daemon).await? == 0)
    })
    .await?;
    daemon.settle().await?;
    let read = daemon.stats.snapshot();
    eprintln!(
        "{} articles read, {} hits; now one of them is corrected",
        read.read + read.read_from_entry,
        read.hits
    );
    site.correct(daemon.pipeline.world.clock.now())?;
    // Not "one more was sent": the last message of the news may be counted only now.
    until(daemon, started, async || {
        let has_come = daemon.stats.snapshot().changed_entries > read.changed_entries;
        Ok(has_come && waiting(daemon).await? == 0)
    })
    .await?;
    print_digest(daemon, args.format).await?;
    if args.near_misses {
        near_misses(daemon).await?;
    }
    Ok(())
}

/// Articles and deliveries that are on their way.
async fn waiting(daemon: &Daemon) -> anyhow::Result<u64> {
    let totals = daemon.pipeline.queries.totals().await?;
    Ok(totals.articles_wanted + totals.articles_unjudged + totals.deliveries_pending)
}

/// Waits until something holds, or patience ends.
async fn until(
    daemon: &Daemon,
    started: Instant,
    holds: impl AsyncFn() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    while started.elapsed() < PATIENCE {
        if holds().await? {
            return Ok(());
        }
        if daemon.stats.snapshot().send_failures > 0 {
            // Only standard output can fail here: its reader (`| head`) has gone away.
            return Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    eprintln!("the demo is slower than it should be; going on with what is there");
    Ok(())
}

async fn print_digest(daemon: &Daemon, format: Format) -> anyhow::Result<()> {
    let pipeline = &daemon.pipeline;
    let setup = pipeline.setup();
    let watches = [WATCH.to_owned()];
    let material = pipeline.queries.digest_material(0, None, &watches).await?;
    let title = setup
        .rules
        .watch(WATCH)
        .map_or(WATCH.to_owned(), |watch| watch.title.clone());
    let (_, timezone) = crate::config::system_zone();
    let head = DigestHead {
        name: WATCH,
        title: &title,
        timezone: &timezone,
        since: None,
        until: pipeline.world.clock.now(),
        by_clock: false,
    };
    // Hard negatives are shown only when they are asked for.
    let options = DigestOptions {
        near_misses: false,
        ..DigestOptions::default()
    };
    let queries = pipeline.queries.as_ref();
    let made = pipeline::digest::compose(queries, &setup.rules, material, head, &watches, &options);
    match made.await?.digest {
        Some(digest) => {
            print::text("\n")?;
            print::text(&digest::form(&digest, format, print::colour()))
        }
        None => anyhow::bail!("the demo found nothing; please report this"),
    }
}

async fn near_misses(daemon: &Daemon) -> anyhow::Result<()> {
    let misses = daemon.pipeline.queries.near_misses(None, 100).await?;
    print::text("\nNear misses: articles that just failed the watch\n")?;
    for miss in misses {
        print::text(&format!(
            "- {}\n  {}\n  {}\n",
            print::safe(&miss.title),
            miss.url,
            print::safe(&miss.why)
        ))?;
    }
    Ok(())
}

async fn stay(site: &Site, mut signals: Signals) {
    eprintln!("the site stays up until Ctrl-C:");
    for feed in site.feeds() {
        eprintln!("  {} {}", feed.lang, feed.url);
    }
    signals.next().await;
}
