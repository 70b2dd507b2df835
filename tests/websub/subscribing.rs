//! What hubs are asked, and what they are answered when they ask back.

use jiff::SignedDuration;
use wirewatch::model::SubscriptionState::{Denied, Ending, Failed, Pending, Verified};

use crate::bed::{Bed, HUB_PATH, field, rss, until};
use crate::stand_in::header;

#[tokio::test]
async fn the_hub_is_asked_with_every_field_of_the_protocol() {
    let bed = Bed::start().await;
    let form = bed.until_asked(1).await;
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "hub.mode",
            "hub.topic",
            "hub.callback",
            "hub.lease_seconds",
            "hub.secret"
        ]
    );
    assert_eq!(field(&form, "hub.mode"), "subscribe");
    assert_eq!(field(&form, "hub.topic"), bed.topic());
    assert_eq!(field(&form, "hub.lease_seconds"), "864000");
    let token = bed.path();
    let token = token
        .strip_prefix("/web/sub/")
        .expect("the callback's path");
    assert_eq!(token.len(), 43, "256 bits");
    let secret = field(&form, "hub.secret");
    assert!(secret.len() == 43 && secret != token, "{secret}");
    let view = bed.until_state(Pending).await;
    assert_eq!((view.topic, view.granted_until), (bed.topic(), None));
}

#[tokio::test]
async fn only_what_was_asked_for_is_verified() {
    let bed = Bed::start().await;
    bed.until_asked(1).await;
    let other = bed.hub.url("/rss");
    assert_eq!(bed.ask("subscribe", &other, 60).0, 404, "another topic");
    assert_eq!(bed.ask("unsubscribe", &bed.topic(), 60).0, 404);
    assert_eq!(bed.ask("publish", &bed.topic(), 60).0, 404);
    assert_eq!(bed.get(&bed.path()).0, 404, "nothing is asked");
    let (status, body) = bed.get("/web/sub/guessed?hub.mode=subscribe");
    assert_eq!((status, body.as_str()), (404, ""), "and no word of why");
    assert_eq!(bed.until_state(Pending).await.granted_until, None);

    assert_eq!(bed.verify(3600), (200, "<chal len=ge>".to_owned()));
    let view = bed.until_state(Verified).await;
    let hour = SignedDuration::from_hours(1);
    assert_eq!(view.granted_until, Some(bed.now() + hour));
    assert_eq!(view.tries, 0);
    assert_eq!(bed.ask("unsubscribe", &bed.topic(), 60).0, 404);
}

#[tokio::test]
async fn a_lease_is_renewed_well_before_its_end_with_the_same_callback() {
    let bed = Bed::verified(1000).await;
    let path = bed.path();
    bed.pass(640);
    bed.pass(20);
    let form = bed.until_asked(2).await;
    assert_eq!(field(&form, "hub.mode"), "subscribe");
    assert_eq!(field(&form, "hub.secret"), bed.secret());
    assert_eq!(bed.path(), path);
    bed.until_noted(1).await;
    assert_eq!(bed.until_state(Verified).await.tries, 1, "still in force");
    assert_eq!(bed.verify(5000).0, 200);
    let view = bed.until_state(Verified).await;
    assert_eq!(view.tries, 0);
    let lease = SignedDuration::from_secs(5000);
    assert_eq!(view.granted_until, Some(bed.now() + lease));
}

#[tokio::test]
async fn a_hub_that_does_not_answer_is_asked_again_ever_more_rarely() {
    let bed = Bed::start().await;
    bed.until_asked(1).await;
    bed.until_noted(1).await;
    bed.hub_says(503);
    let half_an_hour = 30 * 60;
    bed.pass(half_an_hour);
    bed.until_asked(2).await;
    let view = bed.until_state(Failed).await;
    assert!(view.last_error.is_some_and(|why| why.contains("503")));
    let pause = view.next_request.duration_since(bed.now());
    assert!(pause > SignedDuration::from_mins(30), "{pause}");
    bed.hub_says(202);
    bed.pass(2 * half_an_hour);
    bed.until_asked(3).await;
    assert_eq!(bed.verify(60).0, 200);
    let view = bed.until_state(Verified).await;
    assert_eq!((view.tries, view.last_error), (0, None));
}

#[tokio::test]
async fn a_denial_is_kept_and_asked_about_after_a_week() {
    let bed = Bed::verified(864_000).await;
    let query = format!(
        "{}?hub.mode=denied&hub.topic={}&hub.reason=paid+plans+only",
        bed.path(),
        bed.topic().replace('&', "%26")
    );
    assert_eq!(bed.get(&query).0, 200);
    let view = bed.until_state(Denied).await;
    assert_eq!(view.last_error.as_deref(), Some("paid plans only"));
    assert_eq!(bed.verify(60).0, 404, "nothing is asked for any more");
    bed.pass(8 * 24 * 3600);
    bed.until_asked(2).await;
    bed.until_state(Pending).await;
    assert_eq!(bed.verify(60).0, 200);
}

#[tokio::test]
async fn a_hub_that_refuses_gives_way_to_the_feeds_next_one() {
    let hubs = ["first", "second"].map(|name| format!("http://{name}.example{HUB_PATH}"));
    let bed = Bed::with_hub(&hubs.join(" ")).await;
    bed.until_asked(1).await;
    let first = bed.path();
    let deny = |path: &str| {
        let topic = bed.topic().replace('&', "%26");
        bed.get(&format!(
            "{path}?hub.mode=denied&hub.topic={topic}&hub.reason=no"
        ))
        .0
    };
    assert_eq!(deny(&first), 200);
    bed.until_asked(2).await;
    let asked = bed.hub.asked();
    let hosts: Vec<&str> = asked
        .iter()
        .map(|(asked, _)| header(asked, "host"))
        .collect();
    assert_eq!(hosts, ["first.example", "second.example"]);
    let (status, _) = bed.verify(864_000);
    assert_eq!(status, 200);
    assert_eq!(bed.until_state(Verified).await.hub, hubs[1]);
    assert_eq!(
        bed.get(&format!("{first}?hub.mode=subscribe")).0,
        404,
        "it is forgotten"
    );
    // The last one stays, whatever it says.
    assert_eq!(deny(&bed.path()), 200);
    bed.until_state(Denied).await;
    bed.pass(60);
    assert_eq!(bed.forms().len(), 2);
}

#[tokio::test]
async fn a_restart_keeps_the_subscription() {
    let mut bed = Bed::verified(864_000).await;
    let before = bed.until_state(Verified).await;
    bed.restart().await;
    assert_eq!(
        bed.verify(864_000).0,
        200,
        "a hub may ask again at any time"
    );
    assert_eq!(bed.until_state(Verified).await, before);
    assert_eq!(bed.forms().len(), 1, "nobody had to be asked");
}

#[tokio::test]
async fn a_removed_feed_is_unsubscribed() {
    for feed in ["websub = false", ""] {
        let bed = Bed::verified(864_000).await;
        let path = bed.path();
        let config = match feed {
            "" => bed
                .config("")
                .replace("[[feed]]\nurl = \"", "[[feed]]\nurl = \"http://x.example/"),
            feed => bed.config(feed),
        };
        bed.reload(&config).await;
        let form = bed.until_asked(2).await;
        assert_eq!(field(&form, "hub.mode"), "unsubscribe");
        assert_eq!(field(&form, "hub.topic"), bed.topic());
        assert_eq!((bed.path(), field(&form, "hub.secret")), (path, ""));
        bed.until_state(Ending).await;
        assert_eq!(bed.push("", "x"), 410);
        assert_eq!(bed.verify(60).0, 404);
        assert_eq!(bed.ask("unsubscribe", &bed.topic(), 60).0, 200);
        assert_eq!(bed.view().await, None);
        assert_eq!(bed.push("", "x"), 404);
    }
}

#[tokio::test]
async fn without_the_table_hubs_are_told_before_the_listener_closes() {
    let bed = Bed::verified(864_000).await;
    let config = bed.config("");
    let (before, after) = config.split_once("[websub]").expect("a table");
    let after = after.split_once("[[feed]]").expect("a feed").1;
    bed.reload(&format!("{before}[[feed]]{after}")).await;
    let form = bed.until_asked(2).await;
    assert_eq!(field(&form, "hub.mode"), "unsubscribe");
    assert_eq!(bed.ask("unsubscribe", &bed.topic(), 60).0, 200);
    until("nobody listens", async || bed.is_closed()).await;
}

#[tokio::test]
async fn a_hub_that_never_confirms_the_end_is_left_alone_after_three_tries() {
    let bed = Bed::verified(864_000).await;
    bed.reload(&bed.config("websub = false")).await;
    for tries in [1, 2] {
        bed.until_noted(tries).await;
        bed.pass(24 * 3600);
    }
    until("it is forgotten", async || bed.view().await.is_none()).await;
    assert_eq!(bed.forms().len(), 4);
}

#[tokio::test]
async fn a_hub_without_tls_is_told_no_secret() {
    let bed = Bed::with_hub(&format!("http://hub.example{HUB_PATH}")).await;
    let form = bed.until_asked(1).await;
    assert!(form.iter().all(|(name, _)| name != "hub.secret"));
    assert_eq!(bed.verify(60).0, 200);
    assert_eq!(bed.push("", &rss("comet", &["lima"])), 204);
    assert_eq!(
        bed.entries().await,
        1,
        "the callback is all that it can show"
    );
}

#[tokio::test]
async fn the_address_guard_stands_before_hubs_too() {
    let bed = Bed::with_hub("http://169.254.169.254/latest").await;
    let view = bed.until_state(Failed).await;
    let why = view.last_error.expect("a reason");
    assert!(why.contains("metadata address"), "{why}");
    assert!(bed.forms().is_empty());
}

#[tokio::test]
async fn another_callback_is_another_subscription() {
    let mut bed = Bed::verified(864_000).await;
    let old = bed.path();
    bed.move_callback();
    bed.reload(&bed.config("")).await;
    bed.until_asked(3).await;
    let mut forms = bed.forms().split_off(1);
    forms.sort_by_key(|form| field(form, "hub.mode") == "subscribe");
    assert_eq!(field(&forms[0], "hub.mode"), "unsubscribe");
    assert!(field(&forms[0], "hub.callback").ends_with(&old));
    assert_eq!(field(&forms[1], "hub.mode"), "subscribe");
    let callback = field(&forms[1], "hub.callback").to_owned();
    let answer = bed.verify_at(&callback, 60);
    assert_eq!(answer.0, 200);
    bed.until_state(Verified).await;
}
