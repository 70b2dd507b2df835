//! What `watch explain` proposes for an article that a watch misses: applied to a copy of the article or of the
//! rule, every proposal that says it would fire does.

use wirewatch::rules::{
    Document, DocumentInput, Facts, ListSource, ListTerm, NamedKind, NamedSource, RuleSet,
    RuleSource, WatchSource,
};

fn source(expression: &str) -> RuleSource {
    let term = |text: &str, weight| ListTerm {
        text: text.to_owned(),
        weight,
    };
    RuleSource {
        watches: vec![WatchSource {
            name: "w".to_owned(),
            expression: expression.to_owned(),
            ..WatchSource::default()
        }],
        lists: vec![ListSource {
            name: "talks".to_owned(),
            terms: vec![
                term("переговоры", 1.0),
                term("bertemu", 1.0),
                term("kunjungan", 1.0),
                term("kerja sama", 2.0),
                term("meeting", 1.0),
                term("gossip", -1.0),
            ],
            ..ListSource::default()
        }],
        named: vec![NamedSource {
            kind: NamedKind::Person,
            name: "wang".to_owned(),
            names: vec!["王毅".to_owned(), "Wang Yi".to_owned()],
            misspellings: 0,
            context: None,
            within: 30,
        }],
        ..RuleSource::default()
    }
}

fn article() -> DocumentInput {
    DocumentInput {
        title: "Menlu China tiba di Jakarta pada hari Senin".to_owned(),
        body: "Menteri luar negeri China mengatakan kunjungan itu memperkuat kemitraan kedua negara. \
               Ia membahas perdagangan, investasi dan pariwisata di kawasan bersama pejabat Rusia.\n\
               Cuaca cerah pada hari itu di ibu kota."
            .to_owned(),
        lang: Some("id".to_owned()),
        facts: Facts::default(),
        ..DocumentInput::default()
    }
}

fn hits(source: &RuleSource, input: &DocumentInput) -> bool {
    let rules = RuleSet::compile(source).expect("it compiles");
    !rules.judge(&Document::new(input.clone())).hits.is_empty()
}

/// What is proposed; everything that fires is applied and does.
fn proposals(expression: &str) -> Vec<String> {
    let (source, input) = (source(expression), article());
    let rules = RuleSet::compile(&source).expect(expression);
    assert!(!hits(&source, &input), "{expression} hits");
    let proposals = rules.proposals(&source, "w", &input);
    let again = rules.proposals(&source, "w", &input);
    assert_eq!(proposals, again, "it depends on nothing else");
    for proposal in &proposals {
        assert_eq!(proposal.fires, proposal.says.ends_with("would fire"));
        if !proposal.fires {
            continue;
        }
        let mut changed = source.clone();
        if let Some(rule) = &proposal.rule {
            changed.watches[0].expression.clone_from(rule);
        }
        assert!(
            hits(&changed, &proposal.applied_to(&input)),
            "{expression}: {}",
            proposal.says
        );
    }
    proposals
        .into_iter()
        .map(|proposal| proposal.says)
        .collect()
}

#[test]
fn the_nearest_hit_is_told_and_fires() {
    for (expression, told) in [
        (r#"country:CN and "bertemu""#, "adding *bertemu* would fire"),
        (
            r#"country:CN and score($talks) >= 2"#,
            "score 1 of 2: one more of $talks, e.g. adding *bertemu* would fire",
        ),
        (
            r#"country:CN and score($talks) >= 5"#,
            "score 1 of 5: more of $talks, e.g. adding ",
        ),
        (
            r#"country:CN and score($talks) >= 1.5"#,
            "score 1 of 1.5: score($talks) >= 1 would fire",
        ),
        (
            r#""negeri" near/2 "kunjungan""#,
            "3 words apart, near/2 asked: near/3 would fire",
        ),
        (
            r#""kunjungan" before/9 "menteri""#,
            "they stand the other way round, before/9 asked: near/5 would fire",
        ),
        (
            r#"country:CN in-sentence country:RU"#,
            "in one paragraph, not in one sentence: in-paragraph would fire",
        ),
        (
            r#"country:CN in-sentence country:FR"#,
            "adding *Prancis* behind “China” would fire",
        ),
        (
            r#"country:FR before/3 country:CN"#,
            "adding *Prancis* before “China” would fire",
        ),
        (
            r#""menteri" in-paragraph "cuaca""#,
            "words apart, not in one paragraph: near/",
        ),
        (
            r#"country:CN and not "cuaca""#,
            "excluded: the article without “Cuaca” (body) would fire",
        ),
        (
            r#"country:CN and title("kunjungan")"#,
            "adding *kunjungan* to the title would fire",
        ),
        (
            r#"country:CN and title("kunjungan")"#,
            "“kunjungan” stands in the body, not in title(...): the rule without title(...) would fire",
        ),
        (
            r#"country:CN and first(3, "pejabat")"#,
            "adding *pejabat* to the title would fire",
        ),
        (
            r#"country:CN and lead("gempa")"#,
            "adding *gempa* to the beginning of the body would fire",
        ),
        (
            r#"count("kunjungan") >= 3 and country:CN"#,
            "at 1 of 3 places: adding *kunjungan*, *kunjungan* would fire",
        ),
        (
            r#"distinct($talks) >= 2"#,
            "1 of 2 different terms: adding *bertemu* would fire",
        ),
        (r#"distinct(region:ASEAN) >= 2"#, "different terms: adding "),
        (
            r#"2 of ("cuaca", "gempa", "banjir")"#,
            "1 of 2 hold: adding *gempa* would fire",
        ),
        (
            r#"country:CN and person:wang"#,
            "adding *Wang Yi* would fire",
        ),
        (
            r#"country:CN and ("gempa" or "banjir")"#,
            "adding *banjir* would fire",
        ),
        (
            r#""gempa" and "banjir" and "cuaca""#,
            "adding *gempa*, and adding *banjir* would fire",
        ),
        (
            r#""cuaca" and words >= 200"#,
            "`words >= 200` is asked, it is 30",
        ),
    ] {
        let said = proposals(expression);
        assert!(
            said.iter().any(|says| says.contains(told)),
            "{expression}: `{told}` is not among {said:#?}"
        );
    }
}

#[test]
fn words_are_those_of_the_language() {
    let said = proposals(r#"country:CN and title($talks)"#);
    assert_eq!(said[0], "adding *bertemu* to the title would fire");
    let said = proposals(r#"country:CN and $talks near/2 "cuaca""#);
    assert_eq!(said[0], "17 words apart, near/2 asked: near/17 would fire");
    assert!(proposals(r#"country:RU and "gempa" and /CVE-\d+/"#).is_empty());
}

#[test]
fn a_hit_needs_nothing() {
    let source = source("country:CN");
    let rules = RuleSet::compile(&source).expect("it compiles");
    assert!(rules.proposals(&source, "w", &article()).is_empty());
    assert!(rules.proposals(&source, "none", &article()).is_empty());
}
