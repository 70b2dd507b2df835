//! A program from its start to its end, or to its killing.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// Bytes of what it writes that are kept, the last ones.
const OUTPUT_BYTES_MAX: usize = 8 << 10;

/// How long its output is waited for behind its end: something that it started may hold the pipe open for ever.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// How a program ended.
pub(super) struct Ended {
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub timed_out: bool,
    /// The last line of its standard error that is not empty; else of its standard output.
    pub last_line: String,
}

/// Runs a program in a process group of its own with `input` on its standard input.
pub(super) async fn run(
    mut command: Command,
    input: Vec<u8>,
    timeout: Duration,
) -> io::Result<Ended> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()?;
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)));
    let (out, err) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let waited = {
        let talk = talk(&mut child, input, &out, &err);
        tokio::time::timeout(timeout, until_end(&mut child, talk)).await
    };
    let timed_out = waited.is_err();
    let status = match waited {
        Ok(status) => status?,
        Err(_) => {
            // Not waited for yet, so the number is still that of this group.
            group.kill();
            child.wait().await?
        }
    };
    // It is gone, and its number may be another's from now on.
    group.0 = None;
    Ok(Ended {
        code: status.code(),
        signal: status.signal(),
        timed_out,
        last_line: last_line(&err)
            .or_else(|| last_line(&out))
            .unwrap_or_default(),
    })
}

/// Waits for the end, with an ear on what is said meanwhile.
async fn until_end(
    child: &mut Child,
    talk: impl Future<Output = ()>,
) -> io::Result<std::process::ExitStatus> {
    tokio::pin!(talk);
    let mut talking = true;
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            () = &mut talk, if talking => talking = false,
        }
    };
    if talking {
        let _ = tokio::time::timeout(LAST_WORDS, talk).await;
    }
    Ok(status)
}

/// Hands the input over and hears the output.
fn talk<'a>(
    child: &mut Child,
    input: Vec<u8>,
    out: &'a Mutex<Vec<u8>>,
    err: &'a Mutex<Vec<u8>>,
) -> impl Future<Output = ()> + use<'a> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    async move {
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A program that does not read it knows enough.
                let _ = stdin.write_all(&input).await;
            }
        };
        tokio::join!(feed, hear(stdout, out), hear(stderr, err));
    }
}

async fn hear(pipe: Option<impl AsyncRead + Unpin>, kept: &Mutex<Vec<u8>>) {
    let Some(mut pipe) = pipe else { return };
    let mut bytes = [0; 4096];
    while let Ok(read) = pipe.read(&mut bytes).await
        && read > 0
    {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&bytes[..read]);
        let beyond = kept.len().saturating_sub(OUTPUT_BYTES_MAX);
        kept.drain(..beyond);
    }
}

fn last_line(kept: &Mutex<Vec<u8>>) -> Option<String> {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&kept);
    let mut lines = text.lines().rev().map(str::trim);
    lines.find(|line| !line.is_empty()).map(str::to_owned)
}

/// A process group that does not outlive what asked for it: a daemon that stops leaves nothing behind.
struct Group(Option<Pid>);

impl Group {
    fn kill(&mut self) {
        if let Some(group) = self.0.take() {
            // It may have ended just now.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
