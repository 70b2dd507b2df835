//! States, regions, groups, persons, organisations.

use wirewatch::rules::{Document, RuleFile, RuleSet, RuleSource};

use crate::asking::{check, found_in, input, rules};

#[test]
fn a_country_is_what_newspapers_write_for_it() {
    check("country:CN", "id", "Tiongkok dan Cina", "Tiongkok|Cina");
    check("country:CN", "en", "Tiongkok", "Tiongkok");
    check("country:RU", "ru", "российского посла", "российского");
    check("country:RU", "ko", "러시아는", "러시아는");
    check("country:US", "en", "Tell us. The US.", "US");
}

#[test]
fn a_name_within_a_longer_name_of_a_country_does_not_count() {
    check("country:RU", "zh", "白俄罗斯总统", "-");
    check("country:RU", "zh", "白俄罗斯与俄罗斯", "俄罗斯");
    check("country:BY", "zh", "白俄罗斯总统", "白俄罗斯");
    check("country:CN", "en", "the South China Sea", "China");
    check("country:GN", "en", "Papua New Guinea", "-");
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
        (found_in(&rules, input("en", "Britain")), version)
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
