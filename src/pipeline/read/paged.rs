//! The rest of an article, as the rule for its site says: the version in place of the page, and the pages behind it.
//! Every one of them goes through the polite fetcher and stays on the site.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::answer::{Answer, Source};
use super::page::Reader;
use super::prepared::longest_text;
use crate::extract::site::join;
use crate::extract::{self, Aids, Extracted, Page, SiteRule};
use crate::fetch::{self, Accept, Request};
use crate::model::{KeptPage, Origin};

/// Pages of one article that are followed behind the first.
const PAGES_MAX: usize = 20;

/// Longest time for all of them: the article's lease must not run out.
const TIME_MAX: Duration = Duration::from_secs(60);

/// A page on which the article is, and what was read of it.
pub(super) struct First<'a> {
    /// Where it was found, after redirects.
    pub(super) url: &'a Url,
    /// Its length.
    pub(super) bytes: usize,
    /// The rule for its site.
    pub(super) rule: Option<Arc<SiteRule>>,
}

/// Reads what the rule says besides the page; gives the pages whose text was taken, when they are to be kept. What
/// cannot be had is noted; what there is stays.
pub(super) async fn follow(
    reader: &Reader<'_>,
    first: First<'_>,
    extracted: &mut Extracted,
) -> Vec<KeptPage> {
    let mut follower = Follower {
        reader,
        seen: HashSet::from([without_fragment(first.url)]),
        bytes: first.bytes,
        first,
        taken: Vec::new(),
    };
    let followed = tokio::time::timeout(TIME_MAX, follower.all(extracted)).await;
    if followed.is_err() {
        let why = format!(
            "the article's further pages take more than {} s: the rest is left out",
            TIME_MAX.as_secs()
        );
        extracted.article.notes.push(why);
    }
    follower.taken
}

struct Follower<'a> {
    reader: &'a Reader<'a>,
    first: First<'a>,
    /// Addresses that were asked for or that answered.
    seen: HashSet<String>,
    /// Length of all pages so far.
    bytes: usize,
    /// Pages whose text was taken, when they are to be kept.
    taken: Vec<KeptPage>,
}

impl Follower<'_> {
    async fn all(&mut self, extracted: &mut Extracted) {
        if let Some(address) = extracted.other_version.take() {
            match self.page(&address).await {
                Ok((other, kept)) => {
                    if take_version(extracted, other, &address) {
                        self.taken.extend(kept);
                    }
                }
                Err(why) => extracted
                    .article
                    .notes
                    .push(format!("{address}, to be read instead: {why}")),
            }
        }
        if wants_amp(extracted) {
            self.amp(extracted).await;
        }
        let mut pages = 1;
        while let Some(address) = extracted.next_page.take() {
            if pages > PAGES_MAX {
                let why = format!(
                    "the article has more than {PAGES_MAX} further pages: the rest is left out"
                );
                extracted.article.notes.push(why);
                return;
            }
            pages += 1;
            match self.page(&address).await {
                Ok((further, kept)) if join(extracted, &further) => {
                    self.taken.extend(kept);
                    extracted.next_page = further.next_page;
                }
                Ok(_) => {
                    extracted.article.notes.push(format!(
                        "page {pages} of the article ({address}): it says nothing new"
                    ));
                }
                Err(why) => {
                    extracted
                        .article
                        .notes
                        .push(format!("page {pages} of the article ({address}): {why}"));
                }
            }
        }
    }

    /// Takes the text of the AMP version, if it is likelier to be the story.
    async fn amp(&mut self, extracted: &mut Extracted) {
        let Some(address) = extracted.article.amp_url.clone() else {
            return;
        };
        let note = match self.page(&address).await {
            Ok((other, kept)) if other.confidence > extracted.confidence => {
                self.taken.extend(kept);
                take_text(extracted, other);
                extracted.article.origin = Origin::Amp;
                format!("body taken from the AMP version {address}")
            }
            Ok(_) => format!("the AMP version {address} has no better text"),
            Err(why) => format!("the AMP version {address}: {why}"),
        };
        extracted.article.notes.push(note);
    }

    /// Reads a page; in words why not. With it comes what is to be kept of it.
    async fn page(&mut self, address: &str) -> Result<(Extracted, Option<KeptPage>), String> {
        let url = fetch::parse_url(address).map_err(|error| error.to_string())?;
        self.is_of_site(&url)?;
        let asked_url = without_fragment(&url);
        if !self.seen.insert(asked_url.clone()) {
            return Err("it was read already".to_owned());
        }
        let answer = self.answer(url.clone(), asked_url).await?;
        self.is_of_site(&answer.url)?;
        if answer.url != url && !self.seen.insert(without_fragment(&answer.url)) {
            return Err("it leads to a page that was read already".to_owned());
        }
        self.bytes += answer.body.len();
        let most = self.reader.setup.config.fetch.body_bytes_max;
        if self.bytes > most {
            return Err(format!("the pages together have more than {most} bytes"));
        }
        let rule = self.first.rule.clone();
        let feed = longest_text(self.reader.entry).to_owned();
        let keeps = self.reader.keeps();
        let work = move || (read(&answer, rule.as_deref(), &feed), answer.keep_if(keeps));
        let read = self.reader.pipeline.compute.run(work).await;
        let (extracted, kept) = read.map_err(|panicked| panicked.to_string())?;
        match extracted.failure {
            Some(_) => Err("something stands in place of the article".to_owned()),
            None => Ok((extracted, kept)),
        }
    }

    /// The page at an address: fetched, or the one that was kept of it.
    async fn answer(&self, url: Url, asked_url: String) -> Result<Answer, String> {
        let Reader {
            pipeline, setup, ..
        } = self.reader;
        match self.reader.source {
            Source::Web { feeds } => {
                let request = Request {
                    access: setup.access_of_page(feeds, &url),
                    ..Request::new(url, Accept::Page)
                };
                let response = setup.fetcher.get(request).await;
                let response = response.map_err(|error| error.to_string())?;
                let now = pipeline.world.clock.now();
                Ok(Answer::fetched(asked_url, response, now))
            }
            Source::Kept(pages) => {
                let kept = pages.iter().find(|page| page.asked_url == asked_url);
                Answer::kept(kept.ok_or("it was not kept")?)
            }
        }
    }

    /// An article does not go on at somebody else's.
    fn is_of_site(&self, url: &Url) -> Result<(), String> {
        match fetch::host_key(url) == fetch::host_key(self.first.url) {
            true => Ok(()),
            false => Err("it is on another site".to_owned()),
        }
    }
}

fn without_fragment(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}

fn read(answer: &Answer, rule: Option<&SiteRule>, feed: &str) -> Extracted {
    let page = Page {
        url: answer.url.as_str(),
        content_type: answer.content_type.as_deref(),
    };
    extract::extract_with(
        &answer.body,
        &page,
        Aids {
            rule,
            now: Some(answer.at),
            feed: Some(feed),
            ..Aids::default()
        },
    )
}

/// Whether the text is so doubtful that the AMP version is worth a request. What is to be paid for stays so.
pub(super) fn wants_amp(extracted: &Extracted) -> bool {
    let article = &extracted.article;
    !extracted.is_confident() && article.amp_url.is_some() && !article.paid
}

/// Takes the text of another version, unless it is the shorter one; true when it was taken.
fn take_version(extracted: &mut Extracted, other: Extracted, address: &str) -> bool {
    let (article, theirs) = (&mut extracted.article, &other.article);
    if theirs.body.trim().len() < article.body.trim().len() || theirs.body.trim().is_empty() {
        article.notes.push(format!(
            "{address}, to be read instead, has less text: the page itself was read"
        ));
        return false;
    }
    take_text(extracted, other);
    extracted.article.notes.push(format!("read from {address}"));
    true
}

/// Takes the text. What is known of the article stays: versions for printing leave it out.
fn take_text(extracted: &mut Extracted, other: Extracted) {
    let (article, theirs) = (&mut extracted.article, other.article);
    article.body = theirs.body;
    article.parts = theirs.parts;
    article.lang = theirs.lang;
    if article.title.trim().is_empty() {
        article.title = theirs.title;
    }
    article.published = article.published.take().or(theirs.published);
    if article.authors.is_empty() {
        article.authors = theirs.authors;
    }
    article.notes.retain(|note| note != "the body is short");
    extracted.confidence = other.confidence;
    extracted.evidence = other.evidence;
    extracted.failure = None;
    extracted.next_page = other.next_page;
}
