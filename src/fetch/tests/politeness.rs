//! Distance and parallelism as the server sees them.

use std::num::NonZeroUsize;
use std::time::Instant;

use futures_util::future::join_all;

use super::*;
use crate::world::local_server::{Reply, answer};

#[tokio::test]
async fn requests_to_one_host_keep_their_distance() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let delay = Duration::from_millis(60);
    let fetcher = fetcher(FetchOptions {
        host_delay: delay,
        ..options()
    });
    let url = server.url("/");
    let begun = Instant::now();
    let all = join_all((0..4).map(|_| fetcher.get(request(&url)))).await;
    assert!(all.iter().all(Result::is_ok));
    assert!(begun.elapsed() >= 3 * delay, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_host_is_busy_until_the_next_request_may_start() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let fetcher = fetcher(FetchOptions {
        host_delay: Duration::from_secs(60),
        ..options()
    });
    assert!(fetcher.busy_hosts().is_empty());
    fetcher.get(request(&server.url("/"))).await.expect("200");
    assert_eq!(fetcher.busy_hosts(), [server.addr.to_string()]);
}

#[tokio::test]
async fn no_more_requests_at_once_than_allowed() {
    for (host_parallel, concurrency, bound) in [(1, 64, 1), (3, 64, 3), (64, 2, 2)] {
        let server = LocalServer::start(|_| {
            Reply(vec![(
                Duration::from_millis(100),
                answer("200 OK", "", b""),
            )])
        })
        .await;
        let fetcher = fetcher(FetchOptions {
            host_parallel: NonZeroUsize::new(host_parallel).expect("some"),
            concurrency: NonZeroUsize::new(concurrency).expect("some"),
            ..options()
        });
        let url = server.url("/");
        let all = join_all((0..6).map(|_| fetcher.get(request(&url)))).await;
        assert!(all.iter().all(Result::is_ok));
        let peak = server.peak();
        assert!(
            peak <= bound && (peak > 1 || bound == 1),
            "{peak} at once, {bound} allowed"
        );
    }
}

#[tokio::test]
async fn waiting_for_ones_turn_does_not_use_up_the_deadline() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let fetcher = fetcher(FetchOptions {
        host_delay: Duration::from_millis(700),
        deadline: Duration::from_millis(600),
        ..options()
    });
    let url = server.url("/");
    let (first, second) = tokio::join!(fetcher.get(request(&url)), fetcher.get(request(&url)));
    assert!(first.is_ok() && second.is_ok(), "{second:?}");
}

#[tokio::test]
async fn a_body_that_waits_for_room_keeps_its_turn() {
    let server = LocalServer::start(|_| answer("200 OK", "", &[b'x'; 3_000])).await;
    let (fetcher, room) = (fetcher(options()), Room::new(4_096));
    let asked = || Request {
        room: Some(room.clone()),
        ..request(&server.url("/"))
    };
    let first = fetcher.get(asked()).await.expect("200");
    let second = fetcher.get(asked());
    let emptied = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        // The host has one turn, and the second body keeps it.
        assert_eq!(fetcher.busy_hosts(), [server.addr.to_string()]);
        drop(first);
    };
    let (second, ()) = tokio::join!(second, emptied);
    assert_eq!(second.expect("200").body.len(), 3_000);
    assert!(fetcher.busy_hosts().is_empty());
}
