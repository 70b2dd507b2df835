//! How often the language of labelled articles is told rightly: `cargo bench --bench language -- ../shared`.
//!
//! Titles alone and whole texts, without a hint and with the label as the feed's word for it, over the corpora of topics,
//! stories and extraction. Figures by language, those with fewer than `COUNT_LEAST` articles under `other`.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use serde_json::Value;
use wirewatch::text::{detect_language, shortest_tag};

const COUNT_LEAST: usize = 10;

/// Corpus and the place of its labelled articles.
const CORPORA: [(&str, &str); 3] = [
    ("topics", "corpus/topics/dev.jsonl"),
    ("stories", "corpus/stories/dev.jsonl"),
    ("extraction", "corpus/extraction/cases.jsonl"),
];

/// Right answers: title alone, title with a hint, text, text with a hint; and of how many with a title and in all.
#[derive(Default, Clone)]
struct Row {
    right: [usize; 4],
    titles: usize,
    all: usize,
    /// What was said instead without a hint, of titles and of texts.
    instead: [BTreeMap<String, usize>; 2],
}

fn main() {
    let shared = env::args()
        .skip(1)
        .find(|argument| !argument.starts_with("--"))
        .unwrap_or_else(|| "../shared".to_owned());
    for (corpus, path) in CORPORA {
        let path = Path::new(&shared).join(path);
        let Ok(lines) = fs::read_to_string(&path) else {
            println!(
                "{} is not there: name the folder of labelled corpora",
                path.display()
            );
            continue;
        };
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            let article: Value = serde_json::from_str(line).expect("a corpus is JSON Lines");
            measure(&article, &mut rows);
        }
        print(corpus, rows);
    }
}

fn measure(article: &Value, rows: &mut BTreeMap<String, Row>) {
    let text = |key: &str| article[key].as_str().unwrap_or_default();
    let Some(lang) = shortest_tag(text("lang")) else {
        return;
    };
    let (title, body) = (text("title"), text("body"));
    let row = rows.entry(lang.clone()).or_default();
    let told = |body, hint| detect_language(title, body, hint);
    row.all += 1;
    if !title.trim().is_empty() {
        row.titles += 1;
        let plain = told("", None);
        row.right[0] += usize::from(plain.as_ref() == Some(&lang));
        if plain.as_ref() != Some(&lang) {
            *row.instead[0].entry(plain.unwrap_or_default()).or_default() += 1;
        }
        row.right[1] += usize::from(told("", Some(&lang)).as_ref() == Some(&lang));
    }
    let plain = told(body, None);
    if plain.as_ref() == Some(&lang) {
        row.right[2] += 1;
    } else {
        *row.instead[1].entry(plain.unwrap_or_default()).or_default() += 1;
    }
    row.right[3] += usize::from(told(body, Some(&lang)).as_ref() == Some(&lang));
}

fn print(corpus: &str, rows: BTreeMap<String, Row>) {
    let (mut shown, mut other, mut all) = (Vec::new(), Row::default(), Row::default());
    for (lang, row) in rows {
        all.add(&row);
        match row.all < COUNT_LEAST {
            true => other.add(&row),
            false => shown.push((lang, row)),
        }
    }
    shown.push(("other".to_owned(), other));
    shown.push(("all".to_owned(), all));
    println!("{corpus}: articles | titles, with hint | texts, with hint | instead: titles, texts");
    for (lang, row) in shown.iter().filter(|(_, row)| row.all > 0) {
        let share = |right: usize, of: usize| 100.0 * right as f64 / of.max(1) as f64;
        println!(
            "{lang:6} {:5} | {:5.1} {:5.1} | {:5.1} {:5.1} | {:?} {:?}",
            row.all,
            share(row.right[0], row.titles),
            share(row.right[1], row.titles),
            share(row.right[2], row.all),
            share(row.right[3], row.all),
            row.instead[0],
            row.instead[1],
        );
    }
}

impl Row {
    fn add(&mut self, other: &Self) {
        for (sum, right) in self.right.iter_mut().zip(other.right) {
            *sum += right;
        }
        self.titles += other.titles;
        self.all += other.all;
        for (sums, counts) in self.instead.iter_mut().zip(&other.instead) {
            for (lang, count) in counts {
                *sums.entry(lang.clone()).or_default() += count;
            }
        }
    }
}
