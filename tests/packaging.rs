//! The files that a system gets: systemd's own judgement of the unit, and that the unit and the README agree.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::parts::has_part;

fn packaged(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("packaging")
        .join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn systemd_accepts_the_unit() {
    if !has_part("systemd-analyze", "systemd-analyze", &["--version"]) {
        return;
    }
    // The unit names the installed program; the verifier wants one that is there.
    let unit = packaged("wirewatch.service")
        .replace("/usr/bin/wirewatch", env!("CARGO_BIN_EXE_wirewatch"));
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("wirewatch.service");
    fs::write(&path, unit).expect("the unit is written");
    let verified = Command::new("systemd-analyze")
        // The manual is not installed here.
        .args(["verify", "--man=no"])
        .arg(&path)
        .output()
        .expect("systemd-analyze starts");
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success(), "{said}");
    assert!(!said.contains("wirewatch.service"), "{said}");
}

/// The sum of what systemd thinks is open to attack, in tenths: 12 is 1.2.
const EXPOSURE_MAX: &str = "--threshold=12";

#[test]
fn the_unit_is_shut_as_tightly_as_a_daemon_on_the_network_can_be() {
    if !has_part("systemd-analyze", "systemd-analyze", &["--version"]) {
        return;
    }
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/wirewatch.service");
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", EXPOSURE_MAX])
        .arg(unit)
        .output()
        .expect("systemd-analyze starts");
    let said = String::from_utf8_lossy(&judged.stdout);
    assert!(judged.status.success(), "{said}");
}

#[test]
fn the_unit_keeps_what_was_promised() {
    let unit = packaged("wirewatch.service");
    for line in [
        "Type=notify",
        "Restart=on-failure",
        "User=wirewatch",
        "Group=wirewatch",
        "StateDirectory=wirewatch",
        "ExecReload=",
    ] {
        assert!(unit.contains(line), "{line} is missing");
    }
    // The reload of a shell that cannot fail would hide a refused config.
    assert!(unit.contains(" reload"), "{unit}");
    // Members of the group read and write the database beside the daemon.
    assert!(unit.contains("UMask=0007"), "group members could not write");
    let users = packaged("wirewatch.sysusers");
    assert!(
        users.lines().any(|line| line.starts_with("u wirewatch ")),
        "{users}"
    );
}
