//! How the service is, as the service manager sees it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use super::print;
use crate::cli::said::said;

/// For the service manager's answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Properties of a unit, as `systemctl show` names them (org.freedesktop.systemd1(5)), and words for them.
const SHOWN: [(&str, &str); 10] = [
    ("LoadState", "unit"),
    ("UnitFileState", "at boot"),
    ("ActiveState", "state"),
    ("SubState", ""),
    ("StatusText", "says"),
    ("MainPID", "process"),
    ("ExecMainStartTimestamp", "since"),
    ("NRestarts", "restarts"),
    ("MemoryCurrent", "memory"),
    ("FragmentPath", "file"),
];

/// Exit code 0 when it is running, 1 when not.
pub(super) fn run(as_json: bool) -> anyhow::Result<ExitCode> {
    let names = SHOWN.map(|(name, _)| name);
    let found = properties(&names)?;
    let of = |name: &str| found.get(name).map_or("", String::as_str);
    let is_running = of("ActiveState") == "active";
    if as_json {
        print::json(&json!({
            "installed": of("LoadState") == "loaded",
            "running": is_running,
            "properties": found,
        }))?;
    } else if of("LoadState") == "not-found" {
        print::text("not installed; `wirewatch service install` does it\n")?;
    } else {
        let rows = SHOWN
            .iter()
            .filter(|(name, words)| !words.is_empty() && is_told(of(name)));
        let rows = rows.map(|(name, words)| {
            format!("{words:10} {}\n", in_words(name, of(name), of("SubState")))
        });
        print::text(&rows.collect::<String>())?;
        if !is_running {
            print::text("its log: journalctl -u wirewatch\n")?;
        }
    }
    Ok(ExitCode::from(u8::from(!is_running)))
}

/// What the service manager says of the unit.
///
/// # Errors
/// When there is none, or it does not answer.
pub(in crate::cli) fn properties(names: &[&str]) -> anyhow::Result<BTreeMap<String, String>> {
    let names = names.join(",");
    let arguments = ["show", "wirewatch.service", "--property", &names];
    let text = match said("systemctl", &arguments, PATIENCE) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(error)
                .context("systemctl cannot be started: is this a system with systemd?");
        }
        Err(error) => bail!("systemctl: {}", print::safe(&error.to_string())),
    };
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    Ok(pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

fn is_told(value: &str) -> bool {
    !value.is_empty() && value != "[not set]" && value != "0"
}

fn in_words(name: &str, value: &str, sub: &str) -> String {
    match (name, value.parse::<u64>()) {
        ("ActiveState", _) => format!("{value} ({sub})"),
        ("MemoryCurrent", Ok(bytes)) => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => print::safe(value).to_string(),
    }
}
