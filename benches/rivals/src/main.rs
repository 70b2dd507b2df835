//! Extractors of other projects and wirewatch on the same pages in the same run: what each takes for the article, and
//! the CPU time that it takes for it. `benches/rivals.py` runs it and scores what it writes.
//!
//! All systems read one page before any reads the next, so that a busy machine touches all alike; the least time of
//! several rounds counts; programs that are no Rust read each page once, after one to warm up. Each has a thread of its own, behind a guard against panics and a cap on time.

mod answer;
#[path = "../../common/mod.rs"]
mod common;
mod external;
mod plain;
mod systems;
mod worker;

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use serde_json::json;

use answer::Answer;
use common::pages;
use systems::{Input, System};
use worker::{Outcome, Worker};

/// A page that takes longer, in milliseconds, is not read by that system again.
const ONCE_MS: f64 = 2_000.0;

#[derive(Parser)]
struct Options {
    /// Folder of pages, `../shared/corpus/extraction`
    #[arg(long)]
    root: PathBuf,
    /// Folder for one file of predictions a system
    #[arg(long)]
    out: PathBuf,
    /// Only these systems; all that are built in unless said
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// NAME=COMMAND: a program that reads pages and writes articles, one JSON a line (`external.rs`)
    #[arg(long)]
    external: Vec<String>,
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds after which a system is left alone with its page
    #[arg(long, default_value_t = 300)]
    cap: u64,
    /// Every so many-th page only, to try the bench out
    #[arg(long, default_value_t = 1)]
    every: usize,
}

/// What one system made of one page.
#[derive(Default)]
struct Reading {
    ms: Option<f64>,
    answer: Answer,
    failure: Option<String>,
}

impl Reading {
    fn again(&self) -> bool {
        self.failure.is_none() && self.ms.is_none_or(|ms| ms < ONCE_MS)
    }

    fn take(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Read(ms, answer) => {
                self.ms = Some(self.ms.map_or(ms, |least| least.min(ms)));
                self.answer = answer;
            }
            Outcome::Failed(ms, why) => {
                self.ms = ms;
                self.failure = Some(why);
            }
        }
    }
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let pages = pages::read(&options.root)?;
    let inputs: Arc<[Input]> = pages
        .into_iter()
        .step_by(options.every.max(1))
        .map(Input::new)
        .collect();
    let mut workers = systems(&options)?
        .into_iter()
        .map(|system| Worker::start(system, &inputs, Duration::from_secs(options.cap)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut readings: Vec<Vec<Reading>> = Vec::new();
    readings.resize_with(workers.len(), || {
        inputs.iter().map(|_| Reading::default()).collect()
    });
    fs::create_dir_all(&options.out)?;
    for worker in workers.iter_mut().filter(|worker| worker.is_external()) {
        worker.read(0)?;
    }
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        if round > 1 {
            workers.retain(|worker| !worker.is_external());
            readings.truncate(workers.len());
        }
        read_all(&mut workers, &mut readings, &inputs)?;
        let parse = workers.iter().position(|worker| worker.name() == "parse");
        let parse = parse.map(|parse| readings[parse].as_slice());
        for (worker, readings) in workers.iter().zip(&readings) {
            write(&options.out, worker.name(), &inputs, readings, parse)?;
        }
    }
    Ok(())
}

/// One round.
fn read_all(
    workers: &mut [Worker],
    readings: &mut [Vec<Reading>],
    inputs: &[Input],
) -> anyhow::Result<()> {
    for (number, input) in inputs.iter().enumerate() {
        if number % 100 == 0 {
            eprintln!("page {number} of {}", inputs.len());
        }
        for (worker, readings) in workers.iter_mut().zip(&mut *readings) {
            let reading = &mut readings[number];
            if !reading.again() {
                continue;
            }
            reading.take(worker.read(number)?);
            if let Some(why) = &reading.failure {
                eprintln!("{}: {}: {why}", worker.name(), input.page.id);
            }
        }
    }
    Ok(())
}

/// The built-in ones first.
fn systems(options: &Options) -> anyhow::Result<Vec<System>> {
    let mut systems = systems::built_in();
    if !options.only.is_empty() {
        systems.retain(|system| options.only.iter().any(|name| name == system.name()));
    }
    for external in &options.external {
        systems.push(System::external(external)?);
    }
    Ok(systems)
}

/// Writes `OUT/NAME.jsonl` in the form that the scorer reads, with what went wrong and what parsing cost beside it.
fn write(
    out: &Path,
    name: &str,
    inputs: &[Input],
    readings: &[Reading],
    parse: Option<&[Reading]>,
) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(out.join(format!("{name}.jsonl")))?);
    for (number, (input, reading)) in inputs.iter().zip(readings).enumerate() {
        let Answer {
            title,
            published,
            authors,
            body,
        } = &reading.answer;
        let line = json!({
            "id": input.page.id, "source": input.page.source, "title": title, "published": published, "authors": authors, "body": body,
            "ms": reading.ms, "parse_ms": parse.and_then(|parse| parse[number].ms), "failure": reading.failure,
        });
        writeln!(file, "{line}")?;
    }
    Ok(file.flush()?)
}
