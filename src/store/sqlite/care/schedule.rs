//! The backups that the daemon makes by itself.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::backup::{backup, scheduled, scheduled_name};
use crate::store::sqlite::faults::io_error;
use crate::store::{BackupPlan, BackupReport, StoreError};

/// How a time stands in the name of a backup: it sorts as the time does.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// Makes the backup of a plan if it is due, and deletes the oldest beyond the number that is kept. `None` when it is not
/// due yet.
///
/// # Errors
/// As [`backup`] fails; no older backup is deleted then.
pub(in crate::store::sqlite) fn back_up_if_due(
    path: &Path,
    plan: &BackupPlan,
    now: Timestamp,
) -> Result<Option<BackupReport>, StoreError> {
    let newest = scheduled(&plan.folder)
        .iter()
        .filter_map(|(stamp, _)| time_of(stamp))
        // One from the future was made with a wrong clock, and says nothing.
        .find(|made| *made <= now);
    if newest.is_some_and(|made| now.duration_since(made) < plan.every) {
        return Ok(None);
    }
    make_folder(&plan.folder)?;
    let stamp = now.strftime(STAMP).to_string();
    let report = backup(path, &scheduled_name(&plan.folder, &stamp), &mut |_| ())?;
    let old = scheduled(&plan.folder).into_iter().skip(plan.keep.get());
    for file in old.map(|(_, file)| file).chain(halves(&plan.folder)) {
        if let Err(error) = std::fs::remove_file(&file) {
            tracing::warn!("{}: the old backup stays: {error}", file.display());
        }
    }
    Ok(Some(report))
}

/// The time in the name of a backup.
pub(super) fn time_of(stamp: &str) -> Option<Timestamp> {
    let time = DateTime::strptime(STAMP, stamp).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// What killed processes left half-made.
fn halves(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            name.to_str()
                .is_some_and(|name| name.starts_with("wirewatch-") && name.ends_with(".db.part"))
        })
        .map(|entry| entry.path())
        .collect()
}

/// Makes the folder, for user and group only.
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut maker = std::fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o770);
    maker
        .create(folder)
        .map_err(|error| io_error(folder, &error))
}
