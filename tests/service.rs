//! What a package and a first user get: `init`, `man`, `completions`, `service install`, and the packaged config.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn wirewatch(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("WIREWATCH_CONFIG")
        .env_remove("XDG_CONFIG_HOME")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[test]
fn a_first_config_is_one_that_check_accepts() {
    let dir = tempfile::tempdir().expect("a folder");
    let init = [
        "init",
        "news",
        "--contact",
        "mailto:ana@example.org",
        "--topic",
        "trade talks, summit",
        "--country",
        "cn",
        "--country",
        "RU",
        "--lang",
        "id,en",
    ];
    let made = wirewatch(dir.path(), &init);
    assert!(made.status.success(), "{}", said(&made));
    let text = fs::read_to_string(dir.path().join("news/config.toml")).expect("the config");
    for part in [
        "mailto:ana@example.org",
        "country:CN",
        "country:RU",
        "trade talks",
        "wirewatch.db",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("/var/lib"), "{text}");
    let checked = wirewatch(dir.path(), &["-c", "news/config.toml", "check"]);
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(said(&checked).contains("1 watches"), "{}", said(&checked));

    // Nobody's config is written over.
    let again = wirewatch(dir.path(), &init);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        said(&again).contains("is there already"),
        "{}",
        said(&again)
    );
}

#[test]
fn a_topic_that_makes_no_watch_leaves_nothing_behind() {
    let dir = tempfile::tempdir().expect("a folder");
    let made = wirewatch(dir.path(), &["init", "--country", "ZZZ"]);
    assert_eq!(made.status.code(), Some(1), "{}", said(&made));
    assert!(!dir.path().join("config.toml").exists());
}

#[test]
fn the_packaged_config_works_as_it_is() {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/debian/config.toml");
    let dir = tempfile::tempdir().expect("a folder");
    let config = config.to_str().expect("UTF-8");
    let checked = wirewatch(dir.path(), &["-c", config, "check", "--no-store"]);
    assert!(checked.status.success(), "{}", said(&checked));
}

#[test]
fn every_command_has_a_manual_page_and_shells_complete_them() {
    let dir = tempfile::tempdir().expect("a folder");
    let made = wirewatch(dir.path(), &["man", "--output", "man1"]);
    assert!(made.status.success(), "{}", said(&made));
    for page in [
        "wirewatch.1",
        "wirewatch-run.1",
        "wirewatch-alert-ack.1",
        "wirewatch-reload.1",
    ] {
        let text = fs::read_to_string(dir.path().join("man1").join(page)).expect(page);
        assert!(text.contains(".TH"), "{page}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let script = wirewatch(dir.path(), &["completions", shell]);
        assert!(said(&script).contains("backtest"), "{shell}");
    }
}

#[test]
fn a_service_is_shown_before_it_is_installed() {
    let dir = tempfile::tempdir().expect("a folder");
    let root = dir.path().to_str().expect("UTF-8");
    let shown = wirewatch(
        dir.path(),
        &["service", "install", "--root", root, "--dry-run"],
    );
    assert!(shown.status.success(), "{}", said(&shown));
    assert!(
        said(&shown).contains("etc/systemd/system/wirewatch.service"),
        "{}",
        said(&shown)
    );
    assert!(!dir.path().join("etc").exists());

    let installed = wirewatch(dir.path(), &["service", "install", "--root", root, "--yes"]);
    assert!(installed.status.success(), "{}", said(&installed));
    let program = dir.path().join("usr/local/bin/wirewatch");
    let version = Command::new(program)
        .arg("--version")
        .output()
        .expect("the copy starts");
    assert!(version.status.success());

    let removed = wirewatch(
        dir.path(),
        &["service", "uninstall", "--root", root, "--yes", "--purge"],
    );
    assert!(removed.status.success(), "{}", said(&removed));
    assert!(!dir.path().join("etc/wirewatch").exists());
}
