//! `wirewatch store check` and `wirewatch store optimise`.

use std::path::Path;
use std::process::ExitCode;

use super::bar;
use crate::cli::print;
use crate::store::{CheckReport, bytes_told, care};

pub(super) const CHECK_HELP: &str = "\
Looks at every page of the file, at references between rows, and at the search index, beside the daemon.
Exit codes: 0 nothing is wrong, 1 the database is damaged or cannot be read.";

pub(super) const OPTIMISE_HELP: &str = "\
Works beside the daemon, in small steps. The daemon does a part of it every hour: after much was deleted at once, this does
all of it.";

pub(super) fn check(path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    if !path.exists() {
        anyhow::bail!(
            "{}: there is no database yet; `wirewatch run` makes it",
            path.display()
        );
    }
    let report = care::check(path, &mut bar())?;
    match json {
        true => print::json(&report)?,
        false => print::text(&page(path, &report))?,
    }
    Ok(ExitCode::from(u8::from(!report.damage.is_empty())))
}

fn page(path: &Path, report: &CheckReport) -> String {
    let path = path.display();
    let mut out = match report.damage.len() {
        0 => format!("{path}: nothing is wrong\n"),
        1 => format!("{path}: is damaged\n"),
        many => format!("{path}: is damaged, {many} faults\n"),
    };
    for fault in &report.damage {
        out.push_str(&format!("  {}\n", print::safe(fault)));
    }
    if !report.damage.is_empty() {
        out.push_str("restore a backup: wirewatch store restore FILE\n");
    }
    out.push_str(&format!(
        "schema {}, {}, of it {} free\n",
        report.schema,
        bytes_told(report.bytes),
        bytes_told(report.free_bytes)
    ));
    let rows: Vec<Vec<String>> = report
        .tables
        .iter()
        .filter(|table| table.bytes * 1_000 >= report.bytes)
        .map(|table| vec![table.name.clone(), bytes_told(table.bytes)])
        .collect();
    if !rows.is_empty() {
        out.push_str(&print::table(&["TABLE", "SIZE"], &rows));
    }
    out
}

pub(super) fn optimise(path: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let report = care::optimise(path)?;
    match json {
        true => print::json(&report)?,
        false => print::text(&format!(
            "{}: {} before, {} now\n",
            path.display(),
            bytes_told(report.before),
            bytes_told(report.after)
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}
