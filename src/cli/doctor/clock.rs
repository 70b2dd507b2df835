//! The machine's clock: kept right by somebody, not far from what other hosts say.

use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::SignedDuration;

use super::finding::{Check, Finding, Group};
use crate::cli::print;
use crate::cli::said::said;

const SYNC: Check = Check(Group::Clock, "clock-sync");
const HOSTS: Check = Check(Group::Clock, "clock-hosts");

/// systemd-timesyncd makes this when it has set the clock.
const SYNCHRONISED: &str = "/run/systemd/timesync/synchronized";
/// For programs that know.
const PATIENCE: Duration = Duration::from_secs(4);
/// Distances from other hosts' clocks. `Date` has whole seconds, and may come from a cache that is some seconds old.
const FAR: SignedDuration = SignedDuration::from_secs(60);
const VERY_FAR: SignedDuration = SignedDuration::from_mins(5);
/// Fewer hosts may be wrong themselves.
const HOSTS_MIN: usize = 3;

/// What to do about a clock that is not kept.
pub(super) const ADVICE: &str =
    "let somebody keep the clock: sudo timedatectl set-ntp true    # or install chrony";

/// Whether somebody keeps it.
pub(super) fn look() -> Finding {
    if Path::new(SYNCHRONISED).exists() {
        return SYNC.ok("systemd-timesyncd keeps it");
    }
    let kernel = said(
        "timedatectl",
        &["show", "--property=NTPSynchronized", "--value"],
        PATIENCE,
    );
    match kernel.as_deref().map(str::trim) {
        Ok("yes") => return SYNC.ok("it is synchronised, says timedatectl"),
        Ok("no") => return SYNC.warning("it is not synchronised, says timedatectl", ADVICE),
        _ => {}
    }
    match said("chronyc", &["-n", "tracking"], PATIENCE) {
        Ok(words) if words.contains("Normal") => SYNC.ok("chrony keeps it"),
        Ok(_) => SYNC.warning(
            "chrony runs and has not set it",
            "chronyc -n sources    # are its servers reached?",
        ),
        Err(error) => SYNC.skipped(match error.kind() {
            io::ErrorKind::NotFound => {
                "neither timedatectl nor chronyc answers: in a container the host keeps it"
                    .to_owned()
            }
            _ => format!("nobody on this system says: chronyc: {error}"),
        }),
    }
}

/// Against what hosts say that have answered: how far each is ahead of us.
pub(super) fn against_hosts(ahead: &[SignedDuration]) -> Option<Finding> {
    let mut ahead = ahead.to_vec();
    ahead.sort_unstable();
    let middle = *ahead.get(ahead.len() / 2)?;
    let hosts = match ahead.len() {
        1 => "1 host".to_owned(),
        many => format!("{many} hosts"),
    };
    let side = if middle.is_negative() { "fast" } else { "slow" };
    let told = format!(
        "this clock is {} {side}, by the clocks of {hosts}",
        print::length(middle.abs())
    );
    Some(match middle.abs() {
        far if far > VERY_FAR && ahead.len() >= HOSTS_MIN => HOSTS.wrong(told, ADVICE),
        far if far > FAR => HOSTS.warning(told, ADVICE),
        _ => HOSTS.ok(format!(
            "it agrees with the clocks of {hosts} to within a minute"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn the_middle_of_the_hosts_decides() {
        let of = |seconds: &[i64]| {
            let ahead: Vec<_> = seconds
                .iter()
                .map(|s| SignedDuration::from_secs(*s))
                .collect();
            against_hosts(&ahead).map(|finding| (finding.state, finding.message))
        };
        assert_eq!(of(&[]), None);
        let (state, words) = of(&[0, -1, 90_000]).expect("a finding");
        assert_eq!(state, State::Ok, "{words}");
        let (state, words) = of(&[3600, 3601, 0]).expect("a finding");
        assert_eq!(state, State::Wrong);
        assert!(
            words.contains("1 h slow, by the clocks of 3 hosts"),
            "{words}"
        );
        // One host may be wrong itself.
        let (state, words) = of(&[-3600]).expect("a finding");
        assert_eq!(state, State::Warning);
        assert!(words.contains("fast, by the clocks of 1 host"), "{words}");
    }
}
