//! `[health]`: when a feed is in trouble, and who is told.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::SignedDuration;
use toml::Spanned;

use super::HealthConfig;
use super::channels::check_channels;
use super::source::Reader;
use super::tables::HealthToml;
use super::values::Period;
use crate::alert::HealthOptions;
use crate::channel::ChannelOptions;

/// A shorter time says nothing: a feed is not polled more often than this.
const AFTER_MIN: SignedDuration = SignedDuration::from_mins(5);
/// Factors that make sense: below the first every feed is silent now and then, beyond the last none ever is.
const FACTORS: std::ops::RangeInclusive<f64> = 1.0..=100.0;

/// Fills in what is missing and reports what cannot be.
pub(super) fn resolve(
    reader: &mut Reader,
    file: &Path,
    table: HealthToml,
    channels: &BTreeMap<String, ChannelOptions>,
) -> HealthConfig {
    check_channels(reader, file, table.channels.iter().flatten(), channels);
    let default = HealthOptions::default();
    let options = HealthOptions {
        failing_after: after(reader, file, table.failing_after, default.failing_after),
        missing_after: after(reader, file, table.missing_after, default.missing_after),
        silent_factor: factor(reader, file, table.silent_factor, default.silent_factor),
    };
    HealthConfig {
        enabled: table.enabled.unwrap_or(true),
        channels: match table.channels {
            Some(named) => named.into_iter().map(Spanned::into_inner).collect(),
            None => channels.keys().cloned().collect(),
        },
        options,
    }
}

fn after(
    reader: &mut Reader,
    file: &Path,
    written: Option<Spanned<Period>>,
    default: SignedDuration,
) -> SignedDuration {
    let Some(written) = written else {
        return default;
    };
    let after = written.get_ref().0;
    if after < AFTER_MIN {
        let help = "no feed is polled more often than every five minutes: write \"1d\"".to_owned();
        reader.error(
            file,
            written.span(),
            "too short to tell anything",
            Some(help),
        );
    }
    after
}

fn factor(reader: &mut Reader, file: &Path, written: Option<Spanned<f64>>, default: f64) -> f64 {
    let Some(written) = written else {
        return default;
    };
    let factor = *written.get_ref();
    if !FACTORS.contains(&factor) {
        let help = "5: a feed is called silent after five times its usual silence".to_owned();
        let message = format!("`{factor}` is not between 1 and 100");
        reader.error(file, written.span(), message, Some(help));
    }
    factor
}
