//! Whether the account of the service reaches files that whoever asks may reach by other rights: root may do everything.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{StatVfsMountFlags, statvfs};

use super::account::{Account, READ, SEARCH, WRITE, mode};
use super::finding::{Check, Finding, Group};
use super::subject::Subject;
use crate::channel::FilePlace;
use crate::cli::damage::quoted;
use crate::store::SqliteStore;

const READABLE: Check = Check(Group::Config, "config-readable");
const FILES: Check = Check(Group::Database, "database-files");

/// The files of the config, which the service must be able to read.
pub(super) fn of_config(subject: &Subject, files: &[PathBuf]) -> Vec<Finding> {
    let Some(account) = subject.runs_as() else {
        return Vec::new();
    };
    let name = &account.name;
    let denied = files.iter().filter_map(|file| {
        let about = fs::metadata(file).ok()?;
        (!account.may(READ, &about)).then(|| {
            READABLE
                .wrong(
                    format!("the service ({name}) may not read it ({})", owned(&about)),
                    format!("chgrp {name} {0} && chmod 640 {0}", quoted(file)),
                )
                .about(file.display().to_string())
        })
    });
    denied.collect()
}

/// The database and what lies beside it, which the service must be able to write.
pub(super) fn of_database(subject: &Subject, path: &Path) -> Vec<Finding> {
    let Some(account) = subject.runs_as() else {
        return Vec::new();
    };
    let name = &account.name;
    let denied = ["", "-wal", "-shm", ".lock"].iter().filter_map(|end| {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        let file = PathBuf::from(file);
        let about = fs::metadata(&file).ok()?;
        (!account.may(READ | WRITE, &about)).then(|| {
            FILES
                .wrong(
                    format!("the service ({name}) may not write it ({})", owned(&about)),
                    format!("chown {name}:{name} {0} && chmod 660 {0}", quoted(&file)),
                )
                .about(file.display().to_string())
        })
    });
    denied.collect()
}

/// Why the service cannot write what a channel writes, with what to do; `None` when it can, or when nobody knows.
pub(super) fn unwritable(subject: &Subject, written: &FilePlace) -> Option<(String, String)> {
    let account = subject.runs_as()?;
    let (folder, file) = match written {
        FilePlace::File(file) => (file.parent()?, Some(file.as_path())),
        FilePlace::Replaced(file) => (file.parent()?, None),
        FilePlace::Folder(folder) if folder.exists() => (folder.as_path(), None),
        FilePlace::Folder(folder) => (folder.parent()?, None),
    };
    let of_sandbox = || is_read_only(subject, folder).then(|| sandbox(folder));
    denied(account, folder, file.filter(|file| file.exists())).or_else(of_sandbox)
}

fn denied(account: &Account, folder: &Path, file: Option<&Path>) -> Option<(String, String)> {
    let name = &account.name;
    let (place, bits) = match file {
        Some(file) => (file, WRITE),
        None => (folder, WRITE | SEARCH),
    };
    let about = match fs::metadata(place) {
        Ok(about) => about,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let why = format!("{} is not there", place.display());
            let make = format!("install -d -o {name} -g {name} {}", quoted(place));
            return Some((why, make));
        }
        Err(_) => return None,
    };
    (!account.may(bits, &about)).then(|| {
        (
            format!(
                "the service ({name}) may not write {} ({})",
                place.display(),
                owned(&about)
            ),
            format!("chown {name}:{name} {}", quoted(place)),
        )
    })
}

/// Whether the running service sees the folder on a read-only mount. Only root sees what the service sees.
fn is_read_only(subject: &Subject, folder: &Path) -> bool {
    let Some(pid) = subject.store.as_deref().and_then(SqliteStore::holder_pid) else {
        return false;
    };
    let Ok(folder) = fs::canonicalize(folder) else {
        return false;
    };
    let seen = Path::new("/proc").join(pid.as_raw_nonzero().to_string());
    let seen = seen
        .join("root")
        .join(folder.strip_prefix("/").unwrap_or(&folder));
    statvfs(&seen).is_ok_and(|mount| mount.f_flag.contains(StatVfsMountFlags::RDONLY))
}

fn sandbox(folder: &Path) -> (String, String) {
    let folder = folder.display();
    (
        format!("the sandbox of the service makes {folder} read-only"),
        format!(
            "systemctl edit wirewatch: [Service] and ReadWritePaths={folder}; then systemctl restart wirewatch"
        ),
    )
}

/// Whose a file is and its mode, for people.
fn owned(about: &Metadata) -> String {
    format!(
        "user {}, group {}, mode {:o}",
        about.uid(),
        about.gid(),
        mode(about)
    )
}
