//! The real program as a child process.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up: these tests share a small machine with others.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A command line of the program under test, with nothing of the test's own surroundings in it.
pub fn wirewatch(config: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirewatch"));
    command
        .arg("--config")
        .arg(config)
        .args(arguments)
        .env_remove("NOTIFY_SOCKET")
        .env_remove("RUST_LOG")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

/// The program at work, with what it says kept in a file; it is killed when the value is dropped.
pub struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts a command; both its outputs go to the file `log`, which is made anew.
    pub fn start(mut command: Command, log: &Path) -> Self {
        let file = File::create(log).expect("a log file");
        let child = command
            .stdout(file.try_clone().expect("a second handle"))
            .stderr(file)
            .spawn()
            .expect("the program starts");
        Self {
            child,
            log: log.to_owned(),
        }
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has said so far.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until it has said `words`.
    pub fn until_said(&mut self, words: &str) {
        until(&format!("the program says `{words}`"), || {
            assert!(
                self.has_not_ended() || self.said().contains(words),
                "it ended: {}",
                self.said()
            );
            self.said().contains(words)
        });
    }

    /// True while it runs.
    pub fn has_not_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// Sends a signal (`TERM`, `INT`, `HUP`, `KILL`).
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.pid());
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.expect("sh runs").success(), "{kill}");
    }

    /// Waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        let mut status = None;
        until("the program ends", || {
            status = self.child.try_wait().expect("a child");
            status.is_some()
        });
        status.expect("it has ended")
    }

    /// Kills it on the spot, as an out-of-memory killer does.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child");
        self.child.wait().expect("a child");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds.
///
/// # Panics
/// When patience ends.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "it never came to be: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
