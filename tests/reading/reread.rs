//! `article reread`: what changes is judged again and not told again; what does not is not written.

use serde_json::Value;

use crate::bed::{Bed, MORE, RULE, RULE_BEFORE, story};
use crate::program::{Running, until, wirewatch};

/// One article that was alerted.
fn alerted() -> Bed {
    let bed = Bed::new(RULE_BEFORE);
    bed.page("1", &story("Meteor over the lake", MORE));
    bed.feed(&[("1", "Meteor over the lake")]);
    bed.pass();
    assert_eq!(bed.told(), ["new"]);
    assert_eq!(bed.count("select count(*) from kept_page"), 1);
    bed
}

fn body(bed: &Bed) -> String {
    bed.shown("1")["body"].as_str().expect("a body").to_owned()
}

fn numbers(summary: &str) -> Value {
    let last = summary.lines().last().expect("a line");
    serde_json::from_str(last).expect("JSON")
}

#[test]
fn a_new_rule_changes_the_text_and_nobody_is_told_again() {
    let bed = alerted();
    assert!(body(&bed).contains("Anna Keller"));
    let asked = bed.pages_asked();

    bed.configure(RULE);
    let said = bed.said(&["article", "reread", "--since", "30d"]);
    let summary = "looked at 1, changed 1, unchanged 0, no page kept 0, failed 0\n";
    assert_eq!(said, summary);
    assert!(!body(&bed).contains("Anna Keller"), "{}", body(&bed));
    assert!(body(&bed).contains("What is known\nThe stone weighed"));
    assert_eq!(bed.pages_asked(), asked, "no network");
    assert_eq!(
        bed.count("select count(*) from article where state = 'read'"),
        1
    );

    bed.pass();
    assert_eq!(
        bed.count("select count(*) from article where state = 'judged'"),
        1
    );
    assert_eq!(
        bed.told(),
        ["new"],
        "neither a correction nor a second alert"
    );
    assert_eq!(bed.count("select count(*) from alert_event"), 1);
    // Its new words are found, the old ones are not.
    assert_eq!(bed.run(&["search", "Keller"]).status.code(), Some(1));
    assert!(bed.said(&["search", "observatory"]).contains("/1"));

    // The publisher's own correction still is one, and only of what the publisher changed.
    let corrected = story("Meteor over the lake", MORE).replace("12 kilograms", "15 kilograms");
    bed.page("1", &corrected);
    bed.feed(&[("1", "The meteor over the lake")]);
    bed.pass();
    assert_eq!(bed.told(), ["new", "correction"]);
    let correction = std::fs::read_to_string(bed.path("alerts.jsonl")).expect("a file");
    let correction = correction.lines().last().expect("a line");
    assert!(correction.contains("15 kilograms") && !correction.contains("Keller"));
}

#[test]
fn the_same_change_made_by_the_publisher_would_be_told() {
    let bed = alerted();
    bed.configure(RULE);
    bed.said(&["article", "reread"]);
    bed.tamper("update article_version set reread = 0");
    bed.pass();
    assert_eq!(bed.told(), ["new", "correction"]);
}

#[test]
fn the_same_text_writes_nothing() {
    let bed = alerted();
    let before = bed.count("select sum(version) from article_version");
    let said = bed.said(&["article", "reread"]);
    assert!(
        said.starts_with("looked at 1, changed 0, unchanged 1,"),
        "{said}"
    );
    assert_eq!(
        bed.count("select sum(version) from article_version"),
        before
    );
    assert_eq!(
        bed.count("select max(lease_no) from article where state = 'judged'"),
        2
    );
}

#[test]
fn a_dry_run_shows_the_lines_and_writes_nothing() {
    let bed = alerted();
    bed.configure(RULE);
    let before = std::fs::read(bed.path("w.db")).expect("a file");
    let said = bed.said(&["article", "reread", "--dry-run"]);
    let expected = format!(
        "{}\n--- stored\n+++ reread\n@@ -4,4 +4,3 @@\n What is known\n",
        bed.url("1")
    );
    assert!(said.starts_with(&expected), "{said}");
    assert!(said.contains(&format!("\n-{MORE}\n")), "{said}");
    assert!(said.contains("\n The stone weighed about 12"), "{said}");
    assert!(
        said.ends_with("changed 1, unchanged 0, no page kept 0, failed 0 (nothing was written)\n")
    );
    assert_eq!(std::fs::read(bed.path("w.db")).expect("a file"), before);
    assert!(body(&bed).contains("Anna Keller"));
    let said = bed.said(&["article", "reread", "--dry-run", "--json"]);
    let line: Value = serde_json::from_str(said.lines().next().expect("a line")).expect("JSON");
    assert_eq!(line["result"], "changed");
    assert!(line["diff"].as_str().expect("a diff").contains(MORE));
    assert_eq!(numbers(&said)["dry_run"], true);
}

#[test]
fn what_is_found_only_now_is_told_once_and_marked_late() {
    // Without the paragraph that a rule takes out, a second watch misses the story.
    let watch = "[watch.keller]\ntitle = \"Keller\"\nmatch = '\"Keller\"'\n";
    let bed = Bed::new(&format!("{watch}{RULE}"));
    bed.page("1", &story("A stone fell into the lake", MORE));
    bed.feed(&[("1", "A stone fell into the lake")]);
    bed.pass();
    assert_eq!(bed.told(), ["new"], "of the meteor");
    bed.configure(&format!("{watch}{RULE_BEFORE}"));
    for _ in 0..2 {
        bed.said(&["article", "reread", &bed.url("1")]);
        bed.pass();
    }
    assert_eq!(bed.told(), ["new", "new"], "of Keller, too, and once");
    assert_eq!(
        bed.count("select late from alert where watch = 'keller'"),
        1
    );
    assert_eq!(
        bed.count("select late from alert where watch = 'meteor'"),
        0
    );
}

#[test]
fn yesterdays_news_found_only_now_is_listed_and_not_sent() {
    let watch = "[watch.keller]\ntitle = \"Keller\"\nmatch = '\"Keller\"'\n";
    let bed = Bed::new(&format!("{watch}{RULE}"));
    bed.page("1", &story("A stone fell into the lake", MORE));
    bed.feed(&[("1", "A stone fell into the lake")]);
    bed.pass();
    bed.tamper("update article set sort_at = sort_at - 10 * 86400000");
    bed.configure(&format!("{watch}{RULE_BEFORE}"));
    bed.said(&["article", "reread"]);
    bed.pass();
    assert_eq!(bed.told(), ["new"]);
    let state = "select count(*) from alert where watch = 'keller' and state = 'backlog'";
    assert_eq!(bed.count(state), 1);
}

#[test]
fn articles_are_chosen_by_address_feed_host_and_time() {
    let bed = alerted();
    bed.configure(RULE);
    let looked_at = |arguments: &[&str]| {
        let all = [&["article", "reread", "--dry-run", "--json"], arguments].concat();
        numbers(&bed.said(&all))["looked_at"]
            .as_u64()
            .expect("a number")
    };
    let (page, feed) = (bed.url("1"), bed.site.url("/feed"));
    assert_eq!(looked_at(&[&page]), 1);
    assert_eq!(looked_at(&["--feed", &feed, "--host", "127.0.0.1"]), 1);
    assert_eq!(looked_at(&["--host", "*.example.org"]), 0);
    assert_eq!(looked_at(&["--since", "1h"]), 1);
    bed.tamper("update article set first_seen = first_seen - 7200000");
    assert_eq!(looked_at(&["--since", "1h"]), 0);
    for wrong in [
        &["article", "reread", "https://nowhere.example/1"][..],
        &["article", "reread", "--feed", "https://nowhere.example/rss"],
    ] {
        let output = bed.run(wrong);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    }
    let output = bed.run(&["article", "reread", "--since", "soon"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_page_without_text_by_the_present_rules_fails_and_the_stored_text_stays() {
    let bed = alerted();
    let before = body(&bed);
    bed.configure("[[site]]\nmatch = \"{addr}\"\nremove = [\"main\", \"footer\"]\n");
    let output = bed.run(&["article", "reread"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        why.contains(&format!("failed: {}: ", bed.url("1"))),
        "{why}"
    );
    assert_eq!(body(&bed), before);
    // A damaged page is one failure among others.
    bed.tamper("update kept_page set page = x'28b52ffd00'");
    let output = bed.run(&["article", "reread", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("is damaged"), "{said}");
    assert_eq!(numbers(&said)["failed"], 1);
}

#[test]
fn pages_of_other_encodings_are_read_again_as_they_were() {
    let text =
        "Яркий метеор пролетел над озером в понедельник вечером, и сотни людей пришли на берег. ";
    let html = format!(
        "<html><head><title>Метеор над озером</title></head><body><article><h1>Метеор над озером</h1>\
         <p>{}</p><p>{}</p></article></body></html>",
        text.repeat(3),
        "Камень весил около двенадцати килограммов, сообщили в обсерватории города. ".repeat(3)
    );
    let bed = Bed::new("");
    // windows-1251 of Russian letters, which are all that is no ASCII here.
    let bytes: Vec<u8> = html
        .chars()
        .map(|letter| match letter {
            'А'..='я' => u8::try_from(u32::from(letter) - 0x410 + 0xC0).expect("a letter"),
            ascii => u8::try_from(ascii).expect("ASCII"),
        })
        .collect();
    bed.page_of("1", "text/html; charset=windows-1251", &bytes);
    bed.feed(&[("1", "Метеор над озером")]);
    bed.pass();
    assert!(body(&bed).contains("Яркий метеор"), "{}", body(&bed));
    let kept =
        "select count(*) from kept_page where content_type = 'text/html; charset=windows-1251'";
    assert_eq!(bed.count(kept), 1);
    let said = bed.said(&["article", "reread"]);
    assert!(said.contains("changed 0, unchanged 1"), "{said}");
    let html = bed.said(&["article", "show", &bed.url("1"), "--html"]);
    assert!(html.contains("<p>Яркий метеор"), "{html}");
}

#[test]
fn an_article_of_many_pages_is_read_again_whole() {
    let part = |number: usize, next: &str| {
        let text = format!(
            "<p>Part {number} tells how the meteor was found, piece by piece, in the years that the town remembers.</p>\
             <p class='more'>Advertised part {number}: buy a piece of the stone for 19 crowns from Anna Keller today.</p>\
             <p>Part {number} ends with a storm that took three of the five boats and left the shore as it was.</p>"
        );
        format!(
            "<html lang=en><title>Long story of a meteor</title><body><h1>Long story of a meteor</h1>\
             <div class=text>{text}</div>{next}</body></html>"
        )
    };
    let next = "next_page = \"a.next\"\n";
    let bed = Bed::new(&format!("{RULE_BEFORE}{next}"));
    bed.page("1", &part(1, "<a class=next href='/1?page=2#top'>next</a>"));
    bed.page(
        "1?page=2",
        &part(2, "<a class=next href='/1?page=3'>next</a>"),
    );
    bed.page("1?page=3", &part(3, "<a class=next href='/1'>first</a>"));
    bed.feed(&[("1", "Long story of a meteor")]);
    bed.pass();
    assert_eq!(bed.count("select count(*) from kept_page"), 3);
    assert_eq!(bed.count("select count(*) from kept"), 1);
    let asked = bed.pages_asked();
    let said = bed.said(&["article", "reread"]);
    assert!(said.contains("changed 0, unchanged 1"), "{said}");
    bed.configure(&format!("{RULE}{next}"));
    let said = bed.said(&["article", "reread"]);
    assert!(said.contains("changed 1"), "{said}");
    let body = body(&bed);
    let begins = |number: usize| {
        body.find(&format!("Part {number} tells"))
            .expect("the part")
    };
    assert!(begins(1) < begins(2) && begins(2) < begins(3), "{body}");
    assert!(!body.contains("Keller"), "{body}");
    assert_eq!(bed.pages_asked(), asked, "no network");
    // By the rule's word there is no further page any more.
    bed.configure(RULE);
    bed.said(&["article", "reread"]);
    assert!(!self::body(&bed).contains("Part 2"));
}

#[test]
fn another_version_that_was_taken_is_read_again() {
    let head = "<link rel=amphtml href='/amp'>";
    let bed = Bed::new(&format!("{RULE_BEFORE}alternative = \"amp\"\n"));
    bed.page(
        "1",
        &story("Meteor over the lake", "Short.").replace("<title>", &format!("{head}<title>")),
    );
    bed.page(
        "amp",
        &story(
            "Meteor over the lake",
            &format!("{MORE} {MORE} It is told here alone."),
        ),
    );
    bed.feed(&[("1", "Meteor over the lake")]);
    bed.pass();
    assert!(body(&bed).contains("It is told here alone."));
    assert_eq!(bed.count("select count(*) from kept_page"), 2);
    let said = bed.said(&["article", "reread"]);
    assert!(said.contains("changed 0, unchanged 1"), "{said}");
}

/// A feed with so many stories of which the present rule leaves out a paragraph.
fn many(number: usize) -> Bed {
    let bed = Bed::new(RULE_BEFORE);
    let names: Vec<(String, String)> = (0..number)
        .map(|n| (format!("s{n}"), format!("Stone number {n} over the lake")))
        .collect();
    for (name, title) in &names {
        bed.page(name, &story(title, &format!("{MORE} It is number {name}.")));
    }
    let entries: Vec<(&str, &str)> = names
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    bed.feed(&entries);
    bed.pass();
    bed.configure(RULE);
    bed
}

#[test]
fn a_run_that_is_killed_is_finished_by_the_next() {
    const ALL: i64 = 120;
    let bed = many(ALL as usize);
    let told = bed.told();
    let reread = wirewatch(&bed.path("config.toml"), &["article", "reread", "--json"]);
    let mut running = Running::start(reread, &bed.path("log"));
    let done = |bed: &Bed| bed.count("select count(*) from article where version = 2");
    until("some are done", || done(&bed) > 0);
    running.kill();
    let begun = done(&bed);
    assert_eq!(
        bed.count("select count(*) from article where leased_by is not null"),
        0
    );
    let said = numbers(&bed.said(&["article", "reread", "--json"]));
    assert_eq!(
        said["changed"].as_i64().expect("a number") + begun,
        ALL,
        "{said}"
    );
    assert_eq!(said["unchanged"], begun, "{said}");
    assert_eq!(done(&bed), ALL);
    assert_eq!(
        bed.count("select count(*) from article_version"),
        2 * ALL,
        "none twice"
    );
    bed.pass();
    assert_eq!(bed.told(), told);
}

#[test]
fn it_works_beside_a_daemon_which_judges_what_it_changes() {
    let bed = many(30);
    let told = bed.told();
    let daemon = wirewatch(&bed.path("config.toml"), &["run"]);
    let mut daemon = Running::start(daemon, &bed.path("log"));
    daemon.until_said("running:");
    let said = bed.said(&["article", "reread"]);
    assert!(said.contains("changed 30,"), "{said}");
    let judged = "select count(*) from article where judged_version = 2 and state = 'judged'";
    until("all are judged again", || bed.count(judged) == 30);
    daemon.signal("TERM");
    assert!(daemon.end().success());
    assert_eq!(bed.told(), told);
}
