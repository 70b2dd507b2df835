//! `wirewatch search --match RULE`: the articles that a rule finds, by the evaluator that raises alerts.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::SearchArgs;
use crate::cli::watch::backtest::replay::{Replay, Side};
use crate::cli::watch::backtest::row::Found;
use crate::cli::{diagnostic, open, print};
use crate::config::{Config, Level, Problem, Problems, SourceFile};
use crate::model::rfc3339;
use crate::rules::{RuleError, RulePlace, RuleSet, RuleSource, WatchSource};
use crate::world::World;

/// What the rule is called in messages.
const NAME: &str = "search";

pub(super) fn run(config: &Config, rule: &str, args: &SearchArgs) -> anyhow::Result<ExitCode> {
    let side = side(config, rule)?;
    let store = open::store_to_read(config)?;
    let now = World::real().clock.now();
    let since = now.saturating_sub(args.since.0).unwrap_or(Timestamp::MIN);
    let replay = Replay::new(config, store, side, None, since, false);
    let outcome = open::block_on(replay.run())?;
    let newest = outcome.hits.iter().rev().take(args.limit);
    if args.json {
        let rows: Vec<_> = newest.map(object).collect();
        print::json_lines(&rows)?;
    } else {
        let told: String = newest.map(|found| told(found, now)).collect();
        print::text(&told)?;
        let (hits, days) = (outcome.hits.len(), outcome.days.values().sum::<u64>());
        eprintln!("{hits} of {days} articles found");
    }
    if outcome.without_body > 0 {
        let gone = outcome.without_body;
        eprintln!("{gone} articles could not be tried: their bodies are no longer stored");
    }
    Ok(ExitCode::from(u8::from(outcome.hits.is_empty())))
}

/// The rule as a watch alone, with what the config has for it to name.
fn side(config: &Config, rule: &str) -> anyhow::Result<Side> {
    let source = RuleSource {
        watches: vec![WatchSource {
            name: NAME.to_owned(),
            title: NAME.to_owned(),
            expression: rule.to_owned(),
            ..WatchSource::default()
        }],
        ..config.rules.clone()
    };
    match RuleSet::compile(&source) {
        Ok(rules) => Ok(Side {
            watch: NAME.to_owned(),
            rules: Arc::new(rules),
            source: Arc::new(source),
        }),
        Err(errors) => {
            eprint!("{}", diagnostic::show_all(&problems(rule, errors)));
            anyhow::bail!("the rule was refused, see above")
        }
    }
}

fn problems(rule: &str, errors: Vec<RuleError>) -> Problems {
    let path = Path::new("--match");
    let list = errors.into_iter().map(|error| Problem {
        level: Level::Error,
        code: "rule",
        file: path.to_owned(),
        at: matches!(error.place, RulePlace::Watch(_)).then_some(error.at),
        message: error.message,
        help: error.help,
    });
    Problems {
        list: list.collect(),
        files: vec![SourceFile {
            path: path.to_owned(),
            text: rule.into(),
        }],
        ..Problems::default()
    }
}

fn object(found: &Found) -> serde_json::Value {
    json!({
        "url": found.url,
        "title": found.title,
        "lang": found.lang,
        "at": rfc3339(found.first_seen),
        "snippet": found.why,
    })
}

fn told(found: &Found, now: Timestamp) -> String {
    format!(
        "{}\n  {}, {}, {}\n  {}\n",
        print::safe(&found.title),
        found.lang.as_deref().unwrap_or("?"),
        print::ago(found.first_seen, now),
        print::safe(&found.url),
        print::safe(&found.why),
    )
}
