//! What a service manager and a person do to a running daemon.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use crate::bed::{Bed, entry, now, rss};
use crate::program::{PATIENCE, Running, until};

#[test]
fn a_stop_while_a_fetch_is_in_flight_is_quick_and_well() {
    for signal in ["TERM", "INT"] {
        let bed = Bed::new(&[("/slow", "1h")], "");
        bed.serve("/slow", rss(&[]), Duration::from_secs(25));
        let mut daemon = bed.start();
        until("the poll is in flight", || !bed.polls("/slow").is_empty());
        let asked = Instant::now();
        daemon.signal(signal);
        let status = daemon.end();
        assert_eq!(status.code(), Some(0), "{signal}: {}", daemon.said());
        assert!(asked.elapsed() < Duration::from_secs(2), "{signal}");
        assert_eq!(
            bed.count("select count(*) from feed"),
            1,
            "the store is whole"
        );
    }
}

#[test]
fn what_was_in_flight_is_done_by_the_next_daemon_at_once() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    bed.serve(
        "/feed",
        rss(&[entry("meteor", 1, now())]),
        Duration::from_secs(25),
    );
    let mut daemon = bed.start();
    until("the poll is in flight", || !bed.polls("/feed").is_empty());
    daemon.kill();
    bed.serve("/feed", rss(&[entry("meteor", 1, now())]), Duration::ZERO);
    let _daemon = bed.start();
    until("the alert is told", || bed.told().len() == 1);
}

#[test]
fn a_second_daemon_is_refused_and_commands_are_not() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    bed.serve("/feed", rss(&[entry("meteor", 1, now())]), Duration::ZERO);
    let daemon = bed.start();
    until("the alert is told", || bed.told().len() == 1);
    for arguments in [&["run"][..], &["run", "--once"]] {
        let output = bed.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let message = String::from_utf8_lossy(&output.stderr);
        let holder = format!("is in use by wirewatch run, pid {}", daemon.pid());
        assert!(message.contains(&holder), "{arguments:?}: {message}");
    }
    assert!(
        bed.run_well(&["alert", "list", "--json"])
            .contains("meteor")
    );
    assert!(bed.run_well(&["feed", "list"]).contains("/feed"));
    let status = bed.run_well(&["status"]);
    let holder = format!("wirewatch run, pid {}", daemon.pid());
    assert!(status.contains(&holder), "{status}");
}

#[test]
fn a_reload_brings_a_new_watch_into_force_and_a_broken_one_leaves_the_old_set() {
    let bed = Bed::new(&[("/feed", "1s")], "");
    bed.serve("/feed", rss(&[]), Duration::ZERO);
    let mut daemon = bed.start();

    bed.write(
        "watches/comet.toml",
        "[watch.comet]\ntitle = \"c\"\nmatch = '\"comet\" and'\n",
    );
    daemon.signal("HUP");
    daemon.until_said("the old config stays in force");
    daemon.until_said("comet.toml:3");
    let entries = [entry("meteor", 1, now()), entry("comet", 1, now())];
    bed.serve("/feed", rss(&entries), Duration::ZERO);
    until("the old watch still finds", || bed.told().len() == 1);
    assert_eq!(bed.told()[0]["watch"], "meteor");

    bed.watch("comet");
    daemon.signal("HUP");
    daemon.until_said("2 watches");
    let entries = [
        entry("meteor", 1, now()),
        entry("comet", 1, now()),
        entry("comet", 2, now()),
    ];
    bed.serve("/feed", rss(&entries), Duration::ZERO);
    until("the new watch finds", || {
        bed.told().iter().any(|told| told["watch"] == "comet")
    });
    assert!(daemon.has_not_ended());
}

#[test]
fn a_service_manager_is_told_of_every_step() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    bed.serve("/feed", rss(&[]), Duration::ZERO);
    let manager = UnixDatagram::bind(bed.path("notify")).expect("a socket");
    manager.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut command = bed.command(&["run"]);
    command.env("NOTIFY_SOCKET", bed.path("notify"));
    let mut daemon = Running::start(command, &bed.path("log"));
    let told = |first: &str| {
        let mut bytes = [0; 4096];
        let length = manager.recv(&mut bytes).expect("a message");
        let message = String::from_utf8_lossy(&bytes[..length]).into_owned();
        assert!(message.starts_with(first), "{first}: {message}");
        message
    };
    let ready = told("READY=1");
    assert!(ready.contains("STATUS=1 feeds, 1 watches"), "{ready}");
    daemon.signal("HUP");
    assert!(told("RELOADING=1").contains("MONOTONIC_USEC="));
    told("READY=1");
    daemon.signal("TERM");
    told("STOPPING=1");
    assert!(daemon.end().success());
}
