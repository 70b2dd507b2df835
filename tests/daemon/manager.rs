//! What a service manager is told, and what `wirewatch reload` tells who asks for it.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::bed::{Bed, rss};
use crate::program::{PATIENCE, Running, until};

/// The manager's side of `NOTIFY_SOCKET`.
struct Manager(UnixDatagram);

impl Manager {
    fn of(bed: &Bed) -> Self {
        Self(UnixDatagram::bind(bed.path("notify")).expect("a socket"))
    }

    /// The next message within a time.
    fn next(&self, within: Duration) -> Option<String> {
        self.0.set_read_timeout(Some(within)).expect("a timeout");
        let mut bytes = [0; 4096];
        let length = self.0.recv(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }
}

#[test]
fn a_reload_waits_for_the_verdict_and_shows_the_mistake() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    bed.serve("/feed", rss(&[]), Duration::ZERO);
    let absent = bed.run(&["reload"]);
    assert_eq!(absent.status.code(), Some(1));
    let said = String::from_utf8_lossy(&absent.stderr).into_owned();
    assert!(said.contains("no daemon runs on"), "{said}");

    let mut daemon = bed.start();
    bed.watch("comet");
    let said = bed.run_well(&["reload"]);
    assert!(said.contains("in force"), "{said}");
    assert!(daemon.said().contains("2 watches"), "{}", daemon.said());

    bed.write(
        "watches/comet.toml",
        "[watch.comet]\ntitle = \"c\"\nmatch = '\"comet\" and'\n",
    );
    let refused = bed.run(&["reload"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    for part in [
        "comet.toml",
        "match = '\"comet\" and'",
        "the old config stays in force",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let status = bed.run(&["status"]);
    assert!(String::from_utf8_lossy(&status.stdout).contains("refused"));
    assert!(daemon.has_not_ended());
}

#[test]
fn the_watchdog_is_told_while_the_scheduler_gets_on_and_not_while_it_hangs() {
    let bed = Bed::new(&[("/feed", "1h")], "");
    bed.serve("/feed", rss(&[]), Duration::ZERO);
    let manager = Manager::of(&bed);
    let mut command = bed.command(&["run"]);
    command.env("NOTIFY_SOCKET", bed.path("notify"));
    command.env("WATCHDOG_USEC", "2000000");
    let mut daemon = Running::start(command, &bed.path("log"));
    let is_fed = |within| {
        let told = manager.next(within);
        told.is_some_and(|told| told.starts_with("WATCHDOG=1"))
    };
    until("the watchdog is told", || is_fed(PATIENCE));
    until("and told again", || is_fed(PATIENCE));
    assert!(
        !daemon.said().contains("the watchdog is not told"),
        "{}",
        daemon.said()
    );

    // Whoever holds the database keeps every loop from its next claim; timers go on.
    let holder = Connection::open(bed.path("w.db")).expect("the database");
    holder.execute_batch("begin exclusive").expect("it is free");
    daemon.until_said("the watchdog is not told");
    while manager.next(Duration::from_millis(1)).is_some() {}
    assert_eq!(manager.next(Duration::from_secs(2)), None, "it hangs still");

    holder.execute_batch("rollback").expect("it was held");
    until("it is told again", || is_fed(PATIENCE));
    let asked = Instant::now();
    daemon.signal("TERM");
    assert!(daemon.end().success());
    assert!(asked.elapsed() < Duration::from_secs(5));
}
