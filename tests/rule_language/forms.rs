//! Wildcards, misspellings, regular expressions, lists, calls.

use wirewatch::rules::{RuleFile, RuleSet};

use crate::asking::{check, found_in, input};

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
        ["An ambassador", "A pact"].map(|text| found_in(&rules, input("en", text)))
    };
    assert_eq!(texts(""), ["ambassador", "-"]);
    let own = "[list.diplomacy]\nany = [\"pact\"]";
    assert_eq!(texts(own), ["-", "pact"]);
    let both = "[list.diplomacy]\nany = [\"pact\"]\ninclude = [\"builtin:diplomacy\"]";
    assert_eq!(texts(both), ["ambassador", "pact"]);
}
