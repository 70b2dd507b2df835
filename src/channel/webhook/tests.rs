//! The webhook against real sockets.

use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;

use super::*;
use crate::channel::tests::{alert, parcel, surroundings};
use crate::world::local_server::{LocalServer, Reply, answer};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn options(url: &str) -> WebhookOptions {
    WebhookOptions {
        url: Some(url.to_owned().into()),
        url_file: None,
        url_env: None,
        ca_file: None,
        secret: None,
        secret_file: None,
        secret_env: None,
        timeout: Duration::from_secs(5),
    }
}

fn build(options: &WebhookOptions) -> Result<Webhook, ChannelError> {
    surroundings(std::path::Path::new("."), |around| {
        options.build("hook", around)
    })
}

async fn post(url: &str) -> Result<(), DeliveryError> {
    let webhook = build(&options(url)).expect("a webhook");
    webhook.deliver(&parcel(alert())).await
}

#[tokio::test]
async fn a_post_carries_the_key_the_time_and_a_signature() {
    let server = LocalServer::start(|_| answer("204 No Content", "", b"")).await;
    let mut options = options(&server.url("/hook?token=t0p"));
    options.secret = Some(SECRET.to_owned().into());
    let webhook = build(&options).expect("a webhook");
    webhook.deliver(&parcel(alert())).await.expect("204");

    let seen = server.seen().remove(0);
    let header = |name| String::from_utf8_lossy(seen.header(name).unwrap_or_default()).into_owned();
    let body = String::from_utf8(seen.body.clone()).expect("text");
    assert_eq!(seen.target, "/hook?token=t0p");
    assert_eq!(header("webhook-id"), "a17.1.desk");
    assert_eq!(header("webhook-timestamp"), "1795332600");
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(body, posted(&parcel(alert())));
    let key = SigningKey::new(&SECRET.to_owned().into()).expect("a key");
    assert_eq!(
        header("webhook-signature"),
        key.sign("a17.1.desk", "1795332600", &body)
    );
}

#[tokio::test]
async fn an_overloaded_receiver_is_tried_again_under_the_same_key() {
    let tries = AtomicUsize::new(0);
    let server = LocalServer::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => answer("503 Service Unavailable", "Retry-After: 120\r\n", b""),
        1 => answer(
            "429 Too Many Requests",
            "Retry-After: Sun, 22 Nov 2026 08:00:00 GMT\r\n",
            b"",
        ),
        2 => answer("500 Internal Server Error", "", b""),
        _ => answer("200 OK", "", b"ok"),
    })
    .await;
    let webhook = build(&options(&server.url("/"))).expect("a webhook");
    for seconds in [Some(120), Some(1800), None] {
        match webhook.deliver(&parcel(alert())).await {
            Err(DeliveryError::Retry { after, .. }) => {
                assert_eq!(after, seconds.map(SignedDuration::from_secs));
            }
            other => panic!("{other:?}"),
        }
    }
    webhook.deliver(&parcel(alert())).await.expect("200");
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert!(
        seen.iter()
            .all(|seen| seen.header("webhook-id") == Some(b"a17.1.desk"))
    );
    assert!(
        seen.iter()
            .all(|seen| seen.header("webhook-signature").is_none())
    );
}

#[tokio::test]
async fn what_the_receiver_does_not_want_is_given_up() {
    let server = LocalServer::start(|seen| {
        let code = seen.target.trim_start_matches('/').to_owned();
        answer(&format!("{code} Reason"), "Location: /200\r\n", b"")
    })
    .await;
    for code in [301, 302, 307, 400, 401, 403, 404, 413, 422] {
        let error = post(&server.url(&format!("/{code}")))
            .await
            .expect_err("refused");
        assert!(
            matches!(error, DeliveryError::Permanent { .. }),
            "{code}: {error:?}"
        );
        assert!(error.to_string().contains(&code.to_string()), "{error}");
    }
    for code in [408, 409, 425, 429, 500, 502, 504] {
        let error = post(&server.url(&format!("/{code}")))
            .await
            .expect_err("refused");
        assert!(
            matches!(error, DeliveryError::Retry { after: None, .. }),
            "{code}: {error:?}"
        );
    }
    let error = post(&server.url("/410")).await.expect_err("gone");
    assert!(matches!(error, DeliveryError::Gone { .. }), "{error:?}");
    assert_eq!(server.seen().len(), 17, "no redirect was followed");
}

#[tokio::test]
async fn a_receiver_that_is_slow_or_away_is_tried_again_and_its_token_kept() {
    let server = LocalServer::start(|_| Reply(vec![(Duration::from_secs(5), Vec::new())])).await;
    let mut slow = options(&server.url("/hook?token=t0p"));
    slow.timeout = Duration::from_millis(100);
    let slow = build(&slow).expect("a webhook");
    let error = slow.deliver(&parcel(alert())).await.expect_err("slow");
    assert_eq!(
        error,
        DeliveryError::retry("127.0.0.1 did not answer in time")
    );

    let nobody = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let nobody = nobody.expect("a free port");
    let error = post(&format!("http://{nobody}/hook?token=t0p"))
        .await
        .expect_err("away");
    assert!(matches!(error, DeliveryError::Retry { .. }), "{error:?}");
    assert!(!error.to_string().contains("t0p"), "{error}");
}

#[tokio::test]
async fn forbidden_addresses_are_refused() {
    for url in [
        "http://10.0.0.1/t0p",
        "http://[::ffff:10.0.0.1]/t0p",
        "ftp://h.example/t0p",
        "t0p",
    ] {
        let error = build(&options(url)).err().expect(url).to_string();
        assert!(
            error.starts_with("`url`") && !error.contains("t0p"),
            "{error}"
        );
    }
    // The resolver of the tests leads every name to 10.0.0.1.
    let error = post("http://hook.example/t0p").await.expect_err("inside");
    assert!(
        error
            .to_string()
            .starts_with("hook.example leads to 10.0.0.1, a private address"),
        "{error}"
    );
}

#[tokio::test]
async fn what_the_receiver_says_is_told_without_secrets() {
    let server = LocalServer::start(|_| {
        let headers = "Content-Type: text/plain\r\n";
        answer(
            "403 Forbidden",
            headers,
            b"no /hook?token=t0p here,\r\n\x1b[31mgo away",
        )
    })
    .await;
    let error = post(&server.url("/hook?token=t0p")).await.expect_err("403");
    let told = error.to_string();
    assert!(
        told.contains("403 Forbidden: no ***?*** here, [31mgo away"),
        "{told}"
    );
}

#[tokio::test]
async fn the_address_may_stand_in_a_file() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("url"), server.url("/t0p\n")).expect("a file");
    let options = WebhookOptions {
        url: None,
        url_file: Some("url".to_owned()),
        ..options("")
    };
    let webhook = surroundings(dir.path(), |around| options.build("hook", around));
    let webhook = webhook.expect("a webhook");
    webhook.deliver(&parcel(alert())).await.expect("200");
    let shown = webhook.preview(&parcel(alert()));
    assert!(
        shown.contains("webhook-id: a17.1.desk") && !shown.contains("t0p"),
        "{shown}"
    );
}

/// The row of docs/channels.md: a receiver that keeps ids has each parcel once.
#[tokio::test]
async fn the_same_parcel_twice_has_one_id() {
    let server = LocalServer::start(|_| answer("200 OK", "", b"")).await;
    for key in ["k1", "k2", "k1", "k2"] {
        let mut parcel = parcel(alert());
        parcel.key = key.to_owned();
        // A new channel is what a new process has.
        let webhook = build(&options(&server.url("/"))).expect("a webhook");
        webhook.deliver(&parcel).await.expect("200");
    }
    let seen = server.seen();
    let ids: std::collections::BTreeSet<_> =
        seen.iter().map(|seen| seen.header("webhook-id")).collect();
    assert_eq!((seen.len(), ids.len()), (4, 2));
}
