//! `wirewatch run`: the daemon, or one pass of it.

use std::process::ExitCode;

use clap::Args;

use super::progress::{EVERY, Progress};
use super::{Global, diagnostic, open, print};
use crate::daemon::{Daemon, Files, Mode, Signals, Snapshot, service};
use crate::store::Totals;
use crate::world::World;

#[derive(Debug, Args)]
#[command(after_help = "\
Without --once it runs until SIGTERM or SIGINT, finishes what is in hand and exits 0. SIGHUP reads the
config again, and so does every change of its files, within a second; if that fails the old config stays in
force (`wirewatch status` says so). --once exits 1 when every feed failed.")]
pub(super) struct RunArgs {
    /// Make one pass over everything that is due, through to the last delivery, and exit
    #[arg(long)]
    once: bool,
    /// With --once: poll every feed, whatever its due time (still conditional and polite)
    #[arg(long, requires = "once")]
    all: bool,
    /// With --once: print the summary as JSON
    #[arg(long, requires = "once")]
    json: bool,
}

pub(super) fn run(global: &Global, args: &RunArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    eprint!("{}", diagnostic::show_all(&config.warnings));
    let path = config.path.clone();
    let files = (!args.once).then(|| Files::new(&path, &config.warnings));
    let store = open::store_for_daemon(&config, "wirewatch run")?;
    let name = format!("wirewatch run, pid {}", std::process::id());
    let feeds = config.feeds.len() as u64;
    let pipeline = open::pipeline(store, config, World::real())?;
    let daemon = Daemon::new(pipeline, &name);
    open::block_on(async {
        let signals = Signals::listen()?;
        daemon.sync(!args.once).await?;
        let setup = daemon.pipeline.setup();
        service::ready(&format!(
            "{feeds} feeds, {} watches",
            setup.rules.watches().len()
        ));
        if !args.once {
            let now = daemon.pipeline.world.clock.now();
            let rule_set = setup.rules.fingerprint();
            daemon.pipeline.store.put_in_force(rule_set, now).await?;
        }
        drop(setup);
        if args.once {
            let progress = Progress::new(feeds);
            let mode = Mode::Once { all: args.all };
            let snapshot = with_progress(&daemon, mode, signals, &path, &progress).await?;
            progress.end();
            let left = daemon.pipeline.queries.totals().await?;
            summary(&snapshot, &left, args.json)?;
            let every_feed_failed = snapshot.polls > 0 && snapshot.polls_failed == snapshot.polls;
            return Ok(ExitCode::from(u8::from(every_feed_failed)));
        }
        tracing::info!("running: {feeds} feeds; stop with SIGTERM or Ctrl-C");
        service::heed_watchdog(&daemon);
        tokio::select! {
            result = daemon.run(Mode::Forever) => { result?; }
            () = service::tell_progress(&daemon) => {}
            result = async {
                signals.serve(&daemon, &path, files).await;
                std::future::pending::<anyhow::Result<()>>().await
            } => result?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn with_progress(
    daemon: &Daemon,
    mode: Mode,
    signals: Signals,
    path: &std::path::Path,
    progress: &Progress,
) -> anyhow::Result<Snapshot> {
    let run = daemon.run(mode);
    let serve = signals.serve(daemon, path, None);
    tokio::pin!(run, serve);
    let mut tick = tokio::time::interval(EVERY);
    let mut serving = true;
    loop {
        tokio::select! {
            result = &mut run => return Ok(result?),
            () = &mut serve, if serving => serving = false,
            _ = tick.tick() => progress.show(daemon.stats.snapshot()),
        }
    }
}

fn summary(done: &Snapshot, left: &Totals, json: bool) -> anyhow::Result<()> {
    if json {
        return print::json(done);
    }
    let text = format!(
        "{} feeds polled: {} not modified, {} unchanged, {} failed\n\
         {} new entries, {} changed; {} articles read, {} made of their entry, {} to be tried again\n\
         {} hits, {} alerts told, {} deliveries sent, {} not accepted, {} given up, {} digests\n",
        done.polls,
        done.not_modified,
        done.unchanged,
        done.polls_failed,
        done.new_entries,
        done.changed_entries,
        done.read,
        done.read_from_entry,
        done.read_retries,
        done.hits,
        done.alerts,
        done.sent,
        done.send_failures,
        done.dead,
        done.digests,
    );
    print::text(&text)?;
    if done.discrepancies > 0 {
        print::text(&format!(
            "{} feeds read differently by the second reader (-v names them)\n",
            done.discrepancies
        ))?;
    }
    let waiting = left.articles_wanted + left.articles_unjudged + left.deliveries_pending;
    if waiting > 0 {
        print::text(&format!(
            "left for later (hosts that asked to be left alone, failed tries): {} articles, {} deliveries\n",
            left.articles_wanted + left.articles_unjudged,
            left.deliveries_pending
        ))?;
    }
    Ok(())
}
