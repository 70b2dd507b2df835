//! `[store]`: the database file, and the backups that are made of it.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use toml::Spanned;

use super::source::Reader;
use super::tables::{BackupsToml, StoreToml};
use crate::store::BackupPlan;

/// The database's name when the config names none.
pub(super) const DATABASE: &str = "wirewatch.db";
/// Backups are looked after once an hour.
const EVERY_MIN: SignedDuration = SignedDuration::from_hours(1);
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// Room for some days of alerts and entries without their pages.
const FREE_BYTES_MIN: u64 = 200_000_000;
/// A week of them.
const KEEP: NonZeroUsize = NonZeroUsize::new(7).expect("it is not zero");

/// `[store]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// The database file.
    pub path: PathBuf,
    /// The backups that the daemon makes of it; `None` = none.
    pub backups: Option<BackupPlan>,
    /// With less free space on its disk no pages are read.
    pub free_bytes_min: u64,
}

/// Fills in what is missing and reports what cannot be.
pub(super) fn resolve(reader: &mut Reader, file: &Path, table: StoreToml) -> StoreOptions {
    let base = file.parent().unwrap_or(Path::new(""));
    let path = base.join(table.path.as_deref().unwrap_or(DATABASE));
    let backups = table
        .backups
        .and_then(|table| backups(reader, file, &path, table));
    StoreOptions {
        path,
        backups,
        free_bytes_min: table.free_bytes_min.map_or(FREE_BYTES_MIN, |size| size.0),
    }
}

fn backups(
    reader: &mut Reader,
    file: &Path,
    database: &Path,
    table: BackupsToml,
) -> Option<BackupPlan> {
    let every = table.every.map_or(EVERY, |every| {
        if every.get_ref().0 < EVERY_MIN {
            let help = Some("once an hour is the most: write \"1h\" or more".to_owned());
            reader.error(file, every.span(), "too often", help);
        }
        every.get_ref().0
    });
    let keep = table.keep.map_or(Some(KEEP), |keep| {
        let number = NonZeroUsize::new(*keep.get_ref());
        if number.is_none() {
            let help =
                Some("at least one backup is kept: write 7 for a week of daily ones".to_owned());
            reader.error(file, keep.span(), "no backup would be left", help);
        }
        number
    })?;
    check_folder(reader, file, &table.folder);
    // Beside the database: the folder of the config may be read-only for the service.
    let base = database.parent().unwrap_or(Path::new(""));
    Some(BackupPlan {
        folder: base.join(table.folder.get_ref()),
        every,
        keep,
    })
}

fn check_folder(reader: &mut Reader, file: &Path, folder: &Spanned<String>) {
    if folder.get_ref().trim().is_empty() {
        let help = Some("a folder, relative to the database: \"backups\"".to_owned());
        reader.error(file, folder.span(), "no folder is named", help);
    }
}
