//! `wirewatch store purge`: articles are deleted for good.

use std::io::{self, BufRead, IsTerminal, Write};
use std::process::ExitCode;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::print;
use crate::config::{Config, system_zone};
use crate::store::{PurgeScope, PurgeTotals, care};

pub(super) const HELP: &str = "\
Deletes texts, entries, search words, kept pages, hits, alerts and what closed digests quote, forgets what the pages of
those hosts taught, and writes the whole file anew so that no free page holds a rest. Stop the daemon first (--dry-run does
not ask for it). A hash of what was deleted stays: it is not fetched again. Out of its reach: messages that were sent, files
that channels have written, and backups made before. --feed spares articles that another feed named too.

Examples:
  wirewatch store purge --url https://news.example/2026/ann-doe --dry-run
  wirewatch store purge --feed https://news.example/rss
  wirewatch store purge --before 2025-01-01 --yes";

#[derive(Debug, Args)]
pub(in crate::cli) struct PurgeArgs {
    #[command(flatten)]
    scope: ScopeArgs,
    /// Only say what would be deleted
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct ScopeArgs {
    /// The article at this address, or that an entry with this link names
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// All articles that this feed named
    #[arg(long, value_name = "URL")]
    feed: Option<String>,
    /// All articles first seen before then: 2026-01-31, "2026-01-31 17:00" (local time), or RFC 3339
    #[arg(long, value_name = "DATE")]
    before: Option<String>,
}

impl ScopeArgs {
    fn scope(&self) -> anyhow::Result<PurgeScope> {
        match (&self.url, &self.feed, &self.before) {
            (Some(url), ..) => Ok(PurgeScope::Url(url.clone())),
            (_, Some(url), _) => Ok(PurgeScope::Feed(url.clone())),
            (.., before) => {
                let written = before.as_deref().unwrap_or_default();
                let time = instant(written, &system_zone().0).ok_or_else(|| {
                    anyhow::anyhow!(
                        "--before {written} is no time: 2026-01-31, \"2026-01-31 17:00\" or RFC 3339"
                    )
                })?;
                Ok(PurgeScope::Before(time))
            }
        }
    }
}

fn instant(written: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(time) = written.parse::<Timestamp>() {
        return Some(time);
    }
    let local = match written.parse::<Date>() {
        Ok(date) => date.to_datetime(jiff::civil::Time::midnight()),
        Err(_) => written.parse::<DateTime>().ok()?,
    };
    Some(local.to_zoned(zone.clone()).ok()?.timestamp())
}

pub(super) fn run(config: &Config, args: &PurgeArgs) -> anyhow::Result<ExitCode> {
    let path = &config.store.path;
    let scope = args.scope.scope()?;
    let would = care::purge_preview(path, &scope)?;
    if args.dry_run {
        told(&would, "would be deleted", args.json)?;
        return Ok(ExitCode::SUCCESS);
    }
    // With --yes the file is written anew all the same: a purge that was killed may have deleted everything before that.
    if would.articles + would.entries == 0 && !args.yes {
        told(&would, "deleted", args.json)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !args.yes && !agreed(&would)? {
        anyhow::bail!("nothing was deleted");
    }
    let totals = care::purge(path, &scope)?;
    told(&totals, "deleted", args.json)?;
    if !args.json {
        print::text(&backups(config))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Asks on the terminal; where there is none, `--yes` has to be said.
fn agreed(would: &PurgeTotals) -> anyhow::Result<bool> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        anyhow::bail!("{}; --yes deletes it", words(would, "would be deleted"));
    }
    eprint!(
        "{}. It cannot be undone. Delete? [y/N]: ",
        words(would, "would be deleted")
    );
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn told(totals: &PurgeTotals, what: &str, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return print::json(&json!({ "dry_run": what != "deleted", "purged": totals }));
    }
    print::text(&format!("{}\n", words(totals, what)))
}

fn words(totals: &PurgeTotals, what: &str) -> String {
    let mut words = format!(
        "{} articles and {} entries {what}",
        totals.articles, totals.entries
    );
    for (number, name) in [
        (totals.pages, "with kept pages"),
        (totals.hits, "hits"),
        (totals.alerts, "alerts with nothing else to tell"),
        (totals.alerts_cut, "alerts lose a part"),
        (totals.digests, "closed digests lose a part"),
    ] {
        if number > 0 {
            words.push_str(&format!(", {number} {name}"));
        }
    }
    words
}

/// What older backups still hold.
fn backups(config: &Config) -> String {
    match &config.store.backups {
        Some(plan) => format!(
            "Backups in {} that were made before still hold it, until the newest {} were made after now; the next one does not. \
             So do files NAME.before-vN, .replaced-TIME and .damaged-TIME beside the database, and backups elsewhere.\n",
            plan.folder.display(),
            plan.keep
        ),
        None => "Backups that were made before still hold it, and so do files NAME.before-vN, .replaced-TIME and .damaged-TIME \
                 beside the database: delete them when nothing depends on them.\n"
            .to_owned(),
    }
}
