//! Care of the file as a whole: copies of it, what goes before an update, looking for damage.
//!
//! Works on files and connections of its own, beside the writer and the readers. Blocks; whoever calls chooses the thread.

mod backup;
mod check;
mod copy;
mod disk;
mod export;
mod import;
mod optimise;
mod purge;
mod restore;
mod rows;
mod schedule;
mod upgrade;

pub use self::backup::{backup, newest_good};
pub use self::check::check;
pub use self::export::export;
pub use self::import::import;
pub use self::optimise::optimise;
pub use self::purge::{purge, purge_preview};
pub use self::restore::restore;
pub(super) use self::schedule::back_up_if_due;
pub(super) use self::upgrade::back_up;

use std::path::{Path, PathBuf};

/// The path with something at the end of its name.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
