//! `watch pin`: articles of alerts become tests of their watch.

use std::fs;

use crate::library::{alert, ends, library, lines};

const RULES: &str = "\
# what falls from the sky
[watch.sky]
title = \"Sky\" # for people
match = '''\"meteor\" in-paragraph \"seen\"'''

# lists stand below
[list.other]
any = [\"rain\"]
";

const TEXT: &str = "Nobody expected it. A meteor was seen over Java on Monday. It broke a roof. Schools were closed";

fn rules_of(bed: &crate::bed::Bed) -> String {
    fs::read_to_string(bed.path("watches/w.toml")).expect("the file")
}

#[test]
fn a_relevant_article_becomes_a_short_test_that_check_runs() {
    let bed = library(RULES, &[("Fire over Java", TEXT)]);
    let id = alert(&bed, "Fire over Java");
    let shown = bed.run_well(&["watch", "pin", &id, "--dry-run"]);
    assert_eq!(rules_of(&bed), RULES, "nothing was written");

    bed.run_well(&["watch", "pin", &id]);
    let written = rules_of(&bed);
    assert!(written.contains(shown.trim()), "{shown}\n{written}");
    for line in RULES.lines() {
        assert!(written.contains(line), "{line}: {written}");
    }
    assert!(
        shown.contains("A meteor was seen over Java on Monday."),
        "{shown}"
    );
    assert!(
        !shown.contains("Schools") && !shown.contains("Nobody"),
        "short: {shown}"
    );
    assert!(shown.contains("expect = \"match\""), "{shown}");
    assert!(
        shown.contains("evidence = [\"meteor\", \"seen\"]"),
        "{shown}"
    );
    assert!(
        !shown.contains("url =") && !shown.contains("age ="),
        "not asked for: {shown}"
    );
    let check = bed.run_well(&["check"]);
    assert!(
        check.contains("1 tests") || check.contains("1 test"),
        "{check}"
    );
    assert_eq!(lines(&bed, &["watch", "list", "--json"])[0]["tests"], 1);

    let (_, err) = ends(&bed, &["watch", "pin", &id], 1);
    assert!(
        err.contains("it is there already: [[watch.sky.test]] number 1"),
        "{err}"
    );
    assert_eq!(rules_of(&bed), written);
}

#[test]
fn noise_becomes_a_test_that_fails_until_the_rule_is_better() {
    let bed = library(
        RULES,
        &[("The band Meteor", "The band Meteor was seen in a bar.")],
    );
    let id = alert(&bed, "The band Meteor");
    bed.run_well(&["alert", "mark", &id, "noise"]);
    let (_, err) = ends(&bed, &["watch", "pin", &id], 1);
    assert!(
        err.contains("the rule fails this test: expected no match"),
        "{err}"
    );
    assert!(rules_of(&bed).contains("expect = \"no-match\""));
    ends(&bed, &["check"], 1);

    let better = rules_of(&bed).replace("\"seen\"'''", "\"seen\" and not \"band\"'''");
    bed.write("watches/w.toml", &better);
    bed.run_well(&["check"]);
}

#[test]
fn what_is_expected_may_be_said_and_facts_are_kept_where_the_rule_asks() {
    let rules = "[watch.sky]\nmatch = '\"meteor\" and feed in [\"127.0.0.1\"] and age < 2d'\n";
    let bed = library(rules, &[("Meteor", "A meteor was seen.")]);
    let id = alert(&bed, "Meteor");
    let shown = bed.run_well(&["watch", "pin", &id, "--dry-run"]);
    assert!(shown.contains("feed = \"http://127.0.0.1:"), "{shown}");
    assert!(
        shown.contains("age = \"10m\"") || shown.contains("age = \"11m\""),
        "{shown}"
    );
    assert!(!shown.contains("tags"), "{shown}");
    let (shown, _) = ends(
        &bed,
        &["watch", "pin", &id, "--dry-run", "--expect", "no-match"],
        1,
    );
    assert!(
        shown.contains("no-match") && !shown.contains("evidence"),
        "{shown}"
    );

    let (_, err) = ends(
        &bed,
        &["watch", "pin", &id, "--article", "https://x.example/"],
        1,
    );
    assert!(err.contains("is no article of"), "{err}");
    let (_, err) = ends(&bed, &["watch", "pin", "a999"], 1);
    assert!(err.contains("there is no alert a999"), "{err}");
    ends(&bed, &["watch", "pin", "x"], 2);
}

#[test]
fn scripts_without_spaces_are_quoted_by_the_sentence() {
    let rules = "[watch.w]\nmatch = 'country:CN in-sentence country:RU'\n";
    let text = "今天天气很好。中国外交部长访问俄罗斯。学校放假。";
    let bed = library(rules, &[("外交", text)]);
    let id = alert(&bed, "外交");
    let shown = bed.run_well(&["watch", "pin", &id, "--dry-run"]);
    assert!(shown.contains("中国外交部长访问俄罗斯。"), "{shown}");
    assert!(!shown.contains("天气"), "{shown}");
    assert!(shown.contains("\"俄罗斯\""), "{shown}");
}
