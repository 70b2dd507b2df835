//! Log set-up. Logs go to standard error: standard output belongs to alerts and answers.

mod one_line;
mod panics;

pub use panics::caught;

use tracing_subscriber::EnvFilter;

use one_line::OneLine;

/// Starts logging. `filter` is the value of `RUST_LOG`, if it is set; otherwise `verbosity` decides:
/// 0 says what a person should know, 1 adds what happens, 2 adds every step.
///
/// A filter that does not parse is reported and the default is used. `colour` is for terminals only.
pub fn start(filter: Option<&str>, verbosity: u8, colour: bool) {
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
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| OneLine(std::io::stderr()))
        .with_target(false)
        .with_ansi(colour)
        .try_init();
    if let Err(error) = started {
        eprintln!("logging was started before: {error}");
    }
}
