//! The stage filters: JSON Lines in, JSON Lines out, in input order, one process, no database, no network.
//!
//! A line that is no JSON ends the run with exit code 1. A document that cannot be worked on is a
//! line `{"id": ..., "error": "..."}`; unknown keys are ignored, missing and null fields are empty.

pub mod extract;
pub mod group;
pub mod matching;
mod memory_file;
pub mod parse;

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// Options that all filters share.
#[derive(Debug, Clone, clap::Args)]
pub struct FilterArgs {
    /// How many threads work at once [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Folder that relative `file` names start from
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub root: PathBuf,
}

impl FilterArgs {
    /// Threads to use.
    #[must_use]
    pub fn threads(&self) -> usize {
        match self.jobs {
            Some(jobs) => usize::from(jobs),
            None => thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// Why a filter stopped.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// A line of the input is no JSON object.
    #[error("standard input, line {line}: not a JSON object: {why}")]
    NotJsonLines {
        /// Line, from 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What is said of a document that a room panicked on.
const PANICKED: &str = "PANIC: please report this document";

/// Lines in work at once, per thread: bounds memory and keeps the order cheap.
const LINES_PER_THREAD: usize = 16;

/// Runs `work` over every line of `input` on `threads` threads and writes the answers in input order.
///
/// `work` gets the parsed object and answers one; a panic inside becomes an `error` line.
///
/// # Errors
/// When a line is no JSON object (what came before it is written), or reading or writing fails.
pub fn run<F>(
    input: impl BufRead + Send,
    output: impl Write,
    threads: usize,
    work: F,
) -> Result<(), FilterError>
where
    F: Fn(&Value) -> Value + Sync,
{
    run_in_turn(input, output, threads, work, |_, answer| answer)
}

/// As [`run`], with a second step for answers that depend on the lines before: `work` runs on
/// `threads` threads, then `finish` gets each line with its result, one by one, in input order. The
/// output is the same for every number of threads.
///
/// A panic in `work` becomes an `error` line, which `finish` does not see.
///
/// # Errors
/// As [`run`].
pub fn run_in_turn<T, F>(
    input: impl BufRead + Send,
    mut output: impl Write,
    threads: usize,
    work: F,
    mut finish: impl FnMut(&Value, T) -> Value,
) -> Result<(), FilterError>
where
    T: Send,
    F: Fn(&Value) -> T + Sync,
{
    each_in_turn(input, threads, work, |line, result| {
        let value = match result {
            Some(result) => finish(line, result),
            None => error_line(line, PANICKED),
        };
        write_line(&mut output, &value)
    })?;
    Ok(output.flush()?)
}

/// Writes one answer.
fn write_line(output: &mut impl Write, value: &Value) -> Result<(), FilterError> {
    serde_json::to_writer(&mut *output, value).map_err(io::Error::from)?;
    Ok(output.write_all(b"\n")?)
}

/// `work` runs on `threads` threads, then `finish` gets each line with its result, one by one, in input order; no result
/// when the work panicked.
fn each_in_turn<T, F>(
    input: impl BufRead + Send,
    threads: usize,
    work: F,
    mut finish: impl FnMut(&Value, Option<T>) -> Result<(), FilterError>,
) -> Result<(), FilterError>
where
    T: Send,
    F: Fn(&Value) -> T + Sync,
{
    let (jobs, queue) = mpsc::sync_channel::<Job<T>>(threads * LINES_PER_THREAD);
    let (order, answers) = mpsc::sync_channel::<Promise<T>>(threads * LINES_PER_THREAD);
    let queue = Arc::new(Mutex::new(queue));
    thread::scope(|scope| {
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            let work = &work;
            scope.spawn(move || {
                loop {
                    let job = queue.lock().map(|queue| queue.recv());
                    let Ok(Ok((line, answer))) = job else { return };
                    let result = catch_unwind(AssertUnwindSafe(|| work(&line))).ok();
                    // The reader may have gone away after a write error: nobody wants the answer then.
                    answer.send((line, result)).ok();
                }
            });
        }
        scope.spawn(move || feed_lines(input, &jobs, &order));
        for answer in answers {
            // A worker always answers, since panics are caught; if one did not, no line may be lost silently.
            let (line, result) = answer?
                .recv()
                .map_err(|_| io::Error::other("a worker ended without an answer"))?;
            finish(&line, result)?;
        }
        Ok(())
    })
}

/// A line and its result; none when the work panicked.
type Worked<T> = (Value, Option<T>);

/// A line to work on, and where its result is awaited.
type Job<T> = (Value, mpsc::SyncSender<Worked<T>>);

/// A place in the output, in input order.
type Promise<T> = Result<mpsc::Receiver<Worked<T>>, FilterError>;

/// Reads lines and hands them out until the input ends or is no JSON.
fn feed_lines<T>(
    input: impl BufRead,
    jobs: &mpsc::SyncSender<Job<T>>,
    order: &mpsc::SyncSender<Promise<T>>,
) {
    for (index, line) in input.lines().enumerate() {
        let parsed = match line {
            Ok(line) if line.trim().is_empty() => continue,
            Ok(line) => serde_json::from_str::<Value>(&line).map_err(|error| error.to_string()),
            Err(error) => {
                order.send(Err(error.into())).ok();
                return;
            }
        };
        let why = match parsed {
            Ok(value) if value.is_object() => {
                let (answer, receiver) = mpsc::sync_channel(1);
                if order.send(Ok(receiver)).is_err() || jobs.send((value, answer)).is_err() {
                    return;
                }
                continue;
            }
            Ok(_) => "it is another JSON value".to_owned(),
            Err(why) => why,
        };
        order
            .send(Err(FilterError::NotJsonLines {
                line: index + 1,
                why,
            }))
            .ok();
        return;
    }
}

/// An answer that says what is wrong with a document.
#[must_use]
pub fn error_line(line: &Value, why: &str) -> Value {
    json!({ "id": line["id"], "error": why })
}

/// A text field; missing and null are empty, numbers are written out.
#[must_use]
pub fn text<'a>(line: &'a Value, key: &str) -> &'a str {
    line.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Reads the `file` of a line; a name that ends with `.gz` is unpacked.
///
/// # Errors
/// In words, when there is no `file` or it cannot be read.
pub fn read_file(line: &Value, root: &Path) -> Result<Vec<u8>, String> {
    let name = text(line, "file");
    if name.is_empty() {
        return Err("no `file`".to_owned());
    }
    let path = root.join(name);
    let said = |error: io::Error| format!("{}: {error}", path.display());
    let bytes = std::fs::read(&path).map_err(said)?;
    if !name.ends_with(".gz") {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    io::copy(
        &mut flate2::read::MultiGzDecoder::new(&bytes[..]),
        &mut unpacked,
    )
    .map_err(said)?;
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_lines(input: &str, threads: usize) -> (Result<(), FilterError>, String) {
        let mut output = Vec::new();
        let result = run(input.as_bytes(), &mut output, threads, |line| {
            assert!(text(line, "id") != "panics", "as asked");
            json!({ "id": line["id"] })
        });
        (result, String::from_utf8(output).unwrap())
    }

    #[test]
    fn answers_come_in_input_order_whatever_the_number_of_threads() {
        let input: String = (0..500).map(|n| format!("{{\"id\":{n}}}\n")).collect();
        let expected: String = (0..500).map(|n| format!("{{\"id\":{n}}}\n")).collect();
        for threads in [1, 3, 8] {
            let (result, output) = run_lines(&input, threads);
            assert!(result.is_ok());
            assert_eq!(output, expected);
        }
    }

    #[test]
    fn a_panic_is_an_error_line_and_the_rest_goes_on() {
        let (result, output) = run_lines("{\"id\":\"panics\"}\n{\"id\":2}\n", 2);
        assert!(result.is_ok());
        let lines: Vec<&str> = output.lines().collect();
        assert!(lines[0].contains("\"error\":\"PANIC"), "{output}");
        assert_eq!(lines[1], "{\"id\":2}");
    }

    #[test]
    fn what_is_no_json_ends_the_run_and_names_the_line() {
        let (result, output) = run_lines("{\"id\":1}\nnonsense\n{\"id\":3}\n", 2);
        let error = result.expect_err("line 2 is no JSON").to_string();
        assert!(
            error.starts_with("standard input, line 2: not a JSON object"),
            "{error}"
        );
        assert_eq!(output, "{\"id\":1}\n");
    }
}
