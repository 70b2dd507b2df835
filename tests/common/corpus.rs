//! The shared corpora, which are no part of the repository.

use std::path::PathBuf;

/// A folder of the shared corpora: `$WIREWATCH_CORPUS/NAME`, or beside the repository. They are no part of it,
/// so that a test over one of them skips on every other machine, whatever is required.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "how a test is told where they lie"
)]
pub fn corpus(name: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/corpus");
    let root = std::env::var("WIREWATCH_CORPUS").unwrap_or_else(|_| beside.to_owned());
    let folder = PathBuf::from(root).join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: there is no {}", folder.display());
    None
}
