//! `wirewatch feed add`: a feed by its address, or the feeds of a site.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use url::Url;

use super::choose::{self, Offer, about};
use super::find::{self, Answer, Candidate, FoundBy, Search};
use crate::cli::{Global, diagnostic, open, print};
use crate::config::{self, Config, EditError, FeedEdit, Period, PeriodError};
use crate::feed::{self, FeedError, Foreign, discover};
use crate::fetch::{Accept, FetchError, Fetcher, Request, Response, parse_url};
use crate::model::FailureKind;
use crate::pipeline::Compute;
use crate::world::World;

const AFTER_HELP: &str = "\
URL is fetched first. A feed is added at once. For a page its feeds are looked for: those it names
(<link rel=alternate>), then links, usual places and sitemaps. What is found is shown with a sample of
titles; on a terminal you choose by number, elsewhere --first, --all or --choose says which, and without
one of them the list is printed and the exit code is 2. Hosts are asked as politely as by polls: once a
second (host_delay of [fetch]), 32 addresses at most, 80 with --thorough.

  wirewatch feed add https://www.example.org/            look for feeds and choose
  wirewatch feed add https://www.example.org/ --first    take the best one
  wirewatch feed add https://www.example.org/ --json     list them for a program
  wirewatch feed add https://www.example.org/rss.xml --tag world --lang en";

#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(in crate::cli) struct AddArgs {
    /// Address of a feed, or of a page of the site
    #[arg(value_parser = address)]
    url: String,
    /// A tag; may be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Language of the feed, such as `id`, `zh`, `ru`
    #[arg(long)]
    lang: Option<String>,
    /// Fixed interval between polls, such as 15m
    #[arg(long, value_parser = interval)]
    interval: Option<String>,
    /// Add the address as it is, without looking at it
    #[arg(long, conflicts_with_all = ["thorough", "json", "first", "all", "choose"])]
    no_fetch: bool,
    /// Add the best of the feeds that are found
    #[arg(long, conflicts_with_all = ["all", "choose"])]
    first: bool,
    /// Add all feeds that are found
    #[arg(long, conflicts_with = "choose")]
    all: bool,
    /// Add those with these numbers
    #[arg(long, value_name = "N,...", value_delimiter = ',')]
    choose: Vec<usize>,
    /// Look at usual places and sitemaps although the page names feeds
    #[arg(long)]
    thorough: bool,
    /// One JSON object a line for every feed found; nothing is asked
    #[arg(long)]
    json: bool,
}

/// An address that can be polled, as it was given: the config keeps what a person writes. A bare
/// `www.example.org/news` is taken for what it is.
fn address(text: &str) -> Result<String, FetchError> {
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let bare = !text.contains("://") && host.contains('.') && !host.contains('@');
    let text = if bare {
        format!("https://{text}")
    } else {
        text.to_owned()
    };
    parse_url(&text)?;
    Ok(text)
}

/// A length of time, as it was given.
fn interval(text: &str) -> Result<String, PeriodError> {
    text.parse::<Period>().map(|_| text.to_owned())
}

pub(super) fn run(global: &Global, args: &AddArgs) -> anyhow::Result<ExitCode> {
    let config = open::config(global).context("nothing was added")?;
    if args.no_fetch || config.feed(&args.url).is_some() {
        return add_given(&config, args, &args.url);
    }
    let world = World::real();
    let fetcher = Fetcher::new(config.fetch.clone(), world.clone())?;
    let compute = Compute::new(1);
    let url = parse_url(&args.url)?;
    open::block_on(async {
        let request = Request {
            wants_refusal: true,
            ..Request::new(url, Accept::Feed)
        };
        let response = fetcher.get(request).await;
        let response = response.map_err(|error| unreachable(&args.url, &error))?;
        let visit = Visit {
            config: &config,
            args,
            world: &world,
        };
        match find::read(&compute, &response).await {
            Ok(Answer::Feed(feed)) => {
                let candidate = Candidate::new(response.url.clone(), FoundBy::Given, *feed);
                visit.feed(candidate, response.permanent.as_ref())
            }
            Ok(Answer::Other(what)) if is_page(what.kind()) => {
                match what.kind() {
                    _ if args.json => {}
                    _ if is_sitemap(&what) => eprintln!("{}", as_sitemap(&config, &args.url)),
                    FailureKind::Page => eprintln!("{} is a page; looking for its feeds", args.url),
                    _ => eprintln!("{}: {what}; looking for feeds", args.url),
                }
                let found = find::search(&fetcher, &compute, &response, args.thorough).await;
                visit.choice(&response, &found)
            }
            Ok(Answer::Other(what)) => bail!("nothing was added: {}: {what}", args.url),
            Err(_) => bail!(
                "nothing was added: {} breaks the reader, which is a bug",
                args.url
            ),
        }
    })
}

fn is_sitemap(what: &FeedError) -> bool {
    let FeedError::NotAFeed { what } = what else {
        return false;
    };
    *what == Foreign::Sitemap
}

/// What to do with a sitemap that has no news.
fn as_sitemap(config: &Config, url: &str) -> String {
    format!(
        "{url} is a sitemap without news: its pages have no titles, and any page of the site may be in it. To poll it \
         as it is, put this into {}:\n\n[[feed]]\nurl  = {}\nkind = \"sitemap\"\n\nLooking for feeds of the site",
        config.path.display(),
        quoted(url),
    )
}

/// Whether what was found instead of a feed may name feeds.
fn is_page(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Page
            | FailureKind::LoginPage
            | FailureKind::BotCheck
            | FailureKind::SoftBlock
            | FailureKind::NotAFeed
    )
}

fn unreachable(url: &str, error: &FetchError) -> anyhow::Error {
    let help = match error.kind() {
        // These say themselves what to do, or nothing helps.
        FailureKind::BlockedAddress | FailureKind::Config | FailureKind::BadRedirect => "",
        FailureKind::NotFound | FailureKind::Gone => {
            "; try the front page of the site: its feeds are looked for"
        }
        _ => "; --no-fetch adds it unseen",
    };
    let page = error.page();
    let what = page.and_then(|page| feed::refusal(&page.body, page.content_type.as_deref()));
    let what = what.map_or_else(String::new, |what| format!(": {what}"));
    anyhow::anyhow!("nothing was added: {url}: {error}{what}{help}")
}

/// Adds an address as it was given.
fn add_given(config: &Config, args: &AddArgs, url: &str) -> anyhow::Result<ExitCode> {
    let feed = edit(args, url, None);
    told(config::add_feed(config, &feed))?;
    print::text(&format!(
        "added to {}; try it: wirewatch feed poll {url}\n",
        config.path.display(),
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn edit(args: &AddArgs, url: &str, title: Option<&str>) -> FeedEdit {
    FeedEdit {
        url: url.to_owned(),
        title: title.map(print::safe),
        tags: args.tags.clone(),
        lang: args.lang.clone(),
        interval: args.interval.clone(),
    }
}

/// Shows what is wrong with a config that was refused.
fn told(result: Result<(), EditError>) -> anyhow::Result<()> {
    if let Err(EditError::Refused { problems, .. }) = &result {
        eprint!("{}", diagnostic::show_all(problems));
    }
    Ok(result?)
}

/// An address that answered.
struct Visit<'a> {
    config: &'a Config,
    args: &'a AddArgs,
    world: &'a World,
}

impl Visit<'_> {
    /// The address is a feed.
    fn feed(&self, mut candidate: Candidate, moved: Option<&Url>) -> anyhow::Result<ExitCode> {
        let given = self.args.url.as_str();
        let url = match moved {
            Some(to) if self.takes_new_address(to)? => to.as_str(),
            _ => given,
        };
        let feed = edit(self.args, url, candidate.title.as_deref());
        told(config::add_feed(self.config, &feed))?;
        if self.args.json {
            candidate.url = parse_url(url)?;
            let candidates = [candidate];
            let offer = Offer {
                candidates: &candidates,
                known: vec![false],
            };
            print::json_lines(&offer.rows(&[0]))?;
            return Ok(ExitCode::SUCCESS);
        }
        print::text(&format!(
            "{}\nadded to {}; try it: wirewatch feed poll {url}\n",
            about(&candidate, self.world.clock.now()),
            self.config.path.display(),
        ))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Whether a feed that says it has moved for good is added under its new address.
    fn takes_new_address(&self, to: &Url) -> anyhow::Result<bool> {
        let args = self.args;
        if self.config.feed(to.as_str()).is_some() {
            bail!(
                "{} has moved for good to {to}, which is in the config already",
                args.url
            );
        }
        if args.first || args.all {
            return Ok(true);
        }
        let moved = format!("{} has moved for good to {to}", args.url);
        if args.json || !choose::can_ask() {
            eprintln!("{moved}; --first adds the new address");
            return Ok(false);
        }
        choose::confirm(&format!("{moved}. Add the new address?"))
    }

    /// The address is a page; these are the feeds of its site.
    fn choice(&self, page: &Response, found: &Search) -> anyhow::Result<ExitCode> {
        if let Some(why) = &found.stopped {
            eprintln!("the search ended early: {why}");
        }
        let candidates = &found.candidates;
        if candidates.is_empty() {
            return self.nothing(page, found);
        }
        let known = candidates
            .iter()
            .map(|one| self.config.feed(one.url.as_str()).is_some());
        let offer = Offer {
            candidates,
            known: known.collect(),
        };
        if !self.args.json {
            print::text(&offer.list(self.world.clock.now()))?;
        }
        let Some(chosen) = self.chosen(&offer)? else {
            if self.args.json {
                print::json_lines(&offer.rows(&[]))?;
            }
            eprintln!("nothing was added: say which with --first, --all or --choose N,...");
            return Ok(ExitCode::from(2));
        };
        self.add(&offer, &chosen)
    }

    /// The places of the feeds to add; `None` when there is nobody to ask.
    fn chosen(&self, offer: &Offer<'_>) -> anyhow::Result<Option<Vec<usize>>> {
        let args = self.args;
        let count = offer.candidates.len();
        if let Some(wrong) = args
            .choose
            .iter()
            .find(|&&number| number == 0 || number > count)
        {
            bail!("nothing was added: `--choose {wrong}` is none of the numbers 1 to {count}");
        }
        if !args.choose.is_empty() {
            return Ok(Some(args.choose.iter().map(|number| number - 1).collect()));
        }
        if args.all {
            return Ok(Some((0..count).collect()));
        }
        if args.first {
            return Ok(Some(offer.best().into_iter().collect()));
        }
        if args.json || !choose::can_ask() {
            return Ok(None);
        }
        offer.ask().map(Some)
    }

    fn add(&self, offer: &Offer<'_>, chosen: &[usize]) -> anyhow::Result<ExitCode> {
        let fresh: Vec<usize> = chosen
            .iter()
            .copied()
            .filter(|&at| !offer.known[at])
            .collect();
        let feeds: Vec<FeedEdit> = fresh
            .iter()
            .map(|&at| &offer.candidates[at])
            .map(|one| edit(self.args, one.url.as_str(), one.title.as_deref()))
            .collect();
        let new = config::new_feeds(self.config, &feeds);
        told(config::add_feeds(self.config, &new))?;
        if self.args.json {
            print::json_lines(&offer.rows(&fresh))?;
        }
        if new.is_empty() {
            let why = if chosen.is_empty() {
                "none was chosen"
            } else {
                "the config has it already"
            };
            eprintln!("nothing was added: {why}");
            return Ok(ExitCode::from(1));
        }
        if !self.args.json {
            let urls = new.iter().map(|feed| format!("  {}\n", feed.url));
            let urls = urls.collect::<String>();
            print::text(&format!("added to {}:\n{urls}", self.config.path.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// No feed anywhere: the page itself may do.
    fn nothing(&self, page: &Response, found: &Search) -> anyhow::Result<ExitCode> {
        let url = &self.args.url;
        eprintln!(
            "nothing was added: no feed was found for {url} ({} addresses asked)",
            found.asked
        );
        if !self.args.thorough && found.stopped.is_none() {
            eprintln!("--thorough asks more of them");
        }
        if let Some(list) = discover::guess_links(&find::page_text(page), &page.url) {
            let examples = list
                .examples
                .iter()
                .map(|text| format!("#   {}\n", print::safe(text)));
            eprintln!(
                "\nThe page itself can be read as a feed. Its list of articles seems to be this; put it into {}:\n\n\
                 [[feed]]\nurl   = {}\nkind  = \"page\"\nlinks = {}   # {} links, among them\n{}",
                self.config.path.display(),
                quoted(url),
                quoted(&list.selector),
                list.links,
                examples.collect::<String>(),
            );
        }
        Ok(ExitCode::from(1))
    }
}

/// Text as a TOML string: JSON's escapes are TOML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
