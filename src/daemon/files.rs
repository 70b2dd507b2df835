//! The files of the config: changed ones are noticed within a second and put in force, or refused.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Daemon;
use crate::config::{Problems, Stamps, Watched};

/// Between two looks at the files. What wakes a daemon at rest is this, so it is not more often than "within a second" asks.
const EVERY: Duration = Duration::from_millis(500);

/// The same when the last look saw a change. Two looks must see the same before it counts: editors write in steps.
const TO_REST: Duration = Duration::from_millis(150);

/// Looks at the files of a config.
pub struct Files {
    path: PathBuf,
    watched: Watched,
    /// As they were when they were last read.
    read: Stamps,
    /// As they were at the last look.
    last: Stamps,
}

impl Files {
    /// The files of a config that was just read, with what was said of it.
    #[must_use]
    pub fn new(path: &Path, problems: &Problems) -> Self {
        let watched = Watched::new(path, problems);
        let read = watched.stamps();
        Self {
            path: path.to_owned(),
            last: read.clone(),
            watched,
            read,
        }
    }

    /// They are read from now on: what is written after this is another change.
    pub fn about_to_read(&mut self) {
        self.read = self.watched.stamps();
        self.last = self.read.clone();
    }

    /// They were read, or refused: the files that count may be others now.
    pub fn were_read(&mut self, problems: &Problems) {
        let watched = Watched::new(&self.path, problems);
        if watched != self.watched {
            // What changed while they were read is still to be noticed.
            self.read = watched.stamps().since(&self.read);
            self.last = self.read.clone();
            self.watched = watched;
        }
    }

    /// Waits until they have changed, and are at rest again. Nothing is lost when it is given up and called again.
    pub async fn changed(&mut self, daemon: &Daemon) {
        loop {
            let has_changed = self.last != self.read;
            tokio::time::sleep(if has_changed { TO_REST } else { EVERY }).await;
            let watched = self.watched.clone();
            // A network file system may let us wait: not on the thread that everything waits on.
            let looked = daemon.pipeline.compute.run(move || watched.stamps()).await;
            let Ok(now) = looked else { continue };
            let is_at_rest = now == self.last;
            self.last = now;
            if is_at_rest && self.last != self.read {
                return;
            }
        }
    }
}
