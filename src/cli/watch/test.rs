//! `wirewatch watch test`: the watches' own tests, or the watches tried on texts and pages.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{input, print, unknown_watch};
use crate::config::Config;
use crate::rules::{Document, DocumentInput, Verdict};

#[derive(Debug, Args)]
#[command(after_help = "\
Without FILE the [[watch.NAME.test]] tables are run. With FILE, URL or `-` for standard input the watches are
tried on it: an .html page is extracted first, an address is fetched as the config says ([fetch], [[host]],
robots.txt, [[site]]); of a plain text the first line is the title, and a line `---` alone stands before a
further story of the page.
Examples:
  wirewatch watch test
  wirewatch watch test --watch china-russia https://news.example/1 page.html notes.txt
Exit codes: 0 all tests pass, or everything could be tried, whatever hits; 1 a test fails, or a text could not be
had (the others are tried all the same); 2 the command line was wrong.")]
pub(in crate::cli) struct TestArgs {
    /// Texts, .html pages or addresses; `-` is standard input
    #[arg(value_name = "FILE|URL")]
    articles: Vec<String>,
    /// Only this watch; may be given several times
    #[arg(long, value_name = "NAME")]
    watch: Vec<String>,
    /// Language of the text, if it shall not be guessed
    #[arg(long)]
    lang: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl TestArgs {
    fn is_asked(&self, watch: &str) -> bool {
        self.watch.is_empty() || self.watch.iter().any(|name| name == watch)
    }
}

pub(super) fn run(config: &Config, args: &TestArgs) -> anyhow::Result<ExitCode> {
    for name in &args.watch {
        if config.rule_set.watch(name).is_none() {
            return Err(unknown_watch(config, name));
        }
    }
    match args.articles.is_empty() {
        true => own_tests(config, args),
        false => try_all(config, args),
    }
}

fn own_tests(config: &Config, args: &TestArgs) -> anyhow::Result<ExitCode> {
    let mut failures = crate::cli::own_tests::run(config);
    failures.retain(|failure| args.is_asked(&failure.watch));
    let watches = config.rules.watches.iter();
    let asked = watches.filter(|watch| args.is_asked(&watch.name));
    let tests: usize = asked.map(|watch| watch.tests.len()).sum();
    if args.json {
        let rows: Vec<_> = failures
            .iter()
            .map(|f| json!({ "watch": f.watch, "test": f.test, "failure": f.to_string() }))
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

fn try_all(config: &Config, args: &TestArgs) -> anyhow::Result<ExitCode> {
    let mut all_tried = true;
    for name in &args.articles {
        let input = match input::read(config, name) {
            Ok(input) => input,
            Err(error) => {
                eprintln!("wirewatch: {}: {error:#}", print::safe(name));
                all_tried = false;
                continue;
            }
        };
        let tried = Tried::of(config, input, args);
        if args.json {
            print::json_lines(&[json!({
                "article": name, "title": tried.title, "lang": tried.lang,
                "hits": tried.verdict.hits, "near_misses": tried.verdict.near_misses,
            })])?;
        } else {
            print::text(&told(name, &tried))?;
        }
    }
    Ok(ExitCode::from(u8::from(!all_tried)))
}

/// An article that was tried.
struct Tried {
    title: String,
    lang: Option<String>,
    verdict: Verdict,
}

impl Tried {
    fn of(config: &Config, input: DocumentInput, args: &TestArgs) -> Self {
        let title = input.title.clone();
        let document = Document::new(DocumentInput {
            lang: args.lang.clone().or(input.lang),
            ..input
        });
        let mut verdict = config.rule_set.judge(&document);
        verdict.hits.retain(|hit| args.is_asked(&hit.watch));
        verdict
            .near_misses
            .retain(|miss| args.is_asked(&miss.watch));
        Self {
            title,
            lang: document.lang().map(str::to_owned),
            verdict,
        }
    }
}

fn told(name: &str, document: &Tried) -> String {
    let (title, verdict) = (&document.title, &document.verdict);
    let lang = document.lang.as_deref().unwrap_or("language unknown");
    let from = match name {
        "-" => String::new(),
        name => format!("{}: ", print::safe(name)),
    };
    let mut out = format!("{from}{} ({lang})\n", print::safe(title));
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
