//! Log set-up, and metrics as text. Logs go to standard error or the journal: standard output belongs to alerts and
//! answers.

mod exposition;
mod one_line;
mod panics;

pub use exposition::{Exposition, Format, Labels};
pub use panics::caught;

use std::os::fd::AsFd;

use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer, fmt};

use one_line::{Escape, OneLine};

/// How a log record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogStyle {
    /// A line for people; `colour` is for terminals only.
    Human {
        /// With escape sequences.
        colour: bool,
    },
    /// A line of JSON, with the fields beside `message`.
    Json,
    /// A record of systemd's journal; each field is one of its own.
    Journal,
}

/// Whether `stream`, the value of `JOURNAL_STREAM` (`DEVICE:INODE`), says that standard error is the journal.
#[must_use]
pub fn is_journal(stream: &str) -> bool {
    let Ok(stat) = rustix::fs::fstat(std::io::stderr().as_fd()) else {
        return false;
    };
    stream == format!("{}:{}", stat.st_dev, stat.st_ino)
}

/// Starts logging. `filter` is the value of `RUST_LOG`, if it is set; otherwise `verbosity` decides:
/// 0 says what a person should know, 1 adds what happens, 2 adds every step.
///
/// A filter that does not parse is reported and the default is used; so is a journal that cannot be reached, and
/// standard error is written to.
pub fn start(filter: Option<&str>, verbosity: u8, style: LogStyle) {
    // What the parser of pages has to say of stray text in tables is daily bread.
    let default = match verbosity {
        0 => "warn,html5ever=error,wirewatch=info",
        1 => "info,html5ever=error,wirewatch=debug",
        _ => "debug,html5ever=error,wirewatch=trace",
    };
    let filter = match filter.map(EnvFilter::try_new) {
        Some(Ok(filter)) => filter,
        Some(Err(error)) => {
            eprintln!("RUST_LOG is ignored: {error}");
            EnvFilter::new(default)
        }
        None => EnvFilter::new(default),
    };
    if let Err(error) = start_with(filter, style) {
        eprintln!("logging was started before: {error}");
    }
}

fn start_with(filter: EnvFilter, style: LogStyle) -> Result<(), TryInitError> {
    let registry = tracing_subscriber::registry();
    let colour = match style {
        LogStyle::Human { colour } => colour,
        LogStyle::Json => {
            let lines = fmt::layer()
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false)
                .with_writer(|| OneLine(std::io::stderr(), Escape::Json));
            return registry.with(lines.with_filter(filter)).try_init();
        }
        LogStyle::Journal => match tracing_journald::layer() {
            Ok(journal) => {
                let journal = journal
                    .with_field_prefix(None)
                    .with_syslog_identifier("wirewatch".to_owned())
                    .with_priority_mappings(priorities());
                return registry.with(journal.with_filter(filter)).try_init();
            }
            Err(error) => {
                eprintln!("the journal cannot be reached, logs go to standard error: {error}");
                false
            }
        },
    };
    let lines = fmt::layer()
        .with_target(false)
        .with_ansi(colour)
        .with_writer(|| OneLine(std::io::stderr(), Escape::Rust));
    registry.with(lines.with_filter(filter)).try_init()
}

/// As `journalctl -p` understands them: `info` is no notice.
fn priorities() -> PriorityMappings {
    PriorityMappings {
        error: Priority::Error,
        warn: Priority::Warning,
        info: Priority::Informational,
        debug: Priority::Debug,
        trace: Priority::Debug,
    }
}
