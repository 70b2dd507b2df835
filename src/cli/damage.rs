//! What is said when the database is damaged: which backup can take its place, and how.
//!
//! Nothing is replaced without a person: see docs/store.md.

use std::path::Path;

use super::{Global, open, print};
use crate::config::{self, Config};
use crate::store::{StoreError, care};
use crate::world::World;

/// The exit code of a program that met a damaged database.
pub(super) const EXIT: u8 = 3;

/// Words for a person when `error` is damage of the config's database; `None` for every other error.
pub(super) fn advice(global: &Global, error: &anyhow::Error) -> Option<String> {
    let damaged = error.chain().find_map(|cause| match cause.downcast_ref() {
        Some(StoreError::Corrupt { path, .. }) => Some(path.clone()),
        _ => None,
    })?;
    let config = open::config_path(global).ok()?;
    let now = World::real().clock.now();
    // A config that is refused still says where its database is.
    let (path, folder) = match Config::load_on(&config, now) {
        Ok(config) => (
            config.store.path,
            config.store.backups.map(|plan| plan.folder),
        ),
        Err(_) => (config::store_path(&config)?, None),
    };
    if path != Path::new(&damaged) {
        return None;
    }
    let newest = care::newest_good(&path, folder.as_deref());
    Some(words(&config, newest.as_deref()))
}

fn words(config: &Path, newest: Option<&Path>) -> String {
    let config = quoted(config);
    let Some(newest) = newest else {
        return format!(
            "There is no good backup beside it, nor in the folder of [store] backups. With one from elsewhere:\n  \
             wirewatch --config {config} store restore FILE\n\
             Nothing is replaced by itself. `wirewatch store check` lists the damage; `sqlite3 OLD .recover` may save some of it.\n"
        );
    };
    let made = std::fs::metadata(newest).and_then(|file| file.modified());
    let age = made
        .ok()
        .and_then(|made| jiff::Timestamp::try_from(made).ok())
        .map(|made| format!(", written {}", print::time(made)))
        .unwrap_or_default();
    let file = quoted(newest);
    format!(
        "The newest good backup is {file}{age}. To put it in place (the damaged file is kept beside it):\n  \
         wirewatch --config {config} store restore {file}\n\
         Nothing is replaced by itself: what came since that backup would be lost without a word.\n"
    )
}

/// A path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_the_shell() {
        assert_eq!(quoted(Path::new("/var/lib/w.db")), "/var/lib/w.db");
        assert_eq!(quoted(Path::new("a b's.db")), r"'a b'\''s.db'");
    }
}
