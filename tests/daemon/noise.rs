//! A hundred reports of one event in ten languages are one alert with at most three updates, in any order of arrival and
//! through a kill.

use std::time::Duration;

use crate::bed::{Bed, Entry, now, rss};
use crate::chance::Chance;
use crate::program::until;

/// Blocks of three lines: `STORY LANGUAGE`, title, body. The reports of a visit in nine languages.
const REPORTS: &str = include_str!("../../src/story/visit_reports.txt");

/// And in a tenth.
const FRENCH: &str = "visit fr
Wang Yi rencontre Lavrov à Moscou
Le ministre chinois des Affaires étrangères Wang Yi a rencontré mardi à Moscou son homologue russe Sergueï Lavrov pour \
parler du commerce de 245 milliards de dollars et de la guerre en Ukraine. La porte-parole Maria Zakharova a déclaré que \
Wang serait reçu par le président Vladimir Poutine au Kremlin.";

const OUTLETS: usize = 10;

const WATCH: &str = "[watch.visit]\nmatch = 'country:CN and country:RU'\n";

/// Ten outlets, each with one report in each language, in its own words: every report is the first one with its words put
/// in another order.
fn reports(chance: &mut Chance) -> Vec<Entry> {
    let visits = REPORTS.split("\n\n").chain([FRENCH]);
    let visits = visits.filter(|block| block.trim().starts_with("visit"));
    let mut entries = Vec::new();
    for block in visits {
        let mut lines = block.trim().lines();
        let lang = lines.next().expect("a head").replace("visit ", "");
        let (title, body) = (
            lines.next().expect("a title"),
            lines.next().expect("a body"),
        );
        for outlet in 0..OUTLETS {
            entries.push(Entry {
                name: format!("{lang}-{outlet}"),
                title: title.to_owned(),
                text: reworded(body, outlet, chance),
                published: now(),
            });
        }
    }
    shuffle(&mut entries, chance);
    entries
}

fn shuffle<T>(list: &mut [T], chance: &mut Chance) {
    for last in (1..list.len()).rev() {
        list.swap(last, chance.below(last + 1));
    }
}

/// The same words, pair by pair in another order; what is written without spaces stays a copy.
fn reworded(body: &str, outlet: usize, chance: &mut Chance) -> String {
    let words: Vec<&str> = body.split(' ').collect();
    let mut pairs: Vec<&[&str]> = words.chunks(2).collect();
    if outlet > 0 {
        shuffle(&mut pairs, chance);
    }
    pairs.concat().join(" ")
}

/// Puts the entries on the feeds of the outlets.
fn serve(bed: &Bed, entries: &[Entry]) {
    for outlet in 0..OUTLETS {
        let ending = format!("-{outlet}");
        let own = entries.iter().filter(|entry| entry.name.ends_with(&ending));
        let own: Vec<Entry> = own
            .map(|entry| Entry {
                name: entry.name.clone(),
                title: entry.title.clone(),
                text: entry.text.clone(),
                published: entry.published,
            })
            .collect();
        bed.serve(&format!("/{outlet}"), rss(&own), Duration::ZERO);
    }
}

fn check(seed: u64) {
    let mut chance = Chance(seed);
    let paths: Vec<String> = (0..OUTLETS).map(|outlet| format!("/{outlet}")).collect();
    let feeds: Vec<(&str, &str)> = paths.iter().map(|path| (&**path, "1s")).collect();
    let bed = Bed::new(&feeds, "[alert]\nupdate_every = \"1s\"\n");
    bed.write("watches/meteor.toml", WATCH);
    let entries = reports(&mut chance);
    assert_eq!(entries.len(), 100);
    let articles = "select count(*) from alert_article";
    let read = "select count(*) from article where state = 'judged'";

    let mut first = 0;
    for part in [3, 20, 60, 100] {
        serve(&bed, &entries[..part]);
        let mut running = bed.start();
        until("all that is there is judged", || {
            bed.count(read) == part as i64
        });
        // What was gathered has time to be told.
        until("nothing waits to be told", || {
            bed.count("select count(*) from delivery where state = 'pending'") == 0
        });
        if part < 100 {
            running.kill();
        } else {
            std::thread::sleep(Duration::from_secs(7));
        }
        first += 1;
    }
    assert_eq!(first, 4);
    assert_eq!(bed.count("select count(*) from alert"), 1, "seed {seed}");
    assert_eq!(bed.count(articles), 100, "seed {seed}");
    let sources = "select told_sources from alert";
    assert!(
        bed.count(sources) >= 30,
        "seed {seed}: {}",
        bed.count(sources)
    );
    let told = bed.told();
    let of = |kind: &str| told.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!(of("new"), 1, "seed {seed}: {told:?}");
    assert!(
        (1..=3).contains(&of("update")),
        "seed {seed}: {}",
        of("update")
    );
    assert_eq!(told.len(), 1 + of("update"), "seed {seed}: {told:?}");
    let languages = "select count(distinct av.lang) from alert_article as aa
        join article_version as av on av.article_id = aa.article_id";
    assert_eq!(bed.count(languages), 10, "seed {seed}");
    // Every report stands in the digest, told or not.
    let digest = bed.run_well(&["digest", "--format", "json", "--since", "1h"]);
    let digest: serde_json::Value = serde_json::from_str(&digest).expect("JSON");
    let item = &digest["items"][0];
    assert_eq!(
        item["alert"]["articles"].as_array().map(Vec::len),
        Some(100)
    );
}

#[test]
fn a_hundred_reports_are_one_alert_and_at_most_three_updates() {
    for seed in [1, 2] {
        check(seed);
    }
}
