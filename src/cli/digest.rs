//! `wirewatch digest`: the alerts of a period in one message, on demand, and the digests that were closed. No
//! window is closed by it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use super::{Global, open, pager, print};
use crate::alert::{DigestHead, DigestOptions};
use crate::channel::render::{self, TextStyle};
use crate::config::{self, Config, Period};
use crate::model::{Digest, DigestId};
use crate::pipeline;
use crate::store::Queries;
use crate::world::World;

/// Closed digests in a list.
const LISTED: usize = 30;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Without a subcommand it is `wirewatch digest now`. Examples:
  wirewatch digest --since 7d --watch china-russia
  wirewatch digest now morning                    # what [digest.morning] would say now
  wirewatch digest list                           # the digests that were closed
  wirewatch digest show morning --format markdown # the newest of them, byte for byte as it was sent
Long text is paged through $PAGER (less -R) on a terminal. Colours: NO_COLOR, CLICOLOR_FORCE."
)]
pub(super) struct DigestArgs {
    #[command(subcommand)]
    command: Option<DigestCommand>,
    #[command(flatten)]
    period: PeriodArgs,
    #[command(flatten)]
    form: FormArgs,
}

#[derive(Debug, Subcommand)]
enum DigestCommand {
    /// What a digest would say now; nothing is sent and no window is closed
    Now(NowArgs),
    /// A digest that was closed, byte for byte as it was sent
    Show(ShowArgs),
    /// Digests that were closed, newest first
    List(ListArgs),
}

#[derive(Debug, Args)]
struct NowArgs {
    /// NAME of a [digest.NAME]: what it would say of its open window [default: all watches, the last 24 hours]
    #[arg(conflicts_with_all = ["watches", "since"])]
    name: Option<String>,
    #[command(flatten)]
    period: PeriodArgs,
    #[command(flatten)]
    form: FormArgs,
}

#[derive(Debug, Args)]
struct PeriodArgs {
    /// Only these watches; may be given several times [default: all]
    #[arg(long = "watch", value_name = "NAME")]
    watches: Vec<String>,
    /// Period that it tells of
    #[arg(long, value_name = "PERIOD", default_value = "24h")]
    since: Period,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// NAME of the digest
    name: String,
    /// Which one, as `wirewatch digest list` names it [default: the newest]
    #[arg(long, value_name = "N", value_parser = id)]
    id: Option<DigestId>,
    #[command(flatten)]
    form: FormArgs,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Only those of this NAME
    name: Option<String>,
    /// JSON Lines
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct FormArgs {
    /// Form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For a terminal or a mail
    Text,
    /// Markdown
    Markdown,
    /// A page of its own, light and dark
    Html,
    /// One object
    Json,
    /// An Atom feed, one entry a story
    Atom,
}

/// `17`, or `g17` as it is shown.
fn id(written: &str) -> Result<DigestId, String> {
    let number = written.strip_prefix('g').unwrap_or(written);
    let number = number.parse().map_err(|_| {
        format!("`{written}` is no id of a digest; `wirewatch digest list` shows them")
    });
    number.map(DigestId)
}

pub(super) fn run(global: &Global, args: &DigestArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    match &args.command {
        None => now(&config, None, &args.period, &args.form),
        Some(DigestCommand::Now(args)) => {
            now(&config, args.name.as_deref(), &args.period, &args.form)
        }
        Some(DigestCommand::Show(args)) => show(&config, args),
        Some(DigestCommand::List(args)) => list(&config, args),
    }
}

fn now(
    config: &Config,
    name: Option<&str>,
    period: &PeriodArgs,
    form: &FormArgs,
) -> anyhow::Result<ExitCode> {
    for watch in &period.watches {
        if config.rule_set.watch(watch).is_none() {
            anyhow::bail!(
                "there is no [watch.{watch}]; `wirewatch watch list` shows what there is"
            );
        }
    }
    let store = open::store_to_read(config)?;
    let made = open::block_on(async {
        match name {
            Some(name) => of_config(config, store.as_ref(), name).await,
            None => of_period(config, store.as_ref(), period).await,
        }
    })?;
    match made {
        Some(digest) => write(&digest, form),
        None => {
            eprintln!("nothing to tell: no alert in that time");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What a digest of the config would say of the window that is open.
async fn of_config(
    config: &Config,
    store: &dyn Queries,
    name: &str,
) -> anyhow::Result<Option<Digest>> {
    let Some(digest) = config.digests.iter().find(|digest| digest.name == name) else {
        let known = config.digests.iter().map(|digest| digest.name.as_str());
        let near = config::nearest(name, known).map(|near| format!("; did you mean `{near}`?"));
        anyhow::bail!("there is no [digest.{name}]{}", near.unwrap_or_default());
    };
    let Some(slot) = store.digest_slot(name).await? else {
        anyhow::bail!("[digest.{name}] has no window yet: it opens when `wirewatch run` sees it");
    };
    let now = World::real().clock.now();
    let rules = &config.rule_set;
    let made = pipeline::digest::of_slot(store, config, rules, digest, &slot, now).await?;
    Ok(made.digest)
}

async fn of_period(
    config: &Config,
    store: &dyn Queries,
    period: &PeriodArgs,
) -> anyhow::Result<Option<Digest>> {
    let now = World::real().clock.now();
    let since = now
        .checked_sub(period.since.0)
        .map_err(|_| anyhow::anyhow!("that is longer ago than the calendar goes"))?;
    let watches = &period.watches;
    let material = store.digest_material(0, Some(since), watches).await?;
    let title = match watches.as_slice() {
        [only] => config.rule_set.watch(only).map(|watch| watch.title.clone()),
        _ => None,
    };
    let (_, zone_name) = config::system_zone();
    let head = DigestHead {
        name: "now",
        title: title.as_deref().unwrap_or("All watches"),
        timezone: &zone_name,
        since: Some(since),
        until: now,
        by_clock: true,
    };
    let options = DigestOptions::default();
    let rules = &config.rule_set;
    let made = pipeline::digest::compose(store, rules, material, head, watches, &options).await?;
    Ok(made.digest)
}

fn show(config: &Config, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let name = &args.name;
    let digest = open::block_on(async { Ok(store.closed_digest(name, args.id).await?) })?;
    match (digest, args.id) {
        (Some(digest), _) => write(&digest, &args.form),
        (None, Some(id)) => anyhow::bail!(
            "no digest `{name}` was closed as {id}; `wirewatch digest list {name}` shows them"
        ),
        (None, None) => anyhow::bail!(
            "no digest `{name}` was closed yet; `wirewatch status` shows when it is due, `wirewatch digest list` \
             those that were"
        ),
    }
}

fn list(config: &Config, args: &ListArgs) -> anyhow::Result<ExitCode> {
    let store = open::store_to_read(config)?;
    let name = args.name.as_deref();
    let closed = open::block_on(async { Ok(store.closed_digests(name, LISTED).await?) })?;
    if args.json {
        print::json_lines(&closed)?;
        return Ok(ExitCode::SUCCESS);
    }
    if closed.is_empty() {
        eprintln!("no digest was closed yet; `wirewatch status` shows when the next one is due");
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = closed
        .iter()
        .map(|digest| {
            vec![
                digest.id.to_string(),
                digest.name.clone(),
                print::time(digest.closed_at),
                match digest.stories {
                    0 => "a sign of life".to_owned(),
                    stories => stories.to_string(),
                },
            ]
        })
        .collect();
    print::text(&print::table(&["ID", "NAME", "CLOSED", "STORIES"], &rows))?;
    Ok(ExitCode::SUCCESS)
}

fn write(digest: &Digest, form: &FormArgs) -> anyhow::Result<ExitCode> {
    let colour = form.output.is_none() && print::colour();
    let text = self::form(digest, form.format, colour);
    match &form.output {
        Some(path) => save(path, &text)?,
        None if form.format == Format::Text => pager::show(&text)?,
        None => print::text(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
}

/// Renders a digest.
pub(super) fn form(digest: &Digest, format: Format, colour: bool) -> String {
    let style = TextStyle {
        colour,
        ..TextStyle::default()
    };
    match format {
        Format::Text => render::digest_text(digest, &style),
        Format::Markdown => render::digest_markdown(digest),
        Format::Html => render::digest_html(digest),
        Format::Json => render::digest_json(digest),
        Format::Atom => render::digest_atom(digest),
    }
}
