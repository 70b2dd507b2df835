//! `[digest.NAME]`.

use std::collections::BTreeMap;

use toml::Spanned;

use super::channels::check_channels;
use super::problem::nearest;
use super::source::{Located, Named, Reader};
use super::tables::DigestToml;
use super::{DigestConfig, system_zone};
use crate::alert::{DigestTime, zone};
use crate::channel::ChannelOptions;
use crate::rules::RuleSource;

/// The digests; one that cannot be understood is left out and reported.
pub(super) fn digests(
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
