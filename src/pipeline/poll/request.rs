//! What a poll asks for, and what its answer becomes.

use url::Url;

use super::Failure;
use crate::feed::{self, Hints};
use crate::fetch::{self, Accept, FetchError, HeaderLink, Request, Response};
use crate::model::{FailureKind, Feed, FeedKind, FeedLinks, ParsedFeed, Validators};
use crate::pipeline::{Pipeline, Setup};
use crate::websub;

/// The conditional request of a poll: to the configured address, or to the one it has moved to for good.
pub(super) fn of_feed(setup: &Setup, feed: &Feed) -> Result<Request, FetchError> {
    let address = feed.state.poll_url.as_deref().unwrap_or(&feed.spec.url);
    // A page that lists articles is a page like those it lists: robots.txt is asked about it.
    let (accept, delta) = match feed.spec.kind {
        FeedKind::Page => (Accept::Page, false),
        FeedKind::Feed | FeedKind::Sitemap => (Accept::Feed, true),
    };
    Ok(Request {
        validators: feed.validators.clone(),
        accept,
        delta,
        wants_refusal: true,
        ..of_page(setup, feed, fetch::parse_url(address)?)
    })
}

/// The request for an older page of a feed, of which nothing is known.
pub(super) fn of_page(setup: &Setup, feed: &Feed, url: Url) -> Request {
    Request {
        access: setup.access_of(&feed.spec.url),
        ..Request::new(url, Accept::Feed)
    }
}

/// True when the feed can be fetched from there with what it needs: secrets stay with their host.
pub(super) fn can_move(setup: &Setup, feed: &Feed, to: &Url) -> bool {
    let access = setup.access_of(&feed.spec.url);
    let has_secrets = fetch::parse_url(&feed.spec.url).is_ok_and(|own| access.belongs_to(&own));
    !has_secrets || access.belongs_to(to)
}

/// Adds what the `Link` header says (RFC 8288) where the document says nothing itself; a hub in the header
/// goes before the document's (WebSub, 4).
pub(super) fn add_header_links(links: &mut FeedLinks, headers: &[HeaderLink]) {
    let named = headers
        .iter()
        .map(|link| (link.rel.as_str(), link.url.as_str()));
    *links = websub::prefer_headers(std::mem::take(links), named.clone());
    for (rel, url) in named {
        let place = match rel {
            "self" => &mut links.itself,
            "next" => &mut links.next,
            "prev-archive" => &mut links.prev_archive,
            _ => continue,
        };
        place.get_or_insert_with(|| url.to_owned());
    }
}

/// A 304 may carry newer validators; what it does not carry stays (RFC 9111, 4.3.4).
pub(super) fn kept(feed: &Feed, response: Response) -> Validators {
    let Validators {
        etag,
        last_modified,
    } = response.validators;
    Validators {
        etag: etag.or_else(|| feed.validators.etag.clone()),
        last_modified: last_modified.or_else(|| feed.validators.last_modified.clone()),
    }
}

/// Reads a document on a thread for computing.
pub(super) async fn parse(
    pipeline: &Pipeline,
    setup: &Setup,
    feed: &Feed,
    response: Response,
) -> Result<ParsedFeed, Failure> {
    let status = Some(response.status);
    let hints = Hints {
        content_type: response.content_type,
        base_url: Some(response.url.to_string()),
        content_location: response.content_location,
        lang: feed.spec.lang.clone(),
        kind: feed.spec.kind,
        compare: false,
    };
    let body = response.body;
    let selectors = setup.selectors_of(&feed.spec.url);
    let parsed = pipeline
        .compute
        .run(move || match selectors {
            Some(selectors) => feed::parse_page(&body, &hints, &selectors),
            None => feed::parse(&body, &hints),
        })
        .await;
    let (why, kind) = match parsed {
        Ok(Ok(mut parsed)) => {
            parsed.drop_half_entry();
            add_header_links(&mut parsed.links, &response.links);
            if let Some(discrepancy) = &parsed.discrepancy {
                pipeline.discrepancies.note();
                tracing::debug!(feed_id = %feed.id, "{}: {discrepancy}", feed.spec.url);
            }
            return Ok(parsed);
        }
        Ok(Err(error)) => (error.to_string(), error.kind()),
        Err(panicked) => (panicked.to_string(), FailureKind::Crash),
    };
    Err(Failure {
        why,
        kind,
        status,
        retry_after: None,
    })
}

/// A fetch that failed. What a refusal's page says it is goes before its status: a bot check is one under 403, too.
/// When to come again is told by the header, whatever the page is.
pub(super) async fn refused(pipeline: &Pipeline, error: FetchError) -> Failure {
    let what = match error.page().cloned() {
        Some(page) => {
            let look = move || feed::refusal(&page.body, page.content_type.as_deref());
            pipeline.compute.run(look).await.ok().flatten()
        }
        None => None,
    };
    let failure = Failure::from(error);
    match what {
        Some(what) => Failure {
            why: format!("{}: {what}", failure.why),
            kind: what.kind(),
            ..failure
        },
        None => failure,
    }
}
