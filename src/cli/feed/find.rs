//! Finds the feeds of a site: asks the addresses that `feed::discover` proposes, a limited number of
//! them, each host in its own time.

use std::collections::HashSet;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use url::Url;

use crate::extract;
use crate::feed::discover::{self, FoundFeed, FoundKind};
use crate::feed::{FeedError, Hints, normal_url, parse};
use crate::fetch::{Accept, FetchError, Fetcher, Request, Response};
use crate::model::{FailureKind, FeedFormat, FeedKind, ParsedFeed};
use crate::pipeline::Compute;

/// Requests for one search, and for a thorough one. A host is asked once a second.
const REQUESTS_MAX: usize = 32;
const REQUESTS_THOROUGH_MAX: usize = 80;
/// Feeds named by a page that are looked into, and for a thorough search.
const NAMED_MAX: usize = 8;
const NAMED_THOROUGH_MAX: usize = 40;
/// Usual places that are asked; a thorough search asks all.
const PLACES_MAX: usize = 12;
/// Sitemaps of an index that are looked into.
const SITEMAPS_MAX: usize = 3;
/// Failures in a row after which a site is left alone.
const FAILURES_MAX: usize = 3;
/// Titles that are shown of a feed.
const TITLES: usize = 3;
/// Entries by which a feed under another address is recognised.
const SAME_ENTRIES: usize = 5;

/// How a feed was found, for people and programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FoundBy {
    /// It is the address that was given.
    Given,
    /// The page names it in its head.
    Link,
    /// The page links to it.
    Anchor,
    /// It lies where feeds usually lie.
    UsualPlace,
    /// A sitemap, named by `robots.txt` or at a usual place.
    Sitemap,
}

impl FoundBy {
    /// In words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Given => "the address itself",
            Self::Link => "named by the page",
            Self::Anchor => "linked by the page",
            Self::UsualPlace => "at a usual place",
            Self::Sitemap => "sitemap of the site",
        }
    }
}

/// A feed that was found and read.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Address to poll.
    pub(super) url: Url,
    pub(super) found_by: FoundBy,
    pub(super) title: Option<String>,
    pub(super) format: Option<FeedFormat>,
    pub(super) entries: usize,
    /// When its newest entry was published.
    pub(super) newest: Option<Timestamp>,
    /// Titles of its first entries.
    pub(super) titles: Vec<String>,
    /// Keys of its first entries.
    keys: Vec<String>,
}

impl Candidate {
    pub(super) fn new(url: Url, found_by: FoundBy, feed: ParsedFeed) -> Self {
        let keys = feed.entries.iter().map(|entry| entry.key.clone());
        let dates = feed
            .entries
            .iter()
            .filter_map(|entry| entry.published.or(entry.updated));
        let titles = feed.entries.iter().filter_map(|entry| entry.title.clone());
        Self {
            url,
            found_by,
            title: feed.title,
            format: feed.format,
            entries: feed.entries.len(),
            newest: dates.max(),
            titles: titles.take(TITLES).collect(),
            keys: keys.take(SAME_ENTRIES).collect(),
        }
    }

    /// The lower, the better.
    fn rank(&self) -> (bool, bool, bool, FoundBy) {
        let comments = self.url.path().to_ascii_lowercase().contains("comments");
        let sitemap = self.format == Some(FeedFormat::Sitemap);
        (self.entries == 0, comments, sitemap, self.found_by)
    }
}

/// What a search came to.
pub(super) struct Search {
    /// The feeds, best first.
    pub(super) candidates: Vec<Candidate>,
    /// Requests that were made.
    pub(super) asked: usize,
    /// Why the search ended early, in words.
    pub(super) stopped: Option<String>,
}

/// One answer, looked into.
pub(super) enum Answer {
    Feed(Box<ParsedFeed>),
    /// Something else, and what.
    Other(FeedError),
}

/// Reads an answer as a feed; a reader that panics is an answer that is no feed.
pub(super) async fn read(compute: &Compute, response: &Response) -> Result<Answer, FailureKind> {
    let hints = Hints {
        content_type: response.content_type.clone(),
        base_url: Some(response.url.to_string()),
        content_location: response.content_location.clone(),
        lang: None,
        // A sitemap of every page is no feed, only one of the news is.
        kind: FeedKind::Feed,
        compare: false,
    };
    let body = response.body.clone();
    match compute.run(move || parse(&body, &hints)).await {
        Ok(Ok(feed)) => Ok(Answer::Feed(Box::new(feed))),
        Ok(Err(error)) => Ok(Answer::Other(error)),
        Err(_) => Err(FailureKind::Crash),
    }
}

/// The text of a page.
pub(super) fn page_text(response: &Response) -> String {
    extract::decode(&response.body, response.content_type.as_deref()).0
}

/// Searches for the feeds of the site that a page belongs to.
///
/// What the page names itself is asked first; links that merely look like feeds, usual places and
/// sitemaps only when that brought nothing, or when the search is to be thorough.
pub(super) async fn search(
    fetcher: &Fetcher,
    compute: &Compute,
    page: &Response,
    thorough: bool,
) -> Search {
    let mut finder = Finder::new(fetcher, compute, thorough);
    finder.asked.insert(name(&page.url));
    finder.index(page).await;
    let named = discover::linked_feeds(&page_text(page), &page.url);
    finder.named(&named, FoundKind::Link).await;
    if finder.goes_on() {
        finder.named(&named, FoundKind::Anchor).await;
    }
    if finder.goes_on() {
        finder.usual_places(&page.url).await;
    }
    if finder.goes_on() {
        finder.sitemaps(&page.url).await;
    }
    finder.progress.finish_and_clear();
    finder.candidates.sort_by_key(Candidate::rank);
    Search {
        candidates: finder.candidates,
        asked: finder.asked.len(),
        stopped: finder.stopped,
    }
}

struct Finder<'a> {
    fetcher: &'a Fetcher,
    compute: &'a Compute,
    progress: ProgressBar,
    thorough: bool,
    /// Normal addresses that were asked.
    asked: HashSet<String>,
    candidates: Vec<Candidate>,
    /// Failures of connections in a row.
    failures: usize,
    stopped: Option<String>,
}

impl<'a> Finder<'a> {
    fn new(fetcher: &'a Fetcher, compute: &'a Compute, thorough: bool) -> Self {
        // Draws nothing when standard error is no terminal.
        let style = ProgressStyle::with_template("{spinner} {pos} asked  {wide_msg}");
        let progress = ProgressBar::new_spinner()
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        Self {
            fetcher,
            compute,
            progress,
            thorough,
            asked: HashSet::new(),
            candidates: Vec::new(),
            failures: 0,
            stopped: None,
        }
    }

    /// Whether weaker signs are to be followed as well.
    fn goes_on(&self) -> bool {
        self.may_ask() && (self.thorough || self.candidates.is_empty())
    }

    fn may_ask(&self) -> bool {
        let most = if self.thorough {
            REQUESTS_THOROUGH_MAX
        } else {
            REQUESTS_MAX
        };
        self.stopped.is_none() && self.asked.len() <= most
    }

    /// Asks what a page names. A link may lead to a page about the site's feeds: that is looked into too.
    async fn named(&mut self, named: &[FoundFeed], kind: FoundKind) {
        let most = if self.thorough {
            NAMED_THOROUGH_MAX
        } else {
            NAMED_MAX
        };
        let found_by = match kind {
            FoundKind::Link => FoundBy::Link,
            FoundKind::Anchor => FoundBy::Anchor,
        };
        let mut pages = Vec::new();
        for feed in named.iter().filter(|feed| feed.kind == kind).take(most) {
            let other = self.ask(&feed.url, found_by).await;
            pages.extend(other.filter(|_| kind == FoundKind::Anchor));
        }
        for page in pages {
            if !self.goes_on() {
                break;
            }
            for feed in discover::linked_feeds(&page_text(&page), &page.url)
                .iter()
                .take(most)
            {
                self.ask(&feed.url, FoundBy::Anchor).await;
            }
        }
    }

    /// Asks the usual places up to the first feed: the others are mostly the same one again.
    async fn usual_places(&mut self, page: &Url) {
        let most = if self.thorough {
            usize::MAX
        } else {
            PLACES_MAX
        };
        for place in discover::usual_places(page).into_iter().take(most) {
            if !self.goes_on() {
                break;
            }
            self.ask(&place, FoundBy::UsualPlace).await;
        }
    }

    async fn sitemaps(&mut self, page: &Url) {
        let mut sitemaps = match page.join("/robots.txt") {
            Ok(robots) => self.get(&robots).await.map_or_else(Vec::new, |robots| {
                discover::sitemaps_of_robots(&String::from_utf8_lossy(&robots.body))
            }),
            Err(_) => Vec::new(),
        };
        sitemaps.truncate(SITEMAPS_MAX);
        sitemaps.extend(discover::usual_sitemaps(page));
        for sitemap in sitemaps {
            if !self.goes_on() {
                break;
            }
            if let Some(index) = self.ask(&sitemap, FoundBy::Sitemap).await {
                self.index(&index).await;
            }
        }
    }

    /// Asks the sitemaps that an answer lists, if it is an index of sitemaps.
    async fn index(&mut self, answer: &Response) {
        let sitemaps = discover::sitemaps_of_index(&answer.body);
        for sitemap in sitemaps.iter().take(SITEMAPS_MAX) {
            self.ask(sitemap, FoundBy::Sitemap).await;
        }
    }

    /// Asks an address; keeps it when it is a feed, gives the answer when it is something else.
    async fn ask(&mut self, url: &Url, found_by: FoundBy) -> Option<Response> {
        let response = self.get(url).await?;
        match read(self.compute, &response).await {
            Ok(Answer::Feed(feed)) => {
                let url = response.permanent.unwrap_or_else(|| url.clone());
                self.keep(Candidate::new(url, found_by, *feed));
                None
            }
            Ok(Answer::Other(_)) => Some(response),
            Err(_) => None,
        }
    }

    /// Keeps a feed, unless it is one that is kept already under another address.
    fn keep(&mut self, candidate: Candidate) {
        let same = |known: &Candidate| {
            name(&known.url) == name(&candidate.url)
                || (!known.keys.is_empty() && known.keys == candidate.keys)
        };
        if !self.candidates.iter().any(same) {
            self.candidates.push(candidate);
        }
    }

    async fn get(&mut self, url: &Url) -> Option<Response> {
        if !self.may_ask() || !self.asked.insert(name(url)) {
            return None;
        }
        self.progress.set_message(url.to_string());
        let answer = self
            .fetcher
            .get(Request::new(url.clone(), Accept::Feed))
            .await;
        self.progress.inc(1);
        match answer {
            Ok(response) => {
                self.failures = 0;
                Some(response)
            }
            Err(error) => {
                tracing::debug!("{url}: {error}");
                self.failed(&error);
                None
            }
        }
    }

    /// A site that asks for rest is left alone, and so is one that does not answer.
    fn failed(&mut self, error: &FetchError) {
        let silent = match error.kind() {
            FailureKind::TooManyRequests => {
                self.stopped = Some(error.to_string());
                return;
            }
            FailureKind::Network | FailureKind::Timeout | FailureKind::Tls => true,
            _ => false,
        };
        self.failures = if silent { self.failures + 1 } else { 0 };
        if self.failures >= FAILURES_MAX {
            self.stopped = Some(error.to_string());
        }
    }
}

/// An address as it is compared.
fn name(url: &Url) -> String {
    normal_url(url.as_str()).unwrap_or_else(|| url.to_string())
}
