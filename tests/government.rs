//! What `gov:` finds and `country:` does not: leaders on their days in office, and offices bound to their state.

use std::collections::BTreeMap;

use wirewatch::rules::{Document, DocumentInput, RuleFile, RuleSet};

const RULES: &str = r#"
[watch.gov-ru]
match = "gov:RU"
[watch.country-ru]
match = "country:RU"
[watch.gov-cn]
match = "gov:CN"
[watch.country-cn]
match = "country:CN"
[watch.gov-us]
match = "gov:US"
[watch.gov-gn]
match = "gov:GN"
"#;

fn rules(day: &str) -> RuleSet {
    let mut file = RuleFile::parse(RULES).expect("the rules are right");
    file.source.day = Some(day.parse().expect("a day"));
    RuleSet::compile(&file.source).expect("the rules are right")
}

fn found(rules: &RuleSet, lang: &str, text: &str) -> BTreeMap<String, Vec<String>> {
    let document = Document::new(DocumentInput {
        title: text.to_owned(),
        lang: Some(lang.to_owned()),
        ..DocumentInput::default()
    });
    let hits = rules.judge(&document).hits;
    let texts = |hit: &wirewatch::model::Hit| {
        hit.evidence
            .iter()
            .map(|span| span.text.clone())
            .collect::<Vec<_>>()
    };
    hits.iter()
        .map(|hit| (hit.watch.to_string(), texts(hit)))
        .collect()
}

#[test]
fn governments_are_found_by_their_leaders_and_offices() {
    let rules = rules("2025-06-01");
    for (lang, text, watches) in [
        ("en", "Putin speaks to reporters", "gov-ru"),
        ("en", "PUTIN SPEAKS", "gov-ru"),
        ("ru", "Встреча с Путиным прошла в среду", "gov-ru"),
        ("zh", "普京发表讲话", "gov-ru"),
        ("ar", "وقال بوتين إن", "gov-ru"),
        ("ja", "プーチン氏は述べた", "gov-ru"),
        ("hi", "पुतिन ने कहा", "gov-ru"),
        ("pl", "rozmowa z Putinem", "gov-ru"),
        ("ko", "푸틴은 말했다", "gov-ru"),
        ("en", "Xi Jinping speaks", "gov-cn"),
        (
            "en",
            "The Chinese foreign ministry said",
            "country-cn gov-cn",
        ),
        (
            "id",
            "Kementerian Luar Negeri China mengatakan",
            "country-cn gov-cn",
        ),
        ("ru", "В МИД России ответили", "country-ru gov-ru"),
        (
            "ru",
            "Российское правительство ответило",
            "country-ru gov-ru",
        ),
        ("zh", "中国外交部发言人", "country-cn gov-cn"),
        (
            "en",
            "The Chinese restaurant around the corner",
            "country-cn",
        ),
        // Without the state an office is nobody's.
        ("en", "The foreign ministry said", ""),
        ("zh", "外交部发言人", ""),
        // The state is a part of a longer name.
        ("zh", "白俄罗斯外交部", ""),
        ("en", "The president of Guinea-Bissau", ""),
        ("en", "The president of Guinea", "gov-gn"),
        // Of those who were in office.
        ("en", "Trump speaks", "gov-us"),
        ("en", "Biden speaks", ""),
    ] {
        let all: Vec<String> = found(&rules, lang, text).into_keys().collect();
        assert_eq!(all.join(" "), watches, "{lang} {text}");
    }
}

#[test]
fn a_leader_counts_on_the_days_in_office() {
    for (day, text, is_found) in [
        ("2024-06-01", "Biden speaks", true),
        ("2025-01-19", "Biden speaks", true),
        ("2025-01-20", "Biden speaks", false),
        ("2018-06-01", "Trump speaks", true),
        ("2024-06-01", "Trump speaks", false),
        ("2025-06-01", "Trump speaks", true),
    ] {
        let is_hit = found(&rules(day), "en", text).contains_key("gov-us");
        assert_eq!(is_hit, is_found, "{day} {text}");
    }
}

/// What rules about a government ask does not change what rules about the country find.
#[test]
fn offices_leave_countries_alone() {
    let rules = rules("2025-06-01");
    let all = found(&rules, "en", "The Chinese foreign ministry said");
    assert_eq!(all["country-cn"], ["Chinese"]);
    assert_eq!(all["gov-cn"], ["Chinese foreign ministry"]);
}
