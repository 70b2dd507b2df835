//! `wirewatch status`: whether it is well, for people and for monitoring systems.

use std::process::Output;
use std::time::Duration;

use serde_json::Value;

use crate::bed::{Bed, entry, now, rss};
use crate::program::until;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Exit code and line of `status --check`.
fn check(bed: &Bed) -> (Option<i32>, String) {
    let output = bed.run(&["status", "--check"]);
    let line = said(&output);
    assert_eq!(line.lines().count(), 1, "{line}");
    (output.status.code(), line)
}

#[test]
fn status_says_first_whether_it_is_well_and_monitoring_gets_an_exit_code() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    let (code, line) = check(&bed);
    assert_eq!(code, Some(3), "there is no database yet: {line}");
    assert!(line.starts_with("WIREWATCH UNKNOWN - "), "{line}");

    bed.serve("/feed", rss(&[entry("meteor", 1, now())]), Duration::ZERO);
    let mut daemon = bed.start();
    until("the alert is told", || bed.told().len() == 1);
    let status = bed.run_well(&["status"]);
    let version = env!("CARGO_PKG_VERSION");
    assert!(status.starts_with("well\n"), "{status}");
    for words in [
        &format!("wirewatch run, pid {}: {version}, started ", daemon.pid()),
        "free on its disk",
        "from seen to judged, of the last hour: half within",
        "1: 0 failing, 0 silent, 0 never polled",
    ] {
        assert!(status.contains(words), "{words}: {status}");
    }
    let json: Value = serde_json::from_str(&bed.run_well(&["status", "--json"])).expect("JSON");
    assert_eq!(
        (&json["well"], &json["daemon_version"]),
        (&true.into(), &version.into())
    );
    assert!(json["lag_1h"]["p95_s"].is_number(), "{json}");
    let (code, line) = check(&bed);
    assert_eq!(code, Some(0), "{line}");
    assert!(
        line.starts_with("WIREWATCH OK - 1 feeds, 1 open alerts | feeds=1;; "),
        "{line}"
    );
    assert!(line.contains(" lag_p95="), "{line}");

    bed.write("watches/meteor.toml", "[watch.meteor]\nmatch = '\"'\n");
    daemon.until_said("the old config stays in force");
    let (code, line) = check(&bed);
    assert_eq!(code, Some(1), "{line}");
    assert!(
        line.contains("WARNING - the config files are refused"),
        "{line}"
    );
    bed.watch("meteor");

    daemon.signal("TERM");
    assert!(daemon.end().success());
    let (code, line) = check(&bed);
    assert_eq!(code, Some(2), "{line}");
    assert!(
        line.starts_with("WIREWATCH CRITICAL - the daemon is not running"),
        "{line}"
    );
    assert!(
        line.contains("| feeds=1;; "),
        "what the database knows is still told: {line}"
    );
    let status = said(&bed.run(&["status"]));
    assert!(
        status.starts_with("not well: the daemon is not running"),
        "{status}"
    );
}

#[test]
fn a_channel_that_refuses_what_it_is_sent_is_a_warning() {
    let nobody = "[channel.hook]\nkind = \"webhook\"\nurl = \"http://hook.invalid/\"\n";
    let bed = Bed::new(&[("/feed", "1h"), ("/bad", "1h")], nobody);
    bed.serve("/feed", rss(&[entry("meteor", 1, now())]), Duration::ZERO);
    let _daemon = bed.start();
    until("the channel has refused it", || {
        bed.count("select count(*) from delivery_attempt where result = 'retry'") > 0
    });
    until("the bad feed was polled", || {
        bed.count("select count(*) from feed where failures > 0") == 1
    });
    let (code, line) = check(&bed);
    assert_eq!(code, Some(1), "{line}");
    assert!(line.contains("1 of 2 feeds fail"), "{line}");
    assert!(
        line.contains("the channel hook began to refuse deliveries"),
        "{line}"
    );
}
