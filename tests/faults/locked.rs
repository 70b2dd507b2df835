//! Another process holds the database for longer than SQLite waits: an open `sqlite3` shell, a copy in the making.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::program_bed::{Bed, entry, now, rss};

/// Longer than SQLite waits by itself (10 s). With `WIREWATCH_LOCKED_S=45` it is longer than the store waits, too.
const LOCKED_S: u64 = 13;

#[expect(clippy::disallowed_methods, reason = "how a test is told its size")]
fn locked_s() -> u64 {
    let asked = std::env::var("WIREWATCH_LOCKED_S");
    asked.map_or(LOCKED_S, |asked| asked.parse().expect("seconds"))
}

/// A piece of work that the store did not wait for is done again when its lease ends.
const LEASE: Duration = Duration::from_secs(150);

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < LEASE, "it never came to be: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_database_that_another_process_locks_is_waited_for_and_nothing_is_lost() {
    let bed = Bed::new(&[("/a", "1s"), ("/b", "1s"), ("/c", "1s")], "");
    let serve = |count: usize| {
        for (feed, path) in ["/a", "/b", "/c"].into_iter().enumerate() {
            let own = (0..count).filter(|number| number % 3 == feed);
            let own: Vec<_> = own.map(|number| entry("meteor", number, now())).collect();
            bed.serve(path, rss(&own), Duration::ZERO);
        }
    };
    let new = || {
        let told = bed.told();
        told.iter().filter(|told| told["kind"] == "new").count()
    };
    serve(3);
    let mut running = bed.start();
    until("the first alerts are told", || new() == 3);

    let other = Connection::open(bed.path("w.db")).expect("a database");
    other
        .execute_batch("pragma busy_timeout = 60000; begin immediate")
        .expect("its lock");
    serve(9);
    let until_free = Instant::now() + Duration::from_secs(locked_s());
    running.until_said("is locked by another process");
    while Instant::now() < until_free {
        assert!(running.has_not_ended(), "{}", running.said());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(new(), 3, "who cannot note what he tells tells nothing");
    other.execute_batch("rollback").expect("an end");
    until("what came meanwhile is told", || new() == 9);

    serve(12);
    until("it goes on as before", || new() == 12);
    assert!(running.has_not_ended(), "{}", running.said());
    let said = running.said();
    for (words, count) in [
        ("is locked by another process", 1),
        ("is free again after", 1),
        ("ERROR", 0),
    ] {
        assert_eq!(said.matches(words).count(), count, "{words}: {said}");
    }
    running.signal("TERM");
    assert!(running.end().success(), "{}", running.said());
    let all = "select count(*) from article where state = 'judged'";
    assert_eq!(bed.count(all), 12);
    assert_eq!(bed.told().len(), 12, "and nothing is told twice");
}

#[test]
fn a_daemon_that_waits_for_a_lock_can_be_stopped() {
    let bed = Bed::new(&[("/a", "1s")], "");
    bed.serve("/a", rss(&[entry("meteor", 0, now())]), Duration::ZERO);
    let mut running = bed.start();
    until("the alert is told", || bed.told().len() == 1);
    let other = Connection::open(bed.path("w.db")).expect("a database");
    other.execute_batch("begin immediate").expect("its lock");
    std::thread::sleep(Duration::from_millis(1_500));
    running.signal("TERM");
    let begun = Instant::now();
    until("it ends", || !running.has_not_ended());
    // The stages' grace, then the wait of the writing that was begun.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(60), "{took:?}");
    other.execute_batch("rollback").expect("an end");
    let once = bed.run_well(&["run", "--once", "--all"]);
    assert!(once.contains("1 feeds polled"), "{once}");
    assert_eq!(bed.told().len(), 1);
}
