//! Queries of other programs: each file of `tests/fixtures/import` with what `watch import` makes of it (`NAME.out`;
//! `UPDATE=1` writes it). Every printed watch passes `check`, whatever is read.

use std::fs;
use std::path::{Path, PathBuf};

use wirewatch::rules::{self, Peer, RuleFile, RuleSet};

#[path = "common/program.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod program;

use program::wirewatch;

const FILES: &[(&str, &str)] = &[
    ("newsboat", "newsboat.txt"),
    ("miniflux", "miniflux.txt"),
    ("google-alerts", "google-alerts.txt"),
    ("google-alerts", "google-alerts.opml"),
    ("brandwatch", "brandwatch.txt"),
    ("factiva", "factiva.txt"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import")
}

#[test]
fn queries_become_watches() {
    let mut wrong = Vec::new();
    for (from, file) in FILES {
        let output = wirewatch(
            Path::new("none"),
            &["watch", "import", "--from", from, file],
        )
        .current_dir(folder())
        .output()
        .expect("it runs");
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code().expect("it ends");
        let is_whole = err.is_empty();
        assert_eq!(code, if is_whole { 0 } else { 3 }, "{file}: {err}");
        let source = RuleFile::parse(&out).expect("TOML").source;
        assert!(!source.watches.is_empty(), "{file}");
        assert!(RuleSet::compile(&source).is_ok(), "{file}: {out}");
        let now = format!("{out}----\n{err}exit code {code}\n");
        let expected = folder().join(format!("{file}.out"));
        let before = fs::read_to_string(&expected).unwrap_or_default();
        if now != before {
            wrong.push(format!("{file} gives now:\n{now}"));
            if std::env::var_os("UPDATE").is_some() {
                fs::write(&expected, &now).expect("the fixtures can be written");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn watches_are_written_to_a_new_file_only() {
    let dir = tempfile::tempdir().expect("a folder");
    let to = dir.path().join("new.toml");
    let to = to.to_str().expect("UTF-8");
    let file = folder().join("google-alerts.opml");
    let file = file.to_str().expect("UTF-8");
    let arguments = [
        "watch",
        "import",
        "--from",
        "google-alerts",
        file,
        "--to",
        to,
    ];
    let run = || {
        wirewatch(Path::new("none"), &arguments)
            .output()
            .expect("it runs")
    };
    assert!(run().status.success());
    let written = fs::read_to_string(to).expect("a file");
    assert!(written.contains("[watch.rare-earths-export]"), "{written}");
    let config = dir.path().join("config.toml");
    fs::write(&config, "include = [\"new.toml\"]\n").expect("a file");
    let check = wirewatch(&config, &["check"]).output().expect("it runs");
    assert!(check.status.success());
    assert_eq!(run().status.code(), Some(1), "it is there");
    assert_eq!(fs::read_to_string(to).expect("a file"), written);
}

#[test]
fn whatever_is_read_every_watch_compiles_and_every_place_is_in_the_text() {
    const PIECES: &[&str] = &[
        "title",
        "=~",
        "\"foo|bar\"",
        "and",
        "or",
        "not",
        "(",
        ")",
        "AND",
        "OR",
        "NOT",
        "-",
        "NEAR/5",
        "NEAR/0f",
        "adj3",
        "w/5",
        "same",
        "atleast3",
        "/F50/",
        "hd=",
        "la=en",
        "rst=x",
        "title:",
        "language:en",
        "raw:A",
        "{US}",
        "site:",
        "\"",
        "“a b”",
        "foo*",
        "fo?o",
        "*",
        "US",
        "~5",
        "(?i)",
        "EntryTitle=",
        "EntryDate=max-age:3d",
        "keep:",
        "block:",
        "age",
        "<",
        "3",
        "highlight-article",
        "query:a:",
        "外长",
        "é",
        "\n",
        "\n\n",
        " ",
        "[",
        "]",
        "\\",
        "'",
        "#",
        "AROUND(3)",
        "intitle:",
        "$",
        "wc>300",
        "'''",
        "\u{1}",
    ];
    let peers = [
        Peer::Newsboat,
        Peer::Miniflux,
        Peer::GoogleAlerts,
        Peer::Brandwatch,
        Peer::Factiva,
    ];
    let mut state: u64 = 5;
    let mut watches = 0;
    for round in 0..1_500 {
        let mut text = String::new();
        for _ in 0..9 {
            // Knuth's MMIX generator: the same texts in every run.
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let piece = usize::try_from(state >> 33).expect("31 bits") % PIECES.len();
            text.push_str(PIECES[piece]);
            text.push(' ');
        }
        let imported = rules::import(peers[round % peers.len()], &text);
        for left in &imported.left_out {
            assert!(left.at.start <= left.at.end, "{text:?}: {left:?}");
        }
        let mut source = rules::RuleSource::default();
        for watch in imported.watches {
            watches += 1;
            source.watches.push(rules::WatchSource {
                name: watch.name,
                expression: watch.expression,
                ..rules::WatchSource::default()
            });
        }
        let compiled = RuleSet::compile(&source);
        assert!(compiled.is_ok(), "{text:?}: {source:?}");
    }
    assert!(watches > 300, "{watches}");
}
