//! What a test's thread logs, to be counted.
//!
//! One subscriber for the whole process, which keeps the lines of each thread apart: one that is set for a
//! thread only may miss what `tracing` found uninteresting on another thread before.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::Once;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The lines of this thread since it began to look.
pub struct Log;

struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Begins to collect lines of the level `info` and above.
    pub fn begin() -> Self {
        static SET: Once = Once::new();
        SET.call_once(|| {
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::INFO)
                .with_ansi(false)
                .with_writer(|| Sink)
                .finish();
            tracing::subscriber::set_global_default(subscriber).expect("nobody else sets one");
        });
        LINES.with_borrow_mut(Vec::clear);
        Self
    }

    /// How many lines say that.
    pub fn count(&self, words: &str) -> usize {
        LINES.with_borrow(|lines| {
            let text = String::from_utf8_lossy(lines);
            text.lines().filter(|line| line.contains(words)).count()
        })
    }
}
