//! What stories cost with a full window: `cargo bench --bench stories -- ARTICLES.jsonl [WINDOW [FOLDER]]`.
//!
//! Articles are JSON Lines with title, body and lang. A window of WINDOW articles (100,000 where it is missing) of seven
//! days is filled with made ones: each has sentences of three random articles of one language, and every tenth repeats one
//! of the articles as it is. Then 2,000 more are measured: fingerprint, choosing and keeping in memory, with the time in which old ones are
//! let go; and memory an article. CPU time of one thread.
//!
//! The daemon looks candidates up in its store instead: with a FOLDER, the window is put into a database there, and
//! the look-ups of the same 2,000 articles are timed by the wall clock, with reading the fingerprints found out of their bytes.

#[path = "common/clock.rs"]
#[allow(dead_code, reason = "shared with benches that need all of it")]
mod clock;

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clock::cpu_ms;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use wirewatch::store::{OpenMode, SqliteStore, Store};
use wirewatch::story::{Fingerprint, Index, StoryOptions, StoryText};
use wirewatch::text::analyse;

const WINDOW: usize = 100_000;
const MEASURED: usize = 2_000;

struct Text {
    title: String,
    body: String,
    lang: String,
}

/// A small generator with a fixed seed, so that every run has the same articles.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

fn sentences(body: &str) -> Vec<&str> {
    body.split_inclusive(['.', '。', '!', '?', '\n']).collect()
}

/// The `number`th article: a mix of three, or one as it is.
fn made(
    texts: &[Text],
    by_lang: &BTreeMap<&str, Vec<usize>>,
    chance: &mut Chance,
    number: usize,
) -> Text {
    let first = &texts[chance.below(texts.len())];
    if number.is_multiple_of(10) {
        let (title, body) = (first.title.clone(), first.body.clone());
        let lang = first.lang.clone();
        return Text { title, body, lang };
    }
    let same = &by_lang[first.lang.as_str()];
    let mut body = String::new();
    let mut title = Vec::new();
    for _ in 0..3 {
        let text = &texts[same[chance.below(same.len())]];
        let all = sentences(&text.body);
        for _ in 0..all.len().div_ceil(3) {
            body.push_str(all[chance.below(all.len())]);
            body.push(' ');
        }
        let words: Vec<&str> = text.title.split_whitespace().collect();
        title.extend(
            words
                .iter()
                .skip(chance.below(words.len()))
                .take(4)
                .copied(),
        );
    }
    Text {
        title: title.join(" "),
        body,
        lang: first.lang.clone(),
    }
}

fn fingerprint(text: &Text) -> Fingerprint {
    Fingerprint::of(StoryText {
        title: &text.title,
        body: &text.body,
        lang: Some(&text.lang),
    })
}

fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kb = line.and_then(|line| line.trim().strip_suffix(" kB"));
    kb.and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}

/// A database whose story index is filled row by row: the verbs of the store would take hours for it.
struct Stored {
    file: PathBuf,
    rows: rusqlite::Connection,
}

impl Stored {
    fn fill(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the folder");
        let file = folder.join("stories.db");
        SqliteStore::open(&file, OpenMode::Command).expect("a new database");
        let rows = rusqlite::Connection::open(&file).expect("the database");
        rows.execute_batch("pragma foreign_keys = off; pragma synchronous = off; begin")
            .expect("a transaction");
        Self { file, rows }
    }

    fn put(&self, article: i64, print: &Fingerprint, at: Timestamp) {
        let mut insert = self
            .rows
            .prepare_cached(
                "insert into fingerprint (id, article_id, dated_at, bytes) values (?1, ?1, ?2, ?3)",
            )
            .expect("the statement");
        insert
            .execute(rusqlite::params![
                article,
                at.as_millisecond(),
                print.to_bytes()
            ])
            .expect("a fingerprint");
        let mut insert = self
            .rows
            .prepare_cached("insert into story_article (article_id, story_id) values (?1, ?1)")
            .expect("the statement");
        insert.execute([article]).expect("its story");
        let mut insert = self
            .rows
            .prepare_cached("insert into story_key (key, fingerprint_id) values (?1, ?2)")
            .expect("the statement");
        for key in print.keys() {
            insert.execute([key.cast_signed(), article]).expect("a key");
        }
    }

    fn look_up(self, prints: &[Fingerprint], since: Timestamp) {
        self.rows.execute_batch("commit; analyze").expect("rows");
        drop(self.rows);
        let store = SqliteStore::open(&self.file, OpenMode::ReadOnly).expect("the database");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let mut times = Vec::new();
        let mut candidates = 0;
        for print in prints {
            let keys = print.keys();
            let begun = Instant::now();
            let found = runtime
                .block_on(store.story_candidates(&keys, since))
                .expect("candidates");
            let read = found.candidates.iter();
            candidates += read
                .filter(|found| black_box(Fingerprint::from_bytes(&found.fingerprint)).is_ok())
                .count();
            times.push(begun.elapsed().as_secs_f64() * 1e6);
        }
        times.sort_by(f64::total_cmp);
        let mean = times.iter().sum::<f64>() / times.len() as f64;
        println!(
            "look-up in store {mean:8.1} us, median {:.1}, p99 {:.1}, {} candidates",
            times[times.len() / 2],
            times[times.len() * 99 / 100],
            candidates / prints.len()
        );
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    let Some(path) = arguments.first() else {
        eprintln!("no articles: cargo bench --bench stories -- ARTICLES.jsonl");
        return;
    };
    let window = arguments
        .get(1)
        .and_then(|n| n.parse().ok())
        .unwrap_or(WINDOW);
    let lines = fs::read_to_string(path).expect("a file of articles");
    let texts: Vec<Text> = lines
        .lines()
        .map(|line| {
            let value: Value = serde_json::from_str(line).expect("JSON");
            let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
            Text {
                title: text("title"),
                body: text("body"),
                lang: text("lang"),
            }
        })
        .collect();
    let mut by_lang: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, text) in texts.iter().enumerate() {
        by_lang.entry(&text.lang).or_default().push(place);
    }
    let start = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50);
    let gap = SignedDuration::from_hours(24 * 7)
        / i32::try_from(window).expect("a window of some articles");
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let mut index = Index::new(StoryOptions::default());
    let mut now = start;
    let folder = arguments.get(2).map(Path::new);
    let stored = folder.map(Stored::fill);
    let before = resident();
    for number in 0..window {
        now += gap;
        let print = fingerprint(&made(&texts, &by_lang, &mut chance, number));
        if let Some(stored) = &stored {
            stored.put(number as i64 + 1, &print, now);
        }
        index.add(print, Some(now));
    }
    let bytes = (resident() - before) / window as f64;
    let more: Vec<Text> = (0..MEASURED)
        .map(|number| made(&texts, &by_lang, &mut chance, number))
        .collect();
    let chars: usize = more.iter().map(|text| text.body.chars().count()).sum();
    let begun = cpu_ms();
    for text in &more {
        black_box(analyse(&text.title, Some(&text.lang)));
        black_box(analyse(&text.body, Some(&text.lang)));
    }
    let analysed = cpu_ms() - begun;
    let begun = cpu_ms();
    let prints: Vec<Fingerprint> = more.iter().map(fingerprint).collect();
    let printed = cpu_ms() - begun;
    if let Some(stored) = stored {
        stored.look_up(&prints, now - SignedDuration::from_hours(24 * 7));
    }
    let begun = cpu_ms();
    for print in prints {
        now += gap;
        index.add(print, Some(now));
    }
    let added = cpu_ms() - begun;
    let whole = printed + added;
    let each = |ms: f64| ms * 1000.0 / MEASURED as f64;
    println!(
        "window {window}, {} characters an article",
        chars / MEASURED
    );
    println!("fingerprint      {:8.1} us", each(printed));
    println!("of it analysis   {:8.1} us", each(analysed));
    println!("choose and keep  {:8.1} us", each(added));
    println!("articles/s       {:8.0}", MEASURED as f64 * 1000.0 / whole);
    println!(
        "without analysis {:8.0} articles/s",
        MEASURED as f64 * 1000.0 / added
    );
    println!("memory           {bytes:8.0} bytes an article");
    let oldest = index.stories().next().map_or(0, |(article, _)| article.0);
    println!("let go           {oldest:8} articles while {MEASURED} came");
}
