//! `wirewatch watch pin`: an article of an alert as a test of its watch.

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{open, print};
use crate::cli::stored;
use crate::config::{Config, add_test, nearest, test_table};
use crate::model::{AlertId, AlertView, MarkVerdict};
use crate::rules::{
    Expectation, Quotation, RuleSource, WatchSource, WatchTest, asked_facts, quote, run_tests,
};
use crate::store::Queries;

#[derive(Debug, Args)]
#[command(after_help = "\
A test is a short quotation: the title and the sentences in which the watch finds something, about 60 words at most;
of what is known besides the text only what the rule asks for. It stands behind the other tests of the watch, in the
file where the watch stands; comments and order stay. What is expected comes from the mark of the alert (relevant or
unmarked: match; noise: no-match), or from --expect.

A test that the rule fails is written all the same: it says what is to be put right. The exit code is 1 then, and
`wirewatch check` fails until the rule is better; --dry-run shows it without writing.
Example:
  wirewatch alert mark a17 noise && wirewatch watch pin a17
Exit codes: 0 written, and the rule passes it; 1 written, but the rule fails it, or nothing was written because it is
there already or cannot be quoted; 2 the command line was wrong.")]
pub(in crate::cli) struct PinArgs {
    /// Id of the alert, such as a17
    alert: AlertId,
    /// What the watch must say
    #[arg(long, value_enum)]
    expect: Option<Expected>,
    /// Another article of the alert than the first, by its address
    #[arg(long, value_name = "URL")]
    article: Option<String>,
    /// Write nothing: show the test, and whether the rule passes it
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Expected {
    /// A hit
    Match,
    /// No hit
    NoMatch,
}

pub(super) fn run(config: &Config, args: &PinArgs) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let found = open::block_on(async { Ok(store.alert(args.alert).await?) })?;
    let Some(alert) = found else {
        anyhow::bail!(
            "there is no alert {}; `wirewatch alert list` shows what there is",
            args.alert
        );
    };
    drop(store);
    let source = source_of(config, &alert.watch)?;
    let url = article_of(&alert, args.article.as_deref())?;
    let quoted = quotation(config, source, &alert, &url, args.expect)?;
    let test = &quoted.test;
    if let Some(number) = known(source, test) {
        anyhow::bail!(
            "it is there already: [[watch.{}.test]] number {number}",
            source.name
        );
    }
    let about = format!("{}: {url}", alert.id);
    if args.dry_run {
        print::text(&test_table(&source.name, test, &about))?;
    } else {
        let file = add_test(config, &source.name, test, &about)?;
        let (title, file) = (print::safe(&test.title), file.display());
        print::text(&format!("{file}: [[watch.{}.test]] {title}\n", source.name))?;
    }
    for note in notes(source, &quoted) {
        eprintln!("note: {note}");
    }
    match failure(config, source, test) {
        None => Ok(ExitCode::SUCCESS),
        Some(why) => {
            eprintln!(
                "the rule fails this test: {why}\nchange the rule until `wirewatch check` passes; \
                 `wirewatch watch suggest {}` proposes terms",
                source.name
            );
            Ok(ExitCode::from(1))
        }
    }
}

fn source_of<'c>(config: &'c Config, watch: &str) -> anyhow::Result<&'c WatchSource> {
    let watches = &config.rules.watches;
    let found = watches.iter().find(|known| known.name == watch);
    found.ok_or_else(|| {
        let near = nearest(watch, watches.iter().map(|known| known.name.as_str()));
        let near = near.map_or_else(String::new, |near| {
            format!(" (`{near}` is; renamed_from = \"{watch}\" carries alerts over)")
        });
        anyhow::anyhow!("the watch `{watch}` is no longer in the config{near}")
    })
}

/// The address of the article to be quoted.
fn article_of(alert: &AlertView, asked: Option<&str>) -> anyhow::Result<String> {
    let urls = || alert.articles.iter().map(|article| article.url.as_str());
    let Some(asked) = asked else {
        // One that proves it, before one that was only added to the story.
        let proven = alert.evidence.first().map(|found| found.url.as_str());
        let first = proven.or_else(|| urls().next());
        return first
            .map(str::to_owned)
            .ok_or_else(|| anyhow::anyhow!("{} has no article any more", alert.id));
    };
    let address = crate::feed::normal_url(asked).unwrap_or_else(|| asked.to_owned());
    if urls().any(|url| url == address) {
        return Ok(address);
    }
    let known: Vec<&str> = urls().collect();
    anyhow::bail!(
        "{asked} is no article of {}; it tells of {}",
        alert.id,
        known.join(", ")
    )
}

fn quotation(
    config: &Config,
    source: &WatchSource,
    alert: &AlertView,
    url: &str,
    expect: Option<Expected>,
) -> anyhow::Result<Quotation> {
    let article = stored::article(config, url)?;
    if article.body.trim().is_empty() && article.entry_summary.trim().is_empty() {
        eprintln!("note: its body is no longer stored ([keep] bodies): the title alone is quoted");
    }
    let is_noise = alert
        .mark
        .as_ref()
        .is_some_and(|mark| mark.verdict == MarkVerdict::Noise);
    let expect = match (expect, is_noise) {
        (Some(Expected::Match), _) | (None, false) => Expectation::Match,
        (Some(Expected::NoMatch), _) | (None, true) => Expectation::NoMatch,
    };
    let rule = (source.name.as_str(), source.expression.as_str());
    quote(&config.rule_set, rule, &article, expect)
        .ok_or_else(|| anyhow::anyhow!("the watch `{}` is not compiled", source.name))
}

/// Number of a test of the watch that quotes the same, from 1.
fn known(source: &WatchSource, test: &WatchTest) -> Option<usize> {
    let same = |other: &WatchTest| {
        let (one, two) = (other.body.trim(), test.body.trim());
        let is_part = |whole: &str, part: &str| !part.is_empty() && whole.contains(part);
        other.title.trim() == test.title.trim()
            && (one == two || is_part(one, two) || is_part(two, one))
    };
    source.tests.iter().position(same).map(|index| index + 1)
}

/// What whoever reads the test should know.
fn notes(source: &WatchSource, quoted: &Quotation) -> Vec<String> {
    let mut notes = Vec::new();
    match (quoted.article_hits, quoted.quotation_hits) {
        (true, false) => {
            let why = match asked_facts(&source.expression).words {
                true => "; the rule asks for `words`, and a quotation has few",
                false => "",
            };
            notes.push(format!(
                "the watch hits the article, but not the quotation{why}: add what is missing by hand"
            ));
        }
        (false, _) => {
            notes.push("the watch as it is now does not hit the article any more".to_owned());
        }
        (true, true) => {}
    }
    notes
}

/// Why the rule fails the test, as `check` would say it.
fn failure(config: &Config, source: &WatchSource, test: &WatchTest) -> Option<String> {
    let only = RuleSource {
        watches: vec![WatchSource {
            name: source.name.clone(),
            tests: vec![test.clone()],
            ..WatchSource::default()
        }],
        ..RuleSource::default()
    };
    let failures = run_tests(&config.rule_set, &only);
    failures.into_iter().next().map(|failure| failure.why)
}
