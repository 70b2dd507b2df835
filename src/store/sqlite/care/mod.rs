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
mod survey;
mod upgrade;

pub use self::backup::{backup, newest_good};
pub use self::check::check;
pub(super) use self::disk::free;
pub use self::export::export;
pub use self::import::import;
pub use self::optimise::optimise;
pub(super) use self::purge::alerts::delete_alert;
pub use self::purge::{purge, purge_preview};
pub use self::restore::restore;
pub(super) use self::schedule::back_up_if_due;
pub use self::survey::{quick_check, schema_of, survey};
pub(super) use self::upgrade::back_up;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::store::Progress;

/// Between two words of progress while something says nothing by itself.
const TICK: Duration = Duration::from_millis(250);

/// Runs `work` on a thread, and tells again and again that a step is at some percent, so that a service manager does not
/// take a long one for a hung one.
fn ticking<T: Send>(
    now: Progress,
    progress: &mut dyn FnMut(Progress),
    work: impl FnOnce() -> T + Send,
) -> T {
    let (ended, end) = channel::<()>();
    std::thread::scope(|scope| {
        let work = scope.spawn(move || {
            // Dropped at the end, also that of a panic.
            let _ended = ended;
            work()
        });
        progress(now);
        while end.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            progress(now);
        }
        work.join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The path with something at the end of its name.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
