//! What hubs push.

use jiff::SignedDuration;
use ring::hmac;
use wirewatch::model::{FeedFormat, PollOutcome, PollResult};

use crate::bed::{Bed, rss, until, validators};

fn signature(method: &str, algorithm: hmac::Algorithm, secret: &str, body: &str) -> String {
    let key = hmac::Key::new(algorithm, secret.as_bytes());
    let tag = hmac::sign(&key, body.as_bytes());
    let hex: String = tag
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{method}={hex}")
}

pub fn sha256(secret: &str, body: &str) -> String {
    signature("sha256", hmac::HMAC_SHA256, secret, body)
}

#[tokio::test]
async fn what_is_pushed_becomes_articles_and_an_alert() {
    let bed = Bed::verified(864_000).await;
    let body = rss("meteor", &["lima"]);
    assert_eq!(bed.push(&sha256(&bed.secret(), &body), &body), 204);
    assert_eq!(bed.entries().await, 1);
    until("the alert is told", async || bed.told().len() == 1).await;
    assert!(bed.told()[0].contains("A meteor was seen over lima"));

    // A merge: what is not in the push stays, what is in it twice is one, and nothing of the poll changes.
    let body = rss("comet", &["lima", "oslo", "oslo"]);
    let signed = sha256(&bed.secret(), &body);
    for _ in 0..2 {
        assert_eq!(bed.push(&signed, &body), 204);
    }
    assert_eq!(bed.entries().await, 2);
    let (feed, _) = bed.claim_feed().await;
    assert_eq!(feed.validators, validators());
    assert_eq!(feed.body_hash, None);
    assert_eq!(feed.last_new_at, Some(bed.now()));
    let view = bed.view().await.expect("a subscription");
    assert_eq!((view.pushes, view.rejected), (3, 0));
    assert_eq!(view.last_push, Some(bed.now()));
}

#[tokio::test]
async fn every_method_of_the_protocol_signs_and_nothing_else_does() {
    let bed = Bed::verified(864_000).await;
    let secret = bed.secret();
    let methods = [
        ("sha1", hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        ("sha256", hmac::HMAC_SHA256),
        ("sha384", hmac::HMAC_SHA384),
        ("sha512", hmac::HMAC_SHA512),
    ];
    let body = rss("comet", &["quito"]);
    let other_body = sha256(&secret, "else");
    let other_secret = sha256("guessed", &body);
    let other_method = sha256(&secret, &body).replace("sha256", "sha384");
    let wrong = [
        "",
        "sha256=",
        "md5=00",
        &other_body,
        &other_secret,
        &other_method,
    ];
    for signature in wrong {
        assert_eq!(bed.push(signature, &body), 204, "acknowledged: {signature}");
        assert_eq!(bed.entries().await, 0, "and ignored: {signature}");
    }
    let view = bed.view().await.expect("a subscription");
    assert_eq!((view.pushes, view.rejected), (0, wrong.len() as u64));
    for (number, (method, algorithm)) in methods.into_iter().enumerate() {
        let body = rss("comet", &[method]);
        let signed = signature(method, algorithm, &secret, &body);
        assert_eq!(bed.push(&signed, &body), 204, "{method}");
        assert_eq!(bed.entries().await, number as u64 + 1, "{method}");
    }
}

#[tokio::test]
async fn what_is_too_large_or_no_feed_changes_nothing() {
    let bed = Bed::verified(864_000).await;
    let large = rss(&"x".repeat(20_000), &["large"]);
    assert_eq!(bed.push(&sha256(&bed.secret(), &large), &large), 413);
    let chunked = format!(
        "POST {} HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n7000\r\n{}\r\n0\r\n\r\n",
        bed.path(),
        "x".repeat(0x7000)
    );
    assert_eq!(bed.send(chunked.as_bytes()).0, 413);
    for text in ["", "<html><body>soon</body></html>", "\0\u{1}\u{2}"] {
        assert_eq!(bed.push(&sha256(&bed.secret(), text), text), 204, "{text}");
    }
    let put = format!("PUT {} HTTP/1.1\r\nHost: w\r\n\r\n", bed.path());
    assert_eq!(bed.send(put.as_bytes()).0, 404);
    assert_eq!(bed.send(b"nonsense\r\n\r\n").0, 400);
    assert_eq!(bed.entries().await, 0);
    assert_eq!(bed.view().await.expect("a subscription").pushes, 0);
}

#[tokio::test]
async fn a_hub_that_pushes_is_relied_on_until_a_poll_finds_what_it_kept_back() {
    let bed = Bed::verified(864_000).await;
    assert_eq!(
        bed.claim_feed().await.0.subscribed_until,
        None,
        "it has not pushed yet"
    );
    let push = |name: &str| {
        let body = rss("comet", &[name]);
        bed.push(&sha256(&bed.secret(), &body), &body)
    };
    push("riga");
    let lease = bed.now() + SignedDuration::from_secs(864_000);
    let (feed, lease_no) = bed.claim_feed().await;
    assert_eq!(feed.subscribed_until, Some(lease));
    assert_eq!(feed.pushed_at, Some(bed.now()));

    let entry = wirewatch::model::PolledEntry {
        entry: wirewatch::model::ParsedEntry {
            key: "kept back".to_owned(),
            ..Default::default()
        },
        hash: [1; 32],
        article_url: String::new(),
        article_host: String::new(),
        backlog: false,
        late: false,
        date: Default::default(),
    };
    let found = PollOutcome {
        at: bed.now(),
        result: PollResult::Fetched {
            validators: validators(),
            body_hash: None,
            format: FeedFormat::Rss,
            title: None,
            language: None,
            entries: vec![entry],
        },
        due_at: lease,
        host_not_before: None,
        older: Vec::new(),
        state: None,
    };
    let store = &bed.daemon.pipeline.store;
    let committed = store.commit_poll(feed.id, lease_no, found).await;
    assert!(committed.expect("a commit").is_done());
    assert_eq!(bed.claim_feed().await.0.subscribed_until, None);
    push("oslo");
    assert_eq!(
        bed.claim_feed().await.0.subscribed_until,
        Some(lease),
        "trust comes back"
    );
}

#[tokio::test]
async fn a_push_teaches_the_rhythm_as_a_poll_does() {
    let bed = Bed::verified(864_000).await;
    let push = |names: &[&str]| {
        let body = rss("comet", names);
        assert_eq!(bed.push(&sha256(&bed.secret(), &body), &body), 204);
    };
    push(&["riga"]);
    let first = bed.claim_feed().await.0.state.rhythm;
    // A Monday morning at nine, UTC.
    assert!(first.hours[9] > 0.9 || first.hours[8] > 0.9, "{first:?}");
    bed.pass(2 * 3600);
    push(&["riga"]);
    assert_eq!(
        bed.claim_feed().await.0.state.rhythm,
        first,
        "nothing is new"
    );
    push(&["riga", "oslo"]);
    let feed = bed.claim_feed().await.0;
    let second = feed.state.rhythm;
    assert!(second.hours[10] + second.hours[11] > 0.9, "{second:?}");
    assert!(second.gap_s > 3600.0, "{second:?}");
    assert_eq!(feed.state.links.hubs.len(), 1, "nothing else is touched");
}
