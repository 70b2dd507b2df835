//! What is in the file after kills, torn lines and second tries.

use std::fs;

use futures_util::future::join_all;
use serde_json::Value;

use super::*;
use crate::channel::tests::{alert, digest, parcel, surroundings};

fn channel(dir: &Path) -> JsonLines {
    let options = FileOptions {
        path: "alerts.jsonl".into(),
    };
    surroundings(dir, |around| options.build("desk", around))
}

fn keyed(key: &str) -> Parcel {
    let mut parcel = parcel(if key.len().is_multiple_of(2) {
        alert()
    } else {
        digest()
    });
    parcel.key = key.to_owned();
    parcel
}

/// The keys in the file, every line of which must be a whole object.
fn keys(dir: &Path) -> Vec<String> {
    let text = fs::read_to_string(dir.join("alerts.jsonl")).expect("a file");
    assert!(text.ends_with('\n'), "{text}");
    let key = |line| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        value["delivery"].as_str().expect("a key").to_owned()
    };
    text.lines().map(key).collect()
}

#[tokio::test]
async fn every_delivery_is_one_line_however_often_it_is_made() {
    let dir = tempfile::tempdir().expect("a directory");
    let channel = channel(dir.path());
    let parcels: Vec<Parcel> = (0..40).map(|n| keyed(&format!("k{}", n % 20))).collect();
    let all = parcels.iter().map(|parcel| channel.deliver(parcel));
    assert!(join_all(all).await.iter().all(Result::is_ok));
    let mut keys = keys(dir.path());
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 20);
}

#[tokio::test]
async fn what_was_written_before_a_kill_is_not_written_again() {
    let dir = tempfile::tempdir().expect("a directory");
    for key in ["k1", "k2"] {
        channel(dir.path()).deliver(&keyed(key)).await.expect("it");
    }
    // A new channel is what a new process has.
    let restarted = channel(dir.path());
    for key in ["k2", "k1", "k3", "k3"] {
        restarted.deliver(&keyed(key)).await.expect("it");
    }
    assert_eq!(keys(dir.path()), ["k1", "k2", "k3"]);
}

#[tokio::test]
async fn a_line_torn_anywhere_is_mended() {
    let line = format!("{}\n", payload(&keyed("k2")));
    for cut in [1, 2, 30, line.len() / 2, line.len() - 2, line.len() - 1] {
        let dir = tempfile::tempdir().expect("a directory");
        channel(dir.path()).deliver(&keyed("k1")).await.expect("it");
        let path = dir.path().join("alerts.jsonl");
        let whole = fs::read_to_string(&path).expect("text");
        fs::write(&path, format!("{whole}{}", &line[..cut])).expect("a file");
        let restarted = channel(dir.path());
        for key in ["k2", "k3"] {
            restarted.deliver(&keyed(key)).await.expect("it");
        }
        assert_eq!(keys(dir.path()), ["k1", "k2", "k3"], "cut at {cut}");
    }
}

#[tokio::test]
async fn a_line_that_is_not_ours_is_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("alerts.jsonl");
    fs::write(&path, "notes of a person").expect("a file");
    channel(dir.path()).deliver(&keyed("k1")).await.expect("it");
    let text = fs::read_to_string(&path).expect("text");
    assert!(text.starts_with("notes of a person\n{"), "{text}");
}

#[tokio::test]
async fn the_file_may_be_rotated() {
    let dir = tempfile::tempdir().expect("a directory");
    let channel = channel(dir.path());
    channel.deliver(&keyed("k1")).await.expect("it");
    let path = dir.path().join("alerts.jsonl");
    fs::rename(&path, dir.path().join("alerts.jsonl.1")).expect("rotated");
    for key in ["k1", "k2"] {
        channel.deliver(&keyed(key)).await.expect("it");
    }
    assert_eq!(keys(dir.path()), ["k2"]);
}

#[tokio::test]
async fn what_cannot_be_written_is_tried_again() {
    let dir = tempfile::tempdir().expect("a directory");
    fs::create_dir(dir.path().join("alerts.jsonl")).expect("a directory in its place");
    let error = channel(dir.path()).deliver(&keyed("k1")).await;
    let error = error.expect_err("no file");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(error.to_string().contains("alerts.jsonl"), "{error}");
}

#[test]
fn keys_are_forgotten_in_the_end() {
    let mut written = Written::default();
    for n in 0..=KEYS_MAX {
        written.insert(&n.to_string());
    }
    assert_eq!(written.keys.len(), KEYS_MAX);
    assert!(!written.keys.contains("0") && written.keys.contains("1"));
}
