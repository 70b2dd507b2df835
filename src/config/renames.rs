//! `renamed_from` of watches and `moved_from` of feeds: what was known under the old name is carried over.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;

use super::gather::WatchPlace;
use super::source::Reader;
use crate::rules::RuleSource;

/// A `moved_from`, for the checks that need all feeds.
pub(super) struct Move {
    pub(super) file: PathBuf,
    pub(super) at: Range<usize>,
    /// The old address, in normal form.
    pub(super) from: blake3::Hash,
}

/// Reports names that are still in use, and those that two watches want.
pub(super) fn check_renames(
    reader: &mut Reader,
    rules: &RuleSource,
    places: &HashMap<String, WatchPlace>,
) {
    let mut wanted: BTreeMap<&str, &str> = BTreeMap::new();
    for watch in &rules.watches {
        let place = places.get(&watch.name);
        let (Some(from), Some(place)) = (&watch.renamed_from, place) else {
            continue;
        };
        let at = place.renamed_from.clone().unwrap_or_default();
        let still_there = rules.watches.iter().any(|other| other.name == *from);
        let other = wanted.insert(from, &watch.name);
        let (message, help) = if still_there {
            (
                format!("[watch.{from}] is still here: a watch that was renamed is gone"),
                "take the old table out, or this key".to_owned(),
            )
        } else if let Some(other) = other {
            (
                format!("[watch.{other}] is renamed from `{from}` too"),
                "only one of them can have its alerts".to_owned(),
            )
        } else {
            continue;
        };
        reader.error(&place.file, at, message, Some(help));
    }
}

/// Reports old addresses that are still polled, and those that two feeds want.
pub(super) fn check_moves(
    reader: &mut Reader,
    moves: &[Move],
    is_polled: &dyn Fn(&blake3::Hash) -> bool,
) {
    for (index, moved) in moves.iter().enumerate() {
        let message = if is_polled(&moved.from) {
            "this address is still polled: a feed that has moved is in the config once"
        } else if moves[..index].iter().any(|other| other.from == moved.from) {
            "another feed has moved from this address too"
        } else {
            continue;
        };
        let help = "take the other table out, or this key".to_owned();
        reader.error(&moved.file, moved.at.clone(), message, Some(help));
    }
}
