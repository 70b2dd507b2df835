//! How fast feeds are read: bytes to entries with plain text, instants and identities.
//!
//! `cargo bench --bench feeds`. `real` needs the developers' feeds in `../shared/corpus/feeds` and is left out without
//! them; `fixtures` reads those of the tests; `dates` reads dates alone. `benches/feeds.py` puts feedparser beside it.

use std::fs;
use std::path::Path;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use wirewatch::feed::{self, Hints, dates};

fn main() {
    divan::main();
}

fn read_all(bencher: Bencher<'_, '_>, documents: &[Vec<u8>]) {
    let bytes: usize = documents.iter().map(Vec::len).sum();
    let hints = Hints::default();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        let feeds = documents
            .iter()
            .map(|document| feed::parse(document, &hints));
        feeds
            .filter_map(Result::ok)
            .map(|feed| feed.entries.len())
            .sum::<usize>()
    });
}

/// The feeds of category `real` that are UTF-8.
fn real_feeds() -> Option<Vec<Vec<u8>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A worktree lies one folder deeper than the repository.
    let corpora =
        ["../shared/corpus/feeds", "../../shared/corpus/feeds"].map(|path| root.join(path));
    let corpus = corpora.into_iter().find(|corpus| corpus.exists())?;
    let cases = fs::read_to_string(corpus.join("cases.jsonl")).ok()?;
    let cases = cases
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let real = cases.filter(|case| case["category"] == "real");
    let documents = real.filter_map(|case| fs::read(corpus.join(case["file"].as_str()?)).ok());
    Some(
        documents
            .filter(|document| std::str::from_utf8(document).is_ok())
            .collect(),
    )
}

#[divan::bench(sample_count = 20)]
fn real(bencher: Bencher<'_, '_>) {
    match real_feeds() {
        Some(documents) => read_all(bencher, &documents),
        None => eprintln!("real: left out, ../shared/corpus/feeds is not there"),
    }
}

#[divan::bench(sample_count = 20)]
fn fixtures(bencher: Bencher<'_, '_>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feeds");
    let files = fs::read_dir(folder).expect("the fixtures are in the repository");
    let documents: Vec<Vec<u8>> = files
        .filter_map(|file| fs::read(file.ok()?.path()).ok())
        .collect();
    read_all(bencher, &documents);
}

#[divan::bench(args = [
    "Sun, 22 Nov 2026 07:30:00 GMT",
    "2026-11-22T14:30:00+07:00",
    "Minggu, 22 November 2026 pukul 14.30 WIB",
    "вс, 22 ноября 2026 г., 10:30",
    "2026年11月22日 15:30",
    "no date at all, a sentence of usual length",
])]
fn date(bencher: Bencher<'_, '_>, written: &str) {
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench(|| dates::parse(divan::black_box(written), Some("id")));
}
