//! Damaged feeds: none panics, none takes long.
//!
//! Fixtures (and the developers' corpus, where it is there) are cut, spliced, doubled and sprinkled with the
//! words that readers stumble over. `WIREWATCH_MUTATIONS=N` reads N documents and `WIREWATCH_MUTATIONS=60s` reads for a
//! minute; a run is repeated with `WIREWATCH_SEED`, one document with `WIREWATCH_MUTATIONS=1` and the seed that is told.

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use wirewatch::feed::{self, Hints, dates};

/// Longest document; real feeds are longer, damage is not of another kind there.
const DOCUMENT_BYTES_MAX: usize = 64 * 1024;
/// Longest time of one document; without optimisation it is twenty times that.
const PARSE_MAX: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 100 });
/// How long the plain test run goes on.
const USUAL: Duration = Duration::from_secs(10);

/// What readers stumble over.
const WORDS: &[&[u8]] = &[
    b"<item>",
    b"</item>",
    b"<entry>",
    b"</entry>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?xml",
    b"?>",
    b"<!DOCTYPE x [",
    b"<!ENTITY a '&a;&a;'>",
    b"]>",
    b"&",
    b"&#",
    b"&#x110000;",
    b"&nbsp;",
    b"&amp;lt;",
    b"<",
    b">",
    b"/>",
    b"</",
    b"\"",
    b"'",
    b"xmlns=\"\"",
    b"xmlns:a='http://www.w3.org/2005/Atom'",
    b"xml:base='//'",
    b"type=\"base64\"",
    b"mode='base64'",
    b"<script>",
    b"<div>",
    b"<title>",
    b"<link href='",
    b"<pubDate>",
    b"<guid>",
    b"<feed>",
    b"<rss>",
    b"<channel>",
    b"<rdf:RDF>",
    b"\0",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xf0\x9f\x98",
    "\u{202e}".as_bytes(),
    "年".as_bytes(),
    "\u{1f4a9}".as_bytes(),
    b"{\"items\":[",
    b"\"date_published\":",
    b"null",
    b"[[[[[[[[",
    b"\\ud800",
    b"9999999999999999999",
    b"+99:99",
    b"0000-00-00",
    b"Feb 30",
    b"24:61:61",
    b"@",
    b"(a@b",
    b"http://[::",
    b"\x1b$B",
];

fn fixtures_and_corpus() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        root.join("tests/fixtures/feeds"),
        root.join("../shared/corpus/feeds/files"),
        root.join("../../shared/corpus/feeds/files"),
    ];
    let mut seeds = Vec::new();
    let mut open: Vec<_> = folders.into();
    while let Some(path) = open.pop() {
        if let Ok(inside) = fs::read_dir(&path) {
            open.extend(inside.filter_map(|entry| Some(entry.ok()?.path())));
        } else if let Ok(bytes) = fs::read(&path)
            && bytes.len() <= DOCUMENT_BYTES_MAX
        {
            seeds.push(bytes);
        }
    }
    seeds.sort();
    assert!(seeds.len() > 20, "the fixtures are in the repository");
    seeds
}

/// A part of a document, seldom long.
fn span(chance: &mut StdRng, length: usize) -> std::ops::Range<usize> {
    let start = chance.random_range(0..=length);
    let most = 1 << chance.random_range(0..12);
    start..length.min(start + chance.random_range(0..=most))
}

fn damage(document: &mut Vec<u8>, other: &[u8], chance: &mut StdRng) {
    let length = document.len();
    let at = chance.random_range(0..=length);
    match chance.random_range(0..8) {
        0 if length > 0 => document[at.min(length - 1)] ^= 1 << chance.random_range(0..8),
        1 if length > 0 => document[at.min(length - 1)] = chance.random(),
        2 => document.truncate(at),
        3 => drop(document.drain(span(chance, length))),
        4 => {
            let copy = document[span(chance, length)].to_vec();
            let times = 1 << chance.random_range(0..6);
            document.splice(at..at, copy.repeat(times));
        }
        5 => {
            let part = other[span(chance, other.len())].to_vec();
            document.splice(at..at, part);
        }
        6 => {
            let tail = &other[chance.random_range(0..=other.len())..];
            document.truncate(at);
            document.extend_from_slice(tail);
        }
        _ => {
            let word = WORDS.choose(chance).expect("there are words");
            document.splice(at..at, word.iter().copied());
        }
    }
    document.truncate(DOCUMENT_BYTES_MAX);
}

/// The document that a seed stands for.
fn document(seeds: &[Vec<u8>], seed: u64) -> Vec<u8> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut document = seeds.choose(&mut chance).expect("there are seeds").clone();
    for _ in 0..chance.random_range(1..=8) {
        let other = seeds.choose(&mut chance).expect("there are seeds");
        damage(&mut document, other, &mut chance);
    }
    document
}

/// How long a document takes; `None` if it panics.
fn read(document: &[u8]) -> Option<Duration> {
    let start = Instant::now();
    let hints = Hints::default();
    catch_unwind(|| {
        let _ = feed::parse(document, &hints);
        let text = String::from_utf8_lossy(&document[..document.len().min(200)]);
        let _ = dates::parse(&text, Some("ha"));
    })
    .ok()?;
    Some(start.elapsed())
}

fn told(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "how a test is told its size")]
    env::var(name).ok()
}

enum Until {
    Count(u64),
    Time(Duration),
}

fn until() -> Until {
    let wanted = told("WIREWATCH_MUTATIONS").unwrap_or_default();
    match (wanted.parse(), wanted.strip_suffix('s').map(str::parse)) {
        (Ok(count), _) => Until::Count(count),
        (_, Some(Ok(seconds))) => Until::Time(Duration::from_secs(seconds)),
        _ => Until::Time(USUAL),
    }
}

#[test]
fn damaged_feeds_neither_panic_nor_hang() {
    let seeds = fixtures_and_corpus();
    let first = told("WIREWATCH_SEED").and_then(|seed| seed.parse().ok());
    let first = first.unwrap_or_else(|| u64::from(std::process::id()) << 32);
    println!("WIREWATCH_SEED={first}");
    let until = until();
    let started = Instant::now();
    let (mut slowest, mut faults, mut bytes) = ((Duration::ZERO, 0), Vec::new(), 0);
    let mut count = 0;
    loop {
        let is_over = match until {
            Until::Count(wanted) => count >= wanted,
            Until::Time(wanted) => started.elapsed() >= wanted,
        };
        if is_over {
            break;
        }
        let seed = first.wrapping_add(count);
        let document = document(&seeds, seed);
        bytes += document.len();
        // The machine may have been busy elsewhere: only what is slow again is slow.
        let time = read(&document).and_then(|time| match time > PARSE_MAX {
            true => read(&document).map(|again| again.min(time)),
            false => Some(time),
        });
        match time {
            None => faults.push(format!("WIREWATCH_SEED={seed} panics")),
            Some(time) if time > PARSE_MAX => {
                faults.push(format!("WIREWATCH_SEED={seed} takes {time:?}"))
            }
            Some(time) => slowest = slowest.max((time, seed)),
        }
        count += 1;
    }
    let rate = count as f64 / started.elapsed().as_secs_f64();
    println!(
        "{count} documents, {bytes} bytes, {rate:.0} a second; slowest {:?} (WIREWATCH_SEED={})",
        slowest.0, slowest.1
    );
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Nesting is no damage of chance, so it is tried as such.
#[test]
fn deep_and_broad_documents_take_no_longer() {
    let repeated =
        |unit: &str, count: usize| format!("<rss><channel><item><title>{}", unit.repeat(count));
    let units = [
        "<a>",
        "<a><![CDATA[",
        "<!--",
        "&lt;b&gt;",
        "<item>",
        "<?x ",
        "<a b='",
        "]]>",
        "&",
        "<!DOCTYPE",
        "</",
        "\u{1f4a9}<x:y z=1>",
    ];
    let worker = thread::Builder::new().stack_size(1 << 20);
    let run = move || {
        for unit in units {
            let document = repeated(unit, DOCUMENT_BYTES_MAX / unit.len());
            let time = read(document.as_bytes());
            assert!(
                time.is_some_and(|time| time < PARSE_MAX),
                "{unit}: {time:?}"
            );
        }
    };
    worker
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no panic");
}
