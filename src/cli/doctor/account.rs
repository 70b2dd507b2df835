//! Who may do what with a file, read off its owner, group and mode: for the account of the service, which is not the one
//! that asks.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// The account of the packaged unit (`packaging/wirewatch.sysusers`).
pub(super) const SERVICE: &str = "wirewatch";

/// Bits of a mode for one class.
pub(super) const READ: u32 = 4;
pub(super) const WRITE: u32 = 2;
pub(super) const SEARCH: u32 = 1;

/// An account with its groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    pub gids: Vec<u32>,
}

impl Account {
    /// The account of this name on this system, as its files say.
    pub fn named(name: &str) -> Option<Self> {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        Self::of(name, &read("/etc/passwd"), &read("/etc/group"))
    }

    /// The name of whoever runs this process.
    pub fn own_name() -> String {
        let own = rustix::process::geteuid().as_raw().to_string();
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let mut users = passwd.lines().map(|line| line.split(':'));
        let found = users.find_map(|mut user| {
            let name = user.next()?;
            (user.nth(1)? == own).then(|| name.to_owned())
        });
        found.unwrap_or_else(|| format!("the user {own}"))
    }

    fn of(name: &str, passwd: &str, group: &str) -> Option<Self> {
        let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
        let found = passwd.lines().map(fields).find(|user| user[0] == name)?;
        let mut gids = vec![found.get(3)?.parse().ok()?];
        for entry in group.lines().map(fields) {
            let (Some(gid), Some(members)) = (entry.get(2), entry.get(3)) else {
                continue;
            };
            if members.split(',').any(|member| member == name) {
                gids.extend(gid.parse::<u32>());
            }
        }
        Some(Self {
            name: name.to_owned(),
            uid: found.get(2)?.parse().ok()?,
            gids,
        })
    }

    /// Whether it may do all that `bits` say. Access lists are not looked at.
    pub fn may(&self, bits: u32, file: &Metadata) -> bool {
        let class = if self.uid == file.uid() {
            file.mode() >> 6
        } else if self.gids.contains(&file.gid()) {
            file.mode() >> 3
        } else {
            file.mode()
        };
        self.uid == 0 || class & bits == bits
    }
}

/// The permissions of a file, without its kind.
pub(super) fn mode(file: &Metadata) -> u32 {
    file.mode() & 0o7777
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn an_account_has_the_groups_that_name_it() {
        let passwd = "root:x:0:0::/root:/bin/sh\nana:x:1000:1000:Ana:/home/ana:/bin/sh\nbad\n";
        let group = "root:x:0:\nana:x:1000:\nwirewatch:x:990:ben,ana\nother:x:991:anabel\nbad\n";
        let ana = Account::of("ana", passwd, group).expect("she is there");
        assert_eq!((ana.uid, ana.gids), (1000, vec![1000, 990]));
        assert_eq!(Account::of("ben", passwd, group), None);
    }

    #[test]
    fn the_class_that_fits_decides() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let set = |mode| {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode))
                .expect("it is ours");
            std::fs::metadata(file.path()).expect("a file")
        };
        let about = set(0o640);
        let account = |uid, gid| Account {
            name: "x".to_owned(),
            uid,
            gids: vec![gid],
        };
        let (owner, other) = (about.uid(), about.uid() + 70_000);
        assert!(account(owner, about.gid() + 1).may(READ | WRITE, &about));
        assert!(account(other, about.gid()).may(READ, &about));
        assert!(!account(other, about.gid()).may(WRITE, &about));
        assert!(!account(other, about.gid() + 1).may(READ, &about));
        assert_eq!(mode(&set(0o2770)), 0o2770);
    }
}
