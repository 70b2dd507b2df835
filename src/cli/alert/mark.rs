//! `wirewatch alert mark`: was it worth telling?

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::{handle, open};
use crate::cli::{print, user};
use crate::config::Config;
use crate::model::{AlertId, Deed, Mark, MarkVerdict, rfc3339};
use crate::store::Store;
use crate::world::World;

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  wirewatch alert mark a17 noise --note \"a friendly, not diplomacy\"
  wirewatch alert mark a18 a19 a20 relevant
  wirewatch alert mark a17 --clear
The last word counts. `watch list` shows how many of the marked alerts of each watch are relevant, `watch suggest`
proposes terms, `watch pin` makes a test of one.
Exit codes: 0 all were marked, 1 one of them is no alert (the others are marked), 2 the command line was wrong.")]
pub(in crate::cli) struct MarkArgs {
    /// Ids, such as a17 a18, and what they are: relevant or noise
    #[arg(required = true, value_name = "ID... relevant|noise")]
    words: Vec<String>,
    /// Why, for whoever reads it later
    #[arg(long, value_name = "TEXT", conflicts_with = "clear")]
    note: Option<String>,
    /// Take the mark away
    #[arg(long)]
    clear: bool,
    /// Who, for the audit trail; the login name when it is missing
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// The alerts as they are now, one JSON object a line
    #[arg(long)]
    json: bool,
}

/// What is to be written of which alerts.
#[derive(Debug, PartialEq)]
struct Order {
    alerts: Vec<AlertId>,
    verdict: Option<MarkVerdict>,
}

/// The word for a mark on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum MarkWord {
    /// Worth telling
    Relevant,
    /// Not what the watch is for
    Noise,
    /// Not marked
    None,
}

impl MarkWord {
    /// As lists are asked for it.
    pub(super) fn verdict(self) -> Option<MarkVerdict> {
        match self {
            Self::Relevant => Some(MarkVerdict::Relevant),
            Self::Noise => Some(MarkVerdict::Noise),
            Self::None => None,
        }
    }
}

pub(super) fn run(config: &Config, args: MarkArgs) -> anyhow::Result<ExitCode> {
    let order = match order(&args.words, args.clear) {
        Ok(order) => order,
        Err(why) => {
            eprintln!("wirewatch: {why}");
            return Ok(ExitCode::from(2));
        }
    };
    // A database that does not exist yet is told as such, not made.
    drop(open::store_to_read(config)?);
    let store = open::store(config)?;
    let mark = order.verdict.map(|verdict| Mark {
        verdict,
        at: World::real().clock.now(),
        note: args.note.clone(),
    });
    let asked = order.alerts.len();
    let deed = Deed {
        by: args.by.clone().unwrap_or_else(user),
        at: World::real().clock.now(),
        why: args.note.clone(),
    };
    let alerts = order.alerts.clone();
    let unknown = open::block_on(async { Ok(store.mark_alerts(order.alerts, mark, deed).await?) })?;
    if args.json {
        open::block_on(handle::tell(&*store, &alerts, true))?;
        return handle::refuse(&unknown);
    }
    let marked = asked - unknown.len();
    let word = order.verdict.map_or("without a mark", MarkVerdict::name);
    print::text(&match marked {
        1 => format!("1 alert is {word} now\n"),
        _ => format!("{marked} alerts are {word} now\n"),
    })?;
    if unknown.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    handle::refuse(&unknown)
}

/// Tells ids from the verdict, which stands last (or first).
fn order(words: &[String], clear: bool) -> Result<Order, String> {
    let (mut alerts, mut verdict) = (Vec::new(), None);
    for word in words {
        let said = match word.to_ascii_lowercase().as_str() {
            "relevant" => MarkVerdict::Relevant,
            "noise" => MarkVerdict::Noise,
            _ => {
                let id = word.parse::<AlertId>();
                alerts.push(id.map_err(|why| format!("{why}, and the marks are relevant, noise"))?);
                continue;
            }
        };
        if verdict.is_some_and(|before| before != said) {
            return Err("it is either relevant or noise".to_owned());
        }
        verdict = Some(said);
    }
    alerts.sort_unstable();
    alerts.dedup();
    match (alerts.is_empty(), verdict, clear) {
        (true, ..) => Err("no alert is named: `wirewatch alert mark a17 noise`".to_owned()),
        (_, Some(_), true) => Err("--clear takes a mark away: it goes without one".to_owned()),
        (_, None, false) => {
            Err("relevant or noise? `wirewatch alert mark a17 noise`, or --clear".to_owned())
        }
        (_, verdict, _) => Ok(Order { alerts, verdict }),
    }
}

/// A mark in one line.
pub(super) fn told(mark: &Mark) -> String {
    let note = mark.note.as_deref().map(print::safe);
    let note = note.map_or_else(String::new, |note| format!(": {note}"));
    format!("marked {} {}{note}", mark.verdict.name(), rfc3339(mark.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_the_verdict_are_told_apart() {
        let of = |words: &str, clear| {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            order(&words, clear)
        };
        let order = of("a2 1 a2 noise", false).expect("an order");
        assert_eq!(order.alerts, [AlertId(1), AlertId(2)]);
        assert_eq!(order.verdict, Some(MarkVerdict::Noise));
        assert_eq!(of("a2", true).expect("an order").verdict, None);
        for (words, clear) in [
            ("noise", false),
            ("a2", false),
            ("a2 noise relevant", false),
            ("a2 noise", true),
            ("a2 boring", false),
            ("s2 noise", false),
        ] {
            assert!(of(words, clear).is_err(), "{words}");
        }
    }
}
