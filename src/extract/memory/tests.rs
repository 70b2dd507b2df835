//! Judgements that need pages made to measure.

use super::recall::{SeenLine, SeenPath};
use super::*;

fn line(hash: u64, weight: u16) -> SeenLine {
    SeenLine {
        hash,
        kept: true,
        weight,
        said: format!("line {hash}").into(),
    }
}

/// Page `number`: a long line of its own, and the lines given.
fn page(number: u32, topics: u64, lines: &[u64]) -> Impression {
    let own = (0..4).map(|n| line(u64::from(number) * 1_000 + n, 400));
    Impression {
        url: number,
        topics,
        lines: own
            .chain(lines.iter().map(|hash| line(*hash, 120)))
            .collect(),
        paths: Vec::new(),
        found_path: false,
        confident: true,
    }
}

fn asked(hash: u64, is_long_sentence: bool) -> LineOfPage {
    LineOfPage {
        hash: Some(hash),
        path: 0,
        is_long_sentence,
    }
}

fn recurs(memory: &HostMemory, line: &LineOfPage) -> bool {
    memory.judge(line, memory.common_topics()) == Some(Judgement::Recurs)
}

#[test]
fn background_of_one_matter_stays_longer_than_boilerplate() {
    let mut memory = HostMemory::default();
    // Line 7 stands with matter 1 alone, line 8 with any: both are on every third page.
    for number in 0..21 {
        let of_matter = number % 3 == 0;
        let topics = 1 << (if of_matter { 1 } else { 2 + number });
        let lines: &[u64] = if of_matter { &[7] } else { &[8] };
        memory.learn(&page(number, topics, lines));
        let seen = number / 3 + 1;
        let long = recurs(&memory, &asked(7, true));
        assert!(!long, "on {seen} articles about one matter");
        assert_eq!(
            recurs(&memory, &asked(7, false)),
            seen >= 3,
            "a short line, on {seen}"
        );
        assert_eq!(
            recurs(&memory, &asked(8, true)),
            number >= 4,
            "any matter, page {number}"
        );
    }
    memory.learn(&page(21, 1 << 1, &[7]));
    assert!(recurs(&memory, &asked(7, true)), "on eight articles");
}

#[test]
fn a_path_says_what_it_carried() {
    for (path, expected) in [
        (KnownPath(1, 2, 2, 20, 0, 0), 0.0),
        (KnownPath(1, 9, 9, 90, 0, 0), TRUST_MAX),
        (KnownPath(1, 9, 9, 90, 90, 0), 0.0),
        (KnownPath(1, 9, 1, 9, 0, 0), 0.0),
        (KnownPath(1, 9, 0, 0, 90, 0), -DISTRUST_MAX),
    ] {
        assert!(
            (path.says() - expected).abs() < 1e-6,
            "{path:?}: {}",
            path.says()
        );
    }
}

#[test]
fn old_paths_are_forgotten_after_four_pages_without_them() {
    let mut memory = HostMemory::default();
    let with_path = |number: u32, signature: u64| Impression {
        paths: vec![SeenPath {
            signature,
            kept: 4,
            left: 0,
            is_main: true,
        }],
        ..page(number, 0, &[])
    };
    (0..5).for_each(|number| _ = memory.learn(&with_path(number, 1)));
    assert_eq!(memory.trusted(), [1]);
    (5..8).for_each(|number| _ = memory.learn(&with_path(number, 100 + u64::from(number))));
    assert_eq!(memory.trusted(), [1]);
    _ = memory.learn(&with_path(8, 108));
    assert!(memory.trusted().is_empty());
    (9..12).for_each(|number| _ = memory.learn(&with_path(number, 2)));
    assert_eq!(memory.trusted(), [2]);
}

#[test]
fn what_is_not_seen_again_is_forgotten() {
    let mut memory = HostMemory::default();
    (0..3).for_each(|number| _ = memory.learn(&page(number, 0, &[7])));
    assert!(recurs(&memory, &asked(7, false)));
    (3..3 + 3 * HALF_LIFE_PAGES).for_each(|number| _ = memory.learn(&page(number, 0, &[8])));
    assert!(memory.line(7).is_none() && recurs(&memory, &asked(8, false)));
    assert!(memory.lines.len() <= LINES_MAX);
}
