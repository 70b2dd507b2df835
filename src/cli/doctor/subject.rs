//! What is looked at: the config as far as it can be read, and where its database is.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::account::{Account, SERVICE};
use crate::cli::damage::quoted;
use crate::cli::{Global, open};
use crate::config::{self, Config, Problems, SecretPlace, SourceFile, secret_places};
use crate::world::World;

/// The folder of the service's config.
const PACKAGED: &str = "/etc/wirewatch";

/// What became of reading the config.
pub(super) enum Reading {
    /// There is none.
    None(String),
    /// The file cannot be opened.
    Unreadable(PathBuf, std::io::Error),
    /// It is wrong.
    Refused(Problems),
    /// It is right.
    Config(Box<Config>),
}

/// What all checks look at.
pub(super) struct Subject {
    pub reading: Reading,
    /// The database that the config names; `None` when even that cannot be read.
    pub store: Option<PathBuf>,
    /// The account of the service, where there is one.
    pub service: Option<Account>,
    /// Who asks.
    pub user: String,
    pub is_root: bool,
    /// What whoever may not read something is to do: the same command as root.
    pub as_root: String,
    pub now: Timestamp,
}

impl Subject {
    /// Reads the config.
    pub fn find(global: &Global) -> Self {
        let now = World::real().clock.now();
        let (reading, store) = match open::config_path(global) {
            Err(error) => (none(&error), None),
            Ok(path) => read(path, now),
        };
        Self {
            reading,
            store,
            service: Account::named(SERVICE),
            user: Account::own_name(),
            is_root: rustix::process::geteuid().is_root(),
            as_root: as_root(global),
            now,
        }
    }

    /// The config, when it is right.
    pub fn config(&self) -> Option<&Config> {
        match &self.reading {
            Reading::Config(config) => Some(config),
            _ => None,
        }
    }

    /// The secrets that the config names, whether or not it is right.
    pub fn secrets(&self) -> Vec<SecretPlace> {
        let files: &[SourceFile] = match &self.reading {
            Reading::Config(config) => &config.warnings.files,
            Reading::Refused(problems) => &problems.files,
            Reading::None(_) | Reading::Unreadable(..) => &[],
        };
        secret_places(files)
    }

    /// The account of the service when the database is its: else whoever asks runs it.
    pub fn runs_as(&self) -> Option<&Account> {
        use std::os::unix::fs::MetadataExt;
        let folder = self.store.as_deref().and_then(Path::parent)?;
        let owner = std::fs::metadata(folder).ok()?.uid();
        self.service.as_ref().filter(|account| account.uid == owner)
    }
}

/// No config is found; that of the service is not seen by everybody.
fn none(error: &anyhow::Error) -> Reading {
    match std::fs::read_dir(PACKAGED) {
        Err(denied) if denied.kind() == ErrorKind::PermissionDenied => {
            Reading::Unreadable(Path::new(PACKAGED).join("config.toml"), denied)
        }
        _ => Reading::None(format!("{error:#}")),
    }
}

fn as_root(global: &Global) -> String {
    let config = global.config.as_deref();
    let config = config.map_or_else(String::new, |path| format!(" --config {}", quoted(path)));
    format!("ask as root: sudo wirewatch{config} doctor")
}

fn read(path: PathBuf, now: Timestamp) -> (Reading, Option<PathBuf>) {
    if let Err(error) = std::fs::File::open(&path) {
        return (Reading::Unreadable(path, error), None);
    }
    match Config::load_on(&path, now) {
        Ok(config) => {
            let store = config.store.path.clone();
            (Reading::Config(Box::new(config)), Some(store))
        }
        Err(problems) => (Reading::Refused(problems), config::store_path(&path)),
    }
}
