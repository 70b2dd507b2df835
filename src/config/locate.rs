//! Where the config file lies.

use std::path::{Path, PathBuf};

/// The places that are looked at, as the command line and the environment name them.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// `--config`.
    pub argument: Option<PathBuf>,
    /// `WIREWATCH_CONFIG`.
    pub variable: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`.
    pub xdg_config_home: Option<PathBuf>,
    /// `HOME`.
    pub home: Option<PathBuf>,
}

/// No config file is where one could be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoConfig {
    /// There is none.
    #[error(
        "no config file; looked for {}. Name one with --config, or try `wirewatch demo` first",
        list(.looked)
    )]
    Missing {
        /// The places.
        looked: Vec<PathBuf>,
    },
    /// The place is not open to this user, so that there may be one.
    #[error(
        "{}: this user may not look there. `sudo` may; so may members of the group of the service \
         (`sudo usermod -aG wirewatch USER`, then log in again)",
        path.display()
    )]
    Denied {
        /// Where one may be.
        path: PathBuf,
    },
}

fn list(paths: &[PathBuf]) -> String {
    let shown: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    shown.join(", ")
}

/// Nothing of `looked` is a file.
fn none(looked: Vec<PathBuf>) -> NoConfig {
    let is_denied = |path: &&PathBuf| {
        let seen = std::fs::metadata(path);
        seen.is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
    };
    match looked.iter().find(is_denied) {
        Some(path) => NoConfig::Denied { path: path.clone() },
        None => NoConfig::Missing { looked },
    }
}

impl Places {
    /// The first that applies: `--config`, `WIREWATCH_CONFIG` (both are taken as they are, so that a
    /// wrong name is an error and never another file), `./config.toml`, the XDG place,
    /// `/etc/wirewatch/config.toml`.
    ///
    /// # Errors
    /// [`NoConfig`] with the places that were looked at.
    pub fn find(&self) -> Result<PathBuf, NoConfig> {
        if let Some(named) = self.argument.as_ref().or(self.variable.as_ref()) {
            return Ok(named.clone());
        }
        let looked = self.candidates();
        match looked.iter().find(|path| path.is_file()) {
            Some(path) => Ok(path.clone()),
            None => Err(none(looked)),
        }
    }

    fn candidates(&self) -> Vec<PathBuf> {
        let xdg = self
            .xdg_config_home
            .clone()
            .or_else(|| self.home.as_ref().map(|home| home.join(".config")));
        let mut candidates = vec![PathBuf::from("config.toml")];
        candidates.extend(xdg.map(|dir| dir.join("wirewatch/config.toml")));
        candidates.push(Path::new("/etc/wirewatch/config.toml").to_owned());
        candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_argument_wins_and_a_missing_file_lists_the_places() {
        let places = Places {
            argument: Some("mine.toml".into()),
            variable: Some("other.toml".into()),
            ..Places::default()
        };
        assert_eq!(places.find(), Ok("mine.toml".into()));
        let dir = tempfile::tempdir().unwrap();
        let places = Places {
            xdg_config_home: Some(dir.path().to_owned()),
            ..Places::default()
        };
        assert!(places.candidates()[1].ends_with("wirewatch/config.toml"));
        std::fs::create_dir(dir.path().join("wirewatch")).unwrap();
        std::fs::write(dir.path().join("wirewatch/config.toml"), "").unwrap();
        // `cargo test` runs in the repository, whose own config.toml comes first.
        let found = places.find().unwrap();
        assert!(found == Path::new("config.toml") || found.starts_with(dir.path()));
    }
}
