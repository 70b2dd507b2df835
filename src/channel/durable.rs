//! Files that are whole at every moment, whenever the machine stops.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, accessat};

use crate::world::ownership;

/// Makes the name of a new file durable, too.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

/// Puts `bytes` in the place of what the file held: whoever opens it sees the old file or the new one. When this
/// returns, the new one is on disk.
///
/// The caller holds the file's [`lock`]: two that replace it at once would share the temporary name.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path, "tmp");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    // Whom the old file may be read by (a web server) may read the new one, and whose it was it stays.
    ownership::in_place_of(&beside, fs::metadata(path).ok().as_ref(), None)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_directory(path)
}

/// Waits until nobody else, in this process or another, changes the file; the turn ends with the value.
/// The file itself is replaced and cannot be locked, so `.NAME.lock` beside it is.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    let path = beside(path, "lock");
    let is_new = !path.exists();
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)?;
    if is_new {
        ownership::as_folder(&path, None)?;
    }
    lock.lock()?;
    Ok(lock)
}

/// Whether this user could append to a file, or make it; nothing is opened or made.
///
/// # Errors
/// As writing would fail.
pub(super) fn may_append(path: &Path) -> io::Result<()> {
    match path.exists() {
        true => may(path, Access::WRITE_OK),
        false => may_make_in(folder(path)),
    }
}

/// Whether this user could make and replace files in a folder.
///
/// # Errors
/// As making one would fail.
pub(super) fn may_make_in(folder: &Path) -> io::Result<()> {
    if !fs::metadata(folder)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    may(folder, Access::WRITE_OK | Access::EXEC_OK)
}

/// Whether this user may do that with what stands at `path`.
///
/// # Errors
/// What the system says.
pub(super) fn may(path: &Path, access: Access) -> io::Result<()> {
    Ok(accessat(CWD, path, access, AtFlags::EACCESS)?)
}

/// The folder that a file is in.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// `.NAME.EXTENSION` in the same folder.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("all.atom");
        replace(&path, b"one").expect("made");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("it is ours");
        let turn = lock(&path).expect("nobody else");
        replace(&path, b"two").expect("replaced");
        drop(turn);
        assert_eq!(fs::read(&path).expect("a file"), b"two");
        let mode = fs::metadata(&path).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        let names = fs::read_dir(dir.path()).expect("a folder").count();
        assert_eq!(names, 2, "the file and its lock");
    }
}
