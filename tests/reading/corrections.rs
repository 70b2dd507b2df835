//! Articles that were told of are read again by the daemon: corrections and retractions are told once, the rest is not.

use crate::bed::{Bed, MORE, story};
use crate::program::{Running, until, wirewatch};

/// An article that was alerted by a running daemon that looks again every second.
fn told(more: &str) -> (Bed, Running) {
    let times: Vec<String> = (1..=15).map(|second| format!("\"{second}s\"")).collect();
    let bed = Bed::new(&format!("{more}[alert]\nreread = [{}]\n", times.join(", ")));
    bed.page("1", &page("12 kilograms", "Read also: a comet is near"));
    bed.feed(&[("1", "Meteor over the lake")]);
    let mut daemon = Running::start(
        wirewatch(&bed.path("config.toml"), &["run"]),
        &bed.path("log"),
    );
    daemon.until_said("running:");
    until("the alert is told", || bed.told() == ["new"]);
    (bed, daemon)
}

fn page(weight: &str, link: &str) -> String {
    let links = format!("<aside><ul><li><a href='/2'>{link}</a></li></ul></aside></main>");
    story("Meteor over the lake", MORE)
        .replace("12 kilograms", weight)
        .replace("</main>", &links)
}

/// Waits until the page was asked for and answered `times` times more.
fn looked_again(bed: &Bed, times: usize) {
    let before = bed.asked_for("1").0;
    until("it is read again", || {
        bed.asked_for("1").0 >= before + times
    });
}

#[test]
fn a_changed_number_is_told_once_and_a_related_link_never() {
    let (bed, _daemon) = told("");
    // Nothing changed: a conditional request, and nothing is written.
    until("it is answered 304", || bed.asked_for("1").1 > 0);
    assert_eq!(bed.count("select count(*) from article_version"), 1);
    // Another link beside it.
    bed.page(
        "1",
        &page("12 kilograms", "Read also: 3 ministers meet in Oslo"),
    );
    looked_again(&bed, 2);
    assert_eq!(bed.told(), ["new"]);
    // Another number in it.
    bed.page(
        "1",
        &page("15 kilograms", "Read also: 3 ministers meet in Oslo"),
    );
    until("the correction is told", || bed.told().len() > 1);
    looked_again(&bed, 2);
    assert_eq!(bed.told(), ["new", "correction"]);
    let correction = &bed.messages()[1]["correction"];
    assert!(
        correction["sentence_before"]
            .as_str()
            .is_some_and(|s| s.contains("12 kilograms"))
    );
    assert!(
        correction["sentence_after"]
            .as_str()
            .is_some_and(|s| s.contains("15 kilograms"))
    );
    assert_eq!(correction["retracted"], false);

    let said = bed.said(&["article", "show", &bed.url("1"), "--diff"]);
    assert!(said.contains("about [-12-]{+15+} kilograms"), "{said}");
    let said = bed.said(&[
        "article",
        "show",
        &bed.url("1"),
        "--diff",
        "--versions",
        "1",
        "1",
    ]);
    assert!(said.contains("They say the same"), "{said}");
}

#[test]
fn a_page_that_is_gone_twice_is_a_retraction_and_told_once() {
    let (bed, _daemon) = told("");
    bed.status("1", 410);
    until("the retraction is told", || bed.told().len() > 1);
    let asked = bed.asked_for("1").0;
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert_eq!(bed.asked_for("1").0, asked, "it is gone for good");
    assert_eq!(bed.told(), ["new", "correction"]);
    let correction = &bed.messages()[1]["correction"];
    assert_eq!(correction["retracted"], true);
    // What was told stays readable.
    let body = bed.shown("1")["body"].to_string();
    assert!(body.contains("12 kilograms"), "{body}");
}

#[test]
fn a_page_that_is_missing_once_and_one_that_says_it_was_removed() {
    let (bed, _daemon) = told("");
    let html = page("12 kilograms", "Read also: a comet is near");
    bed.status("1", 404);
    looked_again(&bed, 1);
    bed.page("1", &html);
    looked_again(&bed, 2);
    assert_eq!(bed.told(), ["new"]);
    let notice = "<html lang='en'><head><title>Meteor over the lake</title></head><body><main><article>\
        <h1>Meteor over the lake</h1><p>This article has been removed because it did not meet our standards. \
        We apologise to our readers for the mistake.</p></article></main></body></html>";
    bed.page("1", notice);
    until("the retraction is told", || bed.told().len() > 1);
    looked_again(&bed, 2);
    assert_eq!(bed.told(), ["new", "correction"]);
    assert_eq!(bed.messages()[1]["correction"]["retracted"], true);
}

#[test]
fn what_only_our_own_reading_changes_is_never_told() {
    let (bed, mut daemon) = told(crate::bed::RULE_BEFORE);
    daemon.signal("TERM");
    daemon.end();
    let config = std::fs::read_to_string(bed.path("config.toml")).expect("a file");
    std::fs::write(
        bed.path("config.toml"),
        config.replace("body = \".text\"", "body = \".text\"\nremove = [\".more\"]"),
    )
    .expect("a file");
    // The publisher changes a link only, so that the page is read anew, by the new rule.
    bed.page(
        "1",
        &page("12 kilograms", "Read also: 3 ministers meet in Oslo"),
    );
    bed.tamper("update reread set due_at = 0");
    bed.pass();
    let body = bed.shown("1")["body"].to_string();
    assert!(!body.contains("Keller"), "{body}");
    assert_eq!(bed.told(), ["new"]);
    assert_eq!(
        bed.count("select count(*) from article_version where reread = 1"),
        1
    );
}

#[test]
fn without_times_nothing_is_read_again() {
    let bed = Bed::new("[alert]\nreread = []\n");
    bed.page("1", &page("12 kilograms", "Read also: a comet is near"));
    bed.feed(&[("1", "Meteor over the lake")]);
    bed.pass();
    assert_eq!(bed.told(), ["new"]);
    assert_eq!(bed.count("select count(*) from reread"), 0);
}
