//! What another program of the system says, within a bounded time.

use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Between two looks whether it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What a program that ended well wrote to standard output.
///
/// # Errors
/// `NotFound` when it is not there, `TimedOut` when it had not ended within `limit`; else what it wrote to standard error.
pub(super) fn said(program: &str, arguments: &[&str], limit: Duration) -> io::Result<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Err(io::ErrorKind::TimedOut.into());
        }
        std::thread::sleep(LOOK_EVERY);
    };
    // A few lines, which fit the pipe.
    let (mut out, mut err) = (String::new(), String::new());
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_string(&mut out)?;
    }
    if let Some(mut pipe) = child.stderr.take() {
        pipe.read_to_string(&mut err)?;
    }
    match status.success() {
        true => Ok(out),
        false => Err(io::Error::other(err.trim().to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_heard_and_not_waited_for_without_end() {
        let limit = Duration::from_secs(30);
        let sh = |script: &str, limit| said("sh", &["-c", script], limit);
        assert_eq!(sh("echo yes", limit).expect("it ends"), "yes\n");
        let error = sh("echo no >&2; exit 3", limit).expect_err("it fails");
        assert_eq!(error.to_string(), "no");
        let error = sh("exec sleep 60", Duration::from_millis(50)).expect_err("it is killed");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let error = said("no-such-program", &[], limit).expect_err("it is not there");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
