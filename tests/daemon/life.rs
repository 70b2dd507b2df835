//! The life of a watch and of a feed: edited, renamed, moved, taken out, applied to the past.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use serde_json::Value;

use crate::bed::{Bed, Entry, entry, gibberish, now, rss};
use crate::program::until;

const ALL: [&str; 3] = ["run", "--once", "--all"];

/// The same report under another name, as another outlet prints it.
fn reprint(report: &Entry, name: &str) -> Entry {
    Entry {
        name: name.to_owned(),
        title: report.title.clone(),
        text: report.text.clone(),
        published: report.published,
    }
}

fn serve(bed: &Bed, path: &str, entries: &[Entry]) {
    bed.serve(path, rss(entries), Duration::ZERO);
}

fn kinds(bed: &Bed) -> Vec<String> {
    let told = bed.told();
    let kind = |told: &Value| told["kind"].as_str().unwrap_or_default().to_owned();
    told.iter().map(kind).collect()
}

fn alerts(bed: &Bed) -> Vec<(String, String)> {
    let listed = bed.run_well(&["alert", "list", "--json"]);
    let alerts = listed.lines().map(|line| {
        let alert: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| alert[key].as_str().unwrap_or_default().to_owned();
        (text("watch"), text("state"))
    });
    alerts.collect()
}

#[test]
fn changed_files_are_in_force_within_a_second_and_status_says_which_are() {
    let bed = Bed::new(&[("/feed", "1s")], "");
    serve(&bed, "/feed", &[]);
    let mut daemon = bed.start();
    assert!(bed.run_well(&["status"]).contains("in force since"));

    let written = Instant::now();
    bed.watch("comet");
    daemon.until_said("reloaded: 1 feeds, 2 watches");
    // A second on an idle machine; this one builds and tests at the same time.
    assert!(
        written.elapsed() < Duration::from_secs(5),
        "{:?}",
        written.elapsed()
    );

    bed.write(
        "watches/comet.toml",
        "[watch.comet]\nmatch = '\"comet\" and'\n",
    );
    daemon.until_said("the old config stays in force");
    let status = bed.run(&["status"]);
    assert_eq!(status.status.code(), Some(1));
    let said = String::from_utf8_lossy(&status.stdout);
    assert!(
        said.contains("still in force; newer files were refused"),
        "{said}"
    );
    assert!(said.contains("comet.toml:2"), "{said}");
    let json = bed.run(&["status", "--json"]).stdout;
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    assert_eq!(json["rule_set"], Value::Null);
    assert!(
        json["in_force"]["refusal"]
            .as_str()
            .is_some_and(|why| why.contains("comet.toml:2"))
    );

    serve(&bed, "/feed", &[entry("comet", 1, now())]);
    until("the old set finds it", || bed.told().len() == 1);

    bed.watch("comet");
    until("the files are in force again", || {
        let status = bed.run(&["status"]);
        String::from_utf8_lossy(&status.stdout).contains("in force since")
    });
    // A file that the config had never read.
    bed.watch("rain");
    daemon.until_said("reloaded: 1 feeds, 3 watches");
}

#[test]
fn a_story_that_was_told_is_never_new_again_after_an_edit_or_under_a_new_name() {
    let bed = Bed::new(&[("/a", "1h"), ("/b", "1h")], "");
    let report = entry("meteor", 1, now());
    serve(&bed, "/a", &[reprint(&report, "first")]);
    serve(&bed, "/b", &[]);
    bed.run_well(&ALL);
    assert_eq!(kinds(&bed), ["new"]);

    let renamed =
        "[watch.shooting-star]\nrenamed_from = \"meteor\"\nmatch = '\"meteor\" or \"comet\"'\n";
    bed.write("watches/meteor.toml", renamed);
    serve(&bed, "/b", &[reprint(&report, "second")]);
    bed.run_well(&ALL);
    assert!(
        !kinds(&bed)[1..].contains(&"new".to_owned()),
        "{:?}",
        kinds(&bed)
    );
    assert_eq!(
        alerts(&bed),
        [("shooting-star".to_owned(), "open".to_owned())]
    );
    let articles = bed.count("select count(*) from alert_article");
    assert_eq!(articles, 2, "the reprint joined the alert of the old name");
    assert_eq!(
        bed.count("select count(*) from hit where watch = 'shooting-star'"),
        2
    );
}

#[test]
fn a_name_that_is_still_there_cannot_be_the_old_one() {
    let bed = Bed::new(&[("/a", "1h")], "");
    bed.write(
        "watches/star.toml",
        "[watch.star]\nrenamed_from = \"meteor\"\nmatch = '\"star\"'\n",
    );
    let checked = bed.run(&["check"]);
    let said = String::from_utf8_lossy(&checked.stderr);
    assert!(said.contains("[watch.meteor] is still here"), "{said}");
    assert!(said.contains("star.toml:2:16"), "{said}");
}

#[test]
fn a_changed_watch_looks_forward_only() {
    let bed = Bed::new(&[("/a", "1h")], "");
    let mut report = entry("comet", 1, now());
    serve(&bed, "/a", &[reprint(&report, "first")]);
    bed.run_well(&ALL);
    assert_eq!(bed.told().len(), 0);

    // The publisher adds a word that nobody watches; the rule would have found what was there before.
    bed.write(
        "watches/meteor.toml",
        "[watch.meteor]\nmatch = '\"meteor\" or \"comet\"'\n",
    );
    report.text.push_str(" addendum");
    serve(&bed, "/a", &[reprint(&report, "first")]);
    bed.run_well(&ALL);
    assert_eq!(bed.told().len(), 0, "nothing of it is news");
    assert_eq!(alerts(&bed), [("meteor".to_owned(), "backlog".to_owned())]);

    // What the publisher adds itself is news, by whatever rule.
    let mut other = entry("rain", 2, now());
    serve(
        &bed,
        "/a",
        &[reprint(&report, "first"), reprint(&other, "second")],
    );
    bed.run_well(&ALL);
    bed.write(
        "watches/meteor.toml",
        "[watch.meteor]\nmatch = '\"meteor\" or \"hailstone\"'\n",
    );
    other.text.push_str(". A hailstone fell.");
    serve(
        &bed,
        "/a",
        &[reprint(&report, "first"), reprint(&other, "second")],
    );
    bed.run_well(&ALL);
    assert_eq!(kinds(&bed), ["new"]);
}

#[test]
fn what_waits_for_a_watch_that_was_taken_out_is_dropped_with_that_reason() {
    let nobody = "[channel.hook]\nkind = \"webhook\"\nurl = \"http://hook.invalid/\"\n";
    let bed = Bed::new(&[("/a", "1h")], nobody);
    bed.watch("comet");
    serve(
        &bed,
        "/a",
        &[entry("meteor", 1, now()), entry("comet", 1, now())],
    );
    bed.run_well(&ALL);
    let pending = "select count(*) from delivery where state = 'pending'";
    assert_eq!(bed.count(pending), 2, "the webhook answers nobody");

    std::fs::remove_file(bed.path("watches/comet.toml")).expect("a file");
    bed.run_well(&["run", "--once"]);
    assert_eq!(bed.count(pending), 1);
    let dropped = "select count(*) from delivery where state = 'dead'
        and last_error = 'the watch comet is no longer configured'";
    assert_eq!(bed.count(dropped), 1);
    assert_eq!(alerts(&bed).len(), 2, "its alert stays");
}

#[test]
fn a_feed_that_was_taken_out_brings_nothing_more_and_goes_on_when_it_is_back() {
    let bed = Bed::new(&[("/a", "1h"), ("/b", "1h")], "");
    serve(&bed, "/a", &[entry("rain", 1, now())]);
    serve(&bed, "/b", &[]);
    bed.run_well(&ALL);
    // Polled by hand: its articles wait to be read.
    serve(
        &bed,
        "/a",
        &[entry("rain", 1, now()), entry("meteor", 1, now())],
    );
    let url = bed.site.url("/a");
    let config = std::fs::read_to_string(bed.path("config.toml")).expect("the config");
    bed.write("config.toml", &config.replace("1h", "1s"));
    std::thread::sleep(Duration::from_millis(1_100));
    bed.run_well(&["feed", "poll", &url]);
    assert_eq!(
        bed.count("select count(*) from article where state = 'wanted'"),
        1
    );

    bed.run_well(&["feed", "remove", &url]);
    bed.run_well(&ALL);
    assert_eq!(bed.told().len(), 0);
    let status = bed.run_well(&["status"]);
    assert!(status.contains("0 to be read, 0 to be judged"), "{status}");

    bed.write("config.toml", &config);
    bed.run_well(&["run", "--once"]);
    assert_eq!(bed.told().len(), 1, "what was held back is read now");
}

#[test]
fn a_feed_that_moved_is_the_feed_it_was_and_a_purged_one_is_none() {
    let bed = Bed::new(&[("/old", "1h")], "");
    let reports = [entry("meteor", 1, now()), entry("rain", 2, now())];
    serve(&bed, "/old", &reports);
    bed.run_well(&ALL);
    assert_eq!(bed.told().len(), 1);

    let (old, new) = (bed.site.url("/old"), bed.site.url("/new"));
    let config = std::fs::read_to_string(bed.path("config.toml")).expect("the config");
    let moved = config.replace(
        &format!("url = \"{old}\""),
        &format!("url = \"{new}\"\nmoved_from = \"{old}\""),
    );
    bed.write("config.toml", &moved);
    serve(&bed, "/new", &reports);
    let summary = bed.run_well(&ALL);
    assert!(
        summary.contains("1 not modified"),
        "its validators are kept: {summary}"
    );
    assert_eq!(bed.count("select count(*) from feed"), 1);
    assert_eq!(bed.count("select count(*) from entry"), 2);
    assert_eq!(bed.told().len(), 1);

    let purged = bed.run_well(&["feed", "remove", "--purge", &new]);
    assert!(
        purged.contains("1 entries and 1 articles deleted"),
        "{purged}"
    );
    assert!(
        purged.contains("1 entries stay, for an alert tells"),
        "{purged}"
    );
    assert_eq!(bed.count("select count(*) from article"), 1);
    assert!(bed.run_well(&["alert", "list"]).contains("meteor"));
    let again = bed.run_well(&["feed", "remove", "--purge", &new]);
    assert!(
        again.contains("0 entries and 0 articles deleted"),
        "{again}"
    );
}

#[test]
fn a_burst_waits_until_it_is_more_than_one_report() {
    let bed = Bed::new(&[("/a", "1h"), ("/b", "1h")], "");
    bed.write(
        "watches/meteor.toml",
        "[watch.meteor]\nmatch = '\"meteor\"'\nburst = { articles = 3, feeds = 2, within = \"2h\" }\n",
    );
    let report = entry("meteor", 1, now());
    serve(&bed, "/a", &[reprint(&report, "one")]);
    serve(&bed, "/b", &[]);
    bed.run_well(&ALL);
    assert_eq!(
        (bed.told().len(), alerts(&bed)),
        (0, vec![("meteor".into(), "waiting".into())])
    );
    serve(
        &bed,
        "/a",
        &[reprint(&report, "one"), reprint(&report, "two")],
    );
    bed.run_well(&ALL);
    assert_eq!(bed.told().len(), 0);
    serve(&bed, "/b", &[reprint(&report, "three")]);
    bed.run_well(&ALL);
    assert_eq!(kinds(&bed), ["new"]);
    assert_eq!(alerts(&bed), [("meteor".into(), "open".into())]);
    let told = &bed.told()[0];
    let articles = told["alert"]["articles"]
        .as_array()
        .or(told["articles"].as_array());
    assert_eq!(articles.map(Vec::len), Some(3), "{told}");
}

#[test]
fn a_backfill_lists_what_a_new_watch_would_have_found_and_a_new_report_is_told() {
    let bed = Bed::new(&[("/a", "1h")], "");
    let (comet, rain) = (entry("comet", 1, now()), entry("rain", 2, now()));
    serve(
        &bed,
        "/a",
        &[reprint(&comet, "one"), reprint(&comet, "two"), rain],
    );
    bed.run_well(&ALL);
    bed.watch("comet");

    let dry = bed.run_well(&["watch", "backfill", "comet", "--since", "7d", "--dry-run"]);
    assert!(
        dry.contains("3 articles: 2 would be found; 0 found before"),
        "{dry}"
    );
    assert_eq!(alerts(&bed), []);
    let filled = bed.run_well(&["watch", "backfill", "comet", "--since", "7d"]);
    assert!(
        filled.contains("3 articles: 2 found and listed"),
        "{filled}"
    );
    assert_eq!(
        alerts(&bed),
        [("comet".into(), "backlog".into())],
        "one story"
    );
    assert_eq!(
        bed.count("select count(*) from alert where backfilled_at is not null"),
        1
    );
    let again = bed.run_well(&["watch", "backfill", "comet", "--since", "7d"]);
    assert!(
        again.contains(
            "0 found and listed (`wirewatch alert list --state backlog`); 2 found before"
        ),
        "{again}"
    );
    bed.run_well(&ALL);
    assert_eq!(bed.told().len(), 0, "nobody is told");

    let more = [
        reprint(&comet, "one"),
        reprint(&comet, "two"),
        reprint(&comet, "three"),
    ];
    serve(&bed, "/a", &more);
    bed.run_well(&ALL);
    assert_eq!(kinds(&bed), ["new"]);

    let missing = bed.run(&["watch", "backfill", "comte", "--since", "7d"]);
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(said.contains("did you mean `comet`?"), "{said}");
}

#[test]
fn a_backfill_that_tells_sends_what_it_finds_once() {
    let bed = Bed::new(&[("/a", "1h")], "");
    let published = now() - SignedDuration::from_hours(5);
    let mut comet = entry("comet", 1, published);
    comet.text = format!("{} comet", gibberish("told", 60));
    serve(&bed, "/a", &[comet, entry("rain", 2, now())]);
    bed.run_well(&ALL);
    bed.watch("comet");
    let told = bed.run_well(&["watch", "backfill", "comet", "--since", "7d", "--tell"]);
    assert!(
        told.contains("1 found, new alerts are on their way"),
        "{told}"
    );
    bed.run_well(&ALL);
    bed.run_well(&["watch", "backfill", "comet", "--since", "7d", "--tell"]);
    bed.run_well(&ALL);
    assert_eq!(kinds(&bed), ["new"]);
    let json = bed.run_well(&["alert", "list", "--json"]);
    assert!(json.contains("\"backfilled_at\":\""), "{json}");
}
