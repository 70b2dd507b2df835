//! The address guard in the connector.

use super::*;
use crate::world::local_server::answer;

/// A fetcher whose world knows `news.example`, with these allow rules.
fn fetcher_to(server: &LocalServer, allow: &[String]) -> Fetcher {
    let mut world = world();
    world.resolver = Arc::new(MapResolver::default().with("news.example", server.addr));
    let options = FetchOptions {
        allow: allow
            .iter()
            .map(|rule| rule.parse().expect("a rule"))
            .collect(),
        ..options()
    };
    Fetcher::new(options, world).expect("a fetcher")
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_before_a_byte_is_sent() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    for url in ["http://news.example/".to_owned(), server.url("/")] {
        let error = fetcher_to(&server, &[])
            .get(request(&url))
            .await
            .expect_err(&url);
        assert!(matches!(error, FetchError::Refused { .. }), "{error:?}");
        assert!(error.to_string().contains("a loopback address"), "{error}");
        assert!(error.to_string().contains("[fetch] allow"), "{error}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_rule_lets_its_own_port_pass_and_no_other() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let rule = server.addr.to_string();
    let allowed = fetcher_to(&server, std::slice::from_ref(&rule));
    let response = allowed
        .get(request("http://news.example/"))
        .await
        .expect("200");
    assert_eq!(response.url.as_str(), "http://news.example/");
    assert_eq!(
        server.seen()[0].header("host"),
        Some(&b"news.example"[..]),
        "the true host is named"
    );

    let refused = fetcher_to(&server, &["127.0.0.1:1".to_owned()]);
    let error = refused.get(request("http://news.example/")).await;
    assert!(
        matches!(error, Err(FetchError::Refused { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_port_of_the_url_is_what_a_rule_is_compared_with() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let mut world = world();
    let inside = "127.0.0.1:0".parse().expect("an address");
    world.resolver = Arc::new(MapResolver::all_to(inside));
    let options = FetchOptions {
        allow: vec![
            format!("news.example:{}", server.addr.port())
                .parse()
                .expect("a rule"),
        ],
        ..options()
    };
    let fetcher = Fetcher::new(options, world).expect("a fetcher");
    let port = server.addr.port();
    let url = format!("http://news.example:{port}/");
    fetcher.get(request(&url)).await.expect("allowed");
    for url in [
        format!("http://other.example:{port}/"),
        "http://news.example:22/".to_owned(),
    ] {
        let error = fetcher.get(request(&url)).await.expect_err(&url);
        assert!(matches!(error, FetchError::Refused { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn other_schemes_and_unknown_hosts_say_what_they_are() {
    let fetcher = fetcher(options());
    let error = fetcher
        .get(request("ftp://ana:pw@news.example/rss?key=1"))
        .await
        .expect_err("ftp");
    assert_eq!(
        error.to_string(),
        "ftp://news.example/rss?… is not fetched: `ftp` is neither http nor https"
    );
    match fetcher.get(request("http://nowhere.example/?key=1")).await {
        Err(FetchError::Network { why, transient, .. }) => {
            assert!(
                transient && why.starts_with("no address found for nowhere.example"),
                "{why}"
            );
        }
        other => panic!("{other:?}"),
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let url = format!("http://{}/?key=1", nobody.expect("a free port"));
    match fetcher.get(request(&url)).await {
        Err(FetchError::Network { why, transient, .. }) => {
            assert!(
                transient && why.starts_with("cannot connect to 127.0.0.1: "),
                "{why}"
            );
            assert!(!why.contains("key"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}
