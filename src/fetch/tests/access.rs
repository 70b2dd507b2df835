//! Keys of feeds and hosts on the wire.

use std::num::NonZeroUsize;

use super::*;
use crate::fetch::{HostOptions, HostRules};
use crate::world::local_server::answer;

fn known(text: &str) -> Option<Secret> {
    Some(Secret::Known(text.to_owned().into()))
}

async fn sent(options: AccessOptions) -> Result<Vec<(String, Vec<u8>)>, FetchError> {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let mut asked = request(&server.url("/"));
    let env = |name: &str| (name == "TOKEN").then(|| "from env\n".to_owned());
    asked.access = Arc::new(Access::new(&asked.url, &options, &env)?);
    fetcher(super::options()).get(asked).await?;
    Ok(server.seen()[0].headers.clone())
}

fn header(headers: &[(String, Vec<u8>)], name: &str) -> String {
    let found = headers.iter().find(|(key, _)| key == name);
    String::from_utf8_lossy(&found.expect(name).1).into_owned()
}

#[tokio::test]
async fn every_kind_of_secret_goes_into_its_header() {
    let login = AccessOptions {
        login: Some((
            "ana".to_owned(),
            Secret::Known("p@ss:wörd".to_owned().into()),
        )),
        cookies: known("a=1; b=2"),
        ..AccessOptions::default()
    };
    let headers = sent(login).await.expect("sent");
    assert_eq!(
        header(&headers, "authorization"),
        "Basic YW5hOnBAc3M6d8O2cmQ="
    );
    assert_eq!(header(&headers, "cookie"), "a=1; b=2");
    let token = Secret::Variable {
        key: "bearer_env".to_owned(),
        name: "TOKEN".to_owned(),
    };
    let bearer = AccessOptions {
        bearer: Some(token),
        ..AccessOptions::default()
    };
    let headers = sent(bearer).await.expect("sent");
    assert_eq!(header(&headers, "authorization"), "Bearer from env");
}

#[tokio::test]
async fn a_secret_that_is_not_there_is_said_so() {
    let token = Secret::Variable {
        key: "bearer_env".to_owned(),
        name: "NOT_SET".to_owned(),
    };
    let options = AccessOptions {
        bearer: Some(token),
        ..AccessOptions::default()
    };
    let error = sent(options).await.expect_err("not set").to_string();
    assert!(
        error.contains("`bearer_env`") && error.contains("NOT_SET"),
        "{error}"
    );
}

#[tokio::test]
async fn a_page_on_another_host_sees_nothing_of_the_feeds_secrets() {
    let other = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let feed = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let of_feed = access(&feed.url("/feed"), &[("X-Token", "abc")]).expect("headers");
    for (server, sees) in [(&feed, true), (&other, false)] {
        let url = Url::parse(&server.url("/page")).expect("a URL");
        let asked = Request {
            access: Arc::clone(&of_feed),
            ..Request::new(url, Accept::Page)
        };
        fetcher(options()).get(asked).await.expect("200");
        for seen in server.seen() {
            assert_eq!(seen.header("x-token").is_some(), sees, "{}", seen.target);
        }
    }
}

#[tokio::test]
async fn a_host_has_headers_and_a_pace_of_its_own_and_a_feed_has_the_last_word() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let minute = Duration::from_secs(60);
    let hosts = HostOptions {
        pattern: server.addr.to_string().parse().expect("a pattern"),
        headers: vec![("X-Host".to_owned(), Secret::Known("h".to_owned().into()))],
        manners: Manners {
            host_delay: Some(minute),
            host_parallel: NonZeroUsize::new(2),
            ..Manners::default()
        },
    };
    let with_hosts = || {
        let rules = HostRules::new(std::slice::from_ref(&hosts), &|_| None).expect("rules");
        fetcher(options()).with_hosts(rules)
    };
    let slow = with_hosts();
    slow.get(request(&server.url("/"))).await.expect("200");
    assert_eq!(slow.busy_hosts(), [server.addr.to_string()]);
    assert_eq!(server.seen()[0].header("x-host"), Some(&b"h"[..]));

    let quick = AccessOptions {
        headers: vec![("X-Host".to_owned(), Secret::Known("f".to_owned().into()))],
        manners: Manners {
            host_delay: Some(Duration::ZERO),
            ..Manners::default()
        },
        ..AccessOptions::default()
    };
    let mut asked = request(&server.url("/"));
    asked.access = Arc::new(Access::new(&asked.url, &quick, &|_| None).expect("an access"));
    let fetcher = with_hosts();
    for _ in 0..2 {
        fetcher.get(asked.clone()).await.expect("200");
    }
    assert!(fetcher.busy_hosts().is_empty());
    assert_eq!(server.seen()[1].header("x-host"), Some(&b"f"[..]));
}

#[tokio::test]
async fn cookies_that_a_server_sets_are_forgotten() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/a" => answer("302 Found", "Set-Cookie: id=1\r\nLocation: /b\r\n", b""),
        _ => answer("200 OK", "Set-Cookie: id=2\r\n", b""),
    })
    .await;
    let fetcher = fetcher(options());
    for _ in 0..2 {
        fetcher.get(request(&server.url("/a"))).await.expect("200");
    }
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|seen| seen.header("cookie").is_none()));
}
