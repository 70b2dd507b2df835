//! The reports of the demo's visit are one story whatever the order in which they come, but for a few unlucky orders.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use wirewatch::story::{Fingerprint, Index, StoryOptions, StoryText};

struct Report {
    story: String,
    age: SignedDuration,
    fingerprint: Fingerprint,
}

/// The articles of the canned world that belong to a story.
fn reports() -> Vec<Report> {
    let outlets = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/articles");
    let mut paths = Vec::new();
    for outlet in fs::read_dir(outlets).expect("a folder of outlets") {
        let files = fs::read_dir(outlet.expect("an outlet").path()).expect("a folder of articles");
        paths.extend(files.map(|file| file.expect("a file").path()));
    }
    paths.sort();
    paths.iter().filter_map(|path| report(path)).collect()
}

fn report(path: &Path) -> Option<Report> {
    let text = fs::read_to_string(path).expect("a text");
    let (head, body) = text.split_once("\n+++\n")?;
    let head: toml::Table = head.parse().expect("TOML before the text");
    let outlet = fs::read_to_string(path.with_file_name("outlet.toml")).expect("an outlet");
    let outlet: toml::Table = outlet.parse().expect("TOML of the outlet");
    let lines = body.lines().filter(|line| !line.starts_with(['@', '[']));
    let body: Vec<&str> = lines.collect();
    Some(Report {
        story: head.get("story")?.as_str()?.to_owned(),
        age: SignedDuration::from_mins(head.get("age_min")?.as_integer()?),
        fingerprint: Fingerprint::of(StoryText {
            title: head.get("title")?.as_str()?,
            body: &body.join("\n"),
            lang: outlet.get("lang")?.as_str(),
        }),
    })
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
fn a_story_that_began_as_two_becomes_one() {
    let reports = reports();
    let visits = reports.iter().filter(|r| r.story == "wang-in-moscow");
    assert!(visits.count() >= 11, "the demo has eleven reports of it");
    let now = Timestamp::from_second(1_795_000_000).expect("a time of this century");
    let (orders, mut split) = (200, 0);
    for seed in 0..orders {
        let mut index = Index::new(StoryOptions::default());
        let order = shuffled(reports.len(), seed);
        for at in &order {
            let Report {
                age, fingerprint, ..
            } = &reports[*at];
            index.add(fingerprint.clone(), Some(now - *age));
        }
        let named = order.iter().map(|at| reports[*at].story.as_str());
        let told: BTreeSet<_> = named
            .zip(index.stories().map(|(_, story)| story))
            .filter(|(name, _)| *name != "vice-ministers-prepare")
            .collect();
        let ids: BTreeSet<_> = told.iter().map(|(_, story)| story).collect();
        assert_eq!(ids.len(), told.len(), "seed {seed}: two stories became one");
        split += u64::from(told.len() > 2);
    }
    // Four of ten orders left it split before stories were merged.
    assert!(split * 20 <= orders, "{split} of {orders} orders");
}
