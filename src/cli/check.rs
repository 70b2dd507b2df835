//! `wirewatch check`: reads config and rules, runs the rules' own tests, says what is wrong and where.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::{Global, diagnostic, environment, open, print};
use crate::config::{Config, Level, Owner, Problem, Problems, Survey, line_column, place_of};
use crate::pipeline::{Setup, SetupError};
use crate::rules::{self, TestFailure};
use crate::world::World;

#[derive(Debug, Args)]
#[command(after_help = "\
Every mistake is shown with file, line and column, the line itself and what to do. Exit code 1 when
there is one, 0 when there are only warnings.")]
pub(super) struct CheckArgs {
    /// One JSON object a line: level, file, line, column, message, help
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let path = open::config_path(global)?;
    let (mut problems, config) = match Config::load(&path) {
        Ok(config) => (config.warnings.clone(), Some(config)),
        Err(problems) => (problems, None),
    };
    if let Some(config) = &config {
        problems.list.extend(unbuildable(config, &problems));
    }
    let failures = config
        .as_ref()
        .map(|config| rules::run_tests(&config.rule_set, &config.rules))
        .unwrap_or_default();
    if args.json {
        print_json(&problems, &failures)?;
    } else {
        eprint!("{}", diagnostic::show_all(&problems));
        for failure in &failures {
            eprintln!("failed: {failure}");
        }
        if let Some(config) = &config {
            print::text(&verdict(config, &failures))?;
            print::text(&survey(config))?;
        }
    }
    let bad = problems.has_errors() || !failures.is_empty();
    Ok(ExitCode::from(u8::from(bad)))
}

/// What reads well and `run` would refuse all the same: a channel without its secret, a client that cannot
/// be built. The network is not touched.
fn unbuildable(config: &Config, problems: &Problems) -> Option<Problem> {
    let error = Setup::new(config.clone(), &World::real(), &environment).err()?;
    let owner = match &error {
        SetupError::Channel { name, .. } => Owner::Channel(name),
        SetupError::Feed { url, .. } => Owner::Feed(url),
        SetupError::Host(_) => Owner::Host,
        SetupError::Fetch(_) => Owner::Fetch,
    };
    let message = error.to_string();
    let place = place_of(&problems.files, owner, &message);
    let (file, at) = place.unzip();
    Some(Problem {
        level: Level::Error,
        file: file.unwrap_or_else(|| config.path.clone()),
        at,
        message,
        help: None,
    })
}

/// What a folder of rules for sites holds. `check` reads all of it, `run` only what it needs.
fn survey(config: &Config) -> String {
    let Some(survey) = config.sites.survey() else {
        return String::new();
    };
    let Survey {
        files,
        files_in_part,
        lines,
    } = survey;
    format!(
        "site_rules: {files} files; {lines} lines of {files_in_part} of them are not understood and passed over\n"
    )
}

fn verdict(config: &Config, failures: &[TestFailure]) -> String {
    let tests: usize = config
        .rules
        .watches
        .iter()
        .map(|watch| watch.tests.len())
        .sum();
    format!(
        "{}: {} feeds, {} watches, {} lists, {} channels, {} digests; {} of {tests} tests pass\n",
        config.path.display(),
        config.feeds.len(),
        config.rules.watches.len(),
        config.rules.lists.len(),
        config.channels.len(),
        config.digests.len(),
        tests - failures.len().min(tests),
    )
}

fn print_json(problems: &Problems, failures: &[TestFailure]) -> anyhow::Result<()> {
    let mut rows: Vec<serde_json::Value> = Vec::new();
    for problem in &problems.list {
        let place = problem
            .at
            .as_ref()
            .zip(problems.text_of(&problem.file))
            .map(|(at, text)| line_column(text, at.start));
        rows.push(json!({
            "level": match problem.level { Level::Error => "error", Level::Warning => "warning" },
            "file": problem.file,
            "line": place.map(|place| place.0),
            "column": place.map(|place| place.1),
            "message": problem.message,
            "help": problem.help,
        }));
    }
    for failure in failures {
        rows.push(json!({ "level": "error", "message": failure.to_string() }));
    }
    print::json_lines(&rows)
}
