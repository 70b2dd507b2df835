//! `wirewatch article reread`: kept pages are read again by the present rules and program, without the network.

mod tell;

use std::process::ExitCode;

use clap::Args;
use futures_util::{StreamExt, stream};
use url::Url;

use self::tell::Teller;
use crate::cli::{Global, open};
use crate::config::{Config, Period};
use crate::fetch::HostPattern;
use crate::model::FeedId;
use crate::pipeline::Pipeline;
use crate::pipeline::read::{Reread, Rereading, reread};
use crate::store::{KeptFilter, KeptHead, Queries};
use crate::world::World;

/// Articles looked up at once: the memory that a run takes does not grow with their number.
const PIECE: usize = 500;

#[derive(Debug, Args)]
#[command(after_help = "\
An article whose text comes out otherwise gets it as a new version and is judged again: a watch that
hits now opens an alert (marked late; only listed when the article is older than [alert] max_age). Nobody
is told twice of a story, nor of a correction: the publisher has changed nothing. The same text writes
nothing. A page that gives no text any more leaves the stored one in place and counts as failed.

Pages are kept as [keep] in the config says (docs/reading.md). It works beside a running daemon, may be
stopped at any time, and goes on where it is started again.

Examples:
  wirewatch article reread --dry-run --since 2d --host news.example   # what would my new [[site]] change?
  wirewatch article reread --since 30d                                # apply it
  wirewatch article reread https://news.example/1
Exit codes: 0 all is well, 1 a page could not be read again or is not kept although it was named.")]
pub(in crate::cli) struct RereadArgs {
    /// Addresses of articles; all that are stored without one
    #[arg(value_name = "ARTICLE", conflicts_with_all = ["since", "feed", "host"])]
    articles: Vec<String>,
    /// Only articles that were first seen in this period, e.g. 30d
    #[arg(long, value_name = "PERIOD")]
    since: Option<Period>,
    /// Only articles that this feed named
    #[arg(long, value_name = "URL")]
    feed: Option<String>,
    /// Only articles of this host; *.news.example is every name below
    #[arg(long, value_name = "HOST")]
    host: Option<HostPattern>,
    /// Write nothing: show what would change, line by line
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a line for each article that changed or failed, and one with the numbers
    #[arg(long)]
    json: bool,
}

pub(in crate::cli) fn run(global: &Global, args: &RereadArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global)?;
    // Opened for questions only, a store cannot be written to by whatever mistake.
    let store = match args.dry_run {
        true => open::store_to_read(&config)?,
        false => open::store(&config)?,
    };
    let feed = args
        .feed
        .as_deref()
        .map(|feed| as_configured(&config, feed));
    let pipeline = open::pipeline(store, config, World::real())?;
    let counts = open::block_on(async {
        let mut run = Run {
            args,
            teller: Teller::new(args.json, args.dry_run),
            pipeline: &pipeline,
        };
        if args.articles.is_empty() {
            run.all(feed.as_deref()).await?;
        } else {
            run.named().await?;
        }
        run.teller.end()
    })?;
    let missing = !args.articles.is_empty() && counts.not_kept > 0;
    Ok(ExitCode::from(u8::from(counts.failed > 0 || missing)))
}

/// The address of a feed as the config writes it, however it is spelt here.
fn as_configured(config: &Config, feed: &str) -> String {
    let known = config.feed(feed);
    known.map_or_else(|| feed.to_owned(), |feed| feed.spec.url.clone())
}

/// One run of the command.
struct Run<'a> {
    args: &'a RereadArgs,
    pipeline: &'a Pipeline,
    teller: Teller,
}

impl Run<'_> {
    /// The articles that were named.
    async fn named(&mut self) -> anyhow::Result<()> {
        let queries = &self.pipeline.queries;
        let mut heads = Vec::new();
        for url in &self.args.articles {
            let address = crate::feed::normal_url(url).unwrap_or_else(|| url.clone());
            let Some(view) = queries.article(&address).await? else {
                anyhow::bail!("{url} is not stored; `wirewatch search` finds what is");
            };
            heads.push(KeptHead {
                id: view.id,
                url: view.url,
                first_seen: view.first_seen,
                is_kept: true,
            });
        }
        self.teller.begin(heads.len() as u64);
        self.piece(heads).await
    }

    /// Every article that the filters let through, newest first.
    async fn all(&mut self, feed: Option<&str>) -> anyhow::Result<()> {
        let queries = &self.pipeline.queries;
        let now = self.pipeline.world.clock.now();
        let since = self.args.since;
        let filter = KeptFilter {
            since: since.map(|period| now.saturating_sub(period.0).unwrap_or_default()),
            feed: match feed {
                Some(url) => Some(feed_id(queries.as_ref(), url).await?),
                None => None,
            },
        };
        self.teller.begin(queries.count_heads(filter).await?);
        let mut after = None;
        loop {
            let mut heads = queries.kept_heads(filter, after, PIECE).await?;
            let Some(last) = heads.last() else {
                return Ok(());
            };
            after = Some(last.clone());
            let found = heads.len();
            heads.retain(|head| self.is_of_host(&head.url));
            self.teller.pass_over((found - heads.len()) as u64);
            self.piece(heads).await?;
        }
    }

    fn is_of_host(&self, url: &str) -> bool {
        let Some(pattern) = &self.args.host else {
            return true;
        };
        Url::parse(url).is_ok_and(|url| pattern.matches(&url))
    }

    /// Reads a piece, as many at once as there are cores, and some that wait for the store.
    async fn piece(&mut self, heads: Vec<KeptHead>) -> anyhow::Result<()> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let rereading = match self.args.dry_run {
            true => Rereading::Dry,
            false => Rereading::Write,
        };
        let pipeline = self.pipeline;
        let mut read = stream::iter(heads)
            .map(|head| async move {
                let read = match head.is_kept {
                    true => reread(pipeline, head.id, rereading).await,
                    false => Ok(Reread::NotKept),
                };
                (head.url, read)
            })
            .buffered(2 * cores);
        while let Some((url, read)) = read.next().await {
            self.teller.tell(&url, read?)?;
        }
        Ok(())
    }
}

async fn feed_id(queries: &dyn Queries, url: &str) -> anyhow::Result<FeedId> {
    let feeds = queries.feeds().await?;
    let found = feeds.into_iter().find(|feed| feed.url == url);
    let feed = found
        .ok_or_else(|| anyhow::anyhow!("{url} is no feed that was polled; see `feed list`"))?;
    Ok(feed.id)
}
