//! A folder with a config, and what the doctor says of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::program::wirewatch;

/// A config that nothing is wrong with, but that nobody can be reached.
pub const GOOD: &str = r#"
[store]
path = "w.db"
backups = { folder = "backups" }
[fetch]
contact = "mailto:desk@kantor-berita.id"
allow = ["127.0.0.0/8"]
[watch.talks]
match = '"talks"'
[[watch.talks.test]]
title  = "The talks go on"
expect = "match"
[channel.desk]
kind = "file"
path = "alerts.jsonl"
"#;

pub struct Bed {
    dir: tempfile::TempDir,
}

impl Bed {
    pub fn new(config: &str) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let bed = Self { dir };
        bed.write("config.toml", config, 0o640);
        bed
    }

    /// [`GOOD`] with further tables.
    pub fn with(more: &str) -> Self {
        Self::new(&format!("{GOOD}{more}"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str, mode: u32) {
        let path = self.path(name);
        fs::write(&path, text).expect("a file");
        self.set_mode(&path, mode);
    }

    pub fn set_mode(&self, path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    /// A command line of the doctor; programs of the folder `bin` come before the system's.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let all = [&["doctor"][..], arguments].concat();
        let mut command = wirewatch(&self.path("config.toml"), &all);
        command
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.path("bin").display()),
            )
            .env_remove("CREDENTIALS_DIRECTORY");
        command
    }

    /// A program in the folder `bin`.
    pub fn program(&self, name: &str, script: &str) {
        fs::create_dir_all(self.path("bin")).expect("a folder");
        self.write(
            &format!("bin/{name}"),
            &format!("#!/bin/sh\n{script}\n"),
            0o755,
        );
    }

    pub fn ask(&self, arguments: &[&str]) -> Answer {
        let all = [&["--json"][..], arguments].concat();
        Answer::of(self.command(&all).output().expect("it runs"))
    }
}

/// What was found.
pub struct Answer {
    pub code: i32,
    pub rows: Vec<Value>,
    /// All that was printed.
    pub text: String,
}

impl Answer {
    pub fn of(output: Output) -> Self {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        let rows: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{err}"));
        Self {
            code: output.status.code().expect("an exit code"),
            rows: rows.as_array().expect("an array").clone(),
            text: text + &err,
        }
    }

    /// The findings of a check: state, about, message, advice.
    pub fn of_check(&self, id: &str) -> Vec<[String; 4]> {
        let rows = self.rows.iter().filter(|row| row["id"] == id);
        rows.map(|row| {
            ["state", "about", "message", "advice"]
                .map(|key| row[key].as_str().unwrap_or_default().to_owned())
        })
        .collect()
    }

    /// A check has one finding, in this state, and its parts hold these words.
    #[track_caller]
    pub fn check(&self, id: &str, state: &str, words: &[&str]) {
        let found = self.of_check(id);
        assert_eq!(found.len(), 1, "{id}: {}", self.text);
        let all = found[0].join(" | ");
        assert_eq!(found[0][0], state, "{id}: {all}");
        for word in words {
            assert!(all.contains(word), "`{word}` is not in {id}: {all}");
        }
        if state == "wrong" || state == "warning" {
            assert!(!found[0][3].is_empty(), "{id} says not what to do: {all}");
        }
    }

    /// Nothing is wrong, says the exit code, and no row says otherwise.
    #[track_caller]
    pub fn check_well(&self) {
        let wrong = self.rows.iter().any(|row| row["state"] == "wrong");
        assert!(!wrong && self.code == 0, "{}: {}", self.code, self.text);
    }
}
