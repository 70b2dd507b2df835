//! The folder of the database: who may write there.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

use super::account::{Account, SEARCH, WRITE, mode};
use super::finding::{Check, Finding, Group};
use super::subject::Subject;
use crate::cli::damage::quoted;

const FOLDER: Check = Check(Group::Database, "state-folder");

/// What the packaged unit makes (`StateDirectoryMode=`): the group writes, and what is made in it stays the group's.
const GROUP_BITS: u32 = 0o2070;

/// What whoever may not read the service's files is to do.
pub(super) fn join(subject: &Subject) -> String {
    format!(
        "{}; or join the group of the service: sudo usermod -aG wirewatch {}",
        subject.as_root, subject.user
    )
}

/// Where the database is to be written.
pub(super) fn look(subject: &Subject, path: &Path) -> Finding {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let shown = folder.display().to_string();
    let about = match fs::metadata(folder) {
        Ok(about) => about,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return FOLDER
                .skipped(format!("{} may not look there", subject.user))
                .advise(join(subject))
                .about(shown);
        }
        Err(error) => {
            return FOLDER
                .wrong(error.to_string(), format!("mkdir -p {}", quoted(folder)))
                .about(shown);
        }
    };
    match subject.runs_as() {
        Some(account) => of_service(account, &about, folder),
        None => of_user(subject, &about, folder),
    }
    .about(shown)
}

/// The folder of the service, which may be asked about by anybody.
fn of_service(account: &Account, about: &fs::Metadata, folder: &Path) -> Finding {
    let (name, mode) = (&account.name, mode(about));
    if !account.may(WRITE | SEARCH, about) {
        return FOLDER.wrong(
            format!("the service ({name}) may not write there (mode {mode:o})"),
            format!("chmod u+rwx {}", quoted(folder)),
        );
    }
    if mode & GROUP_BITS != GROUP_BITS || about.gid() != account.gids[0] {
        return FOLDER.warning(
            format!(
                "members of the group {name} cannot read alerts or acknowledge them (mode {mode:o})"
            ),
            format!("chgrp {name} {0} && chmod 2770 {0}", quoted(folder)),
        );
    }
    if mode & 0o007 != 0 {
        return FOLDER.warning(
            format!("everybody on this machine may read what was collected (mode {mode:o})"),
            format!("chmod 2770 {}", quoted(folder)),
        );
    }
    FOLDER.ok(format!(
        "the service ({name}) and its group may write there"
    ))
}

fn of_user(subject: &Subject, about: &fs::Metadata, folder: &Path) -> Finding {
    let user = &subject.user;
    match accessat(CWD, folder, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS) {
        Ok(()) => FOLDER.ok(format!("{user} may write there")),
        // Somebody else's: not whoever asks runs it.
        Err(Errno::ACCESS) if !subject.is_root && is_of_another(about) => FOLDER
            .skipped(format!("{user} may not write there, and it belongs to somebody else"))
            .advise(&subject.as_root),
        Err(error) => FOLDER.wrong(
            format!("{user} may not write there: {}", std::io::Error::from(error)),
            "run wirewatch as the folder's owner, name another [store] path, or look whether the disk is mounted read-only",
        ),
    }
}

/// True for a folder of another user than the one that asks, and than root, as whom nobody runs a daemon that reads the web.
fn is_of_another(about: &fs::Metadata) -> bool {
    let owner = about.uid();
    owner != 0 && owner != rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::finding::State;
    use super::*;

    #[test]
    fn a_folder_of_the_service_is_as_its_unit_makes_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let owner = fs::metadata(dir.path()).expect("a folder");
        let account = |uid: u32| Account {
            name: "wirewatch".to_owned(),
            uid,
            gids: vec![owner.gid()],
        };
        let of = |mode: u32, account: &Account| {
            fs::set_permissions(dir.path(), fs::Permissions::from_mode(mode)).expect("it is ours");
            let about = fs::metadata(dir.path()).expect("a folder");
            of_service(account, &about, dir.path())
        };
        let own = account(owner.uid());
        assert_eq!(of(0o2770, &own).state, State::Ok);
        for (mode, words) in [
            (0o755, "members of the group"),
            (0o2775, "everybody on this machine"),
        ] {
            let found = of(mode, &own);
            assert_eq!(found.state, State::Warning, "{found:?}");
            assert!(found.message.contains(words), "{found:?}");
            assert!(
                found
                    .advice
                    .is_some_and(|advice| advice.contains("chmod 2770"))
            );
        }
        let found = of(0o2750, &account(owner.uid() + 70_000));
        assert_eq!(found.state, State::Wrong, "{found:?}");
    }
}
