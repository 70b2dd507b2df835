//! What stands in the log: one line per change of state, with its fields, as lines, JSON or records of the journal.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use crate::bed::{Bed, Entry, entry, now, rss};
use crate::parts::has_part;
use crate::program::{PATIENCE, Running, until};
use crate::stand_in::{Reply, StandIn};

/// Tries that fail before all is well again.
const TRIES: i64 = 12;

/// The records of a log in JSON.
fn records(daemon: &Running) -> Vec<Value> {
    let said = daemon.said();
    let lines = said.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}")))
        .collect()
}

fn count(records: &[Value], field: &str, value: &str) -> usize {
    let of_field = records.iter().filter(|record| record[field] == value);
    of_field.count()
}

/// Everything that waits for its time is due at once.
fn hurry(db: &Connection) {
    db.execute_batch(
        "update feed set due_at = 0 where failures > 0;
         update delivery set due_at = 0 where state = 'pending';
         update channel_state set hold_until = null;",
    )
    .expect("the database is not locked for long");
}

#[test]
fn what_fails_at_each_try_has_a_line_when_it_begins_and_one_when_it_ends() {
    let is_dead = Arc::new(AtomicBool::new(true));
    let hook = StandIn::start({
        let is_dead = Arc::clone(&is_dead);
        move |_| {
            Reply::status(if is_dead.load(Ordering::SeqCst) {
                503
            } else {
                200
            })
        }
    });
    let more = format!(
        "[channel.hook]\nkind = \"webhook\"\nurl = \"{}\"\n",
        hook.url("/hook")
    );
    let bed = Bed::new(&[("/feed", "1s"), ("/bad", "1s")], &more);
    let config = fs::read_to_string(bed.path("config.toml")).expect("a config");
    let allowed = format!("allow = [\"{}\", \"", hook.addr);
    bed.write("config.toml", &config.replace("allow = [\"", &allowed));
    let mut entries: Vec<Entry> = Vec::new();
    bed.serve("/feed", rss(&entries), Duration::ZERO);
    let mut daemon = Running::start(bed.command(&["run", "--log", "json"]), &bed.path("log"));
    daemon.until_said("running:");
    let db = Connection::open(bed.path("w.db")).expect("a database");
    db.busy_timeout(PATIENCE).expect("patience");
    let tries = "select count(*) from delivery_attempt where result = 'retry'";
    let round = |entries: &mut Vec<Entry>| {
        // A new alert wakes who sends, and the feed that is well wakes who polls.
        entries.push(entry("meteor", entries.len(), now()));
        bed.serve("/feed", rss(entries), Duration::ZERO);
        hurry(&db);
        std::thread::sleep(Duration::from_millis(300));
    };
    until("feed and channel have failed often", || {
        round(&mut entries);
        bed.count(tries) >= TRIES && bed.polls("/bad").len() as i64 >= TRIES
    });
    let feed_id = bed.count("select id from feed where url like '%/bad'");
    let feed_id = feed_id.to_string();
    let of_feed = |records: &[Value]| {
        records
            .iter()
            .filter(|record| record["feed_id"].to_string().contains(&feed_id))
            .count()
    };
    let so_far = records(&daemon);
    assert_eq!(of_feed(&so_far), 1, "{so_far:#?}");
    assert_eq!(count(&so_far, "channel", "hook"), 1, "{so_far:#?}");
    assert_eq!(count(&so_far, "level", "WARN"), 2, "{so_far:#?}");
    assert_eq!(count(&so_far, "level", "ERROR"), 0, "{so_far:#?}");

    is_dead.store(false, Ordering::SeqCst);
    bed.serve("/bad", rss(&[]), Duration::ZERO);
    until("both are well again", || {
        round(&mut entries);
        let said = daemon.said();
        said.contains("answers again") && said.contains("takes deliveries again")
    });
    round(&mut entries);
    let all = records(&daemon);
    assert_eq!(of_feed(&all), 2, "{all:#?}");
    assert_eq!(count(&all, "channel", "hook"), 2, "{all:#?}");
    assert!(all.iter().any(|record| record["delivery"].is_string()));
    // Alerts and what is delivered of them say which story it is.
    let of_story = |record: &&Value| record["story"].is_string();
    let alerts: Vec<_> = all
        .iter()
        .filter(|record| record["alert_id"].is_string())
        .collect();
    assert!(
        !alerts.is_empty() && alerts.iter().all(of_story),
        "{all:#?}"
    );
    let refused: Vec<_> = all
        .iter()
        .filter(|record| record["level"] == "WARN" && record["delivery"].is_string())
        .collect();
    assert!(
        !refused.is_empty() && refused.iter().all(of_story),
        "{all:#?}"
    );
    let is_told = |story: &Value| alerts.iter().any(|record| record["story"] == *story);
    assert!(
        refused.iter().all(|record| is_told(&record["story"])),
        "{all:#?}"
    );
    assert!(all.iter().all(|record| record["message"].is_string()));
    assert!(daemon.has_not_ended());
}

#[test]
fn rust_log_decides_what_is_said() {
    let bed = Bed::new(&[("/bad", "1s")], "");
    let mut command = bed.command(&["run", "--log", "json"]);
    command.env("RUST_LOG", "wirewatch=error");
    let mut daemon = Running::start(command, &bed.path("log"));
    until("it has polled", || !bed.polls("/bad").is_empty());
    daemon.signal("TERM");
    assert!(daemon.end().success());
    assert_eq!(daemon.said(), "");
}

/// The fields of a record in the journal's own protocol, as far as they are one line each.
fn fields(record: &[u8]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut rest = record;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 1..];
        match line.split_once('=') {
            Some((name, value)) => fields.push((name.to_owned(), value.to_owned())),
            // A name alone: eight bytes of length, the value, a line break.
            None => {
                let length = rest[..8].try_into().expect("eight bytes");
                let length = usize::try_from(u64::from_le_bytes(length)).expect("a length");
                let value = String::from_utf8_lossy(&rest[8..8 + length]).into_owned();
                rest = &rest[8 + length + 1..];
                fields.push((line, value));
            }
        }
    }
    fields
}

#[test]
fn the_journal_gets_fields_and_priorities() {
    // A journal of our own stands where the program looks for it, in a mount namespace.
    let script = "mount -t tmpfs none /run && mkdir -p /run/systemd/journal";
    if !has_part("unshare", "unshare", &["-rm", "sh", "-c", script]) {
        return;
    }
    let bed = Bed::new(&[("/bad", "1s")], "");
    fs::create_dir(bed.path("journal")).expect("a folder");
    let journal = UnixDatagram::bind(bed.path("journal/socket")).expect("a socket");
    journal.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let run = bed.command(&["run"]);
    // As systemd sets it: device and inode of standard error, which is a pipe to the journal.
    let script = format!(
        "{script} && mount --bind {} /run/systemd/journal && \
         JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec \"$@\"",
        bed.path("journal").display()
    );
    let mut command = Command::new("unshare");
    command
        .args(["-rm", "sh", "-c", &script, "sh"])
        .arg(run.get_program())
        .args(run.get_args());
    let _daemon = Running::start(command, &bed.path("log"));
    let mut seen = Vec::new();
    loop {
        let mut bytes = [0; 65_536];
        let length = journal.recv(&mut bytes).expect("a record");
        let record = fields(&bytes[..length]);
        let is_last = record
            .iter()
            .any(|(_, value)| value.contains("cannot be polled"));
        seen.push(record);
        if is_last {
            break;
        }
    }
    let value = |record: &[(String, String)], name: &str| {
        let mut named = record.iter().filter(|(other, _)| other == name);
        named.next().map(|(_, value)| value.clone())
    };
    let warning = seen.last().expect("a record");
    assert_eq!(
        value(warning, "PRIORITY").as_deref(),
        Some("4"),
        "{warning:?}"
    );
    assert_eq!(
        value(warning, "SYSLOG_IDENTIFIER").as_deref(),
        Some("wirewatch")
    );
    assert!(value(warning, "FEED_ID").is_some(), "{warning:?}");
    let running = seen.iter().find(|record| {
        value(record, "MESSAGE").is_some_and(|message| message.starts_with("running:"))
    });
    let running = running.expect("what it says at its start");
    assert_eq!(
        value(running, "PRIORITY").as_deref(),
        Some("6"),
        "{running:?}"
    );
}
