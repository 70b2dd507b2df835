//! The fetcher against real sockets.

mod access;
mod body;
mod exchange;
mod guard;
mod hostile;
mod politeness;
mod proxies;
mod redirects;
mod robots;

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::{
    Accept, Access, AccessOptions, FetchError, FetchOptions, Fetcher, Manners, Request, Response,
    Room,
};
use crate::world::local_server::LocalServer;
use crate::world::{FixedRandom, ManualClock, MapResolver, Secret, World};

/// A world that stands still at 2026-11-22 07:30 UTC and knows no host names.
fn world() -> World {
    World {
        clock: Arc::new(ManualClock::new(
            "2026-11-22T07:30:00Z".parse().expect("a time"),
        )),
        resolver: Arc::new(MapResolver::default()),
        random: Arc::new(FixedRandom(0.5)),
    }
}

/// Options for a fast test: loopback allowed, no distance.
fn options() -> FetchOptions {
    FetchOptions {
        contact: Some("mailto:ops@example.org".to_owned()),
        allow: vec!["127.0.0.0/8".parse().expect("a rule")],
        host_delay: Duration::ZERO,
        ..FetchOptions::default()
    }
}

fn fetcher(options: FetchOptions) -> Fetcher {
    Fetcher::new(options, world()).expect("a fetcher")
}

fn request(url: &str) -> Request {
    Request::new(Url::parse(url).expect("a URL"), Accept::Feed)
}

async fn get(server: &LocalServer, path: &str) -> Result<Response, FetchError> {
    fetcher(options()).get(request(&server.url(path))).await
}

/// An access with headers.
fn access(feed: &str, headers: &[(&str, &str)]) -> Result<Arc<Access>, FetchError> {
    let feed = Url::parse(feed).expect("a URL");
    let headers = headers.iter().map(|(name, value)| {
        let value = Secret::Known((*value).to_owned().into());
        ((*name).to_owned(), value)
    });
    let options = AccessOptions {
        headers: headers.collect(),
        ..AccessOptions::default()
    };
    Access::new(&feed, &options, &|_| None).map(Arc::new)
}
