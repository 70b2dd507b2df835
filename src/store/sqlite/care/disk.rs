//! Room on the disk.

use std::path::Path;

use crate::store::{StoreError, bytes_told};

/// Free bytes for this user where a file is or is to be; `None` when the system does not say.
pub(in crate::store::sqlite) fn free(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder(path)).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// How many more files fit where a file is or is to be; `None` when the file system does not count them.
pub(super) fn free_files(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder(path)).ok()?;
    (found.f_files > 0).then_some(found.f_favail)
}

/// The folder of a file.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Refuses when there is less room than `needed` bytes where `path` is to be.
///
/// # Errors
/// [`StoreError::NoRoom`] with both figures.
pub(super) fn room_for(path: &Path, what: &'static str, needed: u64) -> Result<(), StoreError> {
    match free(path) {
        Some(free) if free < needed => Err(StoreError::NoRoom {
            path: path.display().to_string(),
            what,
            needed: bytes_told(needed),
            free: bytes_told(free),
        }),
        _ => Ok(()),
    }
}

/// Writes what the system still holds of a file, or of a folder's names, to the disk.
pub(super) fn sync(path: &Path) -> std::io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_both_figures() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("x.db");
        assert!(free(&path).is_some_and(|free| free > 0));
        room_for(&path, "a backup", 1).expect("a byte fits");
        let told = room_for(&path, "a backup", u64::MAX).expect_err("never");
        assert!(told.is_fatal());
        let told = told.to_string();
        assert!(
            told.contains("needs 18446744073.7 GB of free space"),
            "{told}"
        );
        assert!(told.contains("are free there"), "{told}");
    }
}
