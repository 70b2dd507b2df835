//! `wirewatch route`: which channels an alert goes to, and why.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::{Global, environment, open, print};
use crate::alert::{Route, RouteFacts, Routed};
use crate::config::Config;
use crate::model::{AlertId, AlertKind, AlertView, rfc3339};
use crate::pipeline::Setup;
use crate::store::Queries;
use crate::world::World;

#[derive(Debug, Subcommand)]
pub(super) enum RouteCommand {
    /// Say where an alert would go with the config as it is now
    #[command(after_help = "\
Example:
  wirewatch route test a17
  wirewatch route test a17 --kind correction
Exit codes: 0 it goes somewhere, 1 it goes nowhere (it is listed only), 2 the command line was wrong.")]
    Test {
        /// Id, such as a17
        alert: AlertId,
        /// As what it is said: new, update, correction, burst, ended
        #[arg(long, value_name = "KIND", default_value = "new", value_parser = kind)]
        kind: AlertKind,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

fn kind(word: &str) -> Result<AlertKind, String> {
    let known = [
        AlertKind::New,
        AlertKind::Update,
        AlertKind::Correction,
        AlertKind::Burst,
        AlertKind::Ended,
    ];
    let found = known.into_iter().find(|kind| kind.name() == word);
    found.ok_or_else(|| "known: new, update, correction, burst, ended".to_owned())
}

pub(super) fn run(global: &Global, command: RouteCommand) -> anyhow::Result<ExitCode> {
    let RouteCommand::Test { alert, kind, json } = command;
    let config = open::config(global)?;
    let store = open::store_to_read(&config)?;
    let found = open::block_on(async { Ok(store.alert(alert).await?) })?;
    let Some(view) = found else {
        anyhow::bail!("there is no alert {alert}; `wirewatch alert list` shows what there is");
    };
    let world = World::real();
    let setup = Setup::new(config, &world, &environment)?;
    let tags = tags(&setup.config, &view);
    let labels = setup
        .rules
        .watch(&view.watch)
        .map(|watch| watch.labels.clone());
    let labels = labels.unwrap_or_default();
    let facts = RouteFacts {
        watch: &view.watch,
        severity: view.severity,
        labels: &labels,
        lang: view.lang.as_deref(),
        tags: &tags,
        kind,
    };
    let routed = setup.route(&facts);
    let now = world.clock.now();
    let waits = |channel: &str| {
        let quiet = setup.config.policies.get(channel)?.quiet.as_ref()?;
        quiet
            .until(now)
            .filter(|_| view.severity < crate::model::Severity::Critical)
    };
    if json {
        let channels = routed.channels.iter();
        let channels = channels
            .map(|name| json!({ "channel": name, "quiet_until": waits(name).map(rfc3339) }));
        print::json(&json!({
            "alert": view.id, "kind": kind, "severity": view.severity, "lang": view.lang, "tags": tags,
            "labels": labels, "routes": routed.routes.iter().map(|n| n + 1).collect::<Vec<_>>(),
            "channels": channels.collect::<Vec<_>>(),
        }))?;
    } else {
        let mut text = told(&setup, &facts, &routed);
        for channel in &routed.channels {
            let when = waits(channel)
                .map(|until| format!(", when its quiet hours are over: {}", print::time(until)));
            text.push_str(&format!("-> {channel}{}\n", when.unwrap_or_default()));
        }
        if routed.channels.is_empty() {
            text.push_str("-> nowhere: it is listed, and stands in digests\n");
        }
        print::text(&text)?;
    }
    Ok(ExitCode::from(u8::from(routed.channels.is_empty())))
}

/// Each route, and why it fits or does not.
fn told(setup: &Setup, facts: &RouteFacts<'_>, routed: &Routed) -> String {
    let mut text = String::new();
    match setup.config.watch_channels.get(facts.watch) {
        Some(named) if named.is_empty() => text.push_str("the watch names no channel\n"),
        Some(named) => text.push_str(&format!("the watch names {}\n", named.join(", "))),
        None => {}
    }
    let mut is_open = true;
    for (number, route) in setup.config.routes.iter().enumerate() {
        let why = match (is_open, route.misfit(facts)) {
            (false, _) => "not asked: the one before does not go on".to_owned(),
            (true, Some(why)) => format!("does not fit: {why}"),
            (true, None) => format!("fits: {}", route.channels.join(", ")),
        };
        is_open &= !routed.routes.contains(&number) || route.goes_on;
        text.push_str(&format!("route {}: {}\n", number + 1, print::safe(&why)));
    }
    if routed.is_default {
        let none = setup
            .config
            .routes
            .iter()
            .all(|route: &Route| route.misfit(facts).is_some());
        if none {
            text.push_str("neither the watch nor a route names a channel: it goes to every one\n");
        }
    }
    text
}

/// Tags of the feeds that named its first article.
fn tags(config: &Config, view: &AlertView) -> Vec<String> {
    let feed = view.articles.first().map(|article| article.feed.as_str());
    let feeds = config
        .feeds
        .iter()
        .filter(|known| Some(known.spec.url.as_str()) == feed);
    feeds.flat_map(|feed| feed.spec.tags.clone()).collect()
}
