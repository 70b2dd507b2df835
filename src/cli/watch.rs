//! `wirewatch watch`: what is looked for.

mod backfill;
pub(super) mod backtest;
mod explain;
mod list;
mod pin;
mod suggest;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Global, open, print};
use crate::config::{Config, nearest};
use crate::extract::{self, Page};
use crate::rules::{self, Document, DocumentInput, Verdict};
use crate::text;

#[derive(Debug, Subcommand)]
pub(super) enum WatchCommand {
    /// List the watches: hits of the last day and week, how many of the marked alerts are relevant
    List(list::ListArgs),
    /// Run the watches' own tests, or try all watches on a text
    Test(TestArgs),
    /// Apply a new or changed watch to the articles that are stored already
    Backfill(backfill::BackfillArgs),
    /// Show a watch as a tree, each part with what it finds in an article
    Explain(explain::ExplainArgs),
    /// Keep an article of an alert as a test of its watch
    Pin(pin::PinArgs),
    /// Try a watch on the stored articles
    Backtest(backtest::BacktestArgs),
    /// Propose terms for a watch out of the marks on its alerts
    Suggest(suggest::SuggestArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Without FILE the [[watch.NAME.test]] tables are run. With FILE (or `-` for standard input) the watches are
tried on it: an .html page is extracted first; of a plain text the first line is the title, and a line
`---` alone stands before a further story of the page.
Exit code 1 when a test fails.")]
pub(super) struct TestArgs {
    /// A text or an .html page; `-` is standard input
    file: Option<PathBuf>,
    /// Language of the text, if it shall not be guessed
    #[arg(long)]
    lang: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, command: WatchCommand) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    match command {
        WatchCommand::List(args) => list::run(&config, &args),
        WatchCommand::Test(args) => match &args.file {
            None => own_tests(&config, args.json),
            Some(file) => try_on(&config, file, &args),
        },
        WatchCommand::Explain(args) => explain::run(&config, &args),
        WatchCommand::Backfill(args) => backfill::run(global, &args),
        WatchCommand::Backtest(args) => backtest::run(&config, &args),
        WatchCommand::Pin(args) => pin::run(&config, &args),
        WatchCommand::Suggest(args) => suggest::run(&config, &args),
    }
}

fn own_tests(config: &Config, as_json: bool) -> anyhow::Result<ExitCode> {
    let failures = rules::run_tests(&config.rule_set, &config.rules);
    let tests: usize = config
        .rules
        .watches
        .iter()
        .map(|watch| watch.tests.len())
        .sum();
    if as_json {
        let rows: Vec<_> = failures
            .iter()
            .map(|f| json!({ "failure": f.to_string() }))
            .collect();
        print::json_lines(&rows)?;
    } else {
        for failure in &failures {
            print::text(&format!("failed: {failure}\n"))?;
        }
        print::text(&format!(
            "{} of {tests} tests pass\n",
            tests - failures.len().min(tests)
        ))?;
    }
    Ok(ExitCode::from(u8::from(!failures.is_empty())))
}

fn try_on(config: &Config, file: &Path, args: &TestArgs) -> anyhow::Result<ExitCode> {
    let input = read_input(file)?;
    let title = input.title.clone();
    let lang = text::detect_language(&title, &input.body, args.lang.as_deref());
    let document = Document::new(DocumentInput {
        lang: lang.clone(),
        ..input
    });
    let verdict = config.rule_set.judge(&document);
    if args.json {
        print::json(
            &json!({ "title": title, "lang": lang, "hits": verdict.hits, "near_misses": verdict.near_misses }),
        )?;
    } else {
        print::text(&told(&title, lang.as_deref(), &verdict))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What to say of a watch that there is not.
fn unknown_watch(config: &Config, name: &str) -> anyhow::Error {
    let known = config.rule_set.watches().iter();
    let near = nearest(name, known.map(|watch| watch.name.as_str()));
    let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    anyhow::anyhow!("there is no watch `{name}`{near}")
}

/// An article out of a file.
fn read_input(file: &Path) -> anyhow::Result<DocumentInput> {
    let bytes = read(file)?;
    Ok(match explain::is_page(file) {
        true => of_page(&bytes),
        false => of_text(&bytes),
    })
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        bytes =
            std::fs::read(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    }
    Ok(bytes)
}

fn of_page(bytes: &[u8]) -> DocumentInput {
    let page = Page {
        url: "http://localhost/",
        content_type: None,
    };
    let article = extract::extract(bytes, &page).article;
    DocumentInput {
        title: article.title,
        body: article.body,
        parts: article.parts,
        ..DocumentInput::default()
    }
}

fn of_text(bytes: &[u8]) -> DocumentInput {
    let text = String::from_utf8_lossy(bytes);
    let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
    let (body, parts) = rules::marked_body(body.trim());
    DocumentInput {
        title: title.trim().to_owned(),
        body,
        parts,
        ..DocumentInput::default()
    }
}

fn told(title: &str, lang: Option<&str>, verdict: &Verdict) -> String {
    let mut out = format!(
        "{} ({})\n",
        print::safe(title),
        lang.unwrap_or("language unknown")
    );
    for hit in &verdict.hits {
        out.push_str(&format!("  hit: {}\n", hit.watch));
        for sentence in &hit.sentences {
            out.push_str(&format!("    \"{}\"\n", print::safe(&sentence.sentence)));
        }
        for span in &hit.evidence {
            let (field, text) = (span.field.name(), print::safe(&span.text));
            let part = match span.part.is_first() {
                true => String::new(),
                false => format!(", part {}", span.part.0),
            };
            out.push_str(&format!("    {field}{part}: {text} = {}\n", span.why));
        }
    }
    for miss in &verdict.near_misses {
        out.push_str(&format!(
            "  near miss: {}: {}\n",
            miss.watch,
            print::safe(&miss.why)
        ));
    }
    if verdict.hits.is_empty() && verdict.near_misses.is_empty() {
        out.push_str("  no watch hits\n");
    }
    out
}
