//! `wirewatch watch import`: queries of other programs as watches.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::print;
use crate::config::line_column;
use crate::rules::{self, Imported, ImportedWatch, Peer};

/// Exit code when something could not be carried over.
const LEFT_OUT: u8 = 3;

#[derive(Debug, Args)]
#[command(after_help = "\
Prints [watch.NAME] tables, each followed by what it was made of; every one of them compiles. What cannot be carried
over is told on standard error with line and column, and as a comment. Lines that begin with # are skipped.

  newsboat       config (highlight-article, ignore-article, define-filter), urls (query feeds), or filters alone
  miniflux       keep and block rules, under the lines keep: and block:
  google-alerts  a query a line, or an OPML of alerts
  brandwatch     a query a line; it goes on while a bracket is open or the next line is indented; `Name = query` names it
  factiva        a search statement a line, in the same way
Examples:
  wirewatch watch import --from newsboat ~/.newsboat/config
  wirewatch watch import --from brandwatch queries.txt --to watches/brandwatch.toml
Exit codes: 0 all was carried over, 1 the file could not be read or written, 2 the command line was wrong,
3 something was left out.")]
pub(in crate::cli) struct ImportArgs {
    /// The program whose queries these are
    #[arg(long, value_enum)]
    from: From,
    /// The file; `-` is standard input
    file: PathBuf,
    /// Write a new file instead of standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum From {
    Newsboat,
    Miniflux,
    GoogleAlerts,
    Brandwatch,
    Factiva,
}

impl From {
    fn peer(self) -> Peer {
        match self {
            Self::Newsboat => Peer::Newsboat,
            Self::Miniflux => Peer::Miniflux,
            Self::GoogleAlerts => Peer::GoogleAlerts,
            Self::Brandwatch => Peer::Brandwatch,
            Self::Factiva => Peer::Factiva,
        }
    }
}

pub(super) fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let text = read(args)?;
    let imported = rules::import(args.from.peer(), &text);
    let toml = toml_of(&imported, &text);
    match &args.to {
        None => print::text(&toml)?,
        Some(path) => {
            let file = OpenOptions::new().write(true).create_new(true).open(path);
            let mut file = file.with_context(|| format!("{}: not written", path.display()))?;
            file.write_all(toml.as_bytes())?;
            let watches = imported.watches.len();
            eprintln!(
                "{}: {watches} watches; name it in `include`",
                path.display()
            );
        }
    }
    for left in &imported.left_out {
        let (line, column) = line_column(&text, left.at.start);
        let (file, why) = (args.file.display(), print::safe(&left.why));
        eprintln!("{file}:{line}:{column}: left out: {why}");
    }
    Ok(match imported.left_out.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(LEFT_OUT),
    })
}

fn read(args: &ImportArgs) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if args.file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        let read = std::fs::read(&args.file);
        bytes = read.with_context(|| format!("{}: cannot be read", args.file.display()))?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn toml_of(imported: &Imported, text: &str) -> String {
    let mut out = String::new();
    for watch in &imported.watches {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&table(watch));
    }
    for left in &imported.left_out {
        let (line, column) = line_column(text, left.at.start);
        let why = print::safe(&left.why).replace('\n', " ");
        out.push_str(&format!("\n# left out, line {line} column {column}: {why}"));
    }
    if !imported.left_out.is_empty() {
        out.push('\n');
    }
    out
}

/// A watch as a table, and what it was made of as a comment.
fn table(watch: &ImportedWatch) -> String {
    let title = toml_edit::value(print::safe(&watch.title));
    let expression = match watch.expression.contains("'''") {
        true => toml_edit::value(watch.expression.as_str()).to_string(),
        false => format!("'''{}'''", watch.expression),
    };
    let original: String = watch
        .original
        .lines()
        .map(|line| format!("# {}\n", print::safe(line.trim())))
        .collect();
    format!(
        "[watch.{}]\ntitle = {}\nmatch = {expression}\n{original}",
        key(&watch.name),
        title.to_string().trim(),
    )
}

/// A NAME as a key of TOML: in quotes where it has other letters than those of ASCII.
pub(super) fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match name.chars().all(is_bare) {
        true => name.to_owned(),
        false => format!("\"{name}\""),
    }
}
