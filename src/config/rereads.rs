//! `[alert] reread`: when the page of an article that was told of is looked at again.

use std::path::Path;

use jiff::SignedDuration;
use toml::Spanned;

use super::source::Reader;
use super::values::Period;

/// Most corrections come within hours, and some after days.
const DEFAULT: [SignedDuration; 4] = [
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24 * 7),
];
/// More looks than this are a burden on the site rather than a help.
const TIMES_MAX: usize = 16;
/// A site is not asked about one page more often.
const FIRST_MIN: SignedDuration = SignedDuration::from_secs(1);

/// The times in ascending order; reports what is too short or too much.
pub(super) fn resolve(
    reader: &mut Reader,
    file: &Path,
    written: Option<Vec<Spanned<Period>>>,
) -> Vec<SignedDuration> {
    let Some(written) = written else {
        return DEFAULT.to_vec();
    };
    if let Some(first_too_many) = written.get(TIMES_MAX) {
        let help = "keep the first few: most corrections come within a day".to_owned();
        let message = format!("more than {TIMES_MAX} times");
        reader.error(file, first_too_many.span(), message, Some(help));
    }
    let mut times = Vec::with_capacity(written.len());
    for period in written {
        let after = period.get_ref().0;
        if after < FIRST_MIN {
            let help = "count from the first reading: write \"1h\"".to_owned();
            reader.error(file, period.span(), "too short", Some(help));
        }
        times.push(after);
    }
    times.sort_unstable();
    times.dedup();
    times
}
