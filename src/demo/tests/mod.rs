//! Tests of the whole site, and what they share.

mod feeds;
mod pages;
mod serving;
mod world;

use std::net::SocketAddr;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName};
use jiff::Timestamp;

use super::{Answer, DemoFeed, Role, Site, Truth, outlet_count};

const FIRST_PORT: u16 = 8800;

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().expect("a time")
}

fn site() -> Site {
    let addrs: Vec<SocketAddr> = (0..outlet_count())
        .map(|outlet| ([127, 0, 0, 1], FIRST_PORT + u16::try_from(outlet).unwrap()).into())
        .collect();
    Site::new(now(), &addrs).expect("the canned world builds")
}

/// Asks the outlet that `url` points to.
fn get_with(site: &Site, url: &str, headers: &HeaderMap) -> Answer {
    let url = url::Url::parse(url).expect("an absolute address");
    let outlet = usize::from(url.port().expect("a port") - FIRST_PORT);
    site.handle(outlet, url.path(), headers)
}

fn get(site: &Site, url: &str) -> Answer {
    get_with(site, url, &HeaderMap::new())
}

fn header(answer: &Answer, name: HeaderName) -> String {
    let value = answer
        .headers
        .get(&name)
        .unwrap_or_else(|| panic!("no {name}"));
    value.to_str().expect("ASCII").to_owned()
}

/// The text of an answer; the charset is the header's or, without one, that of `meta`.
fn text(answer: &Answer) -> String {
    let content_type = header(answer, CONTENT_TYPE);
    let label = content_type
        .split_once("charset=")
        .map_or("windows-1251", |(_, label)| label);
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("a known charset");
    let (text, _, broken) = encoding.decode(&answer.body);
    assert!(!broken, "bytes outside {label}");
    text.into_owned()
}

fn parsed(site: &Site, feed: &DemoFeed) -> feed_rs::model::Feed {
    feed_rs::parser::parse(&get(site, &feed.url).body[..])
        .unwrap_or_else(|error| panic!("{}: {error}", feed.name))
}

fn with_role(site: &Site, role: Role) -> Vec<Truth> {
    let mut truth = site.truth();
    truth.retain(|article| article.role == role);
    truth
}
