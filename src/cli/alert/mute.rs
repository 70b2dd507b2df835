//! `wirewatch alert mute`, `unmute`, `mutes`.

use std::process::ExitCode;

use clap::Args;

use super::handle::DeedArgs;
use super::until::UntilArgs;
use crate::cli::{open, print};
use crate::config::{Config, nearest};
use crate::model::{AlertId, Mute, MuteTarget, StoryId, rfc3339};
use crate::store::{Queries, Store};
use crate::world::World;

/// What is muted.
#[derive(Debug, Args)]
struct TargetArgs {
    /// Alerts, such as a17 a18
    #[arg(value_name = "ID", required_unless_present_any = ["stories", "watches", "feeds"])]
    ids: Vec<AlertId>,
    /// All alerts of a story, such as s3
    #[arg(long = "story", value_name = "STORY")]
    stories: Vec<StoryId>,
    /// All alerts of a watch
    #[arg(long = "watch", value_name = "NAME")]
    watches: Vec<String>,
    /// All alerts that tell of articles of muted feeds only; by address
    #[arg(long = "feed", value_name = "URL")]
    feeds: Vec<String>,
}

impl TargetArgs {
    /// The targets; a watch or feed that the config does not know is a mistake.
    fn targets(&self, config: &Config) -> anyhow::Result<Vec<MuteTarget>> {
        let mut targets: Vec<MuteTarget> =
            self.ids.iter().copied().map(MuteTarget::Alert).collect();
        targets.extend(self.stories.iter().copied().map(MuteTarget::Story));
        let known: Vec<&str> = config
            .rules
            .watches
            .iter()
            .map(|watch| watch.name.as_str())
            .collect();
        for name in &self.watches {
            if !known.contains(&name.as_str()) {
                let near = nearest(name, known.iter().copied());
                let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
                anyhow::bail!("there is no [watch.{name}]{near}");
            }
            targets.push(MuteTarget::Watch(name.clone()));
        }
        for url in &self.feeds {
            let Some(feed) = config.feed(url) else {
                anyhow::bail!("{url} is no feed of the config; `wirewatch feed list` shows them");
            };
            targets.push(MuteTarget::Feed(feed.spec.url.clone()));
        }
        Ok(targets)
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  wirewatch alert mute a17 --why \"we know\"
  wirewatch alert mute --watch china-russia --for 3d --why \"summit week\"
  wirewatch alert mute --feed https://example.org/rss --why \"reprints everything\"
What is muted grows in silence: it is listed (`alert list --state muted`), and neither sent nor in digests. When the mute
ends, only what comes from then on is told.
Exit codes: 0 all are muted, 1 one of them is not there, 2 the command line was wrong.")]
pub(in crate::cli) struct MuteArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    until: UntilArgs,
    #[command(flatten)]
    deed: DeedArgs,
    /// The mutes, one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  wirewatch alert unmute --watch china-russia
Exit codes: 0 all are muted no longer, 1 one of them was not muted, 2 the command line was wrong.")]
pub(in crate::cli) struct UnmuteArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    deed: DeedArgs,
}

pub(super) fn mute(config: &Config, args: &MuteArgs) -> anyhow::Result<ExitCode> {
    let now = World::real().clock.now();
    let deed = args.deed.deed(now);
    if deed.why.as_deref().is_none_or(|why| why.trim().is_empty()) {
        eprintln!("wirewatch: why? Whoever misses an alert will ask: --why TEXT");
        return Ok(ExitCode::from(2));
    }
    let targets = args.target.targets(config)?;
    drop(open::store_to_read(config)?);
    let store = open::store(config)?;
    open::block_on(async {
        let mut missing = Vec::new();
        let mut mutes = Vec::new();
        for target in targets {
            let watch = match &target {
                MuteTarget::Alert(id) => store.alert(*id).await?.map(|alert| alert.watch),
                MuteTarget::Watch(name) => Some(name.clone()),
                MuteTarget::Story(_) | MuteTarget::Feed(_) => None,
            };
            let until = args
                .until
                .end(config, &store, watch.as_deref(), now)
                .await?;
            match store.mute(target.clone(), until, deed.clone()).await? {
                Some(mute) => mutes.push(mute),
                None => missing.push(target.to_string()),
            }
        }
        if args.json {
            print::json_lines(&mutes)?;
        } else {
            let lines = mutes.iter().map(|mute| format!("{}\n", line(mute)));
            print::text(&lines.collect::<String>())?;
        }
        if missing.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        anyhow::bail!("there is no {}", missing.join(", "))
    })
}

pub(super) fn unmute(config: &Config, args: &UnmuteArgs) -> anyhow::Result<ExitCode> {
    // What was muted may be out of the config by now.
    let mut targets: Vec<MuteTarget> = Vec::new();
    targets.extend(args.target.ids.iter().copied().map(MuteTarget::Alert));
    targets.extend(args.target.stories.iter().copied().map(MuteTarget::Story));
    targets.extend(args.target.watches.iter().cloned().map(MuteTarget::Watch));
    for url in &args.target.feeds {
        let feed = config.feed(url).map(|feed| feed.spec.url.clone());
        targets.push(MuteTarget::Feed(feed.unwrap_or_else(|| url.clone())));
    }
    drop(open::store_to_read(config)?);
    let store = open::store(config)?;
    let deed = args.deed.deed(World::real().clock.now());
    open::block_on(async {
        let mut untouched = Vec::new();
        for target in targets {
            let ended = store.unmute(target.clone(), deed.clone()).await?;
            if ended.mutes == 0 {
                untouched.push(target.to_string());
                continue;
            }
            let target = print::safe(&target.to_string());
            print::text(&format!(
                "{target} is muted no longer ({})\n",
                alerts(ended.alerts)
            ))?;
        }
        if untouched.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        anyhow::bail!(
            "not muted: {}; `wirewatch alert mutes` lists what is",
            untouched.join(", ")
        )
    })
}

pub(super) fn list(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let mutes = open::block_on(async { Ok(store.mutes().await?) })?;
    if json {
        print::json_lines(&mutes)?;
    } else if mutes.is_empty() {
        print::text("nothing is muted\n")?;
    } else {
        let rows: Vec<Vec<String>> = mutes.iter().map(row).collect();
        let heads = ["MUTED", "ALERTS", "BY", "SINCE", "UNTIL", "WHY"];
        print::text(&print::table(&heads, &rows))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn row(mute: &Mute) -> Vec<String> {
    vec![
        print::safe(&mute.target.to_string()),
        mute.alerts.to_string(),
        print::safe(&mute.by),
        rfc3339(mute.at),
        mute.until.map_or_else(|| "-".to_owned(), rfc3339),
        print::safe(&mute.why),
    ]
}

fn line(mute: &Mute) -> String {
    let until = match mute.until {
        Some(until) => format!("until {}", rfc3339(until)),
        None => "for good".to_owned(),
    };
    let target = print::safe(&mute.target.to_string());
    format!(
        "{target} is muted {until}: {} in silence",
        alerts(mute.alerts)
    )
}

fn alerts(number: u64) -> String {
    match number {
        1 => "1 alert".to_owned(),
        number => format!("{number} alerts"),
    }
}
