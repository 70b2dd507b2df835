//! Whose a file is. Root's commands and the service work on the same files: what root writes must stay the service's.

use std::fs::{self, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

/// Gives a file the owner, the group and the mode of the one that it is to replace, as far as this process may.
///
/// # Errors
/// What the system says, but for what needs more rights: a user who may replace a file need not be able to give it away.
pub fn as_before(file: &Path, before: &Metadata) -> io::Result<()> {
    let Some(file) = plain(file)? else {
        return Ok(());
    };
    if let Err(error) = fchown(&file, Some(before.uid()), Some(before.gid())) {
        if error.kind() != io::ErrorKind::PermissionDenied {
            return Err(error);
        }
        // The group alone can be given by any of its members; who is none leaves it as it is.
        let _ = fchown(&file, None, Some(before.gid()));
    }
    file.set_permissions(before.permissions())
}

/// Gives a new file that root has made to whom its folder belongs; with `mode`, these rights, whatever root's umask. Does
/// nothing for others than root, and in root's own folders.
///
/// # Errors
/// What the system says.
pub fn as_folder(file: &Path, mode: Option<u32>) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = fs::metadata(folder)?;
    if (folder.uid(), folder.gid()) == (0, 0) {
        return Ok(());
    }
    let Some(file) = plain(file)? else {
        return Ok(());
    };
    fchown(&file, Some(folder.uid()), Some(folder.gid()))?;
    match mode {
        Some(mode) => file.set_permissions(Permissions::from_mode(mode)),
        None => Ok(()),
    }
}

/// The file itself, if it is one and has no other name. Who may write in the folder could have put a link there, and root
/// must not give away what it leads to.
fn plain(path: &Path) -> io::Result<Option<File>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::LOOP) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let about = file.metadata()?;
    Ok((about.is_file() && about.nlink() == 1).then_some(file))
}

/// A file in the place of another takes over whose that was, a new one whose its folder is.
///
/// # Errors
/// What the system says.
pub fn in_place_of(file: &Path, before: Option<&Metadata>, mode: Option<u32>) -> io::Result<()> {
    match before {
        Some(before) => as_before(file, before),
        None => as_folder(file, mode),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{chown, symlink};

    use super::*;

    fn owner(file: &Path) -> (u32, u32, u32) {
        let file = fs::metadata(file).unwrap();
        (file.uid(), file.gid(), file.mode() & 0o777)
    }

    #[test]
    fn a_replacement_has_the_mode_of_what_it_replaces() {
        let dir = tempfile::tempdir().unwrap();
        let (old, new) = (dir.path().join("old"), dir.path().join("new"));
        for file in [&old, &new] {
            fs::write(file, "x").unwrap();
        }
        fs::set_permissions(&old, Permissions::from_mode(0o640)).unwrap();
        as_before(&new, &fs::metadata(&old).unwrap()).unwrap();
        assert_eq!(owner(&new), owner(&old));
    }

    #[test]
    fn what_root_writes_is_the_services() {
        if !rustix::process::geteuid().is_root() {
            // Nobody else gives files away.
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let (old, new) = (dir.path().join("old"), dir.path().join("new"));
        for file in [&old, &new] {
            fs::write(file, "x").unwrap();
        }
        as_folder(&new, Some(0o600)).unwrap();
        assert_ne!(owner(&new).2, 0o600, "root's own folder");
        chown(&old, Some(12), Some(34)).unwrap();
        as_before(&new, &fs::metadata(&old).unwrap()).unwrap();
        assert_eq!(owner(&new), owner(&old));

        chown(dir.path(), Some(56), Some(78)).unwrap();
        as_folder(&new, Some(0o660)).unwrap();
        assert_eq!(owner(&new), (56, 78, 0o660));
        in_place_of(&new, None, None).unwrap();
        assert_eq!(owner(&new), (56, 78, 0o660));

        // What a link leads to is not given away, nor what has another name elsewhere.
        let roots = tempfile::NamedTempFile::new_in(dir.path()).unwrap();
        let (link, twin) = (dir.path().join("link"), dir.path().join("twin"));
        symlink(roots.path(), &link).unwrap();
        as_folder(&link, Some(0o666)).unwrap();
        fs::hard_link(roots.path(), &twin).unwrap();
        as_folder(&twin, Some(0o666)).unwrap();
        assert_eq!(owner(roots.path()), (0, 0, 0o600));
    }
}
