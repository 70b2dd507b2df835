//! `wirewatch digest`: the alerts of a period in one message, on demand. No window is closed by it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use super::{Global, open, print};
use crate::alert::{self, DIGEST_CUT, DigestHead};
use crate::channel::render::{self, TextStyle};
use crate::config::{self, Config, Period};
use crate::model::Digest;
use crate::store::Queries;
use crate::world::World;

/// The period of a digest by hand.
const SINCE: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug, Args)]
#[command(after_help = "\
Prints what a digest of the last 24 hours would say; nothing is sent and no window is closed. With
--last NAME it prints the newest digest that was closed, byte for byte as it was sent.")]
pub(super) struct DigestArgs {
    /// Only these watches; may be given several times [default: all]
    #[arg(long = "watch", value_name = "NAME")]
    watches: Vec<String>,
    /// Period that it tells of
    #[arg(long, value_name = "PERIOD", default_value = "24h")]
    since: Period,
    /// Form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the newest closed digest of this NAME instead
    #[arg(long, value_name = "NAME", conflicts_with_all = ["watches", "since"])]
    last: Option<String>,
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
}

pub(super) fn run(global: &Global, args: &DigestArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    for watch in &args.watches {
        if config.rule_set.watch(watch).is_none() {
            anyhow::bail!(
                "there is no [watch.{watch}]; `wirewatch watch list` shows what there is"
            );
        }
    }
    let store = open::store_to_read(&config)?;
    let digest = open::block_on(async {
        match &args.last {
            Some(name) => Ok(store.closed_digest(name, None).await?),
            None => make(&config, store.as_ref(), args).await,
        }
    })?;
    let Some(digest) = digest else {
        if let Some(name) = &args.last {
            anyhow::bail!(
                "no digest `{name}` was closed yet; `wirewatch status` shows the digests there are"
            );
        }
        eprintln!("nothing to tell: no alert in that time");
        return Ok(ExitCode::SUCCESS);
    };
    let colour = args.output.is_none() && print::colour();
    let text = form(&digest, args.format, colour);
    match &args.output {
        Some(path) => std::fs::write(path, text)
            .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?,
        None => print::text(&text)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn make(
    config: &Config,
    store: &dyn Queries,
    args: &DigestArgs,
) -> anyhow::Result<Option<Digest>> {
    let now = World::real().clock.now();
    let since = now
        .checked_sub(args.since.0)
        .or_else(|_| now.checked_sub(SINCE))?;
    let material = store.digest_material(0, Some(since), &args.watches).await?;
    let title = match args.watches.as_slice() {
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
    };
    Ok(alert::make_digest(material, head, DIGEST_CUT))
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
    }
}
