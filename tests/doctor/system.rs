//! The service manager, the clock's keeper, the daemon. The system's programs are played by scripts.

use crate::bed::{Bed, GOOD};
use crate::program::{Running, wirewatch};

/// A `systemctl` that knows the unit so.
fn unit(bed: &Bed, properties: &str) {
    bed.program("systemctl", &format!("cat <<'END'\n{properties}\nEND"));
}

const WELL: &str = "LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nFragmentPath=FILE\n\
                    NeedDaemonReload=no\nWatchdogUSec=1min\nLimitNOFILESoft=1024";

#[test]
fn a_unit_in_every_state() {
    let bed = Bed::new(GOOD);
    unit(&bed, WELL);
    let answer = bed.ask(&["--offline"]);
    answer.check("unit", "ok", &["enabled and runs"]);
    answer.check("watchdog", "ok", &["after 1min"]);
    answer.check("open-files", "ok", &["1024 files may be open"]);
    // It runs, and not on this database.
    answer.check("daemon", "warning", &["not on", "systemctl cat wirewatch"]);
    answer.check_well();

    unit(
        &bed,
        &WELL.replace("=active", "=failed").replace("1min", "0"),
    );
    let answer = bed.ask(&["--offline"]);
    assert_eq!(answer.code, 1);
    answer.check("unit", "wrong", &["has failed", "journalctl -u wirewatch"]);
    answer.check("watchdog", "warning", &["no watchdog", "WatchdogSec=60s"]);

    unit(
        &bed,
        &WELL.replace("=active", "=inactive").replace("=no", "=yes"),
    );
    let answer = bed.ask(&["--offline"]);
    answer.check(
        "unit",
        "warning",
        &["does not run", "systemctl enable --now wirewatch"],
    );
    answer.check("unit-text", "warning", &["daemon-reload"]);

    unit(&bed, "LoadState=not-found\nActiveState=inactive");
    let answer = bed.ask(&["--offline"]);
    answer.check("unit", "skipped", &["wirewatch service install"]);
    answer.check("daemon", "ok", &["no daemon works on"]);

    bed.program("systemctl", "echo 'no bus' >&2; exit 1");
    let answer = bed.ask(&["--offline"]);
    answer.check("unit", "skipped", &["does not say", "no bus"]);
}

#[test]
fn so_many_feeds_need_so_many_files() {
    let feeds: String = (0..1_000)
        .map(|n| format!("[[feed]]\nurl = \"http://h{n}.example/\"\n"))
        .collect();
    let bed = Bed::with(&feeds);
    unit(&bed, WELL);
    let answer = bed.ask(&["--offline"]);
    answer.check(
        "open-files",
        "warning",
        &["1000 feeds take up to 1192", "LimitNOFILE=2048"],
    );
}

#[test]
fn who_keeps_the_clock_is_asked() {
    let bed = Bed::new(GOOD);
    bed.program("timedatectl", "echo yes");
    bed.ask(&["--offline"]).check("clock-sync", "ok", &[]);
    if std::path::Path::new("/run/systemd/timesync/synchronized").exists() {
        return;
    }
    bed.program("timedatectl", "echo no");
    bed.ask(&["--offline"]).check(
        "clock-sync",
        "warning",
        &["not synchronised", "set-ntp true"],
    );
    bed.program("timedatectl", "exit 1");
    bed.program("chronyc", "echo 'Leap status     : Normal'");
    bed.ask(&["--offline"])
        .check("clock-sync", "ok", &["chrony"]);
    bed.program("chronyc", "echo 'Leap status     : Not synchronised'");
    bed.ask(&["--offline"])
        .check("clock-sync", "warning", &["chronyc -n sources"]);
}

#[test]
fn beside_a_running_daemon_it_says_which_one() {
    let bed = Bed::new(GOOD);
    let config = bed.path("config.toml");
    let mut daemon = Running::start(wirewatch(&config, &["run"]), &bed.path("log"));
    crate::program::until("the daemon has its database", || {
        assert!(daemon.has_not_ended(), "{}", daemon.said());
        bed.ask(&["--offline"])
            .text
            .contains("works with these watches")
    });
    let answer = bed.ask(&["--offline"]);
    answer.check("daemon", "ok", &["wirewatch run, pid"]);
    answer.check("daemon-version", "ok", &[env!("CARGO_PKG_VERSION")]);
    answer.check("config-in-force", "ok", &["these watches"]);
    answer.check_well();

    // What it refuses it does not work with; what it has not read yet, neither.
    bed.write(
        "config.toml",
        &GOOD.replace("'\"talks\"'", "'\"talks\" nearr'"),
        0o640,
    );
    daemon.signal("HUP");
    daemon.until_said("the old config stays in force");
    crate::program::until("it is noted", || {
        let found = bed.ask(&["--offline"]).of_check("config-in-force");
        found
            .iter()
            .any(|row| row[0] == "wrong" && row[2].contains("were refused"))
    });
    daemon.signal("TERM");
    daemon.end();
    bed.write("config.toml", GOOD, 0o640);

    // One that was not restarted after an upgrade: another version stands in the lock that it holds.
    let lock = std::fs::OpenOptions::new()
        .write(true)
        .open(bed.path("w.db.lock"));
    let lock = lock.expect("the lock");
    lock.lock().expect("nobody has it");
    std::fs::write(
        bed.path("w.db.lock"),
        "wirewatch run, pid 1\nversion 0.0.1\n",
    )
    .expect("a file");
    let answer = bed.ask(&["--offline"]);
    answer.check(
        "daemon-version",
        "warning",
        &["it is 0.0.1", "systemctl restart wirewatch"],
    );
}
