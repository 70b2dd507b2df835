//! One visit told in many languages is one story, in whatever order the reports arrive.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::model::StoryId;
use crate::story::{Fingerprint, Index, StoryText};

/// Blocks of three lines: `STORY LANGUAGE`, title, body.
const REPORTS: &str = include_str!("visit_reports.txt");

struct Report {
    story: &'static str,
    fingerprint: Fingerprint,
}

fn reports() -> Vec<Report> {
    let blocks = REPORTS.trim().split("\n\n");
    blocks
        .map(|block| {
            let mut lines = block.lines();
            let (story, lang) = lines.next().unwrap().split_once(' ').unwrap();
            Report {
                story,
                fingerprint: Fingerprint::of(StoryText {
                    title: lines.next().unwrap(),
                    body: lines.next().unwrap(),
                    lang: Some(lang),
                }),
            }
        })
        .collect()
}

/// A permutation by a linear congruential generator.
fn shuffled(len: usize, seed: u64) -> Vec<usize> {
    let mut state = seed;
    let mut order: Vec<usize> = (0..len).collect();
    for last in (1..len).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (state >> 33) as usize % (last + 1));
    }
    order
}

#[test]
fn every_order_of_arrival_gives_the_same_stories() {
    let reports = reports();
    let start = Timestamp::from_second(1_795_000_000).unwrap();
    for seed in 0..50 {
        let mut index = Index::default();
        let mut names: Vec<&str> = Vec::new();
        for (minutes, at) in (0..).zip(shuffled(reports.len(), seed)) {
            let Report { story, fingerprint } = &reports[at];
            let now = start + SignedDuration::from_mins(minutes);
            index.add(fingerprint.clone(), Some(now));
            names.push(story);
        }
        let ids = index.stories().map(|(_, id)| id);
        let mut stories: Vec<(&str, StoryId)> = names.into_iter().zip(ids).collect();
        stories.sort_unstable();
        stories.dedup();
        let names: Vec<&str> = stories.iter().map(|(story, _)| *story).collect();
        let ids: BTreeSet<StoryId> = stories.iter().map(|(_, id)| *id).collect();
        assert_eq!(names, ["bridge", "visit", "volleyball"], "seed {seed}");
        assert_eq!(ids.len(), 3, "seed {seed}: {stories:?}");
    }
}
