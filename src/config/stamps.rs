//! How the files of a config look from outside, to notice that they were changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Problems;

/// The files that a config was read from, and those that it would be read from now: `include` may name files that are
/// not there yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watched {
    paths: BTreeSet<PathBuf>,
    patterns: BTreeSet<PathBuf>,
}

/// How all of them look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamps(BTreeMap<PathBuf, Option<Stamp>>);

/// How one file looks; another one under the same name has another inode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    changed: Option<SystemTime>,
    bytes: u64,
    inode: u64,
    /// Whose it is and who may read it: a file that was refused for that may be readable now.
    rights: (u32, u32, u32),
}

impl Watched {
    /// The files of a config that was read with these problems, be it in force or refused.
    #[must_use]
    pub fn new(path: &Path, problems: &Problems) -> Self {
        let read = problems.files.iter().map(|file| file.path.clone());
        let missing = problems.list.iter().map(|problem| problem.file.clone());
        Self {
            paths: read.chain(missing).chain([path.to_owned()]).collect(),
            patterns: problems.patterns.iter().cloned().collect(),
        }
    }

    /// Looks at all of them.
    #[must_use]
    pub fn stamps(&self) -> Stamps {
        let mut paths = self.paths.clone();
        for pattern in &self.patterns {
            let found = glob::glob(&pattern.to_string_lossy());
            paths.extend(found.into_iter().flatten().filter_map(Result::ok));
        }
        let stamped = paths.into_iter().map(|path| {
            let stamp = stamp(&path);
            (path, stamp)
        });
        Stamps(stamped.collect())
    }
}

impl Stamps {
    /// The same files, those that `earlier` saw too as they were then.
    #[must_use]
    pub fn since(mut self, earlier: &Self) -> Self {
        for (path, stamp) in &mut self.0 {
            if let Some(then) = earlier.0.get(path) {
                *stamp = *then;
            }
        }
        self
    }
}

/// `None` when it is not there.
fn stamp(path: &Path) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let file = fs::metadata(path).ok()?;
    Some(Stamp {
        changed: file.modified().ok(),
        bytes: file.len(),
        inode: file.ino(),
        rights: (file.uid(), file.gid(), file.mode()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const MAIN: &str = "include = [\"watches/*.toml\"]\n[channel.c]\nkind = \"stdout\"\n";

    #[test]
    fn every_way_to_change_the_files_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let watches = dir.path().join("watches");
        fs::create_dir(&watches).unwrap();
        fs::write(&path, MAIN).unwrap();
        let look = || {
            let problems = match Config::load(&path) {
                Ok(config) => config.warnings,
                Err(problems) => problems,
            };
            Watched::new(&path, &problems)
        };
        let watched = look();
        let before = watched.stamps();
        assert_eq!(before, watched.stamps());
        // A file that the pattern finds from now on.
        fs::write(watches.join("a.toml"), "[watch.a]\nmatch = '\"a\" and'\n").unwrap();
        let added = watched.stamps();
        assert_ne!(before, added);
        // It is looked at though the config was refused for it; a file in its place is another one.
        let watched = look();
        let refused = watched.stamps();
        assert_eq!(added, refused);
        let other = watches.join("b");
        fs::write(&other, "[watch.a]\nmatch = '\"a\" and'\n").unwrap();
        fs::rename(&other, watches.join("a.toml")).unwrap();
        assert_ne!(refused, watched.stamps());
        fs::remove_file(watches.join("a.toml")).unwrap();
        assert_eq!(
            before,
            Watched::stamps(&watched).without(&watches.join("a.toml"))
        );
    }

    impl Stamps {
        fn without(mut self, path: &Path) -> Self {
            assert_eq!(self.0.remove(path), Some(None));
            self
        }
    }
}
