//! `wirewatch check` with a database: what the stored articles say to the rules. And its answers for programs.
//!
//! `tests/fixtures/rules/stored.txt` holds configs with what is said of them; `UPDATE=1` writes it.

use std::fs;
use std::path::Path;

use serde_json::Value;

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;
#[path = "common/stand_in.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod stand_in;
#[path = "common/stocked.rs"]
mod stocked;

use program::wirewatch;
use stocked::Stocked;

const STORED: &str = include_str!("fixtures/rules/stored.txt");

/// What `check` says with this exit code, without the folder.
fn said(dir: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let arguments = [&["check"], arguments].concat();
    let output = wirewatch(&dir.join("config.toml"), &arguments)
        .output()
        .expect("it runs");
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.replace(&format!("{}/", dir.display()), "")
    };
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn stored_articles_speak_of_the_rules() {
    let stocked = Stocked::new();
    let blocks = STORED.split("@@@@\n");
    let now: Vec<String> = blocks
        .map(|block| {
            let rules = block.split("====\n").next().unwrap_or_default();
            stocked.write(rules);
            let (code, out, err) = said(stocked.path(), &[]);
            let code = code.unwrap_or(-1);
            format!("{rules}====\n{err}{out}exit code {code}\n")
        })
        .collect();
    let now = now.join("@@@@\n");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules/stored.txt");
    if now != STORED && std::env::var_os("UPDATE").is_some() {
        fs::write(file, &now).expect("the fixtures can be written");
    }
    assert!(now == STORED, "stored.txt is now:\n{now}");
}

#[test]
fn the_store_can_be_left_alone() {
    let stocked = Stocked::new();
    stocked.write("[watch.w]\nmatch = '\"minister\"'\n");
    let (code, out, err) = said(stocked.path(), &["--no-store"]);
    assert_eq!(code, Some(0));
    assert!(
        !out.contains("stored") && !err.contains("stored"),
        "{out}{err}"
    );
}

#[test]
fn programs_are_told_where_and_what_kind() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = "[[feed]]\nurl = 1\nlnk = 2\n[watch.a]\nmatch = '''\n\"é\" and\n  country:China'''\n\
                  [list.l]\nany = [\"?!\"]\n[stor]\n[person.p]\nnames = []\n";
    fs::write(dir.path().join("config.toml"), config).expect("a file");
    let (code, out, _) = said(dir.path(), &["--json"]);
    assert_eq!(code, Some(1));
    let rows: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON Lines"))
        .collect();
    let places: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{} {}:{}-{}:{}",
                row["code"].as_str().unwrap_or_default(),
                row["line"],
                row["column"],
                row["end_line"],
                row["end_column"]
            )
        })
        .collect();
    assert_eq!(
        places,
        [
            "unknown-key 3:1-3:4",
            "watch 7:3-7:16",
            "list 9:9-9:11",
            "unknown-key 10:2-10:6",
            "person 12:9-12:9"
        ],
        "{out}"
    );
    for row in &rows {
        assert_eq!(row["level"], "error");
        assert!(row["message"].is_string() && row.get("help").is_some());
    }
}

#[test]
fn a_test_that_fails_is_shown_where_it_stands() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = "[watch.a]\nmatch = '\"strike\"'\n[[watch.a.test]]\ntitle = \"Strike\"\nexpect = \"match\"\n\
                  [[watch.a.test]]\ntitle = \"Calm\"\nexpect = \"match\"\n";
    fs::write(dir.path().join("config.toml"), config).expect("a file");
    let (code, out, err) = said(dir.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("config.toml:8:10"), "{err}");
    assert!(err.contains("number 2 (Calm): expected a match"), "{err}");
    assert!(out.contains("1 of 2 tests pass"), "{out}");
    let (_, out, _) = said(dir.path(), &["--json"]);
    let failed = out.lines().find(|line| line.contains("\"code\":\"test\""));
    assert!(
        failed.is_some_and(|line| line.contains("\"line\":8")),
        "{out}"
    );
}

/// Whoever edits rules has no secret of the service, and `check` writes nothing where a config tells it to.
#[test]
fn what_systemd_hands_over_is_not_asked_of_a_shell() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = |secret: &str| {
        let text = format!(
            "[channel.hook]\nkind = \"webhook\"\nurl = \"https://hooks.example.org/\"\n\
             secret_file = \"$CREDENTIALS_DIRECTORY/{secret}\"\n"
        );
        fs::write(dir.path().join("config.toml"), text).expect("a file");
        said(dir.path(), &["--no-store"])
    };
    let (code, _, err) = config("secret_hook");
    assert_eq!(code, Some(0), "{err}");

    let elsewhere = dir.path().join("written");
    let (code, _, err) = config(&format!("../../../../../..{}", elsewhere.display()));
    assert_eq!(code, Some(1), "{err}");
    assert!(!elsewhere.exists(), "{err}");
}
