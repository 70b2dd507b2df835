//! Requests: validators, the correction, unknown paths, and the listeners.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use axum::http::{HeaderMap, StatusCode};
use futures_util::future::{Either, select};
use jiff::SignedDuration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{get, get_with, header, now, parsed, site, text};
use crate::demo::{Site, bind, outlet_count, serve};

#[test]
fn a_repeated_conditional_get_is_answered_with_304() {
    let site = site();
    let feeds = site.feeds().into_iter().map(|feed| feed.url);
    for url in feeds.chain(site.truth().into_iter().map(|article| article.url)) {
        let first = get(&site, &url);
        for (validator, condition) in [(ETAG, IF_NONE_MATCH), (LAST_MODIFIED, IF_MODIFIED_SINCE)] {
            let mut headers = HeaderMap::new();
            headers.insert(
                condition,
                header(&first, validator).parse().expect("a header value"),
            );
            let second = get_with(&site, &url, &headers);
            assert_eq!(second.status, StatusCode::NOT_MODIFIED, "{url}");
            assert!(second.body.is_empty());
        }
    }
}

/// Both validators of every page and feed.
fn validators(site: &Site) -> BTreeMap<String, (String, String)> {
    let pages = site.truth().into_iter().map(|article| article.url);
    let feeds = site.feeds().into_iter().map(|feed| feed.url);
    pages
        .chain(feeds)
        .map(|url| {
            let answer = get(site, &url);
            let pair = (header(&answer, ETAG), header(&answer, LAST_MODIFIED));
            (url, pair)
        })
        .collect()
}

/// The feed that lists the corrected article, as it is served now, and that article's entry.
fn corrected_entry(site: &Site) -> (String, feed_rs::model::Entry) {
    let page_url = site.corrected_url().expect("one article has two versions");
    site.feeds()
        .into_iter()
        .find_map(|feed| {
            let mut entries = parsed(site, &feed).entries.into_iter();
            let entry = entries.find(|entry| entry.links[0].href == page_url)?;
            Some((feed.url, entry))
        })
        .expect("a feed lists it")
}

#[test]
fn a_correction_changes_its_page_its_feed_and_nothing_else() {
    let site = site();
    let page_url = site.corrected_url().expect("one article has two versions");
    let (before, page_before) = (validators(&site), text(&get(&site, &page_url)));
    site.correct(now() + SignedDuration::from_secs(5))
        .expect("the layouts hold");
    let (after, page_after) = (validators(&site), text(&get(&site, &page_url)));

    let changed: BTreeSet<&String> = before
        .keys()
        .filter(|url| before[*url] != after[*url])
        .collect();
    let feed_url = corrected_entry(&site).0;
    assert_eq!(changed, BTreeSet::from([&page_url, &feed_url]));
    for url in changed {
        assert_ne!(before[url].0, after[url].0, "ETag of {url}");
        assert_ne!(before[url].1, after[url].1, "Last-Modified of {url}");
    }
    assert!(page_before.contains("on 24 November, after") && !page_before.contains("Correction:"));
    assert!(page_after.contains("on 23 November, before") && page_after.contains("Correction:"));
}

#[test]
fn a_correction_keeps_the_entry_and_says_when_it_changed() {
    let site = site();
    let before = corrected_entry(&site).1;
    let corrected_at = now() + SignedDuration::from_secs(5);
    site.correct(corrected_at).expect("the layouts hold");
    let after = corrected_entry(&site).1;
    assert_eq!((&before.id, &before.title), (&after.id, &after.title));
    assert_ne!(before.summary, after.summary);
    let updated = after.updated.expect("Atom entries say when they changed");
    assert_eq!(updated.timestamp(), corrected_at.as_second());
}

#[test]
fn other_paths_are_404_and_robots_may_read_everything() {
    let site = site();
    for path in ["/nothing", "/internasional/read/", "/../Cargo.toml", ""] {
        assert_eq!(
            site.handle(0, path, &HeaderMap::new()).status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert_eq!(
        site.handle(outlet_count(), "/", &HeaderMap::new()).status,
        StatusCode::NOT_FOUND
    );
    let robots = site.handle(3, "/robots.txt", &HeaderMap::new());
    assert_eq!(text(&robots), "User-agent: *\nAllow: /\n");
}

#[tokio::test]
async fn listeners_serve_their_outlet() {
    let listeners = bind(0).await.expect("free ports");
    let addrs: Vec<SocketAddr> = listeners.iter().map(|l| l.local_addr().unwrap()).collect();
    let site = Arc::new(Site::new(now(), &addrs).expect("the canned world builds"));
    let feed = site.feeds().pop().expect("feeds");
    let path = url::Url::parse(&feed.url)
        .expect("an address")
        .path()
        .to_owned();
    let asked = async {
        let mut stream = TcpStream::connect(addrs[addrs.len() - 1])
            .await
            .expect("a connection");
        let request = format!("GET {path}?x=1 HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        answer
    };
    let serving = serve(Arc::clone(&site), listeners);
    match select(Box::pin(asked), Box::pin(serving)).await {
        Either::Left((answer, _)) => {
            assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
            assert!(answer.contains(&feed.name), "{answer}");
        }
        Either::Right((ended, _)) => panic!("the server ended: {ended:?}"),
    }
}
