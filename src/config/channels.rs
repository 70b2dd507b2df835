//! `[channel.NAME]`, and who names a channel.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use toml::Spanned;

use super::gather::WatchPlace;
use super::problem::nearest;
use super::source::{Named, Reader};
use crate::channel::ChannelOptions;
use crate::rules::RuleSource;

/// The channels by name.
pub(super) fn channels(
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

/// The channels that watches name, by watch.
pub(super) fn watch_channels(
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
