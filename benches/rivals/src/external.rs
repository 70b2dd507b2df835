//! A system that is no Rust: a program that reads `{"url", "html"}`, one a line, and answers each with one line
//! ([`Written`]), its own CPU time in it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::Context;
use serde_json::json;

use crate::answer::Written;
use crate::systems::Input;
use crate::worker::Outcome;

/// The program while it runs.
pub struct Program(Child);

/// What it is spoken to through.
pub struct Pipes {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Program {
    /// Starts a command, words separated by spaces.
    pub fn start(command: &str) -> anyhow::Result<(Self, Pipes)> {
        let mut words = command.split(' ');
        let program = words.next().context("no command")?;
        let mut child = Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| command.to_owned())?;
        let to = child.stdin.take().context("piped")?;
        let from = BufReader::new(child.stdout.take().context("piped")?);
        Ok((Self(child), Pipes { to, from }))
    }

    /// Ends it, whatever it does.
    pub fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Pipes {
    /// Nothing when the program is gone.
    pub fn ask(&mut self, input: &Input) -> Option<Outcome> {
        let question = json!({ "url": input.page.url, "html": input.text });
        writeln!(self.to, "{question}").ok()?;
        self.to.flush().ok()?;
        let mut line = String::new();
        self.from.read_line(&mut line).ok()?;
        let mut written: Written = serde_json::from_str(&line).ok()?;
        Some(match (written.failure.take(), written.ms) {
            (None, Some(ms)) => Outcome::Read(ms, written.into()),
            (failure, ms) => Outcome::Failed(ms, failure.unwrap_or_else(|| "no time".to_owned())),
        })
    }
}
