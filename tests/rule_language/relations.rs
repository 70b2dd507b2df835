//! What stands near to what.

use crate::asking::{check, document, rules};

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
fn order_counts_for_before() {
    check("\"a\" before/2 \"b\"", "en", "a x b", "a|b");
    check("\"a\" before/2 \"b\"", "en", "b x a", "-");
    check("\"a\" before/2 \"b\"", "en", "a x x b", "-");
    check(
        "\"a\" before/2 \"b\" before/2 \"c\"",
        "en",
        "a b c",
        "a|b|c",
    );
    check("\"a\" before/3 \"b\" before/3 \"c\"", "en", "a c b", "-");
    check(
        "\"a\" before/3 (\"b\" near/2 \"c\")",
        "en",
        "a c b",
        "a|c|b",
    );
    check("\"a\" before/3 (\"b\" near/2 \"c\")", "en", "c a b", "-");
    check("\"a\" before/1 \"a\"", "en", "a a", "a|a");
    check("\"a\" before/9 \"b\"", "en", "a // b", "-");
    check(
        "any(\"a\", \"b\") before/1 \"c\" and not \"d\" before/1 \"e\"",
        "en",
        "b c e d",
        "b|c",
    );
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
