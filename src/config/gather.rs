//! The tables of all files, as they were written.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::access::fetch_ca;
use super::cut::{cut, rest_of};
use super::feeds::Feeds;
use super::policies::read_channels;
use super::problem::SourceFile;
use super::source::{Located, Named, Reader};
use super::tables::{
    AlertToml, DigestToml, ExtractToml, HealthToml, HostToml, KeepToml, MetricsToml, PolicyToml,
    RouteToml, SiteToml, StoreToml, WebsubToml,
};
use crate::channel::ChannelOptions;
use crate::fetch::FetchOptions;
use crate::rules::{ListToml, NamedKind, NamedToml, RuleFile, WatchToml};
use crate::world::AddressGuard;

/// What was gathered from all files.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) store: StoreToml,
    pub(super) keep: KeepToml,
    pub(super) fetch: FetchOptions,
    pub(super) alert: AlertToml,
    pub(super) health: HealthToml,
    pub(super) websub: Option<Located<WebsubToml>>,
    pub(super) metrics: Option<Located<MetricsToml>>,
    pub(super) feeds: Feeds,
    pub(super) hosts: Vec<Located<HostToml>>,
    pub(super) sites: Vec<Located<SiteToml>>,
    pub(super) extract: Option<Located<ExtractToml>>,
    pub(super) channels: Vec<Named<ChannelOptions>>,
    pub(super) policies: Vec<Named<PolicyToml>>,
    pub(super) routes: Vec<Located<RouteToml>>,
    pub(super) digests: Vec<Named<DigestToml>>,
    pub(super) rules: Vec<(SourceFile, RuleFile)>,
    /// For problems with the channels of a watch.
    pub(super) watch_places: HashMap<String, WatchPlace>,
    pub(super) files: Vec<PathBuf>,
}

/// Where a watch stands, and each of the channels it names.
pub(super) struct WatchPlace {
    pub(super) file: PathBuf,
    pub(super) channels: Vec<Range<usize>>,
    pub(super) renamed_from: Option<Range<usize>>,
}

/// Gathers a file, its feeds one after the other if that can be; gives the files that it includes.
pub(super) fn gather(
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

/// Tables of the main file.
fn gather_main(
    reader: &mut Reader,
    gathered: &mut Gathered,
    file: &SourceFile,
    table: &DeTable<'_>,
) {
    if let Some(value) = table.get("store") {
        gathered.store = reader.value(file, value).unwrap_or_default();
        if let Some(moved) = &gathered.store.keep_bodies {
            let help = Some("write it as `bodies` into a table [keep]".to_owned());
            let message = "`keep_bodies` is now `[keep] bodies`";
            reader.error(&file.path, moved.span(), message, help);
        }
    }
    if let Some(value) = table.get("keep") {
        gathered.keep = reader.value(file, value).unwrap_or_default();
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
        gathered.websub = reader.located(file, value);
    }
    if let Some(value) = table.get("metrics") {
        gathered.metrics = reader.located(file, value);
    }
    if let Some(value) = table.get("extract") {
        gathered.extract = reader.located(file, value);
    }
    gather_common(reader, gathered, file, table);
}

/// Tables that every file may have.
fn gather_common(
    reader: &mut Reader,
    gathered: &mut Gathered,
    file: &SourceFile,
    table: &DeTable<'_>,
) {
    gathered.files.push(file.path.clone());
    gathered.hosts.extend(reader.array(file, table, "host"));
    gathered.sites.extend(reader.array(file, table, "site"));
    let (channels, policies) = read_channels(reader, file, table);
    gathered.channels.extend(channels);
    gathered.policies.extend(policies);
    gathered.routes.extend(reader.array(file, table, "route"));
    gathered.digests.extend(reader.named(file, table, "digest"));
    let mut rules = RuleFile::default();
    for named in reader.named::<WatchToml>(file, table, "watch") {
        let place = WatchPlace {
            file: file.path.clone(),
            channels: channel_spans(table, &named.name),
            renamed_from: named.table.value.renamed_from.as_ref().map(Spanned::span),
        };
        if let Some(other) = gathered.watch_places.insert(named.name.clone(), place) {
            let other = other.file.display();
            let message = format!("[watch.{}] stands in {other} too", named.name);
            reader.error(&file.path, named.table.at.clone(), message, None);
            continue;
        }
        if let Err(error) = rules.add_watch(named.name, named.table.value) {
            reader.error(&file.path, error.at, error.message, None);
        }
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
    for (kind, key) in [(NamedKind::Person, "person"), (NamedKind::Org, "org")] {
        for named in reader.named::<NamedToml>(file, table, key) {
            let files = gathered.rules.iter();
            let mut known = files.flat_map(|(_, rules)| &rules.source.named);
            if known.any(|other| other.kind == kind && other.name == named.name) {
                let message = format!("[{key}.{}] stands in another file too", named.name);
                reader.error(&file.path, named.table.at.clone(), message, None);
                continue;
            }
            if let Err(error) = rules.add_named(kind, named.name, named.table.value) {
                reader.error(&file.path, error.at, error.message, None);
            }
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
