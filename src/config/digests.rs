//! `[digest.NAME]`.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use toml::Spanned;

use super::channels::check_channels;
use super::problem::nearest;
use super::source::{Located, Named, Reader};
use super::tables::DigestToml;
use super::{DigestConfig, Period, system_zone};
use crate::alert::{DIGEST_CUT, DigestOptions, DigestTime, zone};
use crate::channel::ChannelOptions;
use crate::rules::RuleSource;

/// Stories that a digest may tell in full.
const CUT_MAX: usize = 100;

/// `weekly`, or a length of time of at least an hour.
fn heartbeat(written: &str) -> Result<SignedDuration, String> {
    let hours = match written.trim() {
        "hourly" => Some(1),
        "daily" => Some(24),
        "weekly" => Some(7 * 24),
        "monthly" => Some(30 * 24),
        _ => None,
    };
    let period = match hours {
        Some(hours) => Some(SignedDuration::from_hours(hours)),
        None => written.parse().ok().map(|Period(period)| period),
    };
    let least = SignedDuration::from_hours(1);
    period.filter(|period| *period >= least).ok_or_else(|| {
        format!(
            "`{written}` is no period of an hour or more; write \"daily\", \"weekly\", \"monthly\" or \"3d\""
        )
    })
}

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
    let heartbeat = value.heartbeat.as_ref().and_then(|written| {
        heartbeat(written.get_ref())
            .map_err(|message| reader.error(&file, written.span(), message, None))
            .ok()
    });
    let cut = value.cut.as_ref().and_then(|written| {
        let cut = usize::try_from(*written.get_ref()).ok();
        let cut = cut.filter(|cut| (1..=CUT_MAX).contains(cut));
        if cut.is_none() {
            let message = format!("`cut` is a number of stories from 1 to {CUT_MAX}");
            let help = Some("the rest stand as one line each; 20 when it is missing".to_owned());
            reader.error(&file, written.span(), message, help);
        }
        cut
    });
    Some(DigestConfig {
        options: DigestOptions {
            cut: cut.unwrap_or(DIGEST_CUT),
            near_misses: value.near_misses.unwrap_or(true),
            heartbeat,
        },
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
