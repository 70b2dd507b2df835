//! What an article costs beside the bare parsing of its page: the whole of `extract::extract`, bytes to article, and
//! `scraper::Html::parse_document` of the decoded text, page by page in turn, the least of several rounds each.
//!
//! `cargo bench --bench extract -- --root ../shared/corpus/extraction --at-most 2.0`; without a folder the pages of the
//! tests are read, which are small: the ratio says little there. Times are CPU time of the thread.

mod common;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use scraper::Html;
use wirewatch::extract::{self, decode};

use common::clock::guarded;
use common::pages::{self, Page};

#[derive(Parser)]
struct Options {
    /// Folder of pages (`cases.jsonl` and `pages/`, or `.html` and `.html.gz` files)
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pages"))]
    root: PathBuf,
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Fail when the extraction takes more than so many times what parsing takes
    #[arg(long)]
    at_most: Option<f64>,
    /// Fail when a page takes more milliseconds
    #[arg(long, default_value_t = 200.0)]
    page_ms_max: f64,
    /// `cargo bench` adds this one
    #[arg(long, hide = true)]
    bench: bool,
}

/// Milliseconds, the least of all rounds.
#[derive(Clone, Copy)]
struct Cost {
    decode: f64,
    parse: f64,
    extract: f64,
}

impl Cost {
    const UNKNOWN: Self = Self {
        decode: f64::INFINITY,
        parse: f64::INFINITY,
        extract: f64::INFINITY,
    };

    /// One page once more; says whether it went through without a panic.
    fn measure(&mut self, page: &Page) -> bool {
        let came_from = extract::Page {
            url: &page.url,
            content_type: page.content_type,
        };
        let (decode, text) = guarded(|| decode(&page.bytes, page.content_type).0);
        let text = text.unwrap_or_default();
        let (parse, _) = guarded(|| drop(black_box(Html::parse_document(&text))));
        let (extract, extracted) =
            guarded(|| drop(black_box(extract::extract(&page.bytes, &came_from))));
        self.decode = self.decode.min(decode);
        self.parse = self.parse.min(parse);
        self.extract = self.extract.min(extract);
        extracted.is_some()
    }
}

/// Sums over pages.
#[derive(Default)]
struct Total {
    pages: usize,
    bytes: usize,
    decode: f64,
    parse: f64,
    extract: f64,
}

impl Total {
    fn add(&mut self, page: &Page, cost: Cost) {
        self.pages += 1;
        self.bytes += page.bytes.len();
        self.decode += cost.decode;
        self.parse += cost.parse;
        self.extract += cost.extract;
    }

    fn ratio(&self) -> f64 {
        self.extract / self.parse
    }

    fn print(&self, name: &str) {
        let seconds = self.extract / 1e3;
        println!(
            "{name:<10} {:>6} {:>8.1} {:>10.1} {:>10.1} {:>10.1} {:>6.2} {:>8.0} {:>7.1}",
            self.pages,
            self.bytes as f64 / 1e6,
            self.parse,
            self.extract,
            self.decode,
            self.ratio(),
            self.pages as f64 / seconds,
            self.bytes as f64 / 1e6 / seconds,
        );
    }
}

fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    let pages = pages::read(&options.root)?;
    anyhow::ensure!(!pages.is_empty(), "no pages in {}", options.root.display());
    let mut costs = vec![Cost::UNKNOWN; pages.len()];
    let mut panicked = vec![false; pages.len()];
    for _ in 0..options.rounds.max(1) {
        for (number, page) in pages.iter().enumerate() {
            panicked[number] |= !costs[number].measure(page);
        }
    }
    let total = report(&pages, &costs);
    let panics = panicked.iter().filter(|&&panicked| panicked).count();
    println!("panics     {panics} pages");
    let slow = costs
        .iter()
        .filter(|cost| cost.extract > options.page_ms_max)
        .count();
    println!("over {} ms: {slow} pages", options.page_ms_max);
    let too_dear = options.at_most.is_some_and(|most| total.ratio() > most);
    if too_dear {
        println!("the extraction takes more than it may");
    }
    let good = panics == 0 && slow == 0 && !too_dear;
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Prints the totals of every source, their sum and the slowest page.
fn report(pages: &[Page], costs: &[Cost]) -> Total {
    let mut sources: BTreeMap<&str, Total> = BTreeMap::new();
    let mut total = Total::default();
    for (page, &cost) in pages.iter().zip(costs) {
        sources.entry(&page.source).or_default().add(page, cost);
        total.add(page, cost);
    }
    println!("CPU milliseconds, the least of the rounds; decoding is a part of the extraction");
    println!(
        "{:<10} {:>6} {:>8} {:>10} {:>10} {:>10} {:>6} {:>8} {:>7}",
        "source", "pages", "MB", "parse", "extract", "decode", "ratio", "pages/s", "MB/s"
    );
    for (name, source) in &sources {
        source.print(name);
    }
    total.print("all");
    let by_cost = |a: &(&Page, &Cost), b: &(&Page, &Cost)| a.1.extract.total_cmp(&b.1.extract);
    if let Some((page, cost)) = pages.iter().zip(costs).max_by(by_cost) {
        println!(
            "slowest    {} ({:.2} MB): {:.1} ms, parsing alone {:.1} ms",
            page.id,
            page.bytes.len() as f64 / 1e6,
            cost.extract,
            cost.parse
        );
    }
    total
}
