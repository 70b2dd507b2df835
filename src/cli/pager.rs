//! Long text on a terminal goes through a pager, as the reader is used to from git and man.

use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

use super::{environment, print};

/// What pages when `$PAGER` says nothing.
const PAGER: &str = "less -R";
/// Ends at once when all fits on the screen, passes colours on, leaves the text standing: what git sets.
const LESS: &str = "FRX";

/// Writes text to standard output; on a terminal through `$PAGER`, which shows what is longer than the screen
/// page by page.
pub(super) fn show(text: &str) -> anyhow::Result<()> {
    let pager = environment("PAGER").unwrap_or_else(|| PAGER.to_owned());
    if !io::stdout().is_terminal() || pager.trim() == "cat" || !through(&pager, text) {
        print::text(text)?;
    }
    Ok(())
}

/// False when the pager cannot be started. A reader who leaves it early is no error.
fn through(pager: &str, text: &str) -> bool {
    // The shell, since `$PAGER` may hold arguments and quotes.
    let mut command = Command::new("sh");
    command.arg("-c").arg(pager).stdin(Stdio::piped());
    if environment("LESS").is_none() {
        command.env("LESS", LESS);
    }
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes()).ok();
    }
    // The shell answers 127 for a program that is not there.
    child.wait().is_ok_and(|status| status.code() != Some(127))
}
