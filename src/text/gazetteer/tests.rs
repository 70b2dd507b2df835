//! Coverage of the gazetteer: does a form as the news write it meet a form of the list?

use std::collections::BTreeSet;

use super::{Form, FormKind, code_of, codes, codes_of_forms, english_name, forms, forms_in};
use crate::text::{analyse, fold, stem};

/// Language, country, forms of its name, adjective and capital as they stand in running text.
const FIXTURE: &str = include_str!("coverage.tsv");

/// Whether `text` holds `form`: word by word the same normal form or stem.
fn holds(text: &str, form: &Form, lang: &str) -> bool {
    let of = |text| analyse(text, Some(lang)).tokens;
    let (found, wanted) = (of(text), of(&form.text));
    if form.cased {
        let written = |text: &str, token: &crate::text::Token| {
            text[token.start as usize..token.end as usize].to_owned()
        };
        let wanted: Vec<String> = wanted.iter().map(|t| written(&form.text, t)).collect();
        let found: Vec<String> = found.iter().map(|t| written(text, t)).collect();
        return found
            .windows(wanted.len().max(1))
            .any(|window| window == wanted);
    }
    let meets = |window: &[crate::text::Token]| {
        window.iter().zip(&wanted).all(|(one, other)| {
            one.fold == other.fold
                || (Form::trusts_stem(&other.fold, &other.stem) && one.stem == other.stem)
        })
    };
    !wanted.is_empty() && found.windows(wanted.len()).any(meets)
}

fn finds(text: &str, code: &str, lang: &str) -> bool {
    forms(code)
        .iter()
        .filter(|form| form.lang == lang || form.lang == "*")
        .any(|form| holds(text, form, lang))
}

#[test]
fn forms_in_the_news_are_found() {
    let mut missed = Vec::new();
    let mut all = 0;
    for line in FIXTURE.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [lang, code, texts] = fields[..] else {
            panic!("three fields: {line}")
        };
        for text in texts.split('|') {
            all += 1;
            if !finds(text, code, lang) {
                missed.push(format!("{lang} {code} {text}"));
            }
        }
    }
    assert!(all > 300, "{all} forms");
    assert!(
        missed.len() * 20 <= all,
        "{} of {all} missed: {missed:?}",
        missed.len()
    );
}

#[test]
fn other_words_are_no_countries() {
    let cases = [
        ("join us today", "US", "en"),
        ("the turkey is in the oven", "TR", "en"),
        ("Michael Jordan's shoes", "CN", "en"),
        ("La pêche et les pêcheurs", "CN", "fr"),
        ("Russell Crowe im Theater", "RU", "de"),
        ("warga Tionghoa merayakan Imlek", "CN", "id"),
        ("tidak seperti as roda", "US", "id"),
        ("он сказал, что того хотели все", "TG", "ru"),
        ("ninguém mais irão ver", "IR", "pt"),
        ("大陆架", "CN", "zh"),
        ("露が降りる", "RU", "ja"),
        ("по данным на этот час", "DK", "ru"),
        ("в этом деле", "IN", "ru"),
        ("pour la France et par les autres", "GB", "fr"),
        ("kini dan nanti", "CN", "id"),
        ("bu gün", "BT", "tr"),
        ("high winds in the north", "KP", "en"),
    ];
    for (text, code, lang) in cases {
        assert!(!finds(text, code, lang), "{lang} {text}");
    }
}

#[test]
fn the_longer_form_tells_belarus_from_russia() {
    let longest = |code: &str| {
        forms(code)
            .into_iter()
            .filter(|form| form.lang == "zh" && "白俄罗斯总统".contains(&form.text))
            .map(|form| form.text.chars().count())
            .max()
    };
    assert!(longest("BY") > longest("RU"));
}

#[test]
fn names_lead_to_codes() {
    let cases = [
        ("China", Some("CN")),
        ("tiongkok", Some("CN")),
        (" РОССИЯ ", Some("RU")),
        ("russlands", Some("RU")),
        ("Georgia", Some("GE")),
        ("Niger", Some("NE")),
        ("usa", Some("US")),
        ("日本", Some("JP")),
        ("Moscow", None),
        ("Atlantis", None),
        ("", None),
    ];
    for (name, code) in cases {
        assert_eq!(code_of(name), code, "{name}");
    }
}

#[test]
fn headlines_in_capitals_are_forms_too() {
    let has = |code: &str, text: &str| forms(code).iter().any(|form| form.text == text);
    assert!(has("TR", "TURKEY") && has("TR", "Turkey") && !has("TR", "turkey"));
    assert!(has("IR", "İRAN"), "Turkish has its own capital of i");
    assert!(
        !has("IT", "ROM"),
        "three letters in capitals are an abbreviation"
    );
}

#[test]
fn names_that_only_hold_a_country_are_none() {
    assert!(codes_of_forms().any(|code| code == "ZZ"));
    assert_eq!(code_of("Latin America"), None);
    assert!(forms_in("en").all(|(code, _)| code != "ZZ"));
}

#[test]
fn every_country_has_clean_forms() {
    let all: BTreeSet<&str> = codes().collect();
    assert!(all.len() > 240 && all.contains("EU"));
    assert!(codes().is_sorted());
    for code in all {
        let forms = forms(code);
        assert!(
            forms
                .iter()
                .any(|form| form.lang == "en" && form.kind == FormKind::Name),
            "{code}"
        );
        for form in forms {
            assert!(
                !fold(&form.text).trim().is_empty() && !form.text.starts_with('='),
                "{form:?}"
            );
            assert!(!stem(&fold(&form.text), &form.lang).is_empty(), "{form:?}");
        }
    }
    assert!(forms("XX").is_empty());
}

#[test]
fn a_country_has_one_english_name_that_is_worked_out_once() {
    for (code, name) in [
        ("CN", "China"),
        ("RU", "Russia"),
        ("US", "United States"),
        ("ID", "Indonesia"),
    ] {
        assert_eq!(english_name(code), Some(name));
    }
    assert_eq!(english_name("QQ"), None);
    let twice = [english_name("FR"), english_name("FR")].map(|name| name.map(str::as_ptr));
    assert_eq!(twice[0], twice[1]);
}
