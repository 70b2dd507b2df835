//! `wirewatch watch lint`: what in the rules is superfluous.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use super::print;
use crate::cli::diagnostic;
use crate::cli::print::grouped;
use crate::cli::stored::{Bounds, Looked, each_newest, store_if_any};
use crate::config::{Config, Level, Period, Problem, Problems, line_column};
use crate::pipeline::Past;
use crate::rules::{Document, Finding, FindingKind, RuleFile, RulePlace, lint};
use crate::world::World;

/// Articles that are looked at.
const ARTICLES_MAX: usize = 20_000;
/// How long is looked.
const TIME_MAX: Duration = Duration::from_secs(20);
/// Fewer articles say nothing of a watch that does not hit.
const ARTICLES_MIN: usize = 50;
/// Fewer hits say nothing of what else hits with them.
const HITS_MIN: usize = 5;

#[derive(Debug, Args)]
#[command(after_help = "\
Kinds: dead (no hit and no near miss in the stored articles), duplicate (two watches mean the same), shadowed (another
watch hits whenever this one does: by what they ask for, or in all stored articles), unused (a list, person or
organisation that nothing names), repeated-term and covered-term (within a list).
The stored articles of the last days are looked at, the newest first, at most 20,000 and for at most 20 s.
Examples:
  wirewatch watch lint
  wirewatch watch lint --since 90d --json
Exit codes: 0 nothing was found, 1 something was.")]
pub(in crate::cli) struct LintArgs {
    /// Stored articles that were first seen in this period
    #[arg(long, value_name = "PERIOD", default_value = "30d")]
    since: Period,
    /// Look at the rules only
    #[arg(long)]
    no_store: bool,
    /// One JSON object a line: kind, place, message, help
    #[arg(long)]
    json: bool,
}

/// What stored articles say to the watches.
#[derive(Debug, Default)]
struct Seen {
    looked: Looked,
    /// Articles by watch, ascending.
    hits: BTreeMap<String, Vec<usize>>,
    /// Articles that it nearly hits, by watch.
    near_misses: BTreeMap<String, usize>,
}

pub(super) fn run(config: &Config, args: &LintArgs) -> anyhow::Result<ExitCode> {
    let mut findings = lint(&config.rules);
    let seen = match args.no_store {
        true => Seen::default(),
        false => seen(config, args)?,
    };
    findings.extend(seen.findings(config, &findings, args));
    let problems = problems(config, &findings);
    if args.json {
        let pairs = findings.iter().zip(&problems.list);
        let rows: Vec<_> = pairs
            .map(|(finding, problem)| row(finding, problem, &problems))
            .collect();
        print::json_lines(&rows)?;
    } else {
        print::text(&diagnostic::show_all(&problems))?;
        print::text(&told(findings.len(), &seen))?;
    }
    Ok(ExitCode::from(u8::from(!findings.is_empty())))
}

fn told(found: usize, seen: &Seen) -> String {
    let looked = match seen.looked.articles {
        0 => "no stored articles were looked at".to_owned(),
        articles => {
            let cut = if seen.looked.is_cut {
                ", then the time was up"
            } else {
                ""
            };
            format!("{} stored articles were looked at{cut}", grouped(articles))
        }
    };
    format!("{found} found; {looked}\n")
}

fn seen(config: &Config, args: &LintArgs) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    let Some(store) = store_if_any(&config.store.path) else {
        return Ok(seen);
    };
    let now = World::real().clock.now();
    let bounds = Bounds {
        articles: Some(ARTICLES_MAX),
        since: now.checked_sub(args.since.0).ok(),
        until: Some(Instant::now() + TIME_MAX),
    };
    let (mut hits, mut near_misses): (BTreeMap<_, Vec<usize>>, BTreeMap<_, usize>) =
        Default::default();
    let mut number = 0;
    let past = Past::new(config);
    seen.looked = each_newest(store.as_ref(), bounds, |stored| {
        let document = Document::new(past.input_of(&stored.article));
        let verdict = config.rule_set.judge(&document);
        for hit in verdict.hits {
            hits.entry(hit.watch).or_default().push(number);
        }
        for miss in verdict.near_misses {
            *near_misses.entry(miss.watch).or_default() += 1;
        }
        number += 1;
    })?;
    (seen.hits, seen.near_misses) = (hits, near_misses);
    Ok(seen)
}

impl Seen {
    fn findings(&self, config: &Config, known: &[Finding], args: &LintArgs) -> Vec<Finding> {
        if self.looked.articles < ARTICLES_MIN {
            return Vec::new();
        }
        let mut found = Vec::new();
        for watch in &config.rules.watches {
            let name = &watch.name;
            match self.hits.get(name) {
                None if !self.near_misses.contains_key(name) => found.push(self.dead(name, args)),
                Some(hits) if hits.len() >= HITS_MIN => {
                    found.extend(self.shadowed(name, hits, known));
                }
                _ => {}
            }
        }
        found
    }

    fn dead(&self, name: &str, args: &LintArgs) -> Finding {
        let (articles, period) = (grouped(self.looked.articles), print::length(args.since.0));
        Finding {
            kind: FindingKind::Dead,
            place: RulePlace::Watch(name.to_owned()),
            message: format!(
                "watch.{name}: no hit and no near miss in {articles} stored articles of the last {period}"
            ),
            help: format!(
                "`wirewatch watch explain {name} ARTICLE` shows what is missing in one that it should hit"
            ),
            other: None,
        }
    }

    /// Another watch that hit all articles that this one did, and more.
    fn shadowed(&self, name: &str, hits: &[usize], known: &[Finding]) -> Option<Finding> {
        let wider = self.hits.iter().find(|(other, all)| {
            *other != name
                && all.len() > hits.len()
                && hits
                    .iter()
                    .all(|article| all.binary_search(article).is_ok())
        });
        let (other, all) = wider?;
        let is_known = known.iter().any(|finding| {
            finding.place == RulePlace::Watch(name.to_owned())
                && finding.other.as_ref() == Some(other)
        });
        (!is_known).then(|| Finding {
            kind: FindingKind::Shadowed,
            place: RulePlace::Watch(name.to_owned()),
            message: format!(
                "all {} hits of watch.{name} are among the {} of watch.{other}, in {} stored articles",
                grouped(hits.len()),
                grouped(all.len()),
                grouped(self.looked.articles)
            ),
            help: format!("are both wanted? What only {other} hits would be alerted once"),
            other: Some(other.clone()),
        })
    }
}

/// The findings with their places in the files.
fn problems(config: &Config, findings: &[Finding]) -> Problems {
    let files = &config.warnings.files;
    let read: Vec<_> = files
        .iter()
        .filter_map(|file| Some((file, RuleFile::parse(&file.text).ok()?)))
        .collect();
    let list = findings.iter().map(|finding| {
        let found = read.iter().find(|(_, rules)| rules.has(&finding.place));
        let at = found.map(|(file, rules)| {
            let whole = rules.locate(&file.text, &finding.place, &(0..0));
            let length = match &finding.place {
                RulePlace::Watch(_) => whole.start..line_end(&file.text, whole.start),
                _ => whole.start..value_end(&file.text, whole.start),
            };
            (file.path.clone(), length)
        });
        let (file, at) = at.unzip();
        Problem {
            level: Level::Warning,
            code: finding.kind.name(),
            file: file.unwrap_or_else(|| config.path.clone()),
            at,
            message: finding.message.clone(),
            help: Some(finding.help.clone()),
        }
    });
    Problems {
        list: list.collect(),
        files: files.clone(),
        ..Problems::default()
    }
}

fn line_end(text: &str, start: usize) -> usize {
    text[start..]
        .find('\n')
        .map_or(text.len(), |end| start + end)
}

/// Where a text in quotes or a list of them ends, near enough to be underlined.
fn value_end(text: &str, start: usize) -> usize {
    let end = text[start..].find(['"', '\'', ',', ']', '\n']);
    end.map_or(text.len(), |end| start + end.max(1))
}

fn row(finding: &Finding, problem: &Problem, problems: &Problems) -> serde_json::Value {
    let place = problem.at.as_ref().zip(problems.text_of(&problem.file));
    let begin = place.map(|(at, text)| line_column(text, at.start));
    json!({
        "kind": finding.kind.name(),
        "place": finding.place.to_string(),
        "file": problem.file,
        "line": begin.map(|place| place.0),
        "column": begin.map(|place| place.1),
        "other": finding.other,
        "message": finding.message,
        "help": finding.help,
    })
}
