//! The service: installed, enabled, running, of this version, with room for its connections.

use std::collections::BTreeMap;
use std::fs;

use rustix::process::{Resource, getrlimit};

use super::finding::{Check, Finding, Group};
use super::subject::Subject;
use crate::cli::service::{installed_unit, properties};
use crate::store::{Holder, SqliteStore};

const DAEMON: Check = Check(Group::Service, "daemon");
const VERSION: Check = Check(Group::Service, "daemon-version");
const UNIT: Check = Check(Group::Service, "unit");
const TEXT: Check = Check(Group::Service, "unit-text");
const WATCHDOG: Check = Check(Group::Service, "watchdog");
const FILES: Check = Check(Group::Service, "open-files");

/// Properties of the unit (org.freedesktop.systemd1(5)).
const ASKED: [&str; 7] = [
    "LoadState",
    "UnitFileState",
    "ActiveState",
    "FragmentPath",
    "NeedDaemonReload",
    "WatchdogUSec",
    "LimitNOFILESoft",
];

/// Files that are open whatever is polled: database, logs, listeners, channels.
const FILES_AT_REST: u64 = 128;
/// Connections stay open for 15 s, in which each place of [fetch] concurrency has gone through so many hosts at most.
const HOSTS_IN_TURN: u64 = 32;

/// All about the service.
pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let unit = properties(&ASKED);
    let holder = subject.store.as_deref().and_then(SqliteStore::holder);
    let mut found = match &unit {
        Ok(unit) => of_unit(unit),
        Err(error) => vec![UNIT.skipped(format!("the service manager does not say: {error:#}"))],
    };
    let is_active = unit
        .as_ref()
        .is_ok_and(|unit| is(unit, "ActiveState", "active"));
    found.extend(daemon(subject, holder.as_ref(), is_active));
    found.extend(open_files(subject, unit.as_ref().ok()));
    found
}

fn is(unit: &BTreeMap<String, String>, name: &str, value: &str) -> bool {
    unit.get(name).is_some_and(|found| found == value)
}

fn of_unit(unit: &BTreeMap<String, String>) -> Vec<Finding> {
    let of = |name: &str| unit.get(name).map_or("", String::as_str);
    if of("LoadState") == "not-found" {
        return vec![UNIT.skipped(
            "it is not installed as a service; `sudo wirewatch service install` does it",
        )];
    }
    let mut found = vec![match (of("ActiveState"), of("UnitFileState")) {
        ("failed", _) => UNIT.wrong(
            "the service has failed",
            "journalctl -u wirewatch -n 50    # says why; then: sudo systemctl reset-failed wirewatch && sudo systemctl restart wirewatch",
        ),
        ("active" | "reloading" | "activating", "disabled") => UNIT.warning(
            "the service runs, and will not after the next boot",
            "sudo systemctl enable wirewatch",
        ),
        ("active" | "reloading", _) => UNIT.ok("the service is enabled and runs"),
        ("activating", _) => {
            UNIT.ok("the service is starting; `wirewatch service status` says how far it is")
        }
        _ => UNIT.warning(
            "the service does not run",
            "sudo systemctl enable --now wirewatch",
        ),
    }];
    found.extend(text(of("FragmentPath")));
    if of("NeedDaemonReload") == "yes" {
        found.push(TEXT.warning(
            "the unit was changed since the service manager has read it",
            "sudo systemctl daemon-reload && sudo systemctl restart wirewatch",
        ));
    }
    found.push(match of("WatchdogUSec") {
        "" | "0" | "infinity" => WATCHDOG.warning(
            "no watchdog is set: a daemon that hangs is not noticed",
            "WatchdogSec=60s in [Service]; `systemctl cat wirewatch` shows what takes it away",
        ),
        limit => WATCHDOG.ok(format!("a daemon that hangs is restarted after {limit}")),
    });
    found
}

/// Whether the unit is the one that this program brings.
fn text(path: &str) -> Option<Finding> {
    let ours = installed_unit(path)?;
    let advice = match path.starts_with("/etc/") {
        true => {
            "sudo wirewatch service install    # changes of your own go into: systemctl edit wirewatch"
        }
        false => {
            "install the package of this version once more; changes of your own go into: systemctl edit wirewatch"
        }
    };
    Some(match fs::read_to_string(path) {
        Ok(found) if found == ours => TEXT.ok(format!("{path} is that of this version")),
        Ok(_) => TEXT.warning(format!("{path} is not that of this version"), advice),
        Err(error) => TEXT.skipped(format!("{path}: {error}")),
    })
}

/// Who works on the database.
fn daemon(subject: &Subject, holder: Option<&Holder>, is_active: bool) -> Vec<Finding> {
    let own = env!("CARGO_PKG_VERSION");
    let Some(holder) = holder else {
        return vec![match (subject.store.as_deref(), is_active) {
            (None, _) => DAEMON.skipped("the config does not say where the database is"),
            (Some(path), true) => DAEMON.warning(
                format!("the service runs, but not on {}", path.display()),
                "is this its config? `systemctl cat wirewatch` shows which it has",
            ),
            (Some(path), false) => DAEMON.ok(format!("no daemon works on {} now", path.display())),
        }];
    };
    let version = holder.version.as_deref().unwrap_or("of unknown version");
    let mut found = vec![DAEMON.ok(format!("{} works on the database", holder.name))];
    found.push(match version == own {
        true => VERSION.ok(format!("it is {own}, as this program is")),
        false => VERSION.warning(
            format!(
                "it is {version}, and this program {own}: it was not restarted after an upgrade"
            ),
            "sudo systemctl restart wirewatch",
        ),
    });
    found
}

/// Files that the daemon may have open, against the connections that so many feeds take.
fn open_files(subject: &Subject, unit: Option<&BTreeMap<String, String>>) -> Option<Finding> {
    let config = subject.config()?;
    let places = config.fetch.concurrency.get() as u64;
    let feeds = config.feeds.len() as u64;
    let needed = FILES_AT_REST + places + feeds.min(places * HOSTS_IN_TURN);
    let of_unit = unit
        .filter(|unit| !is(unit, "LoadState", "not-found"))
        .and_then(|unit| unit.get("LimitNOFILESoft")?.parse::<u64>().ok());
    let own = getrlimit(Resource::Nofile).current;
    let Some(limit) = of_unit.or(own) else {
        return Some(FILES.ok("as many files as it likes may be open"));
    };
    let told = format!("{limit} files may be open; {feeds} feeds take up to {needed}");
    Some(match limit < needed {
        true => FILES.warning(
            told,
            format!("`systemctl edit wirewatch` with [Service] and LimitNOFILE={}; in a shell: ulimit -n {0}", needed.next_power_of_two()),
        ),
        false => FILES.ok(told),
    })
}
