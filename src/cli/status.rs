//! `wirewatch status`: is it well? Answered from the database, whether or not the daemon runs.

mod check;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Global, diagnostic, open, print};
use crate::config::{self, Config};
use crate::model::{ChannelState, FeedHealth, FeedView, TroubleView, rfc3339};
use crate::store::{Holder, InForce, Queries, SqliteStore, Totals};
use crate::world::World;
use verdict::Level;

/// Hits are counted over a day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Lags are those of articles seen within this.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Failing feeds that are named; `feed list --bad` has them all.
const FAILING_SHOWN: usize = 10;

#[derive(Debug, Args)]
#[command(after_help = "\
`config` says which config the daemon works with: the files as they are now, or those before them if the newest
were refused. Exit code 1 when the files as they are now are refused.
With --check the exit codes are those of monitoring plugins: 0 well, 1 warning, 2 critical (not a wrong command line, as
elsewhere), 3 it could not be found out.")]
pub(super) struct StatusArgs {
    /// One JSON object
    #[arg(long)]
    json: bool,
    /// One line and an exit code for monitoring systems
    #[arg(long, conflicts_with = "json")]
    check: bool,
}

/// All that the status is made of.
struct Facts {
    daemon: Option<Holder>,
    in_force: Option<InForce>,
    totals: Totals,
    feeds: Vec<FeedView>,
    digests: Vec<(String, Timestamp)>,
    hits: Vec<(String, u64)>,
    quiet_hosts: Vec<(String, Timestamp)>,
    dead_channels: Vec<(String, u64, String)>,
    channels: Vec<ChannelState>,
    oldest_waiting_at: Option<Timestamp>,
    /// From seen to judged, ascending.
    lags: Vec<SignedDuration>,
    /// What may still be written to the disk of the database.
    disk_free_bytes: Option<u64>,
}

impl Facts {
    /// How many feeds are so.
    fn count(&self, health: FeedHealth) -> usize {
        self.feeds
            .iter()
            .filter(|feed| feed.health == health)
            .count()
    }
}

/// What half of them do not pass, and 95 %; `None` of none.
fn percentiles(ascending: &[SignedDuration]) -> Option<(SignedDuration, SignedDuration)> {
    let at = |share: usize| ascending.get((ascending.len() * share).div_ceil(100).checked_sub(1)?);
    Some((*at(50)?, *at(95)?))
}

/// What the files say, as far as they can be read.
struct Files {
    store: PathBuf,
    /// Fingerprint of the watches; `None` when the files are refused.
    rule_set: Option<String>,
}

pub(super) fn run(global: &Global, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let shown = show(global, args);
    match shown {
        Err(error) if args.check => check::unknown(&format!("{error:#}")),
        shown => shown,
    }
}

fn show(global: &Global, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let path = open::config_path(global)?;
    // The daemon may work well with the config before: that is what is asked for.
    let files = match Config::load_on(&path, World::real().clock.now()) {
        Ok(config) => Files {
            store: config.store.path.clone(),
            rule_set: Some(config.rule_set.fingerprint().to_owned()),
        },
        Err(problems) => {
            eprint!("{}", diagnostic::show_all(&problems));
            Files {
                store: config::store_path(&path).ok_or(open::Refused)?,
                rule_set: None,
            }
        }
    };
    let store = open::store_at(&files.store)?;
    let now = World::real().clock.now();
    let daemon = SqliteStore::holder(&files.store);
    let facts = open::block_on(async {
        Ok(Facts {
            daemon,
            in_force: store.in_force().await?,
            totals: store.totals().await?,
            feeds: store.feeds().await?,
            digests: store.next_digests().await?,
            hits: store.hits_per_watch(now - DAY).await?,
            quiet_hosts: store.quiet_hosts(now).await?,
            dead_channels: store.dead_channels().await?,
            channels: store.channel_states().await?,
            oldest_waiting_at: store.gauges().await?.oldest_waiting_at,
            lags: store.lags(now - HOUR).await?,
            disk_free_bytes: store.free_bytes().await?,
        })
    })?;
    let reasons = verdict::reasons(&files, &facts, now);
    if args.check {
        return check::tell(&reasons, &facts, now);
    }
    if args.json {
        print::json(&object(&files, &facts, &reasons))?;
    } else {
        print::text(&screen(&files, &facts, &reasons, now))?;
    }
    Ok(ExitCode::from(u8::from(files.rule_set.is_none())))
}

fn object(files: &Files, facts: &Facts, reasons: &[(Level, String)]) -> Value {
    let hits = facts
        .hits
        .iter()
        .map(|(watch, hits)| json!({ "watch": watch, "hits": hits }));
    let digests = facts
        .digests
        .iter()
        .map(|(name, at)| json!({ "name": name, "at": rfc3339(*at) }));
    let quiet = facts
        .quiet_hosts
        .iter()
        .map(|(host, until)| json!({ "host": host, "until": rfc3339(*until) }));
    let dead = facts.dead_channels.iter().map(
        |(channel, dead, why)| json!({ "channel": channel, "deliveries": dead, "last_error": why }),
    );
    let troubles =
        troubles(&facts.feeds).map(|(url, trouble)| json!({ "feed": url, "trouble": trouble }));
    let daemon = facts.daemon.as_ref();
    let lag = percentiles(&facts.lags)
        .map(|(half, most)| json!({ "p50_s": half.as_secs_f64(), "p95_s": most.as_secs_f64() }));
    let reasons: Vec<_> = reasons.iter().map(|(_, why)| why).collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "well": reasons.is_empty(),
        "not_well": reasons,
        "daemon": daemon.map(|daemon| &daemon.name),
        "daemon_version": daemon.map(|daemon| &daemon.version),
        "daemon_since": daemon.and_then(|daemon| daemon.since).map(rfc3339),
        "lag_1h": lag,
        "feeds_silent": facts.count(FeedHealth::Silent),
        "oldest_waiting_at": facts.oldest_waiting_at.map(rfc3339),
        "disk_free_bytes": facts.disk_free_bytes,
        "database": files.store,
        "rule_set": files.rule_set,
        "in_force": facts.in_force,
        "totals": facts.totals,
        "hits_24h": hits.collect::<Vec<_>>(),
        "next_digests": digests.collect::<Vec<_>>(),
        "quiet_hosts": quiet.collect::<Vec<_>>(),
        "dead_channels": dead.collect::<Vec<_>>(),
        "troubles": troubles.collect::<Vec<_>>(),
    })
}

fn screen(files: &Files, facts: &Facts, reasons: &[(Level, String)], now: Timestamp) -> String {
    let mut rows = totals_rows(files, facts, now);
    let hits = facts.hits.iter();
    rows.extend(hits.map(|(watch, hits)| ("", format!("{watch}: {hits} hits in 24 h"))));
    let digests = facts.digests.iter();
    rows.extend(digests.map(|(name, at)| ("next digest", format!("{name}: {}", print::time(*at)))));
    rows.extend(further_rows(facts, now));
    let reasons: Vec<&str> = reasons.iter().map(|(_, why)| why.as_str()).collect();
    let head = match reasons.is_empty() {
        true => "well\n".to_owned(),
        false => format!("not well: {}\n", print::safe(&reasons.join("; "))),
    };
    rows.iter().fold(head, |out, (name, value)| {
        out + &format!("{name:12} {value}\n")
    })
}

/// What the store holds, by kind.
fn totals_rows(files: &Files, facts: &Facts, now: Timestamp) -> Vec<(&'static str, String)> {
    let totals = &facts.totals;
    let when = |at: Option<Timestamp>| at.map_or("never".to_owned(), |at| print::ago(at, now));
    let free = facts.disk_free_bytes.map_or_else(String::new, |bytes| {
        format!("; {:.1} GB free on its disk", bytes as f64 / 1e9)
    });
    let lag = percentiles(&facts.lags).map_or_else(
        || "no article of the last hour is judged".to_owned(),
        |(half, most)| {
            format!(
                "from seen to judged, of the last hour: half within {:.1} s, 95 % within {:.1} s",
                half.as_secs_f64(),
                most.as_secs_f64()
            )
        },
    );
    let oldest = facts.oldest_waiting_at.map_or_else(String::new, |at| {
        format!(" (the oldest since {})", print::ago(at, now))
    });
    vec![
        ("daemon", daemon_row(facts, now)),
        ("config", config_row(files, facts, now)),
        (
            "database",
            format!(
                "{}, {:.1} MB{free}",
                files.store.display(),
                totals.database_bytes as f64 / 1e6
            ),
        ),
        (
            "kept pages",
            format!(
                "of {} articles, {:.1} MB of the database",
                totals.kept_pages,
                totals.kept_pages_bytes as f64 / 1e6
            ),
        ),
        (
            "feeds",
            format!(
                "{}: {} failing, {} silent, {} never polled; last success {}",
                totals.feeds,
                totals.feeds_failing,
                facts.count(FeedHealth::Silent),
                totals.feeds_new,
                when(totals.last_poll_at)
            ),
        ),
        (
            "articles",
            format!(
                "{}: {} to be read, {} to be judged, {} parked",
                totals.articles,
                totals.articles_wanted,
                totals.articles_unjudged,
                totals.articles_parked
            ),
        ),
        ("lag", lag),
        (
            "alerts",
            format!(
                "{}, {} open; last {}",
                totals.alerts,
                totals.alerts_open,
                when(totals.last_alert_at)
            ),
        ),
        (
            "deliveries",
            format!(
                "{} waiting{oldest}, {} given up",
                totals.deliveries_pending, totals.deliveries_dead
            ),
        ),
    ]
}

/// Who is at work.
fn daemon_row(facts: &Facts, now: Timestamp) -> String {
    let Some(daemon) = &facts.daemon else {
        let own = env!("CARGO_PKG_VERSION");
        return format!("not running (this is wirewatch {own})");
    };
    let version = daemon.version.as_deref().unwrap_or("of unknown version");
    let since = daemon.since.map_or_else(String::new, |since| {
        format!(", started {}", print::ago(since, now))
    });
    format!("{}: {version}{since}", daemon.name)
}

/// Which config is in force: the newest files, or those before.
fn config_row(files: &Files, facts: &Facts, now: Timestamp) -> String {
    let Some(in_force) = &facts.in_force else {
        return match files.rule_set {
            Some(_) => "not in force yet: no daemon has run with it".to_owned(),
            None => "refused, see above".to_owned(),
        };
    };
    let loaded = print::ago(in_force.loaded_at, now);
    let is_same = files.rule_set.as_ref() == Some(&in_force.rule_set);
    match (&in_force.refused_at, &facts.daemon) {
        (_, None) if is_same => format!("as the daemon last loaded it, {loaded}"),
        (_, None) => format!("changed since a daemon last loaded it, {loaded}"),
        (Some(refused_at), Some(_)) => format!(
            "loaded {loaded} and still in force; newer files were refused {}: {}",
            print::ago(*refused_at, now),
            print::safe(in_force.refusal.as_deref().unwrap_or_default())
        ),
        (None, Some(_)) if is_same => format!("in force since {loaded}"),
        (None, Some(_)) => {
            format!("loaded {loaded} and still in force; the files have other watches by now")
        }
    }
}

/// Troubles that are worth telling, with the addresses of their feeds.
fn troubles(feeds: &[FeedView]) -> impl Iterator<Item = (&str, &TroubleView)> {
    let in_config = feeds
        .iter()
        .filter(|feed| feed.health != FeedHealth::Removed);
    in_config
        .flat_map(|feed| feed.troubles.iter().map(|open| (feed.url.as_str(), open)))
        .filter(|(_, trouble)| trouble.kind.is_told())
}

/// What somebody may want to look at: feeds, hosts, channels.
fn further_rows(facts: &Facts, now: Timestamp) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let failing = facts
        .feeds
        .iter()
        .filter(|feed| feed.health == FeedHealth::Failing);
    rows.extend(failing.take(FAILING_SHOWN).map(|feed| {
        let why = feed.last_error.as_deref().unwrap_or_default();
        ("failing", format!("{}: {}", feed.url, print::safe(why)))
    }));
    rows.extend(
        troubles(&facts.feeds)
            .take(FAILING_SHOWN)
            .map(|(url, trouble)| {
                let (kind, since) = (trouble.kind.name(), print::ago(trouble.since, now));
                let why = print::safe(&trouble.why);
                ("in trouble", format!("{url}: {kind}, since {since}: {why}"))
            }),
    );
    rows.extend(
        facts
            .quiet_hosts
            .iter()
            .take(FAILING_SHOWN)
            .map(|(host, until)| {
                let until = print::ago(*until, now);
                (
                    "quiet host",
                    format!("{host} asked to be left alone; again {until}"),
                )
            }),
    );
    rows.extend(facts.dead_channels.iter().map(|(channel, dead, why)| {
        let why = print::safe(why);
        (
            "given up",
            format!("{dead} deliveries through {channel}: {why}"),
        )
    }));
    rows
}
