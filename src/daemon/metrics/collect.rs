//! One look at all that is measured.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::meters::{LAGS, Lag};
use crate::daemon::Daemon;
use crate::store::{Gauges, InForce, StoreError};
use crate::telemetry::{Exposition, Format};

/// What was asked of the store, with the time of asking.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) at: Timestamp,
    gauges: Gauges,
    in_force: Option<InForce>,
    free_bytes: Option<u64>,
}

/// Asks the store.
pub(super) async fn ask(daemon: &Daemon) -> Result<Arc<Asked>, StoreError> {
    let queries = &daemon.pipeline.queries;
    Ok(Arc::new(Asked {
        at: daemon.pipeline.world.clock.now(),
        gauges: queries.gauges().await?,
        in_force: queries.in_force().await?,
        free_bytes: queries.free_bytes().await?,
    }))
}

/// The whole text.
pub(super) fn text(daemon: &Daemon, asked: &Asked, format: Format) -> String {
    let mut out = Exposition::new(format);
    program(&mut out, daemon, asked);
    polling(&mut out, daemon, &asked.gauges);
    judging(&mut out, daemon, &asked.gauges);
    sending(&mut out, daemon, asked);
    lags(&mut out, daemon);
    out.finish()
}

type Label = [(&'static str, String); 1];

fn label(name: &'static str, value: &str) -> Label {
    [(name, value.to_owned())]
}

fn by(name: &'static str, counts: &BTreeMap<String, u64>) -> Vec<(Label, u64)> {
    counts
        .iter()
        .map(|(value, count)| (label(name, value), *count))
        .collect()
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1e3
}

fn program(out: &mut Exposition, daemon: &Daemon, asked: &Asked) {
    let version = label("version", env!("CARGO_PKG_VERSION"));
    out.gauges(
        "wirewatch_build_info",
        "Version of the program; always 1.",
        [(version, 1.0)],
    );
    out.gauge(
        "wirewatch_start_time_seconds",
        "When the daemon was started, as Unix time.",
        seconds(daemon.started_at),
    );
    let is_well = daemon.pulse.verdict().is_ok();
    out.gauge(
        "wirewatch_healthy",
        "1 while every loop comes round and the store takes what it is given.",
        f64::from(u8::from(is_well)),
    );
    if let Some(bytes) = resident_bytes() {
        let help = "Memory of the process that is in RAM.";
        out.gauge("wirewatch_resident_memory_bytes", help, bytes as f64);
    }
    out.gauge(
        "wirewatch_database_bytes",
        "Size of the database file.",
        asked.gauges.database_bytes as f64,
    );
    if let Some(bytes) = asked.free_bytes {
        let help = "Bytes that are free on the disk of the database.";
        out.gauge("wirewatch_disk_free_bytes", help, bytes as f64);
    }
    if let Some(in_force) = &asked.in_force {
        out.gauge(
            "wirewatch_rule_set_loaded_timestamp_seconds",
            "When the config and rule set in force were loaded, as Unix time.",
            seconds(in_force.loaded_at),
        );
        out.gauge(
            "wirewatch_last_reload_successful",
            "0 while newer files were refused and the config before is in force.",
            f64::from(u8::from(in_force.refused_at.is_none())),
        );
    }
    let meters = &daemon.meters;
    out.counter("wirewatch_reloads", "Reloads.", meters.reloads.get());
    out.counter(
        "wirewatch_reload_failures",
        "Reloads that were refused.",
        meters.reload_failures.get(),
    );
}

fn polling(out: &mut Exposition, daemon: &Daemon, gauges: &Gauges) {
    let done = daemon.stats.snapshot();
    let ok = done
        .polls
        .saturating_sub(done.not_modified + done.unchanged + done.polls_failed);
    out.counters(
        "wirewatch_polls",
        "Polls of feeds.",
        [
            (label("result", "ok"), ok),
            (label("result", "not_modified"), done.not_modified),
            (label("result", "unchanged"), done.unchanged),
            (label("result", "failed"), done.polls_failed),
        ],
    );
    out.counter(
        "wirewatch_fetched_bytes",
        "Bytes of feeds and pages, decompressed.",
        daemon.pipeline.setup().fetcher.bytes(),
    );
    out.counter(
        "wirewatch_pushes",
        "Pushes of WebSub hubs that were accepted.",
        done.pushes,
    );
    out.counters(
        "wirewatch_entries",
        "Entries that polls and pushes brought.",
        [
            (label("change", "new"), done.new_entries),
            (label("change", "changed"), done.changed_entries),
        ],
    );
    let feeds = gauges.feeds.iter();
    out.gauges(
        "wirewatch_feeds",
        "Feeds in the config, by how they are.",
        feeds.map(|(health, count)| (label("health", health), *count as f64)),
    );
    if let Some(at) = gauges.last_poll_at {
        let help = "When a poll last succeeded, as Unix time.";
        out.gauge("wirewatch_last_poll_timestamp_seconds", help, seconds(at));
    }
}

fn judging(out: &mut Exposition, daemon: &Daemon, gauges: &Gauges) {
    let done = daemon.stats.snapshot();
    out.counters(
        "wirewatch_reads",
        "Tries to read the page of an article: from the page, from the entry instead, to be repeated.",
        [
            (label("result", "page"), done.read),
            (label("result", "entry"), done.read_from_entry),
            (label("result", "retry"), done.read_retries),
        ],
    );
    let waiting = [
        ("read", gauges.articles_wanted),
        ("judge", gauges.articles_unjudged),
    ];
    out.gauges(
        "wirewatch_articles_waiting",
        "Articles that wait for a stage.",
        waiting.map(|(stage, count)| (label("stage", stage), count as f64)),
    );
    out.gauge(
        "wirewatch_articles_parked",
        "Articles that were given up after repeated failures.",
        gauges.articles_parked as f64,
    );
    out.counter("wirewatch_articles_judged", "Articles judged.", done.judged);
    out.counters(
        "wirewatch_hits",
        "Articles that a watch hit.",
        by("watch", &daemon.meters.hits.all()),
    );
    out.counters(
        "wirewatch_alerts",
        "Alerts that were told, by kind.",
        by("kind", &daemon.meters.alerts.all()),
    );
    out.gauge(
        "wirewatch_alerts_open",
        "Alerts that are open.",
        gauges.alerts_open as f64,
    );
    out.counter(
        "wirewatch_digests",
        "Digests closed with something in them.",
        done.digests,
    );
}

fn sending(out: &mut Exposition, daemon: &Daemon, asked: &Asked) {
    let (meters, gauges) = (&daemon.meters, &asked.gauges);
    let setup = daemon.pipeline.setup();
    let results = [
        ("sent", meters.sent.all()),
        ("retry", meters.retried.all()),
        ("dead", meters.given_up.all()),
    ];
    let samples = results.iter().flat_map(|(result, counts)| {
        counts.iter().map(|(channel, count)| {
            let labels = [
                ("channel", channel.clone()),
                ("result", (*result).to_owned()),
            ];
            (labels, *count)
        })
    });
    out.counters(
        "wirewatch_deliveries",
        "Tries to deliver through a channel.",
        samples.collect::<Vec<_>>(),
    );
    // A channel with nothing in its outbox says 0: what is not there cannot be compared.
    let of_channels = |counts: &BTreeMap<String, u64>| {
        let mut all: BTreeMap<String, u64> = setup
            .channels
            .keys()
            .map(|name| (name.clone(), 0))
            .collect();
        all.extend(counts.clone());
        let samples = all.into_iter();
        samples
            .map(|(name, count)| ([("channel", name)], count as f64))
            .collect::<Vec<_>>()
    };
    out.gauges(
        "wirewatch_dead_letters",
        "Deliveries that were given up and lie in the outbox.",
        of_channels(&gauges.dead),
    );
    out.gauges(
        "wirewatch_outbox_deliveries",
        "Deliveries that wait.",
        of_channels(&gauges.waiting),
    );
    let age = gauges
        .oldest_waiting_at
        .map_or(0.0, |at| (seconds(asked.at) - seconds(at)).max(0.0));
    out.gauge(
        "wirewatch_outbox_oldest_age_seconds",
        "How long the delivery that waits longest has waited; 0 when none waits.",
        age,
    );
}

fn lags(out: &mut Exposition, daemon: &Daemon) {
    let meters = &daemon.meters;
    let lags: [(&str, &str, &Lag); 4] = [
        (
            "wirewatch_published_to_seen_seconds",
            "From the date that a new entry bears to the poll that saw it.",
            &meters.seen,
        ),
        (
            "wirewatch_seen_to_read_seconds",
            "From there to when the text of its article was read.",
            &meters.read,
        ),
        (
            "wirewatch_read_to_judged_seconds",
            "From there to when it was judged.",
            &meters.judged,
        ),
        (
            "wirewatch_promised_to_delivered_seconds",
            "From when a delivery was promised, which is when its article was judged, to when its channel took it.",
            &meters.delivered,
        ),
    ];
    for (name, help, lag) in lags {
        let (counts, sum) = lag.read();
        out.histogram(name, help, &LAGS, &counts, sum);
    }
}

/// `VmRSS` of this process in bytes.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1024)
}
