//! Makes a [`Config`] of the tables: fills in defaults, checks that names exist, compiles the watches.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::access::{fetch_ca, hosts};
use super::cut::{cut, rest_of};
use super::feeds::Feeds;
use super::problem::{Level, Problems, SourceFile, nearest};
use super::source::{Located, Named, Reader};
use super::tables::{AlertToml, DigestToml, HealthToml, HostToml, StoreToml, WebsubToml};
use super::{Config, DigestConfig, FeedConfig, StoreOptions, health, system_zone, websub};
use crate::alert::{DigestTime, zone};
use crate::channel::ChannelOptions;
use crate::fetch::FetchOptions;
use crate::rules::{ListToml, RuleFile, RuleSet, RuleSource, WatchToml};
use crate::world::AddressGuard;

const MAX_AGE: SignedDuration = SignedDuration::from_hours(3 * 24);
const KEEP_BODIES: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What was gathered from all files.
#[derive(Default)]
struct Gathered {
    store: StoreToml,
    fetch: FetchOptions,
    alert: AlertToml,
    health: HealthToml,
    websub: Option<Located<WebsubToml>>,
    feeds: Feeds,
    hosts: Vec<Located<HostToml>>,
    channels: Vec<Named<ChannelOptions>>,
    digests: Vec<Named<DigestToml>>,
    rules: Vec<(SourceFile, RuleFile)>,
    /// For problems with the channels of a watch.
    watch_places: HashMap<String, WatchPlace>,
    files: Vec<PathBuf>,
}

/// Where a watch stands, and each of the channels it names.
struct WatchPlace {
    file: PathBuf,
    channels: Vec<Range<usize>>,
}

/// See [`Config::load`].
pub(super) fn load(path: &Path) -> Result<Config, Problems> {
    let mut reader = Reader::default();
    let mut gathered = Gathered::default();
    if let Some(main) = reader.read(path) {
        let included = gather(&mut reader, &mut gathered, &main, true);
        for path in included {
            if let Some(file) = reader.read(&path) {
                gather(&mut reader, &mut gathered, &file, false);
            }
        }
    }
    let config = resolve(&mut reader, gathered, path);
    let mut problems = reader.problems;
    problems.list.sort_by_key(|problem| {
        let file = problems
            .files
            .iter()
            .position(|file| file.path == problem.file);
        (file, problem.at.as_ref().map(|at| at.start))
    });
    match config {
        Some(config) if !problems.has_errors() => Ok(Config {
            warnings: problems,
            ..config
        }),
        _ => Err(problems),
    }
}

/// Gathers a file, its feeds one after the other if that can be; gives the files that it includes.
fn gather(
    reader: &mut Reader,
    gathered: &mut Gathered,
    file: &SourceFile,
    is_main: bool,
) -> Vec<PathBuf> {
    let pieces = cut(&file.text);
    let rest = pieces.as_ref().and_then(rest_of);
    if let Some((pieces, rest)) = pieces.as_ref().zip(rest) {
        if is_main {
            gathered.feeds = feeds_of(file, &rest);
        }
        if gathered.feeds.read_pieces(reader, file, pieces) {
            return gather_tables(reader, gathered, file, &rest, is_main);
        }
    }
    let table = reader.parse(file);
    if is_main {
        gathered.feeds = feeds_of(file, &table);
    }
    for feed in reader.elements(file, &table, "feed") {
        gathered.feeds.read(reader, file, feed);
    }
    gather_tables(reader, gathered, file, &table, is_main)
}

/// No feeds yet, with what the main file says of them all. What is wrong with `[fetch]` is told elsewhere.
fn feeds_of(main: &SourceFile, table: &DeTable<'_>) -> Feeds {
    let fetch = table.get("fetch").cloned().map(ValueDeserializer::from);
    let fetch = fetch.and_then(|fetch| FetchOptions::deserialize(fetch).ok());
    let guard = AddressGuard::new(fetch.unwrap_or_default().allow);
    Feeds::new(guard, main.path.parent().unwrap_or(Path::new("")))
}

/// Gathers all tables but the feeds; gives the files that are included.
fn gather_tables(
    reader: &mut Reader,
    gathered: &mut Gathered,
    file: &SourceFile,
    table: &DeTable<'_>,
    is_main: bool,
) -> Vec<PathBuf> {
    reader.check_top_level(file, is_main, table);
    if !is_main {
        gather_common(reader, gathered, file, table);
        return Vec::new();
    }
    gather_main(reader, gathered, file, table);
    reader.includes(file, table)
}

fn gather_main(
    reader: &mut Reader,
    gathered: &mut Gathered,
    file: &SourceFile,
    table: &DeTable<'_>,
) {
    if let Some(value) = table.get("store") {
        gathered.store = reader.value(file, value).unwrap_or_default();
    }
    if let Some(value) = table.get("fetch") {
        gathered.fetch = reader.value(file, value).unwrap_or_default();
        fetch_ca(reader, file, value, &mut gathered.fetch);
    }
    if let Some(value) = table.get("alert") {
        gathered.alert = reader.value(file, value).unwrap_or_default();
    }
    if let Some(value) = table.get("health") {
        gathered.health = reader.value(file, value).unwrap_or_default();
    }
    if let Some(value) = table.get("websub") {
        gathered.websub = reader.value(file, value).map(|read| Located {
            value: read,
            file: file.path.clone(),
            at: value.span(),
        });
    }
    gather_common(reader, gathered, file, table);
}

fn gather_common(
    reader: &mut Reader,
    gathered: &mut Gathered,
    file: &SourceFile,
    table: &DeTable<'_>,
) {
    gathered.files.push(file.path.clone());
    gathered.hosts.extend(reader.array(file, table, "host"));
    gathered
        .channels
        .extend(reader.named(file, table, "channel"));
    gathered.digests.extend(reader.named(file, table, "digest"));
    let mut rules = RuleFile::default();
    for named in reader.named::<WatchToml>(file, table, "watch") {
        let place = WatchPlace {
            file: file.path.clone(),
            channels: channel_spans(table, &named.name),
        };
        if let Some(other) = gathered.watch_places.insert(named.name.clone(), place) {
            let other = other.file.display();
            let message = format!("[watch.{}] stands in {other} too", named.name);
            reader.error(&file.path, named.table.at.clone(), message, None);
            continue;
        }
        rules.add_watch(named.name, named.table.value);
    }
    for named in reader.named::<ListToml>(file, table, "list") {
        let files = gathered.rules.iter();
        let mut lists = files.flat_map(|(_, rules)| &rules.source.lists);
        if lists.any(|list| list.name == named.name) {
            let message = format!("[list.{}] stands in another file too", named.name);
            reader.error(&file.path, named.table.at.clone(), message, None);
            continue;
        }
        if let Err(error) = rules.add_list(named.name, named.table.value) {
            reader.error(&file.path, error.at, error.message, None);
        }
    }
    gathered.rules.push((file.clone(), rules));
}

fn channel_spans(table: &DeTable<'_>, watch: &str) -> Vec<Range<usize>> {
    let watch = table.get("watch").and_then(|all| all.get_ref().get(watch));
    let channels = watch.and_then(|watch| watch.get_ref().get("channels"));
    match channels.map(Spanned::get_ref) {
        Some(DeValue::Array(names)) => names.iter().map(Spanned::span).collect(),
        _ => Vec::new(),
    }
}

fn resolve(reader: &mut Reader, gathered: Gathered, path: &Path) -> Option<Config> {
    let base = path.parent().unwrap_or(Path::new(""));
    let channels = channels(reader, gathered.channels);
    let (rules, rule_set) = compile(reader, &gathered.rules);
    let watch_channels = watch_channels(reader, &rules, &channels, &gathered.watch_places);
    let feeds = gathered.feeds.into_list();
    let hosts = hosts(reader, base, gathered.hosts);
    let digests = digests(reader, gathered.digests, &rules, &channels);
    let health = health::resolve(reader, path, gathered.health, &channels);
    let websub = gathered
        .websub
        .and_then(|table| websub::options(reader, table));
    warn(reader, path, &feeds, &rules, &channels);
    Some(Config {
        path: path.to_owned(),
        files: gathered.files,
        store: StoreOptions {
            path: base.join(gathered.store.path.as_deref().unwrap_or("wirewatch.db")),
            keep_bodies: gathered
                .store
                .keep_bodies
                .map_or(KEEP_BODIES, |period| period.0),
        },
        fetch: gathered.fetch,
        max_age: gathered.alert.max_age.map_or(MAX_AGE, |period| period.0),
        stories: gathered.alert.stories,
        health,
        websub,
        feeds,
        hosts,
        rules,
        rule_set: Arc::new(rule_set?),
        watch_channels,
        channels,
        digests,
        warnings: Problems::default(),
    })
}

fn channels(
    reader: &mut Reader,
    named: Vec<Named<ChannelOptions>>,
) -> BTreeMap<String, ChannelOptions> {
    let mut channels = BTreeMap::new();
    for Named { name, table } in named {
        if channels.contains_key(&name) {
            let message = format!("[channel.{name}] stands in another file too");
            reader.error(&table.file, table.at, message, None);
            continue;
        }
        channels.insert(name, table.value);
    }
    channels
}

fn compile(reader: &mut Reader, files: &[(SourceFile, RuleFile)]) -> (RuleSource, Option<RuleSet>) {
    let mut source = RuleSource::default();
    for (_, rules) in files {
        source.extend(rules.source.clone());
    }
    match RuleSet::compile(&source) {
        Ok(rule_set) => (source, Some(rule_set)),
        Err(errors) => {
            for error in errors {
                let found = files.iter().find(|(_, rules)| rules.has(&error.place));
                if let Some((file, rules)) = found {
                    let at = rules.locate(&file.text, &error.place, &error.at);
                    reader.error(&file.path, at, error.message, error.help);
                }
            }
            (source, None)
        }
    }
}

fn watch_channels(
    reader: &mut Reader,
    rules: &RuleSource,
    channels: &BTreeMap<String, ChannelOptions>,
    places: &HashMap<String, WatchPlace>,
) -> BTreeMap<String, Vec<String>> {
    let mut named = BTreeMap::new();
    for watch in &rules.watches {
        let (Some(wanted), Some(place)) = (&watch.channels, places.get(&watch.name)) else {
            continue;
        };
        for (channel, at) in wanted.iter().zip(&place.channels) {
            if !channels.contains_key(channel) {
                let message = format!("there is no [channel.{channel}]");
                let help = missing_channel_help(channel, channels);
                reader.error(&place.file, at.clone(), message, Some(help));
            }
        }
        named.insert(watch.name.clone(), wanted.clone());
    }
    named
}

/// Reports names of channels that are not in the config.
pub(super) fn check_channels<'a>(
    reader: &mut Reader,
    file: &Path,
    named: impl Iterator<Item = &'a Spanned<String>>,
    channels: &BTreeMap<String, ChannelOptions>,
) {
    for channel in named {
        let wanted = channel.get_ref();
        if !channels.contains_key(wanted) {
            let help = missing_channel_help(wanted, channels);
            let message = format!("there is no [channel.{wanted}]");
            reader.error(file, channel.span(), message, Some(help));
        }
    }
}

fn missing_channel_help(name: &str, channels: &BTreeMap<String, ChannelOptions>) -> String {
    match nearest(name, channels.keys().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add a table [channel.{name}], for example with kind = \"stdout\""),
    }
}

fn digests(
    reader: &mut Reader,
    named: Vec<Named<DigestToml>>,
    rules: &RuleSource,
    channels: &BTreeMap<String, ChannelOptions>,
) -> Vec<DigestConfig> {
    let mut digests: Vec<DigestConfig> = Vec::new();
    for Named { name, table } in named {
        if digests.iter().any(|digest| digest.name == name) {
            let message = format!("[digest.{name}] stands in another file too");
            reader.error(&table.file, table.at, message, None);
            continue;
        }
        if let Some(digest) = digest(reader, name, table, rules, channels) {
            digests.push(digest);
        }
    }
    digests
}

fn digest(
    reader: &mut Reader,
    name: String,
    table: Located<DigestToml>,
    rules: &RuleSource,
    channels: &BTreeMap<String, ChannelOptions>,
) -> Option<DigestConfig> {
    let Located { value, file, .. } = table;
    for watch in &value.watches {
        let known = || rules.watches.iter().map(|watch| watch.name.as_str());
        let wanted = watch.get_ref();
        if wanted != "*" && !known().any(|name| name == wanted) {
            let help = nearest(wanted, known()).map(|near| format!("did you mean `{near}`?"));
            let message = format!("there is no [watch.{wanted}]");
            reader.error(&file, watch.span(), message, help);
        }
    }
    check_channels(reader, &file, value.channels.iter().flatten(), channels);
    let (zone, zone_name) = match &value.timezone {
        None => system_zone(),
        Some(named) => match zone(named.get_ref()) {
            Ok(zone) => (zone, named.get_ref().clone()),
            Err(error) => {
                reader.error(&file, named.span(), error.to_string(), None);
                return None;
            }
        },
    };
    let time = match DigestTime::parse(value.schedule.get_ref()) {
        Ok(time) => time,
        Err(error) => {
            reader.error(&file, value.schedule.span(), error.to_string(), None);
            return None;
        }
    };
    Some(DigestConfig {
        name,
        schedule: value.schedule.into_inner(),
        time,
        zone,
        zone_name,
        watches: value.watches.into_iter().map(Spanned::into_inner).collect(),
        channels: match value.channels {
            Some(named) => named.into_iter().map(Spanned::into_inner).collect(),
            None => channels.keys().cloned().collect(),
        },
    })
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
