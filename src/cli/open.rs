//! What most commands begin with: find the config, open the store.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;

use super::{Global, diagnostic, environment};
use crate::config::{Config, Places, Sites};
use crate::daemon::service;
use crate::pipeline::{Compute, Pipeline, Setup};
use crate::store::{OpenMode, Progress, SqliteStore, StoreError};
use crate::world::World;

/// The config was refused and the reasons were shown.
#[derive(Debug, thiserror::Error)]
#[error("the config was refused, see above")]
pub(super) struct Refused;

/// Finds the config file.
pub(super) fn config_path(global: &Global) -> anyhow::Result<std::path::PathBuf> {
    let places = Places {
        argument: global.config.clone(),
        variable: environment("WIREWATCH_CONFIG").map(Into::into),
        xdg_config_home: environment("XDG_CONFIG_HOME").map(Into::into),
        home: environment("HOME").map(Into::into),
    };
    Ok(places.find()?)
}

/// Finds and reads the config; shows what is wrong with it on standard error.
pub(super) fn config(global: &Global) -> anyhow::Result<Config> {
    load(&config_path(global)?)
}

/// Reads a config; shows what is wrong with it on standard error.
pub(super) fn load(path: &Path) -> anyhow::Result<Config> {
    match Config::load_on(path, World::real().clock.now()) {
        Ok(config) => Ok(config),
        Err(problems) => {
            eprint!("{}", diagnostic::show_all(&problems));
            Err(Refused.into())
        }
    }
}

/// Reads rules for sites, of a file or a folder; shows what is wrong with them on standard error.
pub(super) fn sites(path: &Path) -> anyhow::Result<Sites> {
    Sites::load(path).map_err(|problems| {
        eprint!("{}", diagnostic::show_all(&problems));
        anyhow::anyhow!("the rules for sites were refused, see above")
    })
}

/// Opens the store of a config for a command beside a daemon that may be running.
pub(super) fn store(config: &Config) -> anyhow::Result<Arc<SqliteStore>> {
    Ok(Arc::new(SqliteStore::open_telling(
        &config.store.path,
        OpenMode::Command,
        &mut log_progress(),
    )?))
}

/// Opens the store for questions only; a database that does not exist yet is told as such.
pub(super) fn store_to_read(config: &Config) -> anyhow::Result<Arc<SqliteStore>> {
    store_at(&config.store.path)
}

/// The same for a database at a path.
pub(super) fn store_at(path: &Path) -> anyhow::Result<Arc<SqliteStore>> {
    if !path.exists() {
        anyhow::bail!(
            "{}: there is no database yet; `wirewatch run --once` makes it",
            path.display()
        );
    }
    Ok(Arc::new(SqliteStore::open(path, OpenMode::ReadOnly)?))
}

/// Opens the store as the one daemon on it.
pub(super) fn store_for_daemon(
    config: &Config,
    name: &str,
) -> Result<Arc<SqliteStore>, StoreError> {
    let mode = OpenMode::Daemon {
        name: name.to_owned(),
    };
    Ok(Arc::new(SqliteStore::open_telling(
        &config.store.path,
        mode,
        &mut log_progress(),
    )?))
}

/// Says in the log how far something is, at most once a second.
pub(super) fn log_progress() -> impl FnMut(Progress) {
    let mut last = Instant::now();
    move |progress| {
        if last.elapsed() >= Duration::from_secs(1) {
            last = Instant::now();
            tracing::info!("{progress}");
            service::still_starting(&progress.to_string());
        }
    }
}

/// A pipeline over a store and a config.
pub(super) fn pipeline(
    store: Arc<SqliteStore>,
    config: Config,
    world: World,
) -> anyhow::Result<Pipeline> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let setup = Setup::new(config, &world, &environment)?;
    let compute = Compute::new(cores);
    Ok(Pipeline::new(
        store.clone(),
        store,
        world,
        compute,
        environment,
        setup,
    ))
}

/// Runs a future to its end on a runtime of its own, on this thread: parsing and the store have theirs.
/// See docs/decisions/0009-one-thread-for-waiting.md.
pub(super) fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    let result = runtime.block_on(future);
    // Lookups of names may hang on threads of their own; nobody waits for them.
    runtime.shutdown_timeout(Duration::from_millis(200));
    result
}
