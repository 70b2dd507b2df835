//! What the database says of the work: times in the future, what was given up, which config is in force.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::clock;
use super::finding::{Check, Finding, Group};
use super::subject::Subject;
use crate::cli::{open, print};
use crate::store::{Gauges, InForce, Queries, SqliteStore};

const STORED: Check = Check(Group::Clock, "clock-stored");
const PARKED: Check = Check(Group::Database, "parked");
const DEAD: Check = Check(Group::Channels, "dead-letters");
const IN_FORCE: Check = Check(Group::Service, "config-in-force");

/// A time may be so far in the future: another machine with a right clock wrote it.
const SLACK: SignedDuration = SignedDuration::from_secs(60);

/// All of it; nothing where the database cannot be read, which [`super::database`] tells.
pub(super) fn look(subject: &Subject) -> Vec<Finding> {
    let asked = subject.store.as_deref().map(ask);
    let Some(Ok((gauges, in_force))) = asked else {
        return Vec::new();
    };
    let mut found = Vec::new();
    found.extend(gauges.last_poll_at.map(|last| newest(last, subject.now)));
    found.extend(given_up(&gauges));
    found.extend(in_force.and_then(|noted| of_config(subject, &noted)));
    found
}

fn ask(path: &Path) -> anyhow::Result<(Gauges, Option<InForce>)> {
    let store = open::store_at(path)?;
    open::block_on(async { Ok((store.gauges().await?, store.in_force().await?)) })
}

/// The clock against the newest poll.
fn newest(last: Timestamp, now: Timestamp) -> Finding {
    let ahead = last.duration_since(now);
    match ahead > SLACK {
        true => STORED.wrong(
            format!(
                "the newest poll in the database is of {}, {} from now: the clock has been set back",
                print::time(last),
                print::length(ahead)
            ),
            clock::ADVICE,
        ),
        false => STORED.ok(format!("the newest poll was {}", print::ago(last, now))),
    }
}

fn given_up(gauges: &Gauges) -> Vec<Finding> {
    let mut found = Vec::new();
    if gauges.articles_parked > 0 {
        let (told, advice) = (
            format!(
                "{} articles could not be judged and were parked",
                gauges.articles_parked
            ),
            "this is a fault of the program, please report it: journalctl -u wirewatch | grep 'judging failed'",
        );
        found.push(PARKED.warning(told, advice));
    }
    found.extend(gauges.dead.iter().map(|(channel, dead)| {
        let advice = format!(
            "wirewatch outbox list --dead --channel {channel}    # why; `wirewatch outbox retry` sends them after all"
        );
        DEAD.warning(format!("{dead} deliveries were given up"), advice)
            .about(channel)
    }));
    found
}

/// Whether a running daemon works with the files as they are.
fn of_config(subject: &Subject, noted: &InForce) -> Option<Finding> {
    SqliteStore::holder(subject.store.as_deref()?)?;
    let since = print::ago(noted.loaded_at, subject.now);
    if let Some(refused_at) = noted.refused_at {
        let refused = print::ago(refused_at, subject.now);
        return Some(IN_FORCE.wrong(
            format!("the daemon works with the config of {since}; the files as they are now were refused {refused}"),
            "`wirewatch check` shows what is wrong; the daemon takes them over when it is put right",
        ));
    }
    let config = subject.config()?;
    Some(match config.rule_set.fingerprint() == noted.rule_set {
        true => IN_FORCE.ok(format!("the daemon works with these watches since {since}")),
        false => IN_FORCE.warning(
            format!("the daemon loaded its config {since}; the files have other watches by now"),
            "wirewatch reload    # and see what it says",
        ),
    })
}
