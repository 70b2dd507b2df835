//! The forms of the rule language beyond words and places: wildcards, misspellings, regular expressions,
//! order, entities, calls, and what is asked of the article as a whole.

use wirewatch::rules::{Document, DocumentInput, Facts, RuleFile, RuleSet, RuleSource, run_tests};

/// Tables that rules may name.
const TABLES: &str = r#"
[list.talk]
any = ["talks", "visit*", '~"negotiation"', '/round \d+ of talks/']
2 = ["summit"]

[list.both]
include = ["talk", "builtin:diplomacy"]
5 = ["talks"]

[list.envoys]
any = ["lavrov", "person:zang"]

[person.lavrov]
names = ["Sergey Lavrov", "Lavrov", "Лавров", "拉夫罗夫", "لافروف"]
misspellings = 1

[person.zang]
names = ["Zang Hunhui", '=Aa"Zang"']
context = '''any("ambassador", "envoy", country:CN)'''
within = 5

[org.acme]
names = ["Acme Corporation", '=Aa"Acme"']
"#;

fn rules(expression: &str) -> RuleSet {
    let file = RuleFile::parse(&format!("[watch.w]\nmatch = '''{expression}'''\n{TABLES}"));
    let source = file.expect("right shape").source;
    RuleSet::compile(&source).unwrap_or_else(|errors| panic!("{expression}: {errors:?}"))
}

fn input(lang: &str, text: &str) -> DocumentInput {
    let (title, body) = text.split_once(" // ").unwrap_or(("", text));
    DocumentInput {
        title: title.to_owned(),
        body: body.to_owned(),
        lang: Some(lang.to_owned()),
        ..DocumentInput::default()
    }
}

/// The texts of the evidence joined by `|`; `-` without a hit.
fn found(rules: &RuleSet, input: DocumentInput) -> String {
    match rules.judge(&Document::new(input)).hits.first() {
        None => "-".to_owned(),
        Some(hit) => {
            let texts: Vec<&str> = hit.evidence.iter().map(|span| span.text.as_str()).collect();
            texts.join("|")
        }
    }
}

fn check(expression: &str, lang: &str, text: &str, expected: &str) {
    let found = found(&rules(expression), input(lang, text));
    assert_eq!(found, expected, "{expression} in {text}");
}

#[test]
fn a_star_finds_what_begins_so() {
    check(
        "\"minist*\"",
        "en",
        "Ministers, MINISTRY, ministerial; mini",
        "Ministers|MINISTRY|ministerial",
    );
    check("\"sank*\"", "id", "Sanksi baru; saran", "Sanksi");
    check("\"прави*\"", "ru", "Правительство и право", "Правительство");
    check(
        "\"central bank*\"",
        "en",
        "Central banks; the central\nbanks; bankers",
        "Central banks",
    );
    check(
        "\"foreign minist*\"",
        "en",
        "The foreign ministerial meeting",
        "foreign ministerial",
    );
    check(
        "\"central bank*\" near/3 \"rate\"",
        "en",
        "central bankers cut the rate",
        "central bankers|rate",
    );
    check("\"kaf*\"", "de", "Käfer; kaf", "Käfer|kaf");
}

#[test]
fn a_tilde_allows_for_misspellings() {
    check(
        "~\"Zelensky\"",
        "en",
        "Zelenskyy, Zelenskiy, Zelesnky, Zalenski, Selensky",
        "Zelenskyy|Zelenskiy|Zelesnky|Zalenski",
    );
    check("~\"Zelensky\"", "en", "Zalinski; Zelda", "-");
    check(
        "~\"Kyiv\"",
        "en",
        "Kiyv, Kiev, Kyivs, Kyi",
        "Kiyv|Kyivs|Kyi",
    );
    check(
        "~\"Sergei Lavrov\"",
        "en",
        "Sergej Lawrov; Sergei, then Lavrov",
        "Sergej Lawrov",
    );
    check(
        "~\"Xi Jinping\"",
        "en",
        "Xi Jinpingg; Li Jinping",
        "Xi Jinpingg",
    );
    check("~\"Путин\"", "ru", "Путину и Путен; Рутин", "Путину|Путен");
}

#[test]
fn a_regular_expression_finds_words() {
    check(
        "/CVE-\\d{4}-\\d{4,}/",
        "en",
        "See CVE-2026-12345, cve-2026-1 and CVE-26-1.",
        "CVE-2026-12345",
    );
    check("/(?i)cve-\\d+/", "en", "See cVe-7", "cVe-7");
    check(
        "/\\d+ (million|billion) dollars/",
        "en",
        "It cost 3 million dollars\nand 4\nmillion dollars",
        "3 million dollars",
    );
    check("/illion/", "en", "millions", "millions");
    check("/a\\/bcd/", "en", "x a/bcd", "a/bcd");
    check(
        "/bank\\w*/ near/3 \"rate\"",
        "en",
        "bankers cut the rate; banking on a rate",
        "bankers|rate|banking|rate",
    );
    check("/俄罗斯/", "zh", "访问俄罗斯。", "俄罗斯");
}

#[test]
fn order_counts_for_before() {
    check("\"a\" before/2 \"b\"", "en", "a x b", "a|b");
    check("\"a\" before/2 \"b\"", "en", "b x a", "-");
    check("\"a\" before/2 \"b\"", "en", "a x x b", "-");
    check(
        "\"a\" before/2 \"b\" before/2 \"c\"",
        "en",
        "a b c",
        "a|b|c",
    );
    check("\"a\" before/3 \"b\" before/3 \"c\"", "en", "a c b", "-");
    check(
        "\"a\" before/3 (\"b\" near/2 \"c\")",
        "en",
        "a c b",
        "a|c|b",
    );
    check("\"a\" before/3 (\"b\" near/2 \"c\")", "en", "c a b", "-");
    check("\"a\" before/1 \"a\"", "en", "a a", "a|a");
    check("\"a\" before/9 \"b\"", "en", "a // b", "-");
    check(
        "any(\"a\", \"b\") before/1 \"c\" and not \"d\" before/1 \"e\"",
        "en",
        "b c e d",
        "b|c",
    );
}

#[test]
fn parts_of_a_state() {
    check("capital:RU", "en", "Moscow, Russia, the Kremlin", "Moscow");
    check(
        "gov:RU",
        "en",
        "Moscow, Russia, the Kremlin",
        "Moscow|Kremlin",
    );
    check(
        "country:RU",
        "en",
        "Moscow, Russia, the Kremlin",
        "Moscow|Russia|Kremlin",
    );
    check("gov:CN", "zh", "中方表示，中国", "中方");
    check(
        "gov:GB",
        "en",
        "Downing Street and Britain",
        "Downing Street",
    );
    check("capital:CN", "id", "Beijing dan Tiongkok", "Beijing");
    let verdict = rules("gov:RU").judge(&Document::new(input("en", "The Kremlin")));
    assert_eq!(verdict.hits[0].evidence[0].why, "gov:RU (* metonym)");
}

#[test]
fn regions_and_groups_are_their_members() {
    check(
        "region:ASEAN",
        "en",
        "Indonesia, Vietnam and China; ASEAN",
        "Indonesia|Vietnam",
    );
    check(
        "group:ASEAN",
        "en",
        "Indonesia and China; ASEAN",
        "Indonesia|ASEAN",
    );
    check(
        "region:Baltic near/3 country:RU",
        "en",
        "Latvia and Russia",
        "Latvia|Russia",
    );
    check(
        "distinct(region:ASEAN) >= 2",
        "en",
        "Indonesia, Indonesian, Jakarta",
        "-",
    );
    check(
        "distinct(region:ASEAN) >= 2",
        "en",
        "Indonesia, Jakarta, Hanoi",
        "Indonesia|Jakarta|Hanoi",
    );
    check("group:EU", "en", "The EU and Britain", "EU");
    check(
        "group:EU",
        "de",
        "Die Europäische Union",
        "Europäische Union",
    );
}

#[test]
fn members_are_those_of_the_day_that_the_rules_are_compiled_for() {
    let file = RuleFile::parse("[watch.w]\nmatch = 'region:EU'");
    let mut source = file.expect("right shape").source;
    let judge = |source: &RuleSource| {
        let rules = RuleSet::compile(source).expect("right rules");
        let version = rules.watch("w").map(|watch| watch.version.clone());
        (found(&rules, input("en", "Britain")), version)
    };
    let today = judge(&source);
    source.day = "2019-06-01".parse().ok();
    let then = judge(&source);
    assert_eq!((today.0.as_str(), then.0.as_str()), ("-", "Britain"));
    assert_ne!(today.1, then.1);
}

#[test]
fn persons_and_organisations_have_names_and_contexts() {
    check("person:lavrov", "ru", "Встреча с Лавровым", "Лавровым");
    check("person:lavrov", "zh", "与拉夫罗夫会谈", "拉夫罗夫");
    check(
        "person:lavrov",
        "en",
        "Lavrow, Lovrov, Sergei Lavrov, Lambov",
        "Lavrow|Lovrov|Sergei Lavrov",
    );
    check(
        "person:zang",
        "en",
        "Ambassador Zang spoke. Zang, who is a long way off, x y z",
        "Zang|Zang",
    );
    check("person:zang", "en", "Zang the carpenter", "-");
    check("person:$envoys", "en", "Envoy Zang", "Zang");
    check("person:$envoys", "en", "Lavrov", "Lavrov");
    check(
        "org:acme",
        "en",
        "The Acme shares; acme; ACME Corporation",
        "Acme|ACME Corporation",
    );
    check(
        "person:zang in-sentence person:lavrov",
        "en",
        "The envoy Zang met Lavrov.",
        "Zang|Lavrov",
    );
    check(
        "distinct(person:$envoys) >= 2",
        "en",
        "The envoy Zang met Lavrov and Lavrow.",
        "Zang|Lavrov|Lavrow",
    );
    check(
        "distinct(person:$envoys) >= 2",
        "en",
        "Lavrov, Sergey Lavrov",
        "-",
    );
    let why = |text| {
        let verdict = rules("person:lavrov").judge(&Document::new(input("ru", text)));
        verdict.hits[0].evidence[0].why.clone()
    };
    assert_eq!(why("Лавров"), "person:lavrov (Лавров)");
    assert_eq!(why("Лавровым"), "person:lavrov (Лавровым)");
    assert_eq!(why("Lavrow"), "person:lavrov (like Lavrov)");
}

#[test]
fn several_and_distinct() {
    let two = "2 of (\"a\", \"b\", \"c\" near/1 \"d\")";
    check(two, "en", "a x", "-");
    check(two, "en", "a b", "a|b");
    check(two, "en", "b c d", "b|c|d");
    check(two, "en", "a c x d", "-");
    check("title(2 of (\"a\", \"b\", \"c\"))", "en", "a // b c", "-");
    check("2 of (\"a\", not \"b\", \"c\")", "en", "a", "a");
    check("distinct(any(\"a\", \"b\", \"c\")) >= 2", "en", "a a", "-");
    check(
        "distinct(any(\"a\", \"b\", \"c\")) >= 2",
        "en",
        "a a c",
        "a|a|c",
    );
    check(
        "distinct($talk) >= 2",
        "en",
        "Talks and a summit",
        "Talks|summit",
    );
    check(
        "distinct(title(any(\"a\", \"b\"))) >= 2",
        "en",
        "a // b",
        "-",
    );
}

#[test]
fn lists_hold_every_form_of_a_term_and_other_lists() {
    check("$talk", "en", "visitors", "visitors");
    check("$talk", "en", "negotiaton", "negotiaton");
    check("$talk", "en", "round 3 of talks", "round 3 of talks");
    check("score($talk) >= 3", "en", "talks, a summit", "talks|summit");
    // The weight of the list that includes stands over that of the included one.
    check("score($both) >= 7", "en", "talks, a summit", "talks|summit");
    // A list that nobody wrote is the built-in one.
    check("$diplomacy", "en", "An ambassador", "ambassador");
    check("$both", "id", "Duta besar", "Duta besar");
}

#[test]
fn a_list_of_the_user_takes_the_place_of_a_built_in_one() {
    let compile = |list: &str| {
        let text = format!("[watch.w]\nmatch = '$diplomacy'\n{list}");
        let source = RuleFile::parse(&text).expect("right shape").source;
        RuleSet::compile(&source).expect("right rules")
    };
    let texts = |list: &str| {
        let rules = compile(list);
        ["An ambassador", "A pact"].map(|text| found(&rules, input("en", text)))
    };
    assert_eq!(texts(""), ["ambassador", "-"]);
    let own = "[list.diplomacy]\nany = [\"pact\"]";
    assert_eq!(texts(own), ["-", "pact"]);
    let both = "[list.diplomacy]\nany = [\"pact\"]\ninclude = [\"builtin:diplomacy\"]";
    assert_eq!(texts(both), ["ambassador", "pact"]);
}

fn with_facts(lang: &str) -> DocumentInput {
    let one = |text: &str| vec![text.to_owned()];
    DocumentInput {
        facts: Facts {
            url: "https://www.kemlu.go.id/berita/1".to_owned(),
            feeds: one("https://rss.kemlu.go.id/all.xml"),
            feed_countries: one("ID"),
            tags: one("Asia"),
            authors: one("Siti Rahma, Jakarta"),
            age_s: Some(3 * 3_600),
        },
        ..input(lang, "quake a b c d e f g")
    }
}

#[test]
fn facts_are_asked_of_the_article_as_a_whole() {
    for (test, expected) in [
        ("lang in [id, ms]", true),
        ("lang in [en]", false),
        ("lang == \"ind\"", true),
        ("feed in [\"kemlu.go.id\"]", true),
        ("feed in [\"antaranews.com\", \"rss.kemlu.go.id/*\"]", true),
        ("feed in [\"lu.go.id\"]", false),
        ("feed-country == \"ID\"", true),
        ("feed-country in [MY, SG]", false),
        ("tag:\"asia\"", true),
        ("tag:\"europe\"", false),
        ("author:\"siti rahma\"", true),
        ("author:\"Rahman\"", false),
        ("url:\"*.go.id/*\"", true),
        ("url:\"*/sport/*\"", false),
        ("words >= 8", true),
        ("words >= 9", false),
        ("words < 9", true),
        ("age < 4h", true),
        ("age < 2h", false),
        ("age >= 2h", true),
        ("not age >= 1d", true),
    ] {
        let hit = found(&rules(&format!("\"quake\" and {test}")), with_facts("id"));
        assert_eq!(hit == "quake", expected, "{test}");
    }
    // What is not known makes the question false.
    let unknown = input("id", "quake");
    assert_eq!(
        found(&rules("\"quake\" and age < 9d"), unknown.clone()),
        "-"
    );
    assert_eq!(
        found(&rules("\"quake\" and feed in [\"https*\"]"), unknown),
        "-"
    );
}

#[test]
fn tests_of_a_watch_may_say_where_the_article_comes_from() {
    let text = r#"
        [watch.w]
        match = '"quake" and feed-country == "ID" and tag:"asia" and age < 2d and url:"*/berita/*"'
        [[watch.w.test]]
        title = "Quake"
        feed = "https://www.antaranews.co.id/rss"
        tags = ["Asia"]
        url = "https://www.antaranews.co.id/berita/1"
        age = "3h"
        expect = "match"
        [[watch.w.test]]
        title = "Quake"
        feed = "https://www.antaranews.com/rss"
        feed-country = "MY"
        tags = ["Asia"]
        url = "https://www.antaranews.co.id/berita/1"
        age = "3h"
        expect = "no-match"
    "#;
    let source = RuleFile::parse(text).expect("right shape").source;
    let rules = RuleSet::compile(&source).expect("right rules");
    assert_eq!(run_tests(&rules, &source), []);
}

#[test]
fn near_misses_and_explanations_know_every_form() {
    let expression =
        "person:zang and region:ASEAN near/9 $talk and 2 of (\"x\", \"y\", \"z\") and words >= 200";
    let rules = rules(expression);
    let document = Document::new(input("en", "The envoy Zang held talks in Indonesia. x z"));
    let verdict = rules.judge(&document);
    assert_eq!(
        verdict.near_misses[0].why,
        "held: person:zang and region:ASEAN near/9 $talk and 2 of (\"x\", \"y\", \"z\"); failed: words >= 200"
    );
    let explained = rules.explain("w", &document).expect("the watch is there");
    let shown: Vec<(&str, bool, Option<&str>)> = explained
        .parts
        .iter()
        .map(|part| (part.part.as_str(), part.holds, part.says.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("person:zang", true, None),
            ("near/9", true, None),
            ("2 of", true, None),
            ("words >= 200", false, Some("9")),
        ]
    );
    assert_eq!(explained.parts[0].spans[0].why, "person:zang (Zang)");
    let several: Vec<bool> = explained.parts[2]
        .parts
        .iter()
        .map(|part| part.holds)
        .collect();
    assert_eq!(several, [true, false, true]);
    assert_eq!(rules.explain("v", &document), None);
}

#[test]
fn the_version_of_a_watch_follows_what_it_names() {
    let version = |expression: &str, tables: &str| {
        let text = format!("[watch.w]\nmatch = '''{expression}'''\n{tables}");
        let source = RuleFile::parse(&text).expect("right shape").source;
        let rules = RuleSet::compile(&source).expect("right rules");
        rules.watch("w").expect("it is there").version.clone()
    };
    let changes = |expression: &str, one: &str, other: &str| {
        assert_ne!(
            version(expression, one),
            version(expression, other),
            "{other}"
        );
    };
    let list = "[list.a]\ninclude = [\"b\"]\n[list.b]\nany = [\"x\"]\n";
    changes("$a", list, &list.replace("\"x\"", "\"y\""));
    changes("$a", list, &list.replace("any", "2"));
    let person = "[person.p]\nnames = [\"Anna\"]\ncontext = '$c'\n[list.c]\nany = [\"x\"]\n[list.q]\nany = [\"p\"]\n";
    for expression in ["person:p", "person:$q"] {
        changes(expression, person, &person.replace("Anna", "Anne"));
        changes(expression, person, &person.replace("\"x\"", "\"y\""));
        changes(
            expression,
            person,
            &format!("{person}[person.other]\nnames = [\"x\"]\n")
                .replace("names = [\"Anna\"]", "names = [\"Anna\"]\nwithin = 9"),
        );
        changes(
            expression,
            person,
            &person.replace("names = [\"Anna\"]", "names = [\"Anna\"]\nmisspellings = 1"),
        );
    }
    changes("$diplomacy", "", "[list.diplomacy]\nany = [\"x\"]");
    // What it does not name is of no concern.
    assert_eq!(
        version("$b", list),
        version("$b", &list.replace("[\"b\"]", "[]"))
    );
    assert_eq!(version("~\"Lavrov\"", ""), version("~\"Lavrov\"", list));
}
