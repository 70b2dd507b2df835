//! `wirewatch demo` as a newcomer meets it: the real program, its two streams, its exit code.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn demo(arguments: &[&str]) -> (Output, Duration) {
    let started = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .arg("demo")
        .args(arguments)
        .env_remove("RUST_LOG")
        .output()
        .expect("the program starts");
    (output, started.elapsed())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// Words that stand only in the articles which must not raise an alert.
const HARD_NEGATIVES: &[&str] = &[
    "volleyball",
    "voli",
    "バレーボール",
    "tariff",
    "restaurant",
    "ресторан",
    "白俄罗斯",
    "Chinatown",
];

#[test]
fn the_demo_tells_the_story_and_ends_by_itself() {
    let (output, took) = demo(&["--near-misses"]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{err}");
    assert!(took < Duration::from_secs(20), "it took {took:?}");
    for part in [
        "Tiongkok",
        "王毅",
        "Лавров",
        "CORRECTED",
        "24 November",
        "23 November",
        "same text: 1",
    ] {
        assert!(
            out.contains(part),
            "{part} is not on standard output:\n{out}"
        );
    }
    assert!(!out.contains("INFO"), "logs are on standard output:\n{out}");
    assert!(err.contains("a news site with"), "{err}");
    let (told, misses) = out
        .split_once("Near misses")
        .expect("near misses were asked for");
    assert!(misses.lines().count() > 3, "{misses}");
    for word in HARD_NEGATIVES {
        assert!(
            !told.contains(word),
            "a hard negative raised an alert: {word}\n{told}"
        );
    }
    // The digest follows the alerts and tells every alert once.
    let digest = told.rfind("Window").expect("there is a digest");
    assert!(told[digest..].contains("1. NEW"), "{told}");
}

#[test]
fn what_the_demo_keeps_can_be_played_with() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let keep = dir.path().join("play");
    let (output, _) = demo(&["--keep", &keep.to_string_lossy(), "--format", "json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let config = keep.join("config.toml");
    let list = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .args([
            "--config",
            &config.to_string_lossy(),
            "alert",
            "list",
            "--json",
        ])
        .output()
        .expect("the program starts");
    let alerts: Vec<Value> = text(&list.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON Lines"))
        .collect();
    assert!(
        alerts.iter().any(|alert| alert["state"] == "backlog"),
        "{alerts:?}"
    );
    for alert in &alerts {
        for key in [
            "id",
            "watch",
            "severity",
            "state",
            "story",
            "title",
            "first_seen",
        ] {
            assert!(alert[key].is_string(), "{key} is missing: {alert}");
        }
        let article = &alert["articles"][0];
        for key in ["url", "title", "lang", "feed", "first_seen"] {
            assert!(
                article[key].is_string(),
                "articles[].{key} is missing: {alert}"
            );
        }
        check_evidence(alert);
    }
    let again = demo(&["--keep", &keep.to_string_lossy()]).0;
    assert_eq!(
        again.status.code(),
        Some(1),
        "an existing folder is not overwritten"
    );
    assert!(
        text(&again.stderr).contains("name another folder"),
        "{}",
        text(&again.stderr)
    );
}

#[test]
fn the_site_stays_up_when_it_is_asked_to() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let keep = dir.path().join("play");
    let mut child = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .args(["demo", "--serve", "--keep", &keep.to_string_lossy()])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Held to the end: a program that cannot write its messages would end.
    let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    // It says so when the alerts are told and the site is all that is left.
    let up = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.contains("stays up until"));
    assert!(up, "the demo ended");
    let once = Command::new(env!("CARGO_BIN_EXE_wirewatch"))
        .args([
            "--config",
            &keep.join("config.toml").to_string_lossy(),
            "run",
            "--once",
            "--all",
            "--json",
        ])
        .output()
        .expect("the program starts");
    child.kill().expect("it can be stopped");
    child.wait().expect("it ends");
    let done: Value = serde_json::from_slice(
        &once.stdout[once.stdout.iter().position(|b| *b == b'{').unwrap_or(0)..],
    )
    .expect("a summary");
    assert_eq!(done["polls"], 12, "{done}");
    assert_eq!(done["polls_failed"], 0, "{done}");
    assert_eq!(
        done["not_modified"], 12,
        "known documents are asked for conditionally: {done}"
    );
}

/// Spans are bytes of the sentence and hold the text they name.
fn check_evidence(alert: &Value) {
    let evidence = alert["evidence"].as_array().expect("evidence is a list");
    assert!(!evidence.is_empty(), "no proof: {alert}");
    for proof in evidence {
        let sentence = proof["sentence"].as_str().expect("a sentence");
        for label in ["Baca Juga", "Advertisement"] {
            assert!(
                !sentence.contains(label),
                "boilerplate as proof: {sentence}"
            );
        }
        for span in proof["spans"].as_array().expect("spans are a list") {
            let at = |key: &str| span[key].as_u64().expect("an offset") as usize;
            let marked = sentence.get(at("start")..at("end"));
            assert_eq!(marked, span["text"].as_str(), "{sentence}");
            assert!(span["why"].as_str().is_some_and(|why| !why.is_empty()));
        }
    }
}
