//! `watch backtest`: a watch asked of the stored articles.

use rusqlite::Connection;
use serde_json::Value;

use crate::bed::Bed;
use crate::library::{Text, ends, library, lines};

const RULES: &str = "\
[watch.talks]
match = '''country:CN in-paragraph country:RU and score($meet) >= 2'''
[list.meet]
any = [\"talks\", \"visit\", \"会谈\", \"переговоры\"]
2 = [\"summit\"]
";

const TEXTS: &[Text<'_>] = &[
    (
        "Talks",
        "China and Russia held talks during a visit in Moscow.",
    ),
    ("Summit", "Russia and China meet for a summit."),
    ("Nearly", "China and Russia held talks."),
    ("Переговоры", "Китай и Россия: переговоры, talks."),
    ("会谈", "中国外长与俄罗斯外长举行会谈 summit。"),
    ("Rain", "It rained in Jakarta, and people stayed at home."),
    ("Alone", "China built a bridge; a summit of engineers."),
];

fn report(bed: &Bed, more: &[&str]) -> Value {
    let mut arguments = vec!["watch", "backtest", "talks", "--json"];
    arguments.extend(more);
    serde_json::from_str(&bed.run_well(&arguments)).expect("JSON")
}

fn change(bed: &Bed, sql: &str) {
    let db = Connection::open(bed.path("w.db")).expect("the database");
    db.execute_batch(sql).expect(sql);
}

/// Puts the articles on days of their own, the first the oldest.
fn spread(bed: &Bed) {
    change(
        bed,
        "update article set first_seen = first_seen - 86400000 * (8 - id)",
    );
}

#[test]
fn the_present_rule_finds_what_is_stored_and_a_better_one_gains_and_loses() {
    let bed = library(RULES, TEXTS);
    spread(&bed);
    let same = report(&bed, &[]);
    assert_eq!((&same["hits"], &same["sieved"]), (&4.into(), &true.into()));
    assert_eq!(same["gained"].as_array().map(Vec::len), Some(0), "{same}");
    assert_eq!(same["lost"].as_array().map(Vec::len), Some(0));
    assert_eq!(same["articles"]["tried"], 7);
    assert!(same["articles"]["analysed"].as_u64() < Some(7), "{same}");
    let hits: Vec<u64> = same["days"]
        .as_array()
        .expect("days")
        .iter()
        .filter_map(|day| day["hits"].as_u64())
        .collect();
    assert_eq!(hits.iter().sum::<u64>(), 4);
    assert!(
        hits.len() >= 7 && hits.iter().all(|hits| *hits <= 1),
        "a day each: {hits:?}"
    );
    assert_eq!(same["nearest_misses"][0]["title"], "Nearly");
    assert_eq!(same["nearest_misses"][0]["margin"], -1.0);
    assert_eq!(same["nearest_hits"][0]["margin"], 0.0);
    let unfired = serde_json::to_string(&same["unfired"]).expect("JSON");
    assert!(!unfired.contains("summit"), "{unfired}");

    bed.write(
        "old.toml",
        &std::fs::read_to_string(bed.path("config.toml"))
            .expect("it")
            .replace("watches/*", "old/*"),
    );
    std::fs::create_dir(bed.path("old")).expect("a folder");
    bed.write("old/w.toml", RULES);
    let better = RULES
        .replace(">= 2", ">= 1")
        .replace("\"visit\", ", "")
        .replace("[\"summit\"]", "[\"no such word\"]");
    bed.write("watches/w.toml", &better);
    let changed = report(&bed, &[]);
    let titles = |report: &Value, key: &str| -> Vec<String> {
        let samples = report[key].as_array().expect("samples").iter();
        samples
            .map(|sample| sample["title"].as_str().expect("a title").to_owned())
            .collect()
    };
    assert_eq!(titles(&changed, "gained"), ["Nearly"]);
    assert_eq!(titles(&changed, "lost"), ["Summit"]);
    let old = bed.path("old.toml");
    let against = report(&bed, &["--against", old.to_str().expect("UTF-8")]);
    assert_eq!(titles(&against, "gained"), ["Nearly"]);
    assert_eq!(titles(&against, "lost"), ["Summit"]);
    assert_eq!(against["unfired"][0]["term"], "\"no such word\"");

    let text = bed.run_well(&["watch", "backtest", "talks"]);
    for part in [
        "talks: 4 hits in 7 articles since ",
        "others lack words",
        "hits a day:",
        "by language: ",
        "1 gained, 1 lost",
        "$meet: \"no such word\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let csv = bed.run_well(&["watch", "backtest", "talks", "--csv"]);
    assert!(csv.starts_with("day,articles,hits,gained,lost"), "{csv}");
}

#[test]
fn held_back_or_not_the_hits_are_the_same() {
    let bed = library(RULES, TEXTS);
    let rules = [
        "country:CN",
        "title(\"talks\") or \"会谈\"",
        "\"summi*\" and not country:RU",
        "lang in [en, zh] and country:RU",
        "/brid\\w+/ or ~\"jakarat\"",
        "2 of (\"rained\", country:CN, $meet)",
    ];
    for rule in rules {
        let list = RULES.split_once("[list").expect("a list").1;
        bed.write(
            "watches/w.toml",
            &format!("[watch.talks]\nmatch = '''{rule}'''\n[list{list}"),
        );
        let (some, all) = (report(&bed, &[]), report(&bed, &["--full"]));
        assert_eq!(some["sieved"], true, "{rule}");
        assert_eq!(all["sieved"], false, "{rule}");
        assert!(some["hits"].as_u64() > Some(0), "{rule}");
        for key in [
            "hits",
            "gained",
            "lost",
            "days",
            "languages",
            "feeds",
            "nearest_hits",
        ] {
            assert_eq!(some[key], all[key], "{rule}: {key}");
        }
        assert_eq!(all["articles"]["analysed"], 7, "{rule}");
    }
}

#[test]
fn what_cannot_be_tried_is_told() {
    let bed = library(RULES, TEXTS);
    change(
        &bed,
        "update article_version set body = null where title in ('Rain', 'Nearly')",
    );
    let text = bed.run_well(&["watch", "backtest", "talks"]);
    assert!(
        text.contains("2 articles could not be tried: their bodies were dropped"),
        "{text}"
    );
    assert!(text.contains("4 hits in 5 articles"), "{text}");
    let none = bed.run_well(&["watch", "backtest", "talks", "--since", "1m"]);
    assert!(none.contains("hits in"), "{none}");

    let (_, err) = ends(&bed, &["watch", "backtest", "talk"], 1);
    assert!(err.contains("did you mean `talks`?"), "{err}");
    let (_, err) = ends(
        &bed,
        &["watch", "backtest", "talks", "--against", "nowhere.toml"],
        1,
    );
    assert!(err.contains("nowhere.toml"), "{err}");
    ends(&bed, &["watch", "backtest", "talks", "--csv", "--json"], 2);
    assert_eq!(
        lines(&bed, &["alert", "list", "--json"]).len(),
        4,
        "nothing was written"
    );
}
