//! What every `[channel.NAME]` may say of when it is sent what, and `[[route]]`.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::channels::check_channels;
use super::problem::{SourceFile, nearest};
use super::source::{Located, Named, Reader};
use super::system_zone;
use super::tables::{OneOrMany, PolicyToml, RouteToml};
use crate::alert::{Pace, QuietHours, Route, SendPolicy, zone};
use crate::channel::ChannelOptions;
use crate::model::AlertKind;
use crate::rules::RuleSource;

/// The keys of a channel that are no matter of its kind.
const POLICY_KEYS: [&str; 5] = ["quiet", "timezone", "rate", "pace", "tell"];

/// What may be said through a channel by choice.
const KINDS: [AlertKind; 5] = [
    AlertKind::New,
    AlertKind::Update,
    AlertKind::Correction,
    AlertKind::Burst,
    AlertKind::Ended,
];

/// A file's channels and their policies: one table of the file is read as two.
pub(super) fn read_channels(
    reader: &mut Reader,
    file: &SourceFile,
    table: &DeTable<'_>,
) -> (Vec<Named<ChannelOptions>>, Vec<Named<PolicyToml>>) {
    let (mut options, mut policies) = (table.clone(), table.clone());
    keep_keys(&mut options, |key| !POLICY_KEYS.contains(&key));
    keep_keys(&mut policies, |key| POLICY_KEYS.contains(&key));
    (
        reader.named(file, &options, "channel"),
        reader.named(file, &policies, "channel"),
    )
}

/// Leaves in every `[channel.NAME]` only the keys that are wanted. What is no table is left for its reader to refuse.
fn keep_keys(table: &mut DeTable<'_>, wanted: impl Fn(&str) -> bool) {
    let Some(channels) = table.get_mut("channel") else {
        return;
    };
    let DeValue::Table(channels) = channels.get_mut() else {
        return;
    };
    for (_, channel) in channels.iter_mut() {
        if let DeValue::Table(keys) = channel.get_mut() {
            let foreign: Vec<_> = keys
                .keys()
                .filter(|key| !wanted(key.as_ref().as_ref()))
                .cloned()
                .collect();
            for key in &foreign {
                keys.remove(key.as_ref().as_ref() as &str);
            }
        }
    }
}

/// The policies by channel; those that say nothing are left out.
pub(super) fn policies(
    reader: &mut Reader,
    named: Vec<Named<PolicyToml>>,
) -> BTreeMap<String, SendPolicy> {
    let mut policies = BTreeMap::new();
    for Named { name, table } in named {
        let policy = policy(reader, table);
        if policy != SendPolicy::default() {
            policies.entry(name).or_insert(policy);
        }
    }
    policies
}

fn policy(reader: &mut Reader, table: Located<PolicyToml>) -> SendPolicy {
    let Located { value, file, .. } = table;
    let quiet = quiet(reader, &file, value.quiet, value.timezone.as_ref());
    let tell = value.tell.map(|words| kinds(reader, &file, &words));
    SendPolicy {
        quiet,
        cap: value.rate,
        pace: value.pace.map(Pace::from),
        tell,
    }
}

fn quiet(
    reader: &mut Reader,
    file: &Path,
    written: Option<Spanned<OneOrMany>>,
    named: Option<&Spanned<String>>,
) -> Option<QuietHours> {
    let zone = match named {
        None => system_zone().0,
        Some(named) => match zone(named.get_ref()) {
            Ok(zone) => zone,
            Err(error) => {
                reader.error(file, named.span(), error.to_string(), None);
                return None;
            }
        },
    };
    let Some(written) = written else {
        if let Some(named) = named {
            let message = "`timezone` is that of `quiet`, which is missing";
            reader.error(file, named.span(), message, None);
        }
        return None;
    };
    let at = written.span();
    let windows: Vec<String> = match written.into_inner() {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(texts) => texts.into_iter().map(Spanned::into_inner).collect(),
    };
    if windows.is_empty() {
        return None;
    }
    match QuietHours::parse(windows.iter().map(String::as_str), zone) {
        Ok(quiet) => Some(quiet),
        Err(error) => {
            reader.error(file, at, error.to_string(), None);
            None
        }
    }
}

fn kinds(reader: &mut Reader, file: &Path, words: &[Spanned<String>]) -> Vec<AlertKind> {
    let mut kinds = Vec::new();
    for word in words {
        match KINDS.iter().find(|kind| kind.name() == word.get_ref()) {
            Some(kind) => kinds.push(*kind),
            None => {
                let names = KINDS.map(AlertKind::name);
                let help = match nearest(word.get_ref(), names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known: {}", names.join(", ")),
                };
                let message = format!("nothing is said as `{}`", word.get_ref());
                reader.error(file, word.span(), message, Some(help));
            }
        }
    }
    kinds
}

/// The routes, in file order.
pub(super) fn routes(
    reader: &mut Reader,
    tables: Vec<Located<RouteToml>>,
    rules: &RuleSource,
    channels: &BTreeMap<String, ChannelOptions>,
) -> Vec<Route> {
    let mut routes = Vec::new();
    for Located { value, file, .. } in tables {
        check_channels(reader, &file, value.channels.iter(), channels);
        for watch in &value.watches {
            let known = || rules.watches.iter().map(|watch| watch.name.as_str());
            let wanted = watch.get_ref();
            if !known().any(|name| name == wanted) {
                let help = nearest(wanted, known()).map(|near| format!("did you mean `{near}`?"));
                let message = format!("there is no [watch.{wanted}]");
                reader.error(&file, watch.span(), message, help);
            }
        }
        let names =
            |names: Vec<Spanned<String>>| names.into_iter().map(Spanned::into_inner).collect();
        routes.push(Route {
            severity: value.severity,
            labels: value.labels,
            langs: value.langs,
            tags: value.tags,
            kinds: kinds(reader, &file, &value.kinds),
            watches: names(value.watches),
            channels: names(value.channels),
            goes_on: value.goes_on,
        });
    }
    routes
}
