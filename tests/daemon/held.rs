//! What may tell what has been told is held for a while, and then told after all: never forgotten.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bed::{Bed, Entry, gibberish, now, rss};
use crate::program::until;

/// How long an alert is held.
const SETTLE: Duration = Duration::from_secs(4);

/// A report that has so many words of forty in common with the others of its number.
fn report(name: &str, common: usize) -> Entry {
    let own = gibberish(name, 40 - common);
    let common = gibberish("what all reports say", common);
    Entry {
        title: format!("meteor {}", &own[..20]),
        text: format!("{common} {own}"),
        name: name.to_owned(),
        published: now(),
    }
}

fn told(bed: &Bed) -> Vec<(String, String)> {
    let text = |told: &Value, key: &str| told[key].as_str().unwrap_or_default().to_owned();
    let told = bed.told();
    let told = told
        .iter()
        .map(|told| (text(told, "kind"), text(told, "title")));
    told.collect()
}

#[test]
fn a_running_daemon_tells_what_it_held_when_the_time_is_up() {
    let bed = Bed::new(
        &[("/feed", "1s")],
        &format!("[alert]\nsettle = \"{}s\"\n", SETTLE.as_secs()),
    );
    let (first, near) = (report("first", 9), report("near", 9));
    bed.serve("/feed", rss(std::slice::from_ref(&first)), Duration::ZERO);
    let _daemon = bed.start();
    until("the first is told at once", || bed.told().len() == 1);

    let published = Instant::now();
    bed.serve("/feed", rss(&[first, near]), Duration::ZERO);
    until("the second is held", || {
        bed.count("select count(*) from alert where settles_at is not null") == 1
    });
    until("it is told after all", || bed.told().len() == 2);
    assert!(published.elapsed() >= SETTLE, "{:?}", published.elapsed());
    assert_eq!(bed.count("select count(*) from story"), 2);
    assert!(
        told(&bed).iter().all(|(kind, _)| kind == "new"),
        "{:?}",
        told(&bed)
    );
}
