//! `robots.txt` before pages.

use std::sync::atomic::{AtomicU16, Ordering};

use jiff::SignedDuration;

use super::*;
use crate::model::FailureKind;
use crate::world::local_server::{Seen, answer};

fn page(url: &str) -> Request {
    Request::new(Url::parse(url).expect("a URL"), Accept::Page)
}

fn asked_for(server: &LocalServer, path: &str) -> usize {
    let seen = server.seen();
    seen.iter().filter(|seen| seen.target == path).count()
}

/// Answers like a site whose robots.txt is this.
fn site(robots: &'static str) -> impl Fn(&Seen) -> Vec<u8> {
    move |seen| match seen.target.as_str() {
        "/robots.txt" => answer("200 OK", "Content-Type: text/plain\r\n", robots.as_bytes()),
        _ => answer("200 OK", "", b"page"),
    }
}

#[tokio::test]
async fn pages_are_asked_about_once_a_day_and_feeds_never() {
    let server =
        LocalServer::start(site("User-agent: wirewatch\nDisallow: /private\nAllow: /")).await;
    let clock = Arc::new(ManualClock::new(
        "2026-11-22T07:30:00Z".parse().expect("a time"),
    ));
    let mut world = world();
    world.clock = clock.clone();
    let fetcher = Fetcher::new(options(), world).expect("a fetcher");
    fetcher
        .get(request(&server.url("/private/feed")))
        .await
        .expect("a feed");
    assert_eq!(asked_for(&server, "/robots.txt"), 0);
    for _ in 0..2 {
        fetcher.get(page(&server.url("/a"))).await.expect("allowed");
        let error = fetcher
            .get(page(&server.url("/private/b?key=s3cret")))
            .await;
        let error = error.expect_err("not allowed");
        assert_eq!(error.kind(), FailureKind::Robots);
        assert!(!error.is_transient(), "it would only be asked again");
        let words = error.to_string();
        assert!(
            words.contains("/private/b") && !words.contains("s3cret"),
            "{words}"
        );
    }
    assert_eq!(asked_for(&server, "/robots.txt"), 1);
    assert_eq!(asked_for(&server, "/private/b?key=s3cret"), 0);
    clock.advance(SignedDuration::from_hours(25));
    fetcher.get(page(&server.url("/a"))).await.expect("allowed");
    assert_eq!(asked_for(&server, "/robots.txt"), 2);
}

#[tokio::test]
async fn ones_own_sites_need_not_be_asked() {
    let server = LocalServer::start(site("User-agent: *\nDisallow: /")).await;
    let url = server.url("/a");
    assert!(fetcher(options()).get(page(&url)).await.is_err());
    let own = AccessOptions {
        manners: Manners {
            respect_robots: Some(false),
            ..Manners::default()
        },
        ..AccessOptions::default()
    };
    let feed = Url::parse(&server.url("/feed")).expect("a URL");
    let mut asked = page(&url);
    asked.access = Arc::new(Access::new(&feed, &own, &|_| None).expect("an access"));
    fetcher(options())
        .get(asked.clone())
        .await
        .expect("one's own");
    // The same key of a feed on another host says nothing about this one.
    let elsewhere = Url::parse("http://127.0.0.1:9/feed").expect("a URL");
    asked.access = Arc::new(Access::new(&elsewhere, &own, &|_| None).expect("an access"));
    assert!(fetcher(options()).get(asked).await.is_err());
    let nobody = FetchOptions {
        respect_robots: false,
        ..options()
    };
    fetcher(nobody).get(page(&url)).await.expect("not asked");
}

#[tokio::test]
async fn a_file_that_is_not_there_forbids_nothing_and_one_that_fails_does_for_a_day() {
    let status = Arc::new(AtomicU16::new(404));
    let current = Arc::clone(&status);
    let server = LocalServer::start(move |seen| {
        match (seen.target.as_str(), current.load(Ordering::SeqCst)) {
            ("/robots.txt", 302) => answer("302 Found", "Location: /robots.txt\r\n", b""),
            ("/robots.txt", 200) => answer("200 OK", "", b"User-agent: *\nDisallow: /x"),
            ("/robots.txt", code) => {
                answer(&format!("{code} X"), "", b"User-agent: *\nDisallow: /")
            }
            _ => answer("200 OK", "", b"page"),
        }
    })
    .await;
    let clock = Arc::new(ManualClock::new(
        "2026-11-22T07:30:00Z".parse().expect("a time"),
    ));
    let ask = async |codes: &[(u16, i64, bool)]| {
        let mut world = world();
        world.clock = clock.clone();
        let fetcher = Fetcher::new(options(), world).expect("a fetcher");
        let mut read = false;
        for (code, hours, allowed) in codes {
            read |= *code == 200;
            status.store(*code, Ordering::SeqCst);
            clock.advance(SignedDuration::from_hours(*hours));
            let answer = fetcher.get(page(&server.url("/x"))).await;
            assert_eq!(answer.is_ok(), *allowed, "{code} after {hours} h");
            if let Err(error) = answer {
                assert_eq!(error.kind(), FailureKind::Robots);
                assert_eq!(error.is_transient(), !read, "{error}");
            }
        }
    };
    for absent in [400, 401, 403, 404, 410, 302] {
        ask(&[(absent, 0, true)]).await;
    }
    for failing in [429, 500, 503] {
        ask(&[
            (failing, 0, false),
            (failing, 12, false),
            (failing, 13, true),
        ])
        .await;
    }
    ask(&[(503, 0, false), (404, 2, true)]).await;
    ask(&[(200, 0, false), (503, 48, false), (404, 2, true)]).await;
}

#[tokio::test]
async fn a_redirect_of_a_page_is_asked_about_too() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/robots.txt" => answer("200 OK", "", b"User-agent: *\nDisallow: /b"),
        _ => answer("302 Found", "Location: /b\r\n", b""),
    })
    .await;
    let error = fetcher(options()).get(page(&server.url("/a"))).await;
    assert_eq!(error.expect_err("forbidden").kind(), FailureKind::Robots);
    assert_eq!(asked_for(&server, "/b"), 0);
}

#[tokio::test]
async fn only_the_beginning_of_a_long_file_is_read() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/robots.txt" => {
            let mut text = b"User-agent: *\nDisallow: /b\n".to_vec();
            text.resize(10 << 20, b'#');
            answer("200 OK", "", &text)
        }
        _ => answer("200 OK", "", b"page"),
    })
    .await;
    let fetcher = fetcher(FetchOptions {
        body_bytes_max: 1000,
        ..options()
    });
    fetcher.get(page(&server.url("/a"))).await.expect("allowed");
    assert!(fetcher.get(page(&server.url("/b"))).await.is_err());
}

#[tokio::test]
async fn a_crawl_delay_is_a_distance() {
    let server = LocalServer::start(site("User-agent: *\nCrawl-delay: 0.3")).await;
    let fetcher = fetcher(options());
    let begun = std::time::Instant::now();
    fetcher.get(page(&server.url("/a"))).await.expect("allowed");
    // For feeds too, once it is known.
    fetcher
        .get(request(&server.url("/feed")))
        .await
        .expect("200");
    let two_steps = Duration::from_millis(600);
    assert!(begun.elapsed() >= two_steps, "{:?}", begun.elapsed());
}
