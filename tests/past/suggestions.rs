//! `watch suggest`: terms out of marks.

use crate::library::{Text, alert, ends, library, lines};

const RULES: &str = "\
[watch.talks]
match = '''country:CN in-paragraph country:RU and $meet'''
[list.meet]
any = [\"talks\", \"visit\"]
[[watch.talks.test]]
title = \"China and Russia: talks\"
expect = \"match\"
";

/// Talks, friendlies that were played, meetings for which the list lacks the word, and other things.
const TEXTS: &[Text<'_>] = &[
    (
        "Talks one",
        "China and Russia held talks in Moscow. Ministers convened at noon.",
    ),
    (
        "Talks two",
        "Russia and China began talks in Beijing. Ministers convened in the evening.",
    ),
    (
        "Talks three",
        "A visit of the minister from China to Russia began. Ministers convened.",
    ),
    (
        "Talks four",
        "China, Russia: talks on gas. Envoys convened in Astana.",
    ),
    (
        "Talks five",
        "Envoys of Russia and China ended talks. They convened twice.",
    ),
    (
        "Friendly one",
        "China and Russia drew a friendly during the visit of the team.",
    ),
    (
        "Friendly two",
        "A friendly between Russia and China followed talks of the clubs.",
    ),
    (
        "Friendly three",
        "China won a friendly in Russia on their visit.",
    ),
    (
        "Friendly four",
        "Russia lost the friendly against China, talks of a return go on.",
    ),
    (
        "A friendly again",
        "In Russia a friendly with China: the fans' visit.",
    ),
    (
        "Nearly",
        "Ministers of China and Russia convened in Astana on Friday.",
    ),
    ("Nearly too", "Envoys from Russia and China convened again."),
    ("Rain", "It rained in Jakarta, and people stayed at home."),
    ("Prices", "Prices of rice rose in the markets of Java."),
];

fn mark_all(bed: &crate::bed::Bed, number: usize) {
    for (title, _) in TEXTS.iter().take(number) {
        let word = if title.starts_with("Talks") {
            "relevant"
        } else {
            "noise"
        };
        bed.run_well(&["alert", "mark", &alert(bed, title), word]);
    }
}

#[test]
fn words_are_proposed_with_what_they_would_have_done() {
    let bed = library(RULES, TEXTS);
    let (_, err) = ends(&bed, &["watch", "suggest", "talks"], 1);
    assert!(
        err.contains("0 alerts of `talks` are marked relevant and 0 noise"),
        "{err}"
    );
    assert!(
        err.contains("5 of each are needed") && err.contains("alert mark ID"),
        "{err}"
    );

    mark_all(&bed, 10);
    let out = bed.run_well(&["watch", "suggest", "talks"]);
    let title = "adding `not title(\"friendly\")` (en) drops 5 of 5 noise, 0 of 5 relevant";
    assert!(out.contains(title), "{out}");
    assert!(
        !out.contains("\"china\"") && !out.contains("\"russia\""),
        "{out}"
    );
    let gained = "to $meet gains 2 of 2 near misses, and 0 other articles";
    assert!(
        out.contains(&format!("adding \"convened\" (en) {gained}")),
        "{out}"
    );

    let found = &lines_of_json(&bed)["proposals"];
    let first = &found[0];
    assert_eq!(
        (&first["kind"], &first["noise_dropped"]),
        (&"exclude".into(), &5.into())
    );
    // What is shown to be pasted is a rule that does what was said.
    let toml = first["toml"].as_str().expect("TOML");
    let list = RULES.split_once("[list").expect("a list").1;
    bed.write("watches/w.toml", &format!("{toml}[list{list}"));
    bed.run_well(&["check"]);
    let now = &lines_of_json(&bed)["now"];
    assert_eq!((&now["relevant"], &now["noise"]), (&5.into(), &0.into()));
}

fn lines_of_json(bed: &crate::bed::Bed) -> serde_json::Value {
    let out = bed.run_well(&["watch", "suggest", "talks", "--json"]);
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn a_watch_that_there_is_not_is_told() {
    let bed = library(RULES, &TEXTS[..1]);
    let (_, err) = ends(&bed, &["watch", "suggest", "talk"], 1);
    assert!(
        err.contains("there is no watch `talk`; did you mean `talks`?"),
        "{err}"
    );
    assert_eq!(lines(&bed, &["alert", "list", "--json"]).len(), 1);
}
