//! `wirewatch store export` and `wirewatch store import`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use crate::cli::print;
use crate::store::{ExchangeError, care};

pub(super) const EXPORT_HELP: &str = "\
JSON Lines: first a line with the form and the schema, then one row a line with its table as \"#\", last a line that counts
them. Values that are no text (packed texts, pages) stand as {\"base64\": ...}. It is of one moment, whatever the daemon writes
meanwhile. docs/store.md tells the tables. A backup is faster and smaller; this one can be read, searched, and taken elsewhere.";

pub(super) const IMPORT_HELP: &str = "\
Makes the database anew: there must be none yet, or one without feeds and articles, and no daemon. Exports of older versions
are updated. Nothing is left behind by an import that fails.";

pub(super) fn export(path: &Path, file: &Path, force: bool) -> anyhow::Result<ExitCode> {
    if file == Path::new("-") {
        if io::stdout().is_terminal() {
            anyhow::bail!("an export is long: pipe it, or name a file");
        }
        care::export(path, &mut BufWriter::new(io::stdout().lock())).map_err(plain)?;
        return Ok(ExitCode::SUCCESS);
    }
    if file.exists() && !force {
        anyhow::bail!("{} is there already; --force replaces it", file.display());
    }
    let told = || format!("{} cannot be written", file.display());
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let result = write(path, part).and_then(|rows| {
        std::fs::rename(part, file)?;
        Ok(rows)
    });
    if result.is_err() {
        // It may never have been made.
        let _ = std::fs::remove_file(part);
    }
    let rows = result.with_context(told)?;
    print::text(&format!("{}: {rows} rows\n", file.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// The error inside, so that a closed pipe and a damaged database are seen as such.
fn plain(error: ExchangeError) -> anyhow::Error {
    match error {
        ExchangeError::Store(error) => error.into(),
        ExchangeError::Io(error) => error.into(),
        line @ ExchangeError::Line { .. } => line.into(),
    }
}

/// Writes the export to a file of its own, for user and group only.
fn write(path: &Path, part: &Path) -> anyhow::Result<u64> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o660);
    let mut out = BufWriter::new(options.open(part)?);
    let rows = care::export(path, &mut out).map_err(plain)?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(rows)
}

pub(super) fn import(path: &Path, file: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let name = file.display();
    let rows = if file == Path::new("-") {
        care::import(path, &mut io::stdin().lock())
            .map_err(plain)
            .context("standard input")?
    } else {
        let opened = File::open(file).with_context(|| name.to_string())?;
        care::import(path, &mut BufReader::new(opened))
            .map_err(plain)
            .with_context(|| name.to_string())?
    };
    match json {
        true => print::json(&json!({ "rows": rows }))?,
        false => print::text(&format!("{}: made of {rows} rows\n", path.display()))?,
    }
    Ok(ExitCode::SUCCESS)
}
