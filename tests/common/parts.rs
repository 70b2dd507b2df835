//! Programs that a test needs and a bare machine may not have.

use std::process::{Command, Stdio};

/// True when `program args...` runs and succeeds. Otherwise the test that asks skips, and says so; with
/// `WIREWATCH_REQUIRE=all` it fails instead.
///
/// # Panics
/// When the part is missing and required.
#[must_use]
pub fn has_part(what: &str, program: &str, args: &[&str]) -> bool {
    let run = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if run.is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(
        !all_required(),
        "{what} is missing, and WIREWATCH_REQUIRE=all"
    );
    eprintln!("SKIPPED: {what} is missing");
    false
}

#[expect(
    clippy::disallowed_methods,
    reason = "how a test is told what must be there"
)]
fn all_required() -> bool {
    std::env::var("WIREWATCH_REQUIRE").is_ok_and(|value| value == "all")
}
