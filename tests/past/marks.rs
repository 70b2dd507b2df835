//! `alert mark`, and what lists make of it.

use crate::library::{alert, ends, library, lines};

const RULES: &str = "[watch.sky]\ntitle = \"Sky\"\nmatch = '\"meteor\"'\n";

#[test]
fn a_mark_is_kept_shown_counted_and_taken_back() {
    let bed = library(
        RULES,
        &[
            ("Meteor over Java", "A meteor was seen."),
            ("Meteor the band", "They play."),
            ("Rain", "It rains."),
        ],
    );
    let (good, bad) = (
        alert(&bed, "Meteor over Java"),
        alert(&bed, "Meteor the band"),
    );

    let said = bed.run_well(&["alert", "mark", &good, "relevant"]);
    assert_eq!(said, "1 alert is relevant now\n");
    let note = "=a band, not the sky";
    bed.run_well(&["alert", "mark", &bad, "relevant"]);
    bed.run_well(&["alert", "mark", &bad, "noise", "--note", note]);

    let shown = bed.run_well(&["alert", "show", &bad]);
    assert!(
        shown.contains("marked noise ") && shown.contains(note),
        "{shown}"
    );
    let noise = lines(&bed, &["alert", "list", "--mark", "noise", "--json"]);
    assert_eq!(noise.len(), 1);
    assert_eq!(noise[0]["mark"]["verdict"], "noise");
    assert_eq!(noise[0]["mark"]["note"], note);
    assert!(lines(&bed, &["alert", "list", "--mark", "none", "--json"]).is_empty());
    let both = [
        "alert", "list", "--mark", "noise", "--mark", "relevant", "--json",
    ];
    assert_eq!(lines(&bed, &both).len(), 2);
    let csv = bed.run_well(&["alert", "list", "--csv"]);
    assert!(
        csv.starts_with("alert,") && csv.contains(",url,mark,mark_note"),
        "{csv}"
    );
    assert!(
        csv.contains("noise,'=a band") || csv.contains("noise,\"'=a band"),
        "{csv}"
    );

    let watches = lines(&bed, &["watch", "list", "--json"]);
    assert_eq!(watches[0]["precision"], 0.5);
    assert_eq!(
        (&watches[0]["hits_24h"], &watches[0]["hits_7d"]),
        (&2.into(), &2.into())
    );
    let table = bed.run_well(&["watch", "list"]);
    assert!(table.contains("1 of 2 marked relevant, 50 %"), "{table}");

    bed.run_well(&["alert", "mark", &good, &bad, "--clear"]);
    assert_eq!(
        lines(&bed, &["alert", "list", "--mark", "none", "--json"]).len(),
        2
    );
    assert!(bed.run_well(&["watch", "list"]).contains("not marked"));
}

#[test]
fn what_is_no_alert_is_told_and_the_others_are_marked() {
    let bed = library(RULES, &[("Meteor over Java", "A meteor was seen.")]);
    let good = alert(&bed, "Meteor over Java");
    let (_, err) = ends(&bed, &["alert", "mark", &good, "a999", "relevant"], 1);
    assert!(err.contains("there is no alert a999"), "{err}");
    assert_eq!(
        lines(&bed, &["alert", "list", "--mark", "relevant", "--json"]).len(),
        1
    );
    for wrong in [
        &["alert", "mark", "relevant"][..],
        &["alert", "mark", "a1"],
        &["alert", "mark", "a1", "dull"],
        &["alert", "mark", "a1", "noise", "--clear"],
        &["alert", "list", "--mark", "dull"],
    ] {
        ends(&bed, wrong, 2);
    }
}

#[test]
fn a_watch_that_was_taken_out_is_listed_with_all() {
    let bed = library(RULES, &[("Meteor over Java", "A meteor was seen.")]);
    let id = alert(&bed, "Meteor over Java");
    bed.run_well(&["alert", "mark", &id, "noise"]);
    bed.write("watches/w.toml", "[watch.rain]\nmatch = '\"rain\"'\n");
    assert_eq!(lines(&bed, &["watch", "list", "--json"]).len(), 1);
    let table = bed.run_well(&["watch", "list", "--all"]);
    assert!(table.contains("out of the config"), "{table}");

    bed.run_well(&["run", "--once"]);
    let all = lines(&bed, &["watch", "list", "--all", "--json"]);
    let status = |name: &str| {
        let found = all.iter().find(|watch| watch["watch"] == name);
        found.expect("listed")["status"].clone()
    };
    assert_eq!(
        (status("rain"), status("sky")),
        ("active".into(), "removed".into())
    );
    assert_eq!(all[1]["marked_noise"], 1);
    let table = bed.run_well(&["watch", "list", "--all"]);
    assert!(
        table.contains("removed 0 s ago")
            || table.contains("removed 1 s ago")
            || table.contains("removed "),
        "{table}"
    );
}
