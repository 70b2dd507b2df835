//! `story merge` and `story split`: one alert of a watch and a story, later articles follow, and it is kept.

use serde_json::Value;

use crate::bed::{Bed, MORE, story};

/// Another happening in other words.
fn shower(title: &str) -> String {
    format!(
        "<html lang='en'><head><title>{title}</title></head><body><main><article><h1>{title}</h1>\
         <p>Astronomers in Chile expect a strong meteor display in December, when the Earth crosses the trail of an old \
         comet and up to 120 bodies an hour burn in the upper atmosphere.</p>\
         <p>The best view will be had after midnight from dark places far away from cities, wrote Pedro Alvarez of the \
         Paranal station in his yearly almanac for amateurs and schools.</p></article></main></body></html>"
    )
}

fn two_stories() -> Bed {
    let bed = Bed::new("");
    bed.page("1", &story("Meteor over the lake", MORE));
    bed.page("2", &shower("Strong meteor display expected in December"));
    bed.feed(&[
        ("1", "Meteor over the lake"),
        ("2", "Strong meteor display"),
    ]);
    bed.pass();
    assert_eq!(bed.told(), ["new", "new"]);
    bed
}

fn story_of(bed: &Bed, page: &str) -> String {
    bed.shown(page)["story"]
        .as_str()
        .expect("a story")
        .to_owned()
}

fn view(bed: &Bed, id: &str) -> Value {
    serde_json::from_str(&bed.said(&["story", "show", id, "--json"])).expect("JSON")
}

/// A further article with the text of the second page.
fn copy_comes(bed: &Bed, name: &str) {
    bed.page(
        name,
        &shower("Shooting stars: a strong display is expected"),
    );
    bed.feed(&[(name, "Shooting stars")]);
    bed.pass();
}

#[test]
fn merged_stories_have_one_alert_and_later_articles_follow() {
    let bed = two_stories();
    let (first, second) = (story_of(&bed, "1"), story_of(&bed, "2"));
    assert_ne!(first, second);
    bed.tamper("update delivery set state = 'pending', due_at = 1 where alert_id = 2");
    bed.tamper("insert into mark (alert_id, verdict, at) values (2, 'relevant', 1)");
    let said = bed.said(&[
        "story", "merge", &first, &second, "--why", "one rock", "--by", "ada",
    ]);
    assert_eq!(
        said,
        format!("1 articles and 1 alerts are in {first} now\n")
    );

    assert_eq!(bed.count("select count(*) from alert"), 1);
    assert_eq!(bed.count("select id from alert"), 1, "the older one");
    assert_eq!(
        bed.count("select count(*) from alert_article where alert_id = 1"),
        2
    );
    assert_eq!(
        bed.count("select count(*) from alert_event where alert_id = 1"),
        2
    );
    assert_eq!(bed.count("select count(*) from mark where alert_id = 1"), 1);
    let dropped =
        "select count(*) from delivery where state = 'dead' and last_error = 'merged into a1'";
    assert_eq!(bed.count(dropped), 1);
    let merged = view(&bed, &first);
    assert_eq!(merged["articles"], 2);
    assert_eq!(merged["edits"][0]["by"], "ada");
    assert_eq!(merged["edits"][0]["why"], "one rock");
    assert_eq!(view(&bed, &second)["merged_into"], first.as_str());
    assert_eq!(bed.said(&["story", "list", "--json"]).lines().count(), 1);

    copy_comes(&bed, "3");
    assert_eq!(story_of(&bed, "3"), first);
    // Judged again, each stays where it was put.
    bed.tamper("update article set state = 'read', judged_version = 0");
    bed.pass();
    for page in ["1", "2", "3"] {
        assert_eq!(story_of(&bed, page), first);
    }
    assert_eq!(bed.count("select count(*) from alert"), 1);
    assert_eq!(bed.told(), ["new", "new"], "nobody is told twice");
}

#[test]
fn what_is_split_off_has_its_own_alert_and_later_articles_follow() {
    let bed = two_stories();
    let (first, second) = (story_of(&bed, "1"), story_of(&bed, "2"));
    bed.said(&["story", "merge", &first, &second]);
    let leaving = view(&bed, &first)["members"]
        .as_array()
        .expect("members")
        .iter()
        .find(|member| {
            member["url"]
                .as_str()
                .is_some_and(|url| url.ends_with("/2"))
        })
        .expect("the second page")["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    bed.said(&[
        "story",
        "split",
        &first,
        "--articles",
        &leaving,
        "--why",
        "no",
        "--json",
    ]);
    let part = story_of(&bed, "2");
    assert!(part != first && part != second, "{part}");
    assert_eq!(bed.count("select count(*) from alert"), 2);
    assert_eq!(bed.count("select count(*) from alert_article"), 2);

    copy_comes(&bed, "3");
    assert_eq!(story_of(&bed, "3"), part);
    bed.tamper("update article set state = 'read', judged_version = 0");
    bed.pass();
    assert_eq!(story_of(&bed, "2"), part);
    assert_eq!(story_of(&bed, "1"), first);
    assert_eq!(bed.told(), ["new", "new"]);
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    let bed = two_stories();
    let (first, second) = (story_of(&bed, "1"), story_of(&bed, "2"));
    for (arguments, why) in [
        (vec!["story", "merge", &first, &first], "with itself"),
        (
            vec!["story", "merge", &first, "s99"],
            "there is no story s99",
        ),
        (
            vec!["story", "split", &first, "--articles", "p99"],
            "is no article of",
        ),
        (
            vec!["story", "split", &first, "--articles", "p1,p2"],
            "is no article of",
        ),
        (vec!["story", "show", "s99"], "there is no story s99"),
    ] {
        let output = bed.run(&arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said.contains(why), "{said}");
    }
    bed.said(&["story", "merge", &first, &second]);
    let output = bed.run(&["story", "merge", &second, &first]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("is a part of"));
    assert_eq!(bed.count("select count(*) from story_edit"), 1);
}
