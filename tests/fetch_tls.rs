//! The fetcher against a real TLS server (openssl).

mod common;
#[path = "common/tls_server.rs"]
#[allow(dead_code, reason = "shared by tests that need other parts of it")]
mod tls_server;

use tls_server::TlsServer;
use url::Url;
use wirewatch::fetch::{Accept, FetchError, FetchOptions, Fetcher, Request};
use wirewatch::world::World;

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_no_passing_trouble() {
    let Some(server) = TlsServer::start("localhost") else {
        return;
    };
    let options = FetchOptions {
        allow: vec!["127.0.0.0/8".parse().expect("a rule")],
        ..FetchOptions::default()
    };
    let fetcher = Fetcher::new(options, World::real()).expect("a fetcher");
    let url = format!("https://127.0.0.1:{}/", server.port);
    let url = Url::parse(&url).expect("a URL");
    match fetcher.get(Request::new(url, Accept::Page)).await {
        Err(FetchError::Network { why, transient, .. }) => {
            assert!(!transient, "{why}");
            assert!(why.contains("invalid peer certificate"), "{why}");
        }
        other => panic!("{other:?}"),
    }
}
