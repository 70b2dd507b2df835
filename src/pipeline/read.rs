//! `read`: fetch an article's page and take its text; when the page cannot be had, the article is made of
//! what its entry said, so that a watch never goes blind.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::extract::{self, Aids, Extracted, HostMemory, Impression, Page, SiteRule};
use crate::fetch::{self, Accept, FetchError, Request, Response};
use crate::model::{
    Article, Claim, Committed, Dated, EntryText, FailureKind, LearntHost, Origin, ReadOutcome,
    Validators, WantedArticle,
};
use crate::schedule;
use crate::store::StoreError;
use crate::text;

use super::{Pipeline, Setup};

mod paged;

/// Failed tries after which the entry's own text is taken.
const TRIES: u32 = 3;

/// First wait between two tries; it doubles.
const RETRY: SignedDuration = SignedDuration::from_mins(2);

/// Longest text of an article, in bytes: judging and searching cost a multiple of it.
const BODY_BYTES_MAX: usize = 512 * 1024;

/// Longest headline, in bytes.
const TITLE_BYTES_MAX: usize = 8 * 1024;

/// How reading went, for counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadResult {
    /// The page's text.
    Page,
    /// The entry's text.
    Entry,
    /// To be tried again.
    Retry,
    /// Read again, and nothing had changed.
    Unchanged,
}

/// Reads one article and commits what came of it.
///
/// # Errors
/// Only when the store fails.
pub async fn work(
    pipeline: &Pipeline,
    claim: Claim<WantedArticle>,
) -> Result<(ReadResult, Committed), StoreError> {
    let setup = pipeline.setup();
    let wanted = claim.item;
    let id = wanted.id;
    let outcome = read(pipeline, &setup, wanted).await;
    let result = match &outcome {
        ReadOutcome::Read { article, .. } if article.origin.is_page() => ReadResult::Page,
        ReadOutcome::Read { .. } => ReadResult::Entry,
        ReadOutcome::Retry { .. } => ReadResult::Retry,
        ReadOutcome::Unchanged { .. } => ReadResult::Unchanged,
    };
    let committed = pipeline
        .store
        .commit_read(id, claim.lease_no, outcome)
        .await?;
    Ok((result, committed))
}

async fn read(pipeline: &Pipeline, setup: &Setup, wanted: WantedArticle) -> ReadOutcome {
    if wanted.url.starts_with("entry:") {
        return from_entry(pipeline, wanted, None, None).await;
    }
    let answer = match page_request(pipeline, setup, &wanted) {
        Ok(request) => setup.fetcher.get(request).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(response) if response.status == 304 => ReadOutcome::Unchanged {
            at: pipeline.world.clock.now(),
        },
        Ok(response) => from_page(pipeline, setup, wanted, response).await,
        Err(error) => failed(pipeline, wanted, &error).await,
    }
}

fn page_request(
    pipeline: &Pipeline,
    setup: &Setup,
    wanted: &WantedArticle,
) -> Result<Request, FetchError> {
    let url = fetch::parse_url(&wanted.url)?;
    Ok(Request {
        access: setup.access_of_page(&wanted.feeds, &url),
        url,
        validators: wanted.validators.clone(),
        accept: Accept::Page,
        delta: false,
        wants_refusal: false,
        room: Some(pipeline.room.clone()),
    })
}

async fn failed(pipeline: &Pipeline, wanted: WantedArticle, error: &FetchError) -> ReadOutcome {
    let now = pipeline.world.clock.now();
    let host_not_before = error
        .retry_after()
        .map(|asked| schedule::patience(asked, now));
    if !error.is_transient() || wanted.failures + 1 >= TRIES {
        let missing = Missing::new(error.to_string(), Some(error.kind()));
        return from_entry(pipeline, wanted, Some(missing), host_not_before).await;
    }
    let wait = RETRY.saturating_mul(1 << wanted.failures.min(8));
    let due_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    ReadOutcome::Retry {
        at: now,
        due_at: host_not_before.map_or(due_at, |until| until.max(due_at)),
        why: error.to_string(),
        host_not_before,
    }
}

async fn from_page(
    pipeline: &Pipeline,
    setup: &Setup,
    wanted: WantedArticle,
    response: Response,
) -> ReadOutcome {
    let validators = response.validators.clone();
    match prepared(pipeline, setup, &wanted, response).await {
        Ok((text, learnt)) => {
            text.outcome(pipeline.world.clock.now(), validators, None, None, learnt)
        }
        Err(missing) => from_entry(pipeline, wanted, Some(missing), None).await,
    }
}

async fn prepared(
    pipeline: &Pipeline,
    setup: &Setup,
    wanted: &WantedArticle,
    response: Response,
) -> Result<(Box<Prepared>, Option<LearntHost>), Missing> {
    let crashed =
        |panicked: super::Panicked| Missing::new(panicked.to_string(), Some(FailureKind::Crash));
    let (entry, hint) = (wanted.entry.clone(), wanted.lang_hint.clone());
    let (url, bytes) = (response.url.clone(), response.body.len());
    let sites = setup.config.sites.clone();
    let now = pipeline.world.clock.now();
    let host = extract::host_of(url.as_str()).unwrap_or_default();
    let memory = pipeline.memories.of(pipeline.queries.as_ref(), &host).await;
    let work = move || {
        let rule = sites.rule_for(&response.url);
        let (extracted, impression) = extract_page(&response, rule.as_deref(), &memory, now);
        let read = match rule
            .filter(|_| extracted.next_page.is_some() || extracted.other_version.is_some())
        {
            Some(rule) => Read::InPart(Box::new(extracted), rule),
            None => Read::Whole(prepare_page(extracted, &entry, hint.as_deref()).map(Box::new)),
        };
        (read, impression)
    };
    let (read, impression) = pipeline.compute.run(work).await.map_err(crashed)?;
    let learnt = pipeline.memories.learn(&host, &impression, now);
    let (mut extracted, rule) = match read {
        Read::Whole(text) => return text.map(|text| (text, learnt)),
        Read::InPart(extracted, rule) => (extracted, rule),
    };
    let first = paged::First {
        url: &url,
        bytes,
        feeds: &wanted.feeds,
        rule,
    };
    paged::follow(pipeline, setup, first, &mut extracted).await;
    let (entry, hint) = (wanted.entry.clone(), wanted.lang_hint.clone());
    let work = move || prepare_page(*extracted, &entry, hint.as_deref()).map(Box::new);
    let text = pipeline.compute.run(work).await.map_err(crashed)?;
    text.map(|text| (text, learnt))
}

/// What was read of a page.
enum Read {
    /// All there is.
    Whole(Result<Box<Prepared>, Missing>),
    /// By its site's rule there is more elsewhere.
    InPart(Box<Extracted>, Arc<SiteRule>),
}

/// Reads a page; with it comes what it says of its host.
fn extract_page(
    response: &Response,
    rule: Option<&SiteRule>,
    memory: &HostMemory,
    now: Timestamp,
) -> (Extracted, Impression) {
    let page = Page {
        url: response.url.as_str(),
        content_type: response.content_type.as_deref(),
    };
    let now = Some(now);
    extract::extract_with_memory(
        &response.body,
        &page,
        Aids {
            rule,
            now,
            ..Aids::default()
        },
        memory,
    )
}

/// Why the text is not the page's.
struct Missing {
    why: String,
    kind: Option<FailureKind>,
}

impl Missing {
    fn new(why: impl Into<String>, kind: Option<FailureKind>) -> Self {
        let why = why.into();
        Self { why, kind }
    }
}

async fn from_entry(
    pipeline: &Pipeline,
    wanted: WantedArticle,
    missing: Option<Missing>,
    host_not_before: Option<Timestamp>,
) -> ReadOutcome {
    let now = pipeline.world.clock.now();
    let (entry, hint) = (wanted.entry, wanted.lang_hint);
    let (why, kind) = missing.map_or((None, None), |missing| (Some(missing.why), missing.kind));
    let worked = pipeline
        .compute
        .run(move || Prepared::new(article_of_entry(&entry, kind), hint.as_deref()))
        .await;
    match worked {
        Ok(text) => text.outcome(now, Validators::default(), why, host_not_before, None),
        Err(panicked) => ReadOutcome::Retry {
            at: now,
            due_at: now.saturating_add(RETRY).unwrap_or(Timestamp::MAX),
            why: panicked.to_string(),
            host_not_before,
        },
    }
}

/// An article with its language decided and its words for the search index.
struct Prepared {
    article: Article,
    search_title: String,
    search_body: String,
}

impl Prepared {
    fn new(mut article: Article, hint: Option<&str>) -> Self {
        let whole = (article.title.len(), article.body.len());
        shorten(&mut article.title, TITLE_BYTES_MAX);
        shorten(&mut article.body, BODY_BYTES_MAX);
        if whole != (article.title.len(), article.body.len()) {
            article
                .notes
                .push("longer than any article: the rest is left out".to_owned());
        }
        let declared = article.lang.as_deref().and_then(text::shortest_tag);
        let hint = declared.as_deref().or(hint);
        article.lang = text::detect_language(&article.title, &article.body, hint);
        let lang = article.lang.as_deref();
        Self {
            search_title: text::search_words(&article.title, lang),
            search_body: text::search_words(&article.body, lang),
            article,
        }
    }

    fn outcome(
        self,
        at: Timestamp,
        validators: Validators,
        why: Option<String>,
        host_not_before: Option<Timestamp>,
        learnt: Option<LearntHost>,
    ) -> ReadOutcome {
        ReadOutcome::Read {
            at,
            article: Box::new(self.article),
            validators,
            search_title: self.search_title,
            search_body: self.search_body,
            why,
            host_not_before,
            learnt,
        }
    }
}

fn shorten(text: &mut String, bytes_max: usize) {
    if text.len() > bytes_max {
        text.truncate(text.floor_char_boundary(bytes_max));
        text.shrink_to_fit();
    }
}

/// Takes the article of a page; `Err` says why the entry's text is to be taken instead.
fn prepare_page(
    extracted: Extracted,
    entry: &EntryText,
    hint: Option<&str>,
) -> Result<Prepared, Missing> {
    let confident = extracted.is_confident();
    let mut article = extracted.article;
    let entry_text = longest_text(entry);
    if article.body.trim().is_empty() {
        return Err(no_text(extracted.failure, &article.notes));
    }
    // A teaser: the feed's own words say more than the page's.
    if !confident && entry_text.len() > article.body.len() {
        let why = "the page's text is shorter than the feed's and looks like no article";
        return Err(Missing::new(why, extracted.failure));
    }
    article.failure = extracted.failure;
    if article.title.trim().is_empty() {
        article.title.clone_from(&entry.title);
    }
    if article.published.is_none() {
        article.published = entry.published.map(dated);
    }
    if article.authors.is_empty() {
        article.authors.clone_from(&entry.authors);
    }
    Ok(Prepared::new(article, hint))
}

fn no_text(failure: Option<FailureKind>, notes: &[String]) -> Missing {
    match failure {
        Some(FailureKind::NotHtml) => Missing::new("the page is no HTML", failure),
        Some(_) => {
            let notes = notes.join("; ");
            Missing::new(
                format!("something stands in place of the article: {notes}"),
                failure,
            )
        }
        None => Missing::new("the page has no article text", Some(FailureKind::Empty)),
    }
}

fn longest_text(entry: &EntryText) -> &str {
    if entry.content.len() > entry.summary.len() {
        &entry.content
    } else {
        &entry.summary
    }
}

fn article_of_entry(entry: &EntryText, failure: Option<FailureKind>) -> Article {
    Article {
        title: entry.title.clone(),
        body: longest_text(entry).to_owned(),
        published: entry.published.map(dated),
        authors: entry.authors.clone(),
        origin: Origin::Entry,
        failure,
        ..Article::default()
    }
}

fn dated(at: Timestamp) -> Dated {
    Dated {
        at,
        written: at.to_string(),
    }
}
