//! A set that was compiled again after edits says what one compiled at once says.

use wirewatch::rules::{
    Document, DocumentInput, ListSource, ListTerm, RuleFile, RuleSet, RuleSource, WatchSource,
};

use crate::random::{Chance, TABLES, rule, text};

/// Terms for lists.
const TERMS: &[&str] = &[
    "karo",
    "mir*",
    "~\"tanderolis\"",
    "zorin",
    "bando",
    "=Aa\"KARO\"",
];
/// Rules that name what edits change, and states whose names stand within each other.
const NAMING: &[&str] = &[
    "$l",
    "score($l) >= 2 and not title(\"zorin\")",
    "person:karo near/3 \"mirelo\"",
    "$deep and \"karo\"",
    "country:RU and \"karo\"",
    "country:BY or country:CN",
    "group:BRICS and \"zorin\"",
    "any(\"karo\", $l, person:karo)",
];

fn watch(chance: &mut Chance, name: usize) -> WatchSource {
    let expression = match chance.below(2) {
        0 => rule(chance, 2).to_string(),
        _ => NAMING[chance.below(NAMING.len())].to_owned(),
    };
    WatchSource {
        name: format!("w{name}"),
        expression,
        ..WatchSource::default()
    }
}

/// Whether it compiles alone.
fn is_right(watch: &WatchSource, tables: &RuleSource) -> bool {
    let source = RuleSource {
        watches: vec![watch.clone()],
        ..tables.clone()
    };
    RuleSet::compile(&source).is_ok()
}

/// One edit of a source: a watch changed, added, taken out, moved, retitled; a list or a person changed.
fn edit(source: &mut RuleSource, chance: &mut Chance) {
    let at = chance.below(source.watches.len());
    match chance.below(8) {
        0 | 1 => source.watches[at] = watch(chance, at),
        2 => {
            let name = 100 + chance.below(900);
            source.watches.insert(at, watch(chance, name));
        }
        3 if source.watches.len() > 20 => {
            source.watches.remove(at);
        }
        4 => {
            let moved = source.watches.remove(at);
            source.watches.push(moved);
        }
        5 => source.watches[at].title.push('!'),
        6 => {
            let list = source.lists.iter_mut().find(|list| list.name == "l");
            let text = TERMS[chance.below(TERMS.len())].to_owned();
            let weight = if chance.below(3) == 0 { -1.0 } else { 2.0 };
            list.expect("it is there")
                .terms
                .push(ListTerm { text, weight });
        }
        _ => {
            source.named[0].within = u16::try_from(1 + chance.below(6)).expect("small");
            source.named[0].misspellings = u8::try_from(chance.below(2)).expect("small");
        }
    }
}

/// What a set says of some texts, and what it is known by.
fn said(rules: &RuleSet, texts: &[DocumentInput]) -> String {
    let verdicts = texts.iter().map(|input| {
        let document = Document::new(input.clone());
        let explained = rules.explain("w3", &document);
        format!("{:?} {explained:?}", rules.judge(&document))
    });
    let watches: Vec<_> = rules.watches().iter().collect();
    let known = format!(
        "{} {} {:?}",
        rules.fingerprint(),
        rules.watches().len(),
        watches
            .iter()
            .map(|watch| (
                &watch.name,
                &watch.title,
                &watch.version,
                rules.watch(&watch.name).is_some()
            ))
            .collect::<Vec<_>>()
    );
    verdicts.chain([known]).collect::<Vec<_>>().join("\n")
}

fn first_source(chance: &mut Chance) -> RuleSource {
    let file = RuleFile::parse(TABLES).expect("right shape");
    let mut source = file.source;
    source.lists.push(ListSource {
        name: "deep".to_owned(),
        includes: vec!["l".to_owned()],
        ..ListSource::default()
    });
    for name in 0..40 {
        let mut one = watch(chance, name);
        while !is_right(&one, &source) {
            one = watch(chance, name);
        }
        source.watches.push(one);
    }
    source
}

fn texts(chance: &mut Chance) -> Vec<DocumentInput> {
    let mut texts: Vec<DocumentInput> = (0..6)
        .map(|_| {
            let ([title, body], _) = text(chance);
            DocumentInput {
                title,
                body: format!("{body}\nRussia, China and karo. Белоруссия."),
                lang: Some("en".to_owned()),
                ..DocumentInput::default()
            }
        })
        .collect();
    texts.push(DocumentInput {
        title: "白俄罗斯与俄罗斯 karo".to_owned(),
        body: "中国 zorin 白俄罗斯".to_owned(),
        lang: Some("zh".to_owned()),
        ..DocumentInput::default()
    });
    texts
}

#[test]
fn a_set_that_is_compiled_again_equals_one_compiled_at_once() {
    let mut chance = Chance(31);
    let mut wrong = 0;
    for _ in 0..6 {
        let mut source = first_source(&mut chance);
        let mut rules = RuleSet::compile(&source).expect("each of them is right");
        let texts = texts(&mut chance);
        for _ in 0..10 {
            let mut edited = source.clone();
            for _ in 0..=chance.below(3) {
                edit(&mut edited, &mut chance);
            }
            let again = RuleSet::recompile(&rules, &edited);
            match (again, RuleSet::compile(&edited)) {
                (Ok(again), Ok(whole)) => {
                    assert_eq!(said(&again, &texts), said(&whole, &texts));
                    (source, rules) = (edited, again);
                }
                (Err(again), Err(whole)) => {
                    assert_eq!(format!("{again:?}"), format!("{whole:?}"));
                    wrong += 1;
                }
                (again, whole) => panic!("{:?} {:?}", again.err(), whole.err()),
            }
        }
    }
    assert!(wrong > 3, "only {wrong} edits were mistakes");
}

#[test]
fn a_set_that_did_not_change_is_the_same_set() {
    let source = first_source(&mut Chance(3));
    let rules = RuleSet::compile(&source).expect("each of them is right");
    let again = RuleSet::recompile(&rules, &source).expect("it is the same");
    assert_eq!(again.fingerprint(), rules.fingerprint());
    let mut empty = source;
    empty.watches.clear();
    let none = RuleSet::recompile(&rules, &empty).expect("nothing is wrong with nothing");
    assert!(none.watches().is_empty());
    let nothing = RuleSet::compile(&empty).expect("nothing is wrong with nothing");
    assert_eq!(none.fingerprint(), nothing.fingerprint());
}
