//! Windows: one digest however many run at once, the same bytes for ever, a sign of life when all is quiet.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::bed::{Bed, Entry, entry, rss};
use crate::parts::has_part;

/// A site with a past, and a clock.
struct Past {
    bed: Bed,
    clock: Timestamp,
    entries: Vec<Entry>,
}

impl Past {
    /// `None` when a part is missing; the test is then skipped.
    fn new(digest: &str) -> Option<Self> {
        let works = ["-f", "@2024-03-04 00:00:00", "true"];
        if !has_part("faketime", "faketime", &works) {
            return None;
        }
        let bed = Bed::new(&[("/feed", "1h")], digest);
        let mut past = Self {
            bed,
            clock: "2024-03-04T00:00:00Z".parse().expect("a time"),
            entries: Vec::new(),
        };
        past.publish(100);
        past.pass();
        Some(past)
    }

    /// Publishes something so many hours ago.
    fn publish(&mut self, hours: i64) {
        let at = self.clock - SignedDuration::from_hours(hours);
        self.entries.push(entry("meteor", self.entries.len(), at));
        self.bed.serve("/feed", rss(&self.entries), Duration::ZERO);
    }

    /// The program at the clock's time.
    fn command(&self, arguments: &[&str]) -> Command {
        let at = self.clock.strftime("@%Y-%m-%d %H:%M:%S").to_string();
        let program = self.bed.command(arguments);
        let mut command = Command::new("faketime");
        command
            .args(["-f", &at])
            .arg(program.get_program())
            .args(program.get_args())
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("TZ", "UTC");
        command
    }

    fn pass(&self) {
        let output = self
            .command(&["run", "--once"])
            .output()
            .expect("faketime runs");
        assert!(output.status.success(), "{output:?}");
    }

    fn said(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().expect("faketime runs");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn digests(&self) -> Vec<Value> {
        let mut told = self.bed.told();
        told.retain(|told| told["kind"] == "digest");
        told
    }

    fn forward(&mut self, hours: i64) {
        self.clock += SignedDuration::from_hours(hours);
    }
}

#[test]
fn many_at_once_close_a_window_once_and_it_stays_as_it_was() {
    let digest = "[digest.morning]\nschedule = \"daily 07:30\"\ntimezone = \"UTC\"\n";
    let Some(mut past) = Past::new(digest) else {
        return;
    };
    past.forward(6);
    past.publish(1);
    past.pass();
    past.forward(2);
    let start = |_| {
        let mut command = past.command(&["run", "--once"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("faketime runs")
    };
    let mut all: Vec<Child> = (0..4).map(start).collect();
    // Who comes while another works on the database is told so and ends.
    let ended = all.iter_mut().map(|child| child.wait().expect("it ends"));
    assert!(ended.filter(|status| status.success()).count() >= 1);
    assert_eq!(past.digests().len(), 1, "one digest, however many ran");
    assert_eq!(past.bed.count("select count(*) from digest"), 1);

    let forms = ["text", "markdown", "html", "json", "atom"];
    let show = |past: &Past, form| {
        past.said(&["digest", "show", "morning", "--id", "g1", "--format", form])
    };
    let before = forms.map(|form| show(&past, form));
    assert!(before[0].contains("1. NEW"), "{}", before[0]);
    let told: Value = serde_json::from_str(&before[3]).expect("JSON");
    assert_eq!(
        told["items"],
        past.digests()[0]["items"],
        "what was sent is what is kept"
    );
    // The story goes on, and another comes.
    past.forward(20);
    past.publish(1);
    past.pass();
    past.forward(4);
    past.pass();
    assert_eq!(past.digests().len(), 2);
    assert_eq!(
        forms.map(|form| show(&past, form)),
        before,
        "a closed window never changes"
    );
    let list = past.said(&["digest", "list", "morning"]);
    let ids: Vec<&str> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert_eq!(ids, ["g2", "g1"]);
    let second = past.digests().remove(1);
    assert_eq!(second["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(second["since"], past.digests()[0]["until"]);
    assert_eq!(second["trends"][0]["watch"], "meteor");
    let version = second["items"][0]["watch_version"].as_str();
    assert!(
        version.is_some_and(|version| version.len() >= 8),
        "{second}"
    );
    // The open window, by the name of the digest, closes nothing.
    past.forward(6);
    past.publish(1);
    past.pass();
    let now = past.said(&["digest", "now", "morning"]);
    assert!(now.contains("1 new, 0 updated"), "{now}");
    assert_eq!(past.bed.count("select count(*) from digest"), 2);
}

#[test]
fn a_quiet_week_has_one_sign_of_life() {
    let digest = "[digest.morning]\nschedule = \"daily 07:30\"\ntimezone = \"UTC\"\nheartbeat = \"weekly\"\n\
        [alert]\nended_after = \"60d\"\n";
    let Some(mut past) = Past::new(digest) else {
        return;
    };
    past.forward(6);
    past.publish(1);
    past.pass();
    past.forward(2);
    past.pass();
    assert_eq!(past.digests().len(), 1, "there was something to tell");
    for _ in 0..6 {
        past.forward(24);
        past.pass();
    }
    assert_eq!(past.digests().len(), 1, "six quiet days");
    for _ in 0..5 {
        past.forward(24);
        past.pass();
    }
    let digests = past.digests();
    assert_eq!(digests.len(), 2, "the seventh is told, the next are not");
    assert_eq!(digests[1]["items"], Value::Array(Vec::new()));
    assert!(digests[1]["last_alert"]["id"].is_string(), "{}", digests[1]);
    assert_eq!(digests[1]["health"]["feeds"], 1);
}
