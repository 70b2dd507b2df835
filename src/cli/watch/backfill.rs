//! `wirewatch watch backfill`: a watch is applied to the articles that are stored already.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use futures_util::{StreamExt, stream};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::unknown_watch;
use crate::cli::{Global, open, print};
use crate::config::{Config, Period};
use crate::model::{ArticleId, Hit, rfc3339};
use crate::pipeline::Pipeline;
use crate::pipeline::backfill::{self, Filled, Telling};
use crate::rules::{RuleSet, RuleSource};
use crate::store::StoredArticle;
use crate::world::World;

/// Articles looked up at once: the memory that a run takes does not grow with their number.
const PIECE: usize = 200;

#[derive(Debug, Args)]
#[command(after_help = "\
A new or changed watch looks forward only. This applies it to what is stored: each article that it would have
hit gets its hit, its story and an alert, marked as backfilled. Nobody is told of them: they are listed (state
`backlog`), and the first new report of such a story is told as usual. With --tell the new alerts go to the
watch's channels, marked late. A story that the watch has an alert of already gets its article without a word.

What a rule asks of an article's age counts as of the time when it was first seen. Articles whose body was
dropped ([keep] bodies) cannot be tried. It works beside a running daemon, may be stopped at any time, and goes
on where it is started again.

Examples:
  wirewatch watch backfill floods --since 7d --dry-run   # what would it find?
  wirewatch watch backfill floods --since 7d             # list it
  wirewatch alert list --watch floods --state backlog
Exit codes: 0 all is well, 1 an article could not be judged.")]
pub(in crate::cli) struct BackfillArgs {
    /// NAME of the watch
    name: String,
    /// Articles that were first seen in this period, e.g. 7d
    #[arg(long, value_name = "PERIOD")]
    since: Period,
    /// Send what is new through the channels of the watch
    #[arg(long)]
    tell: bool,
    /// Write nothing: show what would be found
    #[arg(long, conflicts_with = "tell")]
    dry_run: bool,
    /// One JSON object a line for each article that was found, and one with the numbers
    #[arg(long)]
    json: bool,
}

/// How many articles went which way.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Counts {
    looked_at: u64,
    found: u64,
    found_before: u64,
    no_text: u64,
    busy: u64,
    failed: u64,
}

pub(super) fn run(global: &Global, args: &BackfillArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let rules = Arc::new(only(&config, &args.name)?);
    let store = match args.dry_run {
        // Opened for questions only, a store cannot be written to by whatever mistake.
        true => open::store_to_read(&config)?,
        false => open::store(&config)?,
    };
    let pipeline = open::pipeline(store, config, World::real())?;
    let counts = open::block_on(all(&pipeline, &rules, args))?;
    tell_counts(args, counts)?;
    Ok(ExitCode::from(u8::from(counts.failed > 0)))
}

/// A rule set of one watch of the config.
fn only(config: &Config, name: &str) -> anyhow::Result<RuleSet> {
    let watches = &config.rules.watches;
    let Some(watch) = watches.iter().find(|watch| watch.name == name) else {
        return Err(unknown_watch(config, name));
    };
    let source = RuleSource {
        watches: vec![watch.clone()],
        ..config.rules.clone()
    };
    let told = |errors: Vec<_>| anyhow::anyhow!("[watch.{name}] does not compile: {errors:?}");
    RuleSet::compile(&source).map_err(told)
}

async fn all(
    pipeline: &Pipeline,
    rules: &Arc<RuleSet>,
    args: &BackfillArgs,
) -> anyhow::Result<Counts> {
    let now = pipeline.world.clock.now();
    let since = now.saturating_sub(args.since.0).unwrap_or(Timestamp::MIN);
    let bar = bar(pipeline.queries.count_stored(since).await?);
    let mut counts = Counts::default();
    let mut after: Option<(Timestamp, ArticleId)> = None;
    loop {
        let piece = pipeline
            .queries
            .stored_articles(since, after, PIECE)
            .await?;
        let Some(last) = piece.last() else {
            bar.finish_and_clear();
            return Ok(counts);
        };
        after = Some((last.article.first_seen, last.article.id));
        judge(pipeline, rules, args, piece, &bar, &mut counts).await?;
    }
}

/// A bar on a terminal.
fn bar(articles: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("articles {bar:40} {pos}/{len} {msg}, {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(articles).with_style(style)
}

/// Judges a piece, in the order in which the articles came: the first report of a story is to be its first.
async fn judge(
    pipeline: &Pipeline,
    rules: &Arc<RuleSet>,
    args: &BackfillArgs,
    piece: Vec<StoredArticle>,
    bar: &ProgressBar,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let setup = pipeline.setup();
    let (telling, at_once) = match (args.dry_run, args.tell) {
        (true, _) => (Telling::Dry, 2 * cores()),
        (_, true) => (Telling::Tell, 1),
        _ => (Telling::Quiet, 1),
    };
    let mut filled = stream::iter(piece)
        .map(|stored| {
            let setup = &setup;
            async move {
                let (url, title) = (stored.article.url.clone(), title(&stored));
                let seen = stored.article.first_seen;
                let filled = backfill::work(pipeline, setup, rules, stored, telling).await;
                (url, title, seen, filled)
            }
        })
        .buffered(at_once);
    while let Some((url, title, seen, filled)) = filled.next().await {
        counts.looked_at += 1;
        bar.inc(1);
        match filled? {
            Filled::Miss => {}
            Filled::Known => counts.found_before += 1,
            Filled::NoText => counts.no_text += 1,
            Filled::Busy => counts.busy += 1,
            Filled::Failed(why) => {
                counts.failed += 1;
                bar.suspend(|| eprintln!("{url}: {why}"));
            }
            Filled::Hit(hit) => {
                counts.found += 1;
                bar.set_message(format!("{} found", counts.found));
                bar.suspend(|| tell(args.json, &url, &title, seen, &hit))?;
            }
        }
    }
    Ok(())
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn title(stored: &StoredArticle) -> String {
    let article = &stored.article;
    match article.article.title.is_empty() {
        true => article.entry.title.clone(),
        false => article.article.title.clone(),
    }
}

fn tell(as_json: bool, url: &str, title: &str, seen: Timestamp, hit: &Hit) -> anyhow::Result<()> {
    if as_json {
        return print::json_lines(&[json!({
            "url": url,
            "title": title,
            "first_seen": rfc3339(seen),
            "hit": hit,
        })]);
    }
    let mut out = format!(
        "{}  {}\n    {}\n",
        print::time(seen),
        print::safe(title),
        print::safe(url)
    );
    if let Some(first) = hit.sentences.first() {
        out.push_str(&format!("    \"{}\"\n", print::safe(&first.sentence)));
    }
    print::text(&out)
}

fn tell_counts(args: &BackfillArgs, counts: Counts) -> anyhow::Result<()> {
    if args.json {
        return print::json_lines(&[counts]);
    }
    let Counts {
        looked_at,
        found,
        found_before,
        no_text,
        busy,
        failed,
    } = counts;
    let what = match (args.dry_run, args.tell) {
        (true, _) => "would be found",
        (_, true) => "found, new alerts are on their way",
        _ => "found and listed (`wirewatch alert list --state backlog`)",
    };
    let mut out = format!("{looked_at} articles: {found} {what}; {found_before} found before\n");
    for (number, why) in [
        (
            no_text,
            "could not be tried: their bodies are no longer stored",
        ),
        (busy, "are being judged at this moment"),
        (failed, "could not be judged"),
    ] {
        if number > 0 {
            out.push_str(&format!("{number} {why}\n"));
        }
    }
    print::text(&out)
}
