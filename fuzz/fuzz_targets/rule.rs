//! Any text is a rule, a term of a list, a name of a person or the context of one; what compiles is asked of a few
//! articles. Zero bytes part the texts.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wirewatch::model::Severity;
use wirewatch::rules::{
    Document, DocumentInput, ListSource, ListTerm, NamedKind, NamedSource, RuleError, RulePlace, RuleSet, RuleSource,
    WatchSource,
};

/// Articles in several scripts, one of them with a second story.
static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let told = [
        ("en", "Lavrov visits Beijing", "Russian foreign minister Sergei Lavrov met Wang Yi. CVE-2026-1234 was not spoken of.\nA visit."),
        ("id", "Menlu Tiongkok ke Moskow", "Kunjungan itu memperkuat kemitraan strategis.\nGempa di Sumatra\nTidak ada korban."),
        ("zh", "王毅访问莫斯科", "中国外交部长王毅与俄罗斯外长拉夫罗夫举行会谈。白俄罗斯没有参加。"),
        ("ru", "Лавров прибыл в Пекин", "Министр иностранных дел РФ встретился с китайским коллегой. Переговоры прошли успешно."),
        ("ar", "لافروف في بكين", "التقى وزير الخارجية الروسي نظيره الصيني وبحث معه العلاقات."),
        ("th", "รัฐมนตรีจีนเยือนรัสเซีย", "หวัง อี้ พบกับลาฟรอฟที่มอสโก"),
    ];
    told.iter()
        .map(|(lang, title, body)| {
            Document::new(DocumentInput {
                title: (*title).to_owned(),
                body: (*body).to_owned(),
                parts: if *lang == "id" { vec![1] } else { Vec::new() },
                lang: Some((*lang).to_owned()),
                ..DocumentInput::default()
            })
        })
        .collect()
});

fn source(texts: &[&str]) -> RuleSource {
    let text = |index: usize| texts.get(index).copied().unwrap_or("visit").to_owned();
    RuleSource {
        watches: vec![WatchSource {
            name: "w".to_owned(),
            title: "w".to_owned(),
            severity: Severity::Low,
            expression: text(0),
            ..WatchSource::default()
        }],
        lists: vec![ListSource {
            name: "l".to_owned(),
            terms: [(1, 1.0), (2, 2.0)].map(|(index, weight)| ListTerm { text: text(index), weight }).to_vec(),
            includes: texts.get(3).map(|name| (*name).to_owned()).into_iter().collect(),
        }],
        named: vec![NamedSource {
            kind: NamedKind::Person,
            name: "p".to_owned(),
            names: vec![text(4)],
            misspellings: 1,
            context: texts.get(5).map(|context| (*context).to_owned()),
            within: 20,
        }],
        day: None,
    }
}

/// A mistake points into the text that it is about.
fn check(error: &RuleError, source: &RuleSource) {
    let text = match &error.place {
        RulePlace::Watch(_) => source.watches[0].expression.as_str(),
        RulePlace::List { term, .. } => match source.lists[0].terms.get(*term) {
            Some(term) => term.text.as_str(),
            None => return,
        },
        _ => return,
    };
    assert!(text.get(error.at.clone()).is_some(), "{error} at {:?} of {text:?}", error.at);
    assert!(!error.message.is_empty());
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let texts: Vec<&str> = text.split('\0').collect();
    let source = source(&texts);
    match RuleSet::compile(&source) {
        Err(errors) => {
            assert!(!errors.is_empty());
            errors.iter().for_each(|error| check(error, &source));
        }
        Ok(rules) => {
            for document in DOCUMENTS.iter() {
                let verdict = rules.judge(document);
                let explained = rules.explain("w", document).expect("the watch is there");
                assert_eq!(explained.holds, !verdict.hits.is_empty(), "{:?}", texts[0]);
            }
        }
    }
});
