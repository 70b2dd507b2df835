//! What each part of the rule language finds, and in which words it says so.

use wirewatch::model::Field;
use wirewatch::rules::{
    Document, DocumentInput, ListSource, ListTerm, RuleFile, RuleSet, RuleSource, Verdict,
    WatchSource, marked_body, run_tests,
};

fn rules(expression: &str) -> RuleSet {
    let term = |(text, weight): &(&str, f64)| ListTerm {
        text: (*text).to_owned(),
        weight: *weight,
    };
    let list = |name: &str, terms: &[(&str, f64)]| ListSource {
        name: name.to_owned(),
        terms: terms.iter().map(term).collect(),
        includes: Vec::new(),
    };
    let source = RuleSource {
        watches: vec![WatchSource {
            name: "w".to_owned(),
            expression: expression.to_owned(),
            ..WatchSource::default()
        }],
        lists: vec![
            list(
                "talk",
                &[("talks", 1.0), ("summit", 2.0), ("football", -2.0)],
            ),
            list("exact", &[("=\"visit\"", 1.0), ("=Aa\"WHO\"", 1.0)]),
        ],
        ..RuleSource::default()
    };
    RuleSet::compile(&source).unwrap_or_else(|errors| panic!("{expression}: {errors:?}"))
}

fn document(lang: &str, title: &str, body: &str) -> Document {
    Document::new(DocumentInput {
        title: title.to_owned(),
        body: body.to_owned(),
        lang: Some(lang.to_owned()),
        ..DocumentInput::default()
    })
}

/// The texts of the evidence joined by `|`; `-` without a hit.
fn found(verdict: &Verdict) -> String {
    match verdict.hits.first() {
        None => "-".to_owned(),
        Some(hit) => {
            let texts: Vec<&str> = hit.evidence.iter().map(|span| span.text.as_str()).collect();
            texts.join("|")
        }
    }
}

/// Judges a title and a body, separated by ` // `.
fn check(expression: &str, lang: &str, text: &str, expected: &str) {
    let (title, body) = text.split_once(" // ").unwrap_or(("", text));
    let verdict = rules(expression).judge(&document(lang, title, body));
    assert_eq!(found(&verdict), expected, "{expression} in {text}");
}

#[test]
fn words_match_by_stem_and_normal_form() {
    check(
        "\"visit\"",
        "en",
        "He VISITED and visits.",
        "VISITED|visits",
    );
    check("=\"visit\"", "en", "He visited. A Visit.", "Visit");
    check("=Aa\"WHO\"", "en", "Who? The WHO.", "WHO");
    check("\"cafe\"", "fr", "Un café.", "café");
    check("\"переговоры\"", "ru", "После переговоров.", "переговоров");
    check(
        "\"foreign minister\"",
        "en",
        "Two foreign ministers; foreign. Minister",
        "foreign ministers|foreign. Minister",
    );
    check("\"foreign minister\"", "en", "A foreign\nminister", "-");
    check(
        "\"foreign minister\"",
        "en",
        "A foreign-minister",
        "foreign-minister",
    );
    check("\"visit\"", "id", "visits", "-");
    check("\"a \\\"b\\\"\"", "en", "a b", "a b");
}

#[test]
fn scripts_without_spaces_match_on_characters() {
    check("\"外长\"", "zh", "中国外长访问", "外长");
    check("\"外长\" near/1 \"访问\"", "zh", "外长将访问", "外长|访问");
    check("\"外长\" near/1 \"访问\"", "zh", "外长即将来访问", "-");
    check("\"会談\"", "ja", "首脳会談を開く", "会談");
}

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
fn and_or_not_and_brackets() {
    check("\"a\" and \"b\"", "en", "a b", "a|b");
    check("\"a\" and \"b\"", "en", "a // c", "-");
    check("\"a\" and \"b\"", "en", "a // b", "a|b");
    check("\"a\" or \"b\"", "en", "b c", "b");
    check("\"a\" and (\"b\" or \"c\")", "en", "a c", "a|c");
    check("any(\"a\", \"b\", )", "en", "b", "b");
    check("all(\"a\", \"b\")", "en", "b", "-");
    check("\"a\" and not \"b\"", "en", "a b", "-");
    check(
        "\"one\" and not \"two\" in-sentence \"six\"",
        "en",
        "One two. Now six.",
        "One",
    );
    check("\"a\" and not (\"b\" and \"c\")", "en", "a b", "a");
}

#[test]
fn relations_hold_within_a_field_between_things_apart() {
    check("\"a\" near/2 \"b\"", "en", "a x b", "a|b");
    check("\"a\" near/2 \"b\"", "en", "b x a", "b|a");
    check("\"a\" near/2 \"b\"", "en", "a x x b", "-");
    check("\"a\" near/1 \"b c\"", "en", "b c a", "b c|a");
    check("\"a\" near/9 \"b\"", "en", "a // b", "-");
    check("\"a\" in-sentence \"b\"", "en", "A x b. A y. Z b.", "A|b");
    check("\"a\" in-sentence \"b\"", "en", "X a. Y b.", "-");
    check("\"a\" in-paragraph \"b\"", "en", "X a. Y b.", "a|b");
    check("\"a\" in-paragraph \"b\"", "en", "a\nb", "-");
    check("\"a\" near/5 \"a\"", "en", "x a x", "-");
    check("\"a\" near/5 \"a b\"", "en", "x a b", "-");
    check(
        "\"a\" in-paragraph \"b\" in-sentence \"c\"",
        "en",
        "Y a. X b c.",
        "a|b|c",
    );
    check("(\"a\" or \"b\") near/1 \"c\"", "en", "a x b c", "b|c");
    check("title(\"a\") near/1 \"b\"", "en", "a b // a b", "a|b");
}

#[test]
fn parts_of_a_document() {
    let long = format!("a {}b\nc\nd\ne", "x ".repeat(58));
    check("title(\"a\")", "en", "a // b", "a");
    check("title(\"b\")", "en", "a // b", "-");
    check("body(\"a\")", "en", "a // b", "-");
    check("lead(\"b\")", "en", &long, "b");
    check("lead(\"d\")", "en", &long, "d");
    check("lead(\"e\")", "en", &long, "-");
    check("lead(\"b\")", "en", &format!("{}b", "x ".repeat(120)), "-");
    check("first(2, \"a\" and \"b\")", "en", "a // x b", "a|b");
    check("first(2, \"b\")", "en", "a // x x b", "-");
    check("first(2, \"外\")", "zh", "// 一二三外", "外");
    check("first(2, \"外\")", "zh", "// 一二三四外", "-");
}

/// A page of three stories; a line `---` stands before the second and the third.
const PAGE: &str = "Ada one.
Two.
---
Headline ada. Bob here.
Cid.
---
Headline bob.";

/// What a rule finds on a page of which the title, the entry and the body each say something.
fn found_on(expression: &str, body: &str) -> String {
    let (body, parts) = marked_body(body);
    let document = Document::new(DocumentInput {
        title: "Title eve".to_owned(),
        body,
        parts,
        entry_title: "Entry fay".to_owned(),
        entry_summary: "Summary gus.".to_owned(),
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    });
    found(&rules(expression).judge(&document))
}

#[test]
fn a_page_may_tell_several_stories() {
    for (expression, expected) in [
        // Without a function, and in body(), every story counts.
        ("\"ada\"", "Ada|ada"),
        ("body(\"bob\")", "Bob|bob"),
        // The first story has the titles and the summary.
        ("main(\"ada\")", "Ada"),
        ("main(\"two\")", "Two"),
        ("main(\"bob\")", "-"),
        ("main(\"cid\")", "-"),
        ("main(\"eve\")", "eve"),
        ("main(\"fay\")", "fay"),
        ("main(\"gus\")", "gus"),
        ("main(body(\"eve\"))", "-"),
        ("main(lead(\"two\"))", "Two"),
        ("count(main(\"ada\")) >= 2", "-"),
        // The later ones have none of these.
        ("later(\"ada\")", "ada"),
        ("later(\"two\")", "-"),
        ("later(\"bob\")", "Bob|bob"),
        ("later(any(\"eve\", \"fay\", \"gus\"))", "-"),
        ("later(body(\"cid\"))", "Cid"),
        ("count(later(\"headline\")) >= 2", "Headline|Headline"),
        ("\"two\" and not later(\"two\")", "Two"),
        ("\"bob\" and not main(\"bob\")", "Bob|bob"),
        ("main(\"ada\") and later(\"ada\")", "Ada|ada"),
        // What looks at a beginning ends with the first story.
        ("lead(\"two\")", "Two"),
        ("lead(\"headline\")", "-"),
        ("first(4, \"two\")", "Two"),
        ("first(99, \"headline\")", "-"),
        ("first(99, \"eve\")", "eve"),
        // Nothing is near to a thing in another story.
        ("\"one\" near/1 \"two\"", "one|Two"),
        ("\"two\" near/99 \"headline\"", "-"),
        ("\"two\" in-paragraph \"headline\"", "-"),
        ("\"cid\" near/2 \"bob\"", "Bob|Cid"),
        ("\"cid\" near/1 \"headline\"", "-"),
        ("\"ada\" in-sentence \"headline\"", "Headline|ada"),
        ("\"two\" near/9 \"ada\"", "Ada|Two"),
        ("main(\"two\") near/99 later(\"headline\")", "-"),
        ("(\"two\" near/9 \"ada\") near/9 \"bob\"", "-"),
    ] {
        assert_eq!(found_on(expression, PAGE), expected, "{expression}");
    }
}

#[test]
fn most_pages_tell_one_story() {
    let page = "Ada one.\nTwo. Three.\nFour.";
    for (expression, expected) in [
        ("main(\"four\")", "Four"),
        ("later(\"ada\")", "-"),
        ("\"four\" and not later(\"four\")", "Four"),
        ("lead(\"four\")", "Four"),
        ("\"one\" near/3 \"four\"", "one|Four"),
    ] {
        assert_eq!(found_on(expression, page), expected, "{expression}");
    }
}

#[test]
fn parts_are_numbers_of_lines_and_may_be_odd() {
    let judge = |expression: &str, body: &str, parts: &[usize]| {
        found(&rules(expression).judge(&Document::new(DocumentInput {
            body: body.to_owned(),
            parts: parts.to_vec(),
            lang: Some("en".to_owned()),
            ..DocumentInput::default()
        })))
    };
    for (body, parts, expected) in [
        ("ada\nbob\nada", &[2][..], "ada"),
        ("ada\nbob\nada", &[2, 1, 2], "ada"),
        ("ada\r\n\r\n  \r\nada x", &[2], "ada"),
        ("\n\nada\n\nada", &[3], "ada"),
        ("ada", &[0], "ada"),
        ("ada", &[1], "-"),
        ("ada\n", &[1, 9, usize::MAX], "-"),
        ("", &[0, 1], "-"),
    ] {
        assert_eq!(
            judge("later(\"ada\")", body, parts),
            expected,
            "{body:?} {parts:?}"
        );
    }
}

#[test]
fn evidence_says_in_which_story_of_the_page_it_stands() {
    let (body, parts) = marked_body(PAGE);
    let verdict = rules("any(\"two\", \"cid\", \"bob\")").judge(&Document::new(DocumentInput {
        body,
        parts,
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    }));
    let hit = &verdict.hits[0];
    let spans = hit.evidence.iter();
    let spans: Vec<_> = spans
        .map(|span| (span.text.as_str(), span.part.0))
        .collect();
    assert_eq!(spans, [("Two", 1), ("Bob", 2), ("Cid", 2), ("bob", 3)]);
    let sentences = hit.sentences.iter();
    let sentences: Vec<_> = sentences.map(|s| (s.sentence.as_str(), s.part.0)).collect();
    assert_eq!(sentences, [("Two.", 1), ("Bob here.", 2), ("Cid.", 2)]);
    // JSON names the part where it is not the first, and is read with and without it.
    let json = serde_json::to_value(&hit.sentences).expect("JSON");
    assert_eq!((json[0].get("part"), &json[1]["part"]), (None, &2.into()));
    let back: Vec<wirewatch::model::EvidenceSentence> =
        serde_json::from_value(json).expect("JSON of its own");
    assert_eq!(back, hit.sentences);
}

#[test]
fn tests_of_a_watch_mark_a_later_story_by_a_line_of_dashes() {
    let text = r#"
        [watch.main]
        match = 'main("quake")'
        [[watch.main.test]]
        body = """
        A quake hit.
        ---
        Talks went on."""
        expect = "match"
        [[watch.main.test]]
        body = """
        Talks went on.
        ---
        A quake hit."""
        expect = "no-match"

        [watch.later]
        match = 'later("quake")'
        [[watch.later.test]]
        body = """
        A quake hit.
        ---
        Talks went on."""
        expect = "no-match"
        [[watch.later.test]]
        body = """
        Talks went on.
        ---
        A quake hit."""
        expect = "match"
        evidence = ["quake"]
    "#;
    let source = RuleFile::parse(text).expect("right shape").source;
    let rules = RuleSet::compile(&source).expect("right rules");
    assert_eq!(run_tests(&rules, &source), []);
}

#[test]
fn counts_and_scores() {
    check("count(\"a\") >= 2", "en", "a // a", "a|a");
    check("count(\"a\") >= 3", "en", "a // a", "-");
    check("count(any(\"a\", \"b\")) >= 3", "en", "a b // a", "a|b|a");
    check("score($talk) >= 3", "en", "talks, a summit", "talks|summit");
    check("score($talk) >= 2", "en", "talks and talks", "-");
    check("score($talk) >= 2", "en", "talks, a summit, football", "-");
    check("$talk", "en", "football and summit", "summit");
    check("$talk", "en", "football", "-");
    check("$exact", "en", "visits visit who WHO", "visit|WHO");
    let verdict = rules("score($talk) >= 2").judge(&document("en", "A summit", "talks"));
    assert!((verdict.hits[0].score - 3.0).abs() < f64::EPSILON);
}

#[test]
fn evidence_says_why_and_stands_in_its_sentence() {
    let verdict = rules("country:CN in-sentence country:RU and \"visit\"").judge(&document(
        "id",
        "Kabar pagi",
        "Hujan di Jakarta. Menlu Tiongkok tiba di Moskow untuk visit. Tiongkok.",
    ));
    let hit = &verdict.hits[0];
    let why: Vec<&str> = hit.evidence.iter().map(|span| span.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "country:CN (id name)",
            "country:RU (id capital)",
            "\"visit\""
        ]
    );
    assert!(hit.evidence.iter().all(|span| span.field == Field::Body));
    assert_eq!(hit.sentences.len(), 1);
    let sentence = &hit.sentences[0];
    assert_eq!(
        sentence.sentence,
        "Menlu Tiongkok tiba di Moskow untuk visit."
    );
    for span in &sentence.spans {
        assert_eq!(sentence.sentence[span.start..span.end], span.text);
    }
    assert_eq!(hit.watch_version.len(), 12);
}

#[test]
fn evidence_is_bounded_and_shows_every_condition() {
    let body = format!("{}Now two.", "Just one. ".repeat(500));
    let verdict = rules("\"one\" and \"two\"").judge(&document("en", "", &body));
    let evidence = &verdict.hits[0].evidence;
    assert_eq!(evidence.len(), 12);
    assert_eq!(evidence[11].text, "two");
    assert_eq!(verdict.hits[0].sentences.len(), 3);
}

#[test]
fn the_entry_is_judged_under_its_own_fields_unless_it_repeats_the_page() {
    let rules = rules("count(\"quake\") >= 1");
    let judge = |entry_title: &str, entry_summary: &str| {
        let document = Document::new(DocumentInput {
            title: "Quake".to_owned(),
            body: "A quake hit. More later.".to_owned(),
            entry_title: entry_title.to_owned(),
            entry_summary: entry_summary.to_owned(),
            lang: Some("en".to_owned()),
            ..DocumentInput::default()
        });
        let hit = &rules.judge(&document).hits[0];
        hit.evidence
            .iter()
            .map(|span| span.field)
            .collect::<Vec<_>>()
    };
    assert_eq!(judge("QUAKE", "A quake hit."), [Field::Title, Field::Body]);
    assert_eq!(
        judge("Big quake", "The quake"),
        [
            Field::Title,
            Field::Body,
            Field::EntryTitle,
            Field::EntrySummary
        ]
    );
}

#[test]
fn near_misses_lack_one_condition_and_have_more_than_they_lack() {
    let miss = |expression: &str, text: &str| {
        let verdict = rules(expression).judge(&document("en", "", text));
        verdict.near_misses.first().map(|miss| miss.why.clone())
    };
    let rule = "country:CN in-paragraph country:RU and $talk and not \"volleyball\"";
    assert_eq!(
        miss(rule, "China and Russia").as_deref(),
        Some("held: country:CN in-paragraph country:RU; failed: $talk")
    );
    assert_eq!(
        miss(rule, "China and Russia: talks on volleyball").as_deref(),
        Some("held: country:CN in-paragraph country:RU and $talk; excluded by: not \"volleyball\"")
    );
    assert_eq!(miss(rule, "talks"), None);
    assert_eq!(miss(rule, "China"), None);
    assert_eq!(miss(rule, "China and Russia: volleyball"), None);
    assert_eq!(miss(rule, "China and Russia: talks"), None);
    let rule = "any(\"pact\", country:CN near/9 country:RU) and $talk";
    assert!(miss(rule, "A Chinese restaurant in Moscow").is_some());
    assert_eq!(miss(rule, "A pact"), None);
    assert_eq!(miss("\"a\" and \"b\"", "a"), None);
    assert_eq!(
        miss("\"a\" and \"b\" and \"c\"", "a c").as_deref(),
        Some("held: \"a\" and \"c\"; failed: \"b\"")
    );
}

#[test]
fn versions_follow_the_meaning_not_the_spelling() {
    let version = |expression: &str| {
        rules(expression)
            .watch("w")
            .map(|watch| watch.version.clone())
    };
    assert_eq!(version("\"a\"  and \"b\""), version("all(\"a\", \"b\")"));
    assert_ne!(version("\"a\" and \"b\""), version("\"a\" or \"b\""));
    assert_ne!(version("\"a\""), version("=\"a\""));
    assert_ne!(version("$talk"), version("$exact"));
    assert_ne!(rules("\"a\"").fingerprint(), rules("\"b\"").fingerprint());
    assert_eq!(rules("\"a\"").fingerprint(), rules("\"a\"").fingerprint());
}

#[test]
fn odd_documents_are_judged_without_a_panic() {
    let rules = rules("\"a\" near/65535 \"b\" and not first(1, country:RU)");
    for text in [
        "",
        " ",
        "\n\n",
        "\u{0}",
        "a\u{301}b",
        "🦀",
        "a b",
        "a\r\nb",
        "ａ\u{200d}b",
        "a".repeat(70_000).as_str(),
    ] {
        for lang in ["", "zz", "en-US", "zh-Hant", "not a tag"] {
            let verdict = rules.judge(&document(lang, text, text));
            assert_eq!(
                verdict.hits.is_empty(),
                !["a b", "a\r\nb"].contains(&text),
                "{text} in {lang}"
            );
        }
    }
}

/// A word of a made text: which one, its sentence, its paragraph.
type Word = (usize, usize, usize);

/// Up to twelve words in sentences and paragraphs, all by chance.
fn random_text(state: &mut u64) -> (String, Vec<Word>) {
    let mut next = |below: u64| {
        // Knuth's MMIX generator: the same texts in every run.
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((*state >> 33) % below).expect("small")
    };
    let (mut text, mut words) = (String::new(), Vec::new());
    let (mut sentence, mut paragraph) = (0, 0);
    for _ in 0..=next(12) {
        let word = next(3);
        words.push((word, sentence, paragraph));
        text.push_str(["Anna", "Boris", "Clara"][word]);
        let end = next(6);
        text.push_str([" ", " ", " ", ". ", ". ", "\n"][end]);
        sentence += usize::from(end >= 3);
        paragraph += usize::from(end == 5);
    }
    (text, words)
}

#[test]
fn relations_agree_with_trying_all_pairs() {
    type Related = fn(&(usize, &Word), &(usize, &Word)) -> bool;
    let relations: [(&str, Related); 4] = [
        ("near/1", |a, b| a.0.abs_diff(b.0) <= 1),
        ("near/3", |a, b| a.0.abs_diff(b.0) <= 3),
        ("in-sentence", |a, b| a.1.1 == b.1.1),
        ("in-paragraph", |a, b| a.1.2 == b.1.2),
    ];
    let mut state = 7;
    for (relation, related) in relations {
        let rules = rules(&format!(
            "=\"anna\" {relation} any(=\"boris\", =\"clara boris\")"
        ));
        for _ in 0..500 {
            let (text, words) = random_text(&mut state);
            let numbered: Vec<(usize, &Word)> = words.iter().enumerate().collect();
            let partner = |one: &&(usize, &Word), of: usize| {
                let mut others = numbered.iter().filter(|other| other.1.0 == of);
                others.any(|other| related(one, other))
            };
            // The phrase is related by either end; its second word is a "Boris" of its own.
            let holds = numbered
                .iter()
                .filter(|word| word.1.0 == 0)
                .any(|word| partner(&word, 1) || clara_boris(&numbered, word, related));
            let verdict = rules.judge(&document("en", "", &text));
            assert_eq!(!verdict.hits.is_empty(), holds, "{relation} in {text:?}");
        }
    }
}

/// Whether the phrase "Clara Boris" is related to a word by its first word.
fn clara_boris(
    words: &[(usize, &Word)],
    to: &(usize, &Word),
    related: fn(&(usize, &Word), &(usize, &Word)) -> bool,
) -> bool {
    words.windows(2).any(|pair| {
        pair[0].1.0 == 2 && pair[1].1.0 == 1 && pair[0].1.2 == pair[1].1.2 && related(&pair[0], to)
    })
}

#[test]
fn the_words_of_an_entry_are_stemmed_in_their_own_language() {
    let document = Document::new(DocumentInput {
        title: "A brief introduction to bread".to_owned(),
        body: "Flour, water and salt are all that is needed for a good loaf.".to_owned(),
        entry_title: "Китай и Россия расширяют дипломатическое взаимодействие".to_owned(),
        lang: Some("en".to_owned()),
        ..DocumentInput::default()
    });
    let verdict = rules("\"дипломатический\"").judge(&document);
    assert_eq!(verdict.hits.len(), 1, "{verdict:?}");
    assert_eq!(verdict.hits[0].evidence[0].field, Field::EntryTitle);
    assert_eq!(verdict.hits[0].evidence[0].text, "дипломатическое");
}
