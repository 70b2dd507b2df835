//! What is remembered of a host, on a made site of fifty pages in each of five languages: foreign lines go, no line of
//! a body does, a redesign passes.

#[path = "../common/program.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod common;
mod program;
mod site;
#[path = "../common/stand_in.rs"]
#[expect(dead_code, reason = "other tests use the rest of it")]
mod stand_in;

use site::{Design, LANGUAGES, MadePage, page, told_again};
use wirewatch::extract::{Aids, HostMemory, Page, extract, extract_with_memory};

/// Articles of a host after which its foreign lines are known: the third is the last that may show them.
const LEARNING: usize = 3;

/// How one page was read.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Reading {
    /// Foreign lines in the body.
    foreign: usize,
    /// Lines of the article that are not in the body.
    lost: usize,
}

impl Reading {
    fn of(made: &MadePage, body: &str) -> Self {
        let lines: Vec<&str> = body.lines().collect();
        Self {
            foreign: made
                .foreign
                .iter()
                .filter(|line| lines.contains(&line.as_str()))
                .count(),
            lost: made
                .body
                .iter()
                .filter(|line| !lines.contains(&line.as_str()))
                .count(),
        }
    }
}

fn read_alone(made: &MadePage) -> Reading {
    let page = Page {
        url: &made.url,
        content_type: None,
    };
    Reading::of(made, &extract(made.html.as_bytes(), &page).article.body)
}

fn read(memory: &mut HostMemory, made: &MadePage) -> Reading {
    let page = Page {
        url: &made.url,
        content_type: None,
    };
    let (extracted, impression) =
        extract_with_memory(made.html.as_bytes(), &page, Aids::default(), memory);
    memory.learn(&impression);
    Reading::of(made, &extracted.article.body)
}

#[test]
fn foreign_lines_go_after_three_pages_and_no_line_of_a_body_is_lost() {
    let mut alone = Reading::default();
    for language in 0..LANGUAGES {
        let mut memory = HostMemory::default();
        for number in 0..50 {
            let design = if number < 25 {
                Design::Old
            } else {
                Design::New
            };
            let made = page(language, number, design);
            let without = read_alone(&made);
            let with = read(&mut memory, &made);
            alone.foreign += without.foreign;
            alone.lost += without.lost;
            assert!(
                with.lost <= without.lost,
                "{}: {with:?}, without memory {without:?}",
                made.url
            );
            // The redesign brings foreign lines of its own, which are learnt in as many pages.
            if number as usize % 25 >= LEARNING {
                assert_eq!(with.foreign, 0, "{} {:?}", made.url, memory.summary());
            }
        }
        println!("{language}: {} bytes", memory.encode().len());
    }
    println!("without memory: {alone:?} on {} pages", 50 * LANGUAGES);
    assert!(alone.foreign > 100, "the site is too easy: {alone:?}");
}

/// Nothing that recurs by the memory's word is of the article.
fn knows_no_line_of(memory: &HostMemory, made: &MadePage) {
    for (articles, said) in memory.summary().recurring {
        let own = made.body.iter().any(|line| line.starts_with(&said));
        assert!(!own, "{}: on {articles} articles: {said}", made.url);
    }
}

#[test]
fn an_article_told_ten_times_is_no_boilerplate() {
    for language in 0..LANGUAGES {
        let mut memory = HostMemory::default();
        let made = page(language, 7, Design::Old);
        let without = read_alone(&made);
        for time in 1..=10 {
            let again = told_again(language, &made, time);
            let reading = read(&mut memory, &again);
            assert!(
                reading.lost <= read_alone(&again).lost,
                "{}: {reading:?}",
                again.url
            );
            // The very same address counts for nothing either.
            assert!(read(&mut memory, &made).lost <= without.lost);
        }
        knows_no_line_of(&memory, &made);
        for number in 10..14 {
            read(&mut memory, &page(language, number, Design::Old));
        }
        assert!(
            read(&mut memory, &made).lost <= without.lost,
            "{:?}",
            memory.summary()
        );
    }
}

#[test]
fn copies_between_other_articles_are_no_boilerplate() {
    let mut memory = HostMemory::default();
    let made = page(0, 7, Design::Old);
    for number in 10..60 {
        read(&mut memory, &page(0, number, Design::Old));
        if number % 3 == 0 {
            let again = told_again(0, &made, number);
            assert!(
                read(&mut memory, &again).lost <= read_alone(&again).lost,
                "{}",
                again.url
            );
        }
    }
    knows_no_line_of(&memory, &made);
}

#[test]
fn two_passes_over_the_same_pages_are_one() {
    let mut memory = HostMemory::default();
    let pages: Vec<MadePage> = (0..60).map(|number| page(0, number, Design::Old)).collect();
    for made in &pages {
        read(&mut memory, made);
    }
    let learnt = memory.encode();
    for made in &pages {
        let reading = read(&mut memory, made);
        assert_eq!(
            (reading.foreign, reading.lost),
            (0, read_alone(made).lost),
            "{}",
            made.url
        );
    }
    assert_eq!(memory.encode(), learnt);
}

#[test]
fn a_memory_is_small_and_comes_back_as_it_was() {
    let mut memory = HostMemory::default();
    for number in 0..1_000 {
        read(
            &mut memory,
            &page((number % 5) as usize, number, Design::Old),
        );
    }
    let text = memory.encode();
    assert_eq!(HostMemory::decode(&text), memory);
    let packed = zstd::encode_all(text.as_bytes(), 3).expect("zstd packs");
    println!("{} bytes, packed {}", text.len(), packed.len());
    assert!(packed.len() < 12_000, "{} bytes", packed.len());
    for damaged in ["", "{", "[]", "{\"version\":9,\"pages\":3}"] {
        assert_eq!(
            HostMemory::decode(damaged),
            HostMemory::default(),
            "{damaged}"
        );
    }
}

#[test]
fn a_host_that_was_sure_and_is_not_any_more_is_forgotten() {
    let mut memory = HostMemory::default();
    for number in 0..10 {
        read(&mut memory, &page(0, number, Design::Old));
    }
    assert!(!memory.summary().passed_over);
    for number in 100..104 {
        let teaser = format!(
            "<html><title>Teaser number{number}</title><p>Only this line {number} is free to read here."
        );
        let page = Page {
            url: &format!("https://en.made.example/{number}"),
            content_type: None,
        };
        let (_, impression) =
            extract_with_memory(teaser.as_bytes(), &page, Aids::default(), &memory);
        memory.learn(&impression);
    }
    assert!(memory.summary().passed_over);
    read(&mut memory, &page(0, 50, Design::New));
    assert_eq!(memory.summary().recurring.len(), 0, "it starts over");
    for number in 51..58 {
        let reading = read(&mut memory, &page(0, number, Design::New));
        assert!(number < 53 || reading.foreign == 0, "{number}: {reading:?}");
    }
}
