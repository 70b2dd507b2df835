//! Makes a [`Config`] of the tables: fills in defaults, checks that names exist, compiles the watches.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;

use super::access::hosts;
use super::channels::{channels, watch_channels};
use super::digests::digests;
use super::gather::{Gathered, gather};
use super::policies::{policies, routes};
use super::problem::{Level, Problems, SourceFile};
use super::renames::check_renames;
use super::source::Reader;
use super::store::{self, DATABASE};
use super::tables::{AlertToml, KeepToml};
use super::values::Period;
use super::{Config, FeedConfig, KeepOptions, Moment, health, metrics, rereads, site, websub};
use crate::alert::LifeOptions;
use crate::channel::ChannelOptions;
use crate::rules::{self, RuleFile, RuleSet, RuleSource};

const MAX_AGE: SignedDuration = SignedDuration::from_hours(3 * 24);
const KEEP_BODIES: SignedDuration = SignedDuration::from_hours(90 * 24);
/// As long as people look back after a change of a rule; where much is read, the bytes are the tighter bound.
const KEEP_ALERTS_MIN: SignedDuration = SignedDuration::from_hours(24 * 30);
const KEEP_PAGES: SignedDuration = SignedDuration::from_hours(30 * 24);
/// About 40,000 pages.
const PAGES_BYTES_MAX: u64 = 2 << 30;

/// See [`Config::load`].
pub(super) fn load(path: &Path, moment: &Moment) -> Result<Config, Problems> {
    let mut reader = Reader::default();
    let mut gathered = Gathered::default();
    if let Some(main) = reader.read(path) {
        prepare(&main, moment);
        let included = gather(&mut reader, &mut gathered, &main, true);
        for path in included {
            if let Some(file) = reader.read(&path) {
                prepare(&file, moment);
                gather(&mut reader, &mut gathered, &file, false);
            }
        }
    }
    let config = resolve(&mut reader, gathered, path, moment);
    sort(&mut reader.problems);
    reader.tell_unshown(path);
    let problems = reader.problems;
    match config {
        Some(config) if !problems.has_errors() => Ok(Config {
            warnings: problems,
            ..config
        }),
        _ => Err(problems),
    }
}

/// The names of states take a quarter of the time that a config of a thousand watches takes, and hang on nothing that
/// it says: they are made beside the reading of its tables. A set in force has them already.
fn prepare(file: &SourceFile, moment: &Moment) {
    if moment.previous.is_none() && rules::names_states(&file.text) {
        std::thread::spawn(rules::prepare_states);
    }
}

/// The database that a config file names, however wrong the rest of it is; `None` when even this cannot be read.
#[must_use]
pub fn store_path(config: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(config).ok()?;
    let (document, _) = toml::de::DeTable::parse_recoverable(&text);
    let store = document.get_ref().get("store");
    let named = store.and_then(|store| store.get_ref().get("path"));
    let named = named.and_then(|path| path.get_ref().as_str());
    let base = config.parent().unwrap_or(Path::new(""));
    Some(base.join(named.unwrap_or(DATABASE)))
}

/// By file, then by place.
fn sort(problems: &mut Problems) {
    let files = &problems.files;
    problems.list.sort_by_key(|problem| {
        let file = files.iter().position(|file| file.path == problem.file);
        (file, problem.at.as_ref().map(|at| at.start))
    });
}

fn resolve(
    reader: &mut Reader,
    gathered: Gathered,
    path: &Path,
    moment: &Moment,
) -> Option<Config> {
    let base = path.parent().unwrap_or(Path::new(""));
    let channels = channels(reader, gathered.channels);
    let (rules, rule_set) = compile(reader, &gathered.rules, moment);
    check_renames(reader, &rules, &gathered.watch_places);
    let watch_channels = watch_channels(reader, &rules, &channels, &gathered.watch_places);
    let feeds = gathered.feeds.into_list(reader);
    let hosts = hosts(reader, base, gathered.hosts);
    let sites = site::resolve(reader, base, gathered.sites, gathered.extract);
    let policies = policies(reader, gathered.policies);
    let routes = routes(reader, gathered.routes, &rules, &channels);
    let digests = digests(reader, gathered.digests, &rules, &channels);
    let health = health::resolve(reader, path, gathered.health, &channels);
    let websub = gathered
        .websub
        .and_then(|table| websub::options(reader, table));
    let metrics = gathered
        .metrics
        .and_then(|table| metrics::options(reader, base, table));
    let life = life(&gathered.alert);
    let rereads = rereads::resolve(reader, path, gathered.alert.reread);
    warn(reader, path, &feeds, &rules, &channels);
    Some(Config {
        path: path.to_owned(),
        files: gathered.files,
        store: store::resolve(reader, path, gathered.store),
        keep: keep(reader, path, gathered.keep),
        fetch: gathered.fetch,
        max_age: gathered.alert.max_age.map_or(MAX_AGE, |period| period.0),
        stories: gathered.alert.stories,
        life,
        rereads,
        health,
        websub,
        metrics,
        feeds,
        hosts,
        sites,
        rules,
        rule_set: Arc::new(rule_set?),
        watch_channels,
        channels,
        policies,
        routes,
        digests,
        warnings: Problems::default(),
    })
}

fn life(alert: &AlertToml) -> LifeOptions {
    let usual = LifeOptions::default();
    let period = |given: &Option<Period>, usual| given.as_ref().map_or(usual, |period| period.0);
    LifeOptions {
        update_every: period(&alert.update_every, usual.update_every),
        ended_after: period(&alert.ended_after, usual.ended_after),
        raise: alert.raise.unwrap_or(usual.raise),
        bursts: alert.bursts.unwrap_or(usual.bursts),
        burst_cool_down: period(&alert.burst_cool_down, usual.burst_cool_down),
        settle: period(&alert.settle, usual.settle),
    }
}

fn keep(reader: &mut Reader, file: &Path, keep: KeepToml) -> KeepOptions {
    KeepOptions {
        alerts: keep.alerts.map(|alerts| {
            if alerts.get_ref().0 < KEEP_ALERTS_MIN {
                let help =
                    Some("an alert may still grow for weeks: write \"90d\" or more".to_owned());
                reader.error(file, alerts.span(), "too short for alerts", help);
            }
            alerts.get_ref().0
        }),
        bodies: keep.bodies.map_or(KEEP_BODIES, |period| period.0),
        pages: keep.pages.map_or(KEEP_PAGES, |kept| kept.0),
        pages_bytes_max: keep.pages_bytes_max.map_or(PAGES_BYTES_MAX, |size| size.0),
    }
}

fn compile(
    reader: &mut Reader,
    files: &[(SourceFile, RuleFile)],
    moment: &Moment,
) -> (RuleSource, Option<RuleSet>) {
    let mut source = RuleSource {
        day: moment.day,
        ..RuleSource::default()
    };
    for (_, rules) in files {
        source.extend(rules.source.clone());
    }
    let compiled = match &moment.previous {
        Some(previous) => RuleSet::recompile(previous, &source),
        None => RuleSet::compile(&source),
    };
    match compiled {
        Ok(rule_set) => (source, Some(rule_set)),
        Err(errors) => {
            for error in errors {
                let found = files.iter().find(|(_, rules)| rules.has(&error.place));
                if let Some((file, rules)) = found {
                    let at = rules.locate(&file.text, &error.place, &error.at);
                    reader.error(&file.path, at, error.message, error.help);
                    reader.problems.last_is(error.place.kind());
                } else if let Some((main, _)) = files.first() {
                    let message = error.to_string();
                    reader.report(Level::Error, &main.path, None, message, error.help);
                }
            }
            (source, None)
        }
    }
}

/// What works, but not as a person who wrote the file would think.
fn warn(
    reader: &mut Reader,
    path: &Path,
    feeds: &[FeedConfig],
    rules: &RuleSource,
    channels: &BTreeMap<String, ChannelOptions>,
) {
    if reader.problems.has_errors() {
        return;
    }
    let mut say = |message: &str, help: &str| {
        reader.report(Level::Warning, path, None, message, Some(help.to_owned()));
    };
    if feeds.is_empty() {
        say(
            "there is no [[feed]]: nothing will be polled",
            "wirewatch feed add URL",
        );
    }
    if rules.watches.is_empty() {
        say(
            "there is no [watch.NAME]: nothing will be found",
            "docs/rules.md shows how a watch is written",
        );
    }
    if channels.is_empty() {
        say(
            "there is no [channel.NAME]: alerts are listed (`wirewatch alert list`) but sent nowhere",
            "add [channel.terminal] with kind = \"stdout\"",
        );
    }
}
