//! How much of what newspapers write for countries `country:` finds, and what it leaves alone: through the rules, as
//! the program does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use wirewatch::rules::{Document, DocumentInput, RuleFile, RuleSet};
use wirewatch::text::gazetteer;

#[path = "common/corpus.rs"]
mod corpus;

/// What is asked of each kind of form.
const PERCENT_LEAST: usize = 97;

/// The code of names that only hold a country's.
const NO_COUNTRY: &str = "ZZ";

/// A rule for every country.
fn rules() -> RuleSet {
    let watches: String = gazetteer::codes()
        .filter(|code| *code != NO_COUNTRY)
        .map(|code| {
            format!(
                "[watch.{}]\nmatch = \"country:{code}\"\n",
                code.to_lowercase()
            )
        })
        .collect();
    let file = RuleFile::parse(&watches).expect("every code is a rule");
    RuleSet::compile(&file.source).expect("every country has forms")
}

/// The texts of the findings by the code of their country.
fn found(rules: &RuleSet, title: &str, lang: &str) -> BTreeMap<String, Vec<String>> {
    let document = Document::new(DocumentInput {
        title: title.to_owned(),
        lang: Some(lang.to_owned()),
        ..DocumentInput::default()
    });
    let hits = rules.judge(&document).hits;
    let of =
        |hit: &wirewatch::model::Hit| hit.evidence.iter().map(|span| span.text.clone()).collect();
    hits.iter()
        .map(|hit| (hit.watch.to_string().to_uppercase(), of(hit)))
        .collect()
}

/// Counts by kind, and the forms that were missed.
#[derive(Default)]
struct Recall {
    kinds: BTreeMap<&'static str, (usize, usize)>,
    missed: Vec<String>,
}

impl Recall {
    fn ask(
        &mut self,
        rules: &RuleSet,
        kind: &'static str,
        (lang, code): (&str, &str),
        forms: &str,
    ) {
        for form in forms.split('|').filter(|form| !form.is_empty()) {
            let is_found = found(rules, form, lang).contains_key(code);
            let (right, all) = self.kinds.entry(kind).or_default();
            *right += usize::from(is_found);
            *all += 1;
            if !is_found {
                self.missed.push(format!("{lang} {code} {kind} {form}"));
            }
        }
    }

    fn check(&self, of: &str) {
        for (kind, (right, all)) in &self.kinds {
            println!("{of}: {kind} {right} of {all}");
            assert!(
                right * 100 >= all * PERCENT_LEAST,
                "{of}: {kind} {right} of {all}: {:?}",
                self.missed
            );
        }
    }
}

#[test]
fn forms_of_our_own_set_are_found() {
    let rules = rules();
    let mut recall = Recall::default();
    let (mut countries, mut langs) = (BTreeMap::<&str, usize>::new(), BTreeSet::new());
    let rows = include_str!("fixtures/gazetteer/own.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'));
    for row in rows {
        let fields: Vec<&str> = row.split('\t').collect();
        let [lang, code, names, adjectives, capitals] = fields[..] else {
            panic!("five fields: {row}")
        };
        *countries.entry(code).or_default() += 1;
        langs.insert(lang);
        for (kind, forms) in [
            ("name", names),
            ("adjective", adjectives),
            ("capital", capitals),
        ] {
            recall.ask(&rules, kind, (lang, code), forms);
        }
    }
    assert!(
        countries.len() >= 20 && countries.values().all(|rows| *rows >= 12),
        "{countries:?}"
    );
    recall.check("own.tsv");
}

#[test]
fn forms_of_the_shared_set_are_found() {
    let Some(folder) = corpus::corpus("../gazetteer") else {
        return;
    };
    let rules = rules();
    let mut recall = Recall::default();
    for row in fs::read_to_string(folder.join("covtest.tsv"))
        .unwrap()
        .lines()
    {
        let fields: Vec<&str> = row.split('\t').collect();
        for (code, first) in [("CN", 1), ("RU", 4)] {
            for (kind, at) in [("name", 0), ("adjective", 1), ("capital", 2)] {
                recall.ask(&rules, kind, (fields[0], code), fields[first + at]);
            }
        }
    }
    recall.check("covtest.tsv");
}

#[test]
fn ordinary_words_are_no_countries() {
    let rules = rules();
    for (lang, text, codes) in [
        (
            "en",
            "the turkey was served on bone china with a chili from the chile field",
            "",
        ),
        (
            "en",
            "He spent new standard hours on the island and may tell Siri",
            "",
        ),
        ("en", "Latin America, New Mexico and the Indian Ocean", ""),
        (
            "en",
            "The Washington Post on Native Americans and Michael Jordan",
            "",
        ),
        (
            "en",
            "Jordan and Turkey met in Chad; CHINA answered",
            "CN JO TD TR",
        ),
        (
            "es",
            "la verdad de la reunión en el lugar, con los fines de la paz",
            "",
        ),
        ("pt", "além disso, um peru no forno e mais ninguém", ""),
        ("fr", "la réunion de la guinée et des coups francs", ""),
        ("it", "liberi di fare la guerra, signor Sir", ""),
        ("de", "ein Rabatt auf Porzellan", ""),
        ("pl", "dział polowych i broni", ""),
        ("ru", "данные о том, что дана мера; русский язык", ""),
        ("tr", "bu yıl ile şu anda kabul edildi, benim", ""),
        ("ar", "قال بأن التالي بين اليمنى ومسقط رأسه", ""),
        ("ar", "أمريكا اللاتينية", ""),
        ("fa", "مشاور مالی روز دوشنبه", ""),
        ("hi", "वह था और बाकी थे", ""),
        ("vi", "sa thải, ba lần, Chủ Nhật, của anh ấy, Ý kiến", ""),
        ("ja", "タイムズ紙とスタイルとカリマンタン", ""),
        ("zh", "发展中国家", ""),
        ("zh", "白俄罗斯总统", "BY"),
        ("id", "Lima orang di kota itu kini", ""),
        ("sv", "det har en mulighed", ""),
        ("yo", "n lọ si ile ẹjọ lati", ""),
        // Words of other languages.
        ("tr", "iddia eden belge geçen yıl", ""),
        ("fr", "le belge et la Belgique", "BE"),
        ("vi", "Thượng nghị sĩ", ""),
        ("tr", "Made in Germany", "DE"),
        // Somebody else's names.
        ("en", "Mike Sullivan and Jordan Cownie brought it home", ""),
        ("en", "officials in Jordan said on Monday", "JO"),
        ("en", "the king of Jordan Thursday", "JO"),
        ("fr", "a déclaré M. Tedesco", ""),
        ("en", "the fighter Kevin Holland won", ""),
        ("en", "a trip to Holland and back", "NL"),
        ("en", "voters in Atlanta, the capital of Georgia", ""),
        ("en", "protests in Tbilisi, the capital of Georgia", "GE"),
        ("en", "Israel Katz spoke", ""),
        ("en", "Prime Minister of Israel Benjamin Netanyahu", "IL"),
        ("ja", "アメリカのヨルダン・スピースは", "US"),
        // Parts of words.
        ("ja", "ヨーロッパリーグの試合", ""),
        ("ja", "フランスリーグの試合", "FR"),
        ("ja", "連邦法、国際法", ""),
        ("sw", "bara la Afrika, kusini mwa Jangwa", ""),
    ] {
        let all: Vec<String> = found(&rules, text, lang).into_keys().collect();
        assert_eq!(
            all.join(" "),
            codes,
            "{lang} {text}: {:?}",
            found(&rules, text, lang)
        );
    }
}

/// The kept sample is whole, and its verdicts can be counted.
#[test]
fn verdicts_can_be_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gazetteer/verdicts.tsv");
    let verdicts = fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<&str>> = verdicts
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
        .collect();
    assert_eq!(rows.len(), 500);
    for row in &rows {
        let [_, form, code, lang, verdict, reason, context] = row[..] else {
            panic!("seven fields: {row:?}")
        };
        assert!(["true", "false", "language"].contains(&verdict), "{row:?}");
        assert!(gazetteer::codes().any(|known| known == code), "{row:?}");
        assert!(
            !form.is_empty() && !lang.is_empty() && !reason.is_empty(),
            "{row:?}"
        );
        assert!(context.split_whitespace().count() <= 6, "{row:?}");
    }
}
