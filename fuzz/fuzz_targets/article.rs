//! Any text is an article, in any language and with any number of stories; the example watches are asked of it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wirewatch::model::Field;
use wirewatch::rules::{Document, DocumentInput, RuleFile, RuleSet, RuleSource};

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    let mut source = RuleSource::default();
    for file in [
        include_str!("../../examples/watches/china-russia.toml"),
        include_str!("../../examples/watches/rate-decisions.toml"),
        include_str!("../../examples/watches/disasters.toml"),
        include_str!("../../examples/watches/cyber-breach.toml"),
        include_str!("../../examples/watches/football-transfers.toml"),
        include_str!("../../examples/watches/outbreak.toml"),
        MORE,
    ] {
        source.extend(RuleFile::parse(file).expect("an example").source);
    }
    RuleSet::compile(&source).expect("the examples compile")
});

/// What the examples do not use.
const MORE: &str = r#"
[person.zang]
names = ["Zang Hunhui", "张汉晖", "Чжан Ханьхуэй"]
misspellings = 1
context = '''any("ambassador", country:CN)'''
[watch.forms]
match = '''count(any("minist*", ~"kemitraan", /CVE-\d{4}/, person:zang)) >= 1 and not later("sport")'''
[watch.places]
match = '''any("min*", "the", "di", "是") near/3 any("of", "yang", "的", country:CN) before/9 region:EU'''
"#
;

const LANGS: [Option<&str>; 12] = [
    None, Some("en"), Some("id"), Some("zh"), Some("ru"), Some("ar"), Some("th"), Some("tr"), Some("ja"), Some("hi"), Some("he"),
    Some("xx-invalid"),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((&how, bytes)) = bytes.split_last() else { return };
    let text = String::from_utf8_lossy(bytes);
    let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
    let body = body.to_owned();
    let input = DocumentInput {
        title: title.to_owned(),
        parts: if how & 1 == 0 { Vec::new() } else { vec![1, usize::from(how), 3] },
        entry_title: if how & 2 == 0 { String::new() } else { title.to_owned() },
        lang: LANGS[usize::from(how >> 4) % LANGS.len()].map(str::to_owned),
        body,
        ..DocumentInput::default()
    };
    let fields = (input.title.clone(), input.body.clone());
    let document = Document::new(input);
    let verdict = RULES.judge(&document);
    for hit in &verdict.hits {
        assert!(!hit.evidence.is_empty());
        for span in &hit.evidence {
            let field = match span.field {
                Field::Title => &fields.0,
                Field::Body => &fields.1,
                _ => continue,
            };
            // Evidence is told in the words of the article.
            assert!(field.contains(&span.text), "{:?} of {field:?}", span.text);
        }
    }
    for watch in RULES.watches().iter() {
        let explained = RULES.explain(&watch.name, &document).expect("the watch is there");
        let hit = verdict.hits.iter().any(|hit| hit.watch == watch.name);
        assert_eq!(explained.holds, hit, "{}", watch.name);
    }
});
