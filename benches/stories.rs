//! What stories cost with a full window: `cargo bench --bench stories -- ARTICLES.jsonl [WINDOW]`.
//!
//! Articles are JSON Lines with title, body and lang. A window of WINDOW articles (100,000 where it is missing) of seven
//! days is filled with made ones: each has sentences of three random articles of one language, and every tenth repeats one
//! of the articles as it is. Then 2,000 more are measured: fingerprint, choosing and keeping in memory, with the time in which old ones are
//! let go; and memory an article. The daemon looks candidates up in the store instead, which is not measured here.
//! CPU time of one thread.

#[path = "common/clock.rs"]
#[allow(dead_code, reason = "shared with benches that need all of it")]
mod clock;

use std::collections::BTreeMap;
use std::fs;

use clock::cpu_ms;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use wirewatch::story::{Fingerprint, Index, StoryOptions, StoryText};

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
    let before = resident();
    for number in 0..window {
        now += gap;
        index.add(
            fingerprint(&made(&texts, &by_lang, &mut chance, number)),
            Some(now),
        );
    }
    let bytes = (resident() - before) / window as f64;
    let more: Vec<Text> = (0..MEASURED)
        .map(|number| made(&texts, &by_lang, &mut chance, number))
        .collect();
    let chars: usize = more.iter().map(|text| text.body.chars().count()).sum();
    let begun = cpu_ms();
    let prints: Vec<Fingerprint> = more.iter().map(fingerprint).collect();
    let printed = cpu_ms() - begun;
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
