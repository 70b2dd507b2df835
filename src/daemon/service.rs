//! What a service manager expects: signals, readiness, reload.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::config::{Config, Problems};
use crate::pipeline::{Setup, SetupError};
use crate::store::StoreError;

use super::{Daemon, Files};

/// The signals that a daemon listens to.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// SIGTERM or SIGINT.
    Stop,
    /// SIGHUP.
    Reload,
}

impl Signals {
    /// Starts listening.
    ///
    /// # Errors
    /// When the handlers cannot be installed.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.hangup.recv() => Asked::Reload,
        }
    }

    /// Serves signals until one asks to stop: the daemon is told, and told of reloads on the way. With `files` a change
    /// of them is a reload too.
    pub async fn serve(mut self, daemon: &Daemon, config: &Path, mut files: Option<Files>) {
        loop {
            let asked = tokio::select! {
                asked = self.next() => asked,
                () = changed(files.as_mut(), daemon) => Asked::Reload,
            };
            match asked {
                Asked::Stop => {
                    tell(&[NotifyState::Stopping]);
                    tracing::info!("stopping: finishing what is in hand");
                    daemon.stop();
                    return;
                }
                Asked::Reload => {
                    if let Some(files) = &mut files {
                        files.about_to_read();
                    }
                    let problems = reload_and_say(daemon, config).await;
                    if let (Some(files), Some(problems)) = (&mut files, problems) {
                        files.were_read(&problems);
                    }
                }
            }
        }
    }
}

async fn changed(files: Option<&mut Files>, daemon: &Daemon) {
    match files {
        Some(files) => files.changed(daemon).await,
        None => std::future::pending().await,
    }
}

/// Between the limit of the service manager's watchdog and what is taken from it: it is told so many times within it,
/// and no loop sleeps longer than that.
const TOLD_WITHIN_LIMIT: u32 = 4;

/// Lets no loop sleep longer than the watchdog allows; to be called before they begin.
pub fn heed_watchdog(daemon: &Daemon) {
    if let Some(limit) = sd_notify::watchdog_enabled() {
        daemon.pulse.wait_at_most(limit / TOLD_WITHIN_LIMIT);
    }
}

/// Tells the service manager's watchdog (`WatchdogSec=`) that the daemon gets on, while each of its loops comes round, and what it has
/// done so far. Without a watchdog it tells only the latter, each minute.
pub async fn tell_progress(daemon: &Daemon) {
    let limit = sd_notify::watchdog_enabled();
    let every = limit.map_or(Duration::from_secs(60), |limit| limit / TOLD_WITHIN_LIMIT);
    let mut hanging = None;
    loop {
        tokio::time::sleep(every).await;
        let status = status(daemon);
        let late =
            limit.and_then(|limit| daemon.pulse.slowest().filter(|(_, age)| *age > limit / 2));
        match late {
            Some((name, age)) if hanging != Some(name) => {
                tracing::error!(
                    "{name}: has not come round for {} s; the watchdog is not told",
                    age.as_secs()
                );
                hanging = Some(name);
            }
            Some(_) => {}
            None => {
                hanging = None;
                match limit {
                    Some(_) => tell(&[NotifyState::Watchdog, NotifyState::Status(&status)]),
                    None => tell(&[NotifyState::Status(&status)]),
                }
            }
        }
    }
}

/// One line for `systemctl status`.
pub fn status(daemon: &Daemon) -> String {
    let setup = daemon.pipeline.setup();
    let done = daemon.stats.snapshot();
    format!(
        "{} feeds, {} watches; {} polls, {} articles judged, {} alerts told, {} deliveries sent, {} given up",
        setup.config.feeds.len(),
        setup.rules.watches().len(),
        done.polls,
        done.judged,
        done.alerts,
        done.sent,
        done.dead
    )
}

/// What the service manager is to wait further, from every word of progress on.
const PATIENCE: Duration = Duration::from_secs(60);

/// Tells the service manager that a start goes on (`EXTEND_TIMEOUT_USEC`, sd_notify(3)), and how far it is.
pub fn still_starting(how_far: &str) {
    let extend = u32::try_from(PATIENCE.as_micros()).unwrap_or(u32::MAX);
    tell(&[
        NotifyState::ExtendTimeoutUsec(extend),
        NotifyState::Status(how_far),
    ]);
}

/// Says to the service manager that the first claims are possible.
pub fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Tells the service manager; without one (no `NOTIFY_SOCKET`) nothing happens.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!("the service manager cannot be told: {error}");
    }
}

/// Answers with what was said of the files; `None` when they were not read to their end.
async fn reload_and_say(daemon: &Daemon, config: &Path) -> Option<Problems> {
    let started = NotifyState::monotonic_usec_now();
    match started {
        Ok(monotonic) => tell(&[NotifyState::Reloading, monotonic]),
        Err(error) => tracing::warn!("no monotonic clock: {error}"),
    }
    // Of before the files are read: `wirewatch reload` waits for a verdict on what it has seen written.
    let now = daemon.pipeline.world.clock.now();
    let reloaded = reload(daemon, config).await;
    let setup = daemon.pipeline.setup();
    let store = &daemon.pipeline.store;
    daemon.meters.reloads.add(1);
    let (status, noted, problems) = match reloaded {
        Ok(()) => {
            let watches = setup.rules.watches().len();
            let feeds = setup.config.feeds.len();
            tracing::info!("reloaded: {feeds} feeds, {watches} watches");
            let noted = store.put_in_force(setup.rules.fingerprint(), now).await;
            let problems = Some(setup.config.warnings.clone());
            (format!("{feeds} feeds, {watches} watches"), noted, problems)
        }
        Err(error) => {
            daemon.meters.reload_failures.add(1);
            tracing::error!("not reloaded, the old config stays in force:\n{error}");
            let noted = store.refuse_config(&error.to_string(), now).await;
            let status = "the last reload was refused, the old config is in force".to_owned();
            let problems = match error {
                Reload::Config(problems) => Some(problems),
                _ => None,
            };
            (status, noted, problems)
        }
    };
    if let Err(error) = noted {
        tracing::warn!("`wirewatch status` will not tell of this reload: {error}");
    }
    ready(&status);
    problems
}

/// Why a reload left the old config in force.
#[derive(Debug, thiserror::Error)]
pub enum Reload {
    /// The files do not read well.
    #[error("{0}")]
    Config(Problems),
    /// They read well, and still cannot be put in force.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The store was changed.
    #[error("[store] path cannot be changed by a reload; restart instead")]
    StoreMoved,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads the config again and puts it in force, whole; on any mistake the old one stays.
///
/// # Errors
/// [`Reload`], and nothing has changed then.
pub async fn reload(daemon: &Daemon, path: &Path) -> Result<(), Reload> {
    let path = path.to_owned();
    let now = daemon.pipeline.world.clock.now();
    let in_force = Arc::clone(&daemon.pipeline.setup().rules);
    let loaded = daemon
        .pipeline
        .compute
        .run(move || Config::reload(&path, now, in_force))
        .await;
    let config = match loaded {
        Ok(Ok(config)) => config,
        Ok(Err(problems)) => return Err(Reload::Config(problems)),
        Err(panicked) => {
            tracing::error!("{panicked}");
            return Err(Reload::Config(Problems::default()));
        }
    };
    if config.store.path != daemon.pipeline.setup().config.store.path {
        return Err(Reload::StoreMoved);
    }
    let setup = Setup::new(config, &daemon.pipeline.world, &daemon.pipeline.env)?;
    daemon.pipeline.swap(setup);
    daemon.sync(true).await?;
    daemon.wake();
    Ok(())
}
