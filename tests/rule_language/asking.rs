//! Rules asked of a text.

use wirewatch::rules::{Document, DocumentInput, RuleFile, RuleSet, Verdict};

/// Tables that rules may name.
pub const TABLES: &str = r#"
[list.talk]
any = ["talks", "visit*", '~"negotiation"', '/round \d+ of talks/']
2 = ["summit"]

[list.weighed]
any = ["talks"]
2 = ["summit"]
-2 = ["football"]

[list.exact]
any = ['="visit"', '=Aa"WHO"']

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

pub fn rules(expression: &str) -> RuleSet {
    let file = RuleFile::parse(&format!("[watch.w]\nmatch = '''{expression}'''\n{TABLES}"));
    let source = file.expect("right shape").source;
    RuleSet::compile(&source).unwrap_or_else(|errors| panic!("{expression}: {errors:?}"))
}

/// A title and a body, separated by ` // `.
pub fn input(lang: &str, text: &str) -> DocumentInput {
    let (title, body) = text.split_once(" // ").unwrap_or(("", text));
    DocumentInput {
        title: title.to_owned(),
        body: body.to_owned(),
        lang: Some(lang.to_owned()),
        ..DocumentInput::default()
    }
}

pub fn document(lang: &str, title: &str, body: &str) -> Document {
    Document::new(DocumentInput {
        title: title.to_owned(),
        body: body.to_owned(),
        lang: Some(lang.to_owned()),
        ..DocumentInput::default()
    })
}

/// The texts of the evidence joined by `|`; `-` without a hit.
pub fn found(verdict: &Verdict) -> String {
    match verdict.hits.first() {
        None => "-".to_owned(),
        Some(hit) => {
            let texts: Vec<&str> = hit.evidence.iter().map(|span| span.text.as_str()).collect();
            texts.join("|")
        }
    }
}

pub fn found_in(rules: &RuleSet, input: DocumentInput) -> String {
    found(&rules.judge(&Document::new(input)))
}

/// Judges a title and a body, separated by ` // `.
pub fn check(expression: &str, lang: &str, text: &str, expected: &str) {
    let found = found_in(&rules(expression), input(lang, text));
    assert_eq!(found, expected, "{expression} in {text}");
}
