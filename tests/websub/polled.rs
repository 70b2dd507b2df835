//! From a poll to the hub, and back to polling.

use jiff::SignedDuration;

use crate::bed::{Bed, field, rss, until};
use crate::pushes::sha256;
use crate::stand_in::Reply;

/// An RSS document that names its hub and itself.
fn with_links(hub: &str, itself: &str) -> String {
    let links = format!(
        "<channel xmlns:a=\"http://www.w3.org/2005/Atom\"><a:link rel=\"hub\" href=\"{hub}\"/>\
         <a:link rel=\"self\" href=\"{itself}\"/>"
    );
    rss("comet", &["known"]).replace("<channel>", &links.replace('&', "&amp;"))
}

fn reply(body: String, link: String) -> Reply {
    let mut headers = vec![("content-type", "application/rss+xml".to_owned())];
    if !link.is_empty() {
        headers.push(("link", link));
    }
    Reply {
        status: 200,
        headers,
        body: body.into_bytes(),
        ..Reply::default()
    }
}

/// The topic on the hub's own host, which is the feed's here.
fn beside(hub: &str, path: &str) -> String {
    let url = url::Url::parse(hub).expect("an address");
    url.join(path).expect("an address").into()
}

#[tokio::test]
async fn hub_and_topic_are_found_in_the_document() {
    let bed = Bed::polling(|hub| {
        reply(
            with_links(hub, &beside(hub, "/feed?a=1&b=2")),
            String::new(),
        )
    });
    let bed = bed.await;
    let form = bed.until_asked(1).await;
    assert_eq!(field(&form, "hub.topic"), bed.hub.url("/feed?a=1&b=2"));
}

#[tokio::test]
async fn link_headers_go_first_and_a_topic_elsewhere_is_not_asked_for() {
    let bed = Bed::polling(|hub| {
        let link = format!("<{hub}>; rel=hub, <https://elsewhere.example/rss>; rel=\"self\"");
        reply(
            with_links("http://old.example/", &beside(hub, "/old")),
            link,
        )
    });
    let bed = bed.await;
    let form = bed.until_asked(1).await;
    assert_eq!(
        field(&form, "hub.topic"),
        bed.hub.url("/rss"),
        "the polled address"
    );
}

#[tokio::test]
async fn a_feed_whose_hub_pushes_is_polled_more_rarely() {
    let mut pauses = Vec::new();
    for pushes in [false, true] {
        let bed = Bed::polling(|hub| {
            reply(
                with_links(hub, &beside(hub, "/rss?edition=1&lang=en")),
                String::new(),
            )
        });
        let bed = bed.await;
        bed.until_asked(1).await;
        assert_eq!(bed.verify(864_000).0, 200);
        let next = bed.feed().await.next_poll.expect("it is polled again");
        let wait = next.duration_since(bed.now()).as_secs();
        bed.pass(wait - 1);
        if pushes {
            let body = rss("comet", &["pushed"]);
            assert_eq!(bed.push(&sha256(&bed.secret(), &body), &body), 204);
        }
        bed.pass(2);
        until("it is polled", async || {
            bed.feed().await.next_poll > Some(next)
        })
        .await;
        let feed = bed.feed().await;
        let polled_at = feed.last_poll.expect("a poll");
        pauses.push(feed.next_poll.expect("another").duration_since(polled_at));
    }
    let [plain, pushed] = pauses[..] else {
        panic!("two beds");
    };
    let stretched = (plain * 4).min(SignedDuration::from_hours(6));
    assert!(pushed > plain && pushed <= stretched, "{plain} {pushed}");
}
