//! Headers out, headers in.

use super::*;
use crate::model::{FailureKind, Validators};
use crate::world::local_server::answer;

#[tokio::test]
async fn validators_travel_byte_for_byte() {
    let server = LocalServer::start(|seen| match seen.header("if-none-match") {
        None => b"HTTP/1.1 200 OK\r\nETag: W/\"a\\b\xe9 , c\"\r\n\
            Last-Modified: Thu, 1 jan 2026 7:5:0 +0000\r\nContent-Length: 6\r\n\r\n<rss/>"
            .to_vec(),
        Some(_) => answer("304 Not Modified", "ETag: \"next\"\r\n", b""),
    })
    .await;
    let first = get(&server, "/feed").await.expect("200");
    assert_eq!(first.body, b"<rss/>");
    let etag = b"W/\"a\\b\xe9 , c\"".to_vec();
    let last_modified = b"Thu, 1 jan 2026 7:5:0 +0000".to_vec();
    assert_eq!(first.validators.etag, Some(etag.clone()));
    assert_eq!(first.validators.last_modified, Some(last_modified.clone()));

    let mut again = request(&server.url("/feed"));
    again.validators = first.validators;
    let second = fetcher(options()).get(again).await.expect("304");
    assert!(second.is_not_modified() && second.body.is_empty());
    assert_eq!(second.validators.etag.as_deref(), Some(&b"\"next\""[..]));
    assert_eq!(second.validators.last_modified, None);
    let seen = server.seen();
    assert_eq!(
        seen[0].header("if-modified-since"),
        None,
        "nothing invented"
    );
    assert_eq!(seen[1].header("if-none-match"), Some(&etag[..]));
    assert_eq!(
        seen[1].header("if-modified-since"),
        Some(&last_modified[..])
    );
}

#[tokio::test]
async fn a_304_that_answers_no_condition_is_an_error() {
    let server = LocalServer::start(|_| answer("304 Not Modified", "", b"")).await;
    let error = get(&server, "/")
        .await
        .expect_err("nothing to compare with");
    assert!(
        matches!(error, FetchError::Status { code: 304, .. }),
        "{error}"
    );
    assert_eq!(error.kind(), FailureKind::Protocol);
}

#[tokio::test]
async fn the_request_is_that_of_a_good_guest() {
    let server =
        LocalServer::start(|_| answer("200 OK", "Set-Cookie: id=1; Path=/\r\n", b"x")).await;
    let fetcher = fetcher(options());
    for _ in 0..2 {
        let url = server.url("/feed?id=7#newest");
        fetcher.get(request(&url)).await.expect("200");
    }
    for seen in server.seen() {
        assert_eq!(seen.target, "/feed?id=7", "no fragment, nothing added");
        assert_eq!(seen.header("cookie"), None);
        assert_eq!(seen.header("referer"), None);
        assert_eq!(seen.header("range"), None);
        let agent = String::from_utf8_lossy(seen.header("user-agent").expect("one")).into_owned();
        let expected = concat!(
            "wirewatch/",
            env!("CARGO_PKG_VERSION"),
            " (+mailto:ops@example.org)"
        );
        assert_eq!(agent, expected);
        let codings =
            String::from_utf8_lossy(seen.header("accept-encoding").expect("it")).into_owned();
        for coding in ["gzip", "br", "zstd", "deflate"] {
            assert!(codings.contains(coding), "{codings}");
        }
    }
}

#[tokio::test]
async fn the_answer_is_handed_over_with_all_that_schedules_need() {
    let server = LocalServer::start(|_| {
        answer(
            "200 OK",
            "Content-Type: text/xml; charset=windows-1251\r\nCache-Control: max-age=600\r\nAge: 30\r\n\
             Content-Location: /rss.ru.xml\r\nRetry-After: 60\r\n",
            b"x",
        )
    })
    .await;
    let response = get(&server, "/").await.expect("200");
    assert_eq!(
        response.content_type.as_deref(),
        Some("text/xml; charset=windows-1251")
    );
    assert_eq!(response.content_location.as_deref(), Some("/rss.ru.xml"));
    assert_eq!(
        response.freshness.max_age.map(|age| age.as_secs()),
        Some(600)
    );
    assert_eq!(response.freshness.age.map(|age| age.as_secs()), Some(30));
    assert_eq!(response.retry_after, "2026-11-22T07:31:00Z".parse().ok());
    assert_eq!(response.permanent, None);
}

#[tokio::test]
async fn retry_after_is_read_in_both_forms() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/seconds" => answer("429 Too Many Requests", "Retry-After: 120\r\n", b""),
        "/date" => answer(
            "503 Service Unavailable",
            "Retry-After: Sun, 22 Nov 2026 08:00:00 GMT\r\n",
            b"",
        ),
        _ => answer("410 Gone", "", b""),
    })
    .await;
    for (path, code, at) in [
        ("/seconds", 429, Some("2026-11-22T07:32:00Z")),
        ("/date", 503, Some("2026-11-22T08:00:00Z")),
        ("/gone", 410, None),
    ] {
        let retry_after = at.map(|at| at.parse().expect("a time"));
        let expected = FetchError::Status {
            code,
            retry_after,
            page: None,
        };
        assert_eq!(get(&server, path).await, Err(expected), "{path}");
    }
    let error = get(&server, "/gone").await.expect_err("410");
    assert_eq!(error.to_string(), "the server answers 410 (Gone)");
}

#[tokio::test]
async fn credentials_and_custom_headers_are_sent() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let url = server.url("/").replace("http://", "http://ana:p%40ss@");
    let mut request = request(&url);
    request.access = access(&url, &[("X-Token", "abc")]).expect("headers");
    let response = fetcher(options()).get(request).await.expect("200");
    assert_eq!(
        response.url.as_str(),
        server.url("/"),
        "no credentials handed on"
    );
    let seen = server.seen();
    assert_eq!(
        seen[0].header("authorization"),
        Some(&b"Basic YW5hOnBAc3M="[..])
    );
    assert_eq!(seen[0].header("x-token"), Some(&b"abc"[..]));
}

#[test]
fn headers_that_break_the_exchange_are_refused_without_telling_their_value() {
    for (name, value) in [
        ("Host", "x"),
        ("X Y", "x"),
        ("X-Token", "s3cret\r\nX-More: 1"),
    ] {
        let error = access("http://127.0.0.1:9/", &[(name, value)]).expect_err(name);
        assert!(matches!(error, FetchError::Refused { .. }), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}

#[tokio::test]
async fn empty_validators_make_no_condition() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let mut request = request(&server.url("/"));
    request.validators = Validators {
        etag: Some(b"bad\nbytes".to_vec()),
        last_modified: None,
    };
    fetcher(options()).get(request).await.expect("200");
    assert_eq!(server.seen()[0].header("if-none-match"), None);
}

#[tokio::test]
async fn a_delta_is_asked_for_beside_an_entity_tag_only() {
    let server = LocalServer::start(|seen| match seen.header("a-im") {
        Some(b"feed") => answer("226 IM Used", "IM: feed\r\nETag: \"b\"\r\n", b"<new/>"),
        _ => answer("200 OK", "ETag: \"a\"\r\n", b"<all/>"),
    })
    .await;
    let fetcher = fetcher(options());
    let mut asked = request(&server.url("/"));
    asked.delta = true;
    let first = fetcher.get(asked.clone()).await.expect("200");
    assert!(!first.is_delta(), "nothing to merge it with");
    asked.validators = Validators {
        etag: None,
        last_modified: Some(b"Sun, 22 Nov 2026 07:00:00 GMT".to_vec()),
    };
    assert!(!fetcher.get(asked.clone()).await.expect("200").is_delta());
    asked.validators.etag = first.validators.etag;
    let second = fetcher.get(asked.clone()).await.expect("226");
    assert!(second.is_delta() && second.body == b"<new/>");
    asked.delta = false;
    assert!(!fetcher.get(asked).await.expect("200").is_delta());
}

#[tokio::test]
async fn a_delta_that_nobody_asked_for_is_not_taken_for_the_whole() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/diff" => answer("226 IM Used", "IM: diffe, gzip\r\n", b"1d"),
        _ => answer("226 IM Used", "IM: feed\r\n", b"<new/>"),
    })
    .await;
    let error = get(&server, "/").await.expect_err("not asked for");
    assert_eq!(error.kind(), FailureKind::Protocol);
    let mut asked = request(&server.url("/diff"));
    asked.delta = true;
    asked.validators.etag = Some(b"\"a\"".to_vec());
    let error = fetcher(options()).get(asked).await.expect_err("no feed");
    assert_eq!(error.kind(), FailureKind::Protocol);
}

#[tokio::test]
async fn a_form_is_posted_to_the_hub_and_to_nobody_else() {
    let server = LocalServer::start(|seen| match seen.target.as_str() {
        "/moved" => answer("307 Temporary Redirect", "Location: /hub\r\n", b""),
        _ => answer("202 Accepted", "", b"noted"),
    })
    .await;
    let fetcher = fetcher(options());
    let fields = [
        ("hub.mode", "subscribe"),
        ("hub.topic", "http://a.example/?x=1&y=ü"),
    ];
    let post = async |path: &str| {
        let url = Url::parse(&server.url(path)).expect("a URL");
        fetcher.post_form(url, &fields, &Access::default()).await
    };
    let answered = post("/hub?id=1#x").await.expect("202");
    assert_eq!(
        (answered.status, answered.body.as_slice()),
        (202, &b"noted"[..])
    );
    let seen = &server.seen()[0];
    assert_eq!(seen.target, "/hub?id=1");
    assert_eq!(
        String::from_utf8_lossy(&seen.body),
        "hub.mode=subscribe&hub.topic=http%3A%2F%2Fa.example%2F%3Fx%3D1%26y%3D%C3%BC"
    );
    let content_type = seen.header("content-type").expect("a type");
    assert_eq!(content_type, b"application/x-www-form-urlencoded");

    let error = post("/moved").await.expect_err("not followed");
    assert_eq!(error.kind(), FailureKind::BadRedirect);
    assert_eq!(server.seen().len(), 2);
    let inside = Url::parse("http://169.254.169.254/hub").expect("a URL");
    let error = fetcher.post_form(inside, &fields, &Access::default()).await;
    assert_eq!(
        error.expect_err("inside").kind(),
        FailureKind::BlockedAddress
    );
}

#[tokio::test]
async fn links_of_the_header_are_resolved() {
    let server = LocalServer::start(|_| {
        let links = "Link: <https://hub.example/>; rel=hub\r\nLink: </feed>; rel=\"self\"\r\n";
        answer("200 OK", links, b"x")
    })
    .await;
    let links = get(&server, "/").await.expect("200").links;
    let found: Vec<_> = links
        .iter()
        .map(|link| (link.rel.as_str(), link.url.as_str()))
        .collect();
    let own = server.url("/feed");
    assert_eq!(
        found,
        [("hub", "https://hub.example/"), ("self", own.as_str())]
    );
}
