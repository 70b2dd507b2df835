//! `wirewatch feed import|export`: lists of feeds from and for other readers.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use url::Url;

use crate::cli::{Global, diagnostic, open, print};
use crate::config::{self, Config, EditError, FeedEdit};
use crate::feed::opml::{self, ListedFeed, Opml, RefusedFeed};
use crate::model::FeedKind;
use crate::store::Queries;

/// A list is no longer, in bytes.
const LIST_BYTES_MAX: u64 = 32 << 20;

#[derive(Debug, Args)]
#[command(after_help = "\
Folders and categories become tags, titles become comments. Feeds that the config has already, under any
spelling, are skipped. Only http and https addresses that may be fetched are taken; each refused one is
told with its line on standard error. The config file is written once, or not at all when it would not
read well afterwards. Exit codes: 0 every feed of the list is in the config now, 1 some were refused (the
others were added all the same).

  wirewatch feed import feeds.opml --tag imported
  wirewatch feed import - --dry-run < feeds.opml         what would be added, as TOML")]
pub(in crate::cli) struct ImportArgs {
    /// OPML file; `-` is standard input
    file: PathBuf,
    /// A further tag for every feed; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Print the tables that would be added, and add nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The first tag of a feed becomes its folder; a feed with several has all of them in `category`, so that
an import gives the same tags. Titles come from the database, if there is one. Headers, intervals and
credentials inside addresses are left out, and so are pages (kind = \"page\"): no other reader knows them.

  wirewatch feed export --tag world > world.opml")]
pub(in crate::cli) struct ExportArgs {
    /// Only feeds with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
}

pub(super) fn import(global: &Global, args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global).context("nothing was added")?;
    let name = match args.file.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => args.file.display().to_string(),
    };
    let bytes = contents(&args.file).with_context(|| format!("{name} cannot be read"))?;
    let list = opml::read(&bytes).with_context(|| format!("nothing was added: {name}"))?;
    let (taken, refused) = allowed(&config, list.feeds, list.refused);
    let list = Opml {
        feeds: taken,
        refused,
        ..list
    };
    for refused in &list.refused {
        let address = print::safe(&refused.address);
        eprintln!(
            "{name}:{}: {address}: {}",
            refused.line,
            print::safe(&refused.why)
        );
    }
    let feeds: Vec<FeedEdit> = list
        .feeds
        .iter()
        .map(|feed| edit(feed, &args.tags))
        .collect();
    let fresh = config::new_feeds(&config, &feeds);
    if args.dry_run {
        print::text(&config::feed_tables(&fresh))?;
        eprintln!(
            "{}",
            summary(&list, fresh.len(), "would be added to", &config)
        );
    } else {
        let added = config::add_feeds(&config, &fresh);
        if let Err(EditError::Refused { problems, .. }) = &added {
            eprint!("{}", diagnostic::show_all(problems));
        }
        added?;
        print::text(&format!(
            "{}\n",
            summary(&list, fresh.len(), "added to", &config)
        ))?;
    }
    Ok(ExitCode::from(u8::from(!list.refused.is_empty())))
}

/// Reads a list of bounded length.
fn contents(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(LIST_BYTES_MAX + 1)
            .read_to_end(&mut bytes)?;
    } else {
        File::open(path)?
            .take(LIST_BYTES_MAX + 1)
            .read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > LIST_BYTES_MAX {
        bail!("it is longer than {} MiB", LIST_BYTES_MAX >> 20);
    }
    Ok(bytes)
}

/// Takes out the feeds whose host is an address that polls would not go to.
fn allowed(
    config: &Config,
    feeds: Vec<ListedFeed>,
    mut refused: Vec<RefusedFeed>,
) -> (Vec<ListedFeed>, Vec<RefusedFeed>) {
    let mut taken = Vec::with_capacity(feeds.len());
    for feed in feeds {
        let url = Url::parse(&feed.url).ok();
        match url.and_then(|url| config.forbidden(&url)) {
            Some(why) => refused.push(RefusedFeed {
                line: feed.line,
                address: feed.url,
                why,
            }),
            None => taken.push(feed),
        }
    }
    refused.sort_by_key(|refused| refused.line);
    (taken, refused)
}

fn edit(feed: &ListedFeed, tags: &[String]) -> FeedEdit {
    let mut all = feed.tags.clone();
    all.extend(tags.iter().filter(|tag| !feed.tags.contains(tag)).cloned());
    FeedEdit {
        url: feed.url.clone(),
        title: feed.title.as_deref().map(print::safe),
        tags: all,
        lang: feed.lang.clone(),
        interval: None,
    }
}

fn summary(list: &Opml, fresh: usize, verb: &str, config: &Config) -> String {
    let known = list.feeds.len() - fresh;
    let mut parts = vec![format!("{fresh} feeds {verb} {}", config.path.display())];
    for (count, words) in [
        (known, "there already"),
        (list.repeated, "twice in the list"),
        (list.refused.len(), "refused"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    }
    parts.join(", ")
}

pub(super) fn export(global: &Global, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    let titles = titles(&config)?;
    let wanted = |tags: &[String]| args.tag.as_ref().is_none_or(|tag| tags.contains(tag));
    let chosen = config
        .feeds
        .iter()
        .map(|feed| &feed.spec)
        .filter(|spec| wanted(&spec.tags));
    let (pages, feeds): (Vec<_>, Vec<_>) = chosen.partition(|spec| spec.kind == FeedKind::Page);
    let listed: Vec<ListedFeed> = feeds
        .into_iter()
        .map(|spec| ListedFeed {
            url: without_credentials(&spec.url),
            title: titles.get(&spec.url).cloned(),
            tags: spec.tags.clone(),
            lang: spec.lang.clone(),
            ..ListedFeed::default()
        })
        .collect();
    if !pages.is_empty() {
        eprintln!("{} pages are left out: OPML knows feeds only", pages.len());
    }
    print::text(&opml::write("wirewatch feeds", &listed))?;
    Ok(ExitCode::SUCCESS)
}

/// Titles of the feeds by address, as far as polls have brought them.
fn titles(config: &Config) -> anyhow::Result<HashMap<String, String>> {
    if !config.store.path.exists() {
        return Ok(HashMap::new());
    }
    let store = open::store_to_read(config)?;
    let feeds = open::block_on(async { Ok(store.feeds().await?) })?;
    let titled = feeds
        .into_iter()
        .filter_map(|feed| Some((feed.url, feed.title?)));
    Ok(titled.collect())
}

/// A list is made to be passed on; a password is not.
fn without_credentials(address: &str) -> String {
    match Url::parse(address) {
        Ok(mut url) if url.username() != "" || url.password().is_some() => {
            // Both fail only for addresses without a host, and these have none to name.
            let cleared = url.set_username("").and_then(|()| url.set_password(None));
            cleared.map_or_else(|()| String::new(), |()| url.to_string())
        }
        _ => address.to_owned(),
    }
}
