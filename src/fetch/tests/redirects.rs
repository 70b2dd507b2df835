//! Redirects on real sockets; their rules are tested in `redirect.rs`.

use super::*;
use crate::world::local_server::answer;

fn moved(status: &str, to: &str) -> Vec<u8> {
    answer(status, &format!("Location: {to}\r\n"), b"")
}

#[tokio::test]
async fn a_chain_is_permanent_when_every_step_is() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/a" => moved("301 Moved Permanently", "/b"),
        "/b" => moved("308 Permanent Redirect", "/c"),
        "/x" => moved("302 Found", "/b"),
        _ => answer("200 OK", "", b"feed"),
    })
    .await;
    let response = get(&server, "/a").await.expect("200");
    assert_eq!(response.url.as_str(), server.url("/c"));
    assert_eq!(
        response.permanent.as_ref().map(Url::as_str),
        Some(server.url("/c").as_str())
    );
    let response = get(&server, "/x").await.expect("200");
    assert_eq!(response.url.as_str(), server.url("/c"));
    assert_eq!(response.permanent, None);
}

#[tokio::test]
async fn loops_and_forbidden_ends_are_refused() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/a" => moved("302 Found", "/b"),
        "/b" => moved("302 Found", "/a"),
        "/inside" => moved("302 Found", "http://169.254.169.254/latest/meta-data"),
        "/inside6" => moved("302 Found", "http://[::ffff:10.0.0.1]/"),
        "/octal" => moved("302 Found", "http://0xa9fea9fe/"),
        "/name" => moved("302 Found", "http://metadata.example/"),
        "/file" => moved("302 Found", "file:///etc/passwd"),
        path => {
            let n: u32 = path.trim_start_matches("/n").parse().unwrap_or(0);
            moved("302 Found", &format!("/n{}", n + 1))
        }
    })
    .await;
    let mut world = world();
    let inside = "169.254.169.254:0".parse().expect("an address");
    world.resolver = Arc::new(MapResolver::default().with("metadata.example", inside));
    let fetcher = Fetcher::new(options(), world).expect("a fetcher");
    for (path, words) in [
        ("/a", "loop"),
        (
            "/inside",
            "169.254.169.254, a link-local or metadata address",
        ),
        ("/inside6", "a private address"),
        ("/octal", "169.254.169.254"),
        ("/name", "metadata.example leads to 169.254.169.254"),
        ("/file", "neither http nor https"),
        ("/n1", "more than 10 times"),
    ] {
        let error = fetcher
            .get(request(&server.url(path)))
            .await
            .expect_err(path);
        assert!(
            matches!(error, FetchError::Refused { .. }),
            "{path}: {error:?}"
        );
        assert!(error.to_string().contains(words), "{path}: {error}");
    }
}

#[tokio::test]
async fn credentials_do_not_follow_to_another_host() {
    let other = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let to = other.url("/there");
    let server = LocalServer::start(move |seen| match seen.target.as_str() {
        "/a" => moved("301 Moved Permanently", "/b"),
        _ => moved("301 Moved Permanently", &to),
    })
    .await;
    let url = server.url("/a").replace("http://", "http://ana:secret@");
    let mut request = request(&url);
    request.access = access(&url, &[("X-Token", "abc")]).expect("headers");
    request.validators.etag = Some(b"\"e\"".to_vec());
    fetcher(options()).get(request).await.expect("200");
    for seen in server.seen() {
        assert!(seen.header("authorization").is_some() && seen.header("x-token").is_some());
    }
    let seen = other.seen();
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[0].header("x-token"), None);
    assert_eq!(
        seen[0].header("if-none-match"),
        Some(&b"\"e\""[..]),
        "the feed moved, its validators with it"
    );
}

#[tokio::test]
async fn a_redirect_without_an_address_is_a_status() {
    let server = LocalServer::start(|_| answer("302 Found", "", b"")).await;
    let error = get(&server, "/").await.expect_err("nowhere");
    assert!(
        matches!(error, FetchError::Status { code: 302, .. }),
        "{error}"
    );
}
