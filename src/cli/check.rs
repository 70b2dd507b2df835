//! `wirewatch check`: reads config and rules, runs the rules' own tests, says what is wrong and where.

mod sample;

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use self::sample::{Sample, sample};
use super::{CREDENTIALS, Global, diagnostic, environment, open, own_tests, print};
use crate::config::{
    Config, Level, Owner, Problem, Problems, SecretSource, Survey, line_column, place_of,
    secret_places, store_path, watch_spans,
};
use crate::pipeline::{Setup, SetupError};
use crate::rules::TestFailure;
use crate::world::World;

#[derive(Debug, Args)]
#[command(after_help = "\
Every mistake is shown with file, line and column, the line itself and what to do. Exit code 1 when
there is one, 0 when there are only warnings.

When there is a database, the watches are tried on its newest articles (at most 2,000, for at most 0.7 s): a watch
that matches half of them or more is warned about.

--json prints one object a line for each mistake:
  level                      error | warning
  code                       toml, unknown-key, value, watch, list, person, org, test, matches-nearly-all,
                             cannot-run, or config for all else
  file                       path of the file
  line, column               where it begins, from 1, columns in characters; null when it is about the whole file
  end_line, end_column       where it ends, the end not included
  message, help              what is wrong, what to do about it; help may be null
Examples:
  wirewatch check
  wirewatch check --json --no-store        # for CI and editors: nothing but the files is looked at")]
pub(super) struct CheckArgs {
    /// One JSON object a line for every mistake
    #[arg(long)]
    json: bool,
    /// Do not try the watches on stored articles
    #[arg(long)]
    no_store: bool,
}

pub(super) fn run(global: &Global, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let path = open::config_path(global)?;
    let (mut problems, config) = match Config::load_on(&path, World::real().clock.now()) {
        Ok(config) => (config.warnings.clone(), Some(config)),
        Err(problems) => (problems, None),
    };
    let mut failures = Vec::new();
    if let Some(config) = &config {
        problems.list.extend(unbuildable(config, &problems));
        failures = own_tests::run(config);
    }
    let database = store_path(&path).filter(|_| !args.no_store);
    let seen = database.map_or_else(Sample::default, |database| {
        sample(&database, config.as_ref(), &problems)
    });
    add_observed(&mut problems, &failures, &seen);
    if args.json {
        print_json(&problems)?;
    } else {
        eprint!("{}", diagnostic::show_all(&problems));
        if let Some(config) = &config {
            print::text(&verdict(config, &failures))?;
            print::text(&survey(config))?;
        }
        print::text(&seen.told())?;
    }
    Ok(ExitCode::from(u8::from(problems.has_errors())))
}

/// Adds what only shows when the rules are used: tests that fail, watches that fire on nearly everything.
fn add_observed(problems: &mut Problems, failures: &[TestFailure], seen: &Sample) {
    seen.add_figures(problems);
    let places = watch_spans(&problems.files);
    let failed = failures.iter().map(|failure| {
        let place = places.get(&failure.watch);
        let at = place.and_then(|place| place.tests.get(failure.test - 1));
        Problem {
            level: Level::Error,
            code: "test",
            file: place.map(|place| place.file.clone()).unwrap_or_default(),
            at: at.cloned(),
            message: failure.to_string(),
            help: Some(format!(
                "put the watch or its test right; `wirewatch watch explain {} FILE` shows why",
                failure.watch
            )),
        }
    });
    problems.list.extend(failed);
    problems.list.extend(seen.warnings(&places));
}

/// What reads well and `run` would refuse all the same: a channel without its secret, a client that cannot
/// be built. The network is not touched.
fn unbuildable(config: &Config, problems: &Problems) -> Option<Problem> {
    let stand_in = StandIn::new(problems);
    let environment = |name: &str| environment(name).or_else(|| stand_in.of(name));
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
        code: "cannot-run",
        file: file.unwrap_or_else(|| config.path.clone()),
        at,
        message,
        help: None,
    })
}

/// Of a form that every kind of channel takes for a secret: that of Standard Webhooks is the only one with a form.
const ANY_SECRET: &str = "whsec_aGFuZGVkIG92ZXIgYnkgc3lzdGVtZCwgbm90IGhlcmU=";

/// Something in place of each secret that systemd hands over to the service: a shell does not have them, and whoever edits
/// rules need not. `wirewatch doctor` looks at the real ones.
struct StandIn(Option<tempfile::TempDir>);

impl StandIn {
    fn new(problems: &Problems) -> Self {
        let places = secret_places(&problems.files);
        let names = places.iter().filter_map(|place| match &place.source {
            // A name, as systemd has them; a path would lead out of the folder.
            SecretSource::Credential(name) if !name.contains('/') => Some(name),
            _ => None,
        });
        let mut folder = None;
        for name in names {
            // Where nothing can be written the secret is missing, and is told of as such.
            folder = folder.or_else(|| tempfile::tempdir().ok());
            if let Some(folder) = &folder {
                let _ = std::fs::write(folder.path().join(name), ANY_SECRET);
            }
        }
        Self(folder)
    }

    fn of(&self, variable: &str) -> Option<String> {
        let folder = self.0.as_ref().filter(|_| variable == CREDENTIALS)?;
        Some(folder.path().display().to_string())
    }
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

fn print_json(problems: &Problems) -> anyhow::Result<()> {
    let row = |problem: &Problem| {
        let place = problem.at.as_ref().zip(problems.text_of(&problem.file));
        let begin = place.map(|(at, text)| line_column(text, at.start));
        let end = place.map(|(at, text)| line_column(text, at.end.max(at.start)));
        json!({
            "level": match problem.level { Level::Error => "error", Level::Warning => "warning" },
            "code": problem.code,
            "file": problem.file,
            "line": begin.map(|place| place.0),
            "column": begin.map(|place| place.1),
            "end_line": end.map(|place| place.0),
            "end_column": end.map(|place| place.1),
            "message": problem.message,
            "help": problem.help,
        })
    };
    let rows: Vec<serde_json::Value> = problems.list.iter().map(row).collect();
    print::json_lines(&rows)
}
