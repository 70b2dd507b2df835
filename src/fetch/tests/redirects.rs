//! Redirects on real sockets; their rules are tested in `redirect.rs`.

use super::*;
use crate::model::FailureKind;
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
    assert_eq!(error.kind(), FailureKind::BadRedirect);
}

#[tokio::test]
async fn bad_ends_have_kinds_of_their_own() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/file" => moved("302 Found", "file:///etc/passwd"),
        "/self" => moved("302 Found", "/self"),
        "/mail" => moved("302 Found", "http://news.example:25/"),
        _ => moved("302 Found", "http://2130706433:8080/"),
    })
    .await;
    for (path, kind) in [
        ("/file", FailureKind::BadRedirect),
        ("/self", FailureKind::BadRedirect),
        ("/mail", FailureKind::BlockedAddress),
        ("/inside", FailureKind::BlockedAddress),
    ] {
        let only_here = FetchOptions {
            allow: vec![server.addr.to_string().parse().expect("a rule")],
            ..options()
        };
        let asked = request(&server.url(path));
        let error = fetcher(only_here).get(asked).await.expect_err(path);
        assert_eq!(error.kind(), kind, "{path}: {error}");
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn what_was_left_behind_is_not_given_to_a_later_hop() {
    let home = LocalServer::start(|seen| match seen.header("x-other") {
        Some(other) => moved("302 Found", &String::from_utf8_lossy(other)),
        None => answer("200 OK", "", b""),
    })
    .await;
    let back = home.url("/b");
    let other = LocalServer::start(move |_| moved("302 Found", &back)).await;
    let there = other.url("/");
    let headers = [("X-Token", "abc"), ("X-Other", there.as_str())];
    let mut asked = request(&home.url("/a"));
    asked.access = access(&home.url("/a"), &headers).expect("headers");
    fetcher(options()).get(asked).await.expect("200");
    let seen = home.seen();
    assert!(seen[0].header("x-token").is_some());
    assert_eq!(
        (seen[1].target.as_str(), seen[1].header("x-token")),
        ("/b", None)
    );
}
